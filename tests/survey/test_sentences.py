"""Every sentence that the survey says is in the catalogues: codes that are written out, kinds of sites, units."""

from __future__ import annotations

import re
from pathlib import Path

import tawteen.survey
from tawteen.survey.form import survey_forms
from tawteen.survey.kinds import site_kinds
from tawteen.words import catalog

FOLDER = Path(tawteen.survey.__file__).parent


def test_every_code_that_is_written_out_has_its_sentence() -> None:
    texts = [path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py")]
    codes = {code for text in texts for code in re.findall(r'"(survey\.[a-z_.]*[a-z_])"', text)}
    assert len(codes) > 80
    assert codes <= catalog("en").keys()


def test_every_sentence_is_said_somewhere() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py"))
    composed = ("survey.kind.", "survey.unit.", "survey.paper.")
    codes = {code for code in catalog("en") if code.startswith("survey.") and not code.startswith(composed)}
    assert not {code for code in codes if f'"{code}"' not in texts}


def test_every_kind_and_every_unit_has_words() -> None:
    assert all(f"survey.kind.{name}" in catalog("en") for name in site_kinds())
    labels = [question.label for form in survey_forms("tiny", "LYD").values() for _, question in form.questions()]
    assert not [label for label in labels if "survey." in "".join(label)]
