"""Findings that no honest sample has: of sites of common decisions too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
import pytest
from tests.tiny import tables, tiny, unknown_title

import tawteen as tw
from tawteen.case.model import Case
from tawteen.case.ranges import expected_case
from tawteen.plan.planning import plan as fixed_plan
from tawteen.plan.policies.futures import drawn_futures
from tawteen.plan.policies.inputs import PolicyInputs, prepare_policies
from tawteen.plan.policies.statement import facts_of_inputs
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.verify import verify
from tawteen.plan.verify.policy.courses import PolicyFacts
from tawteen.plan.verify.policy.sample import wrong_samples

COURT = {"decision": "court", "opens_by": "authority", "authority": "court", "weeks": 6.0}
OWN = {"gate": "control", "chance": 0.8}
"""An unknown gate of a site's own, beside the court."""


def court_case(*rules: dict[str, Any]) -> Case:
    """One court decides about all three sites; `pasta` has an unknown gate of its own too."""
    known = [row for row in tables()["blockers"] if row["gate"] != "title"]
    known = [row for row in known if (row["site"], row["gate"]) != ("pasta", "control")]
    rows = [unknown_title(site, **COURT) for site in ("mill", "cables", "pasta")]
    written = [{"id": f"R{n}", "text_en": "x", "text_ar": "س", **rule} for n, rule in enumerate(rules)]
    return tiny({"blockers": [*known, *rows, unknown_title("pasta", **OWN)], "rules": written})


@cache
def decided() -> tuple[PolicyInputs, PolicyFacts, PolicyPlan]:
    """Inputs, facts and a policy of that case."""
    case = court_case()
    inputs = prepare_policies(expected_case(case))
    plan = tw.plan_policy(case, steps=1, futures=20)
    assert plan is not None
    return inputs, facts_of_inputs(inputs), plan


def sampled(outcomes: list[dict[str, int]], batches: int) -> list[str]:
    """What is wrong with a sample of these findings."""
    _, facts, plan = decided()
    columns = {site: [outcome[site] for outcome in outcomes] for site in plan.outcomes["site"]}
    frame = pl.DataFrame({"site": list(columns), "finding": list(columns.values())}, schema=plan.outcomes.schema)
    made = replace(plan, outcomes=frame, gains=(0.0,) * len(outcomes), batches=batches)
    return sorted(set(wrong_samples(facts, made)))


@pytest.mark.parametrize("count", [10, 20, 50, 200])
def test_what_is_drawn_is_a_sample(count: int) -> None:
    inputs = decided()[0]
    assert set(inputs.decisions["site"]) == {"mill", "cables", "pasta"}
    for seed in range(40):
        drawn = drawn_futures(inputs.findings, count, seed, decisions=inputs.decisions)
        assert sampled([dict(outcome) for outcome in drawn.outcomes], 10) == []


def everything_open(findings: Any) -> Callable[[dict[str, int]], dict[str, int]]:
    return lambda _outcome: dict.fromkeys(findings, 0)


def always_better(findings: Any) -> Callable[[dict[str, int]], dict[str, int]]:
    """Every plant that may be worked on is in its best state."""
    opens = {(site, row["finding"]): row["opens"] for site, rows in findings.items() for row in rows}
    return lambda outcome: {site: 0 if opens[site, finding] else finding for site, finding in outcome.items()}


def neighbour_open(findings: Any) -> Callable[[dict[str, int]], dict[str, int]]:
    """The mill opens where the court keeps the others shut."""
    shut = {site: next(row["finding"] for row in rows if not row["opens"]) for site, rows in findings.items()}
    return lambda outcome: {
        **outcome, "mill": 0 if outcome["cables"] == shut["cables"] else shut["mill"]
    }  # fmt: skip


@pytest.mark.parametrize("forged", [everything_open, always_better, neighbour_open])
def test_what_nobody_can_have_drawn_is_found(forged: Callable[[Any], Any]) -> None:
    inputs = decided()[0]
    change = forged(inputs.findings.rows_by_key("site", named=True))
    drawn = drawn_futures(inputs.findings, 200, 1, decisions=inputs.decisions)
    assert sampled([change(dict(outcome)) for outcome in drawn.outcomes], 10)


def test_how_many_futures_miss_a_rule_is_recomputed_where_a_decision_is_common() -> None:
    """Both sites have to start where they can, and the time suffices for one of them in some futures."""
    case = court_case(
        {"kind": "must", "sites": "mill"}, {"kind": "must", "sites": "cables", "end": dt.date(2027, 9, 30)}
    )
    made, plan = fixed_plan(case, time_limit=60.0), tw.plan_policy(case, steps=3, futures=20)
    assert plan is not None
    assert plan.rules_missed > 0.0
    assert verify(case, replace(made, policy=plan)).holds
    forged = verify(case, replace(made, policy=replace(plan, rules_missed=0.0)))
    assert ("verify.policy", "rules_missed") in {(finding.code, finding.args.get("id")) for finding in forged.findings}
