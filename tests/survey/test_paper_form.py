"""The form on paper asks what that of telephones asks, shows what the registry holds, names site and version."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.survey.instances import FORM, surveyed_case

from tawteen.survey.paper_form import paper_code, paper_fields, paper_form
from tawteen.words import LANGS, Lang

CASE = surveyed_case()
READER = shutil.which("pdftotext")
every_language = pytest.mark.parametrize("lang", LANGS)


def bare(text: str) -> str:
    return re.sub("[\u2066-\u2069]", "", text)


@every_language
def test_every_question_that_can_be_answered_on_paper_is_there(lang: Lang) -> None:
    k = LANGS.index(lang)
    fields = paper_fields(CASE, FORM, None, lang)
    groups = {group.path[-1]: group for group in FORM.groups}
    assert [one["label"] for one in fields["facts"]] == [q.label[k] for q in groups["facts"].questions]
    assert [one["label"] for one in fields["gates"]] == [group.label[k] for group in FORM.groups if group.gate]
    visit = {q.label[k] for q in groups["visit"].questions if q.name not in {"listed", "site"} and q.answer != "photo"}
    assert {one["label"] for one in fields["visit"]} == visit
    assert fields["lines"]["head"][1:] == [q.label[k] for q in groups["lines"].questions if q.column]
    assert fields["facts"][0]["choices"] == [labels[k] for _, labels in groups["facts"].questions[0].choices]


def test_the_form_of_a_site_shows_what_the_registry_holds() -> None:
    fields = paper_fields(CASE, FORM, "mill", "ar")
    assert fields["title"] == "مطحنة"
    assert bare(fields["facts"][0]["registry"]) == "متوقف"
    assert fields["facts"][2]["registry"] == ""
    machinery = next(one for one in fields["gates"] if one["label"] == "الآلات")
    assert bare(machinery["registry"]).startswith("مغلقة")
    assert [row[0] for row in fields["lines"]["rows"]] == ["الخط 1", "الخط 2"]
    assert bare(fields["lines"]["rows"][0][1]) == "3000 طن"
    assert paper_fields(CASE, FORM, "cables", "en")["lines"]["rows"] == []
    blank = paper_fields(CASE, FORM, None, "en")
    assert not any(one["registry"] for one in [*blank["facts"], *blank["gates"]])


@every_language
def test_the_same_form_gives_the_same_bytes(lang: Lang) -> None:
    pdf = paper_form(CASE, FORM, "mill", lang)
    assert pdf.startswith(b"%PDF-")
    assert paper_form(CASE, FORM, "mill", lang) == pdf


@pytest.mark.skipif(READER is None, reason="pdftotext is not installed")
@every_language
def test_each_page_names_site_and_version(lang: Lang, tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(paper_form(CASE, FORM, "mill", lang))
    asked = [str(READER), "-layout", str(tmp_path / "form.pdf"), "-"]
    pages = subprocess.run(asked, capture_output=True, check=True, encoding="utf-8").stdout.split("\f")[:-1]
    assert paper_code(FORM, "mill") == f"mill / {FORM.version}"
    assert 3 <= len(pages) <= 6
    assert all(FORM.version in page and "mill" in page for page in pages)
