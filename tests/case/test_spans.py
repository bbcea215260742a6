"""Amounts between two days come to the quarters of the horizon by their days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from tests.tiny import tiny

from tawteen.case.model import Case
from tawteen.case.spans import PER_QUARTER, by_quarter
from tawteen.plan.verify.solution import in_force

ROWS: dict[str, dict[str, Any]] = {
    "demands": {"id": "d", "region": "east", "commodity": "flour", "penalty": 900.0},
    "supplies": {
        "id": "s",
        "name_en": "S",
        "name_ar": "س",
        "region": "east",
        "commodity": "flour",
        "variable_cost": 1.0,
    },
    "fund_limits": {"fund": "budget"},
    "credit": {},
}


def case_of(table: str, *spans: tuple[str | None, str | None, float]) -> Case:
    """The tiny case (eight quarters from 2027) with rows (start, end, amount per quarter) in one table."""
    amount, _ = PER_QUARTER[table]
    return tiny({table: [
        {**ROWS[table], **({"id": f"r{n}"} if "id" in ROWS[table] else {}), amount: value,
         "start": dt.date.fromisoformat(start) if start else None, "end": dt.date.fromisoformat(end) if end else None}
        for n, (start, end, value) in enumerate(spans)
    ]})  # fmt: skip


def amounts(table: str, *spans: tuple[str | None, str | None, float]) -> dict[int, float]:
    """Amount by period."""
    amount, _ = PER_QUARTER[table]
    summed = by_quarter(case_of(table, *spans), table).group_by("period").agg(pl.col(amount).sum()).sort("period")
    return dict(summed.iter_rows())


@pytest.mark.parametrize("table", PER_QUARTER)
def test_a_row_that_ends_on_the_day_the_next_begins_leaves_that_day_to_it(table: str) -> None:
    """311,000 a quarter through 2027, then 377,000: never 688,000."""
    touching = amounts(table, ("2027-01-01", "2028-01-01", 311_000.0), ("2028-01-01", "2029-01-01", 377_000.0))
    assert touching == dict.fromkeys(range(4), 311_000.0) | dict.fromkeys(range(4, 8), 377_000.0)


@pytest.mark.parametrize("table", PER_QUARTER)
def test_a_row_that_begins_or_ends_inside_a_quarter_counts_its_days(table: str) -> None:
    held = amounts(table, ("2027-02-15", "2027-04-30", 9_100.0))  # 45 of 90 days, then 30 of 91
    assert held == {0: pytest.approx(4_550.0), 1: pytest.approx(3_000.0)}


@pytest.mark.parametrize("table", PER_QUARTER)
def test_whole_quarters_are_whole(table: str) -> None:
    assert amounts(table, ("2027-01-01", "2028-12-31", 0.1)) == dict.fromkeys(range(8), 0.1)
    assert amounts(table, ("2020-01-01", "2040-05-05", 0.1)) == dict.fromkeys(range(8), 0.1)
    assert amounts(table, ("2030-01-01", "2031-05-05", 0.1)) == {}


def test_the_day_after_the_end_of_a_lone_row_counts_as_one_day() -> None:
    held = amounts("credit", ("2027-01-01", "2027-04-01", 9_100.0))
    assert held == {0: 9_100.0, 1: pytest.approx(100.0)}


def test_rows_of_different_funds_do_not_touch() -> None:
    spans = (("budget", dt.date(2027, 1, 1), dt.date(2027, 4, 1)), ("line", dt.date(2027, 4, 1), dt.date(2027, 6, 30)))
    rows = [{"fund": fund, "start": start, "end": end, "amount": 91.0} for fund, start, end in spans]
    found = by_quarter(tiny({"fund_limits": rows}), "fund_limits")
    assert found.filter(pl.col("fund") == "budget")["amount"].to_list() == [91.0, pytest.approx(1.0)]


def test_a_season_is_a_quarter_of_every_year() -> None:
    case = tiny({"demands": [{**ROWS["demands"], "quantity": 7.0, "season": 3}]})
    assert by_quarter(case, "demands").select("period", "quantity").rows() == [(2, 7.0), (6, 7.0)]


@pytest.mark.parametrize("table", PER_QUARTER)
def test_the_independent_check_counts_the_same_days(table: str) -> None:
    amount, subject = PER_QUARTER[table]
    case = case_of(table, ("2027-01-01", "2028-01-01", 311.0), ("2028-01-01", "2028-02-10", 377.0),
                   ("2027-02-03", None, 50.0))  # fmt: skip
    ours = by_quarter(case, table).select("period", amount).sort("period", amount)
    theirs = (
        in_force(case.filled(table), case.calendar, amount, subject).select("period", amount).sort("period", amount)
    )
    assert theirs["period"].to_list() == ours["period"].to_list()
    assert theirs[amount].to_list() == pytest.approx(ours[amount].to_list())
