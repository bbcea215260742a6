"""What stands beside a programme is of this programme and its case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.tiny import tiny

from tawteen.plan.planning import plan
from tawteen.plan.programme import Scenario
from tawteen.plan.robust.file import write_analysis
from tawteen.plan.robust.front import pareto
from tawteen.runs.programme_folder import FRONT, found_before


def test_a_front_of_another_case_is_not_shown(tmp_path: Path) -> None:
    scenario = Scenario(without=("cables",))
    programme = plan(tiny(), scenario=scenario)
    write_analysis(pareto(tiny(), points=1, seconds=1.0, scenario=scenario), tmp_path / FRONT)
    assert found_before(tmp_path, programme)[1] is not None
    assert found_before(tmp_path, replace(programme, case_hash="0" * 64))[1] is None
    write_analysis(pareto(tiny(), points=1, seconds=1.0), tmp_path / FRONT)
    assert found_before(tmp_path, programme)[1] is None
