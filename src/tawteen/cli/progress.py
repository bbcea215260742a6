"""Progress of long work on the standard error: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import math
import time
from types import TracebackType

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tawteen.cli.console import Console
from tawteen.cli.params import CONSOLE
from tawteen.cli.terminal_text import printable
from tawteen.progress import ProgressEvent, Stage


class ProgressBar:
    """A progress callback that prints no line for work shorter than `CONSOLE.first_progress` seconds."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._begun = time.monotonic()
        self._shown = ("", 0.0)
        self._live: Progress | None = None

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.pause()

    def pause(self) -> None:
        """Takes the bar off the terminal, so that lines can be written; the next sentence shows it again."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def begin(self, stage: Stage, share: float | None = None, subject: str | None = None) -> None:
        """Shows a stage that this process begins itself."""
        self(ProgressEvent(stage, share, subject=subject))

    def __call__(self, event: ProgressEvent) -> None:
        """Shows the stage, the share that is done and, while a programme is searched, the distance to the bound."""
        words = self.console.words
        text = words.say(f"cli.stage.{event.stage}", {"subject": event.subject or ""})
        if event.value is not None and event.bound is not None and math.isfinite(event.bound):
            # The planner counts from where its model begins, so only the difference means something to people.
            distance = max(event.bound - event.value, 0.0)
            text += words.say("cli.comma") + words.say("cli.so_far", {"open": words.compact(distance)})
        self._write(printable(text), event.share)

    def _write(self, text: str, share: float | None) -> None:
        if self.console.err.is_terminal:
            self._show(text, share)
            return
        now = time.monotonic() - self._begun
        shown, shown_at = self._shown
        if now >= CONSOLE.first_progress and (
            (text != shown and now - shown_at >= CONSOLE.first_progress) or now - shown_at >= CONSOLE.progress_interval
        ):
            self._shown = (text, now)
            done = "" if share is None else f"  {self.console.words.percent(share, 0)}"
            self.console.log(f"{self.console.words.number(now, 0):>4} s  {text}{done}")

    def _show(self, text: str, share: float | None) -> None:
        if self._live is None:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TaskProgressColumn(),
            )
            self._live = Progress(*columns, TimeElapsedColumn(), console=self.console.err, transient=True)
            self._live.add_task(text, total=None)
            self._live.start()
        self._live.update(
            self._live.task_ids[0], description=text, total=None if share is None else 1.0, completed=share or 0.0
        )
