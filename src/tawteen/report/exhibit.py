"""An exhibit: one thing to show, as a table and, where it helps, a picture, with where its figures come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

Both = tuple[str, str]


@dataclass(frozen=True)
class Shown:
    """How one column of an exhibit's table is shown: label (en, ar), unit, decimals, code list of its cells."""

    label: Both
    unit: str = ""
    decimals: int | None = None
    codes: str | None = None


@dataclass(frozen=True)
class Exhibit:
    """Page, workbook and brief loop over these.

    `chart` makes an Altair spec (a dict) for a language (`en` or `ar`); None where a table says it all.
    `origin` says from which tables of case and programme the figures come, in both languages.
    """

    key: str
    group: str
    title: Both
    note: Both
    origin: Both
    table: pl.DataFrame
    columns: Mapping[str, Shown]
    charts: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    limit: int | None = None
