"""Every field of a programme's file, and several changes of each by hand."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

Data = dict[str, Any]
FLAWS: tuple[Any, ...] = (None, True, "nonsense", -7.0, math.nan, math.inf, 1e308, [], {})
"""Cells that no field, or nearly none, can have."""


class ChangedFile(NamedTuple):
    """What was changed, and the data of the file after it."""

    name: str
    data: Data


def changed_files(data: Data, rows: int = 3) -> Iterator[ChangedFile]:
    """The data with one change each: every field, every column in about `rows` rows, rows removed, twice and added."""
    for name, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            yield from _table(data, name, value, rows)
        elif isinstance(value, dict) and value and all(isinstance(cells, list) for cells in value.values()):
            listed = [dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True)]
            if name == "scenario":
                yield from _scenario(data)
            else:
                yield from _columns(data, name, listed, rows)
        elif name == "outlook" and value is not None:
            yield from _outlook(data)
        else:
            for other in _others(value, [value]):
                yield _with(data, name, f"{name} = {other!r}", other)
        yield ChangedFile(f"{name} left out", {key: cells for key, cells in data.items() if key != name})
    yield _with(data, "more", "a field more", 1)


def _scenario(data: Data) -> Iterator[ChangedFile]:
    for part in ("set", "must", "without"):
        for other in (["fund.budget*0.5"], ["nobody"], [1], "text", None):
            yield _with(data, "scenario", f"scenario.{part} = {other!r}", {**data["scenario"], part: other})


def _outlook(data: Data) -> Iterator[ChangedFile]:
    gains = data["outlook"]["gains"]
    for part, others in {
        "seed": [*FLAWS, data["outlook"]["seed"] + 1],
        "gains": [*FLAWS, gains[1:], [*gains, gains[0]], [2.0 * gains[0], *gains[1:]], [None, *gains[1:]]],
    }.items():
        for other in others:
            yield _with(data, "outlook", f"outlook.{part} = {str(other)[:50]}", {**data["outlook"], part: other})


def _columns(data: Data, name: str, listed: list[Data], rows: int) -> Iterator[ChangedFile]:
    columns = list(data[name])
    for change, changed in _row_changes(listed, columns, rows):
        cells = {column: [row[column] for row in changed] for column in columns}
        yield _with(data, name, f"{name}: {change}", cells)
    for column in columns:
        yield _with(data, name, f"{name}.{column} left out", {c: v for c, v in data[name].items() if c != column})


def _table(data: Data, name: str, listed: list[Data], rows: int) -> Iterator[ChangedFile]:
    for change, changed in _row_changes(listed, list(listed[0]), rows):
        yield _with(data, name, f"{name}: {change}", changed)


def _row_changes(listed: list[Data], columns: list[str], rows: int) -> Iterator[tuple[str, list[Data]]]:
    """Names of changes and the rows after each."""
    for column in columns:
        for place in _places(listed, column, rows):
            values = [row[column] for row in listed]
            for other in _others(listed[place][column], values):
                changed = copy.copy(listed)
                changed[place] = {**listed[place], column: other}
                yield f"{column} of row {place} = {str(other)[:50]} (was {str(listed[place][column])[:50]})", changed
    for place in sorted({0, len(listed) // 2, len(listed) - 1}) if listed else ():
        yield f"row {place} removed", listed[:place] + listed[place + 1 :]
        yield f"row {place} twice", [*listed, listed[place]]
    if listed:
        yield "no rows", []


def _places(listed: list[Data], column: str, rows: int) -> list[int]:
    """Rows to change: those with something in the column, spread over the table, and one without."""
    some = [i for i, row in enumerate(listed) if row[column]]
    spread = {some[len(some) * k // rows] for k in range(rows)} if some else set()
    empty = [i for i, row in enumerate(listed) if not row[column]][:1]
    return sorted({*spread, *empty})


def _others(value: Any, values: list[Any]) -> Iterator[Any]:
    """Other values of a cell: of its own kind, from elsewhere in its column, and of no kind it can have."""
    options: list[Any] = list(FLAWS)
    if isinstance(value, bool) or value is None:
        options += [1.0, 3, "mill", "2028-Q2"]
    elif isinstance(value, int):
        options += [value + 1, value + 4, value - 1, value + 1000]
    elif isinstance(value, float):
        options += [value * 1.01, value * 2.0, value * 0.5, 0.0, value + 1.0 + abs(value)]
    elif isinstance(value, str):
        options += [next((other for other in values if other not in (value, None)), "x"), f"{value}x", "", 5]
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        options += [value[1:], [*value, value[0]]]
        for key, cell in value[0].items():
            other = cell * 1.5 if isinstance(cell, float) else f"{cell}x"
            options += [[{**value[0], key: other}, *value[1:]], [{**value[0], key: None}, *value[1:]]]
    for other in options:
        if type(other) is not type(value) or other != value:
            yield other


def _with(data: Data, name: str, change: str, value: Any) -> ChangedFile:
    return ChangedFile(change, {**data, name: value})
