"""A policy that was planned: what it does for each finding, its value in futures, and what it states of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl
from scipy import stats

from tawteen.case.one_line import OneLine
from tawteen.plan.gains import SimulatedGains
from tawteen.plan.programme_tables import QUARTER_PATTERN, Draws, Flows, Supply, Throughput
from tawteen.plan.tolerances import TOLERANCES

CONFIDENCE = 0.95
"""Chance that the stated interval covers the mean."""


def _text(en: str, *, null: bool = False, regex: str | None = None) -> dy.String:
    return dy.String(nullable=null, regex=regex, metadata={"en": en, "unit": ""})


def _count(en: str, *, null: bool = False, low: int = 0) -> dy.Int64:
    return dy.Int64(nullable=null, min=low, metadata={"en": en, "unit": ""})


def _period(en: str) -> dy.Int64:
    return dy.Int64(nullable=False, min=0, metadata={"en": en, "unit": "quarters"})


def _share(en: str, *, null: bool = False) -> dy.Float64:
    return dy.Float64(nullable=null, min=0.0, max=1.0, metadata={"en": en, "unit": "share"})


def _amount(en: str, unit: str) -> dy.Float64:
    return dy.Float64(nullable=False, min=0.0, metadata={"en": en, "unit": unit})


def _label() -> dy.String:
    return _text("Label of the quarter of the start", regex=QUARTER_PATTERN)


FINDING = "Finding of the site, counted from 0; empty for what is decided without one"


class FirstStage(dy.Schema):
    """What starts in every future before the committee decides again."""

    order = _count("Place in the order in which it is decided", low=1)
    site = _text("Site")
    kind = _text("Kind of the option, survey for a survey")
    option = _text("Option or survey")
    period = _period("Quarter of the start, counted from 0")
    start = _label()
    units = dy.List(
        dy.Struct({
            "unit": dy.String(nullable=False), "capability": dy.String(nullable=False),
            "amount": dy.Float64(nullable=False, min=0.0),
        }),
        nullable=False,
        metadata={"en": "Units that survey or work for it, with pool and amount, in the mean over the futures",
                  "unit": "pool units"},
    )  # fmt: skip


class PolicyRows(dy.Schema):
    """What is done at a site for each finding."""

    site = _text("Site")
    finding = _count(FINDING, null=True)
    chance = _share("Chance of the finding", null=True)
    option = _text("Option or survey that starts")
    futures = _share("Share of the futures with this finding in which it starts")
    period = _period("Median quarter of its start in them")
    start = _label()


class Information(dy.Schema):
    """What knowing a site is worth to the policy."""

    site = _text("Site that is surveyed")
    with_survey = dy.Float64(nullable=False, metadata={"en": "Expected gain of the policy in the first futures",
                                                       "unit": "currency"})  # fmt: skip
    without_survey = dy.Float64(nullable=False, metadata={
        "en": "Expected gain of the same policy without the survey of the site, in the same futures",
        "unit": "currency"})  # fmt: skip
    value_of_information = dy.Float64(nullable=False, metadata={"en": "Difference", "unit": "currency"})


class Reserves(dy.Schema):
    """What has to be held for starts that depend on findings, and what of it is released."""

    site = _text("Site")
    kind = _text("money, or the kind of pool: capability or course", regex="^(money|capability|course)$")
    pool = _text("Pool; empty for money", null=True)
    reserved = _amount("The most that its conditional start takes in any future", "currency or pool units")
    used = _amount("What conditional starts take of it in the mean over the futures", "currency or pool units")
    released = _amount("What is released of it in the mean over the futures", "currency or pool units")
    chance_of_release = _share("Share of the futures in which all of it is released")


class Findings(dy.Schema):
    """What the survey of each uninspected site can find."""

    site = _text("Site")
    finding = _count("Finding of the site, counted from 0")
    chance = _share("Its chance")
    opens = dy.Bool(nullable=False, metadata={"en": "Whether works are possible", "unit": ""})
    quantile = _share("State of the plant: 0 the best, 1 the worst; empty where the finding tells none", null=True)


class Outcomes(dy.Schema):
    """The finding of each uninspected site in each future."""

    site = _text("Site")
    finding = dy.List(dy.Int64(nullable=False, min=0), nullable=False,
                      metadata={"en": "Its finding in each future, in their order", "unit": ""})  # fmt: skip


class FutureStarts(dy.Schema):
    """What starts in each of the different courses that the futures take."""

    solution = _count("Course of the future: futures with the same starts have the same one")
    option = _text("Option or survey")
    finding = _count(FINDING, null=True)
    period = _period("Quarter of the start, counted from 0")


POLICY_TABLES: Mapping[str, type[dy.Schema]] = {
    "first_stage": FirstStage,
    "policy": PolicyRows,
    "information": Information,
    "reserves": Reserves,
    "findings": Findings,
    "outcomes": Outcomes,
    "starts": FutureStarts,
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
    return pl.Schema({name: column.dtype for name, column in POLICY_TABLES[table].columns().items()})


def flow_schema(table: str) -> dict[str, Any]:
    """Column types of one of `FLOW_TABLES`."""
    columns = {name: column.dtype for name, column in FLOW_TABLES[table].columns().items()}
    finding = {"finding": pl.Int64} if "option" in columns else {}
    return {"solution": pl.Int64, **columns, **finding}


@dataclass(frozen=True, repr=False)
class PolicyPlan(SimulatedGains, OneLine):
    """A policy with its value in futures and the bound on all policies. Money in the case's currency, discounted.

    `gains`: value over doing nothing in each of the futures drawn from `seed`, in `batches` independent samples of
    equal size one after another; what surveys find alone differs between them. `bound`: upper bound on the expected
    gain of any policy, None where none was proved in time. `do_nothing`: value of doing nothing. `rules_missed`: share
    of futures in which a rule that asks for starts is not fulfilled. `gains_without`: gains of the best known policy
    without any survey in the same futures. `solutions` and `solutions_without`: of each future the number of its
    course, of the policy and of the one without surveys. `information_futures`: number of the first futures, in which
    the policy was valued without each survey. Tables have the columns of `POLICY_TABLES`; `flows` holds those of
    `FLOW_TABLES` by name for each course (empty where they are not stored). Figures follow: see the properties.
    """

    seed: int
    gains: tuple[float, ...]
    batches: int
    bound: float | None
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
    findings: pl.DataFrame
    outcomes: pl.DataFrame
    starts: pl.DataFrame
    flows: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def half_width(self) -> float:
        """Half of the interval of the mean, from the means of independent samples (Student's t); infinite for one."""
        means = np.array(self.gains).reshape(self.batches, -1).mean(axis=1)
        if self.batches < 2:
            return math.inf
        quantile = float(stats.t.ppf(0.5 + CONFIDENCE / 2.0, self.batches - 1))
        return quantile * float(np.std(means, ddof=1)) / math.sqrt(self.batches)

    @property
    def gap(self) -> float | None:
        """What the policy may lack to the best one, share of the bound; None without a bound that is a gain."""
        return self._gap(self.expected)

    @property
    def gap_interval(self) -> tuple[float, float] | None:
        """The gap at both ends of the interval of the mean."""
        if not math.isfinite(self.half_width):
            return None
        least, most = self._gap(self.expected + self.half_width), self._gap(self.expected - self.half_width)
        return None if least is None or most is None else (least, most)

    def _gap(self, mean: float) -> float | None:
        small = TOLERANCES.no_gain * max(abs(self.do_nothing), 1.0)
        return None if self.bound is None or self.bound <= small else (self.bound - mean) / self.bound

    @property
    def value_of_information(self) -> float:
        """Expected gain less that of the best known policy without any survey, in the same futures."""
        return self.expected - float(np.mean(self.gains_without))
