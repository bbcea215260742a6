"""Values as JSON stores them: which of them are whole or finite numbers, and rows of a table with its columns."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import dataframely as dy
import polars as pl

from tawteen.case.frame_columns import column_types


def is_whole(value: Any) -> bool:
    """Whether it is a whole number, 0 or more; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_finite(value: Any) -> bool:
    """Whether it is a finite number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def fits(python_type: type, kind: Any) -> bool:
    """Whether cells of JSON of this type may stand in a column; true and false are no numbers, and text is none."""
    types: Mapping[Any, tuple[type, ...]] = {
        pl.String: (str,), pl.Int64: (int,), pl.Float64: (int, float), pl.Boolean: (bool,),
    }  # fmt: skip
    return python_type is type(None) or python_type in types.get(kind, (list,))


def table_of_rows(schema: type[dy.Schema], rows: Any) -> pl.DataFrame:
    """The table whose rows are objects of JSON. Raises ValueError where its schema does not allow columns or cells."""
    columns = column_types(schema)
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.keys() == columns.keys() for row in rows):
        raise ValueError("other columns")
    if not all(fits(type(cell), columns[column]) for row in rows for column, cell in row.items()):
        raise ValueError("a cell of another type")
    try:
        frame = pl.DataFrame(rows, schema=columns, orient="row", strict=True)
    except (TypeError, OverflowError, pl.exceptions.PolarsError) as error:
        raise ValueError("a cell that no column holds") from error
    _, failed = schema.filter(frame)
    if failed.counts():
        raise ValueError("a cell out of range")
    return frame
