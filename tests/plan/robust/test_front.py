from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import polars as pl
import pytest
from tests.plan.robust.drawn import programme
from tests.tiny import tiny

from tawteen.case.findings import CaseError
from tawteen.effects.effects import effects_of
from tawteen.effects.employment import taken_over_persons
from tawteen.plan.params import DEFAULTS
from tawteen.plan.planning import planning_problem
from tawteen.plan.problem import baseline_model, fix_starts
from tawteen.plan.robust.front import _Line, _model, pareto
from tawteen.plan.solver import Relaxation, solve_lp

AGAINST = ["jobs", "cash", "share:south", "foreign_exchange"]


@pytest.mark.parametrize("aim", AGAINST)
def test_no_point_is_better_in_both(aim: str) -> None:
    made = programme()
    front = pareto(tiny(), "value", aim, 4, seconds=10.0)
    a, b = front.points["a"], front.points["b"]
    assert (a.diff().drop_nulls() < 0).all()
    assert (b.diff().drop_nulls() > 0).all()
    assert made.value is not None
    assert made.do_nothing is not None
    assert a[0] == pytest.approx(made.value - made.do_nothing, rel=1e-3)
    known = front.points.drop_nulls("bound")
    assert (known["bound"] >= known["a"] - 1e-6 * a[0]).all()
    assert set(front.starts["point"]) <= set(front.points["point"])


def test_jobs_are_new_ones_beyond_those_of_the_line_taken_over() -> None:
    made = effects_of(tiny()).options
    persons = dict(taken_over_persons(made).iter_rows())
    new = dict(made.filter(~pl.col("kind").is_in(["survey", "close"])).select("option", "new_jobs").iter_rows())
    assert persons["pasta-more"] > 0
    front = pareto(tiny(), "value", "jobs", 3, seconds=5.0)
    for point, _, jobs, *_ in front.points.iter_rows():
        started = front.starts.filter(pl.col("point") == point)["option"]
        assert jobs == pytest.approx(sum(new[o] - persons[o] for o in started if o in new))


def everything() -> list[tuple[float, float]]:
    """Value over doing nothing and money paid of every choice of starts of the tiny case, by brute force."""
    model = planning_problem(tiny())
    keys = model.columns["start"].keys.with_row_index("place")
    paid = dict(model.inputs.effects.outlays.group_by("option").agg(pl.col("amount").sum()).iter_rows())
    nothing = solve_lp(baseline_model(model.arrays, model)).value
    assert nothing is not None
    sites = [[None, *rows.iter_rows(named=True)] for rows in keys.partition_by("site")]
    solver = Relaxation(fix_starts(model.arrays, np.zeros(0, dtype=np.int64)))
    found, columns = [], np.arange(model.starts.start, model.starts.stop)
    for picked in product(*sites):
        some = [row for row in picked if row is not None]
        fixed = np.zeros(keys.height)
        fixed[[row["place"] for row in some]] = 1.0
        solver.bound(columns, fixed, fixed)
        if (value := solver.solve().value) is not None:
            found.append((value - nothing, -sum(paid[row["option"]] for row in some)))
    return found


def test_the_front_is_that_of_brute_force() -> None:
    front = pareto(tiny(), "value", "cash", 4, seconds=20.0)
    every = everything()
    assert len(every) > 100
    for _, a, b, *_ in front.points.iter_rows():
        best = max(value for value, cash in every if cash >= b - 1.0)
        assert a == pytest.approx(best, rel=2e-3, abs=500.0)


def test_no_choice_beats_the_bound_of_a_point() -> None:
    every = everything()
    for b, bound in pareto(tiny(), "value", "cash", 4).points.drop_nulls("bound").select("b", "bound").iter_rows():
        best = max(value for value, cash in every if cash >= b - 1e-6 * abs(b))
        assert bound >= best - 1e-6 * abs(best)


def test_the_bound_holds_where_the_search_had_no_time_and_the_other_aim_weighs_much() -> None:
    made = programme()
    later = replace(made, sites=made.sites.with_columns(pl.col("period") + 1))
    params = DEFAULTS.robust.model_copy(update={"tie_share": 100.0})
    front = pareto(tiny(), "value", "cash", 1, earlier=later, seconds=1e-6, params=params)
    _, a, b, bound, _ = front.points.row(0)
    best = max(value for value, cash in everything() if cash >= b - 1e-6 * abs(b))
    assert a < best - 1000.0, "the point is one that a search would improve"
    assert bound >= best


def test_an_aim_that_no_start_counts_for_breaks_ties_alone() -> None:
    made = programme()
    assert made.value is not None
    assert made.do_nothing is not None
    line = _Line(tiny(), "value", "foreign_exchange", seconds=10.0, stop=lambda: False, params=DEFAULTS.robust)
    line.b[line.model.starts] = 0.0
    assert line.b.any(), "flows count"
    best = line.best(None, frozenset())
    assert best is not None
    assert best.a == pytest.approx(made.value - made.do_nothing, rel=1e-3)


def test_foreign_exchange_counts_what_is_foreign_once() -> None:
    model, foreign = _model(tiny(), DEFAULTS.robust.premium_step)
    discount = [1.08 ** (-(t + 1) / 4) for t in range(8)]
    cif = {"flour": 400.0, "wheat": 250.0, "cable": 8000.0, "copper": 5000.0}
    block = model.columns["import"]
    bought = [-cif[c] * discount[t] for c, t in block.keys.select("commodity", "period").iter_rows()]
    assert foreign[block.span].tolist() == pytest.approx(bought, rel=1e-6)
    sold = model.columns["export"]
    earned = [300.0 * discount[t] for t in sold.keys["period"]]
    assert foreign[sold.span].tolist() == pytest.approx(earned, rel=1e-6)
    assert not foreign[model.columns["unmet"].span].any()
    diesel = model.columns["supply"]
    paid = [
        -180.0 * 0.5 * discount[t] if id_ == "diesel-south" else 0.0
        for id_, t in diesel.keys.select("id", "period").iter_rows()
    ]
    assert foreign[diesel.span].tolist() == pytest.approx(paid, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b"), [("share:south", "value"), ("value", "share:mars"), ("fame", "value"), ("value", "share")]
)
def test_what_is_no_aim_is_refused(a: str, b: str) -> None:
    with pytest.raises(CaseError) as caught:
        pareto(tiny(), a, b, 3)
    assert [f.code for f in caught.value.findings] == ["pareto.aim"]
