"""Steps until the committee meets, as the programme of the tiny case has them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tawteen.plan.outlook import Outlook
from tawteen.report.next_steps import next_steps
from tawteen.report.report_data import ReportData


def test_steps_begin_before_the_meeting_with_money_and_hands(read: ReportData) -> None:
    (exhibit,) = next_steps(read)
    rows = {(r["site"], r["stage"]): r for r in exhibit.table.iter_rows(named=True)}
    assert set(rows) == {("mill", "gate"), ("mill", "works"), ("cables", "survey")}
    gate, works, survey = rows["mill", "gate"], rows["mill", "works"], rows["cables", "survey"]
    assert (gate["period"], works["period"], survey["period"]) == (0, 0, 1)
    assert gate["weeks"] == pytest.approx(3.0)
    assert works["weeks"] == pytest.approx(16.0)
    assert gate["money"] == pytest.approx(30_000.0)
    assert works["money"] == pytest.approx(150_000.0 + 168_000.0 + 5_000.0)
    assert survey["money"] == pytest.approx(20_000.0)
    drawn = read.programme.draws.filter(pl.col("period") < 2)["amount"].sum()
    assert sum(row["money"] for row in rows.values()) == pytest.approx(drawn)
    assert works["content_en"] == read.name("options", "mill-repair")[0]
    assert read.name("units", "ENG")[1] in works["who_ar"]
    assert all(row["content_ar"] for row in rows.values())


def test_later_steps_are_left_out(read: ReportData) -> None:
    later = read.programme.sites.with_columns(pl.col("period") + 2)
    moved = replace(read, programme=replace(read.programme, sites=later))
    assert next_steps(moved)[0].table.is_empty()


def test_works_wait_where_the_programme_is_expected_to_lose(read: ReportData) -> None:
    """The table advises what the first sentence does: surveys and gates stay, works are no step."""
    for gains, stages in (((-5.0, 1.0), {"gate", "survey"}), ((5.0, -1.0), {"gate", "works", "survey"})):
        outlook = Outlook(seed=1, gains=gains)
        (exhibit,) = next_steps(replace(read, programme=replace(read.programme, outlook=outlook)))
        assert set(exhibit.table["stage"]) == stages
        assert ("expected to lose" in exhibit.note[0]) == ("works" not in stages)
