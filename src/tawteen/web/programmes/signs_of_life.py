"""Signs of life of a run: a thread writes how far it is, and reads whether it shall stop."""

from __future__ import annotations

import logging
import math
import threading
import time
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.db import Error, close_old_connections, connection

from tawteen.progress import ProgressEvent
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.models import RunProgress

_log = logging.getLogger(__name__)


class SignsOfLife:
    """Progress of an attempt, which the planner reports to it as to a callback.

    `stop` is the planner's flag: somebody cancelled the run, or another attempt has taken it up (`superseded`), and
    what this one writes no longer counts.
    """

    def __init__(self, run: str, attempt: int) -> None:
        self._rows = RunProgress.objects.filter(run=run, attempt=attempt)
        self._before = float(RunProgress.objects.filter(run=run).values_list("seconds", flat=True).first() or 0.0)
        self._began = time.monotonic()
        self._event: ProgressEvent | None = None
        self._left: float | None = None
        self._gain: float | None = None
        self._kept: list[list[str | int]] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="signs-of-life", daemon=True)
        self.cancelled = self.superseded = False

    def __enter__(self) -> SignsOfLife:
        self.sign()
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
        return self.cancelled or self.superseded

    @property
    def seconds(self) -> float:
        """Seconds of this attempt and of those before it."""
        return self._before + time.monotonic() - self._began

    def sign(self) -> None:
        """Writes a sign of life and reads the wish to cancel."""
        event = self._event
        values: dict[str, Any] = {} if event is None else {"stage": event.stage, "share": event.share}
        kept = self._kept
        if kept is not None:
            values["kept"] = kept
        signed = self._rows.update(
            signed=datetime.now(UTC), seconds=self.seconds, left=self._left, gain=self._gain, **values
        )
        if self._kept is kept:  # no better one came meanwhile, and this one is written
            self._kept = None
        self.superseded = self.superseded or not signed
        self.cancelled = self.cancelled or bool(self._rows.filter(cancelled=True).exists())

    def _run(self) -> None:
        while not self._ended.wait(PLANNER_RUNS.sign_interval):
            try:
                self.sign()
            except Error:  # a database that is away for a while is asked again
                _log.exception("sign of life")
            close_old_connections()
        connection.close()
