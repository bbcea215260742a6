from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.plan.robust.drawn import programme, ranged
from tests.tiny import tiny

from tawteen.plan.model_builder import MilpArrays
from tawteen.plan.problem import Problem
from tawteen.plan.programme import Scenario
from tawteen.plan.robust.recourse import (
    Recourse,
    ScenarioOutcome,
    StartChoice,
    base_standing,
    drawn_problem,
    outcome,
    softened,
)
from tawteen.plan.robust.sampling import Sample, as_planned, scenarios
from tawteen.plan.scenario import apply
from tawteen.plan.solver import solve_lp

MILL = StartChoice({"mill-repair": 1}, frozenset({"mill-repair"}), frozenset({"mill-repair"}))


def choice(*left_out: str) -> StartChoice:
    rows = programme().sites.filter(pl.col("option").is_not_null() & pl.col("period").is_not_null())
    starts = dict(rows.select("option", "period").iter_rows())
    firm = rows.filter(pl.col("status") == "firm")["option"].to_list()
    candidates = {"mill-new": 0, "mill-repair": 0, "cables-rehab": 0, "pasta-more": 0}
    chosen = frozenset(starts) - frozenset(left_out)
    return StartChoice({**candidates, **starts}, chosen, frozenset(firm) & chosen)


def planned(*changes: str) -> Sample:
    return as_planned(apply(tiny(), Scenario(set=changes)))


def came_to(drawn: Sample, *left_out: str) -> ScenarioOutcome:
    return outcome(drawn, choice(*left_out))


def works() -> list[str]:
    return [o for o in choice().chosen if not o.endswith(":survey")]


def within(arrays: MilpArrays, model: Problem, starts: np.ndarray) -> MilpArrays:
    """The whole model, its starts fixed: what is solved without any short cut."""
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    lower[model.starts] = upper[model.starts] = starts
    return replace(arrays, lower=lower, upper=upper, integer=np.zeros_like(arrays.integer))


def test_what_is_left_to_decide_is_worth_what_the_whole_model_is() -> None:
    picked = choice()
    base = base_standing(planned(), picked)
    for drawn in scenarios(ranged(), 12, 3):
        model = drawn_problem(drawn, picked)
        arrays, _ = softened(model)
        options = model.columns["start"].keys["option"].to_list()
        for taken in (picked.chosen, picked.firm, frozenset[str]()):
            ones = np.array([float(o in taken) for o in options])
            whole = solve_lp(within(arrays, model, ones)).value
            assert Recourse(model, arrays, base).value(ones) == pytest.approx(whole, rel=1e-9)
            assert Recourse(model, arrays).value(ones) == pytest.approx(whole, rel=1e-9)


def test_where_it_begins_changes_no_value() -> None:
    picked = choice()
    base = base_standing(planned(), picked)
    for drawn in scenarios(ranged(), 12, 3):
        cold, warm = outcome(drawn, picked), outcome(drawn, picked, base)
        assert (warm.gain, warm.firm_gain) == pytest.approx((cold.gain, cold.firm_gain), rel=1e-9, abs=1e-3)
        assert (warm.operates, warm.first, warm.last) == (cold.operates, cold.first, cold.last)
        assert warm.worth == pytest.approx(cold.worth, rel=1e-6, abs=1.0)


def test_as_planned_is_what_the_programme_is_worth() -> None:
    made = programme()
    assert made.value is not None
    assert made.do_nothing is not None
    found = came_to(planned())
    assert len(works()) >= 2
    assert found.gain == pytest.approx(made.value - made.do_nothing, rel=1e-6)
    assert found.cash == pytest.approx(made.draws["amount"].sum(), rel=1e-6)
    assert found.short == pytest.approx(0.0, abs=1e-3)
    labels = dict(made.sites.drop_nulls("option").select("option", "operates").iter_rows())
    calendar = tiny().calendar
    assert found.operates
    for option, period in found.operates.items():
        assert calendar.label(period) == labels[option]  # type: ignore[arg-type]


def test_the_firm_part_alone() -> None:
    conditional = choice().chosen - choice().firm
    assert came_to(planned()).firm_gain == pytest.approx(came_to(planned(), *conditional).gain, rel=1e-9)


