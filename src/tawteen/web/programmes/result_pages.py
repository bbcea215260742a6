"""What pages show of a programme, worked out once by the process that planned it and kept as files of the run.

Texts are pairs (English, Arabic), as in the exhibits of a report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tawteen.case.model import Case
from tawteen.plan.explain import conflict_in_words
from tawteen.plan.programme import Programme
from tawteen.report.bilingual import Both
from tawteen.report.cells import BilingualCells
from tawteen.report.dossier import Dossiers
from tawteen.report.exhibit import ColumnFormat, Exhibit
from tawteen.report.exhibits import exhibits
from tawteen.report.headline import headline
from tawteen.report.overview import WHOLE_ECONOMY_FIGURES, Figure, figures
from tawteen.report.report_data import PLANNED_STATUSES, ReportData
from tawteen.web.params import PLANNER_RUNS
from tawteen.web.programmes.sliders import sliders_of, stored_sliders
from tawteen.words import LANGS, Words

RESULT_PAGE, SITE_REASONS, SLIDERS = "pages/result.json", "pages/reasons.json", "pages/sliders.json"
"""Names of files: figures, sentences and the list of exhibits; the reasons of each site; what a what-if can change."""


def exhibit_file(key: str) -> str:
    """The name of the file of an exhibit."""
    return f"pages/exhibit-{key}.json"


def result_pages(data: ReportData, case: Case) -> dict[str, bytes]:
    """Files of the pages by name. `case` is that of the registry, before the changes of a what-if."""
    cells, dossiers = BilingualCells(data.case), Dossiers(data)
    shown = [one for one in exhibits(data) if one.charts or not one.table.is_empty()]
    result = {
        "headline": headline(data),
        "figures": [
            {"key": one.key, "label": one.label, "text": _figure_text(one, cells), "card": one.card}
            for one in figures(data)
            if one.key not in WHOLE_ECONOMY_FIGURES
        ],
        "exhibits": [
            {"key": one.key, "group": one.group, "title": one.title} for one in shown
        ],
    }  # fmt: skip
    sites = {
        row["id"]: {"status": row["status"], "option": _option(data, row["option"]), "start": row["start"],
                    "reasons": dossiers.reasons(row["id"])}
        for row in data.programme.sites.iter_rows(named=True)
    }  # fmt: skip
    sliders = stored_sliders(sliders_of(case))
    pages = {exhibit_file(one.key): _exhibit(one, cells) for one in shown}
    return {
        name: _json(content)
        for name, content in {RESULT_PAGE: result, SITE_REASONS: sites, SLIDERS: sliders, **pages}.items()
    }


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _option(data: ReportData, option: str | None) -> Both | None:
    return None if option is None else data.name("options", option)


def _figure_text(figure: Figure, cells: BilingualCells) -> Both:
    """The value of a figure with its unit, or its words."""
    if figure.value is None:
        return figure.explanation if any(figure.explanation) else ("–", "–")
    return cells.much(figure.value, figure.unit)


def _exhibit(exhibit: Exhibit, cells: BilingualCells) -> dict[str, Any]:
    """Title, note, origin and table of an exhibit; columns that are empty in every row are left out."""
    columns = {name: one for name, one in exhibit.columns.items() if not _is_silent(exhibit, name)}
    rows = exhibit.table.head(PLANNER_RUNS.rows)
    return {
        "key": exhibit.key, "group": exhibit.group, "title": exhibit.title, "note": exhibit.note,
        "origin": exhibit.origin, "chart": bool(exhibit.charts), "of": exhibit.table.height,
        "columns": [
            {"label": one.label, "unit": _unit(one, cells), "number": _is_numeric(exhibit, name),
             "site": one.link == "site-"}
            for name, one in columns.items()
        ],
        "rows": [
            [_cell(row, name, one, cells) for name, one in columns.items()] for row in rows.iter_rows(named=True)
        ],
    }  # fmt: skip


def _cell(row: Mapping[str, Any], name: str, shown: ColumnFormat, cells: BilingualCells) -> dict[str, Any]:
    """Text of a cell, and the key of the site that it names."""
    cell: dict[str, Any] = {"text": cells.cell(row, name, shown)}
    if shown.link == "site-" and isinstance(row.get(name), str):
        cell["site"] = row[name]
    return cell


def _unit(shown: ColumnFormat, cells: BilingualCells) -> Both:
    return cells.unit(shown.unit) if shown.unit not in ("share", "period", "by_row") else ("", "")


def _is_numeric(exhibit: Exhibit, name: str) -> bool:
    frame = exhibit.table
    return name in frame.columns and f"{name}_en" not in frame.columns and frame[name].dtype.is_numeric()


def _is_silent(exhibit: Exhibit, name: str) -> bool:
    frame = exhibit.table
    column = f"{name}_en" if f"{name}_en" in frame.columns else name
    return frame.height > 0 and frame[column].null_count() == frame.height


def summary_of(case: Case, programme: Programme) -> dict[str, Any]:
    """The figures of a programme that lists show, and the rules that contradict each other where there is none."""
    gain = None
    if programme.value is not None and programme.do_nothing is not None:
        gain = programme.value - programme.do_nothing
    about = case.settings.about
    return {
        "case": [about.name_en, about.name_ar],
        "currency": case.settings.money.currency,
        "status": programme.status,
        "gain": gain,
        "gap": programme.gap,
        "left": None if programme.bound is None or programme.value is None else programme.bound - programme.value,
        "sites": int(programme.sites["status"].is_in(PLANNED_STATUSES).sum()),
        "conflict": [conflict_in_words(case, programme, Words(lang)) for lang in LANGS] if programme.conflict else None,
    }
