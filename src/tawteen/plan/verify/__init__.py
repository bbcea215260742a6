"""Every limit and the value recomputed from the case and the programme alone, without solver or planner."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from tawteen.appraise.prices import prices
from tawteen.case.findings import Finding
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.case.one_line import OneLine
from tawteen.case.ranges import expected_case
from tawteen.diagnose.diagnosis import diagnose
from tawteen.effects import effects_of
from tawteen.match import match
from tawteen.plan.programme import Programme
from tawteen.plan.scenario import apply
from tawteen.plan.verify.baseline import nothing_bound
from tawteen.plan.verify.bound import proved_bound
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.fields import UNPROVED, check_references, check_sites
from tawteen.plan.verify.goods import check_goods
from tawteen.plan.verify.limit_prices import check_limit_prices
from tawteen.plan.verify.limits import check_limits
from tawteen.plan.verify.objective import flow_costs, idle_cost, objective
from tawteen.plan.verify.parties import check_parties
from tawteen.plan.verify.policy import check_policy
from tawteen.plan.verify.policy.bound import check_policy_bound
from tawteen.plan.verify.policy.courses import policy_facts
from tawteen.plan.verify.resources import check_resources
from tawteen.plan.verify.rules import check_rules
from tawteen.plan.verify.selection import check_selection
from tawteen.plan.verify.solution import ClaimedSolution, claimed_solutions
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES
from tawteen.progress import ProgressCallback, ProgressEvent, ignore
from tawteen.works import works_network

__all__ = ["UNPROVED", "Verification", "verify"]


@dataclass(frozen=True, repr=False)
class Verification(OneLine):
    """What was checked and found.

    `checks`: limits checked, by kind. `findings`: one per limit that does not hold (errors), and a warning where doing
    nothing is not proved optimal; args are limit, id, period, used, allowed, nothing. `value`, `do_nothing`:
    recomputed, in discounted currency (null for a programme without a solution); `difference`: stored less recomputed
    value. `nothing_excess`: by how much doing nothing might be worth more than stored (the proof's gap), null where
    unproved for want of prices. `bound_by_prices`: the bound that the stored prices prove, recomputed; null without
    prices and where they prove no finite one. `policy_courses`: courses of the futures of the policy whose flows were
    recomputed; null without a policy. `policy_bound_by_prices`: the bound on the gain of every policy that the prices
    stored with it prove, recomputed; null without prices and where they prove no finite one.
    """

    checks: Mapping[str, int]
    findings: tuple[Finding, ...]
    value: float | None
    do_nothing: float | None
    difference: float | None
    nothing_excess: float | None
    bound_by_prices: float | None = None
    policy_courses: int | None = None
    policy_bound_by_prices: float | None = None

    @property
    def holds(self) -> bool:
        """Whether no limit is broken."""
        return not any(finding.severity == "error" for finding in self.findings)


def verify(
    case: Case, programme: Programme, progress: ProgressCallback | None = None, *, courses: int | None = None
) -> Verification:
    """Recompute every limit of docs/method.md and the value of `programme` on `case` (before its scenario).

    Of its policy the flows of all courses of the futures are recomputed, or of so many `courses`, spread evenly.

    Raises CaseError where the programme's scenario does not fit the case. `progress` gets the share that is done.
    """
    tell = progress or ignore
    planned = expected_case(apply(case, programme.scenario))
    checks = Checks(planned.calendar)
    _check_hash(planned, programme, checks)
    if programme.value is None:
        return _verification(checks, None, None, None, None, None)
    diagnosis = diagnose(planned)
    network = works_network(planned, diagnosis)
    matched = match(planned, network)
    effects = effects_of(planned)
    tell(ProgressEvent("verifying", 0.3))
    solution, baseline, unreadable = claimed_solutions(
        planned, programme, effects, matched, prices(planned), lead=network.lead
    )
    check_selection(solution, network.lead, unreadable, checks)
    check_sites(solution, programme, checks)
    check_references(solution, programme, checks)
    check_goods(solution, checks)
    check_resources(solution, checks)
    check_rules(solution, checks)
    check_limits(solution, programme, checks)
    if not checks.broken:  # A fund that the case lacks has no party.
        check_parties(solution, programme, checks)
    tell(ProgressEvent("verifying", 0.6))
    baseline_checks = Checks(planned.calendar, nothing=True)
    check_goods(baseline, baseline_checks)
    check_resources(baseline, baseline_checks)
    checks.counts["nothing"] = sum(baseline_checks.counts.values())
    checks.findings += baseline_checks.findings
    tell(ProgressEvent("verifying", 0.8))
    value, nothing, in_play = objective(solution), objective(baseline), _money_in_play(baseline)
    _check_value(programme, value, nothing, in_play, checks)
    with np.errstate(over="ignore", invalid="ignore"):  # A price changed by hand may be larger than numbers can be.
        excess = _check_baseline_proof(baseline, programme, nothing, in_play, checks)
        proved = _check_bound_proof(solution, programme, value, in_play, checks)
    checked = policy_bound = None
    if programme.policy is not None:
        facts = policy_facts(solution, diagnosis)
        checked = check_policy(
            facts, programme.policy, checks, nothing=nothing, in_play=in_play, most=courses,
            tell=lambda share: tell(ProgressEvent("verifying", share)),
        )  # fmt: skip
        policy_bound = check_policy_bound(facts, programme.policy, checks, nothing=nothing, in_play=in_play)
    tell(ProgressEvent("verifying", 1.0))
    verification = _verification(checks, value, nothing, programme.value - value, excess, proved)
    return replace(verification, policy_courses=checked, policy_bound_by_prices=policy_bound)


def _verification(
    checks: Checks, value: float | None, nothing: float | None, difference: float | None, *proofs: float | None
) -> Verification:
    counts, findings = MappingProxyType(dict(checks.counts)), tuple(checks.findings)
    excess, bound = proofs
    return Verification(counts, findings, value, nothing, difference, excess, bound)


def _check_hash(planned: Case, programme: Programme, checks: Checks) -> None:
    checks.counts["hash"] = 1
    if case_hash(planned) != programme.case_hash or planned.settings.about.id != programme.case_id:
        checks.report("hash", programme.case_id)


def _money_in_play(baseline: ClaimedSolution) -> float:
    """All discounted costs and sales of doing nothing, whatever their sign, at least 1."""
    flows = float(flow_costs(baseline)["amount"].abs().sum())
    return max(1.0, flows + abs(idle_cost(baseline.effects, baseline.prices)))


def _check_value(programme: Programme, value: float, nothing: float, in_play: float, checks: Checks) -> None:
    """Value, doing nothing, bound and gap against what is recomputed."""
    near = CHECK_TOLERANCES.money * in_play
    stored = {"value": (programme.value, value), "do_nothing": (programme.do_nothing, nothing)}
    for limit, (stored_value, recomputed) in stored.items():
        checks.counts[limit] = 1
        if stored_value is None or not abs(stored_value - recomputed) <= near:
            checks.report(limit, programme.case_id, None, stored_value, recomputed)
    checks.counts["bound"] = checks.counts["gap"] = 1
    if programme.bound is not None and not programme.bound >= value - near:
        checks.report("bound", programme.case_id, None, programme.bound, value)
    gain = value - nothing
    if programme.gap is None or programme.bound is None:
        if programme.bound is not None and gain > CHECK_TOLERANCES.gain * in_play:
            checks.report("gap", programme.case_id, None, None, (programme.bound - value) / gain)
        return
    gap = (programme.bound - value) / gain if gain else float("inf")
    if not abs(gap - programme.gap) <= max(CHECK_TOLERANCES.gap * abs(gap), near / max(abs(gain), near)):
        checks.report("gap", programme.case_id, None, programme.gap, gap)


def _check_baseline_proof(
    baseline: ClaimedSolution, programme: Programme, nothing: float, in_play: float, checks: Checks
) -> float | None:
    """By how much doing nothing might be worth more than `nothing`, as the stored prices prove; None without prices."""
    checks.counts["nothing_proof"] = 1
    given = programme.nothing_prices
    excess = nothing_bound(baseline, given) - nothing if given.height else None
    if excess is not None and not checks.broken and not abs(excess) <= CHECK_TOLERANCES.disproved * in_play:
        checks.report("nothing_prices", programme.case_id, None, excess, 0.0)
    elif excess is None or excess > CHECK_TOLERANCES.unproved * in_play:
        args = {"limit": "nothing_proof", "id": programme.case_id, "excess": excess, "nothing": True}
        code = "verify.unpriced" if excess is None else "verify.unproved"
        checks.findings.append(Finding("warning", code, value=programme.case_id, args=args))
    return excess


def _check_bound_proof(
    solution: ClaimedSolution, programme: Programme, value: float, in_play: float, checks: Checks
) -> float | None:
    """The bound that the stored prices prove, held against the one that is stated for them; and prices of limits.

    Where a limit is broken already, prices have nothing left to prove: what follows from it is no message of its own.
    """
    checks.counts["limit_prices"] = 1
    if not checks.broken:
        check_limit_prices(solution, programme.limits, value, in_play, checks)
    proved = math.inf if programme.bound_prices.is_empty() else proved_bound(solution, programme.bound_prices)
    return checks.proves("bound_by_prices", programme.case_id, proved, programme.bound_by_prices, in_play=in_play)
