"""Names of the columns and rows of a planning problem in a model file: block:id:place:period, unique and reversible."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tawteen.case.model import Calendar
from tawteen.plan.model_builder import ModelBlock


@dataclass(frozen=True)
class ModelFileParams:
    """Lengths in a model file."""

    id_characters: int = 60
    """Longest part of a name. With it names stay below 160 characters, the longest that CBC reads."""
    comment_characters: int = 200
    """Longest text of a comment line; SCIP reads lines of up to 1,024 characters."""


MODEL_FILE = ModelFileParams()

NAMED_BY: Mapping[str, tuple[str, ...]] = {
    "start": ("option", "site"),
    "transport": ("route", "commodity"),
    "unmet": ("id", "region"),
    "supply": ("id", "region"),
    "pool_supply": ("pool_kind", "pool", "source"),
    "draw": ("fund", "class"),
}
"""Keys that name a column of a block beside its period; other blocks are named by all their keys that are texts."""

_RESERVED = re.compile(r"[^A-Za-z0-9_.~-]")


def _percent_encoded(character: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in character[0].encode())


class ModelNames:
    """Makes names of ASCII letters without spaces, and remembers the ids that it had to shorten.

    A name is its block, its ids and its quarter (2028-Q3), joined by colons; ids that are missing at the end are left
    out. In ids other characters than letters, digits and `_.-~` are percent-encoded (RFC 3986); `+` joins the funds of
    a class. An id of more than `MODEL_FILE.id_characters` is cut and ends in `#` and a number, under which `shortened`
    holds all of it. A name that is there already gets one part more, `#` and its index in its block.
    """

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.shortened: list[str] = []
        self._escaped: dict[str, str] = {}

    def escaped(self, identifier: str) -> str:
        """The part of a name that stands for an id."""
        if identifier not in self._escaped:
            text = "+".join(_RESERVED.sub(_percent_encoded, one) for one in identifier.split("\n"))
            if len(text) > MODEL_FILE.id_characters:
                self.shortened.append(text)
                mark = f"#{len(self.shortened)}"
                text = text[: MODEL_FILE.id_characters - len(mark)] + mark
            self._escaped[identifier] = text
        return self._escaped[identifier]

    def names(self, blocks: Mapping[str, ModelBlock]) -> list[str]:
        """Names of all columns (or rows) of a model, in its order."""
        return [name for block_name, block in blocks.items() for name in self._block_names(block_name, block.keys)]

    def _block_names(self, block_name: str, keys: pl.DataFrame) -> list[str]:
        texts = [name for name, kind in keys.schema.items() if kind == pl.String]
        parts = [
            ["" if value is None else self.escaped(value) for value in keys[key]]
            for key in NAMED_BY.get(block_name, texts)
        ]
        if "period" in keys.columns:
            parts.append(["" if value is None else self.calendar.label(value) for value in keys["period"]])
        names = [":".join((block_name, *ids)).rstrip(":") for ids in zip(*parts, strict=True)]
        known: set[str] = set()
        for index, name in enumerate(names):
            if name in known:
                names[index] = f"{name}:#{index}"
            known.add(name)
        return names
