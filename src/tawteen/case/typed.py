"""A raw table becomes a typed one: columns found, cells read, types, bounds, codes, needs and keys checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import dataframely as dy
import polars as pl

from tawteen.case import cells
from tawteen.case.cells import Separators, any_odd, separators
from tawteen.case.codes import codes
from tawteen.case.column_reader import Reading, read_column
from tawteen.case.days import FIRST_YEAR, LAST_YEAR, PARTIAL, SPREADSHEET_ZERO, span_of, year_number
from tawteen.case.findings import Finding
from tawteen.case.model import Origin
from tawteen.case.names import UNPRINTABLE, closest, fold
from tawteen.case.params import MESSAGE, READING
from tawteen.case.raw import Raw, header_of, headings, is_notes
from tawteen.case.size_limits import SIZE_LIMITS
from tawteen.case.tables import TABLES


@dataclass
class _Found:
    """Findings of one raw table; of one code in one column no more than `MESSAGE.cell_findings` are told one by one."""

    raw: Raw
    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, row: int | None, column: str | None = None, value: str | None = None, **args: Any) -> None:
        self.findings.append(
            Finding("error", code, self.raw.table, self.raw.file, row, column, value, args=args),
        )

    def note(self, code: str, row: int, value: str, **args: Any) -> None:
        self.findings.append(Finding("note", code, self.raw.table, self.raw.file, row, value=value, args=args))

    def add_each(
        self, code: str, column: str, cells: Iterable[tuple[int, str | None, Mapping[str, Any]]], total: int
    ) -> None:
        count = 0
        for count, (row, value, args) in zip(range(1, MESSAGE.cell_findings + 1), cells, strict=False):  # noqa: B007
            self.add(code, row, column, value, **args)
        if total > count:
            self.add("cell.more", None, column, None, more=total - count)


def typed(raw: Raw, *, hijri: bool = False) -> tuple[pl.DataFrame, Origin, list[Finding]]:
    """The table with exactly the schema's columns and types, where its rows stood, and what is wrong with it.

    Empty rows are left out. Cells with a problem are null in the table. `hijri`: years 1300 to 1600 are Hijri. A cell
    that states only a year or a month gets a note of code `cell.interval`, from which `tawteen.case.intervals` makes
    an observation.
    """
    collected = _Found(raw)
    schema = TABLES[raw.table]
    head = header_of(raw)
    if head is None:
        if raw.cells.height and not raw.cells.select(pl.all_horizontal(pl.all().is_null())).to_series().all():
            collected.add("table.no_header", None, known=", ".join(schema.columns()))
        return schema.create_empty(), Origin(raw.file), collected.findings
    body, rows = raw.cells.slice(head + 1), raw.rows.slice(head + 1)
    filled = ~body.select(pl.all_horizontal(pl.all().is_null())).to_series()
    body, rows = body.filter(filled), rows.filter(filled)
    places, unknown = _columns(collected, raw.cells.row(head), int(raw.rows[head]), body, rows)
    needed = [n for n, column in schema.columns().items() if not column.nullable]
    _headings(collected, int(raw.rows[head]), unknown, [n for n in needed if n not in places])
    _join_nameless(collected)
    whole = _whole_rows(collected, {n: places[n] for n in needed if n in places}, body, rows)
    body, rows = body.filter(whole), rows.filter(whole)
    if not body.height:
        return schema.create_empty(), Origin(raw.file), collected.findings
    number_cells = _number_cells(schema, places, body)
    # Most tables hold plain numbers alone: what their marks mean is then no question.
    reading = Reading(separators(number_cells) if any_odd(number_cells) else Separators(), hijri)
    unfit = _unfit_columns(body)
    table: dict[str, pl.Series] = {}
    for name, column in schema.columns().items():
        # Most columns of most tables are empty: reading their cells would take longer than all the rest.
        if name in places and not (column.nullable and body[places[name]].null_count() == body.height):
            table[name] = _column(collected, name, column, body[places[name]], rows, reading, unfit)
        else:
            table[name] = pl.Series(name, [None], dtype=column.dtype).new_from_index(0, body.height)
    frame = pl.DataFrame(table, schema={name: column.dtype for name, column in schema.columns().items()})
    _duplicates(collected, frame, schema.primary_key(), rows)
    for name in frame.select(pl.col(pl.Date)).columns:
        if name in places:
            _intervals(collected, frame, name, body[places[name]], rows)
    reported = [one for one in collected.findings if (one.row, places.get(one.column or "")) not in raw.refused]
    return frame, Origin(raw.file, tuple(rows.to_list())), reported


def without_notes(findings: Iterable[Finding]) -> list[Finding]:
    """Findings but those about people's own columns of notes, which matter only to who copies the case."""
    return [finding for finding in findings if finding.code != "column.notes"]


