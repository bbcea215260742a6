"""Orders of the tiny programme, and its crews by week."""

from __future__ import annotations

import pytest

from tawteen.report.orders import orders, persons, persons_by_week
from tawteen.report.pictures import svg
from tawteen.report.report_data import ReportData


def test_orders_hold_all_that_is_bought(read: ReportData) -> None:
    table = orders(read).table
    assert table["paid"].sum() == pytest.approx(read.bought["paid"].sum())
    row = table.filter(pool="mechanical").row(0, named=True)
    assert (row["source"], row["first"], row["last"], row["amount"]) == ("ENG", 1, 1, 120.0)
    assert row["paid"] == pytest.approx(row["amount"] * row["unit_price"])
    assert row["standing"] in ("proven", "referenced", "claimed")
    assert row["sites_en"] == read.name("sites", "mill")[0]
    seats = table.filter(pool="electricians").row(0, named=True)
    assert seats["unit_en"] == "seats for a quarter"


def test_persons_of_all_weeks_are_the_effort_of_the_works(read: ReportData) -> None:
    weekly = persons_by_week(read)
    works = read.case["works"].filter(option="mill-repair").drop_nulls("capability")
    for craft, effort in works.group_by("capability").agg(effort=works["effort"].sum()).iter_rows():
        done = weekly.filter(pool=craft)["persons"].sum()
        loads = read.works.loads.filter(option="mill-repair", pool=craft)["amount"].sum()
        assert done == pytest.approx(loads)
        assert effort > 0
    assert weekly["week"].min() >= 3  # three weeks of gates come first


def test_a_week_is_named_by_its_first_day_and_drawn(read: ReportData) -> None:
    exhibit = persons(read)
    first = exhibit.table.sort("week").row(0, named=True)
    assert first["begins"] == "2027-01-22"
    for lang in ("en", "ar"):
        assert svg(exhibit.charts[lang], lang, "x", "persons").count("<path") > 2
