"""The rows of a source, whatever it is kept in: a table, OC4IDS or IATI projects, or answers to an XLSForm."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl

from tawteen.case.findings import CaseError, Finding
from tawteen.case.mapping.model import Kind
from tawteen.case.mapping.plain_table import Grid, header_row, read_grids
from tawteen.case.params import MESSAGE
from tawteen.case.size_limits import SIZE_LIMITS, read_within

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Records:
    """Rows of a source as text.

    `frame`: one row each, columns named as the source names them, null where empty. `rows`: where each stands in the
    file. `labels`: what people read above a column, where the source says it. `choices`: per column, code → label.
    `title`, `address`, `licence` and `as_of` (ISO day) as far as the source states them.
    """

    kind: Kind
    file: str
    frame: pl.DataFrame
    rows: tuple[int, ...]
    labels: dict[str, str] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    title: str = ""
    address: str = ""
    licence: str = ""
    as_of: str = ""


def read_records(path: Path, form: Path | None = None) -> Records:
    """Rows of the source at `path`; `form` is the XLSForm that its columns answer.

    CSV, workbooks, OC4IDS (JSON) and IATI activities (XML) are told by their content. Raises CaseError where the file
    is none of these or too long, OSError where it cannot be read.
    """
    path = Path(path)
    data = read_within(path, SIZE_LIMITS.source_bytes)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start in (b"{", b"["):
        return _oc4ids(data, path.name)
    if start == b"<":
        return _iati(data, path.name)
    grids = read_grids(data, path)
    if form is not None:
        return _answers(grids, read_grids(read_within(Path(form), SIZE_LIMITS.source_bytes), Path(form)), path.name)
    if {"survey", "choices"} <= {grid.name.casefold() for grid in grids}:
        return _answers(grids, grids, path.name)
    return _plain(grids, path.name)


def _plain(grids: list[Grid], file: str) -> Records:
    """The sheet with most filled rows under a heading."""
    best = max(grids, key=lambda grid: len(grid.cells), default=None)
    head = None if best is None else header_row(best)
    if best is None or head is None:
        raise CaseError([Finding("error", "mapping.no_rows", file=file)])
    frame, rows = best.under(head)
    return Records("table", file, frame, rows)


def _answers(grids: list[Grid], form: list[Grid], file: str) -> Records:
    """Answers with the labels and choices of their form."""
    sheets = {grid.name.casefold(): grid for grid in form}
    if not {"survey", "choices"} <= sheets.keys():
        raise CaseError([Finding("error", "mapping.no_form", file=file)])
    survey, _ = sheets["survey"].under(0)
    choices, _ = sheets["choices"].under(0)
    left = [grid for grid in grids if grid.name.casefold() not in ("survey", "choices", "settings", "entities")]
    records = _plain(left, file)
    question, label = _column(survey, "name", file), _label(survey)
    kind = _column(survey, "type", file)
    lists, codes, words = _column(choices, "list_name", file), _column(choices, "name", file), _label(choices)
    words_of: dict[str, dict[str, str]] = {}
    for name, code, word in choices.select(lists, codes, words).iter_rows():
        if name and code:
            words_of.setdefault(name, {})[code] = word or code
    labels, options = {}, {}
    for name, question_kind, text in survey.select(question, kind, label).iter_rows():
        places = [c for c in records.frame.columns if name and (c == name or c.endswith(("/" + name, "-" + name)))]
        for place in places:
            labels[place] = text or name
            parts = (question_kind or "").split()
            if len(parts) > 1 and parts[0].startswith("select_") and parts[1] in words_of:
                options[place] = words_of[parts[1]]
    if not labels:
        raise CaseError([Finding("error", "mapping.no_answers", file=file)])
    stamps = [c for c in records.frame.columns if c.lower() in ("_submission_time", "submissiondate", "end", "today")]
    newest = max((str(v)[:10] for c in stamps for v in records.frame[c].drop_nulls()), default="")
    return Records("xlsform", file, records.frame, records.rows, labels, options, as_of=newest)


def _label(frame: pl.DataFrame) -> str:
    """The column of labels: `label`, else one in English, else any, else the names."""
    named = [c for c in frame.columns if c.casefold().startswith("label")]
    english = [c for c in named if c.casefold() == "label" or "english" in c.casefold() or "(en)" in c.casefold()]
    return next(iter(english or named), "name")


def _column(frame: pl.DataFrame, name: str, file: str) -> str:
    for column in frame.columns:
        if column.casefold().replace(" ", "_") == name:
            return column
    raise CaseError([Finding("error", "mapping.no_form", file=file)])


def _oc4ids(data: bytes, file: str) -> Records:
    try:
        package = json.loads(data.decode("utf-8-sig"), parse_constant=str)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        reason = str(error).splitlines()[0][: MESSAGE.reason_characters]
        raise CaseError([Finding("error", "mapping.not_json", file=file, args={"reason": reason})]) from error
    projects = package.get("projects") if isinstance(package, dict) else None
    if not isinstance(projects, list) or not projects or not all(isinstance(one, dict) for one in projects):
        raise CaseError([Finding("error", "mapping.no_projects", file=file)])
    publisher = package.get("publisher")
    name = publisher.get("name", "") if isinstance(publisher, dict) else ""
    frame = _frame((dict(_flat(one)) for one in projects), file)
    return Records(
        "oc4ids", file, frame, tuple(range(1, frame.height + 1)),
        title=str(name), address=str(package.get("uri", "")), licence=str(package.get("license", "")),
        as_of=str(package.get("publishedDate", ""))[:10],
    )  # fmt: skip


def _flat(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Leaves of a JSON value by path; a list of plain values is one text with ; between."""
    if depth > SIZE_LIMITS.source_nesting:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{path}/{key}" if path else str(key), depth + 1)
    elif isinstance(value, list):
        if all(not isinstance(one, (dict, list)) for one in value):
            texts = [_text(one) for one in value if one is not None]
            if texts:
                # Coordinates stay readable as numbers.
                yield path, (" " if all(isinstance(one, (int, float)) for one in value) else ";").join(texts)
        else:
            for number, inner in enumerate(value):
                yield from _flat(inner, f"{path}/{number}", depth + 1)
    elif value is not None:
        yield path, _text(value)


