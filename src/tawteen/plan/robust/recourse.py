"""Recourse: a fixed choice of starts in one scenario, with all other decisions optimised again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy import sparse

from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.plan.fixed_starts import whole_numbers
from tawteen.plan.gains import gain_over
from tawteen.plan.inputs import prepare
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.problem import Problem, build_problem
from tawteen.plan.robust.sampling import Sample
from tawteen.plan.robust.shocks import RECOURSE
from tawteen.plan.robust.warm_start import ModelPart, Places, WarmStart, apply_warm_start, solved, standing
from tawteen.plan.solver import Relaxation
from tawteen.works.training import class_terms


@dataclass(frozen=True)
class StartChoice:
    """Options and the period each is meant to start; of these `chosen` are started, and of them `firm` for sure.

    The others are candidates: they are in the model, not started, so that its prices say what they would be worth.
    """

    starts: Mapping[str, int]
    chosen: frozenset[str]
    firm: frozenset[str]


@dataclass(frozen=True)
class ScenarioOutcome:
    """What a choice came to in one scenario. Money in the case's currency.

    `gain` and `firm_gain`: value over doing nothing (discounted) of all that is chosen and of the firm part alone;
    `cash`: money paid for works and all else (undiscounted); `short`: of it what no fund had when it was due, credit
    above its limit included; `first` and `last`: period in which the first and the last chosen option operates
    (null where none does inside the horizon); `operates`: the same by option; `worth`: what the start of each option
    adds at the prices of the scenario.
    """

    index: int
    gain: float
    firm_gain: float
    cash: float
    short: float
    first: int | None
    last: int | None
    operates: Mapping[str, int | None]
    worth: Mapping[str, float]


class Recourse:
    """What is left to decide once the starts are: a linear model without them, solved for one choice after another.

    A start enters it as what it takes from limits and as the throughput it releases, so that rows of throughput are
    bounds of columns. `before` is the warm start from a similar model. Its values and prices are those of the whole
    model with its starts fixed.
    """

    def __init__(self, model: Problem, arrays: MilpArrays, before: WarmStart | None = None) -> None:
        """`arrays` are those of `model`, or the same with further columns (`softened`)."""
        self.model, self.arrays = model, arrays
        starts, throughput, released = model.starts, model.columns["throughput"].span, model.rows["throughput"].span
        aside = [released, model.rows["site"].span, model.rows["rule"].span]
        height, width = arrays.matrix.shape
        self.rows = np.setdiff1d(np.arange(height), np.concatenate([np.arange(s.start, s.stop) for s in aside]))
        self.columns = np.setdiff1d(np.arange(width), np.arange(starts.start, starts.stop))
        matrix = arrays.matrix.tocsr()
        shared = matrix[self.rows].tocsc()
        self._takes, self._uses = shared[:, starts], matrix[released][:, starts]
        self._touched = np.unique(self._takes.indices)
        self._throughput_columns = np.searchsorted(self.columns, np.arange(throughput.start, throughput.stop))
        self._open = arrays.upper[throughput]
        self._most = arrays.row_upper[released]
        second_stage = MilpArrays(
            shared[:, self.columns], arrays.value[self.columns], arrays.lower[self.columns], arrays.upper[self.columns],
            np.zeros(len(self.columns), dtype=bool), arrays.row_lower[self.rows], arrays.row_upper[self.rows],
            np.flatnonzero(np.isin(self.columns, arrays.whole)),
        )  # fmt: skip
        self._second_stage, self._settled = second_stage, False
        self.relaxation = Relaxation(second_stage)
        self.part = ModelPart(np.where(self.columns < model.arrays.matrix.shape[1], self.columns, -1), self.rows)
        if before is not None:
            apply_warm_start(self.relaxation, model, self.part, before)

    def choose(self, starts: Floats) -> None:
        """Fixes the starts, in part or whole; classes of courses may be held in part."""
        most, rows, lower, upper = self._limits(starts)
        self.relaxation.bound(self._throughput_columns, np.zeros(len(most)), most)
        self.relaxation.limit(rows, lower, upper)
        if self._settled:
            whole = self._second_stage.whole
            self.relaxation.bound(whole, self._second_stage.lower[whole], self._second_stage.upper[whole])
            self._settled = False

    def _limits(self, starts: Floats) -> tuple[Floats, Places, Floats, Floats]:
        """Most throughput, and the rows that starts touch with their limits, when `starts` are fixed."""
        most = np.minimum(np.maximum(self._most - self._uses @ starts, 0.0), self._open)
        rows = self._touched
        used, affected = (self._takes @ starts)[rows], self.rows[rows]
        return most, rows, self.arrays.row_lower[affected] - used, self.arrays.row_upper[affected] - used

    def _choose_whole(self, starts: Floats) -> bool:
        """Fixes whole starts, and the best numbers of whole classes for them; whether there are any."""
        self.choose(starts)
        part = self._second_stage
        if not len(part.whole):
            return True
        most, rows, low, high = self._limits(starts)
        upper, row_lower, row_upper = part.upper.copy(), part.row_lower.copy(), part.row_upper.copy()
        upper[self._throughput_columns], row_lower[rows], row_upper[rows] = most, low, high
        counts = whole_numbers(replace(part, upper=upper, row_lower=row_lower, row_upper=row_upper))
        if counts is None:
            return False
        self.relaxation.bound(part.whole, counts, counts)
        self._settled = True
        return True

    def value(self, starts: Floats) -> float | None:
        """Value of the choice (discounted currency); None if it violates a limit."""
        if not self._choose_whole(starts):
            return None
        solved_value = self.relaxation.objective()
        if solved_value is None:
            solved_value = solved(self.relaxation).value
        return None if solved_value is None else solved_value + float(self.arrays.value[self.model.starts] @ starts)

    def point(self, starts: Floats) -> Floats | None:
        """The whole point: the columns of the model and its own, starts included."""
        if not self._choose_whole(starts):
            return None
        solution = solved(self.relaxation)
        if solution.x is None or solution.outcome != "optimal":
            return None
        point = np.zeros(self.arrays.matrix.shape[1])
        point[self.model.starts], point[self.columns] = starts, solution.x
        return point

    def slopes(self, starts: Floats) -> tuple[float, Floats] | None:
        """What the choice is worth, and how much a unit of each start can change that at most; None as in `value`.

        Where courses have whole classes, the slopes are those of classes that may be held in part: an estimate.
        """
        worth = self.value(starts) if len(self._second_stage.whole) else None
        self.choose(starts)
        solution = solved(self.relaxation)
        if solution.value is None or solution.row_price is None or solution.column_price is None:
            return None
        released = np.maximum(solution.column_price[self._throughput_columns], 0.0)
        own = self.arrays.value[self.model.starts]
        slope = own - self._takes.T @ solution.row_price - self._uses.T @ released
        if len(self._second_stage.whole) and worth is None:
            return None
        return solution.value + float(own @ starts) if worth is None else worth, np.asarray(slope)

    def worth(self, starts: Floats) -> Floats | None:
        """What each start is worth: of those at 1 what their last part brings, of those at 0 what their first would.

        At 0 and 1 themselves prices are not unique (a pool that nobody uses has any price up to that of its cheapest
        source), so they are read `RECOURSE.start_margin` inside, where every row that a start touches is at work.
        """
        of_site = self.model.columns["start"].keys.select(pl.len().over("site")).to_series().to_numpy()
        margin = RECOURSE.start_margin
        self.choose(np.where(starts > 0.5, 1.0 - margin, margin / (2.0 * of_site)))
        solution = solved(self.relaxation)
        if solution.row_price is None or solution.column_price is None:
            return None
        released = np.where(np.isinf(self._open), np.maximum(solution.column_price[self._throughput_columns], 0.0), 0.0)
        own = self.arrays.value[self.model.starts]
        return np.asarray(own - self._takes.T @ solution.row_price - self._uses.T @ released)


def outcome(drawn: Sample, choice: StartChoice, before: WarmStart | None = None) -> ScenarioOutcome:
    """Throughput, flows, crews and money of `choice` decided anew in `drawn`, by one linear model solved a few times.

    Works slip, cost and last as drawn; amounts that then cannot be paid or staffed are bought at the surcharges of
    `RecourseParams` and reported as shortfall. Two-stage stochastic programming with simple recourse (Birge and
    Louveaux 2011, ch. 3): the first stage is `choice`, the second is the model of docs/method.md with starts fixed.
    `before` is the basis of another scenario's solution (`base_standing`): it saves time and changes no value.
    """
    model = drawn_problem(drawn, choice)
    arrays, slack = softened(model)
    keys = model.columns["start"].keys["option"].to_list()
    chosen = _indicator(keys, choice.chosen)
    recourse = Recourse(model, arrays, before)
    point, price = recourse.point(chosen), recourse.worth(chosen)
    nothing = recourse.value(np.zeros(len(keys)))
    if point is None or nothing is None or price is None:
        raise RuntimeError(f"scenario {drawn.index} has no recourse")
    value = float(arrays.value @ point)
    firm = value if choice.firm == choice.chosen else recourse.value(_indicator(keys, choice.firm))
    if firm is None:
        raise RuntimeError(f"scenario {drawn.index} has no recourse for the firm part")
    operates = _operates(model, choice)
    begun = [t for t in operates.values() if t is not None]
    return ScenarioOutcome(
        index=drawn.index,
        gain=float(gain_over(value, nothing)),
        firm_gain=float(gain_over(firm, nothing)),
        cash=float(point[model.columns["draw"].span].sum() + point[slack["outlay"]].sum()),
        short=float(point[slack["money"]].sum()),
        first=min(begun, default=None),
        last=max(begun, default=None),
        operates=operates,
        worth=dict(zip(keys, price.tolist(), strict=True)),
    )


def base_standing(drawn: Sample, choice: StartChoice) -> WarmStart:
    """Basis of the model of `outcome` for `choice` in `drawn`: a warm start for other scenarios."""
    model = drawn_problem(drawn, choice)
    recourse = Recourse(model, softened(model)[0])
    recourse.point(_indicator(model.columns["start"].keys["option"].to_list(), choice.chosen))
    return standing(recourse.relaxation, model, recourse.part)


def _indicator(keys: list[str], options: frozenset[str]) -> Floats:
    return np.array([float(k in options) for k in keys])


def drawn_problem(drawn: Sample, choice: StartChoice) -> Problem:
    """The planning problem of a scenario in which each option of `choice` has only the start to which it slips.

    Without rules, which restrict choices and not their outcome.
    """
    case = replace(drawn.case, tables={**drawn.case.tables, "rules": drawn.case["rules"].clear()})
    inputs = prepare(case)
    effects = _with_shocks(inputs.effects, drawn)
    effects = replace(effects, options=_dated(effects.options, drawn, choice, case.calendar.periods))
    return apply_events(build_problem(replace(inputs, effects=effects)), drawn)


def _dated(options: pl.DataFrame, drawn: Sample, choice: StartChoice, periods: int) -> pl.DataFrame:
    """Options with their one start period; options outside the choice cannot start."""
    sites = dict(options.select("option", "site").iter_rows())
    regions = dict(options.select("option", "region").iter_rows())
    begins = {}
    for option, period in choice.starts.items():
        begun = min(period + drawn.slip.get(sites.get(option, ""), 0), periods - 1)
        for region, first, last in drawn.closed:
            if region == regions.get(option) and first <= begun < last:
                begun = min(last, periods - 1)
        begins[option] = begun
    runs = pl.col("kind") == "as_is"
    start_period = pl.col("option").replace_strict(begins, default=None, return_dtype=pl.Int64)
    return options.with_columns(
        available=runs | start_period.is_not_null(),
        earliest=pl.when(runs).then("earliest").otherwise(start_period),
        latest=pl.when(runs).then("latest").otherwise(start_period),
    )


def _with_shocks(effects: Effects, drawn: Sample) -> Effects:
    """Effects after outages and relapses; an option whose gate stays shut spends on survey and gate tasks alone."""
    facts = effects.options.select(
        "option", "site", "chance",
        runs=pl.col("operating_from"),
        lost=pl.col("site").replace_strict(dict(drawn.outage), default=0.0, return_dtype=pl.Float64),
        stops=pl.col("option").replace_strict(dict(drawn.relapse), default=None, return_dtype=pl.Int64),
    )  # fmt: skip
    still = (pl.col("quarter") < pl.col("runs") + pl.col("stops")).fill_null(True).cast(pl.Float64)
    profile = (
        effects.profile.join(facts, on="option", maintain_order="left")
        .with_columns(
            capacity=pl.col("capacity") * still * (1.0 - pl.col("lost")),
            operating=pl.col("operating") * still,
            fee=pl.col("fee") * still,
        )
        .select(effects.profile.columns)
    )
    shut = facts.filter(pl.col("chance") <= 0)["option"]
    stopped = pl.col("option").is_in(shut.implode())
    working = effects.options.with_columns(working_capital=pl.when(stopped).then(0.0).otherwise("working_capital"))
    return replace(
        effects,
        options=working,
        profile=profile,
        outlays=effects.outlays.filter(~stopped | pl.col("sure")),
        needs=effects.needs.filter(~stopped | pl.col("sure")),
    )


def apply_events(model: Problem, drawn: Sample) -> Problem:
    """The problem with limits reduced by closed regions, halved credit and lost summer power."""
    arrays = model.arrays
    upper, row_upper = arrays.upper.copy(), arrays.row_upper.copy()
    regions = dict(model.inputs.effects.options.select("option", "region").iter_rows())
    for region, first, last in drawn.closed:
        while_shut = pl.col("period").is_between(first, last - 1)
        hit_options = [option for option, place in regions.items() if place == region]
        _none(upper, model, "throughput", pl.col("option").is_in(hit_options) & while_shut)
        _none(
            upper,
            model,
            "transport",
            ((pl.col("from_region") == region) | (pl.col("to_region") == region)) & while_shut,
        )
    if drawn.credit is not None and "credit" in model.rows:
        rows = model.rows["credit"]
        row_upper[rows.span] *= np.where(
            rows.keys["period"].is_between(drawn.credit[0], drawn.credit[1] - 1), RECOURSE.credit_left, 1.0
        )
    if drawn.power and "supply" in model.columns:
        block = model.columns["supply"]
        remaining = (
            1.0
            - block.keys["period"].replace_strict(dict(drawn.power), default=0.0, return_dtype=pl.Float64).to_numpy()
        )
        power = block.keys["commodity"].is_in(_power(model.inputs.case)).to_numpy() & (remaining < 1.0)
        upper[block.span][power] *= remaining[power]
    return replace(model, arrays=replace(arrays, upper=upper, row_upper=row_upper))


def _power(case: Case) -> list[str]:
    """Commodities that are electricity: HS 2716, or measured in MWh."""
    electric = pl.col("hs").fill_null("").str.starts_with("2716") | (pl.col("unit") == "MWh")
    return case["commodities"].filter(electric | pl.col("carries").eq_missing(pl.lit("power")))["id"].to_list()


def _none(upper: Floats, model: Problem, block: str, which: pl.Expr) -> None:
    if block in model.columns:
        place = model.columns[block]
        upper[place.span][place.keys.select(which.fill_null(False)).to_series().to_numpy()] = 0.0


def softened(model: Problem) -> tuple[MilpArrays, dict[str, slice]]:
    """The model without its rules and its one-per-site rows, and with a way out of pools, outlays and credit.

    Returns it with the places of the columns that were added: `outlay` (money that no fund has), `money` (the same and
    credit above its limit). Throughput is bounded by what starts release alone, so that a start has the whole price of
    what it releases.
    """
    arrays, inputs = model.arrays, model.inputs
    discount = np.array([inputs.prices.discount(t) for t in range(inputs.periods)])
    blocks = [
        (model.rows["pool"], _dearest(model)),
        (model.rows["outlay"], np.full(model.rows["outlay"].keys.height, RECOURSE.money_surcharge)),
        (model.rows["credit"], np.full(model.rows["credit"].keys.height, RECOURSE.money_surcharge)),
    ]
    rows = np.concatenate([np.arange(block.span.start, block.span.stop) for block, _ in blocks]).astype(np.int64)
    price = np.concatenate([p * discount[block.keys["period"].to_numpy()] for block, p in blocks])
    count, (height, width) = len(rows), arrays.matrix.shape
    ways_out = sparse.csc_matrix((-np.ones(count), (rows, np.arange(count))), shape=(height, count))
    missing, missing_price = _missing_places(model, price[: blocks[0][0].keys.height])
    places = missing.shape[1]
    lower, upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    for block in (model.rows["site"], model.rows["rule"]):
        lower[block.span], upper[block.span] = -np.inf, np.inf
    most = arrays.upper.copy()
    released = most[model.columns["throughput"].span]
    released[released > 0] = np.inf
    wide = MilpArrays(
        matrix=sparse.csc_matrix(sparse.hstack([arrays.matrix, ways_out, missing])),
        value=np.concatenate([arrays.value, -price, -missing_price]),
        lower=np.concatenate([arrays.lower, np.zeros(count + places)]),
        upper=np.concatenate([most, np.full(count + places, np.inf)]),
        integer=np.concatenate([arrays.integer, np.zeros(count + places, dtype=bool)]),
        row_lower=lower,
        row_upper=upper,
        whole=arrays.whole,
    )
    first = width + blocks[0][0].keys.height
    return wide, {"outlay": slice(first, first + blocks[1][0].keys.height), "money": slice(first, width + count)}


def _missing_places(model: Problem, price: Floats) -> tuple[sparse.csc_matrix, Floats]:
    """Columns of places that no class has, one for each row of classes, and what one costs.

    `price` is that of a missing seat, by row of pools: a place lacks its seats in every quarter of its class.
    """
    shape = (model.arrays.matrix.shape[0], 0)
    if "class" not in model.rows:
        return sparse.csc_matrix(shape), np.zeros(0)
    block, pools = model.rows["class"], model.rows["pool"]
    priced_rows = pools.keys.with_columns(row=pools.first + pl.int_range(pl.len()), price=pl.Series(price))
    taken = (
        block.keys.with_row_index("place")
        .join(class_terms(model.inputs.case), on="course", maintain_order="left")
        .with_columns(step=pl.int_ranges("quarters"))
        .explode("step")
        .with_columns(period=pl.col("period") + pl.col("step"), pool_kind=pl.lit("course"))
        .join(priced_rows, left_on=["pool_kind", "course", "period"], right_on=["pool_kind", "pool", "period"])
    )
    place, share = taken["place"].to_numpy(), taken["share"].to_numpy()
    count = block.keys.height
    rows = np.concatenate([np.arange(block.span.start, block.span.stop), taken["row"].to_numpy()])
    columns = np.concatenate([np.arange(count), place])
    entries = -np.concatenate([np.ones(count), share])
    cost = np.bincount(place, share * taken["price"].to_numpy(), count)
    return sparse.csc_matrix((entries, (rows, columns)), shape=(shape[0], count)), np.asarray(cost, dtype=np.float64)


def _dearest(model: Problem) -> Floats:
    """For each row of pools, `pool_surcharge` times the price of its dearest source in the view."""
    dearest = (
        model.inputs.match.sources.group_by("pool_kind", "pool")
        .agg(price=pl.col("price").max() * (1.0 + model.inputs.prices.premium))
        .join(model.rows["pool"].keys, on=["pool_kind", "pool"], how="right", maintain_order="right")
    )
    return np.asarray(RECOURSE.pool_surcharge * dearest["price"].fill_null(0.0).to_numpy())


def _operates(model: Problem, choice: StartChoice) -> dict[str, int | None]:
    """First period in which each chosen option that is planned to operate does; null if it never does."""
    options = model.inputs.effects.options.filter(
        pl.col("option").is_in(list(choice.chosen)) & pl.col("operating_from").is_not_null()
    )
    periods = model.inputs.periods
    operates_from: dict[str, int | None] = {}
    for option, start, after, chance, success in options.select(
        "option", "earliest", "operating_from", "chance", "success"
    ).iter_rows():
        begun = start + after
        operates_from[option] = begun if chance * success > 0 and begun < periods else None
    return operates_from
