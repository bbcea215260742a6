"""Sites in and out, their reasons, and what delays the starts."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from tests.plan.explain.test_start_delay import case_of, late_crew

from tawteen.plan.outlook import Outlook
from tawteen.plan.planning import plan
from tawteen.report.cells import BilingualCells
from tawteen.report.decisions import decisions
from tawteen.report.report import study
from tawteen.report.report_data import ReportData


@pytest.fixture(scope="module")
def late() -> ReportData:
    """A programme whose mill waits for the mechanics who come in 2028."""
    case = case_of(late_crew())
    return study(case, plan(case, time_limit=30.0))


def test_what_delays_a_start_is_shown_with_what_more_of_it_is_worth(late: ReportData) -> None:
    every, *_, delayed = decisions(late)
    assert delayed.key == "delays"
    assert late.reasons is not None
    row = delayed.table.row(0, named=True)
    reason = late.reasons.row(by_predicate=pl.col("site") == "mill", named=True)
    assert (row["site"], row["delay_kind"], row["delay_id"]) == ("mill", "capability", "mechanical")
    assert row["delay_start"] < row["start"]
    assert row["delay_worth"] == pytest.approx(reason["delay_worth"])
    cells = BilingualCells(late.case)
    english, arabic = cells.cell(row, "delay", delayed.columns["delay"])
    assert "Mechanical" in english
    assert row["delay_start"] in english
    assert "ميكانيكا" in arabic
    said = every.table.row(by_predicate=pl.col("site") == "mill", named=True)
    for lang, sentence in (("en", english), ("ar", arabic)):
        assert f"{said[f'reason_{lang}']} {sentence}" == reason[f"reason_{lang}"]


def test_without_reasons_no_delay_is_stated(late: ReportData) -> None:
    assert decisions(replace(late, reasons=None))[-1].table.is_empty()


def test_restarts_of_a_programme_that_is_expected_to_lose_are_said_to_wait(read: ReportData) -> None:
    for gains, waits in (((-5.0, 1.0), True), ((5.0, -1.0), False)):
        programme = replace(read.programme, outlook=Outlook(seed=1, gains=gains))
        (exhibit,) = [one for one in decisions(replace(read, programme=programme)) if one.key == "starts"]
        assert ("not advised yet" in exhibit.note[0]) == waits
