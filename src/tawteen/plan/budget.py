"""The time or the number of steps of one run, with its progress reports and its stop request."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from tawteen.progress import ProgressCallback, ProgressEvent, Stage


class SearchBudget:
    """The limit of one run: `time_limit` in seconds from now or, where given, `steps`.

    With `steps` the clock has no effect, so that the same seed repeats the run. Once `stop` has returned True the
    run counts as stopped for good. Safe to use from several threads.
    """

    def __init__(
        self,
        time_limit: float,
        progress: ProgressCallback | None = None,
        stop: Callable[[], bool] | None = None,
        steps: int | None = None,
    ) -> None:
        self._started = time.monotonic()
        self._time_limit = time_limit if steps is None else np.inf
        self.steps = steps
        self._steps_done = 0
        self.progress = progress
        self._stop = stop
        self._stop_requested = threading.Event()
        self._reserved = 0.0
        self.baseline: float | None = None

    @property
    def elapsed(self) -> float:
        """Seconds since the start of the run."""
        return time.monotonic() - self._started

    def reserve(self, seconds: float, most: float) -> None:
        """Sets `seconds` aside for what follows the search, at most the share `most` of the time limit."""
        self._reserved = min(seconds, self._time_limit * most)

    @property
    def remaining(self) -> float:
        """Seconds that the search may still take, at least 0; 0 once stopped, infinite where steps are counted."""
        if self._stop_requested.is_set():
            return 0.0
        return max(self._time_limit - self._reserved - self.elapsed, 0.0)

    @property
    def exhausted(self) -> bool:
        """Whether the time or the steps of the search are used up."""
        return self.remaining <= 0 or (self.steps is not None and self._steps_done >= self.steps)

    def count_step(self) -> None:
        """Counts one step of the search."""
        self._steps_done += 1

    def sub_budget(self, share: float) -> SearchBudget:
        """A budget of the same run that ends at `share` of its time limit, less what is set aside at its end.

        It counts its own steps.
        """
        end = min(share * self._time_limit, self._time_limit - self._reserved)
        seconds = end - self.elapsed if self.steps is None else np.inf
        part = SearchBudget(max(seconds, 0.0), self.progress, self.should_stop, self.steps)
        part.baseline = self.baseline
        return part

    @property
    def stopped(self) -> bool:
        """Whether the caller has asked the run to stop."""
        return self._stop_requested.is_set()

    def should_stop(self) -> bool:
        """Calls `stop` and returns whether it has returned True, now or before."""
        if not self._stop_requested.is_set() and self._stop is not None and self._stop():
            self._stop_requested.set()
        return self._stop_requested.is_set()

    def report(
        self,
        stage: Stage,
        share: float | None = None,
        value: float | None = None,
        bound: float | None = None,
        *,
        starts: tuple[tuple[str, int], ...] | None = None,
    ) -> None:
        """Reports progress to the caller; without `share`, the share of the time or of the steps that is used.

        `baseline` is the value of doing nothing on the scale of `value` and `bound`, once the search knows it.
        """
        if self.progress is not None:
            done, limit = (self.elapsed, self._time_limit) if self.steps is None else (self._steps_done, self.steps)
            used = min(done / limit, 1.0) if share is None and limit > 0 else share
            self.progress(ProgressEvent(stage, used, value, bound, self.baseline, starts))
