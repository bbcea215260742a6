"""One thing under two ids, rows that add up others, days to come, and faults that are told once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.tiny import tables, tiny

from tawteen.case.checks import check, dates, links, repeated
from tawteen.case.tables import TABLES

MILL = next(row for row in tables()["sites"] if row["id"] == "mill")


def rows(table: str, at: int | None = None, /, *more: dict[str, Any], **cells: Any) -> dict[str, list[dict[str, Any]]]:
    """The tiny case's rows of one table, one of them with other cells, and more of them."""
    old = tables().get(table, [])
    return {table: [{**row, **cells} if n == at else row for n, row in enumerate(old)] + list(more)}


def test_names_in_other_regions_and_spellings_that_differ_are_other_sites() -> None:
    other = next(row["id"] for row in tables()["regions"] if row["id"] != MILL["region"])
    assert repeated.same_names(tiny(rows("sites", None, {**MILL, "id": "m2", "region": other}))) == []
    numbered = {**MILL, "id": "m2", "name_en": f"{MILL['name_en']} 2", "name_ar": f"{MILL['name_ar']} 2"}
    assert repeated.same_names(tiny(rows("sites", None, numbered))) == []


@pytest.mark.parametrize("table", sorted(table for table in repeated.ONE_NAME if tables().get(table)))
def test_one_name_in_one_place_is_found_in_every_table_that_has_names(table: str) -> None:
    known = tables()[table]
    again = {**known[0], "id": "again", "name_en": f" {known[0]['name_en'].upper()} "}
    found = [f for f in repeated.same_names(tiny({table: [*known, again]})) if f.table == table]
    assert [(f.code, f.args["key"], f.args["other"]) for f in found] == [("check.same_name", "again", known[0]["id"])]


def test_every_table_with_an_id_and_a_name_is_searched_for_names_that_stand_twice() -> None:
    named = {table for table, schema in TABLES.items() if {"id", "name_en"} <= set(schema.columns())}
    parts_of_options = {"works", "costs"}
    assert parts_of_options <= set(repeated.ALIKE)
    assert named - parts_of_options == set(repeated.ONE_NAME)


@pytest.mark.parametrize(("table", "more"), [("demands", "quantity"), ("works", "weeks"), ("costs", "amount")])
def test_a_row_under_two_ids_counts_twice_and_is_told(table: str, more: str) -> None:
    first = tables()[table][0]
    (found,) = repeated.same_rows(tiny(rows(table, None, {**first, "id": "again"})))
    within = f"{first['option']}/" if "option" in first else ""
    assert (found.code, found.args["key"]) == ("check.same_row", f"{within}again")
    assert found.args["other"] == first["id"]
    assert repeated.same_rows(tiny(rows(table, None, {**first, "id": "more", more: 1.5}))) == []


@pytest.mark.parametrize(("end", "told"), [(dt.date(2029, 12, 31), True), (None, True), (dt.date(2028, 6, 30), False)])
def test_a_limit_over_the_span_of_others_that_is_their_sum_is_a_total(end: dt.date | None, told: bool) -> None:
    years = [
        {"fund": "budget", "start": dt.date(2027 + n, 1, 1), "end": dt.date(2027 + n, 12, 31), "amount": 1e6 * (n + 1)}
        for n in range(3)
    ]
    total = {"fund": "budget", "start": dt.date(2026, 12, 31), "end": end, "amount": 6e6}
    assert bool(repeated.total_rows(tiny({"fund_limits": [*years, total]}))) == told


def test_two_years_that_add_up_to_a_third_are_no_total() -> None:
    years = [
        {"fund": "budget", "start": dt.date(2027 + n, 1, 1), "end": dt.date(2027 + n, 12, 31), "amount": amount}
        for n, amount in enumerate((1e6, 1e6, 2e6))
    ]
    assert repeated.total_rows(tiny({"fund_limits": years})) == []


@pytest.mark.parametrize(("table", "column"), dates.HAPPENED)
def test_a_day_to_come_cannot_have_been_seen(table: str, column: str) -> None:
    row = {
        "staff": {"site": "mill", "occupation": "7233", "headcount": 4.0},
        "evidence": {"id": "e", "table": "sites", "row": "mill", "column": "idle_staff", "value": "1",
                     "grade": "reported", "source": ""},
    }.get(table)  # fmt: skip
    changed = rows(table, 0, **{column: dt.date(2062, 6, 30)}) if row is None else {
        table: [{**row, column: dt.date(2062, 6, 30)}]}  # fmt: skip
    assert [f.code for f in dates.not_yet_happened(tiny(changed))] == ["check.future_day"]
    assert dates.not_yet_happened(tiny()) == []


def test_an_empty_table_is_one_fault_however_many_rows_name_it() -> None:
    case = tiny({"sites": []})
    (found,) = [f for f in links.references(case) if f.args.get("target") == "sites"]
    assert found.code == "check.empty_table"
    assert "options" in found.args["tables"]
    assert not [f for f in links.references(case) if f.code == "check.reference" and f.column == "site"]


def test_a_misspelled_option_of_a_recipe_is_one_message() -> None:
    recipes = tables()["recipes"]
    spoiled = [{**row, "option": "mill-repare"} if row is first_out(recipes) else row for row in recipes]
    codes = [f.code for f in check(tiny({"recipes": spoiled})) if f.severity == "error"]
    assert codes == ["check.reference_like"]


def first_out(recipes: list[dict[str, object]]) -> dict[str, object]:
    return next(row for row in recipes if row["direction"] == "out")
