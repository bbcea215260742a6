"""Local content of options under rules that are read as data with their citation."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from tawteen.appraise.answer import Answer, answered
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.effects.parity import worth

NO_VALUE = "local_content.no_value"
NO_PRICE = "local_content.no_price"
NOTHING_TAKEN = "local_content.nothing_taken"


class LocalContentRule(BaseModel):
    """A rule of local content: its formula, the least share it requires, and its citation.

    - `build_down`: (1 − x/y)·100 with x the imported content and y the selling price.
    - `build_up`: the local components over the sum of all components.

    `unknown`: how components of unknown origin count. `cited`: whether we read the source (read), know it by name only
    (named), or the case states it (case). `citation_ar` is empty if the citation has one wording for both languages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name_en: str
    name_ar: str
    formula: Literal["build_down", "build_up"]
    unknown: Literal["imported", "left_out"]
    least: float | None = Field(default=None, ge=0, le=1)
    citation: str = Field(min_length=1)
    citation_ar: str = ""
    cited: Literal["read", "named", "case"]


@cache
def examples() -> tuple[LocalContentRule, ...]:
    """Returns the example rules that come with Tawteen."""
    text = resources.files(__package__).joinpath("local_content.toml").read_text(encoding="utf-8")
    return tuple(LocalContentRule.model_validate(row) for row in tomllib.loads(text)["rule"])


def rules_of(case: Case) -> tuple[LocalContentRule, ...]:
    """Returns the rules of the table `content_rules`, or the examples if it is empty."""
    titles = dict(case["sources"].select("id", "title").iter_rows())
    own = []
    for row in case["content_rules"].iter_rows(named=True):
        source = row.pop("source")
        citation = "; ".join(text for text in (row.pop("citation"), titles.get(source, source)) if text)
        own.append(LocalContentRule.model_validate({**row, "citation": citation, "cited": "case"}))
    return tuple(own) or examples()


Origin = Literal["local", "imported", "unknown"]


