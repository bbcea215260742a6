"""Which option, and when: existence, one per site, gates, earliest and latest, works inside the horizon."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import DECISIVE_GATES, NO_WORKS, SOFT_GATES
from tawteen.case.model import Case
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.solution import ClaimedSolution


def check_selection(claim: ClaimedSolution, lead: pl.DataFrame, unreadable: pl.DataFrame, checks: Checks) -> None:
    """Every pick is an option of its site that may start then."""
    checks.none_of("option", unreadable)
    per_site = claim.picks.group_by("site").len()
    checks.at_most("site", per_site.select(id="site", used=pl.col("len").cast(pl.Float64), allowed=pl.lit(1.0)))
    check_starts(claim, lead, checks)


def check_starts(claim: ClaimedSolution, lead: pl.DataFrame, checks: Checks) -> None:
    """Every pick may start then."""
    facts = claim.picks.join(claim.effects.options.drop("site", "kind"), on="option")
    start = pl.col("start").cast(pl.Float64)
    checks.none_of("available", facts.filter(~pl.col("available")).select(id="option", period="start"))
    early = facts.select(id="option", period="start", used=-start, allowed=-pl.col("earliest").cast(pl.Float64))
    late = facts.select(id="option", period="start", used=start, allowed=pl.col("latest").cast(pl.Float64))
    ends = (pl.col("start") + pl.col("quarters")).cast(pl.Float64)
    horizon = facts.select(id="option", period="start", used=ends, allowed=pl.lit(float(claim.periods)))
    checks.at_most("earliest", early)
    checks.at_most("latest", late)
    checks.at_most("horizon", horizon)
    _check_gates(claim, lead, checks)


def _check_gates(claim: ClaimedSolution, lead: pl.DataFrame, checks: Checks) -> None:
    """No works behind a gate that nothing opens, nor before the quarter in which its authority opens it."""
    works = claim.picks.filter(~pl.col("kind").is_in(NO_WORKS))
    unknown, closed = pl.col("state") == "unknown", pl.col("state") == "closed"
    stops = pl.col("stops").is_in(["now", "next"])
    unsure = unknown & (pl.col("gate").is_in(DECISIVE_GATES) | (stops & ~pl.col("gate").is_in(SOFT_GATES)))
    gates = claim.case["blockers"].filter((closed & stops) | unsure)
    met = works.join(gates, on="site").with_columns(id=pl.format("{}/{}", "option", "gate"))
    by_authority = pl.col("opens_by") == "authority"
    shut = closed & ((pl.col("opens_by") == "none") | (by_authority & pl.col("open_date").is_null()))
    checks.none_of("gate", met.filter(shut | (unknown & pl.col("chance").is_null())).select("id", period="start"))
    dated = met.filter(by_authority & pl.col("open_date").is_not_null())
    opens = [float(claim.case.calendar.period(day)) for day in dated["open_date"]]
    before_works = (pl.col("survey_weeks").fill_null(0.0) + pl.col("gate_weeks").fill_null(0.0)) / 13
    begins = (pl.col("start") + before_works.floor()).cast(pl.Float64)
    timed = dated.with_columns(opens=pl.Series(opens, dtype=pl.Float64)).join(lead, on="option", how="left")
    checks.at_most("gate_date", timed.select("id", period="start", used=-begins, allowed=-pl.col("opens")))


def standing(case: Case) -> pl.DataFrame:
    """Sites that stand still, those without an option `as_is`: site."""
    running = case["options"].filter(pl.col("kind") == "as_is")
    return case["sites"].select(site="id").join(running, on="site", how="anti")
