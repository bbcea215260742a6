"""A policy that was planned: what it does for each finding, its value in futures, and what it states of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl
from scipy import special

from tawteen.case.frame_columns import amount, column_types, count, label, share, truth
from tawteen.case.one_line import OneLine
from tawteen.plan.gains import SimulatedGains
from tawteen.plan.model_builder import Floats
from tawteen.plan.programme_tables import (
    PRICED_LIMITS,
    QUARTER_PATTERN,
    Draws,
    Flows,
    Supply,
    Throughput,
    one_of,
    period_column,
    units_column,
)
from tawteen.plan.tolerances import TOLERANCES


@dataclass(frozen=True)
class IntervalParams:
    """How the interval of a mean over independent samples is stated."""

    confidence: float = 0.95
    """Chance that the interval covers the mean."""


MEAN_INTERVAL = IntervalParams()


def _period(meaning: str) -> dy.Int64:
    return count(meaning, "quarters")


def _start() -> dy.String:
    return label("Label of the quarter of the start", regex=QUARTER_PATTERN)


def t_quantile(freedom: int) -> float:
    """Student's t at so many degrees of freedom: its interval covers a mean with the chance of `MEAN_INTERVAL`."""
    return float(special.stdtrit(freedom, 0.5 + MEAN_INTERVAL.confidence / 2.0))


FINDING = "Finding of the site, counted from 0; empty for what is decided without one"


class FirstStage(dy.Schema):
    """What starts in every future before the committee decides again."""

    order = count("Place in the order in which it is decided", low=1)
    site = label("Site")
    kind = label("Kind of the option, survey for a survey")
    option = label("Option or survey")
    period = _period("Quarter of the start, counted from 0")
    start = _start()
    units = units_column("Units that survey or work for it, with pool and amount, in the mean over the futures")


class PolicyRows(dy.Schema):
    """What is done at a site for each finding."""

    site = label("Site")
    finding = count(FINDING, null=True)
    chance = share("Chance of the finding", null=True)
    option = label("Option or survey that starts")
    futures = share("Share of the futures with this finding in which it starts")
    period = _period("Median quarter of its start in them")
    start = _start()


class Information(dy.Schema):
    """What knowing a site is worth to the policy."""

    site = label("Site that is surveyed")
    with_survey = amount("Expected gain of the policy in the first futures", "currency", low=None)
    without_survey = amount(
        "Expected gain of the same policy without the survey of the site, in the same futures", "currency", low=None
    )
    value_of_information = amount("Difference", "currency", low=None)


class Reserves(dy.Schema):
    """What has to be held for starts that depend on findings, and what of it is released."""

    site = label("Site")
    kind = label("money, or the kind of pool: capability or course", regex="^(money|capability|course)$")
    pool = label("Pool; empty for money", null=True)
    reserved = amount("The most that its conditional start takes in any future", "currency or pool units")
    used = amount("What conditional starts take of it in the mean over the futures", "currency or pool units")
    released = amount("What is released of it in the mean over the futures", "currency or pool units")
    chance_of_release = share("Share of the futures in which all of it is released")


class ReleasedTo(dy.Schema):
    """Which starts of other sites become likelier with a finding after which nothing starts at its site."""

    site = label("Site at which nothing starts, so that what is held for it is released")
    finding = count("Its finding, counted from 0; empty for all such findings of the site together", null=True)
    to_site = label("Site that starts more often or earlier then")
    to_finding = count("Finding of that site under which it does; empty for what is decided without one", null=True)
    option = label("Option or survey that starts there")
    period = _period("Quarter by which it has started")
    share_with = share("Share of the futures with the finding in which it has started by then")
    share_without = share("Share of the futures without the finding in which it has")
    futures_with = count("Futures with the finding that are compared: those in which it could start", low=1)
    futures_without = count("Futures without the finding that are compared", low=1)
    least = share("Lower end of the interval of the difference of the shares")
    most = share("Upper end of it")


class Findings(dy.Schema):
    """What the survey of each uninspected site can find."""

    site = label("Site")
    finding = count("Finding of the site, counted from 0")
    chance = share("Its chance")
    opens = truth("Whether works are possible")
    quantile = share("State of the plant: 0 the best, 1 the worst; empty where the finding tells none", null=True)


class Outcomes(dy.Schema):
    """The finding of each uninspected site in each future."""

    site = label("Site")
    finding = dy.List(dy.Int64(nullable=False, min=0), nullable=False,
                      metadata={"en": "Its finding in each future, in their order", "unit": ""})  # fmt: skip


class FutureStarts(dy.Schema):
    """What starts in each of the different courses that the futures take."""

    solution = count("Course of the future: futures with the same starts have the same one")
    option = label("Option or survey")
    finding = count(FINDING, null=True)
    period = _period("Quarter of the start, counted from 0")


class PolicyBoundPrices(dy.Schema):
    """Prices of what sites share, by which the bound on all policies is proved again."""

    kind = one_of("Kind of limit", PRICED_LIMITS)
    id = label("Commodity, pool, course, trainers, fund or rule")
    place = label("Region of a balance, kind of a pool, site of a rule", null=True)
    finding = count("Finding of the site in which alone the rule asks for a start; empty for all others", null=True)
    period = period_column(null=True)
    price = amount("Worth of one more unit in the mean over findings, discounted", "currency/unit")


POLICY_TABLES: Mapping[str, type[dy.Schema]] = {
    "first_stage": FirstStage,
    "policy": PolicyRows,
    "information": Information,
    "reserves": Reserves,
    "released_to": ReleasedTo,
    "findings": Findings,
    "outcomes": Outcomes,
    "starts": FutureStarts,
    "bound_prices": PolicyBoundPrices,
}
FLOW_TABLES: Mapping[str, type[dy.Schema]] = {
    "throughput": Throughput,
    "flows": Flows,
    "supply": Supply,
    "draws": Draws,
}
"""Tables of a course of the future: those of a programme with the columns solution and, beside an option, finding."""


