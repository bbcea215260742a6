"""Progress of long work on the standard error: a bar on a terminal, now and then a line elsewhere."""

from __future__ import annotations

import math
import time
from types import TracebackType

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from tawteen.cli.console import Console
from tawteen.cli.terminal_text import printable

PATIENCE = 2.0
EVERY = 10.0


class ProgressBar:
    """Told a sentence and a share now and then; says nothing of work that is over in two seconds."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._begun = time.monotonic()
        self._said = ("", 0.0)
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

    def say(self, text: str, share: float | None = None) -> None:
        """What is being done, and how much of it is done (0 to 1) where that is known."""
        text = printable(text)
        if self.console.err.is_terminal:
            self._show(text, share)
            return
        now = time.monotonic() - self._begun
        stage, reached = self._said
        if now >= PATIENCE and ((text != stage and now - reached >= PATIENCE) or now - reached >= EVERY):
            self._said = (text, now)
            done = "" if share is None else f"  {self.console.words.percent(share, 0)}"
            self.console.log(f"{self.console.words.number(now, 0):>4} s  {text}{done}")

    def plan(self, stage: str, share: float | None, value: float | None, bound: float | None) -> None:
        """What the planner tells: its stage, the share that is done, the best value so far and its bound."""
        words = self.console.words
        text = words.say(f"cli.stage.{stage}")
        if value is not None and bound is not None and math.isfinite(bound):
            # The planner counts from where its model begins, so only the difference means something to people.
            text += words.say("cli.comma") + words.say("cli.so_far", {"open": words.compact(max(bound - value, 0.0))})
        self.say(text, share)

    def report(self, _stage: str, share: float) -> None:
        """What the report tells."""
        self.say(self.console.words.say("cli.reporting"), share)

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
