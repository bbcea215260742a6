"""A programme as one JSON file: versioned, its sites as rows, its other tables as objects of equally long lists."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, get_args

import polars as pl

from tawteen.case.atomic_write import write_text
from tawteen.case.findings import CaseError, Finding
from tawteen.plan.programme import VERSION, Programme, Scenario, Status

_NAME, _WHEN, _NUMBER = pl.String, pl.Int64, pl.Float64
_UNITS = pl.List(pl.Struct({"unit": pl.String, "capability": pl.String, "amount": pl.Float64}))
_THROUGHPUT = {"option": _NAME, "period": _WHEN, "amount": _NUMBER}
_FLOWS = {"kind": _NAME, "id": _NAME, "commodity": _NAME, "region": _NAME, "period": _WHEN, "amount": _NUMBER}

SCHEMAS: dict[str, dict[str, Any]] = {
    "sites": {
        "id": _NAME,
        "option": _NAME,
        "kind": _NAME,
        "status": _NAME,
        "start": _NAME,
        "period": _WHEN,
        "chance": _NUMBER,
        "operates": _NAME,
        "units": _UNITS,
    },
    "throughput": _THROUGHPUT,
    "flows": _FLOWS,
    "supply": {"pool_kind": _NAME, "pool": _NAME, "source": _NAME, "period": _WHEN, "amount": _NUMBER},
    "draws": {
        "fund": _NAME,
        "option": _NAME,
        "category": _NAME,
        "origin": _NAME,
        "period": _WHEN,
        "amount": _NUMBER,
    },
    "nothing_throughput": _THROUGHPUT,
    "nothing_flows": _FLOWS,
    "limits": {
        "kind": _NAME,
        "id": _NAME,
        "region": _NAME,
        "period": _WHEN,
        "used": _NUMBER,
        "limit": _NUMBER,
        "price": _NUMBER,
    },
    "nothing_prices": {"commodity": _NAME, "region": _NAME, "period": _WHEN, "price": _NUMBER},
}


def empty(table: str) -> pl.DataFrame:
    """The table of a programme without rows. Raises KeyError for an unknown one."""
    return pl.DataFrame(schema=SCHEMAS[table])


def write_programme(programme: Programme, path: Path) -> None:
    """Writes `path` whole or not at all; numbers come back exactly."""
    data: dict[str, Any] = {"version": programme.version}
    for field in fields(Programme):
        value = getattr(programme, field.name)
        if isinstance(value, pl.DataFrame):
            value = value.to_dicts() if field.name == "sites" else value.to_dict(as_series=False)
        elif isinstance(value, Scenario):
            value = asdict(value)
        data[field.name] = value
    write_text(path, json.dumps(data, ensure_ascii=False, allow_nan=False))


def read_programme(path: Path) -> Programme:
    """The programme in `path`. Raises CaseError for a file that is missing, no programme, or of another version."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = data["version"]
    except FileNotFoundError:
        raise _refused(path, "programme.missing") from None
    except (ValueError, KeyError, TypeError, OSError):
        raise _refused(path, "programme.unreadable") from None
    if version != VERSION:
        raise _refused(path, "programme.version", found=str(version), known=VERSION)
    try:
        if not _sound(data):
            raise _refused(path, "programme.unreadable")
        tables = {name: pl.DataFrame(data.pop(name), schema=schema) for name, schema in SCHEMAS.items()}
        scenario = Scenario(**{name: tuple(parts) for name, parts in data.pop("scenario").items()})
        return Programme(**{**data, **tables, "scenario": scenario, "conflict": tuple(data["conflict"])})
    except (KeyError, TypeError, AttributeError, ValueError, pl.exceptions.PolarsError):
        raise _refused(path, "programme.unreadable") from None


def _sound(data: dict[str, Any]) -> bool:
    """Whether figures are numbers, or nothing where they may be, the status is known and each site says everything."""
    open_ = [data[name] for name in ("value", "bound", "do_nothing", "gap") if data[name] is not None]
    figures = [*open_, data["seconds"], data["peak_mb"]]
    sites = all(isinstance(row, dict) and row.keys() == SCHEMAS["sites"].keys() for row in data["sites"])
    numbers = all(isinstance(figure, (int, float)) and not isinstance(figure, bool) for figure in figures)
    return sites and numbers and data["status"] in get_args(Status)


def _refused(path: Path, code: str, **args: str | float | bool) -> CaseError:
    return CaseError([Finding("error", code, file=str(path), args=args)])
