"""Cash model of one option, from the same flows, margins and prices as its appraisal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.cash import margins_of, today_of
from tawteen.appraise.flows import flows_of
from tawteen.appraise.params import CASH_ROUNDING, SIMULATION
from tawteen.appraise.prices import Prices, View, prices
from tawteen.appraise.risk.cash_model import OUTPUT, CashModel, CashStream
from tawteen.appraise.single_option import narrowed, startable
from tawteen.case.model import Case
from tawteen.case.precedents import CORRECTED
from tawteen.case.ranges import expected_case
from tawteen.effects.model import Effects
from tawteen.effects.parity import parity

Numbers = NDArray[np.float64]
Terms = dict[str, Numbers]
ENERGY_UNITS = ("MWh", "GJ")
FUELS_CHAPTER = "27"
"""Chapter of the Harmonized System that holds mineral fuels and electricity."""
IS_ENERGY = pl.col("unit").is_in(ENERGY_UNITS) | pl.col("hs").str.starts_with(FUELS_CHAPTER).fill_null(False)
"""Whether a row of the table of commodities is a fuel, electricity or heat."""


def cash_model(case: Case, effects: Effects, option: str, view: View | None = None) -> CashModel:
    """Returns the cash model of `option` in `view` (by default that of the case).

    At neutral drivers its present value is that of `appraise`. Raises CaseError for an option that is unknown, runs
    already, or cannot start.
    """
    case = expected_case(case)
    row = startable(effects, option)
    priced = prices(case, view)
    premium = (1.0 + priced.premium) * (1.0 + SIMULATION.dearer) - 1.0
    dearer = replace(priced, premium=premium, parity=parity(case, premium))
    alone = narrowed(effects, option, row["site"])
    terms = _terms(case, alone, priced)
    foreign_terms = {name: (b - terms[name]) / SIMULATION.dearer for name, b in _terms(case, alone, dearer).items()}
    periods, start = case.settings.time.periods, row["earliest"]
    began = row["operating_from"]
    profile = alone.profile.filter(pl.col("option") == option)
    operating, full = profile["operating"].to_numpy(), _full(row, profile)
    odds = row["chance"] * row["success"]
    released = np.divide(profile["capacity"].to_numpy(), full, out=_steps(began, periods), where=full > 0)
    survival = np.divide(operating, odds, out=np.ones(periods), where=operating > 0)
    survival[(operating == 0) & (_steps(began, periods) > 0)] = 0.0 if odds > 0 else 1.0
    return CashModel(
        option=option,
        view=priced.view,
        rate=priced.rate,
        per_year=4,
        streams=tuple(_streams(terms, foreign_terms, row, start, line_stops=_stands_at(profile, began))),
        start=start,
        first=None if began is None else start + began,
        early=0.0 if began is None else began - 1.0,
        ramp=_later(released, start),
        survival=_later(survival, start, 1.0),
        chance=row["chance"],
        success=row["success"],
        working_capital=row["working_capital"] * row["chance"],
        capital=(float(terms["capital"][0] - foreign_terms["capital"][0]), float(foreign_terms["capital"][0])),
        life=4.0 * row["life"],
        closing=row["closing_cost"] * row["chance"],
    )


def _stands_at(profile: pl.DataFrame, began: int | None) -> bool:
    """Returns whether works stop the line that runs today before the option operates."""
    before = profile.filter(pl.col("quarter") < (began or 0))
    return bool((before["displaced"] > 0).any())


def _steps(began: int | None, periods: int) -> Numbers:
    """Returns 1 from the first quarter of operation on, else 0."""
    return (np.arange(periods) >= (periods if began is None else began)).astype(np.float64)


def _later(quarters: Numbers, start: int, before: float = 0.0) -> Numbers:
    """Returns values by quarter from the start as values by period, `before` in earlier periods."""
    return np.concatenate([np.full(start, before), quarters[: len(quarters) - start]])


def _full(row: dict[str, float], profile: pl.DataFrame) -> Numbers:
    """Returns expected output by quarter at fully released capacity."""
    return np.asarray(profile["operating"].to_numpy() * row["capacity"] * row["output_reached"])


def _terms(case: Case, effects: Effects, priced: Prices) -> Terms:
    """Returns all terms of cash that are linear in the exchange rate, by name and quarter from the start."""
    flows = flows_of(case, effects, priced)
    margins = margins_of(case, effects, priced)
    heat = margins_of(case, replace(effects, recipe=effects.recipe.filter(energy_of(case))), priced)
    clean = margins_of(case, effects, replace(priced, carbon=0.0))
    options = flows.options.join(margins, on="option", how="left", maintain_order="left")
    today, heat_today, clean_today = (today_of(effects, options, each) for each in (margins, heat, clean))
    row = options.row(0, named=True)
    bare = float(clean.filter(pl.col("option") == row["option"])["unit_cost"][0])
    bare_today = float(clean_today["running"][0])
    energy = float(heat.filter(pl.col("option") == row["option"])["input_cost"][0])
    full = _full(row, effects.profile.filter(pl.col("option") == row["option"]))
    released = np.divide(flows.capacity[0], full, out=np.ones_like(full), where=full > 0)
    paid = _fixed_fees(case, effects, row) * (1.0 + priced.premium)
    taken_over, replaced, now = flows.taken_over[0], flows.replaced[0], today.row(0, named=True)
    used = float(heat_today["input_cost"][0])
    outlays = {name: _outlays(case, part, priced) for name, part in _kinds(effects)}
    return {
        **{name: amounts for name, (amounts, _) in outlays.items()},
        "capital": np.array([outlays["varied"][1]]),
        "sales": full * row["revenue"],
        "materials": -full * (row["input_cost"] - energy),
        "energy": -full * energy,
        "unit_cost": -full * bare,
        "carbon": -full * (row["unit_cost"] - bare),
        "royalty": np.divide(flows.fees[0] + paid, released, out=np.zeros_like(full), where=released > 0),
        "fee": -paid,
        "fixed": flows.fixed[0],
        "labour": flows.labour[0],
        "care": flows.care[0],
        "sales_before": -taken_over * now["revenue"],
        "materials_before": taken_over * (now["input_cost"] - used),
        "energy_before": taken_over * used,
        "running_before": taken_over * (bare_today - row["as_is_fixed"]) + replaced * row["as_is_fixed"],
        "carbon_before": taken_over * (now["running"] - bare_today),
        "labour_before": replaced * row["as_is_labour"],
    }


def energy_of(case: Case, column: str = "commodity") -> pl.Expr:
    """Returns the expression: whether the commodity in `column` is a fuel, electricity or heat."""
    return pl.col(column).is_in(case["commodities"].filter(IS_ENERGY)["id"].implode())


def _kinds(effects: Effects) -> Iterator[tuple[str, Effects]]:
    """Yields effects with sure outlays, with outlays of uncertain estimate, and with the others."""
    sure, varies = pl.col("sure"), pl.col("category").is_in(CORRECTED)
    course, bought = pl.col("pool_kind") == "course", ~pl.col("sure")
    for name, outlays, needs in (
        ("sure", sure, ~bought),
        ("varied", ~sure & varies, bought & ~course),
        ("other", ~sure & ~varies, bought & course),
    ):
        yield name, replace(effects, outlays=effects.outlays.filter(outlays), needs=effects.needs.filter(needs))


def _outlays(case: Case, effects: Effects, priced: Prices) -> tuple[Numbers, float]:
    flows = flows_of(case, effects, priced)
    paid = flows.local + flows.foreign + flows.pooled_local + flows.pooled_foreign
    return paid[0], float(flows.options["capital"][0])


def _fixed_fees(case: Case, effects: Effects, row: dict[str, float]) -> Numbers:
    """Returns expected fixed technology fees by quarter; other fees are royalties."""
    operating = effects.profile.filter(pl.col("option") == row["option"])["operating"].to_numpy()
    if row["operating_from"] is None:
        return np.zeros(len(operating))
    year = np.floor((np.arange(len(operating)) - row["operating_from"]) / 4.0) + 1.0
    steps = case.filled("transfers").filter(pl.col("option") == row["option"]).select("year", "fee")
    due = sum((np.where(year == y, fee / 4.0, 0.0) for y, fee in steps.iter_rows()), np.zeros(len(operating)))
    return np.asarray(operating * due)


def _streams(
    terms: Terms, foreign_terms: Terms, row: dict[str, object], start: int, *, line_stops: bool
) -> Iterator[CashStream]:
    """Yields a stream for the local and one for the foreign part of each term.

    A line that stands during the works stands on while they are late: it is not given back for their taking longer.
    """
    began = row["operating_from"]
    line_stream = CashStream(np.zeros(0), hinges="gate", moves=not line_stops, operating=True)
    output_stream = CashStream(np.zeros(0), hinges="operation", moves=True, ramps=True, operating=True)
    operation_stream = replace(output_stream, ramps=False)
    care_stream = operation_stream if began is not None else replace(line_stream, moves=True)
    shapes = {
        "sure": (CashStream(np.zeros(0), hinges="sure"), ()),
        "varied": (CashStream(np.zeros(0)), ("cost",)),
        "other": (CashStream(np.zeros(0)), ()),
        "sales": (output_stream, ("price", *OUTPUT)),
        "materials": (output_stream, ("inputs", *OUTPUT)),
        "energy": (output_stream, ("energy", *OUTPUT)),
        "unit_cost": (output_stream, ("running", *OUTPUT)),
        "carbon": (output_stream, OUTPUT),
        "royalty": (output_stream, ("price", *OUTPUT)),
        "fee": (operation_stream, ()),
        "fixed": (operation_stream, ("running",)),
        "labour": (operation_stream, ("wages",)),
        "care": (care_stream, ()),
        "sales_before": (line_stream, ("price",)),
        "materials_before": (line_stream, ("inputs",)),
        "energy_before": (line_stream, ("energy",)),
        "running_before": (line_stream, ("running",)),
        "carbon_before": (line_stream, ()),
        "labour_before": (line_stream, ("wages",)),
    }
    for name, (shape, drivers) in shapes.items():
        foreign_part = foreign_terms[name]
        for amounts, names in ((terms[name] - foreign_part, drivers), (foreign_part, (*drivers, "exchange"))):
            if np.abs(amounts).max(initial=0.0) > CASH_ROUNDING.constant * np.abs(terms[name]).max(initial=0.0):
                yield replace(shape, amounts=_later(amounts, start), drivers=names)
