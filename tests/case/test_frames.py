"""Tables in memory are read as files are: by their columns, in any library, with every cell checked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from tests.tiny import SETTINGS, tables, tiny

from tawteen.case.findings import CaseError
from tawteen.case.hash import case_hash
from tawteen.case.model import Case


def pandas_of(rows: list[dict[str, Any]]) -> Any:
    return pytest.importorskip("pandas").DataFrame(rows)


WANT = {"id": "x", "commodity": "flour", "quantity": 3, "penalty": 1}
MADE = {
    "rows": lambda rows: rows,
    "columns": lambda rows: {name: [row.get(name) for row in rows] for row in rows for name in row},
    "polars": lambda rows: pl.DataFrame(rows, infer_schema_length=None),
    "lazy": lambda rows: pl.LazyFrame(rows, infer_schema_length=None),
    "pandas": pandas_of,
}


@pytest.mark.parametrize("kind", MADE)
def test_every_kind_of_table_gives_the_same_case(kind: str) -> None:
    made = {name: MADE[kind](rows) for name, rows in tables().items()}
    assert case_hash(Case.from_tables(made, SETTINGS)) == case_hash(tiny())


def test_arabic_titles_and_labels_are_understood() -> None:
    frames = tables()
    frames["المناطق"] = [{("الاسم (عربي)" if k == "name_ar" else k): v for k, v in row.items()}
                         for row in frames.pop("regions")]  # fmt: skip
    frames["sites"] = [{**row, "state": "متوقف" if row["state"] == "suspended" else row["state"]}
                       for row in frames["sites"]]  # fmt: skip
    assert case_hash(Case.from_tables(frames, SETTINGS)) == case_hash(tiny())


@pytest.mark.parametrize(
    ("table", "row", "code"),
    [
        ("sites", tables()["sites"][0], "key.twice"),
        ("sites", {"id": "Checked on Monday"}, "row.incomplete"),
        ("sites", {"id": "x", "name_en": "X", "name_ar": "س", "region": "east", "state": "asleep"}, "cell.code"),
        ("demands", {"id": "x", "region": "east", "commodity": "flour", "quantity": -3, "penalty": 1}, "cell.bound"),
        (
            "demands",
            {"id": "x", "region": "north", "commodity": "flour", "quantity": 3, "penalty": 1},
            "check.reference_like",
        ),
        ("fund_limits", {"fund": "budget", "start": "soon", "amount": 1}, "cell.date"),
    ],
)
def test_a_wrong_cell_is_told_with_its_place(table: str, row: dict[str, Any], code: str) -> None:
    frames = tables()
    frames[table].append(row)
    with pytest.raises(CaseError) as error:
        Case.from_tables(frames, SETTINGS)
    told = [finding for finding in error.value.findings if finding.code == code]
    assert told
    assert told[0].table == table
    assert code == "check.reference_like" or told[0].row == len(frames[table])


def test_a_table_that_no_case_has_and_a_wrong_setting_are_told_together() -> None:
    with pytest.raises(CaseError) as error:
        Case.from_tables({"sitez": []}, {**SETTINGS, "discount": {"economic": "high"}})
    assert [finding.code for finding in error.value.findings] == ["setting.number", "table.no_such"]


def test_settings_may_stand_among_the_tables_and_are_missed_by_name() -> None:
    assert case_hash(Case.from_tables({**tables(), "settings": SETTINGS})) == case_hash(tiny())
    with pytest.raises(CaseError) as error:
        Case.from_tables(tables())
    assert {finding.code for finding in error.value.findings} == {"setting.needed"}
    assert {finding.column for finding in error.value.findings} == {"about", "time"}


def test_what_is_missing_in_pandas_is_an_empty_cell() -> None:
    pandas = pytest.importorskip("pandas")
    frames: dict[str, Any] = tables()
    sites = pandas.DataFrame(frames["sites"])
    sites["lat"] = [float("nan"), 32.0, 31.5]
    sites["stopped_since"] = pandas.to_datetime(["2019-05-01", None, "2020-01-01"])
    case = Case.from_tables({**frames, "sites": sites}, SETTINGS)
    assert case["sites"]["lat"].to_list() == [None, 32.0, 31.5]
    assert case["sites"]["stopped_since"].to_list() == [dt.date(2019, 5, 1), None, dt.date(2020, 1, 1)]


def test_changes_give_another_case_and_leave_the_first() -> None:
    case = tiny()
    more = case.with_changes("fund.budget*1.5", "value.fx_premium=0.3", without=["cables"])
    assert more["fund_limits"].filter(fund="budget")["amount"].item() == 750_000.0
    assert case["fund_limits"].filter(fund="budget")["amount"].item() == 500_000.0
    assert more.settings.value.fx_premium == 0.3
    assert more["rules"].height == case["rules"].height + 1
    with pytest.raises(CaseError, match="nobody"):
        case.with_changes("fund.nobody*2")


def test_a_case_is_shown_in_one_line() -> None:
    assert repr(tiny()) == f"Case('tiny', sites: 3, tables with rows: {len(tables())})"
