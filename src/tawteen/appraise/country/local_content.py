"""Local content by a rule that is data with its citation; what making an input at home is worth; ways of transfer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from tawteen.appraise.answer import Answer, answered
from tawteen.appraise.appraisal import appraise
from tawteen.appraise.option_study import narrowed
from tawteen.appraise.prices import View, prices
from tawteen.case.model import Case
from tawteen.effects import effects_of
from tawteen.effects.model import Effects
from tawteen.effects.parity import worth

NO_VALUE = "local_content.no_value"
YEAR = 4
"""Quarters of a year."""


class Rule(BaseModel):
    """How local content is counted: one of the formulas, what it must reach, and where that is written.

    - `build_down`: (1 − x/y)·100 with x the imported content and y the selling price less what is not counted.
    - `build_up`: the local components over the sum of all components.

    `unknown`: what a component of unknown origin counts as. `cited` says whether the source itself was read, or only
    named by the one who asked for the rule.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name_en: str
    name_ar: str
    formula: Literal["build_down", "build_up"]
    unknown: Literal["imported", "left_out"]
    least: float | None = Field(default=None, ge=0, le=1)
    source: str
    cited: Literal["read", "named"]


RULES: tuple[Rule, ...] = (
    Rule(
        id="egypt_components",
        name_en="Egypt: at least 40 % local components",
        name_ar="مصر: لا يقل المكون المحلي عن 40 %",
        formula="build_up",
        unknown="imported",
        least=0.40,
        source="Egypt's rule of at least 40 % components made at home, as named in issue 3 of this project",
        cited="named",
    ),
    Rule(
        id="sats_1286",
        name_en="South Africa: SATS 1286",
        name_ar="جنوب أفريقيا: SATS 1286",
        formula="build_down",
        unknown="imported",
        source="SATS 1286, LC = (1 − x/y)·100, unknown origin counted as imported, as named in issue 3 of this project",
        cited="named",
    ),
)
"""Examples; a case or a programme brings the rule it is bound to."""

Origin = Literal["local", "imported", "unknown"]


