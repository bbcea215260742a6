"""Numbers of a source as its texts state them, read as the cells of a case are, whatever unit follows them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import dataframely as dy
import polars as pl

from tawteen.case.cells import NumberColumn, Separators, numbers, separators
from tawteen.case.column_reader import Reading, read_column

_LEADING = re.compile(r"\s*([-+\u2212]?\s*[\d\u0660-\u0669][\d\u0660-\u0669.,\u066b\u066c ]*)")


def amounts_of(name: str, column: dy.Column, texts: Iterable[str], factor: float | None) -> dict[str, float]:
    """The number that each text of a source's column states, times `factor`; texts that state none are left out.

    `name` and `column`: the column of the case that they fill. Without a factor its bounds decide where 1.234 can be
    read in two ways and no other text does; degrees may come with minutes and seconds.
    """
    cells = pl.Series("", list(dict.fromkeys(texts)), dtype=pl.String)
    angle = (column.metadata or {}).get("unit") == "deg"
    leading = cells if angle else pl.Series("", [_leading(text) for text in cells], dtype=pl.String)
    amounts: dict[str, float] = {}
    for read in (leading, cells):  # a whole text may be more than its leading number, such as 12 %
        values = _read(name, column, read, separators(leading), factor)
        amounts |= {text: value for text, value in zip(cells, values, strict=True) if value is not None}
    return {text: value * (factor or 1.0) for text, value in amounts.items()}


def _read(name: str, column: dy.Column, texts: pl.Series, marks: Separators, factor: float | None) -> pl.Series:
    """Numbers as a case reads them; of an amount in another unit the bounds of the column say nothing."""
    if factor is not None:
        return numbers(texts, NumberColumn(marks=marks))[0]
    return read_column(name, column, texts, Reading(marks))[0]


def _leading(text: str) -> str | None:
    match = _LEADING.match(text)
    return match[1].strip() if match else None
