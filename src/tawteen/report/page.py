"""report.html and brief.html: each one file, both languages, no network."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2
import polars as pl

from tawteen import __version__
from tawteen.case.atomic_write import replacing
from tawteen.case.tables import TABLES, TITLES
from tawteen.report.bilingual import Both, bilingual
from tawteen.report.cells import BilingualCells, html
from tawteen.report.dossier import Dossiers
from tawteen.report.exhibit import EXHIBIT_GROUPS, ColumnFormat, Exhibit
from tawteen.report.headline import headline
from tawteen.report.lists import STATUS_LABELS
from tawteen.report.one_drawing import in_both
from tawteen.report.params import LAYOUT
from tawteen.report.pictures import NARROW, Drawings, DrawnChart, draw_all, embedded
from tawteen.report.report_data import ReportData
from tawteen.report.tables import table, tools
from tawteen.words import LANGS, Lang

WHOLE = ("sources",)
PROOF = ("status", "gap")
"""Cards on how good the answer is, which the chair's sheet leaves to the appendix."""
CHAIR = next(iter(EXHIBIT_GROUPS))
"""Group of the exhibits on the chair's page."""


def write_page(
    exhibits: list[Exhibit], study: ReportData, path: Path, lang: Lang = "en", drawings: Drawings | None = None
) -> None:
    """Writes the page; `lang` is the language it opens in. OSError where it cannot be written.

    `drawings` are those of the exhibits, where they have been drawn already.
    """
    speech = BilingualCells(study.case)
    drawn = draw_all(exhibits, study.case.settings.digits) if drawings is None else drawings
    sites = sites_shown(study)
    places = anchors(study, sites)
    shown = [e for e in exhibits if e.charts or not e.table.is_empty()]
    groups: list[dict[str, Any]] = []
    for key, members in groupby((e for e in shown if e.group != CHAIR), key=lambda e: e.group):
        parts = [_part(e, study, speech, places, drawn) for e in members]
        if key == "sites":
            parts.append(_each_site(study, speech, sites, places))
        title, note = EXHIBIT_GROUPS[key]
        groups.append({"key": key, "title": title, "note": note, "parts": parts})
    own = [_part(e, study, speech, places, drawn) for e in shown if e.group == CHAIR]
    chair = _chair(shown, study, speech, own)
    context = {
        **_frame(study, speech, lang), "page": chair, "chair": chair["chair"], "groups": groups,
        "contents": speech.say("report.contents"), "origin_word": speech.say("report.origin"),
        "inputs_title": speech.say("report.inputs"), "inputs_note": speech.say("report.inputs_note"),
        "inputs": _inputs(study, speech),
    }  # fmt: skip
    _write("page.html", context, path)


def write_brief(
    exhibits: list[Exhibit], study: ReportData, path: Path, lang: Lang = "en", drawings: Drawings | None = None
) -> None:
    """Writes the chair's page alone, one sheet of A4 in each language. Arguments and errors as of `write_page`.

    Its links lead into the page, which stands beside it as `report.html`.
    """
    speech = BilingualCells(study.case)
    shown = [e for e in exhibits if e.charts or not e.table.is_empty()]
    own = [e for e in shown if e.group == CHAIR]
    drawn = draw_all(own, study.case.settings.digits) if drawings is None else drawings
    parts = [_part(e, study, speech, frozenset(), drawn) for e in own]
    chair = _chair(shown, study, speech, parts, "report.html")
    _write("brief.html", {**_frame(study, speech, lang), "page": chair}, path)


def _write(template: str, context: dict[str, Any], path: Path) -> None:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, loader=jinja2.FunctionLoader(_asset)
    )
    with replacing(path) as beside:
        beside.write_text(environment.get_template(template).render(**context).lstrip(), encoding="utf-8")


def _asset(name: str) -> str:
    return files("tawteen.report").joinpath("assets", name).read_text(encoding="utf-8")


def _frame(study: ReportData, speech: BilingualCells, lang: Lang) -> dict[str, Any]:
    """What page and brief have around their content."""
    about, programme = study.case.settings.about, study.programme
    title = tuple(
        speech.words[x].say("report.title", {"name": n})
        for x, n in zip(LANGS, (about.name_en, about.name_ar), strict=True)
    )
    facts = {"version": __version__, "case": about.id, "hash": programme.case_hash[:16], "seed": programme.seed}
    return {
        "b": html, "lang": lang, "title": title, "brand": speech.say("tawteen"), "css": _asset("page.css"),
        "js": _asset("page.js"), "switch": speech.say("report.switch"), "footer": speech.say("report.footer", facts),
    }  # fmt: skip


