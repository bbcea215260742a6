"""Seats and trainers that options add: when others may use them, what they are worth, and what breaks them.

A school adds what it adds from its second quarter on. The mill trains 5 places of 6 weeks (4 electricians, of whom 80 %
pass) in the second of its two quarters of works: 30/13 seat-quarters, 3/13 trainers at one for ten.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.plan.planned import held_against
from tests.plan.test_solve import brute_force
from tests.plan.test_verify import limits
from tests.tiny import Tables, names, tables, tiny

from tawteen.case.model import Case
from tawteen.effects import effects_of
from tawteen.effects.additions import additions
from tawteen.plan.decomposition.planning import plan_country
from tawteen.plan.explain import explain, say
from tawteen.plan.explain.lever import Lever, widen_limit
from tawteen.plan.explain.reasons import Reasons
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import fix_starts
from tawteen.plan.robust.recourse import StartChoice, outcome
from tawteen.plan.robust.sampling import as_planned
from tawteen.plan.solver import solve_lp
from tawteen.plan.verify import verify
from tawteen.words import Words

SEATS = 30 / 13
PERIODS = 6
SCHOOL: Tables = {
    "sites": [{"id": "school", **names("School", "مدرسة"), "region": "east", "state": "planned",
               "authority": "ministry", "role": "infrastructure", "state_as_of": dt.date(2026, 6, 1)}],
    "options": [{"id": "school-build", "site": "school", "kind": "build", **names("Build", "بناء"), "capacity": 0.0,
                 "fixed_cost": 2_000.0, "life": 20.0}],
    "works": [{"option": "school-build", "id": "A", **names("Hall", "قاعة"), "weeks": 10.0}],
    "costs": [{"option": "school-build", "id": "hall", **names("Hall", "قاعة"), "category": "civil", "amount": 9_000.0,
               "origin": "local"}],
}  # fmt: skip


def case(
    seats: float = 0.0, added: float = 3.0, trainers: float = 50.0, joining: float = 0.0, attrition: float = 0.0
) -> Case:  # fmt: skip
    """A mill that pays beside a school; a course of `seats` without third parties, and plenty of everything else."""
    rows = tables()
    course = rows["courses"][0] | {"seats": seats, "third_party_price": None}
    kept = {name: list(rows[name]) for name in ("sites", "options", "works", "costs", "cadres", "recipes")}
    options = {row["id"] for row in kept["options"] if row["id"] in ("mill-repair", "pasta-now")}
    for name in ("works", "costs", "cadres", "recipes"):
        kept[name] = [row for row in kept[name] if row["option"] in options]
    kept["options"] = [row for row in kept["options"] if row["id"] in options]
    kept["sites"] = [row for row in kept["sites"] if row["id"] != "cables"]
    whole: dict[str, Any] = {name: [*kept.get(name, []), *SCHOOL.get(name, [])] for name in kept}
    whole |= {
        "courses": [course],
        "trainers": [rows["trainers"][0] | {"headcount": trainers, "attrition": attrition}],
        "added_seats": [{"option": "school-build", "course": "electricians", "seats": added}],
        "added_trainers": [{"option": "school-build", "trainer_pool": "academy", "headcount": joining}],
        "blockers": [row for row in rows["blockers"] if row["site"] == "mill"],
        "commodities": [row | ({"cif": 700.0} if row["id"] == "flour" else {}) for row in rows["commodities"]],
        "fund_limits": [row | {"amount": 5e6} for row in rows["fund_limits"]],
    }
    return tiny(whole, time={"start": "2027-01-01", "periods": PERIODS})


def possible(one: Case) -> set[tuple[int | None, int | None]]:
    """Starts of the school and of the mill that the model allows together; None where one does not start."""
    problem = planning_problem(one)
    keys = problem.columns["start"].keys.with_row_index("place")
    place = {(o, t): problem.starts.start + i for i, o, t in keys.select("place", "option", "period").iter_rows()}
    starts = {name: [None, *(t for o, t in place if o == name)] for name in ("school-build", "mill-repair")}
    found = set()
    for school, mill in itertools.product(starts["school-build"], starts["mill-repair"]):
        picks = (("school-build", school), ("mill-repair", mill))
        chosen = np.array([place[pick] for pick in picks if pick[1] is not None], dtype=np.int64)
        if solve_lp(fix_starts(problem.arrays, chosen)).outcome == "optimal":
            found.add((school, mill))
    return found


@pytest.mark.parametrize(
    ("seats", "added"),
    [(0.0, SEATS + 0.01), (0.0, SEATS - 0.01), (1.0, SEATS - 0.99), (1.0, SEATS - 1.01), (SEATS + 0.01, 0.0)],
)
def test_others_use_the_seats_from_the_first_quarter_of_operation(seats: float, added: float) -> None:
    """The mill trains in the quarter after its start, the school is there from the quarter after its own."""
    enough_alone, enough_together = seats >= SEATS, seats + added >= SEATS
    schools, mills = [None, *range(PERIODS)], [None, *range(PERIODS - 1)]
    expected = {
        (school, mill)
        for school, mill in itertools.product(schools, mills)
        if mill is None or enough_alone or (enough_together and school is not None and school <= mill)
    }
    assert possible(case(seats, added)) == expected


@pytest.mark.parametrize(("trainers", "joining", "fits"), [(0.1, 0.14, True), (0.1, 0.12, False), (0.24, 0.0, True)])
def test_trainers_that_join_teach(trainers: float, joining: float, fits: bool) -> None:
    """3/13 = 0.23 trainers teach the mill's places."""
    starts = possible(case(seats=6.0, added=0.0, trainers=trainers, joining=joining))
    assert ((0, 0) in starts) == fits
    assert ((None, 0) in starts) == (trainers > 3 / 13)


