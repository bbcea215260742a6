"""A raw table becomes a typed one: columns found, cells read, types, bounds, codes, needs and keys checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dataframely as dy
import polars as pl

from tawteen.case import cells
from tawteen.case.codes import codes
from tawteen.case.findings import Finding
from tawteen.case.model import Origin
from tawteen.case.names import closest, fold
from tawteen.case.raw import Raw, header_of, headings, is_notes
from tawteen.case.tables import TABLES

SAME_FINDINGS = 200
_MATCHED = {"party", "work", "currency", "authority", "row", "column"}
_CODES_TOLD = 12


@dataclass
class _Found:
    """Findings of one raw table; of one code in one column no more than `SAME_FINDINGS` are told one by one."""

    raw: Raw
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, row: int | None, column: str | None = None, value: str | None = None, **args: Any) -> None:
        self.findings.append(
            Finding("error", code, self.raw.table, self.raw.file, row, column, value, args=args),
        )

    def add_each(
        self, code: str, column: str, told: Iterable[tuple[int, str | None, Mapping[str, Any]]], total: int
    ) -> None:
        for _, (row, value, args) in zip(range(SAME_FINDINGS), told, strict=False):
            self.add(code, row, column, value, **args)
        if total > SAME_FINDINGS:
            self.add("cell.more", None, column, None, more=total - SAME_FINDINGS)


def typed(raw: Raw) -> tuple[pl.DataFrame, Origin, list[Finding]]:
    """The table with exactly the schema's columns and types, where its rows stood, and what is wrong with it.

    Empty rows are left out. Cells with a problem are null in the table.
    """
    found = _Found(raw)
    schema = TABLES[raw.table]
    head = header_of(raw)
    if head is None:
        if raw.cells.height and not raw.cells.select(pl.all_horizontal(pl.all().is_null())).to_series().all():
            found.add("table.no_header", None, known=", ".join(schema.columns()))
        return schema.create_empty(), Origin(raw.file), found.findings
    body, rows = raw.cells.slice(head + 1), raw.rows.slice(head + 1)
    filled = ~body.select(pl.all_horizontal(pl.all().is_null())).to_series()
    body, rows = body.filter(filled), rows.filter(filled)
    places, unknown = _columns(found, raw.cells.row(head), int(raw.rows[head]), body, rows)
    missing = [n for n, column in schema.columns().items() if n not in places and not column.nullable]
    _headings(found, int(raw.rows[head]), unknown, missing)
    table: dict[str, pl.Series] = {}
    for name, column in schema.columns().items():
        if name in places:
            table[name] = _column(found, name, column, body[places[name]], rows)
        else:
            table[name] = pl.Series(name, [None], dtype=column.dtype).new_from_index(0, body.height)
    frame = pl.DataFrame(table, schema={name: column.dtype for name, column in schema.columns().items()})
    _duplicates(found, frame, schema.primary_key(), rows)
    told = [one for one in found.findings if (one.row, places.get(one.column or "")) not in raw.refused]
    return frame, Origin(raw.file, tuple(rows.to_list())), told


def _columns(
    found: _Found, heads: tuple[str | None, ...], row: int, body: pl.DataFrame, rows: pl.Series
) -> tuple[dict[str, str], list[str]]:
    """Where each column of the schema stands among the raw ones, and the headings that are none of its columns."""
    known = headings(found.raw.table)
    places: dict[str, str] = {}
    unknown: list[str] = []
    for place, text in zip(body.columns, heads, strict=True):
        if text is None:
            stray = body[place].is_not_null()
            told = zip(rows.filter(stray).to_list(), body[place].filter(stray).to_list(), strict=True)
            found.add_each("cell.stray", "", ((r, value, {}) for r, value in told), int(stray.sum()))
            continue
        name = known.get(fold(text))
        if name is None:
            if not is_notes(text):
                unknown.append(text)
        elif name in places:
            found.add("column.twice", row, name, text)
        else:
            places[name] = place
    return places, unknown


def _headings(found: _Found, row: int, unknown: list[str], missing: list[str]) -> None:
    """One finding about each heading that is no column, and about each needed column without a heading.

    A single unknown heading beside a single missing column is most likely that column renamed: one finding.
    """
    names = list(TABLES[found.raw.table].columns())
    if len(missing) == len(unknown) == 1:
        found.add("column.renamed", row, unknown[0], unknown[0], missing=missing[0])
        return
    likely: dict[str, str] = {}
    for text in unknown:
        if guess := closest(text, [name for name in missing if name not in likely.values()]):
            likely[text] = guess
            found.add("column.renamed", row, text, text, missing=guess)
        elif guess := closest(text, names):
            found.add("column.unknown_like", row, text, text, guess=guess)
        else:
            found.add("column.unknown", row, text, text, known=", ".join(names))
    for name in missing:
        if name not in likely.values():
            found.add("column.needed", row, name)


def _column(found: _Found, name: str, column: dy.Column, texts: pl.Series, rows: pl.Series) -> pl.Series:
    """Values of one column; what is wrong with its cells is told."""
    values, problems = _read(name, column, texts, found.raw.written)
    if not column.nullable:
        problems = problems.zip_with(
            ~(values.is_null() & problems.is_null()),
            pl.Series(["cell.needed"]).new_from_index(0, len(problems)),
        )
    bad = problems.is_not_null()
    if not bad.any():
        return values.alias(name)
    for code in problems.drop_nulls().unique(maintain_order=True).to_list():
        hit = (problems == code).fill_null(False)
        told = zip(rows.filter(hit).to_list(), texts.filter(hit).to_list(), strict=True)
        args = _Arguments(column)
        found.add_each(code, name, ((row, text, args(code, text)) for row, text in told), int(hit.sum()))
    return values.zip_with(~bad, pl.Series([None], dtype=values.dtype).new_from_index(0, len(values))).alias(name)


def _read(name: str, column: dy.Column, texts: pl.Series, written: bool) -> cells.Read:
    meta = column.metadata or {}
    match column:
        case dy.Float64() | dy.Int64():
            if isinstance(column, dy.Int64):
                values, problems = cells.wholes(texts, written=written)
            else:
                values, problems = cells.numbers(texts, share=meta["unit"].startswith("share"), written=written)
            return values, cells.bounded(values, problems, column.min, column.max)
        case dy.Bool():
            return cells.flags(texts)
        case dy.Date():
            return cells.dates(texts)
    if meta.get("codes"):
        return cells.coded(texts, name=meta["codes"], many=bool(meta.get("many")))
    if column.primary_key or meta.get("ref") or meta.get("many") or name in _MATCHED:
        return cells.keys(texts, many=bool(meta.get("many")))
    return texts, pl.Series([None], dtype=pl.String).new_from_index(0, len(texts))


@dataclass(frozen=True)
class _Arguments:
    """What the sentence about a cell of this column says beside where it is."""

    column: dy.Column

    def __call__(self, code: str, text: str | None) -> dict[str, Any]:
        meta = self.column.metadata or {}
        if code == "cell.code":
            guess = self._guess(text or "", meta["codes"])
            known = sorted(codes(meta["codes"]), key=lambda code: code != guess)  # the nearest first, else as listed
            told = ", ".join(known[:_CODES_TOLD]) + (", …" if len(known) > _CODES_TOLD else "")
            return {"known": told, "guess": guess}
        if code == "cell.bound" and isinstance(self.column, dy.Float64 | dy.Int64):
            low, high = self.column.min, self.column.max
            return {
                "low": "−∞" if low is None else f"{low:g}",
                "high": "∞" if high is None else f"{high:g}",
                "unit": meta.get("unit", ""),
            }
        return {}

    def _guess(self, text: str, name: str) -> str | None:
        words = {label: code for code, labels in codes(name).items() for label in (*labels, code)}
        near = closest(text, list(words))
        return words[near] if near else None


def _duplicates(found: _Found, frame: pl.DataFrame, key: list[str], rows: pl.Series) -> None:
    """Tells every row whose key an earlier row has."""
    if not frame.height or not frame.select(key).is_duplicated().any():
        return
    numbered = frame.select(key).with_columns(rows.alias("#row")).drop_nulls()
    first = pl.col("#row").first().over(key)
    again = numbered.with_columns(first.alias("#first")).filter(pl.col("#row") != pl.col("#first"))
    told = ((row, "/".join(map(str, parts)), {"first": earlier}) for *parts, row, earlier in again.iter_rows())
    found.add_each("key.twice", ", ".join(key), told, again.height)
