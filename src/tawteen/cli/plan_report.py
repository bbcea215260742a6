"""The report of a programme, written into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tawteen.cli.progress import ProgressBar

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.programme import Programme
    from tawteen.plan.robust.front import Front
    from tawteen.plan.robust.model import Robustness


def write_report_into(
    case: Case,
    programme: Programme,
    staged: Path,
    bar: ProgressBar,
    *,
    outline: Path,
    robustness: Robustness | None = None,
    front: Front | None = None,
) -> None:
    """Writes page, workbook and pictures into `staged` and tells `bar` of progress."""
    from tawteen.report import report as write_report

    write_report(case, programme, staged, bar.console.words.lang, progress=bar.report, outline=outline,
                 robustness=robustness, front=front)  # fmt: skip
