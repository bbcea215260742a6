"""What each party has with and without the programme, recomputed and held against its outlook.

The arithmetic is that of `appraise.parties`, as in reports: the check finds results of another case or programme.
"""

from __future__ import annotations

from tawteen.appraise.parties import ProgrammeTrade, party_results
from tawteen.plan.programme import Programme
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.solution import ClaimedSolution
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES


def check_parties(claim: ClaimedSolution, programme: Programme, checks: Checks) -> None:
    """The parties of the outlook are those of the case, with what the tables of the programme lead to."""
    if programme.outlook is None or programme.value is None or programme.do_nothing is None:
        return
    trade = ProgrammeTrade(
        claim.picks.select("option", "start"), programme.value, programme.do_nothing, claim.flows,
        programme.nothing_flows, claim.supply, claim.draws,
    )  # fmt: skip
    right = {row["party"]: row for row in party_results(claim.case, claim.effects, claim.match, trade).to_dicts()}
    stated = programme.outlook.parties
    checks.counts["parties"] = stated.height
    if sorted(stated["party"]) != sorted(right):
        checks.report("parties", ", ".join(sorted(set(stated["party"]) ^ set(right))) or "parties")
    for row in stated.filter(stated["party"].is_in(list(right))).to_dicts():
        for column, value in right[row["party"]].items():
            if not _same(row[column], value, programme):
                checks.report("parties", f"{row['party']}/{column}")


def _same(stated: object, right: object, programme: Programme) -> bool:
    if isinstance(stated, float) and isinstance(right, float):
        sums = (programme.value or 0.0, programme.do_nothing or 0.0, right, CHECK_TOLERANCES.least_size)
        return abs(stated - right) <= CHECK_TOLERANCES.party * max(map(abs, sums))
    return stated == right
