"""The only module that calls the solver (HiGHS).

Each run uses one thread: HiGHS fixes its thread count once per process, and two runs may be active at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.scaling import Scaling, scaling

Outcome = Literal["optimal", "infeasible", "unbounded", "limit", "interrupted"]
Stop = Callable[[], bool]
States = NDArray[np.int8]
Whole = NDArray[np.int64]
DUAL, PRIMAL = 1, 4
"""Simplex methods, as HiGHS numbers them."""

_OUTCOMES: dict[Any, Outcome] = {
    highspy.HighsModelStatus.kOptimal: "optimal",
    highspy.HighsModelStatus.kModelEmpty: "optimal",
    highspy.HighsModelStatus.kInfeasible: "infeasible",
    highspy.HighsModelStatus.kUnbounded: "unbounded",
    highspy.HighsModelStatus.kUnboundedOrInfeasible: "infeasible",
    highspy.HighsModelStatus.kInterrupt: "interrupted",
}

_FAILED = (
    highspy.HighsModelStatus.kNotset,
    highspy.HighsModelStatus.kLoadError,
    highspy.HighsModelStatus.kModelError,
    highspy.HighsModelStatus.kPresolveError,
    highspy.HighsModelStatus.kSolveError,
    highspy.HighsModelStatus.kPostsolveError,
    highspy.HighsModelStatus.kMemoryLimit,
    highspy.HighsModelStatus.kUnknown,
)

_STATES = (
    highspy.HighsBasisStatus.kLower,
    highspy.HighsBasisStatus.kBasic,
    highspy.HighsBasisStatus.kUpper,
    highspy.HighsBasisStatus.kZero,
    highspy.HighsBasisStatus.kNonbasic,
)

_HEURISTICS = ("rins", "rens", "root_reduced_cost", "feasibility_jump")


class NumericalError(RuntimeError):
    """The numbers of a model lie too far apart for the solver."""


@dataclass(frozen=True)
class Solution:
    """What a run found, in the units of the model. Prices are what one more unit of a row or column is worth.

    `bound` is proven whatever the outcome (infinite when nothing is known); `value` and `x` are None without a point.
    """

    outcome: Outcome
    value: float | None
    bound: float
    x: Floats | None
    row_price: Floats | None = None
    column_price: Floats | None = None
    nodes: int = 0


@dataclass
class Callbacks:
    """Callbacks of a running branch and cut.

    `on_solution(x, value)` receives each better point. `offer()` may return a point to use. `on_progress(value, bound)`
    receives progress and returns True to end the run.
    """

    on_solution: Callable[[Floats, float], None] = field(default=lambda _x, _value: None)
    offer: Callable[[], Floats | None] = field(default=lambda: None)
    on_progress: Callable[[float, float], bool] = field(default=lambda _value, _bound: False)


def solve_lp(
    arrays: MilpArrays, *, method: str = "choose", seconds: float = np.inf, stop: Stop | None = None,
    units: Scaling | None = None,
) -> Solution:  # fmt: skip
    """Solves the relaxation. `method` is simplex, ipm (with crossover) or choose."""
    units = units or scaling(arrays)
    highs = _loaded(units.into(arrays), relax=True)
    highs.setOptionValue("solver", method)
    _limit(highs, seconds)
    _judged(highs, stop)
    return _answer(highs, units, whole=False)


def solve_mip(
    arrays: MilpArrays, *, seconds: float = np.inf, gap: float = 0.0, seed: int = 1, known: Floats | None = None,
    callbacks: Callbacks | None = None, stop: Stop | None = None, units: Scaling | None = None, effort: float = 0.05,
    nodes: int | None = None, steady: bool = False,
) -> Solution:  # fmt: skip
    """Searches for the best whole point.

    `gap` ends the run when bound − value is below it (units of value); `known` is a point to start from; `effort` is
    the share of work spent on looking for points: with 0 the run only proves. `nodes` ends it after so many nodes:
    unlike `seconds` that ends the same search at the same point on every machine. `steady` takes the model as it is
    and never begins again: on large models what a restart costs is worth more than what it takes away.
    """
    units = units or scaling(arrays)
    highs = _loaded(units.into(arrays), relax=False)
    options: dict[str, float] = {
        "mip_rel_gap": 0.0,
        "mip_abs_gap": max(gap * units.value, 1e-9),
        "random_seed": seed,
        "mip_heuristic_effort": effort,
    }
    if nodes is not None:
        options["mip_max_nodes"] = nodes
    for name, value in options.items():
        highs.setOptionValue(name, value)
    if steady:
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("mip_allow_restart", False)
    for heuristic in _HEURISTICS if effort == 0.0 else ():
        highs.setOptionValue(f"mip_heuristic_run_{heuristic}", False)
    _limit(highs, seconds)
    if known is not None and steady:
        point = highspy.HighsSolution()
        point.col_value = known / units.columns
        highs.setSolution(point)
    elif known is not None:
        callbacks = _beginning_with(known, callbacks or Callbacks())
    _judged(highs, stop, callbacks, units)
    return _answer(highs, units, whole=True)


class Relaxation:
    """A linear model that is solved repeatedly after small changes, each time from the last basis.

    All arguments and results are in the units of the model.
    """

    def __init__(self, arrays: MilpArrays, units: Scaling | None = None, *, method: str = "simplex") -> None:
        """`method`: simplex, or ipm (with crossover), which does not begin from a basis."""
        self.units = units or scaling(arrays)
        self._highs = _loaded(self.units.into(arrays), relax=True)
        self._highs.setOptionValue("solver", method)

    def bound(self, columns: Whole, lower: Floats, upper: Floats) -> None:
        """Sets the bounds of some columns."""
        scale = self.units.columns[columns]
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower / scale, upper / scale)

    def limit(self, rows: Whole, lower: Floats, upper: Floats) -> None:
        """Sets the limits of some rows, in the units of the model."""
        scale = self.units.rows[rows]
        self._highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower * scale, upper * scale)  # type: ignore[attr-defined]

    @property
    def basis(self) -> tuple[States, States]:
        """State of each column and of each row: 0 at the lower bound, 1 basic, 2 at the upper bound."""
        basis = self._highs.getBasis()
        columns, rows = ([int(s) for s in part] for part in (basis.col_status, basis.row_status))
        return np.array(columns, dtype=np.int8), np.array(rows, dtype=np.int8)

    def set_basis(self, columns: States, rows: States) -> None:
        """Sets the starting basis, which may come from a similar model; HiGHS repairs it where it is singular."""
        basis = highspy.HighsBasis()
        basis.col_status, basis.row_status = ([_STATES[s] for s in part.tolist()] for part in (columns, rows))
        basis.valid = basis.alien = True
        self._highs.setBasis(basis)

    def objective(self) -> float | None:
        """Solves and returns the objective value alone."""
        _run(self._highs, None)
        best = self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return -self._highs.getInfo().objective_function_value / self.units.value if best else None

    def dual_ray(self) -> Floats | None:
        """Mixture of rows that proves that the model just solved has no point; None where the solver has none."""
        _, exists, ray = self._highs.getDualRay()  # type: ignore[attr-defined]
        return np.asarray(ray, dtype=np.float64) * self.units.rows if exists else None

    def set_costs(self, columns: Whole, value: Floats) -> None:
        """Sets the objective coefficients of some columns."""
        cost = -value * self.units.columns[columns] * self.units.value
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), cost)

    def add_columns(self, matrix: sparse.csc_matrix, value: Floats, row_count: int) -> None:
        """Appends `row_count` rows of at most 1, then columns from 0 to 1 with their entries in all rows.

        Both are their own units, so `matrix` (all rows × new columns) is of order 1 in new rows.
        """
        nothing, empty = np.zeros(row_count), np.zeros(0)
        start = np.zeros(row_count, dtype=np.int32)
        none = np.zeros(0, dtype=np.int32)
        self._highs.addRows(row_count, np.full(row_count, -np.inf), nothing + 1.0, 0, start, none, empty)
        rows = np.concatenate([self.units.rows, nothing + 1.0])
        scaled = sparse.csc_matrix(sparse.diags_array(rows) @ matrix)
        count = scaled.shape[1]
        self._highs.addCols(
            count, -value * self.units.value, np.zeros(count), np.ones(count), scaled.nnz,
            scaled.indptr[:-1].astype(np.int32), scaled.indices.astype(np.int32), scaled.data,
        )  # fmt: skip
        self.units = Scaling(rows, np.concatenate([self.units.columns, np.ones(count)]), self.units.value)

    def solve(
        self, *, seconds: float = np.inf, stop: Stop | None = None, presolve: bool = False, primal: bool = False
    ) -> Solution:
        """Solves from the last basis, or afresh with `presolve`; by the primal simplex method where asked."""
        if presolve:
            self._highs.clearSolver()
        self._highs.setOptionValue("simplex_strategy", PRIMAL if primal else DUAL)
        _limit(self._highs, seconds)
        self._highs.clearCallbacks()  # type: ignore[no-untyped-call]
        _run(self._highs, stop)
        return _answer(self._highs, self.units, whole=False)


class _Silent(highspy.Highs):
    """HiGHS without any output, including its banner when callbacks are connected."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _beginning_with(known: Floats, callbacks: Callbacks) -> Callbacks:
    """Callbacks in which `known` is offered first.

    HiGHS 1.16 evaluates a point that is set before presolve wrongly and then finds no better one.
    """
    first = [known]
    return replace(callbacks, offer=lambda: first.pop() if first else callbacks.offer())


