"""The linear model in which some sites' starts are free and all other starts are fixed, solved again and again.

Works may also start before the dates that the case states for them, so that a date can be relaxed like a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.codes import NO_WORKS
from tawteen.case.model import Case
from tawteen.match.model import Match
from tawteen.match.pools import POOL
from tawteen.plan.explain.priced_programme import select_options, startable
from tawteen.plan.explain.shortlist import Pair
from tawteen.plan.explain.site_model import rows_as_bounds
from tawteen.plan.fixed_starts import solve_with_starts, whole_numbers
from tawteen.plan.held_classes import first_places
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.problem import Problem, build_problem, relaxed
from tawteen.plan.programme_tables import FLOWS
from tawteen.plan.reduced_model import ReducedModel, reduce_model
from tawteen.plan.solver import Relaxation
from tawteen.works.periods import period_of, step_at

Indices = NDArray[np.int64]
MORE = ":more"
"""Ending of the id of an added supply or source of amount 0, so that a limit can be raised in quarters without any."""


@dataclass(frozen=True)
class StartDates:
    """First periods of an option's start: with all dates, and with only the dates of gates, or only its own."""

    earliest: int
    by_gate: int
    by_option: int
    gate: str | None


class SiteStarts:
    """The linear model around one site, solved for one of its starts after the other from the last basis."""

    def __init__(
        self,
        part: ReducedModel,
        arrays: MilpArrays,
        bounds: tuple[Floats, Floats],
        columns: dict[Pair, int],
        constant: float,
    ) -> None:
        self._part, self._arrays, self._columns = part, arrays, columns
        self._constant = constant + part.constant
        self._lower, self._upper = (bound.copy() for bound in bounds)
        self._used = np.asarray(arrays.matrix @ part.fixed)[part.rows]
        self._row_lower, self._row_upper = part.arrays.row_lower, part.arrays.row_upper
        own = np.array(list(columns.values()), dtype=np.int64)
        self._lower[own] = self._upper[own] = 0.0
        self._relaxation = Relaxation(replace(part.arrays, lower=self._lower, upper=self._upper))
        self._begun, self._taken, self._applied = False, -1, arrays

    def value(self, pair: Pair | None, arrays: MilpArrays) -> float:
        """Value of the programme when the site starts as `pair`, or starts nothing where that is None; −∞ where that
        breaks a limit of `arrays`.
        """
        self._limit(arrays)
        column = -1 if pair is None else self._columns[pair]
        if column != self._taken:
            places = np.array([place for place in (self._taken, column) if place >= 0])
            ones = (places == column).astype(float)
            self._relaxation.bound(places, ones, ones)
            self._taken = column
        if len(self._part.arrays.whole) and not self._settle_classes(arrays):
            return -np.inf
        if not self._begun:
            self._relaxation.solve(presolve=True)
            self._begun = True
        best = self._relaxation.objective()
        return -np.inf if best is None else best + self._constant

    def _settle_classes(self, arrays: MilpArrays) -> bool:
        """Fixes the best numbers of whole classes for the start that is taken; whether there are any.

        Classes that are not whole in `arrays` may be held in part.
        """
        part = self._part.arrays
        self._relaxation.bound(part.whole, self._lower[part.whole], arrays.upper[self._part.columns[part.whole]])
        part = replace(part, whole=part.whole[np.isin(self._part.columns[part.whole], arrays.whole)])
        lower, upper = self._lower.copy(), np.minimum(arrays.upper[self._part.columns], part.upper)
        upper[list(self._columns.values())] = 0.0
        if self._taken >= 0:
            lower[self._taken] = upper[self._taken] = 1.0
        counts = whole_numbers(
            replace(
                part, lower=lower, upper=np.maximum(upper, lower), row_lower=self._row_lower, row_upper=self._row_upper
            )
        )
        if counts is not None:
            self._relaxation.bound(part.whole, counts, counts)
        return counts is not None

    def row_prices(self) -> Floats | None:
        """Prices of the rows of the whole model at the last value, NaN for rows that are settled; None without one."""
        solution = self._relaxation.solve()
        if solution.row_price is None:
            return None
        prices = np.full(self._arrays.matrix.shape[0], np.nan)
        prices[self._part.rows] = solution.row_price
        return prices

    def _limit(self, arrays: MilpArrays) -> None:
        """Gives the model the limits of `arrays`, which differ from those of the case in limits and upper bounds."""
        rows, columns = self._part.rows, self._part.columns
        row_lower, row_upper = arrays.row_lower[rows] - self._used, arrays.row_upper[rows] - self._used
        moved = np.flatnonzero((row_lower != self._row_lower) | (row_upper != self._row_upper))
        if len(moved):
            self._relaxation.limit(moved, row_lower[moved], row_upper[moved])
        self._row_lower, self._row_upper = row_lower, row_upper
        wider = np.flatnonzero(arrays.upper[columns] != self._applied.upper[columns])
        if len(wider):
            self._relaxation.bound(wider, self._lower[wider], arrays.upper[columns[wider]])
        self._applied = arrays


