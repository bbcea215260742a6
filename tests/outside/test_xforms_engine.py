"""The engine of ODK Web Forms fills the forms, and what it sends is read.

It is looked for in the folder of node modules that TAWTEEN_NODE_MODULES names (npm install @getodk/xforms-engine@0.22
jsdom@26).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.survey.instances import FORM, LINES
from tests.tiny import tiny

from tawteen.survey.entity_lists import lines_list, sites_list
from tawteen.survey.posts import Post
from tawteen.survey.submissions import read_submissions
from tawteen.survey.xlsform import xform_of

MODULES = Path(os.environ.get("TAWTEEN_NODE_MODULES", "node_modules"))
NODE = shutil.which("node")
CASE = tiny({"lines": LINES})
TODAY = dt.datetime.now(tz=dt.UTC).date()
ANSWERS: dict[str, Any] = {
    "/data/visit/date": TODAY.isoformat(), "/data/visit/surveyor": "أمل", "/data/visit/site": "mill",
    "/data/facts/site_state": "suspended", "/data/facts/site_idle_staff": "12.5",
    "/data/lines[1]/line": "mill-2", "/data/lines[1]/line_quality": "0.9",
    "/data/gates/seen": ["title", "contamination"],
    "/data/gate_title/title_state": "closed", "/data/gate_title/title_stops": "now",
    "/data/gate_title/title_opens_by": "authority", "/data/gate_title/title_open_date": "2031-09-30",
    "/data/gate_contamination/contamination_state": "open",
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    NODE is None or not (MODULES / "@getodk/xforms-engine").is_dir(), reason="no Node, or no engine of ODK Web Forms"
)


@dataclass(frozen=True)
class Filled:
    content: bytes
    told: dict[str, Any]


def filled(answers: dict[str, Any], folder: Path) -> Filled:
    (folder / "form.xml").write_text(xform_of(FORM), encoding="utf-8")
    (folder / "sites.csv").write_bytes(sites_list(CASE))
    (folder / "lines.csv").write_bytes(lines_list(CASE))
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    script = Path(__file__).with_name("fill_form.mjs")
    files = [folder / "form.xml", folder, folder / "answers.json", folder / "sent.xml"]
    asked = [str(part) for part in (NODE, script, MODULES.resolve(), *files)]
    done = subprocess.run(asked, capture_output=True, timeout=120, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return Filled((folder / "sent.xml").read_bytes(), json.loads(done.stdout))


def test_what_the_engine_sends_is_read(tmp_path: Path) -> None:
    sent = filled(ANSWERS, tmp_path)
    assert sent.told["violations"] == []
    survey = read_submissions([Post("sent.xml", sent.content)], CASE, today=TODAY)
    assert survey.findings == ()
    visit = survey.visits[0]
    assert (visit.site, visit.surveyor, visit.day) == ("mill", "أمل", TODAY)
    assert {"/".join(one.cell): one.text for one in visit.observations} == {
        "sites/mill/state": "suspended", "sites/mill/idle_staff": "12.5", "lines/mill-2/quality": "0.9",
        "blockers/mill/title/state": "closed", "blockers/mill/title/stops": "now",
        "blockers/mill/title/opens_by": "authority", "blockers/mill/title/open_date": "2031-09-30",
        "blockers/mill/contamination/state": "open",
    }  # fmt: skip


def test_the_engine_asks_what_is_relevant_and_shows_the_registry(tmp_path: Path) -> None:
    sent = filled(ANSWERS, tmp_path)
    assert "Suspended · متوقف" in sent.told["hint"]
    relevant = set(sent.told["relevant"])
    assert "/data/gate_title/title_open_date" in relevant
    assert not {"/data/gate_machinery", "/data/gate_contamination/contamination_stops"} & relevant


def test_the_engine_refuses_what_the_schema_refuses(tmp_path: Path) -> None:
    wrong = {**ANSWERS, "/data/facts/site_idle_staff": "-3", "/data/lines[1]/line_quality": "90"}
    wrong |= {"/data/visit/date": (TODAY + dt.timedelta(days=40)).isoformat(), "/data/visit/surveyor": ""}
    assert set(filled(wrong, tmp_path).told["violations"]) == {
        "/data/visit/date", "/data/visit/surveyor", "/data/facts/site_idle_staff", "/data/lines[1]/line_quality",
    }  # fmt: skip
