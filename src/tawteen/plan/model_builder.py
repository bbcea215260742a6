"""Builder of a mixed-integer model from named blocks of columns and rows, each with a frame of keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.case.fused import fused
from tawteen.plan.tolerances import TOLERANCES

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ModelBlock:
    """Consecutive columns (or rows) of a model from index `first` on; row i of `keys` names the i-th of them."""

    first: int
    keys: pl.DataFrame

    @property
    def span(self) -> slice:
        """Indices of the block in the arrays of the model."""
        return slice(self.first, self.first + self.keys.height)


class ModelBuilder:
    """Collects blocks of columns, blocks of rows and matrix entries from polars frames, and joins them to arrays."""

    def __init__(self) -> None:
        self.column_blocks: dict[str, ModelBlock] = {}
        self.row_blocks: dict[str, ModelBlock] = {}
        self._columns: list[tuple[tuple[Floats, Floats, Floats], bool]] = []
        self._whole: list[NDArray[np.int64]] = []
        self._rows: list[tuple[Floats, Floats]] = []
        self._entries: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]] = []
        self._width = 0
        self._height = 0

    def columns(self, name: str, frame: pl.DataFrame, *, integer: bool = False, whole: bool = False) -> pl.DataFrame:
        """Adds one column per row of `frame`; with its `value` (default 0), `lower` (0) and `upper` (∞).

        `integer` columns are decisions of yes or no, `whole` ones numbers without a fraction (see `MilpArrays`).

        Returns the other columns of the frame, the keys, with `column`, the index in the model.
        """
        value, lower = _numbers(frame, "value", 0.0), _numbers(frame, "lower", 0.0)
        keys = _without(frame, "value", "lower", "upper")
        self._columns.append(((value, lower, _numbers(frame, "upper", np.inf)), integer))
        self.column_blocks[name] = ModelBlock(self._width, keys)
        if whole:
            self._whole.append(np.arange(self._width, self._width + frame.height, dtype=np.int64))
        self._width += frame.height
        return _numbered(keys, "column", self._width - frame.height)

    def rows(self, name: str, frame: pl.DataFrame) -> pl.DataFrame:
        """Adds one row per row of `frame` with its `lower` and `upper`; returns the keys with `row`, the index."""
        self._rows.append((_numbers(frame, "lower", -np.inf), _numbers(frame, "upper", np.inf)))
        keys = _without(frame, "lower", "upper")
        self.row_blocks[name] = ModelBlock(self._height, keys)
        self._height += frame.height
        return _numbered(keys, "row", self._height - frame.height)

    def entries(self, entries: pl.DataFrame | pl.LazyFrame) -> None:
        """Adds the matrix entries `value` at `row`, `column`; repeated entries are summed."""
        frame = fused(entries) if isinstance(entries, pl.LazyFrame) else entries
        self._entries.append(
            (frame["row"].to_numpy(), frame["column"].to_numpy(), frame["value"].cast(pl.Float64).to_numpy())
        )

    def arrays(self) -> MilpArrays:
        """The model of all blocks and entries added so far."""
        integer = np.repeat(
            [is_integer for _, is_integer in self._columns], [len(c[0]) for c, _ in self._columns]
        ).astype(bool)
        value, lower, upper = (_joined([columns[i] for columns, _ in self._columns]) for i in range(3))
        row, column, entry = (
            np.concatenate([e[i] for e in self._entries]) if self._entries else np.zeros(0) for i in range(3)
        )
        matrix = sparse.csc_matrix(
            (entry.astype(float), (row.astype(np.int64), column.astype(np.int64))), shape=(self._height, self._width)
        )
        matrix.sum_duplicates()
        matrix.data[np.abs(matrix.data) < TOLERANCES.zero] = 0.0
        matrix.eliminate_zeros()
        return MilpArrays(
            matrix=matrix,
            value=value,
            lower=lower,
            upper=upper,
            integer=integer,
            row_lower=_joined([block[0] for block in self._rows]),
            row_upper=_joined([block[1] for block in self._rows]),
            whole=np.concatenate(self._whole) if self._whole else no_columns(),
        )

    @property
    def blocks(self) -> tuple[Mapping[str, ModelBlock], Mapping[str, ModelBlock]]:
        """Blocks of columns and of rows by name."""
        return MappingProxyType(self.column_blocks), MappingProxyType(self.row_blocks)


def no_columns() -> NDArray[np.int64]:
    """Indices of no columns."""
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class MilpArrays:
    """Maximise `value·x` where `row_lower ≤ matrix·x ≤ row_upper`, `lower ≤ x ≤ upper`, x integer where `integer`.

    `integer` marks starts, which are 0 or 1. `whole` are indices of further columns that hold whole numbers: they count
    what follows from starts, such as classes of a course, and are decided anew for every choice of starts.
    """

    matrix: sparse.csc_matrix
    value: Floats
    lower: Floats
    upper: Floats
    integer: NDArray[np.bool_]
    row_lower: Floats
    row_upper: Floats
    whole: NDArray[np.int64] = field(default_factory=no_columns)

    @property
    def discrete(self) -> NDArray[np.bool_]:
        """Which columns hold whole numbers only: starts, and what `whole` counts."""
        discrete = self.integer.copy()
        discrete[self.whole] = True
        return discrete


def _without(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    """The frame without these columns; it need not have them."""
    return pl.DataFrame([column for column in frame.iter_columns() if column.name not in names])


def _numbered(keys: pl.DataFrame, name: str, first: int) -> pl.DataFrame:
    """The frame with its rows numbered from `first` on in the column `name`."""
    return keys.hstack([pl.Series(name, np.arange(first, first + keys.height), dtype=pl.Int64)])


def _numbers(frame: pl.DataFrame, name: str, default: float) -> Floats:
    if name not in frame.columns:
        return np.full(frame.height, default)
    column = frame[name].cast(pl.Float64)
    numbers = (column.fill_null(default) if column.null_count() else column).to_numpy()
    return np.where(np.abs(numbers) < TOLERANCES.zero, 0.0, numbers)


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)
