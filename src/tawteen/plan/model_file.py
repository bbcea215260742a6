"""A planning problem as a file in MPS format, for any solver.

Free MPS as HiGHS, SCIP and CBC read it; the format has no standard beyond the manuals of solvers (Murtagh 1981 has its
fields). Not written by HiGHS, whose writer leaves out entries below its own tolerance.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tawteen.case.atomic_write import replacing
from tawteen.plan.magnitude import refused
from tawteen.plan.model_builder import MilpArrays
from tawteen.plan.model_names import MODEL_FILE, ModelNames
from tawteen.plan.problem import Problem

OBJECTIVE, CONSTANT = "value", "constant"
FIRST_LINE = (
    "* The whole planning model of a case, written by Tawteen. Maximise: the objective is the programme's value."
)


@dataclass(frozen=True)
class ModelSize:
    """Size of a model file: rows without the objective, columns with the constant, whole numbers, entries of rows."""

    rows: int
    columns: int
    integers: int
    entries: int


def write_mps(problem: Problem, path: Path) -> ModelSize:
    """Writes the whole model to `path`, whole or not at all, and returns its size.

    Its optimum is the value of the best programme: the constant of the problem is the objective of a column that is
    fixed at 1, because solvers disagree about the sign of a constant among the right-hand sides. Numbers have as many
    digits as it takes to read them back unchanged. Raises CaseError for numbers that no file can hold, OSError where
    `path` cannot be written.
    """
    arrays = problem.arrays
    if not all(np.isfinite(numbers).all() for numbers in (arrays.value, arrays.matrix.data, problem.constant)):
        raise refused(problem)
    with replacing(path) as beside, beside.open("w", encoding="ascii", newline="\n") as file:
        file.writelines(f"{line}\n" for line in mps_lines(problem))
    rows, columns = arrays.matrix.shape
    return ModelSize(rows, columns + 1, int(arrays.discrete.sum()), int(arrays.matrix.nnz))


def mps_lines(problem: Problem) -> Iterator[str]:
    """The lines of the file in MPS format."""
    arrays, names = problem.arrays, ModelNames(problem.inputs.case.calendar)
    columns, rows = names.names(problem.columns), names.names(problem.rows)
    title = names.escaped(problem.inputs.case.settings.about.id)
    yield FIRST_LINE
    for number, text in enumerate(names.shortened, 1):
        parts = textwrap.wrap(text, MODEL_FILE.comment_characters, break_on_hyphens=False)
        yield from (f"* #{number} {part}" for part in parts)
    yield from (f"NAME {title}", "OBJSENSE", "    MAX", "ROWS", f" N {OBJECTIVE}")
    kinds = _row_kinds(arrays)
    yield from (f" {kind} {name}" for kind, name in zip(kinds, rows, strict=True))
    yield "COLUMNS"
    yield from _column_lines(arrays, columns, rows)
    yield f" {CONSTANT} {OBJECTIVE} {problem.constant!r}"
    yield from _side_lines(arrays, kinds, rows)
    yield "BOUNDS"
    yield from _bound_lines(arrays, columns)
    yield from (f" FX BOUNDS {CONSTANT} 1.0", "ENDATA")


def _row_kinds(arrays: MilpArrays) -> list[str]:
    """E, G or L; N for a row without limits. A row with two limits is L, with a range."""
    has_lower, has_upper = np.isfinite(arrays.row_lower), np.isfinite(arrays.row_upper)
    equal = has_lower & (arrays.row_lower == arrays.row_upper)
    return [str(kind) for kind in np.select([equal, has_upper, has_lower], ["E", "L", "G"], "N")]


def _column_lines(arrays: MilpArrays, columns: Sequence[str], rows: Sequence[str]) -> Iterator[str]:
    """Entries of each column; the objective also where it is 0 and the column has no other entry."""
    matrix, within, marks = arrays.matrix, False, 0
    values, integer, first = arrays.value.tolist(), arrays.discrete.tolist(), matrix.indptr.tolist()
    for index, name in enumerate(columns):
        if integer[index] != within:
            within, marks = not within, marks + 1
            yield f" MARKER{marks} 'MARKER' '{'INTORG' if within else 'INTEND'}'"
        span = slice(first[index], first[index + 1])
        if values[index] != 0 or span.start == span.stop:
            yield f" {name} {OBJECTIVE} {values[index]!r}"
        entries = zip(matrix.indices[span].tolist(), matrix.data[span].tolist(), strict=True)
        yield from (f" {name} {rows[row]} {entry!r}" for row, entry in entries)
    if within:
        yield f" MARKER{marks + 1} 'MARKER' 'INTEND'"


def _side_lines(arrays: MilpArrays, kinds: Sequence[str], rows: Sequence[str]) -> Iterator[str]:
    """Right-hand sides, and the width of rows with two limits."""
    limits = list(zip(kinds, rows, arrays.row_lower.tolist(), arrays.row_upper.tolist(), strict=True))
    yield "RHS"
    for kind, name, lower, upper in limits:
        side = lower if kind == "G" else upper
        if kind != "N" and side != 0:
            yield f" RHS {name} {side!r}"
    yield "RANGES"
    for kind, name, lower, upper in limits:
        if kind == "L" and np.isfinite(lower):
            yield f" RANGES {name} {upper - lower!r}"


def _bound_lines(arrays: MilpArrays, columns: Sequence[str]) -> Iterator[str]:
    """Bounds other than from 0 to infinity; of integers always, because readers disagree about what they are without.

    The lower one stands first: some readers take a negative upper bound alone for a column without a lower one.
    """
    bounds = zip(columns, arrays.lower.tolist(), arrays.upper.tolist(), arrays.discrete.tolist(), strict=True)
    for name, lower, upper, integer in bounds:
        if lower == upper:
            yield f" FX BOUNDS {name} {lower!r}"
            continue
        if np.isneginf(lower):
            yield f" {'FR' if np.isposinf(upper) else 'MI'} BOUNDS {name}"
        elif lower != 0 or upper < 0:
            yield f" LO BOUNDS {name} {lower!r}"
        if upper < np.inf:
            yield f" UP BOUNDS {name} {upper!r}"
        elif integer and lower > -np.inf:
            yield f" PL BOUNDS {name}"