class StartModel:
    """The model of a case with `fixed` starts, and all starts of works at the sites `free` (by site: the chosen pair,
    None where nothing starts).

    `inputs` are those of the programme. With `dated`, works may start from the dates of the case on alone. Values
    include the constant of the problem.
    """

    def __init__(
        self, inputs: PlanInputs, fixed: list[Pair], free: Mapping[str, Pair | None], *, dated: bool = False
    ) -> None:
        self.free = free
        own = inputs.effects.options.filter(
            pl.col("site").is_in(list(free)) & ~pl.col("kind").is_in(NO_WORKS) & pl.col("available")
        )["option"]
        planned = [pair for pair in free.values() if pair is not None]
        case = inputs.case if dated else _without_dates(inputs.case, list(free))
        effects = inputs.effects if case is inputs.case else prepare(case).effects
        self.problem = _problem(
            replace(inputs, case=_raisable(case), effects=startable(effects)), [*fixed, *planned], own
        )
        keys = self.problem.columns["start"].keys
        named = zip(keys["option"], keys["period"], strict=True)
        self.column: dict[Pair, int] = {pair: self.problem.starts.start + i for i, pair in enumerate(named)}
        site = dict(inputs.effects.options.select("option", "site").iter_rows())
        self.starts: dict[str, list[Pair]] = {name: [] for name in free}
        for pair in self.column:
            if site[pair[0]] in self.starts and pair[0] in set(own):
                self.starts[site[pair[0]]].append(pair)
        self.dates = _dates(inputs, own)
        self._chosen = self._columns([*fixed, *planned])

    @cached_property
    def _planned(self) -> Floats:
        """The point of the whole model with the planned starts. Raises RuntimeError where there is none."""
        solution = solve_with_starts(self.problem.arrays, self._chosen)
        if solution.x is None:
            raise RuntimeError("the planned starts break a limit")
        return solution.x

    def site(self, site: str, widest: Floats) -> SiteStarts:
        """The starts of one site; `widest` are the highest upper bounds of columns that are going to be tried."""
        arrays = replace(relaxed(self.problem.arrays), whole=self.problem.arrays.whole)
        lower, upper = arrays.lower.copy(), np.maximum(arrays.upper, widest)
        fixed = self._fixed_columns(site)
        lower[fixed] = upper[fixed] = np.clip(self._planned[fixed], lower[fixed], upper[fixed])
        planned = self.free[site]
        pairs = dict.fromkeys([*self.starts[site], *([] if planned is None else [planned])])
        own = self._columns([*pairs])
        lower[own], upper[own] = 0.0, 1.0
        part, low, high = rows_as_bounds(reduce_model(arrays, lower, upper), self.problem.rows["throughput"])
        columns = {pair: int(np.searchsorted(part.columns, self.column[pair])) for pair in pairs}
        return SiteStarts(
            part,
            replace(arrays, upper=np.maximum(arrays.upper, widest)),
            (low, high),
            columns,
            self.problem.constant,
        )

    def _fixed_columns(self, site: str) -> Indices:
        """Starts of other sites, and what their operation decides: flows and crews that the site does not touch."""
        inputs, columns = self.problem.inputs, self.problem.columns
        own = inputs.effects.options.filter(pl.col("site") == site)["option"].implode()
        goods = inputs.effects.recipe.filter(pl.col("option").is_in(own))["commodity"].unique().implode()
        outside = inputs.effects.recipe.filter(~pl.col("commodity").is_in(goods))["option"].unique().implode()
        needed = inputs.effects.needs.filter(pl.col("option").is_in(own))["pool"]
        pools = pl.concat([needed, _extended_courses(inputs.case, own)]).unique().implode()
        fixed = {
            "start": ~pl.col("site").is_in([site]),
            "throughput": pl.col("option").is_in(outside) & ~pl.col("option").is_in(own),
            "pool_supply": ~pl.col("pool").is_in(pools),
            **dict.fromkeys(FLOWS, ~pl.col("commodity").is_in(goods)),
        }
        parts = [
            columns[block].first + np.flatnonzero(columns[block].keys.select(where).to_series().to_numpy())
            for block, where in fixed.items()
            if block in columns
        ]
        return np.concatenate(parts).astype(np.int64)

    def _columns(self, pairs: list[Pair]) -> Indices:
        return np.array([self.column[pair] for pair in pairs if pair in self.column], dtype=np.int64)

    def exempt(self, rule: str, site: str, arrays: MilpArrays) -> MilpArrays:
        """The model in which a rule does not bind the starts of a site, the planned one included."""
        keys, planned = self.problem.rows["rule"], self.free[site]
        rows = keys.first + np.flatnonzero((keys.keys["rule"] == rule).to_numpy())
        columns = self._columns([*self.starts[site], *([] if planned is None else [planned])])
        count: Floats = np.asarray(abs(arrays.matrix[:, columns]).sum(axis=1)).ravel()
        touched = rows[count[rows] > 0]
        row_lower, row_upper = arrays.row_lower.copy(), arrays.row_upper.copy()
        row_lower[touched], row_upper[touched] = -np.inf, np.inf
        return replace(arrays, row_lower=row_lower, row_upper=row_upper)

    def taught(self, options: Iterable[str]) -> list[str]:
        """The courses with whole classes in which these options train."""
        places = first_places(self.problem.inputs.case, self.problem.inputs.effects)
        return places.filter(pl.col("option").is_in(list(options)))["course"].unique().sort().to_list()

    def with_parts_of_classes(self, course: str) -> MilpArrays:
        """The model in which a part of a class of the course may be held, for that part of its price."""
        arrays, block = self.problem.arrays, self.problem.columns["class"]
        own = block.first + np.flatnonzero((block.keys["course"] == course).to_numpy())
        return replace(arrays, whole=np.setdiff1d(arrays.whole, own))


