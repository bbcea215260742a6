"""What a form knows of the case: its sites and lines, with what the registry holds, as lists that telephones load."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from tawteen.case.cells import exact_text
from tawteen.case.codes import codes
from tawteen.case.model import Case
from tawteen.case.tables import TABLES
from tawteen.survey.form import GATE_COLUMNS
from tawteen.survey.kinds import kinds_of_sites, site_kinds

SITES_LIST, LINES_LIST = "sites.csv", "lines.csv"
"""Names of the lists, as forms name them and a server hands them out."""

_EMPTY = "–"
"""What a telephone shows for a cell of the registry that is empty."""


def sites_list(case: Case) -> bytes:
    """The list of sites as CSV (UTF-8): a row a site of the case, in its order.

    Columns: name (id of the site), label (its names in both languages), kind, name_en, name_ar, one for each column of
    the table `sites` that a form asks about (`site_COLUMN`) and one for each gate and column (`GATE_COLUMN`), with
    what the registry holds in words of both languages.
    """
    columns = list(dict.fromkeys(column for kind in site_kinds().values() for column in kind.sites))
    kinds, gates = kinds_of_sites(case), _gates_by_site(case)
    rows = []
    for site in case["sites"].iter_rows(named=True):
        row = _named_row(site) | {"kind": kinds[site["id"]]}
        row |= {f"site_{column}": shown("sites", column, site[column]) for column in columns}
        known = gates.get(site["id"], {})
        for gate in codes("gates"):
            row |= {f"{gate}_{column}": known.get((gate, column), _EMPTY) for column in GATE_COLUMNS}
        rows.append(row)
    heads = ["name", "label", "name_en", "name_ar", "kind", *(f"site_{column}" for column in columns)]
    heads += [f"{gate}_{column}" for gate in codes("gates") for column in GATE_COLUMNS]
    return _csv(heads, rows)


def lines_list(case: Case) -> bytes:
    """The list of production lines as CSV: name (id of the line), label, names, site, and what the registry holds."""
    columns = list(dict.fromkeys(column for kind in site_kinds().values() for column in kind.lines))
    units = dict(case["commodities"].select("id", "unit").iter_rows())
    rows = []
    for line in case["lines"].iter_rows(named=True):
        row = _named_row(line) | {"site": line["site"]}
        row |= {f"line_{column}": shown("lines", column, line[column]) for column in columns}
        if line["nominal"] is not None and (unit := units.get(line["commodity"])) in codes("units"):
            row["line_nominal"] = f"{row['line_nominal']} {' · '.join(codes('units')[unit])}"
        rows.append(row)
    return _csv(["name", "label", "name_en", "name_ar", "site", *(f"line_{column}" for column in columns)], rows)


def shown(table: str, column: str, value: Any) -> str:
    """The content of a cell as a telephone shows it: codes by their words in both languages."""
    if value is None:
        return _EMPTY
    spec = TABLES[table].columns()[column]
    if name := (spec.metadata or {}).get("codes"):
        return " · ".join(dict.fromkeys(codes(name).get(value, (value,))))
    return exact_text(value) if isinstance(value, float) else str(value)


def _named_row(row: Mapping[str, Any]) -> dict[str, str]:
    names = dict.fromkeys((row["name_en"], row["name_ar"]))
    return {"name": row["id"], "label": " · ".join(names), "name_en": row["name_en"], "name_ar": row["name_ar"]}


def _gates_by_site(case: Case) -> dict[str, dict[tuple[str, str], str]]:
    """By site: what the registry holds of each gate and column, as it is shown."""
    gates: dict[str, dict[tuple[str, str], str]] = {}
    for row in _blocker_rows(case["blockers"]):
        known = gates.setdefault(row["site"], {})
        for column in GATE_COLUMNS:
            known[row["gate"], column] = shown("blockers", column, row[column])
    return gates


def _blocker_rows(blockers: pl.DataFrame) -> Iterator[dict[str, Any]]:
    return blockers.select("site", "gate", *GATE_COLUMNS).iter_rows(named=True)


def _csv(heads: list[str], rows: list[dict[str, str]]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, heads, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()
