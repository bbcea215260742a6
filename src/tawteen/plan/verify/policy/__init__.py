"""A policy held against its case: what its decisions know, every limit in its futures, values and stated figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from tawteen.case.findings import Finding
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.goods import check_goods
from tawteen.plan.verify.objective import objective
from tawteen.plan.verify.policy.courses import NAMED, PolicyFacts, courses
from tawteen.plan.verify.policy.figures import check_figures
from tawteen.plan.verify.policy.knowledge import (
    check_forbidding_rules,
    check_knowledge,
    check_sites_once,
    rules_missed,
    starts_of_courses,
)
from tawteen.plan.verify.resources import check_resources
from tawteen.plan.verify.selection import check_starts
from tawteen.plan.verify.solution import PICKS, ClaimedSolution
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES


def check_policy(
    facts: PolicyFacts,
    policy: PolicyPlan,
    checks: Checks,
    *,
    nothing: float,
    in_play: float,
    most: int | None = None,
    tell: Callable[[float], None] = lambda _share: None,
) -> int:
    """Checks `policy` on the case of `facts`, and returns the number of courses whose flows were checked.

    Of more than `most` courses (None: all) that many are, spread evenly. `nothing`: value of doing nothing, recomputed.
    """
    unknown = policy.starts.with_columns(id=NAMED).join(facts.options, left_on="id", right_on="option", how="anti")
    checks.none_of("policy_option", unknown.select("id", "period"))
    if unknown.height:
        return 0
    begun = starts_of_courses(facts, policy)
    check_sites_once(begun, checks)
    _check_starts(facts, policy, checks)
    check_knowledge(facts, policy, begun, checks)
    solutions = courses(facts, policy)
    for number, solution in solutions.items():
        course_checks = Checks(checks.calendar)
        check_forbidding_rules(solution, course_checks)
        _take_over(course_checks, number, checks)
    check_figures(facts, policy, begun, solutions, checks)
    checks.counts["policy_value"] = 1
    near = CHECK_TOLERANCES.money * in_play
    if abs(policy.do_nothing - nothing) > near:
        checks.report("policy_value", "do_nothing", None, policy.do_nothing, nothing)
    if abs(rules_missed(facts, policy, solutions) - policy.rules_missed) > CHECK_TOLERANCES.relative:
        checks.report("policy", "rules_missed")
    if not policy.flows:
        checks.findings.append(Finding("warning", "verify.policy_flows", args={}))
        return 0
    chosen = _spread(sorted(solutions), most)
    for place, number in enumerate(chosen):
        gain = _checked_value(solutions[number], number, checks) - nothing
        for stated in _stated_gains(policy, number):
            checks.counts["policy_value"] += 1
            if abs(stated - gain) > near:
                checks.report("policy_value", str(number), None, stated, gain)
        tell((place + 1) / len(chosen))
    return len(chosen)


def _spread(numbers: list[int], most: int | None) -> list[int]:
    if most is None or len(numbers) <= most:
        return numbers
    return [numbers[place * len(numbers) // most] for place in range(most)]


def _check_starts(facts: PolicyFacts, policy: PolicyPlan, checks: Checks) -> None:
    """Every start may be where the case is known to be as its finding says."""
    for known_case in facts.cases:
        mine = policy.starts.filter(pl.col("finding").eq_missing(pl.lit(known_case.finding, pl.Int64)))
        picks = (
            mine.select("option", start="period")
            .unique()
            .join(known_case.effects.options.select("option", "site", "kind"), on="option")
            .select(*PICKS)
        )
        solution = replace(
            facts.claim, case=known_case.case, effects=known_case.effects, picks=picks, lead=known_case.lead
        )
        check_starts(solution, known_case.lead, checks)


def _checked_value(solution: ClaimedSolution, number: int, checks: Checks) -> float:
    """The value of a course, every limit of which is held."""
    course_checks = Checks(checks.calendar)
    check_goods(solution, course_checks)
    check_resources(solution, course_checks)
    _take_over(course_checks, number, checks)
    return objective(solution)


def _stated_gains(policy: PolicyPlan, number: int) -> set[float]:
    """The gains that are stated of the futures that take a course: all are the same."""
    learning = zip(policy.solutions, policy.gains, strict=True)
    alone = zip(policy.solutions_without, policy.gains_without, strict=True)
    return {gain for course, gain in (*learning, *alone) if course == number}


def _take_over(course_checks: Checks, number: int, checks: Checks) -> None:
    """Counts and findings of a course, named by it."""
    for limit, count in course_checks.counts.items():
        checks.counts[f"policy_{limit}"] = checks.counts.get(f"policy_{limit}", 0) + count
    for finding in course_checks.findings:
        name = f"policy/{number}/{finding.value}"
        checks.findings.append(replace(finding, value=name, args={**finding.args, "id": name}))
