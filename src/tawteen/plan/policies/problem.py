"""The model of policies that learn: today's model with every shared limit in expectation over findings, and rows that
let nothing start before its survey has told (docs/method.md, Policies).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.model import Case
from tawteen.plan.limits.choices import valued_starts
from tawteen.plan.model_builder import ModelBuilder, no_columns
from tawteen.plan.policies.informed import add_informed_surveys
from tawteen.plan.policies.inputs import PolicyInputs, expected_inputs
from tawteen.plan.policies.rules import add_expected_rules
from tawteen.plan.problem import Problem, build_around_starts


def policy_problem(inputs: PolicyInputs, *, whole_classes: bool = False) -> Problem:
    """The model of policies of `inputs`, of which the linear relaxation bounds the value of every policy.

    How many classes of a course are held depends on what is found, and their mean is no whole number: they are whole
    only where `whole_classes` asks for it, as one future does.

    Beside the blocks of `plan.problem.Problem` it has the columns undecided (site, finding, period: share in which the
    finding is known and no option of it has started) and the rows learned (the same keys). Starts have finding (null:
    decided without one), planned (their option as the case names it) and chance (of the finding).
    """
    builder = ModelBuilder()
    expected, parts = expected_inputs(inputs)
    starts = builder.columns("start", possible_policy_starts(inputs, parts), integer=True)
    _add_choices(inputs, builder, starts)
    dependent = inputs.decisions["site"].unique().to_list()
    problem = build_around_starts(expected, builder, starts, partial(add_expected_rules, dependent=dependent))
    return problem if whole_classes else replace(problem, arrays=replace(problem.arrays, whole=no_columns()))


def possible_policy_starts(inputs: PolicyInputs, parts: pl.DataFrame) -> pl.DataFrame:
    """Every possible start of `parts` with its value times the chance of its finding."""
    slots = [(None, inputs.planned), *enumerate(inputs.known)]
    frames = []
    for finding, slot in slots:
        mine = parts.filter(pl.col("finding").eq_missing(pl.lit(finding, pl.Int64)))
        possible = valued_starts(slot, mine.select(option="planned")).drop("chance")
        named = mine.select("finding", "chance", new="option", option="planned")
        frames.append(possible.join(named, on="option", maintain_order="left"))
    return pl.concat(frames).with_columns(
        planned="option", option="new", value=pl.col("value") * pl.col("chance"), upper=1.0
    ).drop("new")  # fmt: skip


def decision_periods(case: Case) -> NDArray[np.int64]:
    """For each period of the horizon, and the one after it, the first from it on in which the committee can decide.

    A meeting decides from the first quarter that begins on its day or later; after the last stated meeting, and where
    none is stated, every quarter can decide.
    """
    calendar, periods = case.calendar, case.calendar.periods
    days = [meeting.date for meeting in case.settings.committee]
    meets = sorted({calendar.period(day) + (day != calendar.first_day(calendar.period(day))) for day in days})
    decides = np.arange(periods + 1)
    for period in range(periods + 1):
        later = [met for met in meets if met >= period]
        decides[period] = min(later[0], periods) if later else period
    return decides


def known_from(inputs: PolicyInputs, starts: pl.DataFrame) -> pl.DataFrame:
    """For each start of a survey of an uninspected site: site, column, begins (its period), period from which what it
    found may be used.

    Surveys that tell inside the horizon alone.
    """
    case = inputs.planned.case
    decides = decision_periods(case)
    uninspected = inputs.findings["site"].unique().to_list()
    surveys = starts.filter((pl.col("kind") == "survey") & pl.col("site").is_in(uninspected))
    ends = (surveys["period"] + surveys["quarters"] + inputs.params.decision_quarters).clip(0, len(decides) - 1)
    tells_in = pl.Series(decides[ends.to_numpy()], dtype=pl.Int64)
    known = surveys.select("site", "column", begins="period", period=tells_in)
    return known.filter(pl.col("period") < len(decides) - 1)


def _add_choices(inputs: PolicyInputs, builder: ModelBuilder, starts: pl.DataFrame) -> None:
    """One start at most of a site before it is known, and one of each finding once it is."""
    before = starts.filter(pl.col("finding").is_null())
    rows = builder.rows("site", before.select("site").unique(maintain_order=True).with_columns(upper=1.0))
    builder.entries(before.join(rows, on="site", maintain_order="left").with_columns(value=1.0))
    after = starts.filter(pl.col("finding").is_not_null())
    key = ["site", "finding", "period"]
    known = known_from(inputs, starts)
    periods = pl.DataFrame({"period": range(inputs.planned.periods)}, schema={"period": pl.Int64})
    kept = after.select("site", "finding").unique(maintain_order=True).join(
        periods, how="cross", maintain_order="left_right"
    )  # fmt: skip
    free = sites_known_at_once(inputs)
    at_once = (pl.col("site").is_in(free) & (pl.col("period") == 0)).cast(pl.Float64)
    learned = builder.rows("learned", kept.with_columns(lower=at_once, upper=at_once))
    undecided = builder.columns("undecided", kept.with_columns(upper=1.0))
    builder.entries(undecided.join(learned, on=key).with_columns(value=1.0))
    carried = undecided.with_columns(pl.col("period") + 1).join(learned, on=key)
    builder.entries(carried.with_columns(value=-1.0))
    builder.entries(after.join(learned, on=key).with_columns(value=1.0))
    builder.entries(known.join(learned, on=["site", "period"]).with_columns(value=-1.0))
    if inputs.decisions.height:
        add_informed_surveys(inputs, builder, known, learned)


def sites_known_at_once(inputs: PolicyInputs) -> list[str]:
    """Uninspected sites without an option to survey them: a survey takes neither money nor time there, and what it
    finds is known from the start.
    """
    surveyed = inputs.planned.effects.options.filter(pl.col("kind") == "survey")["site"].to_list()
    unsurveyed = inputs.findings.filter(~pl.col("site").is_in(surveyed))
    return unsurveyed["site"].unique(maintain_order=True).to_list()


def first_stage(inputs: PolicyInputs, problem: Problem) -> Problem:
    """The problem in which only starts that no finding can have changed are whole.

    These are starts before the first period in which any survey could have told anything that it leaves open, and that
    are decided without a finding or under the only finding of their site. A policy without dice takes each of them for
    sure or not at all; every later start may depend on what was found elsewhere, and its share is any from 0 to 1.
    """
    starts = problem.columns["start"].keys.with_row_index("column")
    counts = inputs.findings.group_by("site").len()
    several = counts.filter(pl.col("len") > 1)["site"].to_list()
    known = known_from(inputs, starts).filter(pl.col("site").is_in(several))
    first = int(known["period"].min()) if known.height else inputs.planned.periods  # type: ignore[arg-type]
    if set(several) & set(sites_known_at_once(inputs)):
        first = 0
    settled = pl.col("finding").is_null() | ~pl.col("site").is_in(several)
    whole = starts.select((pl.col("period") < first) & settled).to_series().to_numpy()
    integer = np.zeros_like(problem.arrays.integer)
    integer[problem.starts] = whole
    return replace(problem, arrays=replace(problem.arrays, integer=integer))
