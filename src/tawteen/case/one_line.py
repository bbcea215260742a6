"""Results that show themselves in one line, and in a notebook as their tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from html import escape

import polars as pl

from tawteen.case.params import MESSAGE


class OneLine:
    """For dataclasses of frames: `repr` counts the rows of every frame; a notebook shows the first rows of each."""

    def __repr__(self) -> str:
        parts = [_short(field.name, getattr(self, field.name)) for field in dataclasses.fields(self)]  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(part for part in parts if part)})"

    def _repr_html_(self) -> str:
        held = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]
        frames = {name: value for name, value in held.items() if isinstance(value, pl.DataFrame)}
        return tables_html(type(self).__name__, frames)


def tables_html(title: str, frames: Mapping[str, pl.DataFrame]) -> str:
    """A title, and the first rows of every frame, folded."""
    shown = {name: frame.head(MESSAGE.notebook_rows)._repr_html_() for name, frame in frames.items()}
    tables = [
        f"<details><summary><b>{escape(name)}</b> ({frame.height})</summary>{shown[name]}</details>"
        for name, frame in frames.items()
    ]
    return f"<p>{escape(title)}</p>{''.join(tables)}"


def _short(name: str, value: object) -> str:
    match value:
        case pl.DataFrame():
            return f"{name}: {value.height}"
        case str() if len(value) > MESSAGE.line_characters:
            return f"{name}={value[: MESSAGE.line_characters]!r}…"
        case bool() | int() | float() | str():
            return f"{name}={value!r}"
        case tuple():
            return f"{name}: {len(value)}"
    return ""
