"""GET /health: whether database, record, worker and keeper are whole, without login or a figure about the record."""

from __future__ import annotations

import logging

from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.web.log.heartbeats import KEEPER_SERVICE, WORKER_SERVICE, has_heartbeat
from tawteen.web.log.record_check import RECORD_STATE_CHECK

_log = logging.getLogger(__name__)


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django hands it over
    """Status 200 where all is whole, else 503; the body says what is not."""
    state = {"database": False, "record": False, WORKER_SERVICE: False, KEEPER_SERVICE: False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        state["database"] = True
        state["record"] = RECORD_STATE_CHECK.whole()
        for service in (WORKER_SERVICE, KEEPER_SERVICE):
            state[service] = has_heartbeat(service)
    except Exception:  # whatever is wrong, it is not whole
        _log.exception("health")
    return JsonResponse(state, status=200 if all(state.values()) else 503)
