"""The form of a kind of sites: its groups and questions, made from the schema of the case."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import dataframely as dy

from tawteen.case.codes import codes
from tawteen.case.tables import TABLES
from tawteen.survey.kinds import SiteKind, site_kinds
from tawteen.survey.params import SURVEY
from tawteen.words import LANGS, Words

Labels = tuple[str, str]
"""A text in English and in Arabic."""

AnswerType = Literal["code", "codes", "site", "line", "number", "date", "text", "long text", "position", "photo"]

GATE_COLUMNS = ("state", "stops", "opens_by", "authority", "open_date")
"""Columns of the table `blockers` that a surveyor is asked about, in order."""


@dataclass(frozen=True)
class Question:
    """One question; `name` is unique in its form.

    `table` and `column`: the cell that an answer observes, if it is one. `codes`: the name of the list of answers,
    `choices`: its codes with their words. `unit`, `low`, `high`: of a number. `only_if`: XPath condition under which it
    is asked, `limit`: condition that an answer keeps, with `limit_text`; in both `${name}` is the answer to another
    question. `registry`: its hint shows what the registry holds.
    """

    name: str
    answer: AnswerType
    label: Labels
    hint: Labels = ("", "")
    table: str | None = None
    column: str | None = None
    codes: str | None = None
    choices: tuple[tuple[str, Labels], ...] = ()
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    required: bool = False
    default: str | None = None
    only_if: str | None = None
    limit: str | None = None
    limit_text: Labels = ("", "")
    registry: bool = False


@dataclass(frozen=True)
class QuestionGroup:
    """Questions on one page of the form; a `repeated` group is answered any number of times.

    `path`: names of the groups from the outermost to this one. `gate`: the gate that it is about, if it is one.
    """

    path: tuple[str, ...]
    label: Labels
    questions: tuple[Question, ...]
    repeated: bool = False
    only_if: str | None = None
    gate: str | None = None


@dataclass(frozen=True)
class SurveyForm:
    """A form as telephones know it by `id` and `version`.

    A version is `MEANING.WORDING`: the first part changes when an answer would be read otherwise (a column, a unit, a
    range, a code), the second when a word or the order of questions changes.
    """

    id: str
    version: str
    kind: SiteKind
    title: Labels
    groups: tuple[QuestionGroup, ...]

    @property
    def meaning(self) -> str:
        """The part of the version on which it depends how answers are read."""
        return self.version.partition(".")[0]

    def questions(self) -> Iterator[tuple[QuestionGroup, Question]]:
        """Every question with its group, in order."""
        return ((group, question) for group in self.groups for question in group.questions)


def labels_of(code: str, **args: str | Labels) -> Labels:
    """The sentence of `code` in English and Arabic; an argument that is a pair gives each its own."""
    english, arabic = (
        Words(lang).say(code, {name: value if isinstance(value, str) else value[k] for name, value in args.items()})
        for k, lang in enumerate(LANGS)
    )
    return english, arabic


def list_items(name: str, condition: str) -> str:
    """XPath of the rows of an entity list that meet a condition."""
    return "/".join((f"instance('{name}')", "root", f"item[{condition}]"))


def survey_forms(case_id: str, currency: str) -> dict[str, SurveyForm]:
    """The form of every kind of sites by its id, for a case of this id and currency."""
    forms = [_form(kind, case_id, currency) for kind in site_kinds().values()]
    return {form.id: form for form in forms}


def form_id(case_id: str, kind: str) -> str:
    """The id under which telephones know the form of a kind of sites of a case."""
    return f"tawteen-{ascii_name(case_id)}-{kind}"


def ascii_name(name: str) -> str:
    """A name in small Latin letters, digits and hyphens; another name has another, also where it is all Arabic."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if plain == name:
        return name
    return f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[: SURVEY.version_digits]}".lstrip("-")


@cache
def _form(kind: SiteKind, case_id: str, currency: str) -> SurveyForm:
    groups = (
        _visit(), _facts(kind, currency), *((_lines(kind, currency),) if kind.lines else ()), _seen_gates(kind),
        *(_gate(gate, currency) for gate in kind.gates), _photos(), _remarks(),
    )  # fmt: skip
    title = labels_of("survey.title", kind=labels_of(f"survey.kind.{kind.name}"))
    return SurveyForm(form_id(case_id, kind.name), _version(title, groups), kind, title, groups)


def _version(title: Labels, groups: tuple[QuestionGroup, ...]) -> str:
    meaning = [
        (*group.path, q.name, q.answer, q.table, q.column, sorted(code for code, _ in q.choices), q.unit, q.low, q.high)
        for group in groups for q in group.questions
    ]  # fmt: skip
    parts = (json.dumps(part).encode() for part in (sorted(meaning, key=repr), [title, repr(groups)]))
    return ".".join(hashlib.sha256(part).hexdigest()[: SURVEY.version_digits] for part in parts)


def _visit() -> QuestionGroup:
    listed, unlisted = "${listed} = 'yes'", "${listed} = 'no'"
    yes_no = (("yes", labels_of("survey.yes")), ("no", labels_of("survey.no")))
    return QuestionGroup(("visit",), labels_of("survey.group.visit"), (
        Question("date", "date", labels_of("survey.ask.date"), required=True, default="today()",
                 limit=". <= today()", limit_text=labels_of("survey.limit.date")),
        Question("surveyor", "text", labels_of("survey.ask.surveyor"), required=True),
        Question("listed", "code", labels_of("survey.ask.listed"), codes="yes_no", choices=yes_no, required=True,
                 default="yes"),
        Question("site", "site", labels_of("survey.ask.site"), labels_of("survey.hint.site"), required=True,
                 only_if=listed),
        Question("site_name", "text", labels_of("survey.ask.site_name"), labels_of("survey.hint.site_name"),
                 required=True, only_if=unlisted),
        Question("site_place", "text", labels_of("survey.ask.site_place"), required=True, only_if=unlisted),
        Question("position", "position", labels_of("survey.ask.position"), labels_of("survey.hint.position")),
        Question("gate_photo", "photo", labels_of("survey.ask.gate_photo")),
    ))  # fmt: skip


