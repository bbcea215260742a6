"""The outlook that is kept with a programme."""

from __future__ import annotations

from functools import cache

from tests.tiny import tiny

from tawteen.case.model import Case
from tawteen.plan.params import DEFAULTS, OutlookParams
from tawteen.plan.planning import plan
from tawteen.plan.programme import Programme
from tawteen.plan.robust.model import Robustness
from tawteen.runs.outlook import simulated, with_outlook

RULE = {
    "id": "no-cables", "kind": "never", "options": None, "sites": "cables", "before": None, "region": None,
    "measure": None, "value": None, "start": None, "end": None, "active": True, "text_en": "A rule.",
    "text_ar": "قاعدة.",
}  # fmt: skip
NO_TIME = DEFAULTS.model_copy(update={"rules": DEFAULTS.rules.model_copy(update={"seconds": 0.0})})


@cache
def planned() -> tuple[Case, Programme, Robustness]:
    case = tiny({"rules": [RULE]})
    programme = plan(case)
    scenarios = simulated(case, programme, OutlookParams(scenarios=2), DEFAULTS.robust)
    assert scenarios is not None
    return case, programme, scenarios


def test_costs_of_rules_that_no_time_was_left_for_are_found_the_next_time() -> None:
    case, programme, scenarios = planned()
    unknown = with_outlook(case, programme, scenarios, params=NO_TIME).programme
    assert unknown.outlook is not None
    assert unknown.outlook.rule_costs.rows() == [("no-cables", None, None)]
    again = with_outlook(case, unknown, scenarios).programme
    assert again.outlook is not None
    rule, at_least, at_most = again.outlook.rule_costs.row(0)
    assert rule == "no-cables"
    assert 0.0 < at_least <= at_most


def test_costs_of_rules_that_a_programme_states_are_not_sought_again() -> None:
    case, programme, scenarios = planned()
    known = with_outlook(case, programme, scenarios).programme
    kept = with_outlook(case, known, scenarios, params=NO_TIME).programme
    assert known.outlook is not None
    assert kept.outlook is not None
    assert kept.outlook.rule_costs.equals(known.outlook.rule_costs)
