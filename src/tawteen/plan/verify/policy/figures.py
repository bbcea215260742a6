"""What is stated of a policy, held against what follows from its futures."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.policy.courses import PolicyFacts, named
from tawteen.plan.verify.policy.knowledge import FutureStart, first_stage_ends, outcomes_of
from tawteen.plan.verify.policy.releases import releases
from tawteen.plan.verify.policy.sample import wrong_samples
from tawteen.plan.verify.solution import ClaimedSolution
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

Row = dict[str, Any]
Begun = Mapping[int, Sequence[FutureStart]]
POOLED = ["pool_kind", "pool", "period"]


def check_figures(
    facts: PolicyFacts,
    policy: PolicyPlan,
    begun: Begun,
    solutions: Mapping[int, ClaimedSolution],
    checks: Checks,
) -> None:
    """Findings, sample, first stage, what each finding leads to, reserves and what knowing is worth."""
    for name, part in {
        "findings": _findings(facts, policy),
        "outcomes": wrong_samples(facts, policy),
        "policy": _policy(facts, policy, begun),
        "first_stage": _first_stage(facts, policy, begun, solutions if policy.flows else None),
        "reserves": _reserves(facts, policy, begun),
        "released_to": _released_to(policy, begun),
        "information": _information(policy, begun),
    }.items():
        checks.counts["policy"] = checks.counts.get("policy", 0) + max(getattr(policy, name).height, 1)
        for text in part:
            checks.report("policy", f"{name}/{text}")


def _near(stated: float | None, right: float | None) -> bool:
    if stated is None or right is None:
        return stated is None and right is None
    return abs(stated - right) <= CHECK_TOLERANCES.relative * max(abs(right), CHECK_TOLERANCES.least_size)


def _differing(stated: Sequence[Row], right: Sequence[Row], key: Sequence[str]) -> Iterator[str]:
    """Rows that are missing, more than there should be, or have another cell; by their key."""
    rows = {tuple(row[name] for name in key): row for row in stated}
    expected = {tuple(row[name] for name in key): row for row in right}
    if len(rows) < len(stated):
        yield "twice"
    for name in sorted({*rows} | {*expected}, key=str):
        one, other = rows.get(name), expected.get(name)
        same = one is not None and other is not None and all(_same(one[cell], other[cell]) for cell in other)
        if not same:
            yield " / ".join(str(part) for part in name if part is not None)


def _same(stated: Any, right: Any) -> bool:
    if isinstance(right, float) and isinstance(stated, float):
        return _near(stated, right)
    return bool(stated == right)


def _findings(facts: PolicyFacts, policy: PolicyPlan) -> Iterator[str]:
    yield from _differing(policy.findings.to_dicts(), facts.findings.to_dicts(), ("site", "finding"))


def _policy(facts: PolicyFacts, policy: PolicyPlan, begun: Begun) -> Iterator[str]:
    periods: dict[tuple[str, int | None, str], list[int]] = defaultdict(list)
    for number in policy.solutions:
        for start in begun[number]:
            periods[start.site, start.finding, start.option].append(start.period)
    having = Counter(pair for outcome in outcomes_of(policy) for pair in outcome.items())
    chances = {(site, finding): chance for site, finding, chance, *_ in facts.findings.iter_rows()}
    label, count = facts.claim.case.calendar.label, len(policy.gains)
    right = [
        {
            "site": site, "finding": finding, "option": option,
            "chance": None if finding is None else chances.get((site, finding)),
            "futures": len(starts) / (count if finding is None else max(having[site, finding], 1)),
        }
        for (site, finding, option), starts in periods.items()
    ]  # fmt: skip
    yield from _differing(policy.policy.to_dicts(), right, ("site", "finding", "option"))
    for row in policy.policy.iter_rows(named=True):
        starts = periods.get((row["site"], row["finding"], row["option"]))
        median = None if starts is None else statistics.median(starts)
        if median is None or abs(row["period"] - median) > 0.5 or _label(label, facts, row["period"]) != row["start"]:
            yield f"{row['site']} / {row['option']}"


def _label(label: Any, facts: PolicyFacts, period: int) -> str | None:
    return label(period) if 0 <= period < facts.claim.periods else None


def _first_stage(
    facts: PolicyFacts, policy: PolicyPlan, begun: Begun, solutions: Mapping[int, ClaimedSolution] | None
) -> Iterator[str]:
    """Starts without a finding before the committee decides again, the same in every future, in their order."""
    ends = first_stage_ends(facts)
    early = [
        {start for start in begun[n] if start.finding is None and start.period < ends} for n in set(policy.solutions)
    ]
    always = set.intersection(*early)
    label = facts.claim.case.calendar.label
    right = [
        {"site": s.site, "kind": s.kind, "option": s.option, "period": s.period, "start": label(s.period)}
        for s in always
    ]
    stated = policy.first_stage
    yield from _differing(stated.to_dicts(), right, ("site", "option"))
    if stated["order"].to_list() != list(range(1, stated.height + 1)) or not stated["period"].is_sorted():
        yield "order"
    if solutions is None:
        return
    units = _units(facts, policy, solutions)
    for option, listed in stated.select("option", "units").iter_rows():
        amounts = {(unit["unit"], unit["capability"]): unit["amount"] for unit in listed}
        mine = units.get(option, {})
        size = max([*mine.values(), CHECK_TOLERANCES.least_size])
        names = {*amounts} | {*mine}
        if len(amounts) < len(listed) or any(
            abs(amounts.get(name, 0.0) - mine.get(name, 0.0)) > CHECK_TOLERANCES.unit * size for name in names
        ):
            yield f"{option} / units"


def _units(
    facts: PolicyFacts, policy: PolicyPlan, solutions: Mapping[int, ClaimedSolution]
) -> dict[str, dict[tuple[str, str], float]]:
    """Who works for each start without a finding, in the mean over the futures."""
    weights = Counter(policy.solutions)
    worked: dict[str, dict[tuple[str, str], float]] = defaultdict(lambda: defaultdict(float))
    for number, weight in weights.items():
        claim = solutions[number]
        needs = claim.shifted(facts.claim.effects.needs).select("option", *POOLED, need="amount")
        shares = claim.supply.with_columns(share=pl.col("amount") / pl.col("amount").sum().over(POOLED))
        rows = needs.filter(~pl.col("option").str.contains(r"@\d+$")).join(shares, on=POOLED)
        for option, source, pool, amount in rows.select(
            "option", "source", "pool", pl.col("need") * pl.col("share")
        ).iter_rows():
            worked[option][source, pool] += amount * weight / len(policy.solutions)
    return worked


def _reserves(facts: PolicyFacts, policy: PolicyPlan, begun: Begun) -> Iterator[str]:
    """The most and the mean that starts under a finding take of money and pools."""
    takes: dict[str, list[tuple[int, str, str | None, float]]] = defaultdict(list)
    for option, quarter, amount in facts.claim.effects.outlays.select("option", "quarter", "amount").iter_rows():
        takes[option].append((quarter, "money", None, amount))
    for option, quarter, kind, pool, amount in facts.claim.effects.needs.select(
        "option", "quarter", "pool_kind", "pool", "amount"
    ).iter_rows():
        takes[option].append((quarter, kind, pool, amount))
    taken: dict[tuple[str, str, str | None], list[float]] = defaultdict(list)
    for number in policy.solutions:
        sums: dict[tuple[str, str, str | None], float] = defaultdict(float)
        for start in begun[number]:
            if start.finding is not None:
                for quarter, kind, pool, amount in takes[named(start.option, start.finding)]:
                    if start.period + quarter < facts.claim.periods:
                        sums[start.site, kind, pool] += amount
        for name, amount in sums.items():
            taken[name].append(amount)
    count = len(policy.gains)
    right = [
        {
            "site": site, "kind": kind, "pool": pool, "reserved": max(amounts), "used": sum(amounts) / count,
            "released": max(amounts) - sum(amounts) / count,
            "chance_of_release": 1.0 - sum(amount > 0.0 for amount in amounts) / count,
        }
        for (site, kind, pool), amounts in taken.items()
    ]  # fmt: skip
    yield from _differing(policy.reserves.to_dicts(), right, ("site", "kind", "pool"))


def _released_to(policy: PolicyPlan, begun: Begun) -> Iterator[str]:
    key = ("site", "finding", "to_site", "to_finding", "option")
    yield from _differing(policy.released_to.to_dicts(), releases(policy, begun), key)


def _information(policy: PolicyPlan, begun: Begun) -> Iterator[str]:
    """Of surveyed sites alone; the difference of what is stated, with the mean over the first futures on one side."""
    first = policy.gains[: policy.information_futures]
    mean = sum(first) / len(first)
    size = max(abs(gain) for gain in policy.gains)
    surveyed = {s.site for n in policy.solutions for s in begun[n] if s.kind == "survey"}
    if policy.information["site"].is_duplicated().any():
        yield "twice"
    for site, having, lacking, worth in policy.information.iter_rows():
        near = CHECK_TOLERANCES.relative * max(size, abs(having), abs(lacking))
        if site not in surveyed or abs(having - mean) > near or abs(having - lacking - worth) > near:
            yield site
