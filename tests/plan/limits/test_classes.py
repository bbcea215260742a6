"""Whole classes of courses, shared by sites that begin training together: cost, room, trainers, value and bound.

Electricians train for 6 weeks; of a row of `cadres` of four 80 % pass, so that it takes 5 places of 6/13 seat-quarters.
The mill trains in the second of its two quarters of works, the school of these tests in its only one.
"""

from __future__ import annotations

import itertools
import math
import os
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from tests.plan.decomposition.random_cases import random_case
from tests.plan.limits.test_added_training import case as school_and_mill
from tests.plan.planned import held_against
from tests.plan.test_verify import limits
from tests.tiny import tables, tiny

from tawteen.case.model import Case
from tawteen.plan.decomposition.planning import plan_country
from tawteen.plan.explain import Reasons, explain, say
from tawteen.plan.fixed_starts import solve_with_starts
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import Problem, relaxed
from tawteen.plan.robust.recourse import StartChoice, outcome
from tawteen.plan.robust.sampling import as_planned
from tawteen.plan.solver import Relaxation, solve_lp, solve_mip
from tawteen.plan.verify import verify
from tawteen.words import Words

SHARE = int(os.environ.get("CLASS_CASES", "1"))
"""How many times as many random cases are tried as usual: `CLASS_CASES=10` takes minutes."""
PERIODS = 6
PRICE = 2000.0
SEATS = 6 / 13
"""Seat-quarters of one place."""


def course(**changes: Any) -> dict[str, Any]:
    """The course of the tiny case in classes of ten, without third parties and with room for everybody."""
    return tables()["courses"][0] | {"cohort": 10.0, "seats": 50.0, "third_party_price": None} | changes


def two_sites(school_trains: float = 4.0, **changes: Any) -> Case:
    """A mill and a school that both train electricians of one course."""
    one = school_and_mill(added=0.0)
    cadres = [{"option": "mill-repair", "course": "electricians", "headcount": 4.0}]
    if school_trains:
        cadres.append({"option": "school-build", "course": "electricians", "headcount": school_trains})
    kept = {name: one[name].to_dicts() for name in one.tables if one[name].height}
    kept |= {"cadres": cadres, "courses": [course(**changes)]}
    return tiny(kept, time={"start": "2027-01-01", "periods": PERIODS})


def value_of(problem: Problem, **starts: int) -> float | None:
    """Value when these options start in these periods; None where that breaks a limit."""
    named = {"school": "school-build", "mill": "mill-repair"}
    keys = problem.columns["start"].keys.with_row_index("place")
    columns = [
        problem.starts.start + keys.filter((pl.col("option") == named[name]) & (pl.col("period") == t))["place"].item()
        for name, t in starts.items()
    ]
    solution = solve_with_starts(problem.arrays, np.array(columns, dtype=np.int64))
    return solution.value if solution.outcome == "optimal" else None


def shared(case: Case, school: int, mill: int) -> float:
    """What it is worth more that two sites start together than that they start apart from each other."""
    problem = planning_problem(case)
    values = value_of(problem, school=school, mill=mill), value_of(problem, school=school), value_of(problem, mill=mill)
    nothing = value_of(problem)
    assert None not in (*values, nothing)
    together, alone, other = values
    return float(together + nothing - alone - other)  # type: ignore[operator]


def discount(case: Case, period: int) -> float:
    return planning_problem(case).inputs.prices.discount(period)


def test_two_sites_pay_one_class_where_their_training_begins_together() -> None:
    case = two_sites()
    # The school trains in its quarter 1, the mill in its second quarter, which is also 1.
    assert shared(case, school=1, mill=0) == pytest.approx(10 * PRICE * discount(case, 1), abs=0.01)
    assert shared(case, school=0, mill=0) == pytest.approx(0.0, abs=0.01)


def test_a_class_costs_whole_and_a_full_one_what_its_places_cost() -> None:
    alone, full, by_seat = (
        value_of(planning_problem(two_sites(0.0, cohort=size)), mill=0) for size in (10.0, 5.0, None)
    )
    assert alone is not None
    assert full is not None
    assert full == pytest.approx(by_seat, abs=0.01)
    assert full - alone == pytest.approx(5 * PRICE * discount(two_sites(), 1), abs=0.01)


@pytest.mark.parametrize(("weeks", "shift", "together"), [(6.0, 0, True), (20.0, 0, True), (20.0, 1, False)])
def test_nobody_joins_a_class_that_began_a_quarter_before(weeks: float, shift: int, together: bool) -> None:
    """A course of two quarters: the school's (its works take as long) begins with it, the mill's with the mill."""
    case = two_sites(weeks=weeks)
    school = 1 if weeks == 6.0 else 0
    more = shared(case, school=school + shift, mill=0)
    half = 10 * PRICE / math.ceil(weeks / 13)
    quarters = [1] if weeks == 6.0 else [0, 1]
    paid = half * sum(discount(case, t) for t in quarters)
    assert more == pytest.approx(paid if together else 0.0, abs=0.01)


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"seats": 10 * SEATS + 0.01}, True),  # one class of ten
        ({"seats": 10 * SEATS - 0.01}, False),  # five would fit, a class does not
        ({"trainer_ratio": 5.0 / SEATS, "seats": 50.0}, True),  # 50 trainers teach one class of ten
        ({"trainer_ratio": 5.1 / SEATS, "seats": 50.0}, False),
    ],
)
def test_a_class_takes_the_room_and_the_trainers_of_all_its_places(changes: dict[str, float], fits: bool) -> None:
    assert (value_of(planning_problem(two_sites(0.0, **changes)), mill=0) is not None) == fits


