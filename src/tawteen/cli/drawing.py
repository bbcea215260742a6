"""Draw a report after the programme is written; a failure to draw is a warning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tawteen.case.findings import Finding
from tawteen.cli.interrupts import stoppable
from tawteen.cli.progress import ProgressBar
from tawteen.runs.programme_folder import PAGE

if TYPE_CHECKING:
    import polars as pl

    from tawteen.runs.delivery import Delivery

NoReport = Annotated[bool, typer.Option("--no-report")]


def draw_report(
    results: Delivery, out: Path, bar: ProgressBar, given: Path | None = None, reasons: pl.DataFrame | None = None
) -> list[Finding]:
    """Adds page, workbook and pictures to the programme in `results`; a warning where that was stopped or failed.

    `out` is the folder as the user calls it, `given` the case where it is not the one kept in the folder, `reasons`
    those of `explain_all` where they are known already.
    """
    from tawteen.runs.drawing import ReportFailedError, ReportStoppedError, report_into

    try:
        with stoppable(bar.console, "cli.stopping_report") as stop:
            report_into(results, bar.console.words.lang, case=given, reasons=reasons, progress=bar, stop=stop)
    except (ReportStoppedError, KeyboardInterrupt):
        return [Finding("warning", "cli.report_stopped", args={"path": str(out)})]
    except ReportFailedError as error:
        return [Finding("warning", "cli.report_failed", args={"path": str(out), "reason": str(error)})]
    except OSError as error:
        reason = error.strerror or str(error)
        return [Finding("warning", "cli.report_failed", args={"path": str(out), "reason": reason})]
    return []


def where_to_look(out: Path, bar: ProgressBar, *, drawn: bool) -> str:
    """The sentence that says which file to open."""
    if drawn:
        return bar.console.words.say("cli.open", {"path": str(out / PAGE)})
    return bar.console.words.say("cli.programme_written", {"path": str(out)})
