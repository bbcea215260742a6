"""Rows of a source become rows of the tables of a case, each value with an observation that names the source."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import takewhile

import dataframely as dy

from tawteen.case.cells import clean_key, exact_text
from tawteen.case.codes import codes
from tawteen.case.findings import CaseError, Finding
from tawteen.case.mapping.amounts import amounts_of
from tawteen.case.mapping.mapping_file import nearest_first
from tawteen.case.mapping.model import ColumnMapping, Mapping, TableMapping
from tawteen.case.mapping.records import Records
from tawteen.case.params import MESSAGE
from tawteen.case.tables import TABLES

Row = dict[str, str | None]


@dataclass
class Conversion:
    """Rows by table (cells as text), the row of the source behind each, observations, and what to know about them."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    origins: dict[str, list[int]] = field(default_factory=dict)
    evidence: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class _Cell:
    """A converted value; `note` says how it was converted, `others` are different values of the same rows."""

    text: str | None
    note: str = ""
    others: tuple[str, ...] = ()


def convert_records(records: Records, mapping: Mapping) -> Conversion:
    """Applies a mapping to the rows of a source.

    A value that cannot be read is left empty and told, with its row. Raises CaseError where the mapping names columns
    that the source does not have.
    """
    _require_columns(records, mapping)
    result = Conversion()
    for target in mapping.tables:
        _Table(records, mapping, target, result).convert()
    used = {name for target in mapping.tables for name in _named(target)}
    unused = [name for name in records.frame.columns if name not in used and records.frame[name].drop_nulls().len()]
    if unused:
        args = {"count": len(unused), "columns": ", ".join(unused[: MESSAGE.columns])}
        result.findings.append(Finding("note", "mapping.unused", file=records.file, args=args))
    return result


def _named(target: TableMapping) -> Iterable[str]:
    yield from target.key
    yield from target.leave_out
    for column in target.columns.values():
        yield from column.columns


def _require_columns(records: Records, mapping: Mapping) -> None:
    known = records.frame.columns
    missing = dict.fromkeys(name for target in mapping.tables for name in _named(target) if name not in known)
    findings = [
        Finding("error", "mapping.no_source_column", file=records.file, column=name,
                args={"name": name, "known": nearest_first(name, known)})
        for name in missing
    ]  # fmt: skip
    if findings:
        raise CaseError(findings)


