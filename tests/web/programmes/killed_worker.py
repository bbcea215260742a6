"""The worker of a queue that is killed when its run reaches a step: `python -m tests.web.programmes.killed_worker`.

Arguments: the settings of the database as JSON, the step, the queue and the name of the worker.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any


def end_here() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(module: Any, name: str) -> None:
    """Ends the process where a function is called."""

    def called(*_args: Any, **_named: Any) -> None:
        end_here()

    setattr(module, name, called)


def after(module: Any, name: str) -> None:
    """Ends the process once a function has done its work."""
    function = getattr(module, name)

    def called(*args: Any, **named: Any) -> None:
        function(*args, **named)
        end_here()

    setattr(module, name, called)


def at_stage(stage: str) -> None:
    """Ends the process once the planner reports a stage, after a heartbeat about it."""
    from tawteen.web.programmes.run_heartbeat import RunHeartbeat

    take = RunHeartbeat.__call__

    def called(self: RunHeartbeat, event: Any) -> None:
        take(self, event)
        if event.stage == stage:
            self.write()
            end_here()

    RunHeartbeat.__call__ = called  # type: ignore[method-assign]


def main() -> None:
    database, step, queue, worker = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tawteen.web.settings")
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    connections.settings["default"] = connections.configure_settings({"default": json.loads(database)})["default"]
    del connections["default"]
    from tawteen.web.log import append
    from tawteen.web.programmes import planning_run

    planning_run._with_report = lambda *_, **__: ({}, [])  # type: ignore[assignment]
    steps = {
        "claimed": lambda: before(planning_run, "plan_run"),
        "reading": lambda: before(planning_run, "view_case"),
        "searching": lambda: at_stage("relaxation"),
        "planned": lambda: after(planning_run, "plan_into"),
        "ending": lambda: after(append, "apply_entry"),
        "ended": lambda: after(planning_run, "end_run"),
    }
    steps[step]()
    call_command(
        "db_worker", queue_name=queue, worker_id=worker, batch=True, max_tasks=1, startup_delay=False, reload=False,
        verbosity=0,
    )  # fmt: skip


if __name__ == "__main__":
    main()