def policy_schema(table: str) -> pl.Schema:
    """Column types of one of `POLICY_TABLES`."""
    return pl.Schema(column_types(POLICY_TABLES[table]))


def flow_schema(table: str) -> dict[str, Any]:
    """Column types of one of `FLOW_TABLES`."""
    columns = column_types(FLOW_TABLES[table])
    finding = {"finding": pl.Int64} if "option" in columns else {}
    return {"solution": pl.Int64, **columns, **finding}


def finding_code(opens: bool, quantile: float | None) -> str:
    """What was found, as a code: shut; open; or the state of the plant beside what was expected of it."""
    if not opens:
        return "shut"
    if quantile is None:
        return "open"
    return "as_expected" if quantile == 0.5 else "better" if quantile < 0.5 else "worse"


@dataclass(frozen=True, repr=False)
class PolicyPlan(SimulatedGains, OneLine):
    """A policy with its value in futures and the bound on all policies. Money in the case's currency, discounted.

    `gains`: value over doing nothing in each of the futures drawn from `seed`, in `batches` independent samples of
    equal size one after another; what surveys find alone differs between them. `proven_bound`: upper bound on the
    expected gain of any policy, None where none was proved in time. `bound_by_prices`: the bound that the prices of
    the table `bound_prices` prove, None where there are none and where they prove no finite one; the proven bound is
    lower where starts of which only a model shows that no future can carry them, common decisions, or all futures one
    by one prove less. `sampled_bounds`: the expected gain and what in an independent future the best gain with
    everything known is above that of the policy there; their mean estimates such a bound (`policies.sampled_bound`);
    empty where none were worked out. `do_nothing`: value of doing nothing. `rules_missed`: share
    of futures in which a rule that asks for starts is not fulfilled. `gains_without`: gains of the best known policy
    without any survey in the same futures. `solutions` and `solutions_without`: of each future the number of its
    course, of the policy and of the one without surveys. `information_futures`: number of the first futures, in which
    the policy was valued without each survey. Tables have the columns of `POLICY_TABLES`; `flows` holds those of
    `FLOW_TABLES` by name for each course (empty where they are not stored). Figures follow: see the properties.
    """

    seed: int
    gains: tuple[float, ...]
    batches: int
    proven_bound: float | None
    sampled_bounds: tuple[float, ...]
    do_nothing: float
    rules_missed: float
    solutions: tuple[int, ...]
    gains_without: tuple[float, ...]
    solutions_without: tuple[int, ...]
    information_futures: int
    first_stage: pl.DataFrame
    policy: pl.DataFrame
    information: pl.DataFrame
    reserves: pl.DataFrame
    released_to: pl.DataFrame
    findings: pl.DataFrame
    outcomes: pl.DataFrame
    starts: pl.DataFrame
    bound_prices: pl.DataFrame
    bound_by_prices: float | None = None
    flows: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def half_width(self) -> float:
        """Half of the interval of the mean, from the means of independent samples; infinite for one."""
        return half_width(np.array(self.gains).reshape(self.batches, -1).mean(axis=1))

    @property
    def bound_is_estimated(self) -> bool:
        """Whether the bound is the mean of `sampled_bounds`: of two or more, whose interval is below the proven one."""
        if len(self.sampled_bounds) < 2:
            return False
        most = float(np.mean(self.sampled_bounds)) + self._estimated_half_width
        return self.proven_bound is None or most < self.proven_bound

    @property
    def bound(self) -> float | None:
        """Upper bound on the expected gain of any policy: proven, or estimated where that is lower beyond chance."""
        return float(np.mean(self.sampled_bounds)) if self.bound_is_estimated else self.proven_bound

    @property
    def bound_half_width(self) -> float | None:
        """Half of the interval of the bound: 0 for one that is proven, None without any."""
        if self.bound_is_estimated:
            return self._estimated_half_width
        return None if self.proven_bound is None else 0.0

    @property
    def gap(self) -> float | None:
        """What the policy may lack to the best one, share of the bound; None without a bound that is a gain."""
        return self._gap(self.expected)

    @property
    def gap_interval(self) -> tuple[float, float] | None:
        """The gap at both ends of its interval.

        An estimated bound is the expected gain and what is above it, which come from independent futures: an error of
        the expected gain moves both, so that the gap moves by its share alone (delta method).
        """
        gap, bound = self.gap, self.bound
        if gap is None or bound is None or not math.isfinite(self.half_width):
            return None
        if self.bound_is_estimated:
            above = half_width(np.array(self.sampled_bounds))
            reach = math.hypot(gap * self.half_width, (1.0 - gap) * above) / bound
        else:
            reach = self.half_width / bound
        return gap - reach, gap + reach

    @property
    def _estimated_half_width(self) -> float:
        """Half of the interval of an estimated bound: of the expected gain and of what is above it."""
        return math.hypot(self.half_width, half_width(np.array(self.sampled_bounds)))

    def _gap(self, mean: float) -> float | None:
        small = TOLERANCES.no_gain * max(abs(self.do_nothing), 1.0)
        return None if self.bound is None or self.bound <= small else (self.bound - mean) / self.bound

    @property
    def value_of_information(self) -> float:
        """Expected gain less that of the best known policy without any survey, in the same futures."""
        return self.expected - float(np.mean(self.gains_without))


def half_width(values: Floats) -> float:
    """Half of the interval of the mean of independent values (Student's t); infinite for one."""
    if len(values) < 2:
        return math.inf
    return t_quantile(len(values) - 1) * float(np.std(values, ddof=1)) / math.sqrt(len(values))
