"""A first mapping for a source, proposed from its headings, units and values."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, cast

from tawteen.case.mapping.known_words import known_words
from tawteen.case.mapping.model import Mapping, SourceInfo
from tawteen.case.mapping.plant_tables import UNIT_IN_HEADING, PlantTables
from tawteen.case.mapping.project_mappings import iati_tables, oc4ids_tables
from tawteen.case.mapping.records import Records
from tawteen.case.names import fold
from tawteen.case.raw import headings

ARABIC = re.compile(r"[\u0621-\u064a]")


def propose_mapping(records: Records, today: dt.date) -> Mapping:
    """A mapping that a person can correct: every guess stands in it, nothing is decided out of sight.

    Projects (OC4IDS, IATI) become rows of `projects`. Plants become `sites`, and `lines` where the source states a
    capacity whose unit is known; several rows with one plant id become one site with several lines.
    """
    if records.kind == "oc4ids":
        return Mapping(kind="oc4ids", source=_source(records, today), tables=oc4ids_tables(records))
    if records.kind == "iati":
        return Mapping(kind="iati", source=_source(records, today), tables=iati_tables(records))
    tables = PlantTables(records, recognised_columns(records)).tables()
    return Mapping(kind=records.kind, source=_source(records, today), tables=tables)


def _source(records: Records, today: dt.date) -> SourceInfo:
    try:
        as_of = dt.date.fromisoformat(records.as_of)
    except ValueError:
        as_of = today
    name = fold(records.file.rpartition(".")[0] or records.file).replace(" ", "-")
    grade = "inspected" if records.kind == "xlsform" else "reported"
    return SourceInfo(
        id=name, title=records.title or records.file, address=records.address, licence=records.licence, as_of=as_of,
        grade=cast(Any, grade),
    )  # fmt: skip


def recognised_columns(records: Records) -> dict[tuple[str, str], str]:
    """(table, column) → the column of the source that its heading, its label or its letters point to."""
    known: dict[str, tuple[str, str]] = {}
    for table in ("lines", "sites"):
        known |= {text: (table, name) for text, name in headings(table).items()}
    for table in ("lines", "sites"):
        for name, spellings in known_words()[table].items():
            known |= {fold(text): (table, name) for text in spellings}
    recognised: dict[tuple[str, str], str] = {}
    for column in records.frame.columns:
        if not records.frame[column].drop_nulls().len():
            continue
        for text in (records.labels.get(column, ""), column, column.rpartition("/")[2]):
            target = known.get(fold(UNIT_IN_HEADING.sub("", text))) or known.get(fold(re.sub(r"[^\w\s]", " ", text)))
            if target and target not in recognised:
                recognised[target] = column
                break
    _find_arabic(records, recognised)
    _find_point(records, recognised)
    return recognised


def _find_arabic(records: Records, recognised: dict[tuple[str, str], str]) -> None:
    """A column of Arabic texts that is nothing else holds Arabic names; a name column in Arabic is one."""
    english = recognised.get(("sites", "name_en"))
    if english and _share(records, english) > 0.5 and ("sites", "name_ar") not in recognised:
        recognised["sites", "name_ar"] = recognised.pop(("sites", "name_en"))
    if ("sites", "name_ar") in recognised:
        return
    free = [c for c in records.frame.columns if c not in recognised.values() and _share(records, c) > 0.5]
    if free:
        recognised["sites", "name_ar"] = max(free, key=lambda c: records.frame[c].n_unique())


def _share(records: Records, column: str) -> float:
    texts = records.frame[column].drop_nulls().to_list()
    return sum(bool(ARABIC.search(text)) for text in texts) / len(texts) if texts else 0.0


def _find_point(records: Records, recognised: dict[tuple[str, str], str]) -> None:
    """A column of points, such as the answer to a question for a position: latitude, longitude, height, accuracy."""
    if ("sites", "lat") in recognised:
        return
    point = re.compile(r"-?\d{1,2}\.\d+[ ,]+-?\d{1,3}\.\d+(?:[ ,]+-?[\d.]+){0,2}")
    for column in records.frame.columns:
        texts = records.frame[column].drop_nulls().to_list()
        if texts and all(point.fullmatch(text) for text in texts):
            recognised["sites", "lat"] = recognised["sites", "lon"] = column
            return
