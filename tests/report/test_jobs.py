"""Jobs of a programme: gross, and net of those who work already."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tawteen.report.overview import figures


def improved(read):
    """The study with the running pasta line taken over by its better option in 2027-Q2, and nothing else chosen."""
    is_it = pl.col("id") == "pasta"
    cells = {"option": "pasta-more", "kind": "efficiency", "status": "firm", "start": "2027-Q2"}
    sites = read.programme.sites.filter(is_it).with_columns(
        **{name: pl.lit(value) for name, value in cells.items()}, period=pl.lit(1, pl.Int64)
    )
    return replace(read, programme=replace(read.programme, sites=sites))


def test_jobs_kept_on_a_running_line_are_not_new(read):
    study = improved(read)
    facts = {row["option"]: row for row in study.effects.options.iter_rows(named=True)}
    now, more = facts["pasta-now"], facts["pasta-more"]
    assert now["new_jobs"] > 0
    at = {row["period"]: row for row in study.jobs.iter_rows(named=True)}
    assert sorted(at) == list(range(1, study.periods))
    for period, row in at.items():
        runs = period >= 1 + more["operating_from"]
        taken = now["new_jobs"] if period >= 1 + more["takeover"] else 0.0
        share = row["jobs"] / more["jobs"]
        assert (share > 0) == runs
        assert row["new_jobs"] == pytest.approx(share * more["new_jobs"] - taken)
    peak = {figure.key: figure.value for figure in figures(study)}
    assert peak["new_jobs"] == pytest.approx(max(row["new_jobs"] for row in at.values()))
    assert peak["new_jobs"] < peak["jobs"]


def test_jobs_of_a_site_that_stood_still_are_new_beyond_its_idle_staff(read):
    facts = next(row for row in read.effects.options.iter_rows(named=True) if row["option"] == "mill-repair")
    row = read.jobs.filter((pl.col("site") == "mill") & (pl.col("jobs") > 0)).row(0, named=True)
    assert row["new_jobs"] / row["jobs"] == pytest.approx(facts["new_jobs"] / facts["jobs"])
