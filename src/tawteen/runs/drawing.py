"""The report of a programme, drawn by a process of its own: whatever becomes of it, the programme is there.

Pictures and documents are painted by libraries in other languages, where an odd letter or number can end the whole
process. That must not cost the answer of a long search.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING

from tawteen.case.paths import outline_of
from tawteen.progress import ProgressCallback, ProgressEvent, ignore
from tawteen.runs.delivery import Delivery
from tawteen.runs.programme_folder import CASE
from tawteen.runs.unused_libraries import leave_out_unused
from tawteen.words import Lang

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class DrawingParams:
    """How the drawing of a report in its own process is followed."""

    poll_seconds: float = 0.2
    """Seconds between two looks at the stop flag: more of them delay a stop, fewer cost time."""
    end_seconds: float = 2.0
    """Seconds at most until what the process started has ended too: fewer may leave files behind that it writes."""
    end_poll_seconds: float = 0.01
    """Seconds between two looks whether it has."""


DRAWING = DrawingParams()


class ReportFailedError(Exception):
    """The report could not be drawn; the text says why."""


class ReportStoppedError(Exception):
    """The stop flag was raised while the report was drawn."""


@dataclass(frozen=True)
class Drawing:
    """What is drawn: the programme in `folder` with the `case` and `outline` it was made from, into `into`.

    `png`: every picture is also written as PNG. `reasons` are those of `explain_all`, where they are known already.
    """

    folder: Path
    case: Path
    outline: Path
    into: Path
    lang: Lang
    png: bool = False
    reasons: pl.DataFrame | None = None


def report_into(
    results: Delivery,
    lang: Lang,
    *,
    case: Path | None = None,
    png: bool = False,
    reasons: pl.DataFrame | None = None,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> list[str]:
    """Draws the report of the programme in the folder and puts it beside the programme; names of what was written.

    `case` is read in place of the one kept in the folder; `png` adds every picture as PNG; `reasons` are those of
    `explain_all`, where they are known already; `meanwhile` as of `draw`. Raises as `draw` and `Delivery.staged` do.
    """
    source = case or results.folder / CASE
    with results.staged(whole=False) as staged:
        drawing = Drawing(results.folder, source, outline_of(source), staged, lang, png, reasons)
        return draw(drawing, progress, stop, meanwhile)


def draw(
    drawing: Drawing,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
    meanwhile: Callable[[], object] = lambda: None,
) -> list[str]:
    """Writes page, workbook and pictures; returns the names of what was written.

    `progress` gets each stage with the share of all that is done. `meanwhile` is called here while the process begins,
    such as to check what is drawn; where it raises, the drawing ends. Raises ReportFailedError where the process ends
    without a report, ReportStoppedError once `stop` has returned True, and what `meanwhile` raises.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_draw, args=(drawing, sender), daemon=True)
    process.start()
    sender.close()
    try:
        meanwhile()
        return _outcome(receiver, progress or ignore, stop or (lambda: False))
    except EOFError:
        process.join()
        raise ReportFailedError(_ended(process.exitcode)) from None
    finally:
        receiver.close()
        _end(process)


def begin_group() -> None:
    """Makes this process the leader of a group of its own, which what it starts belongs to; nothing on Windows."""
    if sys.platform != "win32":
        os.setsid()


def _end(process: BaseProcess) -> None:
    """Ends a process and, where it leads a group, all that it started: nothing of it writes a file any more."""
    process.kill()
    process.join()
    if sys.platform == "win32" or process.pid is None:
        return
    until = time.monotonic() + DRAWING.end_seconds
    with contextlib.suppress(ProcessLookupError, PermissionError):
        while time.monotonic() < until:
            os.killpg(process.pid, signal.SIGKILL)
            time.sleep(DRAWING.end_poll_seconds)


def _outcome(receiver: Connection, progress: ProgressCallback, stop: Callable[[], bool]) -> list[str]:
    while True:
        if stop():
            raise ReportStoppedError
        if not receiver.poll(DRAWING.poll_seconds):
            continue
        kind, content = receiver.recv()
        if kind == "done":
            return list(content)
        if kind == "failed":
            raise ReportFailedError(content)
        progress(content)


def _ended(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit {code}"


def _draw(drawing: Drawing, sender: Connection) -> None:
    """The work of the process: tells of progress, then what it wrote or why it could not."""
    # Ctrl-C reaches every process of a terminal; the one that waits for this one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin_group()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    leave_out_unused()
    if not os.environ.get("TAWTEEN_DEBUG"):
        # Libraries print to the terminal of the user when they abort.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:

        def progress(event: ProgressEvent) -> None:
            sender.send(("progress", event))

        sender.send(("done", write_drawing(drawing, progress)))
    except BaseException as error:
        if os.environ.get("TAWTEEN_DEBUG"):
            traceback.print_exception(error, file=sys.stderr)
        text = str(error).splitlines()
        sender.send(("failed", f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__))


def write_drawing(drawing: Drawing, progress: ProgressCallback) -> list[str]:
    """Writes page, workbook and pictures in this process, where an exception stays what it is; names as of `draw`."""
    from tawteen.case.read import read_case
    from tawteen.report.report import report
    from tawteen.runs.load import load_programme
    from tawteen.runs.programme_folder import found_before

    programme = load_programme(drawing.folder)
    robustness, front = found_before(drawing.folder, programme)
    files = report(
        read_case(drawing.case), programme, drawing.into, drawing.lang, progress=progress, outline=drawing.outline,
        robustness=robustness, front=front, reasons=drawing.reasons, png=drawing.png,
    )  # fmt: skip
    return [path.relative_to(drawing.into).as_posix() for path in files]


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