class ProductComponent(BaseModel):
    """A component of a product: its value in the currency of the product, and its origin."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    value: float = Field(ge=0)
    origin: Origin


def local_content(rule: LocalContentRule, components: Sequence[ProductComponent], price: float) -> Answer:
    """Returns the share of local content under a rule, 0 to 1; not calculable if the base of the share is 0.

    `price`: selling price without value added tax, in the currency of the components (y of a build-down; a build-up
    ignores it). Imported content above the price gives a share of 0.
    """
    value = {origin: sum(component.value for component in components if component.origin == origin)
             for origin in ("local", "imported", "unknown")}  # fmt: skip
    share = _share(rule, value["local"], value["imported"], value["unknown"], price)
    return answered(float("nan") if share is None else share, (share is None, NO_VALUE))


def _share(rule: LocalContentRule, local: float, imported: float, unknown: float, price: float) -> float | None:
    """Returns the share, or None if the base of the share is 0."""
    if rule.unknown == "imported":
        imported += unknown
    base = price if rule.formula == "build_down" else local + imported
    if not base > 0:
        return None
    return max(0.0, 1.0 - imported / base) if rule.formula == "build_down" else local / base


def meets(rule: LocalContentRule, share: float) -> bool | None:
    """Returns whether a share reaches the least share of the rule; None if the rule has none."""
    return None if rule.least is None else bool(share >= rule.least - 1e-12)


def components(case: Case, effects: Effects, *, last: bool = False) -> pl.DataFrame:
    """Returns the inputs of one unit of throughput of every option, at market prices of its region.

    Columns: option, commodity, origin (local, imported or unknown), value (currency; null without a price).
    Commodities without CIF price are local. The others are imported, or of unknown origin if the country makes them
    too (a supply that is not all foreign, or a line that runs). The local parts of a technology transfer are local:
    those of its first year, or with `last` of its last year.
    """
    shares = (
        case["transfers"].drop_nulls("local_share").sort("year").group_by("option", maintain_order=True)
        .agg(made=pl.col("local_share").last() if last else pl.col("local_share").filter(pl.col("year") == 1).first())
    )  # fmt: skip
    home = pl.col("commodity").is_in(list(_at_home(case, effects)))
    traded = pl.col("cif").is_not_null()
    value = -pl.col("quantity") * pl.col("buying")
    rows = (
        effects.recipe.filter(pl.col("quantity") < 0)
        .join(effects.options.select("option", "region"), on="option", maintain_order="left")
        .join(worth(case), on=["commodity", "region"], how="left", maintain_order="left")
        .join(case["commodities"].select("cif", commodity="id"), on="commodity", how="left", maintain_order="left")
        .join(shares, on="option", how="left", maintain_order="left")
        .with_columns(
            value=pl.when(value > 0).then(value),
            origin=pl.when(~traded).then(pl.lit("local")).when(home).then(pl.lit("unknown"))
            .otherwise(pl.lit("imported")),
            made=pl.when(traded).then(pl.col("made")).fill_null(0.0),
        )
    )  # fmt: skip
    columns = ("option", "commodity", "origin", "value")
    other_parts = rows.with_columns(value=pl.col("value") * (1 - pl.col("made")))
    local_parts = rows.filter(pl.col("made") > 0).with_columns(
        value=pl.col("value") * pl.col("made"), origin=pl.lit("local")
    )
    return pl.concat([other_parts.select(columns), local_parts.select(columns)])


def _at_home(case: Case, effects: Effects) -> set[str]:
    """Returns commodities that the country supplies today, by domestic supplies or lines that run."""
    supplies = case.filled("supplies").filter((pl.col("foreign_share") < 1) & ~pl.col("partner"))
    running = effects.options.filter(pl.col("kind") == "as_is").select("option")
    products = effects.recipe.filter(pl.col("quantity") > 0).join(running, on="option", how="semi")
    return {*supplies["commodity"], *products["commodity"]}


def selling_prices(case: Case, effects: Effects) -> pl.DataFrame:
    """Returns option and price: sales per unit of throughput without tax, at market prices of its region."""
    return (
        effects.recipe.filter(pl.col("quantity") > 0)
        .join(effects.options.select("option", "region"), on="option", maintain_order="left")
        .join(worth(case), on=["commodity", "region"], how="left", maintain_order="left")
        .group_by("option", maintain_order=True)
        .agg(price=(pl.col("quantity") * pl.col("selling")).sum())
    )


def contents(case: Case, effects: Effects, rule: LocalContentRule) -> pl.DataFrame:
    """Returns the local content under a rule of every option with a product.

    Columns: option, site, first, last (shares by the local parts of the first and the last year of a technology
    transfer; null with a `reason`), meets (of the last; null where the rule asks for nothing), imported, unknown,
    local (currency of one unit of throughput in the first year), price, reason (code of a sentence).
    """
    options = effects.options.select("option", "site").join(
        selling_prices(case, effects), on="option", maintain_order="left"
    )
    for name in ("first", "last"):
        values = _values(case, effects, last=name == "last")
        options = options.join(values, on="option", how="left", maintain_order="left", suffix="_last")
        options = options.with_columns(pl.col("lacking").fill_null(0))
    rows = []
    for option in options.iter_rows(named=True):
        reason = NO_PRICE if option["lacking"] else NOTHING_TAKEN if option["local"] is None else None
        first, last = (
            None if reason else
            _share(rule, option[f"local{end}"], option[f"imported{end}"], option[f"unknown{end}"], option["price"])
            for end in ("", "_last")
        )  # fmt: skip
        reason = reason or (NO_VALUE if last is None else None)
        rows.append((option["option"], option["site"], first, last, None if last is None else meets(rule, last),
                     option["imported"], option["unknown"], option["local"], option["price"], reason))  # fmt: skip
    numbers = dict.fromkeys(("imported", "unknown", "local", "price"), pl.Float64)
    schema = {"option": pl.String, "site": pl.String, "first": pl.Float64, "last": pl.Float64, "meets": pl.Boolean,
              **numbers, "reason": pl.String}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _values(case: Case, effects: Effects, *, last: bool) -> pl.DataFrame:
    """Returns option, local, imported, unknown (currency) and lacking (number of inputs without price)."""
    sums = [
        pl.col("value").filter(pl.col("origin") == origin).sum().alias(origin)
        for origin in ("local", "imported", "unknown")
    ]
    parts = components(case, effects, last=last)
    return parts.group_by("option", maintain_order=True).agg(*sums, lacking=pl.col("value").is_null().sum())
