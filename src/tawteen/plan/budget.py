"""The time or the steps that are left, who is told of progress, and whether to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

Progress = Callable[[str, float | None, float | None, float | None], None]


class SearchBudget:
    """One run's clock. `time_limit` in seconds from now; stays stopped once `stop` has returned True.

    With `steps` the search counts its steps and the clock no longer matters: the run is the same each time.
    """

    def __init__(
        self,
        time_limit: float,
        progress: Progress | None = None,
        stop: Callable[[], bool] | None = None,
        steps: int | None = None,
    ) -> None:
        self._began = time.monotonic()
        self._limit = time_limit if steps is None else np.inf
        self.steps = steps
        self._done = 0
        self._progress = progress
        self._stop = stop
        self._flag = threading.Event()
        self._kept = 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    def keep(self, seconds: float) -> None:
        """Keeps time for what comes after the search, at most a tenth of all."""
        self._kept = min(seconds, self._limit / 10)

    @property
    def left(self) -> float:
        """Seconds left for the search, never below 0; 0 once stopped."""
        return 0.0 if self._flag.is_set() else max(self._limit - self._kept - self.elapsed, 0.0)

    @property
    def over(self) -> bool:
        """Whether the search has had its time, or its steps."""
        return self.left <= 0 or (self.steps is not None and self._done >= self.steps)

    def step(self) -> None:
        """One step of search is done."""
        self._done += 1

    def part(self, share: float) -> SearchBudget:
        """A watch of the same run that ends at a share of its time; it counts steps of its own."""
        left = share * self._limit - self.elapsed if self.steps is None else np.inf
        return SearchBudget(max(left, 0.0), self._progress, self.stop, self.steps)

    @property
    def stopped(self) -> bool:
        """Whether somebody wanted it to end."""
        return self._flag.is_set()

    def stop(self) -> bool:
        """Asks the caller, once in a while, whether to stop."""
        if not self._flag.is_set() and self._stop is not None and self._stop():
            self._flag.set()
        return self._flag.is_set()

    def say(
        self, stage: str, share: float | None = None, value: float | None = None, bound: float | None = None
    ) -> None:
        """Tells of progress; without a share, that of the time or steps."""
        if self._progress is not None:
            done, all_ = (self.elapsed, self._limit) if self.steps is None else (self._done, self.steps)
            part = min(done / all_, 1.0) if share is None and all_ > 0 else share
            self._progress(stage, part, value, bound)