def _extended_courses(case: Case, own: pl.Series) -> pl.Series:
    """Courses with more room where the options `own` run: those whose seats or whose trainers they add."""
    seats = case["added_seats"].filter(pl.col("option").is_in(own))["course"]
    pools = case["added_trainers"].filter(pl.col("option").is_in(own))["trainer_pool"]
    return pl.concat([seats, case["courses"].filter(pl.col("trainer_pool").is_in(pools.implode()))["id"]])


def _without_dates(case: Case, sites: list[str]) -> Case:
    """The case in which gates and options of some sites have no dates before which works may not start."""
    calendar = case.calendar.start
    mine = pl.col("site").is_in(sites)
    dated = pl.col("open_date").is_not_null() & mine
    long_ago = pl.lit(calendar.replace(year=calendar.year - 30))
    blockers = case["blockers"].with_columns(open_date=pl.when(dated).then(long_ago).otherwise("open_date"))
    options = case["options"].with_columns(earliest=pl.when(mine).then(None).otherwise("earliest"))
    if blockers.equals(case["blockers"]) and options.equals(case["options"]):
        return case
    return replace(case, tables={**case.tables, "blockers": blockers, "options": options})


def _raisable(case: Case) -> Case:
    """The case with existing supply that can be raised in every quarter."""
    return replace(case, tables={**case.tables, "supplies": _always(case["supplies"])})