def test_trainers_who_joined_leave_like_the_others() -> None:
    one = case(joining=2.0, attrition=0.2)
    rows = additions(one, effects_of(one)).filter(pl.col("pool_kind") == "trainers")
    amounts = dict(rows.select("quarter", "amount").iter_rows())
    assert min(amounts) == 1
    assert [amounts[quarter] for quarter in (1, 2, 5)] == pytest.approx([2.0, 2 * 0.8**0.25, 1.6])


@pytest.mark.parametrize(
    "one", [case(), case(1.0, SEATS - 0.99), case(6.0, 0.0, 0.1, 0.2), case(SEATS + 1, 2.0, 0.3, 0.3)],
    ids=["no seats", "both", "trainers", "enough"],
)  # fmt: skip
def test_both_engines_find_the_best_and_it_holds(one: Case) -> None:
    best = brute_force(one)
    assert best is not None
    programme = plan(one, gap=0.0)
    assert programme.value == pytest.approx(best, abs=1.0)
    assert programme.bound == pytest.approx(best, abs=1.0)
    found = verify(one, programme)
    assert found.holds, found.findings
    by_prices = plan_country(one, steps=4)
    assert by_prices.value is not None
    assert by_prices.bound is not None
    assert by_prices.value <= best + 1.0 <= by_prices.bound + 2.0
    assert by_prices.bound_by_prices == pytest.approx(by_prices.bound, abs=1e-6 * abs(best))
    assert verify(one, by_prices).holds, verify(one, by_prices).findings


def test_the_school_is_built_for_the_mill_alone() -> None:
    with_seats, without = plan(case(), gap=0.0), plan(case(added=0.0), gap=0.0)
    chosen = dict(with_seats.sites.select("id", "status").iter_rows())
    assert chosen["school"] == "firm"
    assert chosen["mill"] == "firm"
    assert set(without.sites.filter(pl.col("id") != "pasta")["status"]) == {"out"}
    used = with_seats.limits.filter((pl.col("kind") == "source") & (pl.col("id") == "academy/electricians"))
    assert used.filter(pl.col("used") > 0).select("used", "limit").row(0) == pytest.approx((SEATS, 3.0))


