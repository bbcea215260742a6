"""submissions: what telephones collected becomes observations in a case."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tawteen.cli.console import Console
from tawteen.cli.inputs import refuse_existing, sound_case
from tawteen.cli.progress import ProgressBar
from tawteen.cli.result import CommandResult, exit_code
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tawteen.survey.submissions import Survey
    from tawteen.survey.surveyed_case import SurveyedCase


def submissions(
    ctx: typer.Context,
    collected: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    *,
    survey_case: Annotated[Path, typer.Option("--case", metavar="CASE", show_default=False)],
    case_out: Annotated[Path, typer.Option("--out", metavar="TARGET", show_default=False)],
    accepted: Annotated[
        list[str] | None, typer.Option("--accept-version", metavar="VERSION", show_default=False)
    ] = None,
    evidence_only: Annotated[bool, typer.Option("--evidence-only")] = False,
    arrived_by: Annotated[str | None, typer.Option("--today", metavar="DAY", show_default=False)] = None,
) -> CommandResult:
    """Reads collected submissions and writes the case again with what they saw."""
    from tawteen.runs.surveying import SurveyRequest, surveyed_from, write_surveyed_case

    console: Console = ctx.obj
    if not collected.is_dir():
        raise UsageError("cli.no_submissions", path=str(collected))
    refuse_existing(case_out)
    with ProgressBar(console) as bar:
        bar.begin("reading")
        case = sound_case(survey_case, console)
        request = SurveyRequest(_day(arrived_by), accepted or (), evidence_only)
        survey, surveyed = surveyed_from(collected, case, request)
        bar.begin("checking")
        case_hash = write_surveyed_case(surveyed.case, survey_case, case_out, console.words.lang)
    findings = list(surveyed.findings)
    data = {"out": str(case_out), "case_hash": case_hash, **_data(survey, surveyed)}
    return CommandResult(data, _parts(console, survey, surveyed, case_out), findings, exit_code(findings))


def _day(text: str | None) -> dt.date:
    """The last day on which a submission can have arrived: as stated, else today. Raises UsageError."""
    if text is None:
        return dt.datetime.now(tz=dt.UTC).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise UsageError("cli.no_calendar_day", text=text) from error


def _data(survey: Survey, surveyed: SurveyedCase) -> dict[str, Any]:
    """The answer for programs."""
    visits = [
        {
            "instance": visit.instance, "file": visit.file, "site": visit.site, "day": visit.day,
            "surveyor": visit.surveyor, "position": visit.position and asdict(visit.position),
            "photos": [asdict(photo) for photo in visit.photos], "remarks": visit.remarks,
            "observations": len(visit.observations),
        }
        for visit in survey.visits
    ]  # fmt: skip
    return {
        "visits": visits,
        "replaced": survey.replaced,
        "observations": surveyed.observations,
        "taken": [asdict(cell) for cell in surveyed.taken],
        "contested": [asdict(cell) for cell in surveyed.contested],
        "agreed": surveyed.agreed,
    }


def _parts(console: Console, survey: Survey, surveyed: SurveyedCase, target: Path) -> list[RenderableType]:
    """The answer for people: counts, cells that were changed, where the case stands."""
    say, number = console.words.say, console.words.number
    refused = sum(finding.severity == "error" for finding in survey.findings)
    rows = [
        (say("cli.survey.visits"), number(len(survey.visits))),
        (say("cli.survey.refused"), number(refused)),
        (say("cli.survey.replaced"), number(len(survey.replaced))),
        (say("cli.survey.observations"), number(surveyed.observations)),
        (say("cli.survey.agreed"), number(surveyed.agreed)),
        (say("cli.survey.contested"), number(len(surveyed.contested))),
    ]
    parts: list[RenderableType] = [console.pairs(rows)]
    if surveyed.taken:
        columns = ("cli.survey.row", "cli.survey.column", "cli.survey.before", "cli.survey.after")
        cells = [(f"{one.table} {one.row}", one.column, one.before or "–", one.after) for one in surveyed.taken]
        parts.append(console.rows("cli.survey.taken", columns, cells))
    return [*parts, say("cli.survey.written", {"path": str(target)})]