def _always(supplies: pl.DataFrame) -> pl.DataFrame:
    """Existing supply, and for each good and region a row of quantity 0 in every quarter that can be raised."""
    dearest = supplies.sort("variable_cost", descending=True, nulls_last=True).unique(
        ["region", "commodity"], keep="first", maintain_order=True
    )
    empty = {"start": pl.Date, "end": pl.Date, "season": pl.Int64}
    always = dearest.with_columns(
        id=pl.col("id") + MORE,
        quantity=pl.lit(0.0),
        **{name: pl.lit(None, supplies.schema[name]) for name in empty if name in supplies.columns},
    )
    return pl.concat([supplies, always])


def _always_offered(offers: Match, periods: int) -> Match:
    """The sources of each pool, and one of capacity 0 in every quarter at the price of the cheapest limited source."""
    cheapest = offers.sources.filter(pl.col("capacity").is_not_null()).unique(
        list(POOL), keep="first", maintain_order=True
    )
    types = offers.sources.schema
    dates = {"first_period": 0, "start": 0, "end": periods - 1, "start_share": 1.0, "end_share": 1.0}
    always = cheapest.with_columns(
        source=pl.col("source") + MORE,
        capacity=pl.lit(0.0, types["capacity"]),
        **{name: pl.lit(value, types[name]) for name, value in dates.items()},
    )
    return replace(offers, sources=pl.concat([offers.sources, always]))


def _problem(inputs: PlanInputs, fixed: list[Pair], own: pl.Series) -> Problem:
    """The problem with the starts `fixed` and all starts of the options `own`, with the effects of these alone."""
    lines = inputs.effects.options.filter(pl.col("kind") == "as_is")["option"]
    started = pl.Series([option for option, _ in fixed], dtype=pl.String)
    effected = select_options(inputs.effects, pl.concat([started, own, lines]))
    free = effected.options.filter(pl.col("option").is_in(own.implode()) & (pl.col("latest") >= pl.col("earliest")))
    spread = free.select("option", period=pl.int_ranges("earliest", pl.col("latest") + 1)).explode("period")
    fixed_starts = pl.DataFrame(fixed, schema={"option": pl.String, "period": pl.Int64}, orient="row")
    only = pl.concat([fixed_starts, spread.cast({"period": pl.Int64})]).unique(maintain_order=True)
    offers = _always_offered(inputs.match, inputs.periods)
    return build_problem(replace(inputs, effects=effected, match=offers), only)


def _dates(inputs: PlanInputs, own: pl.Series) -> dict[str, StartDates]:
    """The first periods in which the options `own` may start, by what sets them."""
    calendar = inputs.case.calendar
    before = pl.col("survey_weeks") + pl.col("gate_weeks")
    lead = inputs.works.lead.select(
        "option", by_gate=(period_of(pl.col("opens"), calendar) - step_at(before)).fill_null(0).clip(lower_bound=0)
    )
    stated = inputs.case["options"].select(
        option="id", by_option=period_of(pl.col("earliest"), calendar).fill_null(0).clip(lower_bound=0)
    )
    gates = inputs.diagnosis.gates.filter("waits", pl.col("open_date").is_not_null())
    last = gates.sort("open_date").group_by("site").agg(pl.col("gate").last())
    rows = (
        inputs.effects.options.filter(pl.col("option").is_in(own.implode()))
        .select("option", "site", "earliest")
        .join(lead, on="option", how="left")
        .join(stated, on="option", how="left")
        .join(last, on="site", how="left")
    )
    return {
        row["option"]: StartDates(row["earliest"], row["by_gate"] or 0, row["by_option"] or 0, row["gate"])
        for row in rows.iter_rows(named=True)
    }