@pytest.mark.parametrize(("dearer", "classes"), [(1.3, 0.0), (2.5, 1.0)])
def test_third_parties_take_persons_one_by_one(dearer: float, classes: float) -> None:
    """Five places abroad at a premium of 20 % cost less than a class of ten until they are 1.67 times as dear."""
    problem = planning_problem(two_sites(0.0, third_party_price=dearer * PRICE))
    keys = problem.columns["start"].keys.with_row_index("place").filter(
        (pl.col("option") == "mill-repair") & (pl.col("period") == 0)
    )  # fmt: skip
    solution = solve_with_starts(problem.arrays, problem.starts.start + keys["place"].to_numpy().astype(np.int64))
    assert solution.x is not None
    assert solution.x[problem.columns["class"].span].sum() == pytest.approx(classes)
    assert solution.x[problem.columns["away"].span].sum() == pytest.approx(5.0 * (1 - classes))


def class_case(seed: int) -> Case:
    """A small random case whose course has classes of a random size, few quarters, and often no third party."""
    rng = np.random.default_rng([seed, 30])
    one = random_case(seed)
    rows = {name: one[name].to_dicts() for name in one.tables if one[name].height}
    rows["courses"][0] |= {
        "cohort": float(rng.choice([1.0, 4.0, 7.0, 12.0, 20.0])), "weeks": float(rng.choice([6.0, 13.0, 20.0])),
        "seats": float(rng.uniform(4.0, 30.0)), "price": float(np.exp(rng.uniform(7.0, 10.5))),
        "resits": int(rng.integers(0, 2)),
    }  # fmt: skip
    rows["courses"][0]["third_party_price"] = None if rng.random() < 0.4 else rows["courses"][0]["price"] * 1.6
    rows["trainers"][0]["headcount"] = float(rng.uniform(0.3, 3.0))
    rows["options"] = [row for row in rows["options"] if row["id"] != "mill-new"]
    for table in ("works", "costs", "cadres", "recipes"):
        rows[table] = [row for row in rows[table] if row["option"] != "mill-new"]
    settings = {"value": one.settings.value.model_dump(), "time": {"start": "2027-01-01", "periods": 4}}
    return tiny(rows, **settings)


def best_by_enumeration(problem: Problem) -> float | None:
    """The best value over every choice of starts and every number of classes, each with the best flows."""
    arrays, whole = problem.arrays, problem.arrays.whole
    model, every = Relaxation(relaxed(arrays)), np.arange(problem.starts.start, problem.starts.stop)
    keys = problem.columns["start"].keys.with_columns(column=problem.starts.start + pl.int_range(pl.len()))
    choices = [[None, *group["column"]] for _, group in keys.group_by("site", maintain_order=True)]
    best: float | None = None
    for choice in itertools.product(*choices):
        taken = np.isin(every, [column for column in choice if column is not None]).astype(float)
        model.bound(every, taken, taken)
        model.bound(whole, arrays.lower[whole], arrays.upper[whole])
        at_most = model.objective()
        if at_most is None or (best is not None and at_most <= best):
            continue
        for counts in itertools.product(*(range(most + 1) for most in _most_classes(problem, taken))):
            numbers = np.array(counts, dtype=float)
            model.bound(whole, numbers, numbers)
            value = model.objective()
            best = value if value is not None and (best is None or value > best) else best
    return None if best is None else best + problem.constant


def _most_classes(problem: Problem, taken: NDArray[np.float64]) -> list[int]:
    """No best choice holds more classes than those who begin fill."""
    if "class" not in problem.columns:
        return []
    sizes = problem.columns["class"].keys["size"].to_numpy()
    places = problem.arrays.matrix[problem.rows["class"].span][:, problem.starts] @ taken
    return [math.ceil(count / size - 1e-9) for count, size in zip(places, sizes, strict=True)]


@pytest.mark.parametrize("first", range(0, 4 * SHARE, 4))
def test_value_is_exact_and_bound_is_valid(first: int) -> None:
    """The programmes of random cases: the best of every enumeration, proven, and recomputed to the cent."""
    for seed in range(first, first + 4):
        case = class_case(seed)
        best, programme = best_by_enumeration(planning_problem(case)), plan(case, gap=0.0, time_limit=20.0)
        if best is None:
            assert programme.status == "infeasible", seed
            continue
        assert programme.value == pytest.approx(best, abs=1.0), seed
        assert programme.bound is not None
        assert programme.bound >= best - 1e-3, seed
        assert programme.bound_by_prices is None or programme.bound_by_prices >= best - 1e-3, seed
        found = verify(case, programme)
        assert found.holds, (seed, found.findings)
        assert abs(found.difference or 0.0) < 0.01, seed


