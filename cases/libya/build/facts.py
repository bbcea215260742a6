"""The facts and the assumptions as they stand in the files, and the register of sources."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

from figure import Figure

HOME = Path(__file__).resolve().parent.parent

Row = dict[str, str]


@cache
def rows(path: str) -> list[Row]:
    """Rows of a CSV file below cases/libya, every cell text ('' when empty)."""
    with (HOME / path).open(encoding="utf-8", newline="") as stream:
        return [{k: (v or "").strip() for k, v in row.items()} for row in csv.DictReader(stream)]


@cache
def sources() -> dict[tuple[str, str], str]:
    """Source id by (title, address), in the order of the fact files."""
    found: dict[tuple[str, str], str] = {}
    files = (
        "observations", "partner_observations", "precedents", "context", "sector/processes", "sector/occupations",
        "more_observations", "more_facts",
    )  # fmt: skip
    for file in files:
        for row in rows(f"facts/{file}.csv"):
            title, address = row["source_title"], row["source_address"]
            if title and title != "engineering judgement" and (title, address) not in found:
                found[title, address] = f"S{len(found) + 1:03d}"
    return found


def source_of(row: Row) -> str | None:
    """Source id of a fact; None where it is engineering judgement."""
    return sources().get((row["source_title"], row["source_address"]))


@cache
def source_titled(title: str) -> str | None:
    """Source id by title; None without one. KeyError where no fact has it."""
    by_title = {known: source for (known, _), source in reversed(sources().items())}
    return by_title[title] if title else None


@cache
def _parameters() -> dict[str, Figure]:
    return {row["id"]: stated(row) for row in rows("assumptions/parameters.csv")}


def parameter(name: str) -> Figure:
    """A general assumption (assumptions/parameters.csv). KeyError when it is not stated."""
    return _parameters()[name]


def stated(row: Row) -> Figure:
    """The figure of a row with value, low, high and reason, and the source that it was read in, if one is named."""
    source = source_titled(row.get("source", ""))
    return Figure(float(row["value"]), float(row["low"]), float(row["high"]), row["reason"], source=source)


@cache
def _figures() -> dict[tuple[str, str], dict[str, Figure]]:
    found: dict[tuple[str, str], dict[str, Figure]] = defaultdict(dict)
    for row in rows("assumptions/figures.csv"):
        found[row["table"], row["row"]][row["column"]] = stated(row)
    return found


def assumed(table: str, row: str) -> dict[str, Figure]:
    """The assumed cells of one row of the case (assumptions/figures.csv)."""
    return dict(_figures().get((table, row), {}))


@cache
def _benchmarks() -> dict[tuple[str, str], Figure]:
    found: dict[tuple[str, str], Figure] = {}
    for row in rows("facts/sector/processes.csv") + rows("assumptions/processes.csv"):
        value = float(row["value"])
        low, high = float(row["low"] or value), float(row["high"] or value)
        if low == high:  # one observation is not a narrow range
            low, high = value * 0.75, value * 1.25
        source = source_of(row)
        words = f"benchmark {row['product']}, {row['parameter']} ({row['grade']})"
        found[row["product"], row["parameter"]] = Figure(value, low, high, words, "assumed", source)
    return found


def benchmark(product: str, name: str) -> Figure:
    """A sector benchmark: applied to a plant it is an assumption, whatever its source says. KeyError when absent."""
    return _benchmarks()[product, name]
