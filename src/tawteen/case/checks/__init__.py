"""Checks of a case: one rule, one function, one sentence that says where, what and what to do."""

from __future__ import annotations

from collections.abc import Callable

from tawteen.case.checks import (
    coordinates,
    dates,
    efficiency,
    finance,
    links,
    localisation,
    market,
    money,
    observed,
    people,
    place,
    plausibility,
    repeated,
    risk,
    rules,
    siblings,
)
from tawteen.case.checks.findings import in_settings
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.progress import ProgressCallback, ProgressEvent

Rule = Callable[[Case], list[Finding]]

RULES: tuple[Rule, ...] = (
    dates.first_day,
    links.references,
    links.parties,
    links.weights,
    links.repeated_settings,
    links.currencies,
    links.paid_works,
    links.order_of_works,
    links.circles,
    place.emptiness,
    place.time_of_works,
    place.crews,
    place.releases,
    place.chances,
    place.decisions,
    place.opening_dates,
    place.old_states,
    place.unstated_gates,
    place.idle_candidates,
    place.coordinates,
    place.cut_off,
    market.products,
    market.recipes,
    market.inputs,
    market.wants,
    market.appetite,
    market.nominal,
    efficiency.unstated_stops,
    efficiency.unstated_relapse,
    efficiency.unequal_losses,
    efficiency.unknown_losses,
    market.arbitrage,
    market.crafts,
    market.dual_use,
    money.idle_funds,
    money.empty_limits,
    money.unpayable,
    finance.amounts_or_shares,
    finance.owners,
    finance.finance_shares,
    finance.loans,
    finance.exchange_kinds,
    finance.buyer_shares,
    localisation.parts,
    localisation.parts_worth,
    people.seats,
    people.classes,
    people.trainers,
    people.added,
    people.returning,
    dates.backwards,
    dates.outside,
    rules.complete,
    rules.empty_rules,
    rules.contradictory,
    rules.circles,
    rules.impossible,
    risk.pairs,
    risk.possible,
    risk.silent_classes,
    observed.subjects,
    observed.figures,
    observed.units,
    observed.ranges,
    observed.contradictions,
    observed.differences,
    repeated.same_names,
    repeated.same_rows,
    repeated.named_totals,
    repeated.total_rows,
    dates.not_yet_happened,
    coordinates.unlikely_places,
    plausibility.lost_letters,
    plausibility.lost_setting_letters,
    plausibility.free_options,
    plausibility.unpaid_jobs,
    plausibility.unsold_products,
    plausibility.small_funds,
    plausibility.magnitudes,
    siblings.magnitudes_of_columns,
    siblings.magnitudes_in_rows,
    siblings.magnitudes_beside_works,
    plausibility.case_size,
)

ORDER = {"error": 0, "warning": 1, "note": 2}


def check(
    case: Case, progress: ProgressCallback | None = None, stop: Callable[[], bool] | None = None
) -> list[Finding]:
    """Every finding about a case that was read, errors first, then in the order of RULES.

    `progress` gets the share of the rules that is done; once `stop` says yes, what was found so far is returned.
    Types, bounds, codes and doubled keys are checked when a case is read.
    """
    findings: list[Finding] = []
    for done, rule in enumerate(RULES, start=1):
        if stop is not None and stop():
            break
        findings += [in_settings(case, finding) for finding in rule(case)]
        if progress is not None:
            progress(ProgressEvent("checking", done / len(RULES)))
    return sorted(findings, key=lambda finding: ORDER[finding.severity])
