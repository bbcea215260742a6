"""The heartbeat of a run: a thread writes how far it is, and reads whether it shall stop."""

from __future__ import annotations

import logging
import math
import threading
import time
from types import TracebackType
from typing import Any

from django.db import Error, close_old_connections, connection
from django.db.models.functions import Now

from tawteen.progress import ProgressEvent
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.gap_chart import extended_history
from tawteen.web.programmes.models import RunProgress

_log = logging.getLogger(__name__)


class RunHeartbeat:
    """Progress of an attempt, which the planner reports to it as to a callback.

    `stop` is the planner's flag: somebody cancelled the run (`cancelled`), it is `given_up` and has only its best
    programme to keep, or another attempt has taken it up (`superseded`), and what this one writes no longer counts.
    """

    def __init__(self, run: str, attempt: int) -> None:
        self._rows = RunProgress.objects.filter(run=run, attempt=attempt)
        earlier = RunProgress.objects.filter(run=run).values_list("seconds", "history").first()
        self._before, self._history = (0.0, []) if earlier is None else (float(earlier[0]), list(earlier[1]))
        self._began = time.monotonic()
        self._event: ProgressEvent | None = None
        self._left: float | None = None
        self._gain: float | None = None
        self._kept: list[list[str | int]] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="run-heartbeat", daemon=True)
        self.cancelled = self.given_up = self.superseded = False

    def __enter__(self) -> RunHeartbeat:
        self.write()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def __call__(self, event: ProgressEvent) -> None:
        """Takes a report of the planner."""
        self._event = event
        if event.starts is not None:
            self._kept = [list(start) for start in event.starts]
        if event.value is not None and event.bound is not None and math.isfinite(event.bound - event.value):
            self._left = max(event.bound - event.value, 0.0)
        if event.value is not None and event.baseline is not None and math.isfinite(event.value):
            self._gain = event.value - event.baseline

    def stop(self) -> bool:
        """Whether the run shall end."""
        return self.cancelled or self.given_up or self.superseded

    @property
    def seconds(self) -> float:
        """Seconds of this attempt and of those before it."""
        return self._before + time.monotonic() - self._began

    def write(self) -> None:
        """Writes a heartbeat with what was reported, and reads whether the run shall end."""
        event = self._event
        values: dict[str, Any] = {} if event is None else {"stage": event.stage, "share": event.share}
        kept = self._kept
        if kept is not None:
            values["kept"] = kept
        # What an attempt before this one had found stands until this one has found something.
        gain, left = self._gain, self._left
        if gain is not None:
            point = (round(self.seconds, 1), gain, None if left is None else gain + left)
            self._history = extended_history(self._history, point)
            values |= {"gain": gain, "left": left, "history": self._history}
        written = self._rows.update(heartbeat=Now(), seconds=self.seconds, **values)
        if self._kept is kept:  # no better one came meanwhile, and this one is written
            self._kept = None
        self.superseded = self.superseded or not written
        for cancelled, given_up in self._rows.values_list("cancelled", "given_up"):
            self.cancelled, self.given_up = self.cancelled or cancelled, self.given_up or given_up

    def _run(self) -> None:
        while not self._ended.wait(PLANNER_RUNS.heartbeat_interval):
            try:
                self.write()
            except Error:  # a database that is away for a while is asked again
                _log.exception("heartbeat of a run")
            close_old_connections()
        connection.close()
