"""A form as an XLSForm, which people can read and change, and as the XForm that telephones load."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from tawteen.case.new_workbook import new_workbook
from tawteen.survey.entity_lists import LINES_LIST, SITES_LIST
from tawteen.survey.form import Labels, Question, QuestionGroup, SurveyForm, labels_of, list_items
from tawteen.survey.params import SURVEY
from tawteen.words import LANGS

Row = dict[str, str]
Sheets = dict[str, list[Row]]

_TYPES = {
    "number": "decimal", "date": "date", "text": "text", "long text": "text", "position": "geopoint", "photo": "image",
    "site": f"select_one_from_file {SITES_LIST}", "line": f"select_one_from_file {LINES_LIST}",
}  # fmt: skip
_APPEARANCES = {"site": "autocomplete", "long text": "multiline"}
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook knows no zones
"""The moment that a workbook of a form states as its making: the same form gives the same bytes."""
_META = ("start", "end")
"""Questions that a telephone answers itself: the moments at which the form was begun and ended."""


def sheets_of(form: SurveyForm) -> Sheets:
    """The sheets of the XLSForm: `survey`, `choices` and `settings`, as rows of cells by heading."""
    survey: list[Row] = [{"type": name, "name": name} for name in _META]
    for group in form.groups:
        survey += _group_rows(group, form)
    lists = {q.codes: q.choices for _, q in form.questions() if q.codes}
    choices = [
        {"list_name": name, "name": code, **_in_languages("label", labels)}
        for name, codes in sorted(lists.items())
        for code, labels in codes
    ]
    settings = {
        "form_title": " · ".join(form.title),
        "form_id": form.id,
        "version": form.version,
        "default_language": labels_of("survey.language")[LANGS.index("ar")],
        "instance_name": "concat(if(${listed} = 'yes', ${site}, ${site_name}), ' ', ${date})",
        "style": "pages",
    }
    return {"survey": survey, "choices": choices, "settings": [settings]}


@lru_cache(maxsize=SURVEY.forms_kept)
def xform_of(form: SurveyForm) -> str:
    """The XForm of a form, made by pyxform. The same form gives the same text."""
    from pyxform.xls2xform import convert  # noqa: PLC0415 - takes half a second, and reading does without

    sheets: Mapping[str, object] = sheets_of(form)
    return str(convert(dict(sheets), validate=False, pretty_print=True, form_name="data").xform)


def write_xlsform(form: SurveyForm, path: Path) -> None:
    """Writes the XLSForm as a workbook. Raises OSError where it cannot be written."""
    with new_workbook(path, in_memory=True) as book:
        book.set_properties({"created": _CREATED})
        head = book.add_format({"bold": True})
        for name, rows in sheets_of(form).items():
            sheet = book.add_worksheet(name)
            headings = list(dict.fromkeys(heading for row in rows for heading in row))
            sheet.write_row(0, 0, headings, head)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows, 1):
                sheet.write_row(number, 0, [row.get(heading, "") for heading in headings])


def _group_rows(group: QuestionGroup, form: SurveyForm) -> Iterator[Row]:
    kind = "repeat" if group.repeated else "group"
    appearance = {} if group.repeated else {"appearance": "field-list"}
    begin = {"type": f"begin {kind}", "name": group.path[-1], **_in_languages("label", group.label), **appearance}
    yield begin | ({"relevant": group.only_if} if group.only_if else {})
    for question in group.questions:
        yield from _question_rows(question, group, form)
    yield {"type": f"end {kind}"}


def _question_rows(question: Question, group: QuestionGroup, form: SurveyForm) -> Iterator[Row]:
    hint = question.hint
    if question.registry:
        yield _registry_row(question)
        known = labels_of("survey.hint.registry", value=f"${{known_{question.name}}}")
        hint = _joined((hint, known))
    row = {"type": _type(question), "name": question.name, **_in_languages("label", question.label)}
    row |= _in_languages("hint", hint)
    if question.required:
        row |= {"required": "yes", **_in_languages("required_message", labels_of("survey.limit.required"))}
    if question.limit:
        row |= {"constraint": question.limit, **_in_languages("constraint_message", question.limit_text)}
    optional = {
        "relevant": question.only_if, "default": question.default, "appearance": _APPEARANCES.get(question.answer),
        "choice_filter": _choice_filter(question, form),
        "parameters": f"max-pixels={SURVEY.photo_pixels}" if question.answer == "photo" else None,
    }  # fmt: skip
    yield row | {heading: cell for heading, cell in optional.items() if cell}
    if question.answer == "site":
        yield _calculated("seen_name", _item(SITES_LIST, "site", "name_en"))
        yield _calculated("seen_name_ar", _item(SITES_LIST, "site", "name_ar"))
    if group.gate and question.name == f"{group.gate}_as_of":
        # The day to which an answer about the gate belongs: the one stated, else that of the visit.
        yield _calculated(f"{group.gate}_day", f"coalesce(${{{question.name}}}, ${{date}})")


def _type(question: Question) -> str:
    many = {"code": "select_one", "codes": "select_multiple"}.get(question.answer)
    return f"{many} {question.codes}" if many else _TYPES[question.answer]


def _choice_filter(question: Question, form: SurveyForm) -> str | None:
    return {"site": f"kind = '{form.kind.name}'", "line": "site = ${site}"}.get(question.answer)


def _registry_row(question: Question) -> Row:
    """A hidden field with what the registry holds for the cell that the question is about."""
    if question.table == "lines":
        return _calculated(f"known_{question.name}", _item(LINES_LIST, "line", question.name))
    return _calculated(f"known_{question.name}", _item(SITES_LIST, "site", question.name))


def _calculated(name: str, calculation: str) -> Row:
    return {"type": "calculate", "name": name, "calculation": calculation}


def _item(file: str, question: str, column: str) -> str:
    """XPath of a column of the row of an entity list that a question chose."""
    return f"{list_items(file.removesuffix('.csv'), f'name = ${{{question}}}')}/{column}"


def _joined(texts: Iterable[Labels]) -> Labels:
    """Sentences one after the other in each language; empty ones are left out."""
    english, arabic = zip(*texts, strict=True)
    return " ".join(filter(None, english)), " ".join(filter(None, arabic))


def _in_languages(heading: str, texts: Labels) -> Row:
    """A cell for each language that has a text."""
    return {f"{heading}::{name}": text for name, text in zip(labels_of("survey.language"), texts, strict=True) if text}
