from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.plan.robust.drawn import ranged

from tawteen.plan.params import RobustParams
from tawteen.plan.problem import Problem, fix_starts, relaxed
from tawteen.plan.robust.column_generation import priced
from tawteen.plan.robust.rechoose import SearchEffort, choose_anew, open_problem, places
from tawteen.plan.robust.sampling import scenarios
from tawteen.plan.solver import solve_lp, solve_mip

ALLOWED = frozenset(
    (option, period)
    for option in ("mill-repair", "mill-new", "cables-rehab", "pasta-more", "mill:survey", "cables:survey")
    for period in range(6)
)
DRAWS = scenarios(ranged(), 10, 5)


def model(index: int) -> Problem:
    return open_problem(DRAWS.before(index), ALLOWED)


@pytest.mark.parametrize("index", range(10))
def test_the_bound_holds_and_the_value_is_that_of_the_whole_model(index: int) -> None:
    whole = model(index)
    best = solve_mip(whole.arrays)
    found = choose_anew(DRAWS.before(index), ALLOWED)
    assert best.value is not None
    assert found is not None
    keys = whole.columns["start"].keys
    room = 1e-7 * abs(best.value)
    assert found.value <= best.value + room
    assert found.bound >= best.value - room
    nothing = solve_lp(fix_starts(whole.arrays, np.zeros(0, dtype=np.int64))).value
    assert nothing is not None
    assert found.gain == pytest.approx(found.value - nothing, abs=room)
    assert best.value - found.value <= 0.02 * (best.value - nothing) + room
    sites = [dict(keys.select("option", "site").iter_rows())[option] for option in found.options]
    assert len(set(sites)) == len(sites)


@pytest.mark.parametrize("index", range(3))
def test_the_linear_bound_is_no_less_than_the_linear_model(index: int) -> None:
    whole = model(index)
    linear, exact = priced(whole, None), solve_lp(relaxed(whole.arrays)).value
    assert linear is not None
    assert exact is not None
    assert linear.bound >= exact - 1e-7 * abs(exact)


def test_only_what_is_allowed_can_start() -> None:
    keys = model(0).columns["start"].keys
    assert set(keys.select("option", "period").iter_rows()) <= ALLOWED
    assert keys.height == len(places(keys, ALLOWED)) > 6


def test_where_it_begins_and_how_often_it_is_asked_changes_no_choice() -> None:
    base = priced(model(0), None)
    assert base is not None
    for index in range(4):
        found = [
            choose_anew(DRAWS.before(index), ALLOWED, before=base.standing, effort=SearchEffort(nodes=5))
            for _ in range(2)
        ]
        assert found[0] == found[1]
        cold = choose_anew(DRAWS.before(index), ALLOWED)
        assert cold is not None
        assert found[0] is not None
        assert found[0].bound == pytest.approx(cold.bound, rel=1e-6)


@pytest.mark.parametrize("index", range(4))
def test_a_large_problem_is_searched_at_prices(index: int) -> None:
    effort = SearchEffort(params=RobustParams(branch_entries=0))
    best = solve_mip(model(index).arrays).value
    held = frozenset({("mill-repair", 1), ("pasta-more", 0)})
    found = choose_anew(DRAWS.before(index), ALLOWED, held, effort=effort)
    assert best is not None
    assert found is not None
    room = 1e-7 * abs(best)
    assert found.value <= best + room
    assert found.bound >= best - room
    whole = model(index)
    kept = solve_lp(fix_starts(whole.arrays, places(whole.columns["start"].keys, held))).value
    assert kept is None or found.value >= kept - room


def test_rules_bind_what_is_chosen_anew() -> None:
    ruled = ranged()
    rule = {"id": "R", "kind": "must", "sites": "pasta", "active": True}
    rows = pl.concat([ruled["rules"].clear(), pl.DataFrame([rule])], how="diagonal_relaxed").select(
        ruled["rules"].columns
    )
    ruled = type(ruled)(ruled.settings, {**ruled.tables, "rules": rows.cast(dict(ruled["rules"].schema))}, {})
    found = choose_anew(scenarios(ruled, 1, 5).before(0), ALLOWED)
    assert found is not None
    assert "pasta-more" in found.options