def _chair(
    shown: list[Exhibit], study: ReportData, speech: BilingualCells, parts: list[dict[str, Any]], page: str = ""
) -> dict[str, Any]:
    """The chair's page of its `parts`; its cards lead into the file `page`."""
    title, note = EXHIBIT_GROUPS[CHAIR]
    return {
        "chair": {"key": CHAIR, "title": title, "note": note, "parts": parts}, "notices": _notices(study, speech),
        "headline": headline(study), "cards": _cards(shown, speech, page), "origin_word": speech.say("report.origin"),
    }  # fmt: skip


def _notices(study: ReportData, speech: BilingualCells) -> list[Both]:
    about = study.case.settings.about
    own = (
        [(about.notice_en or about.notice_ar, about.notice_ar or about.notice_en)]
        if about.notice_en or about.notice_ar
        else []
    )
    return [*([speech.say("report.demonstration")] if about.demonstration and not own else []), *own]


def _cards(exhibits: list[Exhibit], speech: BilingualCells, page: str) -> list[dict[str, Any]]:
    summary = next(e for e in exhibits if e.key == "summary").table.filter("card")
    aims = {"firm": "sites_firm", "conditional": "sites_conditional", "survey": "sites_survey", "out": "sites",
            "money": "fund_sums",
            "new_jobs": "jobs", "assumed": "red_flags"}  # fmt: skip
    cards, keys = [], {e.key for e in exhibits}
    for row in summary.iter_rows(named=True):
        aim = aims.get(row["key"], "summary")
        card_text: Both = (row["words_en"], row["words_ar"])
        if row["value"] is not None:
            card_text = speech.much(row["value"], row["unit"])
        cards.append({
            "what": (row["figure_en"], row["figure_ar"]), "much": card_text if any(card_text) else ("–", "–"),
            "long": len(card_text[0]) > 12, "proof": row["key"] in PROOF,
            "to": f"{page}#{aim if aim in keys else 'summary'}",
        })  # fmt: skip
    return cards


def _part(
    exhibit: Exhibit, study: ReportData, speech: BilingualCells, places: frozenset[str], drawings: Drawings
) -> dict[str, Any]:
    return {"key": exhibit.key, "title": exhibit.title, "note": exhibit.note, "origin": exhibit.origin,
            "links": _links(exhibit, study, speech),
            "pictures": _pictures(exhibit, drawings, speech), "body": _table(exhibit, speech, places)}  # fmt: skip


def _links(exhibit: Exhibit, study: ReportData, speech: BilingualCells) -> str:
    links = []
    for name in exhibit.inputs:
        room, _, rest = name.partition(".")
        if rest:
            links.append(html(speech.say(f"report.programme.{rest}")))
        elif not study.case[room].is_empty():
            links.append(f'<a href="#in-{room}">{html(TITLES[room])}</a>')
    return " · ".join(links)


def _pictures(exhibit: Exhibit, drawings: Drawings, speech: BilingualCells) -> str:
    wide, narrow = drawings.get(exhibit.key), drawings.get(exhibit.key + NARROW)
    return "".join(
        _figures(exhibit, drawing, name, speech)
        for name, drawing in (("wide" if narrow else "", wide), ("narrow", narrow)) if drawing
    )  # fmt: skip


def _figures(exhibit: Exhibit, drawing: DrawnChart, name: str, speech: BilingualCells) -> str:
    """A chart with the texts of both languages, or one chart per language."""
    enlarge, title = speech.say("report.enlarge"), exhibit.title
    if drawing.texts is not None:
        label = title[0] if title[0] == title[1] else " / ".join(title)
        placed = embedded(in_both(drawing.drawn[0], drawing.texts), label, "-".join(filter(None, (exhibit.key, name))))
        return _figure(placed, name, " / ".join(enlarge))
    return "".join(
        _figure(embedded(drawn, title[k], f"{exhibit.key}-{lang}{name}", lang), f"{lang} {name}".strip(), enlarge[k])
        for k, (lang, drawn) in enumerate(zip(LANGS, drawing.drawn, strict=True))
    )


def _figure(placed: str, classes: str, hint: str) -> str:
    kind = f' class="{classes}"' if classes else ""
    return f'<figure{kind} dir="ltr" title="{escape(hint, quote=True)}">{placed}</figure>'


def _table(exhibit: Exhibit, speech: BilingualCells, places: frozenset[str]) -> str:
    if exhibit.table.is_empty():
        return ""
    shown = min(exhibit.table.height, exhibit.limit or exhibit.table.height)
    box = f"rows-{exhibit.key}"
    body = tools(speech, box, shown, exhibit.table.height, exhibit.key) + table(
        speech, exhibit.table, exhibit.columns, limit=shown, places=places
    )
    body = f'<div id="{box}">{body}</div>'
    if not exhibit.charts:
        return body
    return f'<details class="table"><summary>{html(speech.say("report.table"))}</summary>{body}</details>'


