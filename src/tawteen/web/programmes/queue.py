"""The queue of runs: one for each view, so that nobody's wait tells of another party's runs."""

from __future__ import annotations

from hashlib import sha256

from django.db.models import F
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from tawteen.web.programmes.models import RunProgress

QUEUE_NAME_CHARACTERS = 32
"""Characters of the name of a queue: as many as the table of django-tasks-db holds."""


@task()
def work_on_run(run: str, attempt: int) -> None:
    """Takes a run up, in a process of its own."""
    from tawteen.web.programmes.planning_run import plan_run  # noqa: PLC0415 - the planner is loaded by that process

    plan_run(run, attempt)


def queue_of(view: str) -> str:
    """The name of the queue of a view."""
    return sha256(view.encode()).hexdigest()[:QUEUE_NAME_CHARACTERS]


def queue_run(run: str, view: str) -> None:
    """Queues the next attempt of a run, in the transaction of the caller."""
    progress = RunProgress.objects.filter(run=run)
    progress.update(attempt=F("attempt") + 1)
    queued = work_on_run.using(queue_name=queue_of(view)).enqueue(run, progress.get().attempt)
    progress.update(task=queued.id, heartbeat=None)


def take_from_queue(run: str) -> None:
    """Takes the task of a run out of the queue, for a process that does it itself."""
    task = RunProgress.objects.get(run=run).task
    if task is not None:
        DBTaskResult.objects.filter(id=task).delete()


def ready_queues() -> set[str]:
    """Names of queues in which a run waits."""
    return set(DBTaskResult.objects.ready().order_by().values_list("queue_name", flat=True).distinct())
