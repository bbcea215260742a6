"""diagnose, match: what is computed before anything is decided."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import CasePath, sound_case
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult

if TYPE_CHECKING:
    import polars as pl

    from tawteen.case.model import Case


def frames(result: Any) -> dict[str, Any]:
    """Every frame of a room's result as rows."""
    return {field.name: getattr(result, field.name).to_dicts() for field in dataclasses.fields(result)}


def names(case: Case, table: str, desk: Console) -> dict[str, str]:
    """Names of the rows of a table in the reader's language."""
    frame = case[table]
    return dict(zip(frame["id"], frame[f"name_{desk.words.lang}"], strict=True))


def _rows(frame: pl.DataFrame) -> Iterable[dict[str, Any]]:
    return frame.iter_rows(named=True)


def _whole(desk: Console, value: float | None) -> str:
    return "–" if value is None else desk.words.number(value, 0)


def _share(desk: Console, value: float | None) -> str:
    return "–" if value is None else desk.words.percent(value, 0)


def _may_start(desk: Console, site: dict[str, Any], ways: set[str]) -> str:
    """Whether works may begin at a site; one for which the case has no way to run it is neither open nor closed."""
    if site["site"] not in ways:
        return desk.words.say("cli.no_way")
    return desk.words.say("cli.yes" if site["available"] else "cli.no")


def diagnose(ctx: typer.Context, case: CasePath) -> CommandResult:
    """Why sites stand still or run badly."""
    import polars as pl

    from tawteen.case.codes import NO_WORKS
    from tawteen.diagnose import diagnose as diagnosis_of

    desk: Console = ctx.obj
    with ProgressBar(desk) as bar:
        bar.say(desk.words.say("cli.reading"))
        read = sound_case(case, desk)
        bar.say(desk.words.say("cli.diagnosing"))
        found = diagnosis_of(read)
    sites, lines = names(read, "sites", desk), names(read, "lines", desk)
    ways = set(read["options"].filter(~pl.col("kind").is_in(NO_WORKS))["site"])
    standing = [
        [sites.get(r["site"], r["site"]), _may_start(desk, r, ways),
         *(_whole(desk, r[c]) for c in ("blocked_now", "blocked_next", "closed_gates", "unknown_gates")),
         _share(desk, r["chance"] if r["available"] else None)]
        for r in _rows(found.sites)
    ]  # fmt: skip
    columns = ("site", "may_start", "blocked_now", "blocked_next", "closed_gates", "unknown_gates", "chance")
    parts = [desk.rows("cli.gates", [f"cli.{c}" for c in columns], standing, 5)]
    losing = [
        [lines.get(r["line"], r["line"]), sites.get(r["site"], r["site"]),
         _share(desk, r["oee"]),
         *(_whole(desk, r[c]) for c in ("lost_availability", "lost_performance", "lost_quality"))]
        for r in _rows(found.losses) if r["oee"] is not None
    ]  # fmt: skip
    if losing:
        heads = ("line", "site", "oee", "lost_availability", "lost_performance", "lost_quality")
        parts.append(desk.rows("cli.losses", [f"cli.{c}" for c in heads], losing, 4))
    return CommandResult(frames(found), parts)


def match(ctx: typer.Context, case: CasePath) -> CommandResult:
    """Who can close which need, and what nobody covers."""
    from tawteen.case.codes import codes
    from tawteen.diagnose import diagnose as diagnosis_of
    from tawteen.match import match as match_of

    desk: Console = ctx.obj
    with ProgressBar(desk) as bar:
        bar.say(desk.words.say("cli.reading"))
        read = sound_case(case, desk)
        bar.say(desk.words.say("cli.matching"))
        found = match_of(read, diagnosis_of(read))
    pools = {**names(read, "capabilities", desk), **names(read, "courses", desk)}
    sources = names(read, "units", desk)
    sources |= {name: desk.words.say(f"cli.source.{name}") for name in ("academy", "third_party")}
    options = names(read, "options", desk)
    known = codes("units")
    units = {pool: desk.words.pick(known[unit]) for pool, unit in read["capabilities"].select("id", "unit").iter_rows()}
    at_once = desk.words.say("cli.trainees")
    gaps = [
        [options.get(r["option"], r["option"]), pools.get(r["pool"], r["pool"]), units.get(r["pool"], at_once),
         desk.words.number(r["amount"], 1)]
        for r in _rows(found.gaps)
    ]  # fmt: skip
    load = [
        [sources.get(r["source"], r["source"]), pools.get(r["pool"], r["pool"]), units.get(r["pool"], at_once),
         _whole(desk, r["capacity"]), _whole(desk, r["wanted"]), _share(desk, r["load"])]
        for r in _rows(found.load.sort("load", descending=True, nulls_last=True))
    ]  # fmt: skip
    columns = [f"cli.{c}" for c in ("source", "pool", "unit", "capacity", "wanted", "share_used")]
    parts: list[Any] = [desk.rows("cli.load", columns, load, 3)]
    if gaps:
        parts.append(desk.rows("cli.gaps", ["cli.option", "cli.pool", "cli.unit", "cli.amount"], gaps, 1))
    else:
        parts.append(desk.words.say("cli.no_gaps"))
    return CommandResult(frames(found), parts)
