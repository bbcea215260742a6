"""programme.xlsx: every exhibit, the programme's own tables and the inputs, with headers in both languages."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from tawteen.case.model import Case
from tawteen.case.tables import TABLES, TITLES
from tawteen.plan.programme import Programme
from tawteen.report.bilingual import Both, bilingual
from tawteen.report.cells import BilingualCells
from tawteen.report.direction import isolated
from tawteen.report.exhibit import ColumnFormat, Exhibit
from tawteen.report.lists import code_label
from tawteen.report.sheets import Column, IndexHeads, TitledSheet, sheet_book
from tawteen.words import Lang


def write_workbook(
    exhibits: Iterable[Exhibit], case: Case, programme: Programme, path: Path, lang: Lang = "en"
) -> None:
    """Writes the workbook; `lang` `ar` turns every sheet right to left. OSError where it cannot be written."""
    speech = BilingualCells(case)
    with sheet_book(path, lang) as book:
        for exhibit in exhibits:
            book.add(exhibit_sheet(exhibit, speech))
        for sheet in table_sheets(case, programme):
            book.add(sheet)
        book.close(index_heads())


def index_heads() -> IndexHeads:
    """Heads of the sheet that lists the others."""
    return (
        " / ".join(bilingual("workbook.sheet")),
        *bilingual("workbook.title"),
        " / ".join(bilingual("workbook.rows")),
    )


def exhibit_sheet(exhibit: Exhibit, speech: BilingualCells) -> TitledSheet:
    """The sheet of an exhibit."""
    return TitledSheet(exhibit.key, exhibit.title, exhibit.note, exhibit_columns(exhibit, speech))


def table_sheets(case: Case, programme: Programme) -> Iterator[TitledSheet]:
    """Sheets of the programme's own tables and of the inputs."""
    for name, frame in programme_tables(programme).items():
        yield TitledSheet(f"programme_{name}", bilingual("workbook.programme_table", name=name), ("", ""), plain(frame))
    for name in TABLES:
        yield TitledSheet(f"in_{name}", TITLES[name], ("", ""), input_columns(name, case[name]))


def exhibit_columns(exhibit: Exhibit, speech: BilingualCells) -> list[Column]:
    """Columns of an exhibit: text and codes once per language, numbers once."""
    columns: list[Column] = []
    frame = exhibit.table
    for column, shown in exhibit.columns.items():
        unit = speech.unit(shown.unit) if shown.unit not in ("share", "period", "by_row") else ("", "")
        if f"{column}_en" in frame.columns:
            english, arabic = frame[f"{column}_en"].to_list(), frame[f"{column}_ar"].to_list()
            columns.append((shown.label[0], english, "free"))
            # A name that both languages share is looked up and compared, so it keeps its letters alone.
            own = [isolated(ar) if ar and ar != en else ar for en, ar in zip(english, arabic, strict=True)]
            columns.append((shown.label[1], own, "free"))
        elif shown.codes:
            cells = frame[column].to_list()
            columns += [(shown.label[k], [code_label(shown.codes, c)[k] for c in cells], "free") for k in (0, 1)]
        elif shown.unit == "period":
            cells = [None if c is None else speech.case.calendar.label(int(c)) for c in frame[column]]
            columns.append((_bilingual_heading(shown.label, unit), cells, "free"))
        else:
            columns.append((_bilingual_heading(shown.label, unit), frame[column].to_list(), _number_format(shown)))
    return columns


def _bilingual_heading(label: Both, unit: Both) -> str:
    parts = [f"{text} ({u})" if u else text for text, u in zip(label, unit, strict=True)]
    return "\n".join(dict.fromkeys(parts))


def _number_format(shown: ColumnFormat) -> str:
    if shown.unit == "share":
        return "share"
    return {0: "whole", 1: "one", 2: "two"}.get(-1 if shown.decimals is None else shown.decimals, "free")


def plain(frame: pl.DataFrame) -> list[Column]:
    """Columns as they are."""
    return [(name, frame[name].to_list(), "free") for name in frame.columns]


def programme_tables(programme: Programme) -> dict[str, pl.DataFrame]:
    """The programme's own tables, and its figures as one."""
    tables: dict[str, pl.DataFrame] = {}
    for field in dataclasses.fields(programme):
        value = getattr(programme, field.name)
        if isinstance(value, pl.DataFrame):
            tables[field.name] = value
    facts = {
        n: getattr(programme, n)
        for n in (
            "case_id",
            "case_hash",
            "status",
            "value",
            "bound",
            "do_nothing",
            "gap",
            "seconds",
            "peak_mb",
            "seed",
            "version",
        )
    }
    head = pl.DataFrame({"figure": list(facts), "value": [None if v is None else str(v) for v in facts.values()]})
    return {"figures": head, **tables}


def input_columns(name: str, frame: pl.DataFrame) -> list[Column]:
    """A table of the case with labels and units in both languages."""
    columns: list[Column] = []
    for column, spec in TABLES[name].columns().items():
        data = spec.metadata or {}
        unit = data.get("unit") or ""
        label = _bilingual_heading(
            (data.get("en", column), data.get("ar", column)), (unit, unit) if unit not in ("", "date") else ("", "")
        )
        columns.append((label, frame[column].to_list(), "free"))
    return columns
