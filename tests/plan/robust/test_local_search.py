from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from tests.plan.robust.drawn import ranged

from tawteen.plan.problem import Problem, fix_starts
from tawteen.plan.robust.local_search import improve_choice, keeps_rules
from tawteen.plan.robust.rechoose import open_problem
from tawteen.plan.robust.recourse import Recourse
from tawteen.plan.robust.sampling import scenarios
from tawteen.plan.solver import solve_lp

ALLOWED = frozenset(
    (option, period) for option in ("mill-repair", "mill-new", "cables-rehab", "pasta-more") for period in (0, 2)
)
DRAWS = scenarios(ranged(), 3, 5)


def model(index: int) -> Problem:
    return open_problem(DRAWS.before(index), ALLOWED)


def choices(of: Problem) -> list[np.ndarray]:
    """Every choice of at most one start a site."""
    sites = of.columns["start"].keys["site"].to_list()
    places = [[None, *(i for i, s in enumerate(sites) if s == site)] for site in dict.fromkeys(sites)]
    found = []
    for picked in product(*places):
        ones = np.zeros(len(sites))
        ones[[i for i in picked if i is not None]] = 1.0
        found.append(ones)
    return found


@pytest.mark.parametrize("index", range(3))
def test_slopes_say_how_much_a_step_can_bring_at_most(index: int) -> None:
    of = model(index)
    recourse = Recourse(of, of.arrays)
    held = [(one, recourse.slopes(one)) for one in choices(of)]
    for one, found in held:
        starts = np.flatnonzero(one > 0.5) + of.starts.start
        exact = solve_lp(fix_starts(of.arrays, starts)).value
        assert (found is None) == (exact is None)
        if found is None:
            continue
        value, slope = found
        assert value == pytest.approx(exact, rel=1e-9)
        room = 1e-7 * abs(value)
        assert all(there[0] <= value + slope @ (other - one) + room for other, there in held if there is not None)


@pytest.mark.parametrize("index", range(3))
def test_no_step_of_one_site_betters_where_it_ends(index: int) -> None:
    of = model(index)
    recourse = Recourse(of, of.arrays)
    begun = np.zeros(len(choices(of)[0]))
    found = improve_choice(of, recourse, begun, np.zeros(len(begun), dtype=bool), 500)
    assert found is not None
    value, ends = found
    assert value == pytest.approx(recourse.value(ends), rel=1e-9)
    sites = of.columns["start"].keys["site"].to_numpy()
    for other in choices(of):
        if len(set(sites[other != ends])) <= 1 and keeps_rules(of, other):
            worth = recourse.value(other)
            assert worth is None or worth <= value + 1e-6 * abs(value)
    nowhere = improve_choice(of, recourse, begun, np.zeros(len(begun), dtype=bool), 0)
    assert nowhere is not None
    assert nowhere[1].tolist() == begun.tolist()
