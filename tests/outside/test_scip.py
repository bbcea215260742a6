"""SCIP reads a model file, and finds the value that the planner and HiGHS find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.plan.written_models import IMPOSSIBLE, MODELS

from tawteen.case.read import read_case
from tawteen.plan.inputs import prepare
from tawteen.plan.model_file import write_mps
from tawteen.plan.model_names import ModelNames
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import build_problem, relaxed
from tawteen.plan.solver import solve_lp

pyscipopt = pytest.importorskip("pyscipopt")

LIBYA = Path(__file__).parents[2] / "cases" / "libya" / "case"


def read_back(path: Path) -> Any:
    """SCIP with the model of the file."""
    model = pyscipopt.Model()
    model.hideOutput()
    model.readProblem(str(path))
    model.setParam("limits/gap", 0.0)
    return model


@pytest.mark.parametrize("name", MODELS)
def test_its_optimum_is_the_value_of_the_best_programme(name: str, tmp_path: Path) -> None:
    case, scenario = MODELS[name]
    problem = build_problem(prepare(case, scenario))
    write_mps(problem, tmp_path / "model.mps")
    model = read_back(tmp_path / "model.mps")
    names = ModelNames(case.calendar)
    assert {*names.names(problem.columns), "constant"} == {column.name for column in model.getVars()}
    assert {*names.names(problem.rows)} == {row.name for row in model.getConss()}
    model.optimize()
    assert model.getStatus() == "optimal"
    programme = plan(case, scenario=scenario, time_limit=60.0, gap=0.0)
    assert programme.status == "optimal"
    assert model.getObjVal() == pytest.approx(programme.value, rel=1e-8)


def test_rules_that_cannot_be_kept_have_no_point(tmp_path: Path) -> None:
    write_mps(build_problem(prepare(*IMPOSSIBLE)), tmp_path / "model.mps")
    model = read_back(tmp_path / "model.mps")
    model.optimize()
    assert model.getStatus() == "infeasible"


def test_the_relaxation_of_libya_is_the_same(tmp_path: Path) -> None:
    problem = planning_problem(read_case(LIBYA))
    write_mps(problem, tmp_path / "libya.mps")
    model = read_back(tmp_path / "libya.mps")
    for column in model.getVars():
        if column.vtype() != "CONTINUOUS":
            model.chgVarType(column, "CONTINUOUS")
    model.optimize()
    solution = solve_lp(relaxed(problem.arrays))
    assert solution.value is not None
    assert model.getStatus() == "optimal"
    assert model.getObjVal() == pytest.approx(solution.value + problem.constant, rel=1e-8)
