"""ODK Validate, the judge of the makers of ODK Collect, takes every form."""

from __future__ import annotations

import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from tests.tiny import tiny

from tawteen.survey.form import survey_forms
from tawteen.survey.xlsform import xform_of

JAVA = shutil.which("java")
JAR = Path(str(files("pyxform"))) / "validators/odk_validate/bin/ODK_Validate.jar"
FORMS = survey_forms(tiny().settings.about.id, "USD")

pytestmark = pytest.mark.skipif(JAVA is None or not JAR.is_file(), reason="no Java, or no ODK Validate with pyxform")


def judged(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "form.xml").write_text(text, encoding="utf-8")
    command = [str(JAVA), "-Dfile.encoding=UTF-8", "-jar", str(JAR), str(folder / "form.xml")]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("name", FORMS)
def test_forms_are_valid(name: str, tmp_path: Path) -> None:
    verdict = judged(xform_of(FORMS[name]), tmp_path)
    assert (verdict.returncode, "Xform is valid" in verdict.stdout + verdict.stderr) == (0, True), verdict.stderr


def test_the_judge_sees_a_condition_about_no_question(tmp_path: Path) -> None:
    broken = xform_of(next(iter(FORMS.values()))).replace("/data/gates/seen", "/data/gates/heard", 1)
    assert judged(broken, tmp_path).returncode != 0
