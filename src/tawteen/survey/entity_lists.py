"""What a form knows of the case: its sites and lines, with what the registry holds, as lists that telephones load."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import polars as pl

from tawteen.case.cells import exact_text
from tawteen.case.codes import codes
from tawteen.case.model import Case
from tawteen.case.tables import TABLES
from tawteen.survey.form import GATE_COLUMNS, Labels
from tawteen.survey.kinds import kinds_of_sites, site_kinds
from tawteen.words import LANGS, Lang

SITES_LIST, LINES_LIST = "sites.csv", "lines.csv"
"""Names of the lists, as forms name them and a server hands them out."""

EMPTY_CELL = "–"
"""What a form shows for a cell of the registry that is empty."""


def sites_list(case: Case) -> bytes:
    """The list of sites as CSV (UTF-8): a row a site of the case, in its order.

    Columns: name (id of the site), label (its names in both languages), kind, name_en, name_ar, one for each column of
    the table `sites` that a form asks about (`site_COLUMN`) and one for each gate and column (`GATE_COLUMN`), with
    what the registry holds in words of both languages.
    """
    heads = ["name", "label", "name_en", "name_ar", "kind", *(f"site_{column}" for column in _columns("sites"))]
    heads += [f"{gate}_{column}" for gate in codes("gates") for column in GATE_COLUMNS]
    return _csv(heads, sites_list_rows(case))


def sites_list_rows(case: Case, lang: Lang | None = None) -> list[dict[str, str]]:
    """The rows of `sites_list`, in the words of both languages or of one."""
    kinds, gates = kinds_of_sites(case), _gates_by_site(case, lang)
    rows = []
    for site in case["sites"].iter_rows(named=True):
        row = _named_row(site, lang) | {"kind": kinds[site["id"]]}
        row |= {f"site_{column}": shown("sites", column, site[column], lang) for column in _columns("sites")}
        known = gates.get(site["id"], {})
        for gate in codes("gates"):
            row |= {f"{gate}_{column}": known.get((gate, column), EMPTY_CELL) for column in GATE_COLUMNS}
        rows.append(row)
    return rows


def lines_list(case: Case) -> bytes:
    """The list of production lines as CSV: name (id of the line), label, names, site, and what the registry holds."""
    heads = ["name", "label", "name_en", "name_ar", "site", *(f"line_{column}" for column in _columns("lines"))]
    return _csv(heads, lines_list_rows(case))


def lines_list_rows(case: Case, lang: Lang | None = None) -> list[dict[str, str]]:
    """The rows of `lines_list`, in the words of both languages or of one."""
    units = dict(case["commodities"].select("id", "unit").iter_rows())
    rows = []
    for line in case["lines"].iter_rows(named=True):
        row = _named_row(line, lang) | {"site": line["site"]}
        row |= {f"line_{column}": shown("lines", column, line[column], lang) for column in _columns("lines")}
        if line["nominal"] is not None and (unit := units.get(line["commodity"])) in codes("units"):
            row["line_nominal"] = f"{row['line_nominal']} {_in_words(codes('units')[unit], lang)}"
        rows.append(row)
    return rows


def shown(table: str, column: str, value: Any, lang: Lang | None = None) -> str:
    """The content of a cell as a form shows it: codes by their words in both languages or in one."""
    if value is None:
        return EMPTY_CELL
    spec = TABLES[table].columns()[column]
    if name := (spec.metadata or {}).get("codes"):
        return _in_words(codes(name).get(value, (value, value)), lang)
    return exact_text(value) if isinstance(value, float) else str(value)


def _in_words(labels: Labels, lang: Lang | None) -> str:
    """The words of one language, or of both where it is None."""
    return " · ".join(dict.fromkeys(labels)) if lang is None else labels[LANGS.index(lang)]


def _columns(table: Literal["sites", "lines"]) -> list[str]:
    """Columns of a table that the forms of all kinds ask about."""
    return list(dict.fromkeys(column for kind in site_kinds().values() for column in getattr(kind, table)))


def _named_row(row: Mapping[str, Any], lang: Lang | None) -> dict[str, str]:
    label = _in_words((row["name_en"], row["name_ar"]), lang)
    return {"name": row["id"], "label": label, "name_en": row["name_en"], "name_ar": row["name_ar"]}


def _gates_by_site(case: Case, lang: Lang | None) -> dict[str, dict[tuple[str, str], str]]:
    """By site: what the registry holds of each gate and column, as it is shown."""
    gates: dict[str, dict[tuple[str, str], str]] = {}
    for row in _blocker_rows(case["blockers"]):
        known = gates.setdefault(row["site"], {})
        for column in GATE_COLUMNS:
            known[row["gate"], column] = shown("blockers", column, row[column], lang)
    return gates


def _blocker_rows(blockers: pl.DataFrame) -> Iterator[dict[str, Any]]:
    return blockers.select("site", "gate", *GATE_COLUMNS).iter_rows(named=True)


def _csv(heads: list[str], rows: list[dict[str, str]]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, heads, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()