@pytest.mark.parametrize("option", ["mill-new", "mill-repair", "cables-rehab", "pasta-more"])
def test_worth_is_the_slope_of_a_concave_gain(option: str) -> None:
    whole = choice()
    held = replace(whole, chosen=whole.chosen - {option}, firm=whole.firm - {option})
    taken = replace(held, chosen=held.chosen | {option})
    without, with_it = outcome(planned(), held), outcome(planned(), taken)
    change = with_it.gain - without.gain
    room = 1e-3 * (abs(change) + 1.0)
    assert with_it.worth[option] - room <= change <= without.worth[option] + room


@pytest.mark.parametrize("option", ["mill-new", "mill-repair", "cables-rehab", "pasta-more"])
def test_worth_is_what_the_last_of_a_start_brings(option: str) -> None:
    picked = StartChoice({option: 1}, frozenset({option}), frozenset())
    model = drawn_problem(planned(), picked)
    arrays, _ = softened(model)
    whole, less = (solve_lp(within(arrays, model, np.array([x]))) for x in (1.0, 0.998))
    assert whole.value is not None
    assert less.value is not None
    slope = (whole.value - less.value) / 0.002
    assert outcome(planned(), picked).worth[option] == pytest.approx(slope, rel=1e-3, abs=10.0)


def test_rules_bind_the_choice_not_what_comes_of_it() -> None:
    ruled = as_planned(tiny({"rules": [{"id": "R", "kind": "never", "sites": "mill"}]}))
    assert outcome(ruled, MILL).gain == pytest.approx(outcome(planned(), MILL).gain, rel=1e-9)


def test_what_no_fund_has_is_told_and_costs() -> None:
    poor = planned("fund.budget*0.05", "fund.line*0.05")
    found, rich = came_to(poor), came_to(planned())
    assert found.short > 0
    assert found.cash == pytest.approx(rich.cash, rel=0.2)
    assert rich.gain - found.gain > 0.1 * found.short


def test_a_gate_that_stays_shut_leaves_survey_and_task() -> None:
    shut = planned("blockers.cables/title.chance=0")
    picked = StartChoice({"cables-rehab": 0}, frozenset({"cables-rehab"}), frozenset())
    found = outcome(shut, picked)
    assert found.operates == {"cables-rehab": None}
    assert found.last is None
    assert found.cash == pytest.approx(30_000.0)
    assert -30_000.0 < found.gain < -28_000.0


def test_a_slip_moves_operation_and_works_wait_for_a_closed_region() -> None:
    on_time = outcome(planned(), MILL).operates["mill-repair"]
    assert on_time is not None
    assert outcome(replace(planned(), slip={"mill": 2}), MILL).operates["mill-repair"] == on_time + 2
    waits = outcome(replace(planned(), closed=(("south", 0, 3),)), MILL).operates["mill-repair"]
    assert waits == on_time + 2


@pytest.mark.parametrize("blow", ["outage", "relapse", "closed", "power"])
def test_each_blow_costs(blow: str) -> None:
    drawn = {
        "outage": replace(planned(), outage={"mill": 0.5}),
        "relapse": replace(planned(), relapse={"mill-repair": 1}),
        "closed": replace(planned(), closed=(("south", 4, 7),)),
        "power": replace(planned(), power=dict.fromkeys(range(8), 0.9)),
    }[blow]
    assert outcome(drawn, MILL).gain < outcome(planned(), MILL).gain - 1000


def test_after_a_relapse_nothing_is_made() -> None:
    model = drawn_problem(replace(planned(), relapse={"mill-repair": 1}), MILL)
    profile = model.inputs.effects.profile.filter((pl.col("option") == "mill-repair") & (pl.col("capacity") > 0))
    assert profile.height == 1


def test_letters_of_credit_are_halved_for_a_while() -> None:
    halved = drawn_problem(replace(planned(), credit=(2, 5)), MILL)
    block = halved.rows["credit"]
    assert halved.arrays.row_upper[block.span].tolist() == [2.5e6] * 2 + [1.25e6] * 3 + [2.5e6] * 3
