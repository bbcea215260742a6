"""Other machines that share the work of large runs: a Dask cluster that the operator names in TAWTEEN_CLUSTER."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from django.conf import settings

from tawteen.case.findings import CaseError
from tawteen.case.model import Case
from tawteen.plan.robust.robustness import Stopped
from tawteen.runs.usage_error import UsageError
from tawteen.runs.workers import open_workers
from tawteen.web.params import PLANNER_RUNS

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


@contextmanager
def cluster_of(case: Case) -> Iterator[Executor | None]:
    """The workers of the cluster where one is named, answers, and the case is large; else None.

    A run does without a cluster that is away, and is then done on this machine: the log of the workspace says so.
    """
    with ExitStack() as stack:
        executor = None
        if settings.CLUSTER and case["sites"].height > PLANNER_RUNS.sites_alone:
            try:
                executor = stack.enter_context(open_workers(None, settings.CLUSTER))
            except UsageError:
                _log.exception("cluster")
        yield executor


def with_workers(work: Callable[[Executor | None], Result], executor: Executor | None) -> Result:
    """The result of work that is shared, done again on this machine alone where the cluster was lost meanwhile."""
    try:
        return work(executor)
    except (CaseError, UsageError, Stopped):
        raise
    except Exception:
        if executor is None:
            raise
        _log.exception("cluster")
    return work(None)