def _whole_rows(collected: _Found, needed: Mapping[str, str], body: pl.DataFrame, rows: pl.Series) -> pl.Series:
    """Rows that are rows of the table; one that lacks most of what a row needs, as a note or a total does, is told.

    Where most rows lack the same, the columns are to be filled and tell it.
    """
    every = pl.Series([True]).new_from_index(0, body.height)
    if len(needed) < READING.fewest_needed or body.height < 2:
        return every
    empty = body.select(pl.col(place).is_null().alias(name) for name, place in needed.items())
    strays = 2 * empty.select(pl.sum_horizontal(pl.all())).to_series() >= len(needed)
    strays &= ~rows.is_in([row for row, _ in collected.raw.refused])  # their cells are told by themselves
    if 2 * int(strays.sum()) > body.height:
        return every
    lacking = empty.with_columns(rows.alias("#row")).filter(strays)
    stray_rows = (
        (row.pop("#row"), None, {"columns": ", ".join(name for name, lost in row.items() if lost)})
        for row in lacking.iter_rows(named=True)
    )
    collected.add_each("row.incomplete", "", stray_rows, lacking.height)
    return ~strays


def _columns(
    collected: _Found, heads: tuple[str | None, ...], row: int, body: pl.DataFrame, rows: pl.Series
) -> tuple[dict[str, str], list[str]]:
    """Where each column of the schema stands among the raw ones, and the headings that are none of its columns."""
    known = headings(collected.raw.table)
    places: dict[str, str] = {}
    unknown: list[str] = []
    for place, text in zip(body.columns, heads, strict=True):
        if text is None:
            _nameless(collected, row, body[place], rows)
            continue
        name = known.get(fold(text))
        if name is None:
            if not is_notes(text):
                unknown.append(text)
            elif count := body[place].count():
                collected.note("column.notes", row, text, count=count)
        elif name in places:
            collected.add("column.twice", row, name, text)
        else:
            places[name] = place
    return places, unknown


def _nameless(collected: _Found, row: int, texts: pl.Series, rows: pl.Series) -> None:
    """Tells the values of a column without a name: one by its row, several by the first and the last."""
    stray = texts.is_not_null()
    values, places = texts.filter(stray).to_list(), rows.filter(stray).to_list()
    if len(values) == 1:
        collected.add("cell.stray", places[0], "", values[0])
    elif values:
        collected.add("column.nameless", row, "", values[0], count=len(values), first=places[0], last=places[-1])


def _join_nameless(collected: _Found) -> None:
    """One column without a name beside one that is missing is most likely that column: one finding."""
    nameless = [one for one in collected.findings if one.code == "column.nameless"]
    missing = [one for one in collected.findings if one.code == "column.needed"]
    if len(nameless) == len(missing) == 1:
        collected.findings = [one for one in collected.findings if one not in (nameless[0], missing[0])]
        args = {**nameless[0].args, "missing": missing[0].column}
        collected.findings.append(replace(nameless[0], code="column.nameless_needed", args=args))


def _headings(collected: _Found, row: int, unknown: list[str], missing: list[str]) -> None:
    """One finding about each heading that is no column, and about each needed column without a heading.

    A single unknown heading beside a single missing column is most likely that column renamed: one finding.
    """
    names = list(TABLES[collected.raw.table].columns())
    if len(missing) == len(unknown) == 1:
        collected.add("column.renamed", row, unknown[0], unknown[0], missing=missing[0])
        return
    likely: dict[str, str] = {}
    for text in unknown:
        if guess := closest(text, [name for name in missing if name not in likely.values()]):
            likely[text] = guess
            collected.add("column.renamed", row, text, text, missing=guess)
        elif guess := closest(text, names):
            collected.add("column.unknown_like", row, text, text, guess=guess)
        else:
            collected.add("column.unknown", row, text, text, known=", ".join(names))
    for name in missing:
        if name not in likely.values():
            collected.add("column.needed", row, name)


def _number_cells(schema: type[dy.Schema], places: Mapping[str, str], body: pl.DataFrame) -> pl.Series:
    """All cells of columns with numbers, as one series."""
    numeric = [
        places[name] for name, column in schema.columns().items() if name in places and column.dtype.is_numeric()
    ]
    return pl.concat([body[place].alias("") for place in numeric]) if numeric else pl.Series("", [], dtype=pl.String)


def _column(  # noqa: PLR0917 — the column, its cells and where they stand
    collected: _Found, name: str, column: dy.Column, texts: pl.Series, rows: pl.Series, reading: Reading,
    unfit: frozenset[str],
) -> pl.Series:  # fmt: skip
    """Values of one column; what is wrong with its cells is told. `unfit`: see `_unfit_columns`."""
    values, problems = read_column(name, column, texts, reading)
    if texts.name in unfit:
        problems = _unfit(texts, problems)
    if not column.nullable and values.null_count():
        problems = problems.zip_with(
            ~(values.is_null() & problems.is_null()),
            pl.Series(["cell.needed"]).new_from_index(0, len(problems)),
        )
    if problems.null_count() == len(problems):
        return values.alias(name)
    bad = problems.is_not_null()
    for code in problems.drop_nulls().unique(maintain_order=True).to_list():
        hit = (problems == code).fill_null(False)
        cells = zip(rows.filter(hit).to_list(), texts.filter(hit).to_list(), strict=True)
        args = _Arguments(column)
        if code == "cell.number_ambiguous":  # one cell decides for the column, so one message tells it
            cells = zip(rows.filter(hit).to_list()[:1], texts.filter(hit).to_list()[:1], strict=True)
        collected.add_each(code, name, ((row, text, args(code, text)) for row, text in cells), int(hit.sum()))
    return values.zip_with(~bad, pl.Series([None], dtype=values.dtype).new_from_index(0, len(values))).alias(name)


