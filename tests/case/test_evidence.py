"""What observations propose, where they contradict, and how much they back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiny import tables, tiny

from tawteen.case.checks import observed
from tawteen.case.evidence import GRADES, conflicts, coverage, observations, observed_ranges, proposals, site_grades
from tawteen.case.model import Case

MILL = {"table": "options", "row": "mill-repair", "column": "capacity"}  # 3000 in the tiny case


def case_with(*observed_: dict[str, Any]) -> Case:
    rows = [{"id": f"e{n}", **MILL, "grade": "reported", **row} for n, row in enumerate(observed_)]
    return tiny({"evidence": rows})


def proposal(*observed_: dict[str, Any]) -> dict[str, Any]:
    (row,) = proposals(case_with(*observed_)).to_dicts()
    return row


def share(case: Case, site: str | None, grade: str) -> float:
    frame = coverage(case)
    (row,) = [row for row in frame.to_dicts() if row["site"] == site]
    return float(row[grade])


def test_the_grades_go_from_weak_to_strong() -> None:
    assert GRADES == ("assumed", "reported", "documented", "inspected", "tested")


def test_the_stronger_wins_over_the_newer() -> None:
    old = {"value": "2500", "grade": "inspected", "as_of": dt.date(2020, 1, 1)}
    new = {"value": "2800", "grade": "reported", "as_of": dt.date(2026, 1, 1)}
    row = proposal(new, old)
    assert (row["proposed"], row["grade"], row["as_of"]) == ("2500", "inspected", dt.date(2020, 1, 1))
    assert row["conflict"]
    assert row["differs"]
    assert row["current"] == "3000"


def test_of_equal_grades_the_newer_wins_and_no_date_is_oldest() -> None:
    dated = {"value": "2800", "as_of": dt.date(2010, 1, 1)}
    newer = {"value": "2900", "as_of": dt.date(2020, 1, 1)}
    assert proposal({"value": "2500"}, dated)["proposed"] == "2800"
    assert proposal(newer, dated)["proposed"] == "2900"


def test_the_same_number_written_otherwise_is_no_conflict() -> None:
    row = proposal({"value": "3000"}, {"value": "3000.0", "grade": "documented"}, {"value": " 3e3 "})
    assert (row["conflict"], row["differs"]) == (False, False)


def test_a_range_alone_proposes_no_value_but_its_range() -> None:
    row = proposal({"low": 2000.0, "high": 3500.0}, {"value": "3000", "grade": "assumed"})
    assert (row["proposed"], row["grade"], row["low"], row["high"]) == ("3000", "assumed", 2000.0, 3500.0)
    alone = proposal({"low": 3200.0, "high": 3500.0})
    assert (alone["proposed"], alone["grade"], alone["differs"]) == (None, "reported", False)


def test_the_range_of_a_cell_is_that_of_the_strongest_observation_that_states_one() -> None:
    weak, strong = {"low": 2000.0, "high": 3500.0}, {"low": 2500.0, "high": None, "grade": "documented"}
    case = case_with(weak, strong, {"value": "3000", "grade": "tested"}, {**weak, "column": "lead_time"})
    assert observed_ranges(case).filter(column=MILL["column"]).select("low", "high").rows() == [(2500.0, None)]
    assert observed_ranges(case).height == 2


def test_an_empty_cell_differs_from_what_was_seen() -> None:
    row = proposal({"column": "severance", "value": "4000"})
    assert (row["current"], row["differs"]) == (None, True)


def test_words_flags_and_dates_are_compared_as_such() -> None:
    case = tiny({"evidence": [
        {"id": "1", "table": "sites", "row": "mill", "column": "region", "value": "south", "grade": "reported"},
        {"id": "2", "table": "regions", "row": "east", "column": "port", "value": "Yes", "grade": "reported"},
        {"id": "3", "table": "fund_limits", "row": "line/2027-01-01", "column": "end", "value": "2027-12-31",
         "grade": "reported"},
    ]})  # fmt: skip
    assert proposals(case)["differs"].to_list() == [False, False, False]


def test_conflicts_list_every_side_and_mark_the_preferred() -> None:
    case = case_with({"value": "2500"}, {"value": "2600", "grade": "tested"}, {"column": "jobs", "value": "30"})
    rows = conflicts(case).select("id", "value", "proposed").rows()
    assert rows == [("e1", "2600", True), ("e0", "2500", False)]


def test_evidence_about_nothing_is_seen_as_such() -> None:
    case = case_with({"row": "mill-old", "value": "1"}, {"column": "colour", "value": "1"}, {"value": "1"})
    assert sorted(observations(case).select("id", "known", "found").rows()) == [
        ("e0", True, False),
        ("e1", False, False),
        ("e2", True, True),
    ]


def test_a_number_is_assumed_until_an_observation_agrees() -> None:
    numbers = {row["site"]: row["values"] for row in coverage(tiny()).to_dicts()}
    assert share(tiny(), "mill", "assumed") == 1.0
    agrees = case_with({"value": "3000", "grade": "inspected"})
    assert share(agrees, "mill", "inspected") == pytest.approx(1 / numbers["mill"])
    assert share(agrees, None, "inspected") == pytest.approx(1 / numbers[None])
    assert share(agrees, "cables", "assumed") == 1.0
    assert share(case_with({"value": "2900", "grade": "tested"}), "mill", "assumed") == 1.0
    assert share(case_with({"value": "3000", "grade": "assumed"}), "mill", "assumed") == 1.0
    assert share(case_with({"low": 2900.0, "high": 3100.0}), "mill", "reported") == pytest.approx(1 / numbers["mill"])


def test_numbers_of_a_site_are_those_of_all_its_rows() -> None:
    """The cables: 3 in sites, 3 in blockers, 9 in its option, 3 in recipes, 2 in works, 2 in costs, 1 in cadres."""
    assert coverage(tiny()).filter(site="cables")["values"].item() == 23


def test_the_best_grade_that_agrees_counts_once() -> None:
    case = case_with({"value": "3000"}, {"value": "3000", "grade": "tested"}, {"value": "1", "grade": "inspected"})
    values = coverage(case).filter(site="mill")["values"].item()
    assert share(case, "mill", "tested") == pytest.approx(1 / values)
    assert share(case, "mill", "reported") == 0.0


def test_shares_of_sites_can_be_looked_up() -> None:
    frame = site_grades(case_with({"value": "3000"}))
    assert frame.columns == ["site", "assumed"]
    assert set(frame["site"]) == {"mill", "cables", "pasta"}
    assert frame.filter(site="mill")["assumed"].item() < 1.0


def test_the_unit_of_goods_or_a_currency_may_stand_for_the_general_word() -> None:
    fits = [{"value": "3000", "unit": unit} for unit in ("t/quarter", "unit/quarter", None)]
    wage = {"column": "wage", "value": "1200", "unit": "USD/person/quarter"}
    assert observed.units(case_with(*fits, wage)) == []


OBSERVED = st.fixed_dictionaries(
    {
        "value": st.sampled_from(["2500", "3000", "3000.0", "3100"]),
        "grade": st.sampled_from(GRADES),
        "as_of": st.none() | st.dates(dt.date(2010, 1, 1), dt.date(2026, 1, 1)),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(OBSERVED, min_size=1, max_size=6), st.randoms())
def test_the_proposal_is_the_strongest_then_newest_in_any_order(listed: list[dict[str, Any]], random: Any) -> None:
    row = proposal(*listed)
    rank = [(GRADES.index(o["grade"]), o["as_of"] or dt.date.min) for o in listed]
    best = max(rank)
    assert row["proposed"] in {o["value"] for o, r in zip(listed, rank, strict=True) if r == best}
    assert row["grade"] == GRADES[best[0]]
    assert row["conflict"] == (len({float(o["value"]) for o in listed}) > 1)
    shuffled = [{"id": f"e{n}", **o} for n, o in enumerate(listed)]
    random.shuffle(shuffled)
    assert proposal(*shuffled) == row


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(tables()["options"]), OBSERVED), max_size=8))
def test_shares_of_grades_sum_to_one(listed: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    frame = coverage(case_with(*({"row": option["id"], **row} for option, row in listed)))
    for row in frame.to_dicts():
        assert sum(row[grade] for grade in GRADES) == pytest.approx(1.0)
        assert all(-1e-12 <= row[grade] <= 1.0 for grade in GRADES)
    assert frame["site"].to_list() == ["cables", "mill", "pasta", None]


@pytest.mark.parametrize(
    ("table", "row", "column", "value"),
    [
        ("options", "mill-repair", "capacity", "٣٠٠٠"),
        ("options", "mill-repair", "capacity", "3 000"),
        ("options", "mill-repair", "capacity", "3.000"),
        ("options", "MILL-repair ", "Throughput capacity", "3,000.0"),
        ("commodities", "flour", "uptake", "60 %"),
        ("options", "mill-repair", "kind", "إصلاح"),
        ("regions", "east", "port", "نعم"),
        ("regions", "east", "port", "TRUE"),
        ("fund_limits", "line / 2027-01-01", "end", "31/12/2027"),
        ("fund_limits", "line/2027-01-01", "end", "2027-12-31 00:00:00"),
        ("fund_limits", "line/2027-01-01", "end", "2027"),
        ("fund_limits", "line/2027-01-01", "end", "12/2027"),
    ],
)
def test_evidence_is_read_as_the_cell_would_be(table: str, row: str, column: str, value: str) -> None:
    case = tiny({"evidence": [{"id": "1", "table": table, "row": row, "column": column, "value": value,
                               "grade": "tested"}]})  # fmt: skip
    (seen,) = observations(case).to_dicts()
    assert (seen["known"], seen["found"], seen["agrees"]) == (True, True, True)
    assert [f.code for f in (*observed.subjects(case), *observed.figures(case), *observed.differences(case))] == []


def test_a_year_that_does_not_hold_the_day_differs() -> None:
    case = tiny({"evidence": [{"id": "1", "table": "fund_limits", "row": "line/2027-01-01", "column": "end",
                               "value": "2029", "grade": "tested"}]})  # fmt: skip
    assert [f.code for f in observed.differences(case)] == ["check.differs"]