@pytest.mark.parametrize("first", range(60, 60 + 7 * SHARE, 7))
def test_the_model_is_worth_what_enumeration_finds(first: int) -> None:
    """Branch and cut agrees, and no relaxation is worth less."""
    for seed in range(first, first + 7):
        problem = planning_problem(class_case(seed))
        best, found, root = (
            best_by_enumeration(problem), solve_mip(problem.arrays), solve_lp(relaxed(problem.arrays))
        )  # fmt: skip
        if best is None:
            assert found.value is None, seed
            continue
        assert found.value is not None
        assert root.value is not None
        assert found.value + problem.constant == pytest.approx(best, abs=1.0), seed
        assert root.value + problem.constant >= best - 1e-3, seed


@pytest.mark.parametrize("seed", [1, 4, 7, 12, 20][: 2 if SHARE == 1 else 5])
def test_the_engine_for_many_sites_holds_whole_classes(seed: int) -> None:
    case = class_case(seed)
    best, by_prices = best_by_enumeration(planning_problem(case)), plan_country(case, steps=3)
    if best is None:
        assert by_prices.value is None
        return
    assert by_prices.value is not None
    assert by_prices.bound is not None
    assert by_prices.do_nothing is not None
    assert by_prices.value <= best + 1.0 <= by_prices.bound + 2.0
    assert verify(case, by_prices).holds, verify(case, by_prices).findings


def planned_pair() -> Case:
    """The mill, which has to run, alone in a class of ten."""
    rule = {"id": "mill", "kind": "must", "sites": "mill", "text_en": "", "text_ar": ""}
    one = two_sites(0.0)
    rows = {name: one[name].to_dicts() for name in one.tables if one[name].height}
    return tiny(rows | {"rules": [rule]}, time={"start": "2027-01-01", "periods": PERIODS})


@pytest.mark.parametrize(
    ("factor", "changes", "broken"),
    [
        (0.5, {}, {"class"}),  # half a class
        (2.0, {}, {"premium"}),  # a class that nobody paid for
        (1.0, {"cadres": [{"option": "mill-repair", "course": "electricians", "headcount": 9.0}]}, {"places", "pool"}),
    ],
)
def test_verify_finds_parts_of_classes_and_places_that_are_not_there(
    factor: float, changes: dict[str, Any], broken: set[str]
) -> None:
    case = planned_pair()
    programme = plan(case, gap=0.0)
    rows = {name: case[name].to_dicts() for name in case.tables if case[name].height}
    other = tiny(rows | changes, time={"start": "2027-01-01", "periods": PERIODS})
    share = pl.when(pl.col("pool_kind") == "course").then(factor).otherwise(1.0)
    supply = programme.supply.with_columns(amount=pl.col("amount") * share)
    changed = replace(held_against(programme, other), supply=supply)
    assert broken <= limits(verify(other, changed))


def test_scenarios_and_reasons_count_whole_classes() -> None:
    case = planned_pair()
    programme = plan(case, gap=0.0)
    assert programme.value is not None
    assert programme.do_nothing is not None
    starts = dict(programme.sites.drop_nulls(["option", "period"]).select("option", "period").iter_rows())
    chosen = frozenset(starts)
    base = outcome(as_planned(case), StartChoice(starts, chosen, chosen))
    assert base.gain == pytest.approx(programme.value - programme.do_nothing, abs=1.0)
    told = explain(case, programme, "mill", seconds=10.0)
    assert told.terms["amount"].sum() == pytest.approx(told.reason.worth, abs=1.0)


def test_a_site_that_would_fill_too_little_of_a_class_is_told_so() -> None:
    """Five persons in a class of fifty at 100,000 USD a place: 45 stay empty, which cost more than the mill gains."""
    case = two_sites(0.0, cohort=50.0, price=100_000.0)
    programme = plan(case, gap=0.0)
    told = explain(case, programme, "mill")
    reason, (en, *_), (ar, *_) = told.reason, *(say(case, programme, told, Words(lang)) for lang in ("en", "ar"))
    assert (reason.code, reason.binding_limit.id) == ("why.class", "electricians")
    assert (reason.args["needed"], reason.args["left"]) == pytest.approx((50.0, 45.0))
    assert reason.binding_limit.cost == pytest.approx(45 * 1e5 * discount(case, reason.args["period"]), abs=1.0)
    assert "have 50 places and leave 45 of them empty" in en
    assert "الدفعات" in ar
    full = two_sites(0.0, cohort=5.0, price=100_000.0)
    assert Reasons(full, plan(full, gap=0.0)).reason("mill").status == "firm"
