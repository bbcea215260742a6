"""A model file: read back by HiGHS it is the model, and its optimum the value of the best programme."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import highspy
import numpy as np
import polars as pl
import pytest
from scipy import sparse
from tests.plan.written_models import IMPOSSIBLE, MODELS, ODD_IDS, odd_case

from tawteen.case.generate import generate
from tawteen.case.read import read_case
from tawteen.plan import model_file
from tawteen.plan.inputs import prepare
from tawteen.plan.model_builder import MilpArrays, ModelBuilder
from tawteen.plan.model_file import CONSTANT, ModelSize, write_mps
from tawteen.plan.model_names import MODEL_FILE, ModelNames
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import Problem, build_problem, relaxed
from tawteen.plan.solver import solve_lp

LIBYA = Path(__file__).parents[2] / "cases" / "libya" / "case"
CBC_CHARACTERS = 160


def read_back(path: Path, *, linear: bool = False) -> highspy.Highs:
    """HiGHS with the model of the file."""
    highs = highspy.Highs()
    for name, value in (("output_flag", False), ("threads", 1), ("mip_rel_gap", 0.0), ("solve_relaxation", linear)):
        highs.setOptionValue(name, value)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    return highs


def optimum(path: Path, *, linear: bool = False) -> float:
    highs = read_back(path, linear=linear)
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    value: float = highs.getInfo().objective_function_value
    return value


def arrays_of(highs: highspy.Highs) -> MilpArrays:
    """The model that HiGHS read, without the column of the constant."""
    lp = highs.getLp()
    shape = (lp.num_row_, lp.num_col_)
    matrix = sparse.csc_matrix((lp.a_matrix_.value_, lp.a_matrix_.index_, lp.a_matrix_.start_), shape=shape)
    matrix.sort_indices()
    assert lp.sense_ == highspy.ObjSense.kMaximize
    assert lp.offset_ == 0.0
    assert lp.col_names_[-1] == CONSTANT
    kinds = list(lp.integrality_) or [highspy.HighsVarType.kContinuous] * lp.num_col_
    return MilpArrays(
        matrix=matrix[:, :-1], value=np.array(lp.col_cost_)[:-1],
        lower=np.array(lp.col_lower_)[:-1], upper=np.array(lp.col_upper_)[:-1],
        integer=np.array([kind == highspy.HighsVarType.kInteger for kind in kinds])[:-1],
        row_lower=np.array(lp.row_lower_), row_upper=np.array(lp.row_upper_),
    )  # fmt: skip


def assert_equal(read: MilpArrays, written: MilpArrays) -> None:
    """Every number is the same to the last digit."""
    for name in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(read.matrix, name), getattr(written.matrix, name))
    for name in ("value", "lower", "upper", "discrete", "row_lower", "row_upper"):
        np.testing.assert_array_equal(getattr(read, name), getattr(written, name), err_msg=name)


@pytest.mark.parametrize("name", MODELS)
def test_its_optimum_is_the_value_of_the_best_programme(name: str, tmp_path: Path) -> None:
    case, scenario = MODELS[name]
    programme = plan(case, scenario=scenario, time_limit=60.0, gap=0.0)
    assert programme.status == "optimal"
    write_mps(build_problem(prepare(case, scenario)), tmp_path / "model.mps")
    assert optimum(tmp_path / "model.mps") == pytest.approx(programme.value, rel=1e-9)


def test_rules_that_cannot_be_kept_have_no_point(tmp_path: Path) -> None:
    write_mps(build_problem(prepare(*IMPOSSIBLE)), tmp_path / "model.mps")
    highs = read_back(tmp_path / "model.mps")
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible


@pytest.mark.parametrize("name", MODELS)
def test_numbers_names_and_size_are_read_back(name: str, tmp_path: Path) -> None:
    problem = build_problem(prepare(*MODELS[name]))
    size = write_mps(problem, tmp_path / "model.mps")
    highs = read_back(tmp_path / "model.mps")
    assert_equal(arrays_of(highs), problem.arrays)
    lp, names = highs.getLp(), ModelNames(problem.inputs.case.calendar)
    assert lp.col_cost_[-1] == problem.constant
    assert lp.col_lower_[-1] == lp.col_upper_[-1] == 1.0
    assert lp.col_names_ == [*names.names(problem.columns), CONSTANT]
    assert lp.row_names_ == names.names(problem.rows)
    integers = int(problem.arrays.discrete.sum())
    assert size == ModelSize(lp.num_row_, lp.num_col_, integers, len(lp.a_matrix_.value_))


def test_the_relaxation_of_libya_is_the_same(tmp_path: Path) -> None:
    problem = planning_problem(read_case(LIBYA))
    write_mps(problem, tmp_path / "libya.mps")
    assert_equal(arrays_of(read_back(tmp_path / "libya.mps")), problem.arrays)
    solution = solve_lp(relaxed(problem.arrays))
    assert solution.value is not None
    linear = optimum(tmp_path / "libya.mps", linear=True)
    assert linear == pytest.approx(solution.value + problem.constant, rel=1e-9)


def with_odd_bounds(problem: Problem) -> Problem:
    """A model of bounds and rows of every kind in the place of that of the problem."""
    builder = ModelBuilder()
    bounds = [(0.0, np.inf), (-np.inf, np.inf), (-np.inf, 4.0), (-5.5, 7.0), (-3.0, -1.0), (0.0, 0.0), (2.0, 2.0),
              (0.0, 1 / 3), (1.5, np.inf)]  # fmt: skip
    keys = {"id": [f"x{index}" for index in range(len(bounds))]}
    numbers = {"lower": [low for low, _ in bounds], "upper": [high for _, high in bounds], "value": [0.1] * len(bounds)}
    for kind, integer in (("number", False), ("whole", True), ("last", False)):
        builder.columns(kind, pl.DataFrame({**keys, **numbers}), integer=integer)
    limits = [(0.25, 0.25), (-np.inf, -1e7 / 3), (1e-7, np.inf), (-2.0, 6.0), (0.0, 0.0)]
    rows = {"lower": [low for low, _ in limits], "upper": [high for _, high in limits]}
    builder.rows("limit", pl.DataFrame({"id": [f"r{index}" for index in range(len(limits))], **rows}))
    places = [(row, 3 * row + step, 1 / (7 + row + step)) for row in range(len(limits)) for step in range(4)]
    builder.entries(pl.DataFrame(places, schema=["row", "column", "value"], orient="row"))
    arrays, (columns, row_blocks) = builder.arrays(), builder.blocks
    # The last column is in no row and worth nothing: it is there all the same.
    return replace(problem, arrays=replace(arrays, value=np.append(arrays.value[:-1], 0.0)),
                   columns=columns, rows=row_blocks)  # fmt: skip


def test_bounds_and_rows_of_every_kind_are_read_back(tmp_path: Path) -> None:
    problem = with_odd_bounds(planning_problem(MODELS["plain"][0]))
    write_mps(problem, tmp_path / "model.mps")
    assert_equal(arrays_of(read_back(tmp_path / "model.mps")), problem.arrays)


def test_a_row_without_limits_limits_nothing(tmp_path: Path) -> None:
    problem = planning_problem(MODELS["plain"][0])
    lower, upper = problem.arrays.row_lower.copy(), problem.arrays.row_upper.copy()
    free = problem.rows["fund"].span
    lower[free], upper[free] = -np.inf, np.inf
    arrays = replace(problem.arrays, row_lower=lower, row_upper=upper)
    write_mps(replace(problem, arrays=arrays), tmp_path / "model.mps")
    solution = solve_lp(relaxed(arrays))
    assert solution.value is not None
    assert optimum(tmp_path / "model.mps", linear=True) == pytest.approx(solution.value + problem.constant, rel=1e-9)
    bounded = solve_lp(relaxed(problem.arrays))
    assert bounded.value is not None
    assert solution.value > bounded.value * (1 - 1e-9)


def assert_fit_for_all_readers(names: list[str]) -> None:
    assert len(names) == len(set(names))
    assert all(name.isascii() and name.isprintable() and " " not in name for name in names)
    assert max(map(len, names)) < CBC_CHARACTERS


def test_names_are_read_as_ids_again() -> None:
    problem = planning_problem(odd_case())
    writer = ModelNames(problem.inputs.case.calendar)
    columns, rows = writer.names(problem.columns), writer.names(problem.rows)
    assert_fit_for_all_readers(columns)
    assert_fit_for_all_readers(rows)
    whole = {f"#{number}": text for number, text in enumerate(writer.shortened, 1)}

    def ids(part: str) -> list[str]:
        mark = part[part.rfind("#") :] if "#" in part else ""
        return [unquote(one) for one in whole.get(mark, part).split("+")]

    for name, keys in zip(columns, problem.columns["start"].keys.iter_rows(named=True), strict=False):
        block, option, site, quarter = name.split(":")
        quarters = problem.inputs.case.calendar.label(keys["period"])
        assert (block, ids(option), ids(site), quarter) == ("start", [keys["option"]], [keys["site"]], quarters)
    outlays = problem.rows["outlay"]
    for name, keys in zip(rows[outlays.span], outlays.keys.iter_rows(named=True), strict=True):
        assert ids(name.split(":")[1]) == keys["class"].split("\n")
    assert any("+" in name for name in rows[outlays.span])
    assert whole, "a long id is shortened"
    assert {ODD_IDS["electricians"], ODD_IDS["mill-repair"]} <= {unquote(text) for text in writer.shortened}


def test_names_tell_what_is_decided() -> None:
    problem = planning_problem(MODELS["plain"][0])
    names = ModelNames(problem.inputs.case.calendar).names(problem.columns)
    assert {"start:mill-repair:mill:2027-Q3", "import:flour:south:2027-Q1", "fund_left:budget:2028-Q4"} <= {*names}


def test_names_of_a_large_case_are_unique() -> None:
    problem = planning_problem(generate(20, seed=2, hard=True))
    writer = ModelNames(problem.inputs.case.calendar)
    for blocks in (problem.columns, problem.rows):
        assert_fit_for_all_readers(writer.names(blocks))
    assert not writer.shortened


def test_no_comment_is_longer_than_readers_take(tmp_path: Path) -> None:
    write_mps(planning_problem(odd_case()), tmp_path / "model.mps")
    lines = (tmp_path / "model.mps").read_text(encoding="ascii").splitlines()
    comments = [line for line in lines if line.startswith("* #")]
    assert "".join(line.split(" ", 2)[2] for line in comments).count("x" * 300) == 1
    assert max(map(len, lines)) < 2 * MODEL_FILE.comment_characters


def test_it_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, path = planning_problem(MODELS["plain"][0]), tmp_path / "model.mps"
    write_mps(problem, path)
    before = path.read_bytes()

    def broken(_problem: Problem) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(model_file, "mps_lines", broken)
    with pytest.raises(KeyboardInterrupt):
        write_mps(problem, path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["model.mps"]
