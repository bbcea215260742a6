"""Cash model of one option, from the same flows, margins and prices as its appraisal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.cash import margins_of, today_of
from tawteen.appraise.flows import OptionFlows, flows_of
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
"""Terms of cash by name: by quarter from the start, of several options a row each."""
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
    return cash_models(case, effects, [option], view)[option]


def cash_models(case: Case, effects: Effects, options: Sequence[str], view: View | None = None) -> dict[str, CashModel]:
    """Returns the cash models of several options, as `cash_model` returns each, from one table of flows."""
    case = expected_case(case)
    for option in options:
        startable(effects, option)
    priced = prices(case, view)
    premium = (1.0 + priced.premium) * (1.0 + SIMULATION.dearer) - 1.0
    dearer = replace(priced, premium=premium, parity=parity(case, premium))
    chosen = narrowed(effects, options)
    terms = _terms(case, chosen, priced)
    foreign_terms = {name: (b - terms[name]) / SIMULATION.dearer for name, b in _terms(case, chosen, dearer).items()}
    started = chosen.options.filter(pl.col("kind") != "as_is")
    profiles = chosen.profile.partition_by("option", as_dict=True)
    return {
        row["option"]: _model(
            row,
            profiles[row["option"],],
            {name: grid[place] for name, grid in terms.items()},
            {name: grid[place] for name, grid in foreign_terms.items()},
            priced,
        )
        for place, row in enumerate(started.iter_rows(named=True))
    }


def _model(row: dict[str, Any], profile: pl.DataFrame, terms: Terms, foreign_terms: Terms, priced: Prices) -> CashModel:
    """Returns the model of the option of `row` from its terms, and from those of foreign money."""
    periods, start, began = profile.height, row["earliest"], row["operating_from"]
    operating, full = profile["operating"].to_numpy(), _full(row, profile)
    odds = row["chance"] * row["success"]
    released = np.divide(profile["capacity"].to_numpy(), full, out=_steps(began, periods), where=full > 0)
    survival = np.divide(operating, odds, out=np.ones(periods), where=operating > 0)
    survival[(operating == 0) & (_steps(began, periods) > 0)] = 0.0 if odds > 0 else 1.0
    return CashModel(
        option=row["option"],
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
    """Returns all terms of cash that are linear in the exchange rate, by name: a row for each option that may start, a
    column for each quarter from its start.
    """
    flows = flows_of(case, effects, priced)
    margins = margins_of(case, effects, priced)
    heat = margins_of(case, replace(effects, recipe=effects.recipe.filter(energy_of(case))), priced)
    clean = margins_of(case, effects, replace(priced, carbon=0.0))
    options = flows.options.join(margins, on="option", how="left", maintain_order="left")
    today, heat_today, clean_today = (today_of(effects, options, each) for each in (margins, heat, clean))

    def of_option(frame: pl.DataFrame, name: str) -> Numbers:
        matching = options.select("option").join(frame, on="option", how="left", maintain_order="left")
        return _each(matching, name)

    bare, energy = of_option(clean, "unit_cost"), of_option(heat, "input_cost")
    bare_today, used = _each(clean_today, "running"), _each(heat_today, "input_cost")
    as_is_fixed = _each(options, "as_is_fixed")
    full = flows.operating * _each(options, "capacity") * _each(options, "output_reached")
    released = np.divide(flows.capacity, full, out=np.ones_like(full), where=full > 0)
    paid = _fixed_fees(case, flows) * (1.0 + priced.premium)
    taken_over, replaced = flows.taken_over, flows.replaced
    outlays = {name: _outlays(case, part, priced) for name, part in _kinds(effects)}
    return {
        **{name: amounts for name, (amounts, _) in outlays.items()},
        "capital": outlays["varied"][1],
        "sales": full * _each(options, "revenue"),
        "materials": -full * (_each(options, "input_cost") - energy),
        "energy": -full * energy,
        "unit_cost": -full * bare,
        "carbon": -full * (_each(options, "unit_cost") - bare),
        "royalty": np.divide(flows.fees + paid, released, out=np.zeros_like(full), where=released > 0),
        "fee": -paid,
        "fixed": flows.fixed,
        "labour": flows.labour,
        "care": flows.care,
        "sales_before": -taken_over * _each(today, "revenue"),
        "materials_before": taken_over * (_each(today, "input_cost") - used),
        "energy_before": taken_over * used,
        "running_before": taken_over * (bare_today - as_is_fixed) + replaced * as_is_fixed,
        "carbon_before": taken_over * (_each(today, "running") - bare_today),
        "labour_before": replaced * _each(options, "as_is_labour"),
    }


def _each(frame: pl.DataFrame, column: str) -> Numbers:
    """Returns a column with a row for each option, to be multiplied by quarters."""
    return np.asarray(frame[column].to_numpy()[:, None], dtype=np.float64)


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


def _outlays(case: Case, effects: Effects, priced: Prices) -> tuple[Numbers, Numbers]:
    """Returns what is paid by option and quarter, and the depreciable part of it by option (one column)."""
    flows = flows_of(case, effects, priced)
    return flows.local + flows.foreign + flows.pooled_local + flows.pooled_foreign, _each(flows.options, "capital")


def _fixed_fees(case: Case, flows: OptionFlows) -> Numbers:
    """Returns expected fixed technology fees by option and quarter; other fees are royalties."""
    places = {option: place for place, option in enumerate(flows.options["option"])}
    due = np.zeros_like(flows.operating)
    began = flows.options["operating_from"].to_list()
    quarters = np.arange(due.shape[1])
    for option, year, fee in case.filled("transfers").select("option", "year", "fee").iter_rows():
        place = places.get(option)
        if place is not None and began[place] is not None:
            due[place] += np.where(np.floor((quarters - began[place]) / 4.0) + 1.0 == year, fee / 4.0, 0.0)
    return np.asarray(flows.operating * due)


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