class Component(BaseModel):
    """A part of a product: its value in the product's currency, and where it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    value: float = Field(ge=0)
    origin: Origin


def local_content(rule: Rule, components: Sequence[Component], price: float) -> Answer:
    """Share of local content by a rule, 0 to 1; not calculable where there is no value to share.

    `price` is the selling price of the product without value added tax, in the money of its components: y of a
    build-down; a build-up does not look at it.
    """
    local = sum(one.value for one in components if one.origin == "local")
    unknown = sum(one.value for one in components if one.origin == "unknown")
    imported = sum(one.value for one in components if one.origin == "imported")
    if rule.unknown == "imported":
        imported += unknown
    base = price if rule.formula == "build_down" else local + imported
    share = (1.0 - imported / base if rule.formula == "build_down" else local / base) if base > 0 else float("nan")
    return answered(share, (not base > 0, NO_VALUE))


def meets(rule: Rule, share: float) -> bool | None:
    """Whether a share reaches what the rule asks for; None where it asks for nothing."""
    return None if rule.least is None else bool(share >= rule.least - 1e-12)


def components_of(case: Case, effects: Effects, option: str, *, year: int = 1) -> tuple[list[Component], float]:
    """Inputs of one unit of throughput as components, at market prices in the option's region, and what it sells for.

    Inputs that can be imported count as imported but for the local parts of a technology transfer in that year of
    operation; others are local; those nobody prices are of unknown origin and without value.
    """
    row = effects.options.row(by_predicate=pl.col("option") == option, named=True)
    steps = case["transfers"].filter((pl.col("option") == option) & (pl.col("year") <= year)).sort("year")
    shares = steps["local_share"].drop_nulls()
    made = float(shares[-1]) if len(shares) else 0.0
    here = worth(case).filter(pl.col("region") == row["region"])
    recipe = (
        effects.recipe.filter(pl.col("option") == option)
        .join(here, on="commodity", how="left")
        .join(case["commodities"].select("cif", commodity="id"), on="commodity", how="left")
    )
    found, price = [], 0.0
    for one in recipe.iter_rows(named=True):
        if one["quantity"] > 0:
            price += one["quantity"] * one["selling"]
            continue
        value, name = -one["quantity"] * one["buying"], one["commodity"]
        if one["cif"] is None:
            found.append(Component(id=name, value=value, origin="local" if value else "unknown"))
            continue
        found.append(Component(id=name, value=value * (1 - made), origin="imported"))
        if made:
            found.append(Component(id=f"{name}:local", value=value * made, origin="local"))
    return found, price


def worth_of_making(case: Case, effects: Effects, options: Mapping[str, float] | None = None) -> pl.DataFrame:
    """Imported inputs and spare parts, ranked by what making them at home would save in foreign money a year.

    `options`: share of full expected output of each option that counts (all that may start, in full, without it).
    Columns: kind (input, spares), item (commodity, or option of the spares), quantity (units a year; null for
    spares), spent (currency at CIF: a year; for spares over the works, in full), users (how many options), premium
    (what the country's premium on foreign money adds to each year's saving, currency). What is spent is what making
    it at home may cost at most before the country is worse off; it is no claim that somebody can make it.
    """
    may = effects.options.filter(pl.col("available") & ~pl.col("kind").is_in(["survey", "close"]))
    used = dict.fromkeys(may["option"], 1.0) if options is None else dict(options)
    share = pl.col("option").replace_strict(used, default=0.0, return_dtype=pl.Float64)
    output = YEAR * pl.col("capacity") * pl.col("output_reached") * share
    named = may.filter(pl.col("option").is_in(list(used)))
    inputs = (
        effects.recipe.filter(pl.col("quantity") < 0)
        .join(named.select("option", output=output), on="option")
        .join(case["commodities"].select("cif", commodity="id"), on="commodity")
        .drop_nulls("cif")
        .with_columns(quantity=-pl.col("quantity") * pl.col("output"))
        .group_by("commodity")
        .agg(
            pl.col("quantity").sum(),
            spent=(pl.col("quantity") * pl.col("cif")).sum(),
            users=pl.col("option").n_unique().cast(pl.Int64),
        )
        .select(kind=pl.lit("input"), item="commodity", quantity="quantity", spent="spent", users="users")
    )
    spares = (
        effects.outlays.filter((pl.col("category") == "spares") & (pl.col("origin") == "foreign"))
        .join(named.select("option"), on="option")
        .group_by("option")
        .agg(spent=pl.col("amount").sum())
        .select(
            kind=pl.lit("spares"),
            item="option",
            quantity=pl.lit(None, dtype=pl.Float64),
            spent="spent",
            users=pl.lit(1, dtype=pl.Int64),
        )
    )
    premium = case.settings.value.fx_premium
    both = pl.concat([inputs, spares]).filter(pl.col("spent") > 0).with_columns(premium=pl.col("spent") * premium)
    return both.sort("spent", "item", descending=[True, False])


def transfer_paths(
    case: Case, option: str, paths: Mapping[str, Sequence[Mapping[str, float | str | int]]], view: View | None = None
) -> pl.DataFrame:
    """An option by several ways of technology transfer, each appraised as an option of its own.

    `paths`: by name the rows of the transfer table that would stand instead (year, form, fee, royalty, local_share);
    an empty one is buying no technology. Columns: path, npv (currency), irr, foreign_exchange (a year at full
    output), local_content (share), fees (present value at the view's rate, currency), local_from, local_to (shares of
    local parts in the first and last year stated; null where none is), in the order of their present value.
    """
    at = prices(case, view)
    kept = case["transfers"].filter(pl.col("option") != option)
    rows = []
    for name, steps in paths.items():
        stated = pl.DataFrame(
            [{"option": option, **step} for step in steps], schema=case["transfers"].schema, strict=False
        )
        changed = replace(case, tables={**case.tables, "transfers": pl.concat([kept, stated])})
        effects = effects_of(changed)
        site = effects.options.filter(pl.col("option") == option)["site"][0]
        found = appraise(changed, narrowed(effects, option, site))
        own = found.indicators.filter((pl.col("option") == option) & (pl.col("view") == at.view)).row(0, named=True)
        cash = found.cash.filter((pl.col("option") == option) & (pl.col("view") == at.view))
        paid = sum(-fee * at.discount(t) for t, fee in cash.select("period", "fees").iter_rows())
        shares = stated.sort("year")["local_share"].drop_nulls()
        ends = (shares[0], shares[-1]) if len(shares) else (None, None)
        rows.append((name, own["npv"], own["irr"], own["foreign_exchange"], own["local_content"], paid, *ends))
    columns = ("path", "npv", "irr", "foreign_exchange", "local_content", "fees", "local_from", "local_to")
    schema = {c: pl.String if c == "path" else pl.Float64 for c in columns}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("npv", descending=True)
