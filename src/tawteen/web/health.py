"""GET /health: whether database, record and worker are whole, without login and without a figure about the record."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.web.log.models import WorkerHeartbeat
from tawteen.web.log.record_check import RECORD_STATE_CHECK
from tawteen.web.params import WORKER

_log = logging.getLogger(__name__)


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django hands it over
    """Status 200 where all is whole, else 503; the body says what is not."""
    state = {"database": False, "record": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        state["database"] = True
        state["record"] = RECORD_STATE_CHECK.whole()
        state["worker"] = worker_alive()
    except DatabaseError:
        _log.exception("health")
    return JsonResponse(state, status=200 if all(state.values()) else 503)


def worker_alive() -> bool:
    """Whether a worker gave a sign of life lately."""
    since = datetime.now(UTC) - timedelta(seconds=WORKER.silence)
    return WorkerHeartbeat.objects.filter(time__gte=since).exists()
