"""Rules about time: the horizon, and spans that lie in it."""

from __future__ import annotations

import datetime as dt

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.findings import Finding
from tawteen.case.model import SETTINGS, Case

SPANS = (
    ("demands", "start", "end"),
    ("supplies", "start", "end"),
    ("offers", "start", "end"),
    ("fund_limits", "start", "end"),
    ("credit", "start", "end"),
    ("rules", "start", "end"),
    ("projects", "start", "end"),
    ("options", "earliest", "latest"),
)

HAPPENED = (
    ("sites", "state_as_of"),
    ("sites", "stopped_since"),
    ("staff", "last_worked"),
    ("evidence", "as_of"),
)
"""Days of what was seen or done."""

MUST = pl.col("active") & (pl.col("kind") == "must")


def first_day(case: Case) -> list[Finding]:
    """The horizon starts on the first day of a quarter."""
    start = case.settings.time.start
    if start.day == 1 and start.month % 3 == 1:
        return []
    args = {"column": "time.start", "value": start.isoformat(), "best": case.calendar.first_day(0).isoformat()}
    return [Finding("error", "check.start", SETTINGS, column="time.start", value=start.isoformat(), args=args)]


def horizon(case: Case) -> tuple[dt.date, dt.date]:
    """First and last day of the horizon."""
    calendar = case.calendar
    return calendar.first_day(0), calendar.first_day(calendar.periods) - dt.timedelta(days=1)


def backwards(case: Case) -> list[Finding]:
    """Spans that end before they start."""
    findings = []
    for table, start, end in SPANS:
        rows = rows_of(case, table).filter(pl.col(end) < pl.col(start)).select("at", start=start, value=end)
        findings += tell(case, "error", "check.backwards", table, rows, end)
    return findings


def outside(case: Case) -> list[Finding]:
    """What has dates has some effect inside the horizon; what must be done has them inside it."""
    first, last = horizon(case)
    findings = []
    for table, start, end in SPANS:
        for column, lost in ((start, pl.col(start) > last), (end, pl.col(end) < first)):
            rows = rows_of(case, table).filter(lost & ~MUST if table == "rules" else lost).select("at", value=column)
            listed = rows.with_columns(first=pl.lit(first), last=pl.lit(last))
            findings += tell(case, "warning", "check.outside", table, listed, column)
    for column in ("start", "end"):
        strays = MUST & ((pl.col(column) > last) | ((pl.col(column) < first) if column == "end" else False))
        rows = rows_of(case, "rules").filter(strays).select("at", value=column)
        listed = rows.with_columns(first=pl.lit(first), last=pl.lit(last))
        findings += tell(case, "error", "check.must_outside", "rules", listed, column)
    late = rows_of(case, "blockers").filter((pl.col("state") != "open") & (pl.col("open_date") > last))
    listed = late.select("at", value="open_date", first=pl.lit(first), last=pl.lit(last))
    return [*findings, *tell(case, "warning", "check.outside", "blockers", listed, "open_date")]


def not_yet_happened(case: Case) -> list[Finding]:
    """What was seen or done lies before today, or before the start of the plan where that is later."""
    latest = max(dt.datetime.now(tz=dt.UTC).date(), case.settings.time.start)
    findings = []
    for table, column in HAPPENED:
        rows = rows_of(case, table).filter(pl.col(column) > latest).select("at", value=column)
        findings += tell(case, "warning", "check.future_day", table, rows, column)
    return findings
