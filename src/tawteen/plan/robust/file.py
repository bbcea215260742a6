"""Results of robustness, kept beside a programme as JSON; tables are objects of equally long lists."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from tawteen.case.atomic_write import write_text
from tawteen.plan.robust.front import Front
from tawteen.plan.robust.model import Robustness

Kept = TypeVar("Kept", Robustness, Front)


def write_analysis(result: Robustness | Front, path: Path) -> None:
    """Writes `path` whole or not at all, with the type of every column."""
    data: dict[str, Any] = {}
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, pl.DataFrame):
            types = {name: str(kind) for name, kind in value.schema.items()}
            value = {"types": types, "columns": value.to_dict(as_series=False)}
        data[field.name] = value
    write_text(path, json.dumps(data, ensure_ascii=False, allow_nan=False))


def read_analysis(path: Path, kind: type[Kept]) -> Kept | None:
    """Results that `write_analysis` wrote to `path`; None if there are none, or they are of another kind or version."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        for name, value in data.items():
            if isinstance(value, dict):
                schema = {column: getattr(pl, t) for column, t in value["types"].items()}
                data[name] = pl.DataFrame(value["columns"], schema=schema)
        return kind(**data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError):
        return None
