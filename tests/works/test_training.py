"""Places in courses, by hand: who still knows the work, who passes, and how cohorts are filled."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.tiny import names, tables, tiny

from tawteen.case.model import Case
from tawteen.diagnose import diagnose
from tawteen.works import works_network
from tawteen.works.training import class_terms, people_to_train, places, retained

COURSE: dict[str, Any] = tables()["courses"][0]
FULL = COURSE | {"id": "young", **names("New electricians", "كهربائيون جدد"), "level": "N", "weeks": 20.0}
STAFF = {"site": "mill", "occupation": "7412", "headcount": 3.0}


def case_with(course: dict[str, Any] | None = None, returning: float = 0.0, **changes: list[dict[str, Any]]) -> Case:
    """The tiny case with one course changed, and so many of the four electricians of the mill returning."""
    cadres = [{"option": "mill-repair", "course": "electricians", "headcount": 4.0, "returning": returning}]
    return tiny({"courses": [COURSE | (course or {})], "cadres": cadres, **changes})


def place(case: Case) -> dict[str, Any]:
    (row,) = places(case).to_dicts()
    return row


def test_without_the_new_columns_places_are_people_by_pass_rate() -> None:
    row = place(case_with())
    # 4 / 0.8 = 5 places of 6 weeks.
    assert (row["trainees"], row["weeks"], row["seat_weeks"]) == pytest.approx((5.0, 6.0, 30.0))


def test_resits_need_fewer_places_and_their_own_weeks() -> None:
    once = place(case_with({"resits": 1, "resit_weeks": 2.0}))
    # Certified 1 - 0.2^2 = 0.96; one in five sits again for two weeks.
    assert once["trainees"] == pytest.approx(4 / 0.96)
    assert once["seat_weeks"] == pytest.approx(4 / 0.96 * (6 + 0.2 * 2))
    assert once["weeks"] == 8
    twice = place(case_with({"resits": 2}))
    assert twice["trainees"] == pytest.approx(4 / 0.992)
    assert twice["seat_weeks"] == pytest.approx(4 / 0.992 * (6 + 0.24 * 6))
    sure = place(case_with({"resits": 3, "pass_rate": 1.0}))
    assert (sure["trainees"], sure["seat_weeks"]) == (4, 24)


@pytest.mark.parametrize("cohort", [1.0, 4.0, 20.0])
def test_an_option_takes_the_places_of_its_people_whatever_the_size_of_a_class(cohort: float) -> None:
    """Classes are shared: how many are held is decided where all options are known."""
    case = case_with({"cohort": cohort})
    assert place(case)["trainees"] == pytest.approx(5.0)
    needs = works_network(case, diagnose(case)).needs.filter(pool="electricians")
    assert needs["amount"].sum() == pytest.approx(5.0 * 6 / 13)


@pytest.mark.parametrize(
    ("course", "quarters", "share"),
    [({}, 1, 6 / 13), ({"weeks": 20.0}, 2, 10 / 13), ({"resits": 1, "resit_weeks": 13.0}, 2, (6 + 0.2 * 13) / 26)],
)
def test_a_class_runs_through_all_its_quarters_resits_included(
    course: dict[str, Any], quarters: int, share: float
) -> None:
    assert class_terms(case_with(course)).is_empty()
    (row,) = class_terms(case_with(course | {"cohort": 12.0})).to_dicts()
    assert (row["size"], row["quarters"], row["share"]) == (12.0, quarters, pytest.approx(share))


def test_skill_is_halved_in_the_half_life() -> None:
    staff = [STAFF | {"years_idle": 11}, {**STAFF, "site": "cables", "last_worked": dt.date(2026, 1, 31)}]
    kept = {row["site"]: row["retained"] for row in retained(tiny({"staff": staff})).to_dicts()}
    assert kept["mill"] == pytest.approx(0.5**12)
    assert kept["cables"] == pytest.approx(0.5 ** (12 * 335 / 365.25 / 11))
    slow = retained(tiny({"staff": staff}, training={"half_life_months": 132.0}))
    assert slow.filter(site="mill")["retained"].item() == pytest.approx(0.5)


def test_years_come_from_the_day_the_site_stopped_where_staff_names_none() -> None:
    sites = [site | {"stopped_since": dt.date(2026, 1, 1)} for site in tables()["sites"]]
    assert retained(tiny({"staff": [STAFF], "sites": sites}))["retained"].item() == pytest.approx(
        0.5 ** (12 * 365 / 365.25 / 11)
    )
    assert retained(tiny({"staff": [STAFF]}))["retained"].item() == 1


def test_who_is_gone_or_out_of_practice_takes_the_full_course() -> None:
    staff = [STAFF | {"years_idle": 11}]
    case = case_with(returning=4.0, staff=staff, courses=[COURSE, FULL])
    people = dict(people_to_train(case).select("course", "people").iter_rows())
    # Of four that are to return three are there, and 0.5^12 of their skill.
    fresh = 3 * 0.5**12
    assert people == pytest.approx({"electricians": fresh, "young": 4 - fresh})
    lead = works_network(case, diagnose(case)).lead.filter(option="mill-repair")
    assert lead["works_weeks"].item() == 20


@pytest.mark.parametrize(
    "changes",
    [
        {"courses": [COURSE, FULL]},  # no row of staff
        {"courses": [COURSE], "staff": [STAFF | {"years_idle": 11}]},  # no full course
        {"courses": [COURSE, FULL], "staff": [STAFF | {"site": "cables", "years_idle": 11}]},  # staff of another site
    ],
)
def test_else_the_case_is_taken_at_its_word(changes: dict[str, list[dict[str, Any]]]) -> None:
    people = dict(people_to_train(case_with(returning=4.0, **changes)).select("course", "people").iter_rows())
    assert people == {"electricians": 4.0}
