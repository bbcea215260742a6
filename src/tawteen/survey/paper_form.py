"""A form on paper, for places without telephones: in Arabic or English, as PDF, with the questions of the form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from tawteen.case.model import Case
from tawteen.survey.entity_lists import EMPTY_CELL, lines_list_rows, sites_list_rows
from tawteen.survey.form import Question, QuestionGroup, SurveyForm
from tawteen.survey.params import SURVEY
from tawteen.words import LANGS, Lang, Words

_FONTS = {"en": ["Noto Sans", "Noto Sans Arabic"], "ar": ["Noto Sans Arabic", "Noto Sans"]}
PAPER_WORDS = (
    "code", "every_page", "registry", "how", "visit", "facts", "lines", "lines_how", "gates", "gates_how", "remarks",
    "signature", "received", "stops", "opens_by", "holder", "open_date", "as_of", "basis",
)  # fmt: skip
"""Words of the form, as `survey.paper.WORD` of the catalogues says them."""


def paper_form(case: Case, form: SurveyForm, site: str | None, lang: Lang) -> bytes:
    """The form as PDF: for a site, with what the registry holds of it, or empty where `site` is None.

    The same form, site and registry give the same bytes.
    """
    import typst  # noqa: PLC0415 - takes a third of a second, and forms of telephones do without

    fields = paper_fields(case, form, site, lang)
    parts = {
        "paper.json": json.dumps(fields, ensure_ascii=False).encode(),
        "main": files("tawteen.survey").joinpath("assets", "paper.typ").read_bytes(),
    }
    pdf: bytes = typst.compile(parts, format="pdf")  # type: ignore[call-overload] # its stubs know of one file
    return pdf


def paper_code(form: SurveyForm, site: str | None) -> str:
    """The code on each page: the site, or the kind of sites where it is of none, and the version of the form."""
    return f"{site or form.kind.name} / {form.version}"


def paper_fields(case: Case, form: SurveyForm, site: str | None, lang: Lang) -> dict[str, Any]:
    """Everything that the paper shows, in one language."""
    words = Words(lang)
    known = next((row for row in sites_list_rows(case, lang) if row["name"] == site), {})
    groups = {group.path[-1]: group for group in form.groups}
    about = case.settings.about
    return {
        "lang": lang,
        "fonts": _FONTS[lang],
        "brand": words.pick((about.name_en, about.name_ar)),
        "title": known.get("label") or words.say("survey.paper.no_site"),
        "subtitle": form.title[LANGS.index(lang)],
        "code": paper_code(form, site),
        "words": {name: words.say(f"survey.paper.{name}") for name in PAPER_WORDS},
        "visit": [_printed(question, {}, words) for question in groups["visit"].questions if _on_paper(question, site)],
        "facts": [_printed(question, known, words) for question in groups["facts"].questions],
        "lines": _lines(case, groups.get("lines"), site, lang),
        "gates": [_gate(group, known, words) for group in form.groups if group.gate],
    }


def _on_paper(question: Question, site: str | None) -> bool:
    """Whether a question about the visit is put on paper: photos are not, and a site that is printed is known."""
    if question.answer == "photo" or question.name in {"listed", "site"}:
        return False
    return site is None or question.name not in {"site_name", "site_place"}


def _printed(question: Question, known: Mapping[str, str], words: Words) -> dict[str, Any]:
    hint = words.say("survey.paper.hint_position") if question.name == "position" else words.pick(question.hint)
    return {
        "label": words.pick(question.label),
        "hint": hint,
        "choices": [words.pick(labels) for _, labels in question.choices],
        "long": question.answer == "long text",
        "registry": _isolated(known.get(question.name, "")),
    }


def _isolated(text: str) -> str:
    """What the registry holds, kept from turning round what stands beside it; nothing for an empty cell."""
    return "" if text in ("", EMPTY_CELL) else f"\u2068{text}\u2069"


def _lines(case: Case, group: QuestionGroup | None, site: str | None, lang: Lang) -> dict[str, Any]:
    """Head and rows of the table of production lines; without rows where such sites have none."""
    if group is None:
        return {"head": [], "rows": []}
    words = Words(lang)
    observing = [question for question in group.questions if question.column]
    head = [words.say("survey.paper.line"), *(words.pick(question.label) for question in observing)]
    rows = [
        [row["label"], *(_isolated(row[question.name]) for question in observing)]
        for row in lines_list_rows(case, lang) if row["site"] == site
    ]  # fmt: skip
    blank = [""] * len(head)
    return {"head": head, "rows": rows if site else [blank] * SURVEY.empty_lines}


def _gate(group: QuestionGroup, known: Mapping[str, str], words: Words) -> dict[str, Any]:
    """A gate with the choices that are ticked, and what the registry holds of it."""
    lists = {question.column: question.choices for question in group.questions}
    stated = [known.get(f"{group.gate}_{column}", EMPTY_CELL) for column in ("state", "stops", "opens_by", "authority")]
    return {
        "label": words.pick(group.label),
        "registry": words.say("cli.comma").join(_isolated(text) for text in stated if text != EMPTY_CELL),
        **{
            name: [words.pick(labels) for _, labels in lists[column]]
            for name, column in (("states", "state"), ("stops", "stops"), ("openers", "opens_by"))
        },
    }