def _unfit_columns(body: pl.DataFrame) -> frozenset[str]:
    """Raw columns with a cell that is too long or holds characters that cannot be printed, found by one query."""
    longest = SIZE_LIMITS.cell_characters
    unfit = body.select(
        (pl.col(place).str.contains(UNPRINTABLE) | (pl.col(place).str.len_chars() > longest)).any()
        for place in body.columns
    )
    return frozenset(column.name for column in unfit if column.item())


def _unfit(texts: pl.Series, problems: pl.Series) -> pl.Series:
    """Problems, with those of cells that are too long or hold characters that cannot be printed."""
    marks = texts.to_frame("text").select(
        pl.col("text").str.contains(UNPRINTABLE).fill_null(False).alias("cell.unprintable"),
        (pl.col("text").str.len_chars() > SIZE_LIMITS.cell_characters).fill_null(False).alias("cell.long"),
    )
    for hit in marks:
        if hit.any():
            problems = problems.zip_with(~hit, pl.Series([hit.name]).new_from_index(0, len(problems)))
    return problems


def _intervals(collected: _Found, frame: pl.DataFrame, name: str, texts: pl.Series, rows: pl.Series) -> None:
    """Notes every cell of a column of days that states only a year or a month, with the day that is planned with."""
    for place in texts.str.contains(PARTIAL).fill_null(False).arg_true().to_list():
        day = frame[name][place]
        if day is None:
            continue
        key = "/".join(str(frame[part][place]) for part in TABLES[collected.raw.table].primary_key())
        args = {"day": day.isoformat(), "key": key}
        collected.findings.append(
            Finding(
                "note",
                "cell.interval",
                collected.raw.table,
                collected.raw.file,
                int(rows[place]),
                name,
                texts[place],
                args,
            )
        )


@dataclass(frozen=True)
class _Arguments:
    """What the sentence about a cell of this column says beside where it is."""

    column: dy.Column

    def __call__(self, code: str, text: str | None) -> dict[str, Any]:
        meta = self.column.metadata or {}
        if code == "cell.code":
            guess = self._guess(text or "", meta["codes"])
            known = sorted(codes(meta["codes"]), key=lambda code: code != guess)  # the nearest first, else as listed
            codes_listed = ", ".join(known[: MESSAGE.codes]) + (", …" if len(known) > MESSAGE.codes else "")
            return {"known": codes_listed, "guess": guess, "list": meta["codes"]}
        if code == "cell.bound" and isinstance(self.column, dy.Float64 | dy.Int64):
            low, high = self.column.min, self.column.max
            return {
                "low": "−∞" if low is None else f"{low:g}",
                "high": "∞" if high is None else f"{high:g}",
                "unit": meta.get("unit", ""),
            }
        if code == "cell.share" and (value := cells.number_of(text or "", share=True)[0]) is not None:
            return {"percent": f"{value:g}", "share": f"{value / 100:g}", "read": f"{100 * value:g}"}
        if "date_" in code:
            return _day_arguments(text or "")
        return {"most": SIZE_LIMITS.cell_characters} if code == "cell.long" else {}

    def _guess(self, text: str, name: str) -> str | None:
        words = {label: code for code, labels in codes(name).items() for label in (*labels, code)}
        near = closest(text, list(words))
        return words[near] if near else None


def _day_arguments(text: str) -> dict[str, Any]:
    """What a refused day may mean: the Gregorian day of a Hijri one, the year or day that a number stands for."""
    hijri = span_of(text, hijri=True)[0]
    guess = hijri[0].isoformat() if hijri else ""
    try:
        guess = guess or str(year_number(dt.date.fromisoformat(text[:10])))
    except ValueError:
        if text.partition(".")[0].isdecimal() and len(text.partition(".")[0]) == 5:
            guess = (SPREADSHEET_ZERO + dt.timedelta(days=int(text.partition(".")[0]))).isoformat()
    return {"guess": guess, "first": FIRST_YEAR, "last": LAST_YEAR}


def _duplicates(collected: _Found, frame: pl.DataFrame, key: list[str], rows: pl.Series) -> None:
    """Tells every row whose key an earlier row has."""
    if not frame.height or not frame.select(key).is_duplicated().any():
        return
    numbered = frame.select(key).with_columns(rows.alias("#row")).drop_nulls()
    first = pl.col("#row").first().over(key)
    repeats = numbered.with_columns(first.alias("#first")).filter(pl.col("#row") != pl.col("#first"))
    repeated_cells = (
        (row, "/".join(map(str, parts)), {"first": earlier}) for *parts, row, earlier in repeats.iter_rows()
    )
    collected.add_each("key.twice", ", ".join(key), repeated_cells, repeats.height)