class _Table:
    """The conversion of one table of the mapping."""

    def __init__(self, records: Records, mapping: Mapping, target: TableMapping, result: Conversion) -> None:
        self.records, self.mapping, self.target, self.result = records, mapping, target, result
        self.schema = TABLES[target.table]
        self.source = records.frame.to_dicts()
        self.amounts = {name: self._amounts(name, column) for name, column in target.columns.items()}
        self.counts: dict[tuple[str, str], int] = {}
        self.problems: dict[tuple[str, str], list[tuple[int, str]]] = {}

    def convert(self) -> None:
        """Adds rows, observations and findings to the result."""
        rows = self.result.rows.setdefault(self.target.table, [])
        origins = self.result.origins.setdefault(self.target.table, [])
        keys = self.schema.primary_key()
        seen = {tuple(row[k] for k in keys) for row in rows}
        for group in self._groups():
            cells = {name: self._cell(name, column, group) for name, column in self.target.columns.items()}
            place = self.records.rows[group[0]] if group else 0
            key = tuple(cells[name].text if name in cells else None for name in keys)
            if any(part is None for part in key):
                self._problem("mapping.no_key", "/".join(keys), place, "")
                continue
            if key in seen:
                continue
            seen.add(key)
            rows.append({name: cell.text for name, cell in cells.items()})
            origins.append(place)
            self._observe("/".join(str(part) for part in key), cells, place)
        self._tell()

    def _groups(self) -> list[list[int]]:
        """Rows of the source that make one row of the table, in their order."""
        kept = [i for i, row in enumerate(self.source) if not self._left_out(row)]
        constant = not any(column.columns for column in self.target.columns.values())
        if len(kept) < len(self.source) and not constant:
            args = {"count": len(self.source) - len(kept), "table": self.target.table}
            self.result.findings.append(Finding("note", "mapping.left_out", file=self.records.file, args=args))
        if not self.target.key:
            return [kept[:1]] if constant and kept else [[i] for i in kept]
        groups: dict[tuple[str, ...], list[int]] = {}
        for i in kept:
            texts = [self.source[i][name] for name in self.target.key]
            if any(texts):
                groups.setdefault(tuple(clean_key(text or "") for text in texts), []).append(i)
            else:
                self._problem("mapping.no_key", "/".join(self.target.key), self.records.rows[i], "")
        return list(groups.values())

    def _left_out(self, row: Row) -> bool:
        return any(row[name] in values for name, values in self.target.leave_out.items())

    def _cell(self, name: str, column: ColumnMapping, group: list[int]) -> _Cell:
        if column.value is not None:
            return _Cell(column.value)
        notes: dict[str, str] = {}
        texts: list[str] = []
        for i in group:
            if (text := self._text(column, i)) is not None:
                converted, note = self._value(name, column, text, self.records.rows[i])
                if converted is not None:
                    texts.append(converted)
                    notes.setdefault(converted, note)
        if not texts:
            return _Cell(None)
        merged = _merged(column, texts)
        if column.merge == "first":
            others = tuple(text for text in notes if text != merged)
            return self._numbered(name, column, _Cell(merged, notes[merged], others))
        rows = f"{len(texts)} rows" if column.merge == "sum" and len(texts) > 1 else ""
        return self._numbered(name, column, _Cell(merged, notes.get(merged, rows)))

    def _amounts(self, name: str, column: ColumnMapping) -> dict[str, float]:
        """Text → number of a column of numbers; one text may decide how all of them are read."""
        spec = self.schema.columns()[name]
        if column.codes or not isinstance(spec, (dy.Float64, dy.Int64)):
            return {}
        texts = (self._text(column, place) for place in range(len(self.source)))
        return amounts_of(name, spec, [text for text in texts if text is not None], column.factor)

    def _text(self, column: ColumnMapping, place: int) -> str | None:
        """The first filled of the columns that a cell is made from."""
        text = next((t for name in column.columns if (t := self.source[place][name])), None)
        if text is not None and column.part is not None:
            parts = re.split(r"[\s,;]+", text.strip())
            text = parts[column.part] if column.part < len(parts) else None
        return text

    def _value(self, name: str, column: ColumnMapping, text: str, place: int) -> tuple[str | None, str]:
        """A value as it would stand in the cell, and how it came from the source; told where it cannot be read."""
        spec = self.schema.columns()[name]
        problem, value, note = "", None, ""
        if column.codes:
            problem, value = "mapping.no_code", column.codes.get(text)
        elif column.date or isinstance(spec, dy.Date):
            problem, value = "mapping.not_date", day_of(text)
        elif isinstance(spec, (dy.Float64, dy.Int64)):
            amount = self.amounts[name].get(text)
            problem, value = "mapping.not_number", None if amount is None else _plain_number(amount)
            note = " ".join(f"{text} {column.unit}".split()) + f" × {column.factor:g}" if column.factor else ""
        else:
            value = column.prefix + clean_key(text)
        if value is None:
            self._problem(problem, name, place, text)
            listed = (spec.metadata or {}).get("codes")
            return ("unknown" if listed and "unknown" in codes(listed) else None), text
        return value, note or (text if problem and value != text and not column.factor else "")

    def _numbered(self, name: str, column: ColumnMapping, cell: _Cell) -> _Cell:
        """The cell with its number within equal texts: each of a key, from the second on of other columns."""
        if not column.numbered or cell.text is None:
            return cell
        count = self.counts[name, cell.text] = self.counts.get((name, cell.text), 0) + 1
        if name in self.schema.primary_key():
            return replace(cell, text=f"{cell.text}-{count}")
        if count == 1:
            return cell
        stated = {self._text(column, place) for place in range(len(self.source))}
        while f"{cell.text} {count}" in stated:
            count += 1
        self.counts[name, cell.text] = count
        return replace(cell, text=f"{cell.text} {count}", note=cell.note or cell.text)

    def _observe(self, key: str, cells: dict[str, _Cell], place: int) -> None:
        """An observation of every value that the source states, and of every other value it states beside."""
        source = self.mapping.source
        for name, cell in cells.items():
            column = self.target.columns[name]
            if cell.text is None or not column.columns or self.schema.columns()[name].primary_key:
                continue
            for number, text in enumerate((cell.text, *cell.others)):
                where = f"{self.records.file}, row {place}"
                self.result.evidence.append({
                    "id": f"{source.id}/{self.target.table}/{key}/{name}" + (f"/{number + 1}" if number else ""),
                    "table": self.target.table, "row": key, "column": name, "value": text, "grade": source.grade,
                    "source": source.id, "as_of": source.as_of.isoformat() if source.as_of else None,
                    "observer": source.observer or None,
                    "note": where if number or not cell.note else f"{where}: {cell.note}",
                })  # fmt: skip

    def _problem(self, code: str, column: str, place: int, text: str) -> None:
        self.problems.setdefault((code, column), []).append((place, text))

    def _tell(self) -> None:
        """One message for each kind of problem in a column, with the first rows and values."""
        for (code, column), places in self.problems.items():
            values = list(dict.fromkeys(text for _, text in places if text))
            most = MESSAGE.problem_rows
            args = {"table": self.target.table, "count": len(places), "values": ", ".join(values[:most]),
                    "rows": ", ".join(str(row) for row, _ in places[:most])}  # fmt: skip
            first = values[0] if values else None
            self.result.findings.append(
                Finding(
                    "warning", code, file=self.records.file, row=places[0][0], column=column, value=first, args=args
                )
            )


def _merged(column: ColumnMapping, texts: list[str]) -> str:
    """One value for several rows of the source."""
    if column.merge == "sum":
        return _plain_number(sum(float(text) for text in texts))
    if column.merge == "common":
        return common_words(texts)
    if column.merge == "priority":
        order = list(dict.fromkeys(column.codes.values()))
        return min(texts, key=lambda code: order.index(code) if code in order else len(order))
    return texts[0]


def _plain_number(number: float) -> str:
    return exact_text(round(number, 10))


def common_words(texts: list[str]) -> str:
    """The words that all texts begin with; the first text where they share none."""
    split = [text.split() for text in texts]
    same = takewhile(lambda words: len(set(words)) == 1, zip(*split, strict=False))
    shared = [words[0] for words in same]
    kept = " ".join(shared).rstrip(" -–,:")
    return kept or texts[0]


def day_of(text: str) -> str | None:
    """The ISO day of a year, a month, a day or a time stamp; the first day where only a year or month is known."""
    match = re.match(r"\s*((?:19|20)\d{2})(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?![\d])", text)
    if match is None:
        return None
    try:
        return dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1)).isoformat()
    except ValueError:
        return None
