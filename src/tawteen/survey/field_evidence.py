"""Observations of visits as rows of the tables `evidence` and `sources` of a case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import polars as pl

from tawteen.case.build import table_of
from tawteen.case.model import Case
from tawteen.survey.form import labels_of
from tawteen.survey.params import SURVEY
from tawteen.survey.visit import Observation, SiteVisit

FIELD_GRADE = "inspected"
"""Grade of what a surveyor saw."""

Seen = tuple[SiteVisit, Observation]
Row = dict[str, Any]


def source_id(instance: str) -> str:
    """Id of the source that a submission is, the same wherever it is read."""
    return _id(instance)


def with_field_evidence(case: Case, seen: Iterable[Seen], replaced: Iterable[str]) -> tuple[Case, int]:
    """The case with what was seen in `evidence` and `sources`, and the number of observations that are new.

    What an instance of `replaced` stated before is taken out; what stands there already is not added again.
    """
    pairs = list(seen)
    visits = {visit.instance: visit for visit, _ in pairs}
    outdated = [source_id(instance) for instance in replaced]
    evidence = case["evidence"].filter(~pl.col("source").is_in(outdated).fill_null(False))
    sources = case["sources"].filter(~pl.col("id").is_in(outdated))
    known, rows = set(evidence["id"]), {}
    first: set[str] = set()
    for visit, observation in pairs:
        row = _evidence_row(visit, observation, remarks=visit.instance not in first)
        first.add(visit.instance)
        if row["id"] not in known:
            rows[row["id"]] = row
    known_sources = set(sources["id"])
    titles = {site: names for site, *names in case["sites"].select("id", "name_en", "name_ar").iter_rows()}
    source_rows = [
        _source_row(visit, titles[visit.site])
        for visit in visits.values() if source_id(visit.instance) not in known_sources
    ]  # fmt: skip
    tables = {
        "evidence": pl.concat([evidence, table_of("evidence", rows.values())]),
        "sources": pl.concat([sources, table_of("sources", source_rows)]),
    }
    return replace(case, tables={**case.tables, **tables}), len(rows)


def _evidence_row(visit: SiteVisit, observation: Observation, *, remarks: bool) -> Row:
    parts = [observation.basis, visit.begun, visit.position, *observation.photos, visit.remarks if remarks else ""]
    return {
        "id": _id(visit.instance, *observation.cell),
        "table": observation.table,
        "row": observation.row,
        "column": observation.column,
        "value": observation.text,
        "unit": observation.unit,
        "grade": FIELD_GRADE,
        "source": source_id(visit.instance),
        "as_of": observation.as_of,
        "observer": visit.surveyor or None,
        "note": " · ".join(str(part) for part in parts if part) or None,
    }


def _source_row(visit: SiteVisit, names: list[str]) -> Row:
    survey, site = labels_of("survey.source"), dict.fromkeys(names)
    day = visit.day.isoformat() if visit.day else None
    return {
        "id": source_id(visit.instance),
        "title": " · ".join(part for part in (*survey, *site, day, visit.surveyor) if part),
        "address": visit.instance,
        "as_of": day,
    }


def _id(*parts: str) -> str:
    text = "\x1f".join(parts)
    return f"F-{hashlib.sha256(text.encode()).hexdigest()[: SURVEY.id_digits]}"