def _loaded(arrays: MilpArrays, *, relax: bool) -> highspy.Highs:
    """HiGHS with the model as a minimisation of −value."""
    highs = _Silent()  # type: ignore[no-untyped-call]
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("parallel", "off")
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = arrays.matrix.shape
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = -arrays.value, arrays.lower, arrays.upper
    lp.row_lower_, lp.row_upper_ = arrays.row_lower, arrays.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = arrays.matrix.indptr
    lp.a_matrix_.index_ = arrays.matrix.indices
    lp.a_matrix_.value_ = arrays.matrix.data
    if not relax:
        kinds = np.array([highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger])
        lp.integrality_ = list(kinds[arrays.discrete.astype(int)])
    if highs.passModel(lp) == highspy.HighsStatus.kError:
        raise NumericalError("the solver refused the model")
    return highs


def _limit(highs: highspy.Highs, seconds: float) -> None:
    """HiGHS counts its limit over all runs of an instance."""
    highs.setOptionValue("time_limit", highs.getRunTime() + max(seconds, 0.0) if np.isfinite(seconds) else np.inf)


def _judged(
    highs: highspy.Highs, stop: Stop | None, callbacks: Callbacks | None = None, units: Scaling | None = None
) -> None:
    """Runs, and again without presolve where that calls the model unbounded or impossible.

    Presolve does not say which of the two, and with very small prices beside large row_count it is neither.
    """
    _run(highs, stop, callbacks, units)
    if highs.getModelStatus() == highspy.HighsModelStatus.kUnboundedOrInfeasible:
        highs.setOptionValue("presolve", "off")
        _run(highs, stop, callbacks, units)


