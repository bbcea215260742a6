"""The investment opportunity sheet of an option: two pages, in Arabic or English, as PDF."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import vl_convert

from tawteen import __version__
from tawteen.case.atomic_write import replacing
from tawteen.report.appraisal_charts import cash, distribution, tornado
from tawteen.report.appraised import Appraised
from tawteen.report.direction import isolated
from tawteen.report.drawing import FONTS, configured
from tawteen.report.live_workbook import conventions
from tawteen.report.opportunity_text import Sheet
from tawteen.words import LANGS, Lang

TYPEFACES = {"en": ["Noto Sans", "Noto Sans Arabic"], "ar": ["Noto Sans Arabic", "Noto Sans"]}


def write_opportunity(one: Appraised, path: Path, lang: Lang) -> Path:
    """Writes the sheet as PDF and returns where. OSError where it cannot be written."""
    import typst  # noqa: PLC0415 - takes a third of a second, and reports do without

    content = sheet_fields(one, lang) if lang == "en" else _isolated_texts(sheet_fields(one, lang))
    parts = {f"{name}.svg": drawn.encode() for name, drawn in _pictures(one, lang)}
    parts["sheet.json"] = json.dumps(content, ensure_ascii=False).encode()
    parts["main"] = files("tawteen.report").joinpath("assets", "opportunity.typ").read_bytes()
    # From memory: nothing is left in a folder of the system, however the program ends.
    pdf: bytes = typst.compile(parts, format="pdf")  # type: ignore[call-overload] # its stubs know of one file
    with replacing(path) as beside:
        beside.write_bytes(pdf)
    return path


def _isolated_texts(content: Any) -> Any:
    """The content with every text isolated: quarters, ids and ranges keep their order in Arabic."""
    if isinstance(content, str):
        return isolated(content)
    if isinstance(content, dict):
        return {key: _isolated_texts(value) for key, value in content.items()}
    return [_isolated_texts(value) for value in content] if isinstance(content, list | tuple) else content


def _pictures(one: Appraised, lang: Lang) -> Iterator[tuple[str, str]]:
    k = LANGS.index(lang)
    drawn = {
        "cash": cash(one, k, width=760, height=190),
        "tornado": tornado(one, k, width=300),
        "distribution": distribution(one, k, width=380, height=200),
    }
    for name, chart in drawn.items():
        yield name, vl_convert.vegalite_to_svg(configured(chart, FONTS[k]))


def sheet_fields(one: Appraised, lang: Lang) -> dict[str, Any]:
    """Everything the sheet shows, in one language."""
    sheet = Sheet(one, lang)
    words, about = sheet.words, one.case.settings.about
    notice = words.pick((about.notice_en or about.notice_ar, about.notice_ar or about.notice_en))
    sections = ("project", "market", "inputs", "investment", "returns", "risk", "offers", "evidence")
    return {
        "lang": lang,
        "fonts": TYPEFACES[lang],
        "brand": words.say("sheet.brand"),
        "title": sheet.site,
        "subtitle": sheet.way,
        "demonstration": words.say("sheet.demonstration") if about.demonstration else "",
        "notice": notice,
        "sections": {name: words.say(f"sheet.section.{name}") for name in sections},
        "facts": sheet.facts(),
        "project": sheet.project(),
        "market": sheet.market(),
        "inputs": sheet.inputs(),
        "investment": sheet.investment(),
        "returns": sheet.returns(),
        "risk": sheet.risk(),
        "risk_notes": sheet.risk_notes(),
        "captions": {
            "cash": words.say("sheet.cash"),
            "tornado": words.say("sheet.tornado"),
            "distribution": words.say("sheet.distribution", {"paths": words.number(one.risk.paths)}),
        },
        "offers": sheet.offers(),
        "grades": sheet.grades(),
        "evidence": sheet.evidence(),
        "conventions": list(conventions(one.statements.accounts.profile, words)),
        "foot": words.say(
            "sheet.foot",
            {
                "case": words.pick((about.name_en, about.name_ar)),
                "currency": one.study.currency,
                "year": str(one.case.settings.money.price_year),
                "version": __version__,
            },
        ),
    }