def sites_shown(study: ReportData) -> list[str]:
    """Sites that have a dossier on the page: those decided for first, at most `LAYOUT.dossiers`."""
    rank = {s: i for i, s in enumerate(STATUS_LABELS)}
    decided = study.programme.sites.sort(pl.col("status").replace_strict(rank, default=9), "id", maintain_order=True)
    return decided["id"].to_list()[: LAYOUT.dossiers]


def anchors(study: ReportData, sites: list[str]) -> frozenset[str]:
    """Places of the page that cells may lead to: dossiers of sites and rows of sources."""
    sources = study.case["sources"]["id"].to_list()[: LAYOUT.cited_sources]
    return frozenset([*(f"site-{site}" for site in sites), *(f"row-sources-{source}" for source in sources)])


def _each_site(study: ReportData, speech: BilingualCells, sites: list[str], places: frozenset[str]) -> dict[str, Any]:
    dossiers = Dossiers(study)
    facts = {r["id"]: r for r in study.programme.sites.iter_rows(named=True)}
    body = tools(speech, "rows-each_site", len(sites), len(sites), "sites")
    body += "".join(_dossier(speech, dossiers, facts[site], places) for site in sites)
    if left := len(facts) - len(sites):
        body += f'<p class="note">{html(speech.say("report.sites_cut", n=left))}</p>'
    return {"key": "each_site", "title": speech.say("report.each_site"), "note": speech.say("report.each_site_note"),
            "origin": None, "pictures": "",
            "links": "", "body": f'<div id="rows-each_site">{body}</div>'}  # fmt: skip


def _dossier(speech: BilingualCells, dossiers: Dossiers, row: dict[str, Any], places: frozenset[str]) -> str:
    study, site, status = dossiers.study, row["id"], row["status"]
    option = html(study.name("options", row["option"])) if row["option"] and status != "as_is" else ""
    when = f" · <bdi>{escape(row['start'])}</bdi>" if row["start"] and option else ""
    head = (
        f'<b>{html(study.name("sites", site))}</b><span class="tag {status}">{html(STATUS_LABELS[status])}</span>'
        f'<span class="summary-end">{option}{when}</span>'
    )
    inside = "".join(f'<p class="why">{html(why)}</p>' for why in dossiers.reasons(site))
    parts = dossiers.parts(site)
    for code, frame, columns in parts:
        inside += f"<h4>{html(speech.say(code))}</h4>{table(speech, frame, columns, limit=60, places=places)}"
    if all(code != "report.evidence" for code, _, _ in parts):
        inside += f'<p class="note">{html(speech.say("report.no_evidence"))}</p>'
    name = escape(site, quote=True)
    inner = f'<summary>{head}</summary><div class="inside">{inside}</div>'
    return f'<details class="site row" id="site-{name}">{inner}</details>'


def _inputs(study: ReportData, speech: BilingualCells) -> str:
    parts = []
    for name, schema in TABLES.items():
        frame = study.case[name]
        if frame.is_empty():
            continue
        columns = {
            column: ColumnFormat((spec.metadata["en"], spec.metadata["ar"]), codes=_codes(spec.metadata))
            for column, spec in schema.columns().items()
            if spec.metadata and frame[column].null_count() < frame.height and column not in ("name_en", "name_ar")
        }
        if "name_en" in frame.columns:
            columns = {"name": ColumnFormat(bilingual("column.name")), **columns}
        if len(columns) > LAYOUT.input_columns:
            *_, last = first = list(columns)[: LAYOUT.input_columns_first]
            columns = {c: s if c in first else replace(s, below=last, named=True) for c, s in columns.items()}
        limit = min(frame.height, LAYOUT.cited_sources if name in WHOLE else LAYOUT.cited_rows)
        key = "id" if "id" in frame.columns and name in WHOLE else None
        body = tools(speech, f"rows-in-{name}", limit, frame.height, name)
        body += table(speech, frame, columns, limit=limit, anchor=f"row-{name}-", key=key)
        title = html(TITLES[name])
        parts.append(
            f'<details class="table" id="in-{name}"><summary>{title} ({frame.height})</summary><div '
            f'id="rows-in-{name}">{body}</div></details>'
        )
    return "".join(parts)


def _codes(metadata: dict[str, Any]) -> str | None:
    return metadata.get("codes") if not metadata.get("many") else None
