"""Whether the findings of the futures are a sample as it is said to be drawn: stratified, and decided together."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.verify.policy.courses import PolicyFacts
from tawteen.plan.verify.policy.findings import decided_together
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

Row = dict[str, Any]
WITHIN = 1.0 + CHECK_TOLERANCES.relative
"""Futures by which a stratified sample of a batch may differ from its chances."""


def wrong_samples(facts: PolicyFacts, policy: PolicyPlan) -> Iterator[str]:
    """Sites and decisions whose findings no sample has that is drawn as stated."""
    findings = facts.findings.rows_by_key("site", named=True)
    outcomes: dict[str, list[int]] = dict(policy.outcomes.select("site", "finding").iter_rows())
    if policy.outcomes["site"].to_list() != list(findings):
        yield "site"
    unknown = [
        site for site, column in outcomes.items() if not {*column} <= {row["finding"] for row in findings.get(site, [])}
    ]
    yield from unknown
    if unknown:
        return
    size = len(policy.gains) // policy.batches
    for site, column in outcomes.items():
        if site not in facts.joint and any(
            not _stratified(findings[site], batch, size) for batch in _batches(column, size)
        ):
            yield site
    yield from _decided_wrongly(facts, findings, outcomes, size)


def _batches(column: Sequence[int], size: int) -> list[Counter[int]]:
    """How often each finding occurs in each independent sample."""
    return [Counter(column[start : start + size]) for start in range(0, len(column), size)]


def _stratified(rows: Sequence[Row], count: Mapping[int, int], size: int) -> bool:
    """Whether as many futures have each of the first findings as their chances say, but for one."""
    chance, below = 0.0, 0
    for row in rows:
        chance += row["chance"]
        below += count[row["finding"]]
        if abs(below - size * chance) >= WITHIN:
            return False
    return True


def _decided_wrongly(
    facts: PolicyFacts, findings: Mapping[str, Sequence[Row]], outcomes: Mapping[str, Sequence[int]], size: int
) -> Iterator[str]:
    """Sites of common decisions whose findings do not fit those of each other, or are too frequent.

    Where a site is open, all decisions about it are; where nothing but decisions can keep it shut, one of them does. A
    decision opens in as many futures as its chance says, but for one; a finding is drawn from strata of its site in
    those in which all decisions are open, so that none is more frequent than its chance then times all futures.
    """
    about, odds = decided_together(facts.claim.case, facts.findings)
    opens = {(site, row["finding"]): row["opens"] for site, rows in findings.items() for row in rows}
    together = {site: math.prod(odds[name] for name in names) for site, names in about.items()}
    chances = {site: sum(row["chance"] for row in findings[site] if row["opens"]) for site in about}
    alone = {site for site in about if abs(chances[site] - together[site]) <= CHECK_TOLERANCES.relative}
    for number in range(len(next(iter(outcomes.values()), ()))):
        found_open = {site for site in about if opens[site, outcomes[site][number]]}
        opened = {name for site in found_open for name in about[site]}
        yield from sorted(site for site in alone - found_open if opened.issuperset(about[site]))
    for site in about:
        by_one = together[site] if site in alone and len(about[site]) == 1 else None
        given_open = [row for row in findings[site] if row["opens"]]
        if not all(_fits(given_open, count, size, together[site], by_one) for count in _batches(outcomes[site], size)):
            yield site


def _fits(rows: Sequence[Row], count: Mapping[int, int], size: int, together: float, by_one: float | None) -> bool:
    """Whether the open findings of a site are as frequent in a batch as they can be.

    `together`: chance that all decisions about it open; `by_one`: of the one that alone decides, where one does.
    """
    if by_one is not None and abs(sum(count[row["finding"]] for row in rows) - size * by_one) >= WITHIN:
        return False
    return together <= 0.0 or _rare_enough(rows, count, size / together)


def _rare_enough(rows: Sequence[Row], count: Mapping[int, int], futures: float) -> bool:
    """Whether neither the first nor the last findings are more frequent than strata of their chances hold."""
    for ordered, allowed in ((rows, WITHIN), (rows[::-1], 2.0 * WITHIN)):
        chance, frequency = 0.0, 0
        for row in ordered:
            chance += row["chance"]
            frequency += count[row["finding"]]
            if frequency - futures * chance >= allowed:
                return False
    return True
