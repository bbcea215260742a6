"""Columns of frames that pass between rooms: type, unit, range and meaning, from which checks and docs are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import dataframely as dy
import polars as pl

from tawteen.case.one_line import OneLine


def label(meaning: str, *, null: bool = False, regex: str | None = None) -> dy.String:
    """An id, a code or other text; all of it matches `regex` where one is given."""
    return dy.String(nullable=null, regex=regex, metadata={"en": meaning, "unit": ""})


def count(meaning: str, unit: str = "", *, null: bool = False, low: int | None = 0) -> dy.Int64:
    """A whole number: a count, a period or a quarter."""
    return dy.Int64(nullable=null, min=low, metadata={"en": meaning, "unit": unit})


def amount(
    meaning: str,
    unit: str,
    *,
    null: bool = False,
    low: float | None = 0.0,
    high: float | None = None,
    alias: str | None = None,
) -> dy.Float64:
    """A quantity in `unit`; `alias` is the name of a column that Python does not allow as one."""
    return dy.Float64(nullable=null, min=low, max=high, alias=alias, metadata={"en": meaning, "unit": unit})


def share(meaning: str, *, null: bool = False, high: float = 1.0) -> dy.Float64:
    """A share or a chance."""
    return amount(meaning, "share", null=null, high=high)


def truth(meaning: str, *, null: bool = False) -> dy.Bool:
    """Yes or no."""
    return dy.Bool(nullable=null, metadata={"en": meaning, "unit": ""})


def day(meaning: str, *, null: bool = True) -> dy.Date:
    """A calendar day."""
    return dy.Date(nullable=null, metadata={"en": meaning, "unit": "date"})


def column_types(schema: type[dy.Schema]) -> dict[str, Any]:
    """The type of each column of a frame, in their order."""
    return {name: column.dtype for name, column in schema.columns().items()}


class Frames(OneLine):
    """For dataclasses of frames: each frame has the columns and types of its schema, in their order."""

    SCHEMAS: ClassVar[Mapping[str, type[dy.Schema]]]

    def __post_init__(self) -> None:
        """Raises TypeError, a fault of the program, where columns or types of a frame are others than its schema's."""
        for name, schema in self.SCHEMAS.items():
            frame: pl.DataFrame = getattr(self, name)
            types = column_types(schema)
            if dict(frame.schema) != types or frame.columns != list(types):
                raise TypeError(f"{type(self).__name__}.{name}: {dict(frame.schema)} instead of {types}")

    def validate(self) -> None:
        """Checks every value against its schema too. Raises dataframely.ValidationError."""
        for name, schema in self.SCHEMAS.items():
            schema.validate(getattr(self, name))
