"""What a mapping says: which columns of a source fill which columns of a case, and how."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

Kind = Literal["table", "oc4ids", "iati", "xlsform"]
Merge = Literal["first", "common", "sum", "priority"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceInfo(_Strict):
    """The source as the tables `sources` and `evidence` name it."""

    id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    address: str = ""
    licence: str = ""
    as_of: dt.date | None = None
    grade: Literal["assumed", "reported", "documented", "inspected", "tested"] = "reported"
    observer: str = ""


class ColumnMapping(_Strict):
    """How one column of a table is filled.

    Either from the first filled of the source columns `columns` (`from` in the file) or by the constant `value`.
    `prefix` precedes the text. `numbered` appends -1, -2, … within equal texts of a key, and 2, 3, … from the second
    on of another column. `codes` translates values of the source into codes of the column. A number is multiplied by
    `factor`; `unit` names the unit of the source. `part` takes the n-th (from 0) of values separated by spaces or
    commas, such as a point. `date` reads a year or a time stamp as a day. Where several rows of the source make one
    row, `merge` takes the first value, the words that all begin with (`common`), the `sum`, or the value whose code
    stands first in `codes` (`priority`).
    """

    columns: tuple[str, ...] = Field(
        default=(), validation_alias=AliasChoices("from", "columns"), serialization_alias="from"
    )
    value: str | None = None
    prefix: str = ""
    numbered: bool = False
    codes: dict[str, str] = Field(default_factory=dict)
    unit: str = ""
    factor: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    part: int | None = Field(default=None, ge=0, le=9)
    date: bool = False
    merge: Merge = "first"

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnMapping:
        if bool(self.columns) == (self.value is not None):
            raise ValueError("needs either from or value")
        return self


class TableMapping(_Strict):
    """The rows of one table of the case. Rows of the source with the same values in `key` make one row; without a key
    each makes its own. Rows are left out where a column has one of the values listed in `leave_out`.
    """

    table: str
    key: tuple[str, ...] = ()
    leave_out: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    columns: dict[str, ColumnMapping]


class Mapping(_Strict):
    """A whole mapping; `version` is that of the file format."""

    version: Literal[1] = 1
    kind: Kind
    source: SourceInfo
    tables: tuple[TableMapping, ...]
