"""The worker: signs checkpoints, enters the rest of large imports, checks the record, and writes its heartbeat."""

from __future__ import annotations

import logging
import threading
from functools import partial

from django.db import close_old_connections

from tawteen.record.keys import SigningKey
from tawteen.web.imports.continuing import continue_imports
from tawteen.web.log.checkpoints import sign_checkpoint
from tawteen.web.log.heartbeats import WORKER_SERVICE, write_heartbeat
from tawteen.web.log.record_check import RECORD_STATE_CHECK
from tawteen.web.params import WORKER

_log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """A thread that works until it is stopped; a database that is away is asked again."""

    def __init__(self, key: SigningKey) -> None:
        super().__init__(name="worker", daemon=True)
        self._key = key
        self._stopped = threading.Event()

    def run(self) -> None:
        """Works off what is there, waits, and looks again."""
        while not self._stopped.is_set():
            try:
                work(self._key)
            except Exception:  # whatever one look met, the next one is made
                _log.exception("worker")
            close_old_connections()
            self._stopped.wait(WORKER.interval)

    def stop(self) -> None:
        """Ends the thread after what it is doing."""
        self._stopped.set()
        self.join()


def work(key: SigningKey) -> None:
    """One look for work: the record is signed first, as it is; a job that fails keeps no other one from being done."""
    write_heartbeat(WORKER_SERVICE)
    for job in (partial(sign_checkpoint, key), continue_imports, RECORD_STATE_CHECK.whole):
        try:
            job()
        except Exception:  # whatever one job met, the others are done
            _log.exception("worker")
