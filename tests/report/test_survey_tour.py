"""The survey tour of the tiny case: one survey, of the cable works."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tawteen.report.report_data import ReportData
from tawteen.report.survey_tour import survey_tour


def test_a_survey_has_its_quarter_its_gates_and_its_payer(read: ReportData) -> None:
    row = survey_tour(read)[0].table.row(0, named=True)
    assert (row["site"], row["period"]) == ("cables", 1)
    assert row["cost"] == pytest.approx(20_000.0)
    assert row["funds_en"] == read.name("funds", "budget")[0]
    assert row["by_en"] == "Local"
    unknown = read.diagnosis.gates.filter((pl.col("site") == "cables") & (pl.col("state") == "unknown") & "counts")
    stale = read.diagnosis.sites.filter((pl.col("site") == "cables") & "stale").height
    assert len(row["gates_en"].split(", ")) == unknown.height + stale
    assert unknown.height + stale > 0


def test_the_tour_goes_by_quarter_and_region(read: ReportData) -> None:
    both = read.programme.sites.with_columns(
        option=pl.when(pl.col("id") == "pasta").then(pl.lit("pasta:survey")).otherwise("option"),
        status=pl.when(pl.col("id") == "mill").then(pl.col("status")).otherwise(pl.lit("survey")),
        period=pl.when(pl.col("id") == "pasta").then(0).otherwise("period"),
    )
    table = survey_tour(replace(read, programme=replace(read.programme, sites=both)))[0].table
    order = table.select("period", "region").rows()
    assert order == sorted(order)
