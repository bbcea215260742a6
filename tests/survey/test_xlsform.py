"""The XLSForm and the XForm hold the form: pyxform makes one of the other, with both languages and every condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from pyxform.xls2xform import convert

from tawteen.case.columns import HIGHEST
from tawteen.survey.form import SurveyForm, list_items, survey_forms
from tawteen.survey.visit_reader import CALCULATED
from tawteen.survey.xlsform import sheets_of, write_xlsform, xform_of

FORMS = survey_forms("tiny", "USD")
FACTORY = FORMS["tawteen-tiny-factory"]
XF, H = "{http://www.w3.org/2002/xforms}", "{http://www.w3.org/1999/xhtml}"
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.kind.name)


def model(form: SurveyForm) -> ET.Element:
    found = ET.fromstring(xform_of(form)).find(f"{H}head/{XF}model")
    assert found is not None
    return found


def bind(name: str) -> dict[str, str]:
    found = [one.attrib for one in model(FACTORY).iter(f"{XF}bind") if one.attrib["nodeset"].endswith(f"/{name}")]
    assert len(found) == 1
    return found[0]


@every_form
def test_the_workbook_gives_the_same_xform(form: SurveyForm, tmp_path: Path) -> None:
    write_xlsform(form, tmp_path / "form.xlsx")
    made = convert(str(tmp_path / "form.xlsx"), pretty_print=True, form_name="data")
    assert made.xform == xform_of(form)
    assert made.warnings == []
    write_xlsform(form, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == (tmp_path / "form.xlsx").read_bytes()


@every_form
def test_each_question_has_a_field_and_words_in_both_languages(form: SurveyForm) -> None:
    root = model(form)
    instance = root.find(f"{XF}instance/{XF}data")
    assert instance is not None
    assert (instance.get("id"), instance.get("version")) == (form.id, form.version)
    fields = {one.tag.removeprefix(XF) for one in instance.iter()}
    assert {question.name for _, question in form.questions()} <= fields
    texts = {
        one.get("lang"): {text.get("id") for text in one.findall(f"{XF}text")} for one in root.iter(f"{XF}translation")
    }
    english, arabic = texts["English (en)"], texts["العربية (ar)"]
    assert english == arabic
    assert len(english) > 200


def leaves(element: ET.Element, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for child in element:
        inside = (*path, child.tag.rpartition("}")[2])
        if len(child):
            yield from leaves(child, inside)
        else:
            yield inside


@every_form
def test_answers_stand_where_the_reader_looks_for_them(form: SurveyForm) -> None:
    instance = model(form).find(f"{XF}instance/{XF}data")
    assert instance is not None
    paths = set(leaves(instance))
    read = {(*group.path, question.name) for group, question in form.questions()}
    assert read <= paths
    others = {path for path in paths - read if path[0] != "meta"}
    assert all(CALCULATED.fullmatch(path[-1]) for path in others)
    assert {("start",), ("end",), ("visit", "seen_name"), ("visit", "seen_name_ar")} <= others
    assert ("meta", "instanceID") in paths


def test_the_default_language_is_arabic() -> None:
    default = [one.get("lang") for one in model(FACTORY).iter(f"{XF}translation") if one.get("default")]
    assert default == ["العربية (ar)"]


def test_ranges_are_those_of_the_schema() -> None:
    assert bind("line_quality")["constraint"] == ". >= 0 and . <= 1"
    assert bind("site_idle_staff")["constraint"] == f". >= 0 and . <= {HIGHEST['persons']:.0f}"


def test_a_gate_is_asked_about_when_it_was_looked_into() -> None:
    assert bind("gate_title")["relevant"] == "selected( /data/gates/seen , 'title')"
    assert bind("title_state")["required"] == "true()"
    assert bind("title_stops")["relevant"] == " /data/gate_title/title_state  != 'open'"
    assert re.sub(r"\s+", " ", bind("title_open_date")["relevant"]).strip() == (
        "/data/gate_title/title_state = 'closed' and /data/gate_title/title_opens_by = 'authority'"
    )


def test_days_are_calculated_and_none_lies_in_the_future() -> None:
    assert bind("date")["constraint"] == ". <= today()"
    assert re.sub(r"\s+", "", bind("title_day")["calculate"]) == (
        "coalesce(/data/gate_title/title_as_of,/data/visit/date)"
    )


def test_what_the_registry_holds_is_shown_beside_the_question() -> None:
    known = bind("known_site_owner")["calculate"]
    assert re.sub(r"\s+", " ", known) == list_items("sites", "name = /data/visit/site ") + "/site_owner"
    row = next(row for row in sheets_of(FACTORY)["survey"] if row.get("name") == "site_owner")
    assert row["hint::English (en)"].endswith("In the registry: ${known_site_owner}")
