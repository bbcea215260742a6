"""Rows and names of results as tables of a terminal show them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tawteen.cli.console import Console

if TYPE_CHECKING:
    import polars as pl

    from tawteen.case.model import Case
    from tawteen.plan.robust.front import Front
    from tawteen.plan.robust.model import Robustness


def frames(result: Any) -> dict[str, Any]:
    """Every frame of a room's result as rows."""
    return {field.name: getattr(result, field.name).to_dicts() for field in dataclasses.fields(result)}


def names(case: Case, table: str, console: Console) -> dict[str, str]:
    """Names of the rows of a table in the reader's language."""
    frame = case[table]
    return dict(zip(frame["id"], frame[f"name_{console.words.lang}"], strict=True))


def rows_of(frame: pl.DataFrame) -> Iterable[dict[str, Any]]:
    """Rows of a frame by column name."""
    return frame.iter_rows(named=True)


def whole_number(console: Console, value: float | None) -> str:
    """A number without decimals, or a dash where it is not known."""
    return "–" if value is None else console.words.number(value, 0)


def share(console: Console, value: float | None, decimals: int = 0) -> str:
    """A share as a percentage, or a dash where it is not known."""
    return "–" if value is None else console.words.percent(value, decimals)


def all_frames(result: Robustness | Front) -> dict[str, Any]:
    """Every frame as rows."""
    import polars as pl

    held = {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}
    return {name: value.to_dicts() for name, value in held.items() if isinstance(value, pl.DataFrame)}
