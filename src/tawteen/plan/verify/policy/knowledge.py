"""Whether what a policy does in its futures rests on what is known by then alone, and which rules it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.policy.courses import PolicyFacts, named
from tawteen.plan.verify.rules import in_place, listed, of_kind, rule_rows_held
from tawteen.plan.verify.solution import ClaimedSolution
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

ASKING = ("must", "at_least")
"""Kinds of rules that ask for starts: a future may miss them, and the policy states how many do."""


@dataclass(frozen=True)
class FutureStart:
    """One start in a future."""

    site: str
    option: str
    kind: str
    finding: int | None
    period: int
    quarters: int


def starts_of_courses(facts: PolicyFacts, policy: PolicyPlan) -> dict[int, list[FutureStart]]:
    """The starts of each course, as far as their options exist."""
    rows = {row["option"]: row for row in facts.options.iter_rows(named=True)}
    begun: dict[int, list[FutureStart]] = {n: [] for n in {*policy.solutions, *policy.solutions_without}}
    for number, option, finding, period in policy.starts.select("solution", "option", "finding", "period").iter_rows():
        row = rows.get(named(option, finding))
        if row is not None:
            begun[number].append(FutureStart(row["site"], option, row["kind"], finding, period, row["quarters"]))
    return begun


def outcomes_of(policy: PolicyPlan) -> list[dict[str, int]]:
    """The finding of each uninspected site in each future."""
    columns = dict(policy.outcomes.select("site", "finding").iter_rows())
    return [{site: column[n] for site, column in columns.items()} for n in range(len(policy.gains))]


def first_stage_ends(facts: PolicyFacts) -> int:
    """The first period after the start in which the committee decides."""
    periods = facts.claim.periods
    return next((t for t in range(1, periods) if facts.decides[t] == t), periods)


def check_knowledge(
    facts: PolicyFacts, policy: PolicyPlan, begun: Mapping[int, list[FutureStart]], checks: Checks
) -> None:
    """Each start under a finding comes after its survey has told that very finding; futures that are the same as far as
    is known begin the same.
    """
    outcomes = outcomes_of(policy)
    for solutions in (policy.solutions, policy.solutions_without):
        seen: dict[tuple[Any, ...], frozenset[tuple[str, int | None]]] = {}
        for number, outcome in zip(solutions, outcomes, strict=True):
            checks.counts["policy_known"] = checks.counts.get("policy_known", 0) + 1
            for name, period in _unknown_decisions(facts, begun[number], outcome, seen):
                checks.report("policy_known", name, period)
    for number in set(policy.solutions_without):
        for start in begun[number]:
            if start.kind == "survey":
                checks.report("policy_known", start.option, start.period)


def _unknown_decisions(
    facts: PolicyFacts,
    starts: Sequence[FutureStart],
    outcome: Mapping[str, int],
    seen: dict[tuple[Any, ...], frozenset[tuple[str, int | None]]],
) -> Iterator[tuple[str, int]]:
    """Starts of a future that rest on what is not known, or that differ from those of a future known to be the same."""
    known_from = _told_from(facts, starts, outcome)
    for start in starts:
        known = start.finding is None or (
            outcome.get(start.site) == start.finding and known_from[start.site] <= start.period
        )
        if not known:
            yield start.option, start.period
    before: tuple[frozenset[tuple[str, int | None]], ...] = ()
    for period in range(facts.claim.periods):
        known_now = frozenset((site, outcome[site]) for site, since in known_from.items() if since <= period)
        now = frozenset((start.option, start.finding) for start in starts if start.period == period)
        if seen.setdefault((known_now, before), now) != now:
            yield next(iter(sorted(option for option, _ in now)), "–"), period
            return
        before = (*before, now)


def _told_from(facts: PolicyFacts, starts: Sequence[FutureStart], outcome: Mapping[str, int]) -> dict[str, int]:
    """From which period on the finding of each site may be used; after the horizon where no survey tells in it."""
    decides, periods, surveyed = facts.decides, facts.claim.periods, facts.surveyed
    tells_from = {site: periods + 1 if site in surveyed else 0 for site in outcome}
    for start in starts:
        if start.kind == "survey" and start.site in tells_from:
            tells = decides[min(start.period + start.quarters, periods)]
            tells_from[start.site] = tells if tells < periods else periods + 1
    return tells_from


def check_sites_once(begun: Mapping[int, list[FutureStart]], checks: Checks) -> None:
    """In a course a site has one start without a finding at most, and one with."""
    for starts in begun.values():
        points = [(start.site, start.finding is None) for start in starts]
        checks.counts["site"] = checks.counts.get("site", 0) + len(points)
        for site, _ in sorted({point for point in points if points.count(point) > 1}):
            checks.report("site", site)


def check_forbidding_rules(claim: ClaimedSolution, checks: Checks) -> None:
    """Every rule that forbids, in one course."""
    rows = [
        (rule["id"], period, used, allowed)
        for rule in _active(claim)
        if rule["kind"] not in ASKING
        for period, used, allowed in rule_rows_held(claim, rule)
    ]
    schema = {"id": pl.String, "period": pl.Int64, "used": pl.Float64, "allowed": pl.Float64}
    checks.at_most("rule", pl.DataFrame(rows, schema=schema, orient="row"))


def rules_missed(facts: PolicyFacts, policy: PolicyPlan, solutions: Mapping[int, ClaimedSolution]) -> float:
    """Share of the futures in which a rule that asks for starts is not fulfilled."""
    asking = [rule for rule in _active(facts.claim) if rule["kind"] in ASKING]
    outcomes = outcomes_of(policy)
    missed = [
        any(not _fulfilled(facts, rule, solutions[number], outcome) for rule in asking)
        for number, outcome in zip(policy.solutions, outcomes, strict=True)
    ]
    return sum(missed) / len(missed)


def _active(claim: ClaimedSolution) -> list[dict[str, Any]]:
    return claim.case.filled("rules").filter(pl.col("active")).to_dicts()


def _fulfilled(facts: PolicyFacts, rule: dict[str, Any], claim: ClaimedSolution, outcome: Mapping[str, int]) -> bool:
    if rule["kind"] != "must":
        return all(
            used - allowed <= CHECK_TOLERANCES.relative * max(abs(used), abs(allowed), CHECK_TOLERANCES.least_size)
            for _, used, allowed in rule_rows_held(claim, rule)
        )
    possible = facts.options.filter(
        of_kind(rule) & in_place(rule) & pl.col("available") & (pl.col("latest") >= pl.col("earliest"))
    ).select("site", finding=pl.col("option").str.extract(r"@(\d+)$").cast(pl.Int64))
    picked = claim.picks.join(facts.options.select("option", "region", "authority"), on="option").filter(
        of_kind(rule) & in_place(rule)
    )
    last = claim.periods - 1 if rule["end"] is None else claim.case.calendar.period(rule["end"])
    in_time = set(picked.filter(pl.col("start") <= last)["site"])
    for site in listed(rule["sites"]) or possible["site"].unique():
        known = set(possible.filter(site=site)["finding"].drop_nulls())
        if site not in in_time and (not known or outcome.get(site) in known):
            return False
    return True
