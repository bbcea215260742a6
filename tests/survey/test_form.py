"""Forms ask what the schema defines: its words, ranges, units and codes, in both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import dataframely as dy
import pytest
from tests.tiny import tiny

from tawteen.case.codes import codes
from tawteen.case.tables import TABLES
from tawteen.survey import form as form_module
from tawteen.survey.form import GATE_COLUMNS, SurveyForm, form_id, observed, survey_forms
from tawteen.survey.kinds import kind_of, kinds_of_sites, site_kinds

FORMS = survey_forms("tiny", "USD")
ARABIC = re.compile(r"[\u0600-\u06ff]")
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.kind.name)


@every_form
def test_each_column_is_asked_with_its_own_words_range_and_codes(form: SurveyForm) -> None:
    asked = {(q.table, q.column, g.gate): q for g, q in form.questions() if q.table}
    wanted = {("sites", column, None) for column in form.kind.sites} | {("lines", c, None) for c in form.kind.lines}
    wanted |= {("blockers", column, gate) for gate in form.kind.gates for column in GATE_COLUMNS}
    assert asked.keys() == wanted
    for (table, column, _), question in asked.items():
        spec = TABLES[table].columns()[column]
        assert spec.metadata is not None
        assert question.label[0].startswith(spec.metadata["en"])
        assert question.label[1].startswith(spec.metadata["ar"])
        if isinstance(spec, dy.Float64 | dy.Int64):
            assert (question.low, question.high) == (spec.min, spec.max)
        if spec.metadata.get("codes"):
            assert dict(question.choices) == dict(codes(spec.metadata["codes"]))


@every_form
def test_every_text_is_there_in_both_languages(form: SurveyForm) -> None:
    texts = [form.title, *(group.label for group in form.groups)]
    for _, question in form.questions():
        texts += [question.label, question.hint, question.limit_text, *(words for _, words in question.choices)]
    assert all(bool(english) == bool(arabic) for english, arabic in texts)
    assert all(ARABIC.search(arabic) and not ARABIC.search(english) for english, arabic in texts if english)


@every_form
def test_names_are_unique_and_conditions_are_about_questions(form: SurveyForm) -> None:
    names = [question.name for _, question in form.questions()]
    assert len(names) == len(set(names))
    conditions = [part for g, q in form.questions() for part in (g.only_if, q.only_if, q.limit) if part]
    assert {name for condition in conditions for name in re.findall(r"\$\{(\w+)\}", condition)} <= set(names)


def test_every_column_and_gate_of_a_kind_exists() -> None:
    for kind in site_kinds().values():
        assert set(kind.sites) <= TABLES["sites"].columns().keys()
        assert set(kind.lines) <= TABLES["lines"].columns().keys()
        assert set(kind.gates) <= codes("gates").keys()
        assert kind.fields <= codes("fields").keys()
    fields = [field for kind in site_kinds().values() for field in kind.fields]
    assert sorted(fields) == sorted(codes("fields"))


@pytest.mark.parametrize(
    ("isic", "field", "kind"),
    [("2394", None, "factory"), ("0810", None, "factory"), ("8549", "manufacturing", "training"),
     ("3510", "innovations", "infrastructure"), ("6190", None, "infrastructure"), (None, "training", "training"),
     (None, "transportation", "infrastructure"), (None, None, "factory"), ("9900", "communications", "infrastructure"),
     ("9900", None, "factory")],
)  # fmt: skip
def test_a_site_has_the_form_of_its_industry_else_of_its_field(isic: str | None, field: str | None, kind: str) -> None:
    assert kind_of(isic, field) == kind


def test_each_site_of_a_case_has_a_form() -> None:
    case = tiny()
    assert kinds_of_sites(case) == dict.fromkeys(case["sites"]["id"], "factory")


def test_a_version_says_whether_answers_are_read_otherwise() -> None:
    form = FORMS[form_id("tiny", "factory")]
    groups = form.groups
    facts = groups[1]
    words = replace(facts, questions=(replace(facts.questions[0], label=("Other", "أخرى")), *facts.questions[1:]))
    pounds = replace(facts, questions=tuple(replace(q, unit="LYD") if q.unit else q for q in facts.questions))
    versions = {
        name: form_module._version(form.title, (groups[0], changed, *groups[2:])).split(".")
        for name, changed in {"same": facts, "words": words, "unit": pounds}.items()
    }
    assert ".".join(versions["same"]) == form.version
    assert versions["words"][0] == versions["same"][0] != versions["unit"][0]
    assert len({wording for _, wording in versions.values()}) == 3


def test_money_is_asked_in_the_currency_of_the_case() -> None:
    asked = observed("sites", "care_cost", "x", "LYD")
    assert asked.unit == "LYD/quarter"
    assert asked.label == ("Care and maintenance (LYD per quarter)", "الحراسة والصيانة (LYD في الربع السنوي)")
    assert FORMS[form_id("tiny", "factory")].meaning != survey_forms("tiny", "LYD")[form_id("tiny", "factory")].meaning


def test_forms_of_two_cases_have_two_ids() -> None:
    ids = [form_id(case, "factory") for case in ("libya", "Libya", "ليبيا", "تونس", "lib ya")]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in ids)