def _run(
    highs: highspy.Highs, stop: Stop | None, callbacks: Callbacks | None = None, units: Scaling | None = None
) -> None:
    """Runs with stop flag and callbacks subscribed to HiGHS; exceptions raised in them are raised here."""
    raised: list[BaseException] = []
    last_asked = [time.monotonic()]

    def guarded(callback: Callable[[Any], None]) -> Callable[[Any], None]:
        def guarded_callback(event: Any) -> None:
            if not raised:
                try:
                    callback(event)
                except BaseException as error:
                    raised.append(error)
            if raised:
                event.interrupt()

        return guarded_callback

    def flagged(event: Any) -> None:
        now = time.monotonic()
        if stop is not None and now - last_asked[0] > 0.05:
            last_asked[0] = now
            if stop():
                event.interrupt()

    def improved(event: Any) -> None:
        x = np.array(event.data_out.mip_solution) * scale.columns
        listener.on_solution(x, -event.data_out.objective_function_value / scale.value)

    def asking(event: Any) -> None:
        offered = listener.offer()
        if offered is not None:
            event.data_in.setSolution(offered / scale.columns)

    def progress(event: Any) -> None:
        out = event.data_out
        if listener.on_progress(-out.mip_primal_bound / scale.value, -out.mip_dual_bound / scale.value):
            event.interrupt()

    if stop is not None:
        for interrupt in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt, highs.cbMipInterrupt):
            interrupt.subscribe(guarded(flagged))
    if callbacks is not None and units is not None:
        listener, scale = callbacks, units
        highs.cbMipImprovingSolution.subscribe(guarded(improved))
        highs.cbMipUserSolution.subscribe(guarded(asking))
        highs.cbMipInterrupt.subscribe(guarded(progress))
    highs.run()
    if raised:
        raise raised[0]


def _answer(highs: highspy.Highs, units: Scaling, *, whole: bool) -> Solution:
    status, info, solution = highs.getModelStatus(), highs.getInfo(), highs.getSolution()
    outcome = _OUTCOMES.get(status, "limit")
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if highs.getNumCol() == 0:
        feasible = outcome == "optimal"
    x = np.array(solution.col_value) * units.columns if feasible else None
    value = -info.objective_function_value / units.value if feasible else None
    if whole:
        bound = np.inf if status in _FAILED else -info.mip_dual_bound / units.value
        return Solution(outcome, value, bound if outcome != "infeasible" else -np.inf, x, nodes=info.mip_node_count)
    if outcome != "optimal" or value is None:
        return Solution(outcome, value, -np.inf if outcome == "infeasible" else np.inf, x)
    return Solution(
        outcome, value, value, x,
        row_price=-np.array(solution.row_dual) * units.rows / units.value,
        column_price=-np.array(solution.col_dual) / (units.columns * units.value),
    )  # fmt: skip
