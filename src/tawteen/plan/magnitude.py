"""Check that the numbers of a case fit into arithmetic of sixteen digits; the odd cell is named where they do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.findings import CaseError, Finding
from tawteen.plan.fixed_starts import solve_with_starts
from tawteen.plan.model_builder import Floats, ModelBlock
from tawteen.plan.odd_cell import odd_cell
from tawteen.plan.problem import Problem, relaxed
from tawteen.plan.safe_bound import most_used, safe_bound
from tawteen.plan.solver import NumericalError, Solution, solve_lp, solve_mip


@dataclass(frozen=True)
class MagnitudeParams:
    """Thresholds for refusing a case whose numbers lie too far apart, and for checking its bound."""

    resolution: float = 1e10
    """Money in play, in usual values of a start, above which starts cannot be told apart: a solver keeps nine to ten
    digits of a sum."""
    odd_factor: float = 1e9
    """Factor between a cell and the usual number of its column from which the bound is checked in units of the case."""
    options: int = 40
    """Options whose single start is compared with the bound in that check."""
    nodes: int = 100
    """Nodes of the search whose solution is compared with the bound in that check."""
    rounding: float = 1e-6
    """Share of the money in play by which two sums of it may differ."""


MAGNITUDE = MagnitudeParams()


@contextmanager
def refusing_magnitudes(model: Problem) -> Iterator[None]:
    """Turns a failure of the solver's arithmetic on `model` into a CaseError that names the number that stands out."""
    try:
        yield
    except NumericalError as error:
        raise refused(model) from error


def check_resolution(model: Problem, nothing: Solution) -> None:
    """Raises CaseError if the value of doing nothing is so large that rounding hides the value of a start."""
    starts = np.abs(model.arrays.value[model.starts])
    starts = starts[starts > 0]
    if nothing.value is None or not np.isfinite(nothing.value):
        raise refused(model)
    if len(starts) and abs(nothing.value) > MAGNITUDE.resolution * float(np.median(starts)):
        raise refused(model)


def check_bound(model: Problem, nothing: Solution, bound: float) -> None:
    """Raises CaseError where a case with an odd cell has a bound that arithmetic in its own units does not bear out.

    `nothing` is the optimum without any start, `bound` what the solver proved, both without constant.
    """
    cell = odd_cell(model.inputs.case)
    if cell is not None and cell.factor >= MAGNITUDE.odd_factor and not _borne_out(model, nothing, bound):
        raise CaseError([cell.finding()])


def _borne_out(model: Problem, nothing: Solution, bound: float) -> bool:
    """Whether the linear model's value equals what its prices prove, and the bound is at least every known value.

    False as well if rounding at this value is larger than all money in play.
    """
    arrays, linear = model.arrays, solve_lp(relaxed(model.arrays))
    if linear.value is None or linear.row_price is None:
        return False
    if abs(linear.value) > MAGNITUDE.resolution * (abs(nothing.value or 0.0) + abs(model.constant)):
        return False
    near = MAGNITUDE.rounding * (abs(linear.value) + abs(model.constant))
    proved = safe_bound(arrays, linear.row_price, most_used(model))
    if not abs(proved - linear.value) <= near or bound > proved + near:
        return False
    for starts in _other_choices(model):
        point = solve_with_starts(arrays, starts)
        if point.outcome == "optimal" and point.x is not None and float(arrays.value @ point.x) > bound + near:
            return False
    return True


def _other_choices(model: Problem) -> Iterator[NDArray[np.int64]]:
    """Columns of starts to compare with a bound: each option alone, and the solution of a plain branch and cut."""
    keys = model.columns["start"].keys.with_row_index("place")
    for place in keys.unique("option", keep="first", maintain_order=True)["place"].head(MAGNITUDE.options).to_list():
        yield np.array([model.starts.start + place], dtype=np.int64)
    plain = solve_mip(model.arrays, steady=True, nodes=MAGNITUDE.nodes, seed=2)
    if plain.x is not None:
        yield np.flatnonzero(model.arrays.integer & (plain.x > 0.5))


def refused(model: Problem) -> CaseError:
    """The error for a model whose numbers lie too far apart: the odd cell of its case, or else of the model itself."""
    cell = odd_cell(model.inputs.case)
    if cell is not None:
        return CaseError([cell.finding()])
    name, number, usual = outlier(model)
    args = {"id": name, "number": f"{number:.3g}", "usual": f"{usual:.3g}"}
    return CaseError([Finding("error", "plan.magnitude", value=f"{number:.3g}", args=args)])


def outlier(model: Problem) -> tuple[str, float, float]:
    """Key of the column or row whose number is farthest from what is usual in its block, that number, and the usual.

    Periods of one key are one number, so that a key of many periods does not make itself usual.
    """
    arrays, farthest_number = model.arrays, ("", 1.0, 1.0)
    width = arrays.matrix.tocoo()
    entries = np.zeros(len(arrays.value))
    np.maximum.at(entries, width.col, np.abs(width.data))
    candidates: list[tuple[Mapping[str, ModelBlock], Floats]] = [
        (model.columns, arrays.value),
        (model.columns, arrays.upper),
        (model.columns, entries),
        (model.rows, arrays.row_upper),
        (model.rows, arrays.row_lower),
    ]
    farthest = 0.0
    for blocks, numbers in candidates:
        for block in blocks.values():
            size = np.abs(numbers[block.span])
            known = np.isfinite(size) & (size > 0)
            if not known.any():
                continue
            usual = float(np.median(_largest_by_key(block, np.where(known, size, 0.0))))
            distance = np.where(known, np.abs(np.log10(np.where(known, size, 1.0)) - np.log10(usual)), -1.0)
            if distance.max() > farthest:
                row = int(distance.argmax())
                farthest, farthest_number = float(distance.max()), (_name(block, row), float(size[row]), usual)
    return farthest_number


def _largest_by_key(block: ModelBlock, size: Floats) -> Floats:
    """The largest number of each key, its periods aside; keys without any are left out."""
    names = [name for name, kind in block.keys.schema.items() if kind == pl.String]
    if not names:
        return size[size > 0]
    largest = block.keys.select(names).with_columns(size=size).group_by(names).agg(pl.col("size").max())["size"]
    return largest.filter(largest > 0).to_numpy()


def _name(block: ModelBlock, row: int) -> str:
    key = block.keys.row(row, named=True)
    return " / ".join(str(value) for name, value in key.items() if block.keys.schema[name] == pl.String and value)
