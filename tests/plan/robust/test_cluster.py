"""Scenarios on a real cluster of this machine, one worker of which is killed while they run."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from tests.plan.robust.drawn import programme, ranged
from tests.plan.robust.test_robustness import same

from tawteen.plan.robust.parallel import cluster, sweep
from tawteen.plan.robust.robustness import robustness
from tawteen.progress import ProgressEvent


def _dies_once(job: tuple[int, str, int]) -> int:
    """Kills the worker it runs in, the first time; the second time it runs in the process that gave out the work."""
    number, mark, giver = job
    if number == 3 and not Path(mark).exists() and os.getpid() != giver:
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def test_work_lost_with_a_process_is_done_here(tmp_path: Path) -> None:
    mark = str(tmp_path / "died")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert sweep(_dies_once, [(i, mark, os.getpid()) for i in range(6)], pool) == [i * i for i in range(6)]
    assert Path(mark).exists()


@pytest.mark.filterwarnings("default")
def test_a_killed_worker_changes_nothing() -> None:
    distributed = pytest.importorskip("distributed")
    alone = robustness(ranged(), programme(), scenarios=16, replans=1)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as local:
        pids = [worker.process.pid for worker in local.workers.values() if worker.process is not None]
        assert len(pids) == 2
        killed = threading.Event()

        def progress(event: ProgressEvent) -> None:
            if event.stage == "fixed" and event.share != 1 and not killed.is_set():
                os.kill(pids[0], signal.SIGKILL)
                killed.set()

        with cluster(local.scheduler_address) as executor:
            together = robustness(ranged(), programme(), scenarios=16, replans=1, executor=executor, progress=progress)
    assert killed.is_set()
    assert same(alone, together)
