"""Appraisal of alternative paths of technology transfer of an option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from tawteen.appraise.cash import cash_of
from tawteen.appraise.economic.local_content import LocalContentRule, contents
from tawteen.appraise.economic.output import output_of
from tawteen.appraise.indicators import indicators_of
from tawteen.appraise.prices import View, prices
from tawteen.appraise.value import discounts
from tawteen.case.model import Case
from tawteen.effects import effects_of

NONE, STATED = "none", "stated"
"""Names of two paths: no purchase of technology, and the rows of the table `transfers`."""
STEP = ("option", "year", "form", "fee", "royalty", "local_share")

Steps = Sequence[Mapping[str, float | str | int | None]]


def paths_of(case: Case) -> dict[str, dict[str, Steps]]:
    """Returns the paths of transfer by option and name: none, the stated one, and those of `transfer_paths`."""
    paths: dict[str, dict[str, Steps]] = {}
    stated, others = case["transfers"].sort("option", "year"), case["transfer_paths"].sort("option", "path", "year")
    for option in dict.fromkeys([*stated["option"], *others["option"]]):
        paths[option] = {NONE: []}
        if own := stated.filter(pl.col("option") == option).drop("option").to_dicts():
            paths[option][STATED] = own
    for (option, path), steps in others.group_by("option", "path", maintain_order=True):
        paths[str(option)][str(path)] = steps.drop("option", "path").to_dicts()
    return paths


def transfer_paths(
    case: Case, paths: Mapping[str, Mapping[str, Steps]], rule: LocalContentRule, view: View | None = None
) -> pl.DataFrame:
    """Returns the appraisal of each path of technology transfer of each option, best first.

    `paths`: by option and name the rows of the transfer table that would stand instead; an empty one is buying no
    technology. Columns: option, path, npv (currency, of the gain over the site as it is), irr, fees (present value),
    parts (present value of the premium on foreign money that local parts save; 0 in the financial view: they are
    taken to cost what the imported ones do), worth (npv + parts), local_from, local_to (shares of local parts in the
    first and the last year stated), content (local content by the rule in the last year; null where it cannot be
    said), years (stated). Money in the case's currency, present values at the rate of the view.

    An option that cannot start is left out.
    """
    rows: list[dict[str, object]] = []
    # The paths of different options do not touch each other: the n-th of each are appraised together.
    for n in range(max((len(own) for own in paths.values()), default=0)):
        chosen = {option: list(own.items())[n] for option, own in paths.items() if n < len(own)}
        rows += _appraised(case, chosen, rule, view)
    schema = {"option": pl.String, "path": pl.String, "years": pl.Int64} | dict.fromkeys(
        ("npv", "irr", "fees", "parts", "worth", "local_from", "local_to", "content"), pl.Float64
    )
    order = {option: n for n, option in enumerate(paths)}
    table = pl.DataFrame(rows, schema=schema, orient="row")
    place = pl.col("option").replace_strict(order, return_dtype=pl.Int64)
    return table.sort(place, "worth", "path", descending=[False, True, False])


def _appraised(
    case: Case, chosen: Mapping[str, tuple[str, Steps]], rule: LocalContentRule, view: View | None
) -> list[dict[str, object]]:
    """Returns the rows of one path for each of several options."""
    other_transfers = case["transfers"].filter(~pl.col("option").is_in(list(chosen)))
    steps = [{"option": option, **step} for option, (_, own) in chosen.items() for step in own]
    stated = pl.DataFrame([{name: step.get(name) for name in STEP} for step in steps],
                          schema=case["transfers"].schema, strict=False)  # fmt: skip
    changed = replace(case, tables={**case.tables, "transfers": pl.concat([other_transfers, stated])})
    effects, priced = effects_of(changed), prices(case, view)
    cash = cash_of(changed, effects, priced)
    indicators = indicators_of(changed, effects, priced, cash)
    factors = discounts(priced, case.settings.time.periods)
    throughput, saved = output_of(changed, effects, priced, cash).throughput, _bought(changed, effects.recipe)
    content = {row["option"]: row["last"] for row in contents(changed, effects, rule).iter_rows(named=True)}
    rows: list[dict[str, object]] = []
    for place, row in enumerate(indicators.iter_rows(named=True)):
        option = row["option"]
        if option not in chosen:
            continue
        name, own = chosen[option]
        shares = [(step["year"], step["local_share"]) for step in own if step.get("local_share") is not None]
        start = cash.options["start"][place] + (cash.options["operating_from"][place] or 0)
        local = sum(
            float(throughput[place, t] * factors[t]) * _share((t - start) // 4 + 1, shares)
            for t in range(start, len(factors))
        )
        parts = local * priced.premium * saved.get(option, 0.0)
        fees = float(-cash.with_it["fees"][place] @ factors)
        ends = (shares[0][1], shares[-1][1]) if shares else (None, None)
        rows.append({
            "option": option, "path": name, "years": len(own), "npv": row["npv"], "irr": row["irr"], "fees": fees,
            "parts": parts, "worth": row["npv"] + parts, "local_from": ends[0], "local_to": ends[1],
            "content": content.get(option),
        })  # fmt: skip
    return rows


def _share(year: int, shares: Sequence[tuple[object, object]]) -> float:
    """Returns the share of local parts in a year of operation: the latest one stated, 0 before the first."""
    known = [float(str(share)) for stated, share in shares if int(str(stated)) <= year]
    return known[-1] if known else 0.0


def _bought(case: Case, recipe: pl.DataFrame) -> dict[str, float]:
    """Returns the CIF value of traded inputs per unit of throughput, by option (currency)."""
    bought = recipe.filter(pl.col("quantity") < 0).join(
        case["commodities"].filter(pl.col("cif").is_not_null()).select("cif", commodity="id"), on="commodity"
    )
    return dict(bought.group_by("option").agg(cif=(-pl.col("quantity") * pl.col("cif")).sum()).iter_rows())
