"""A stored policy, changed one field at a time: the reader refuses it, or verification finds it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.plan.planned import policy, programme
from tests.tiny import tiny

from tawteen.appraise.prices import prices
from tawteen.case.ranges import expected_case
from tawteen.diagnose import diagnose
from tawteen.effects import effects_of
from tawteen.match import match
from tawteen.plan.policy_file import POLICY_FIELDS, WrongPolicyError, flows_bytes, policy_fields, read_policy
from tawteen.plan.policy_plan import FLOW_TABLES, PolicyPlan
from tawteen.plan.programme_file import read_programme, write_programme
from tawteen.plan.verify import verify
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.objective import objective
from tawteen.plan.verify.policy import check_policy
from tawteen.plan.verify.policy.bound import check_policy_bound
from tawteen.plan.verify.policy.courses import PolicyFacts, policy_facts
from tawteen.plan.verify.solution import claimed_solutions
from tawteen.works import works_network

Data = dict[str, Any]
HELD = {
    "bound_prices.price": "a price of a good above that of its imports proves the same",
    "seed": "says how the futures were drawn, and the sample is checked by its strata",
    "information without a row": "a survey whose worth was not worked out in time has none",
    "flows_hash": "without it the flows are not read, which a warning says",
}
"""Fields whose change holds, and why."""
INVENTED = {
    "released_to": {
        "site": "cables", "finding": 3, "to_site": "mill", "to_finding": None, "option": "mill-repair", "period": 2,
        "share_with": 0.5, "share_without": 0.25, "futures_with": 4, "futures_without": 4, "least": 0.1, "most": 0.5,
    },
    "sampled_bounds": 1.0,
}  # fmt: skip
"""A row of each table that is empty, and a number of the list that is."""


@cache
def facts() -> tuple[PolicyFacts, float]:
    """What the check reads of the case, and the value of doing nothing."""
    case = expected_case(tiny())
    network = works_network(case, diagnose(case))
    solution, baseline, _ = claimed_solutions(
        case, programme(), effects_of(case), match(case, network), prices(case), lead=network.lead
    )
    return policy_facts(solution, diagnose(case)), objective(baseline)


def codes(changed: PolicyPlan) -> set[str]:
    """Codes of what the check finds of a policy."""
    known, nothing = facts()
    checks = Checks(known.claim.case.calendar)
    check_policy(known, changed, checks, nothing=nothing, in_play=abs(nothing))
    check_policy_bound(known, changed, checks, nothing=nothing, in_play=abs(nothing))
    return {finding.code for finding in checks.findings}


def is_found(changed: PolicyPlan) -> bool:
    """Whether the check finds anything. Most changes show before the flows of all courses were recomputed."""
    known, nothing = facts()
    checks = Checks(known.claim.case.calendar)
    check_policy(known, changed, checks, nothing=nothing, in_play=abs(nothing), most=1)
    return bool(checks.findings) or bool(codes(changed))


def test_what_was_planned_holds_and_is_read_again(tmp_path: Path) -> None:
    write_programme(replace(programme(), policy=policy()), tmp_path / "programme.json")
    verification = verify(tiny(), read_programme(tmp_path / "programme.json"))
    assert verification.holds, verification.findings
    assert verification.policy_courses == len({*policy().solutions, *policy().solutions_without})
    assert verify(tiny(), read_programme(tmp_path / "programme.json"), courses=2).policy_courses == 2


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, list):
        return [other(value[0]), *value[1:]] if value else value
    if isinstance(value, dict):
        name = next(name for name, cell in value.items() if cell is not None)
        return {**value, name: other(value[name])}
    simple = {bool: lambda: not value, int: lambda: value + 1, float: lambda: value * 1.01 + 0.01}
    return simple.get(type(value), lambda: f"{value}x")()


def changes() -> list[tuple[str, Data]]:
    """The fields of the policy with one change each; of tables one of each column, and a row less."""
    flows = flows_bytes(policy())
    data: Data = json.loads(json.dumps(policy_fields(policy(), flows)))
    changed: list[tuple[str, Data]] = []
    for name, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for column in value[0]:
                place = next((i for i, row in enumerate(value) if row[column] not in (None, [])), 0)
                rows = copy.deepcopy(value)
                rows[place][column] = other(rows[place][column])
                changed.append((f"{name}.{column}", {**data, name: rows}))
            changed.append((f"{name} without a row", {**data, name: value[1:]}))
        else:
            changed.append((name, {**data, name: other(value) or [INVENTED[name]]}))
    return changed


def test_every_field_that_is_changed_is_refused_or_found() -> None:
    flows, held, touched = flows_bytes(policy()), [], set()
    for name, data in changes():
        touched.add(name.partition(".")[0].partition(" ")[0])
        try:
            plan = read_policy(data, flows)
        except WrongPolicyError:
            continue
        assert plan is not None
        if not is_found(plan):
            held.append(name)
    assert touched == POLICY_FIELDS
    assert [name for name in held if name not in HELD] == []


@pytest.mark.parametrize("table", FLOW_TABLES)
def test_a_flow_of_a_future_that_is_changed_is_found(table: str) -> None:
    frame = policy().flows[table]
    place = int(frame["amount"].arg_max())  # type: ignore[arg-type]
    for factor in (0.5, 2.0):
        amounts = frame["amount"].clone().scatter(place, frame["amount"][place] * factor)
        changed = replace(policy(), flows={**policy().flows, table: frame.with_columns(amounts)})
        assert codes(changed), (table, factor)


def conditional(change: Callable[[pl.Expr], pl.Expr]) -> PolicyPlan:
    """The policy with another quarter of its starts under a finding."""
    moved = pl.when(pl.col("finding").is_not_null()).then(change(pl.col("period"))).otherwise("period")
    return replace(policy(), starts=policy().starts.with_columns(period=moved))


def test_a_decision_before_its_survey_has_told_is_found() -> None:
    assert "verify.policy_known" in codes(conditional(lambda period: period * 0))


def test_a_decision_that_differs_where_nothing_is_known_yet_is_found() -> None:
    first = policy().solutions[0]
    later = pl.when(pl.col("finding").is_null() & (pl.col("solution") == first)).then(1).otherwise("period")
    assert "verify.policy_known" in codes(
        replace(policy(), starts=policy().starts.with_columns(period=later.cast(pl.Int64)))
    )


def test_without_the_flows_it_is_said_that_limits_were_not_recomputed() -> None:
    assert codes(replace(policy(), flows={})) == {"verify.policy_flows"}


def test_a_value_that_is_not_that_of_its_flows_is_found() -> None:
    more = tuple(gain + 1e5 for gain in policy().gains)
    assert "verify.policy_value" in codes(replace(policy(), gains=more))


def test_a_sample_in_which_a_finding_is_too_frequent_is_found() -> None:
    outcomes = policy().outcomes.with_columns(pl.col("finding").list.eval(pl.element() * 0))
    assert "verify.policy" in codes(replace(policy(), outcomes=outcomes))
