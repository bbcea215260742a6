"""What picked options take from lines that run today, recomputed from the case, week by week."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import polars as pl

from tawteen.case.codes import NO_WORKS
from tawteen.diagnose.options import options_of
from tawteen.plan.verify.solution import ClaimedSolution
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES
from tawteen.works.corrections import corrections
from tawteen.works.periods import WEEKS_PER_QUARTER
from tawteen.works.schedule import schedule_works

LOST = {"site": pl.String, "period": pl.Int64, "lost": pl.Float64}


def displaced_lines(claim: ClaimedSolution) -> pl.DataFrame:
    """site, period, lost: the share of the line that runs today which a picked option stops or has replaced.

    Until an option operates (a closing one: until its works end) its works stop the line for the weeks of the packages
    that stop it; from then on it replaces the line. All of it happens with the chance of its gates.
    """
    options = claim.effects.options
    running = set(options.filter(pl.col("kind") == "as_is")["site"])
    picks = claim.picks.filter(pl.col("site").is_in(list(running)) & (pl.col("kind") != "survey"))
    facts = {row["option"]: row for row in options.iter_rows(named=True)}
    works = _packages(claim, picks["option"].to_list())
    rows = []
    for site, option, kind, start in picks.select("site", "option", "kind", "start").iter_rows():
        fact = facts[option]
        begins = fact["quarters"] if fact["operating_from"] is None else fact["operating_from"]
        stopped = {} if kind in NO_WORKS else _stopped(works.get(option, []))
        for period in range(start, claim.periods):
            lost = 1.0 if period >= start + begins else stopped.get(period - start, 0.0)
            if lost:
                rows.append((site, period, lost * fact["chance"]))
    return pl.DataFrame(rows, schema=LOST, orient="row")


def _packages(claim: ClaimedSolution, picked: list[str]) -> dict[str, list[tuple[float, float]]]:
    """Weeks from the start of each option in which a package that stops the line is at work."""
    case = claim.case
    own = options_of(case).filter(pl.col("id").is_in(picked))
    works = case["works"].filter(pl.col("option").is_in(picked))
    alone = replace(case, tables={**case.tables, "works": works})
    schedule = schedule_works(alone, corrections(case, own))
    times = {(option, work): (start, finish) for option, work, start, finish, _ in schedule.iter_rows()}
    lead = {row["option"]: row for row in claim.lead.iter_rows(named=True)}
    intervals: dict[str, list[tuple[float, float]]] = {}
    for option, stops in own.select("id", "stops_line").iter_rows():
        before = lead[option]["survey_weeks"] + lead[option]["gate_weeks"]
        mine: list[dict[str, Any]] = works.filter(pl.col("option") == option).to_dicts()
        if not mine and stops is not False:
            intervals[option] = [(before, before + lead[option]["works_weeks"])]
            continue
        stopping = [one["id"] for one in mine if (one["stops"] if one["stops"] is not None else stops is not False)]
        intervals[option] = [tuple(before + week for week in times[option, work]) for work in stopping]
    return intervals


def _stopped(intervals: list[tuple[float, float]]) -> dict[int, float]:
    """Share of each quarter that the intervals (weeks) cover, those side by side counted once."""
    edges = sorted({edge for interval in intervals for edge in interval})
    covered: dict[int, float] = {}
    for start, end in pairwise(edges):
        if not any(a <= start and end <= b for a, b in intervals):
            continue
        week = start
        while week < end - CHECK_TOLERANCES.rounding:
            quarter = int((week + CHECK_TOLERANCES.rounding) // WEEKS_PER_QUARTER)
            upto = min(end, (quarter + 1) * WEEKS_PER_QUARTER)
            covered[quarter] = covered.get(quarter, 0.0) + (upto - week) / WEEKS_PER_QUARTER
            week = upto
    return covered
