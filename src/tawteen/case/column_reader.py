"""Cells of one column, as text, become values of its type: for tables and for what evidence says of their cells."""

from __future__ import annotations

from dataclasses import dataclass, field

import dataframely as dy
import polars as pl

from tawteen.case import cells
from tawteen.case.degrees import degrees_of

_MATCHED = {"party", "work", "currency", "authority", "row", "column"}
"""Columns of text that are compared with other texts."""


@dataclass(frozen=True)
class Reading:
    """What cells of a table mean beyond their column: marks of numbers that the file proves, Hijri years."""

    marks: cells.Separators = field(default_factory=cells.Separators)
    hijri: bool = False


def read_column(name: str, column: dy.Column, texts: pl.Series, reading: Reading) -> cells.Read:
    """Values of the column's type and problems (codes of findings) of its cells, both as long as `texts`.

    A number outside its bounds is a value and a problem.
    """
    meta = column.metadata or {}
    match column:
        case dy.Float64() | dy.Int64():
            share = meta["unit"].startswith("share")
            if meta["unit"] == "deg":
                texts = _decimal(texts, name)
            form = cells.NumberColumn(share, column.min, column.max, reading.marks)
            values, problems = (cells.wholes if isinstance(column, dy.Int64) else cells.numbers)(texts, form)
            problems = cells.bounded(values, problems, column.min, column.max)
            if share and column.max is not None and (problems == "cell.bound").any():
                percent = (values >= 1) & (values <= 100 * column.max)
                problems = problems.replace({"cell.bound": "cell.share"}).zip_with(
                    (percent & (problems == "cell.bound")).fill_null(False), problems
                )
            return values, problems
        case dy.Bool():
            return cells.flags(texts)
        case dy.Date():
            return cells.dates(texts, part=meta["part"], hijri=reading.hijri)
    if meta.get("codes"):
        return cells.coded(texts, name=meta["codes"], many=bool(meta.get("many")))
    if column.primary_key or meta.get("ref") or meta.get("many") or name in _MATCHED:
        return cells.keys(texts, many=bool(meta.get("many")))
    return texts, pl.Series([None], dtype=pl.String).new_from_index(0, len(texts))


def _decimal(texts: pl.Series, axis: str) -> pl.Series:
    """Latitudes or longitudes in degrees, minutes and seconds as decimal numbers; other cells as they are."""
    if not texts.str.contains(r"[^\d.,+\-\s]").any():
        return texts
    decimal = {text: degrees_of(text, axis) for text in texts.drop_nulls().unique()}
    return texts.replace({text: repr(value) for text, value in decimal.items() if value is not None})