def _facts(kind: SiteKind, currency: str) -> QuestionGroup:
    questions = tuple(observed("sites", column, f"site_{column}", currency) for column in kind.sites)
    return QuestionGroup(("facts",), labels_of("survey.group.facts"), questions)


def _lines(kind: SiteKind, currency: str) -> QuestionGroup:
    """The page of a line; it can stay empty, since web forms show a first one to everybody."""
    chosen = "${line} != ''"
    line = Question("line", "line", labels_of("survey.ask.line"))
    questions = (observed("lines", column, f"line_{column}", currency, only_if=chosen) for column in kind.lines)
    photo = Question("line_photo", "photo", labels_of("survey.ask.line_photo"), only_if=chosen)
    group_if = f"${{listed}} = 'yes' and count({list_items('lines', 'site = ${site}')}) > 0"
    return QuestionGroup(
        ("lines",), labels_of("survey.group.lines"), (line, *questions, photo), repeated=True, only_if=group_if
    )


def _seen_gates(kind: SiteKind) -> QuestionGroup:
    seen = Question("seen", "codes", labels_of("survey.ask.seen"), labels_of("survey.hint.seen"), codes="gates",
                    choices=tuple((gate, codes("gates")[gate]) for gate in kind.gates))  # fmt: skip
    return QuestionGroup(("gates",), labels_of("survey.group.gates"), (seen,))


def _gate(gate: str, currency: str) -> QuestionGroup:
    name, label = f"{gate}_state", codes("gates")[gate]
    shut, closed = f"${{{name}}} != 'open'", f"${{{name}}} = 'closed' and ${{{gate}_opens_by}} = 'authority'"
    conditions = {"stops": shut, "opens_by": shut, "authority": shut, "open_date": closed}
    questions = [
        observed("blockers", column, f"{gate}_{column}", currency, only_if=conditions.get(column))
        for column in GATE_COLUMNS
    ]
    questions += [
        Question(f"{gate}_basis", "long text", labels_of("survey.ask.basis"), labels_of("survey.hint.basis")),
        Question(f"{gate}_as_of", "date", labels_of("survey.ask.as_of"), labels_of("survey.hint.as_of"),
                 limit=". <= today()", limit_text=labels_of("survey.limit.date")),
        Question(f"{gate}_photo", "photo", labels_of("survey.ask.photo")),
    ]  # fmt: skip
    return QuestionGroup(
        (f"gate_{gate}",), label, tuple(questions), only_if=f"selected(${{seen}}, '{gate}')", gate=gate
    )


def _photos() -> QuestionGroup:
    questions = (
        Question("photo", "photo", labels_of("survey.ask.photo")),
        Question("caption", "text", labels_of("survey.ask.caption")),
    )
    return QuestionGroup(("photos",), labels_of("survey.group.photos"), questions, repeated=True)


def _remarks() -> QuestionGroup:
    remarks = Question("remarks", "long text", labels_of("survey.ask.remarks"), labels_of("survey.hint.remarks"))
    return QuestionGroup(("closing",), labels_of("survey.group.closing"), (remarks,))


def observed(table: str, column: str, name: str, currency: str, only_if: str | None = None) -> Question:
    """The question that observes a column of the schema: its words, code list, unit and range."""
    spec = TABLES[table].columns()[column]
    meta: Mapping[str, Any] = spec.metadata or {}
    label = (meta["en"], meta["ar"])
    helps = (meta["help_en"], meta["help_ar"]) if meta["help_en"] != meta["en"] else ("", "")
    question = Question(name, "text", label, helps, table=table, column=column, only_if=only_if, registry=True)
    if meta.get("codes"):
        # A choice can always be made, since unknown is among the codes; a needed number may be out of sight.
        choices = tuple(codes(meta["codes"]).items())
        return replace(question, answer="code", codes=meta["codes"], choices=choices, required=not spec.nullable)
    match spec:
        case dy.Float64() | dy.Int64():
            low, high = _number(spec.min), _number(spec.max)
            ends = [f". {sign} {_plain(end)}" for sign, end in ((">=", low), ("<=", high)) if end is not None]
            unit = str(meta["unit"]).replace("currency", currency)
            words = unit_words(unit, currency)
            return replace(
                question, answer="number", label=labels_of("survey.label_unit", label=label, unit=words),
                unit=unit, low=low, high=high, limit=" and ".join(ends) or None,
                limit_text=labels_of("survey.limit.number", low=_plain(low), high=_plain(high), unit=words),
            )  # fmt: skip
        case dy.Date():
            return replace(question, answer="date")
    return question


def unit_words(unit: str, currency: str) -> Labels:
    """A unit of the schema in words of both languages."""
    general = unit.replace(currency, "currency")
    code = re.sub(r"[^a-z]+", "_", general)
    return labels_of(f"survey.unit.{code}", currency=currency)


def _number(bound: Any) -> float | None:
    return None if bound is None else float(bound)


def _plain(number: float | None) -> str:
    """A number as XPath and people write it, without an exponent."""
    return "" if number is None else f"{number:.0f}" if number == int(number) else f"{number:.6f}".rstrip("0")