def _text(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _iati(data: bytes, file: str) -> Records:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise CaseError([Finding("error", "mapping.doctype", file=file)])
    try:
        root = ET.fromstring(data)  # without a document type # nosec B314
    except ET.ParseError as error:
        raise CaseError(
            [Finding("error", "mapping.not_xml", file=file, args={"reason": str(error)[: MESSAGE.reason_characters]})]
        ) from error
    activities = list(root.iter("iati-activity"))
    if not activities:
        raise CaseError([Finding("error", "mapping.no_activities", file=file)])
    frame = _frame((dict(_leaves(one)) for one in activities), file)
    dated = root.get("generated-datetime") or max((a.get("last-updated-datetime", "") for a in activities), default="")
    publisher = activities[0].findtext("reporting-org/narrative") or ""
    places = tuple(range(1, len(activities) + 1))
    return Records("iati", file, frame, places, title=publisher.strip(), as_of=dated[:10])


def _leaves(element: ET.Element, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Texts and attributes below an element by path; dates and transactions are told apart by their type."""
    if depth > SIZE_LIMITS.source_nesting:
        return
    seen: dict[str, int] = {}
    for name, value in element.attrib.items():
        if name != XML_LANG:
            yield f"{path}/@{name.rpartition('}')[2]}".lstrip("/"), value
    for child in element:
        name = child.tag.rpartition("}")[2]
        kind = child.get(XML_LANG) or child.get("type")
        name += f"[{kind}]" if kind else ""
        seen[name] = seen.get(name, 0) + 1
        step = name if seen[name] == 1 else f"{name}/{seen[name]}"
        inner = f"{path}/{step}".lstrip("/")
        if child.text and child.text.strip():
            yield inner, " ".join(child.text.split())
        yield from _leaves(child, inner, depth + 1)


def _frame(records: Iterable[dict[str, str]], file: str) -> pl.DataFrame:
    listed = list(records)
    names = list(dict.fromkeys(name for one in listed for name in one))
    if len(names) > SIZE_LIMITS.source_columns:
        args = {"count": len(names), "most": SIZE_LIMITS.source_columns}
        raise CaseError([Finding("error", "mapping.too_wide", file=file, args=args)])
    return pl.DataFrame(
        {name: [one.get(name) for one in listed] for name in names}, schema=dict.fromkeys(names, pl.String)
    )
