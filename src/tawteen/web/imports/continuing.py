"""The worker enters the rest of imports that a request began, and of those that were interrupted."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from tawteen.record.errors import FaultError
from tawteen.web.access import RightEndedError
from tawteen.web.imports.applying import Applying
from tawteen.web.imports.models import PendingImport
from tawteen.web.imports.pending import remove_old_imports, unfinished_imports
from tawteen.web.params import UPLOAD

_log = logging.getLogger(__name__)


def continue_imports() -> None:
    """Removes compared files that are old, and enters parts of imports that no other process is entering."""
    remove_old_imports()
    free = unfinished_imports().filter(Q(claimed_until=None) | Q(claimed_until__lt=datetime.now(UTC)))
    end = time.monotonic() + UPLOAD.worker_seconds
    for token in list(free.order_by("created").values_list("token", flat=True)):
        pending = PendingImport.objects.filter(token=token, finished=False).first()
        if pending is not None:
            _continue(pending, end - time.monotonic())
        if time.monotonic() >= end:
            return


def _continue(pending: PendingImport, seconds: float) -> None:
    """Enters parts of an import; one that fails makes place for the others, and is tried again later."""
    try:
        Applying(pending).run(seconds)
    except (RightEndedError, FaultError):  # it waits for somebody who goes on with it, or ends it
        _postpone(pending, timedelta(days=UPLOAD.kept_days))
    except Exception:  # whatever one import met, the others are entered
        _postpone(pending, timedelta(seconds=UPLOAD.retry))


def _postpone(pending: PendingImport, wait: timedelta) -> None:
    _log.exception("import %s", pending.token)
    PendingImport.objects.filter(token=pending.token).update(claimed_until=datetime.now(UTC) + wait)
