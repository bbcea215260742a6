"""The worker enters the rest of imports that a request began, and of those that were interrupted."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from tawteen.record.errors import FaultError
from tawteen.web.imports.applying import Applying
from tawteen.web.imports.models import PendingImport
from tawteen.web.imports.pending import remove_old_imports, unfinished_imports
from tawteen.web.params import UPLOAD

_log = logging.getLogger(__name__)


def continue_imports() -> None:
    """Enters parts of imports that no other process is entering, and removes compared files that are old."""
    now = datetime.now(UTC)
    free = unfinished_imports().filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    for token in list(free.values_list("token", flat=True)):
        pending = PendingImport.objects.filter(token=token, finished=False).first()
        if pending is None:
            continue
        try:
            Applying(pending).run(UPLOAD.worker_seconds)
        except (PermissionError, FaultError):  # it waits for somebody who goes on or asks why
            _log.exception("import %s", token)
            waits = now + timedelta(days=UPLOAD.kept_days)
            PendingImport.objects.filter(token=token).update(claimed_until=waits)
    remove_old_imports()
