"""Heartbeats of what works beside the pages, by the clock of the database: those of machines may differ."""

from __future__ import annotations

import os
import platform
from datetime import timedelta

from django.db.models.functions import Now

from tawteen.web.log.models import WorkerHeartbeat
from tawteen.web.params import WORKER

WORKER_SERVICE, KEEPER_SERVICE = "worker", "keeper"
"""What enters imports, signs and checks; what starts and recovers runs of the planner."""


def write_heartbeat(service: str) -> None:
    """Writes that a service of this process goes on."""
    name = f"{platform.node()}-{os.getpid()}-{service}"
    WorkerHeartbeat.objects.update_or_create(worker=name, defaults={"time": Now(), "service": service})


def has_heartbeat(service: str) -> bool:
    """Whether a process wrote one of a service in the last `WORKER.silence` seconds."""
    since = Now() - timedelta(seconds=WORKER.silence)
    return WorkerHeartbeat.objects.filter(service=service, time__gte=since).exists()
