"""What is stated of a policy: tables that follow from the futures in which it was valued."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from tawteen.plan.gains import gain_over
from tawteen.plan.policies.futures import Futures
from tawteen.plan.policies.inputs import PolicyInputs
from tawteen.plan.policies.policy import Simulation
from tawteen.plan.policies.valuation import ValuedPolicy, course_starts, course_tables, labelled
from tawteen.plan.policy_plan import PolicyPlan, policy_schema
from tawteen.plan.released_to import released_to
from tawteen.plan.verify.policy.bound import proved_policy_bound
from tawteen.plan.verify.policy.courses import PolicyFacts, ToldCase, facts_of_cases
from tawteen.plan.verify.solution import empty_solution

POOLED = ["pool_kind", "pool", "period"]


@dataclass(frozen=True)
class StatedBounds:
    """Bounds on the gain of every policy: proven (None: none in time), gains in futures in which all is known
    (`PolicyPlan.sampled_bounds`), prices of limits, and what these prove.
    """

    proven: float | None
    sampled: tuple[float, ...]
    prices: pl.DataFrame | None
    by_prices: float | None


def policy_bound_by_prices(inputs: PolicyInputs, prices: pl.DataFrame) -> float:
    """The upper bound on the value of every policy that `prices` (a table `bound_prices`) prove, computed as the
    independent check does, on the case as it is known here under each finding.
    """
    return proved_policy_bound(facts_of_inputs(inputs), prices)


def facts_of_inputs(inputs: PolicyInputs) -> PolicyFacts:
    """What the independent check reads of a case, from the case as it is known here under each finding."""
    planned = inputs.planned
    claim = replace(
        empty_solution(planned.case, planned.effects, planned.match, planned.prices), lead=planned.works.lead
    )  # fmt: skip
    cases = tuple(
        ToldCase(number, known.case, known.effects, known.works.lead, tuple(inputs.sites(number)))
        for number, known in enumerate(inputs.known)
    )
    return facts_of_cases(claim, inputs.findings, cases, frozenset(inputs.decisions["site"]))


def stated_plan(
    simulation: Simulation,
    valuation: ValuedPolicy,
    alone: ValuedPolicy,
    drawn: Futures,
    *,
    seed: int,
    nothing: float,
    bounds: StatedBounds,
    information: pl.DataFrame,
    information_futures: int,
) -> PolicyPlan:
    """The policy that `valuation` is the valuation of, with all that is stated of it; `alone`: the one that surveys
    nothing.
    """
    inputs = simulation.inputs
    courses = {course: number for number, course in enumerate(valuation.courses)}
    for course in alone.courses:
        courses.setdefault(course, len(courses))
    points = dict(zip((*valuation.courses, *alone.courses), (*valuation.points, *alone.points), strict=True))
    starts = course_starts(simulation, tuple(courses))
    flows = course_tables(simulation.problem, tuple(points[course] for course in courses))
    sites = inputs.findings["site"].unique(maintain_order=True).to_list()
    outcomes = pl.DataFrame(
        {"site": sites, "finding": [[outcome[site] for outcome in drawn.outcomes] for site in sites]},
        schema=policy_schema("outcomes"),
    )
    begun = _begun(starts, valuation.solutions)
    done = _policy(simulation, begun, outcomes)
    tables = {
        "first_stage": _first_stage(simulation, starts, begun, flows["supply"], valuation.solutions),
        "policy": done,
        "information": information,
        "reserves": _reserves(simulation, begun, len(valuation.solutions)),
        "released_to": released_to(starts.drop("site", "kind"), outcomes, valuation.solutions, done),
        "findings": inputs.findings,
        "outcomes": outcomes,
        "starts": starts,
        "bound_prices": pl.DataFrame(schema=policy_schema("bound_prices")) if bounds.prices is None else bounds.prices,
    }
    return PolicyPlan(
        seed=seed, gains=tuple(gain_over(valuation.values, nothing).tolist()),
        batches=1 if drawn.batches is None else len(set(drawn.batches)), proven_bound=bounds.proven,
        sampled_bounds=bounds.sampled, bound_by_prices=bounds.by_prices, do_nothing=nothing,
        rules_missed=valuation.rules_missed, solutions=valuation.solutions,
        gains_without=tuple(gain_over(alone.values, nothing).tolist()),
        solutions_without=tuple(courses[course] for course in alone.starts), information_futures=information_futures,
        flows=flows,
        **{name: frame.select(list(policy_schema(name))).cast(policy_schema(name)) for name, frame in tables.items()},
    )  # fmt: skip


def _begun(starts: pl.DataFrame, solutions: tuple[int, ...]) -> pl.DataFrame:
    """What starts in each future: future, and the columns of `starts`."""
    futures = pl.DataFrame({"solution": list(solutions)}, schema={"solution": pl.Int64}).with_row_index("future")
    return futures.join(starts, on="solution", maintain_order="left_right")


def _labels(simulation: Simulation) -> dict[int, str]:
    calendar = simulation.inputs.planned.case.calendar
    return {period: calendar.label(period) for period in range(simulation.periods)}


def _first_stage(
    simulation: Simulation, starts: pl.DataFrame, begun: pl.DataFrame, supply: pl.DataFrame, solutions: tuple[int, ...]
) -> pl.DataFrame:
    """What starts in every future before the committee decides again, in the order of quarters and of decisions."""
    early = pl.col("finding").is_null() & (pl.col("period") < simulation.first_stage_end)
    always = (
        begun.filter(early)
        .group_by("site", "kind", "option", "period", maintain_order=True)
        .agg(futures=pl.len())
        .filter(pl.col("futures") == len(solutions))
        .sort("period", maintain_order=True)
    )
    units = _units(simulation, starts, supply, solutions)
    return labelled(
        always.join(units, on="option", how="left", maintain_order="left")
        .with_columns(pl.col("units").fill_null([]))
        .with_row_index("order", 1),
        _labels(simulation),
    )


def _units(
    simulation: Simulation, starts: pl.DataFrame, supply: pl.DataFrame, solutions: tuple[int, ...]
) -> pl.DataFrame:
    """Who works for what starts without a finding, in the mean over the futures: option, units.

    What the sources of a pool supply in a quarter is counted to all who need it then, in proportion.
    """
    needs = simulation.problem.inputs.effects.needs
    named = simulation.keys.select("option", "planned", "finding").unique("option", maintain_order=True)
    needed = (
        starts.join(
            named, left_on=["option", "finding"], right_on=["planned", "finding"], nulls_equal=True,
            maintain_order="left",
        )
        .rename({"option_right": "named"})
        .join(needs.rename({"option": "named"}), on="named", maintain_order="left")
        .with_columns(period=pl.col("period") + pl.col("quarter"))
        .select("solution", "option", "finding", *POOLED, need="amount")
    )  # fmt: skip
    key = ["solution", *POOLED]
    shares = supply.with_columns(share=pl.col("amount") / pl.col("amount").sum().over(key))
    weight = pl.DataFrame({"solution": list(solutions)}, schema={"solution": pl.Int64}).group_by("solution").agg(
        weight=pl.len() / len(solutions)
    )  # fmt: skip
    return (
        needed.filter(pl.col("finding").is_null())
        .join(shares, on=key, maintain_order="left")
        .join(weight, on="solution", maintain_order="left")
        .group_by("option", "source", "pool")
        .agg(amount=(pl.col("need") * pl.col("share") * pl.col("weight")).sum())
        .sort("option", "source", "pool")
        .group_by("option", maintain_order=True)
        .agg(units=pl.struct(unit="source", capability="pool", amount="amount"))
    )


def _policy(simulation: Simulation, begun: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """What starts under which finding, in which share of the futures that have it, and when."""
    count = len(outcomes["finding"][0]) if outcomes.height else max(begun["future"].n_unique(), 1)
    having = outcomes.explode("finding").group_by("site", "finding").agg(having=pl.len())
    chances = simulation.inputs.findings.select("site", "finding", "chance")
    key = ["site", "finding"]
    done = (
        begun.group_by("site", "finding", "option")
        .agg(pl.len(), pl.col("period").median().round().cast(pl.Int64))
        .sort("site", "finding", "option", nulls_last=False)
        .join(chances, on=key, how="left", maintain_order="left")
        .join(having, on=key, how="left", maintain_order="left")
        .with_columns(futures=pl.col("len") / pl.col("having").fill_null(count))
    )
    return labelled(done, _labels(simulation))


def _reserves(simulation: Simulation, begun: pl.DataFrame, count: int) -> pl.DataFrame:
    """What starts under a finding take of money and pools: the most, the mean, and what is released of the most."""
    effects, periods = simulation.problem.inputs.effects, simulation.periods
    named = simulation.keys.select("option", "planned", "finding").unique("option", maintain_order=True)
    started = begun.filter(pl.col("finding").is_not_null()).join(
        named, left_on=["option", "finding"], right_on=["planned", "finding"], maintain_order="left"
    ).select("future", "site", "period", option="option_right")  # fmt: skip
    money = effects.outlays.select("option", "quarter", "amount", kind=pl.lit("money"), pool=pl.lit(None, pl.String))
    work = effects.needs.select("option", "quarter", "amount", kind="pool_kind", pool="pool")
    taken = (
        started.join(pl.concat([money, work]), on="option")
        .filter(pl.col("period") + pl.col("quarter") < periods)
        .group_by("site", "kind", "pool", "future")
        .agg(pl.col("amount").sum())
    )
    return (
        taken.group_by("site", "kind", "pool")
        .agg(reserved=pl.col("amount").max(), used=pl.col("amount").sum() / count,
             chance_of_release=1.0 - pl.col("amount").filter(pl.col("amount") > 0.0).len() / count)
        .with_columns(released=pl.col("reserved") - pl.col("used"))
        .sort("site", "kind", "pool", nulls_last=False)
    )  # fmt: skip
