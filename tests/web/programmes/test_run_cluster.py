"""Large runs are shared with a real Dask cluster of this machine, and do without one that is away or dies."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import pytest
from django.test import override_settings
from tests.tiny import tiny
from tests.web import mission
from tests.web.conftest import Workspace
from tests.web.programmes.planned import enter, leave_out_drawing, plan

from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes import planning_run, run_cluster
from tawteen.web.programmes.models import RunProgress, RunRow


@pytest.fixture
def runs(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> list[Executor | None]:
    """With whom the scenarios of runs were shared; every run counts as a large one."""
    mission.begin()
    mission.add_person("host", "analyst")
    enter()
    leave_out_drawing(monkeypatch)
    monkeypatch.setattr(run_cluster, "PLANNER_RUNS", replace(PLANNER_RUNS, sites_alone=0))
    shared, real = [], planning_run.simulated

    def simulated(*args: Any, executor: Executor | None, **named: Any) -> Any:
        shared.append(executor)
        if executor is not None and len(shared) > 1:
            raise RuntimeError("the scheduler is gone")
        return real(*args, executor=executor, **named)

    monkeypatch.setattr(planning_run, "simulated", simulated)
    return shared


def test_a_large_run_is_shared_and_outlives_its_cluster(runs: list[Executor | None]) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            protocol="tcp://",
            dashboard_address=None,
            silence_logs=50,
        ) as local,
        override_settings(CLUSTER=local.scheduler_address),
    ):
        first, second = plan(scenarios=2), plan(scenarios=2)
    assert [executor is None for executor in runs] == [False, False, True]
    one, other = (RunProgress.objects.get(run=run) for run in (first, second))
    assert one.findings == other.findings == []
    assert one.summary["gain"] == other.summary["gain"]


def test_a_cluster_that_is_away_holds_nothing_up(runs: list[Executor | None]) -> None:
    with override_settings(CLUSTER="tcp://127.0.0.1:9"):
        run = plan(scenarios=2)
    assert runs == [None]
    assert RunRow.objects.get(run=run).state == "planned"


def test_small_cases_need_none() -> None:
    with override_settings(CLUSTER="tcp://127.0.0.1:9"), run_cluster.cluster_of(tiny()) as executor:
        assert executor is None
