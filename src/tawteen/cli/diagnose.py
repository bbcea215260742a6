"""diagnose: why sites stand still or run badly."""

from __future__ import annotations

from typing import Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import CasePath, sound_case
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult
from tawteen.cli.tables import frames, names, rows_of, share, whole_number


def diagnose(ctx: typer.Context, case: CasePath) -> CommandResult:
    """Why sites stand still or run badly."""
    import polars as pl

    from tawteen.case.codes import NO_WORKS
    from tawteen.case.ranges import expected_case
    from tawteen.diagnose import diagnose as diagnosis_of

    console: Console = ctx.obj
    with ProgressBar(console) as bar:
        bar.begin("reading")
        read = expected_case(sound_case(case, console))
        bar.begin("diagnosing")
        diagnosis = diagnosis_of(read)
    sites, lines = names(read, "sites", console), names(read, "lines", console)
    ways = set(read["options"].filter(~pl.col("kind").is_in(NO_WORKS))["site"])
    standing = [
        [sites.get(r["site"], r["site"]), _may_start(console, r, ways),
         *(whole_number(console, r[c]) for c in ("blocked_now", "blocked_next", "closed_gates", "unknown_gates")),
         share(console, r["chance"] if r["available"] else None), _state_day(console, r)]
        for r in rows_of(diagnosis.sites)
    ]  # fmt: skip
    columns = (
        "site",
        "may_start",
        "blocked_now",
        "blocked_next",
        "closed_gates",
        "unknown_gates",
        "chance",
        "state_as_of",
    )
    parts = [console.rows("cli.gates", [f"cli.{c}" for c in columns], standing, 5)]
    losing = [
        [lines.get(r["line"], r["line"]), sites.get(r["site"], r["site"]),
         share(console, r["oee"]),
         *(whole_number(console, r[c]) for c in ("lost_availability", "lost_performance", "lost_quality"))]
        for r in rows_of(diagnosis.losses) if r["oee"] is not None
    ]  # fmt: skip
    if losing:
        heads = ("line", "site", "oee", "lost_availability", "lost_performance", "lost_quality")
        parts.append(console.rows("cli.losses", [f"cli.{c}" for c in heads], losing, 4))
    return CommandResult(frames(diagnosis), parts)


def _may_start(console: Console, site: dict[str, Any], ways: set[str]) -> str:
    """Whether works may begin at a site; null for a site without an option to run it."""
    if site["site"] not in ways:
        return console.words.say("cli.no_way")
    if not site["available"]:
        return console.words.say("cli.no")
    return console.words.say("cli.after_survey" if site["conditional"] else "cli.yes")


def _state_day(console: Console, site: dict[str, Any]) -> str:
    """The day of the state of a site, and whether works wait until it is seen again."""
    if site["state_as_of"] is None:
        return "–"
    day = site["state_as_of"].isoformat()
    return console.words.say("cli.state_stale", {"day": day}) if site["stale"] else day