@pytest.mark.parametrize(
    ("one", "fewer", "broken"),
    [
        (case(), f"added_seats.school-build/electricians.seats={SEATS - 0.1}", "source"),
        (case(6.0, 0.0, 0.1, 0.2), "added_trainers.school-build/academy.headcount=0.1", "trainers"),
    ],
    ids=["seats", "trainers"],
)
def test_verify_finds_a_seat_or_a_trainer_that_is_not_there(one: Case, fewer: str, broken: str) -> None:
    programme, tighter = plan(one, gap=0.0), one.with_changes(fewer)
    assert limits(verify(tighter, held_against(programme, tighter))) == {broken}


def test_the_school_is_worth_what_its_seats_let_others_earn() -> None:
    """Without the school the mill cannot run: leaving it out costs the whole gain."""
    one = case()
    programme = plan(one, gap=0.0)
    assert programme.value is not None
    told = explain(one, programme, "school", seconds=10.0)
    assert told.forced is not None
    assert told.forced.without.value == pytest.approx(programme.do_nothing, abs=1.0)
    assert told.terms["amount"].sum() == pytest.approx(told.reason.worth, abs=1.0)
    assert told.reason.code == "why.added"
    for lang, course in (("en", "Electricians"), ("ar", "كهربائيون")):
        assert course in say(one, programme, told, Words(lang))[0]


@pytest.mark.parametrize(("share", "fits"), [(0.99, True), (0.5, False)])
def test_more_seats_as_a_lever_widen_what_options_add_to(share: float, fits: bool) -> None:
    """One seat stands; the mill takes 30/13 seat-quarters, of which a lever gives a share beside it."""
    problem = planning_problem(case(1.0, 0.5))
    keys = problem.columns["start"].keys.with_row_index("place")
    mill = keys.filter((pl.col("option") == "mill-repair") & (pl.col("period") == 0))["place"].to_numpy()
    lever = Lever("seats", "electricians", None, 1, SEATS, "quarter", SEATS)
    wider = widen_limit(lever, share)(problem, problem.arrays)
    assert (1.0 + share * SEATS >= SEATS) == fits
    chosen = problem.starts.start + mill.astype(np.int64)
    assert (solve_lp(fix_starts(wider, chosen)).outcome == "optimal") == fits


def test_what_the_school_leaves_is_known_to_explanations() -> None:
    """Beside the mill's places 3 - 30/13 seats are left in its quarter of training, none without the school."""
    one = case()
    programme = plan(one, gap=0.0)
    reasons = Reasons(one, programme)
    mill = programme.sites.filter(pl.col("id") == "mill")["period"].item()
    lacking = reasons.slack.shortage("mill-repair", mill)
    assert lacking is not None
    assert (lacking.kind, lacking.period, lacking.left) == ("course", mill + 1, pytest.approx(3.0 - SEATS))


def test_scenarios_count_what_the_school_adds() -> None:
    """As planned the programme is worth what it is; where the school comes to nothing, missing seats cost more."""
    one = case()
    programme = plan(one, gap=0.0)
    starts = dict(programme.sites.drop_nulls(["option", "period"]).select("option", "period").iter_rows())
    chosen = frozenset(starts)
    base = outcome(as_planned(one), StartChoice(starts, chosen, chosen))
    assert programme.value is not None
    assert programme.do_nothing is not None
    assert base.gain == pytest.approx(programme.value - programme.do_nothing, abs=1.0)
    alone = chosen - {"school-build"}
    missing = outcome(as_planned(one), StartChoice(starts, alone, alone))
    # The mill's places at three times their price, paid abroad at a premium of 0.2, instead of the course's own price.
    problem = planning_problem(one)
    keys = problem.columns["start"].keys.with_row_index("place")
    school = keys.filter((pl.col("option") == "school-build") & (pl.col("period") == starts["school-build"]))
    school_value = float(problem.arrays.value[problem.starts.start + school["place"].item()])
    discount = problem.inputs.prices.discount(starts["mill-repair"] + 1)
    dearer = SEATS * 2000 * 13 / 6 * (3 * 1.2 - 1) * discount
    assert missing.gain == pytest.approx(base.gain - school_value - dearer, abs=1.0)
