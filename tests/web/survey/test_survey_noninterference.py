"""What one party's telephones send changes not one byte that the other party gets, on telephones or pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from tests.web.conftest import fresh_sqlite
from tests.web.mission import browser_of
from tests.web.survey.registered import SURVEYOR, register
from tests.web.survey.telephone import Telephone, telephone_of
from tests.web.survey.test_submission_post import JPEG, PHOTOS, visit
from tests.web.test_noninterference import LEFT_OUT, RANDOM

from tawteen.web.log.append import NewEntry, append
from tawteen.web.survey.models import FileRow, SubmissionRow

SECRET = "Zarqa"
_TIME = re.compile(RANDOM.pattern + rb"|\d\d:\d\d:\d\d UTC")
FORM = "tawteen-tiny-factory"
PATHS = (
    "/collect/formList", f"/collect/forms/{FORM}.xml", f"/collect/forms/{FORM}/manifest",
    f"/collect/forms/{FORM}/sites.csv", f"/collect/forms/{FORM}/lines.csv",
)  # fmt: skip
PAGES = (
    "/survey", "/survey/submissions", "/survey/submissions?state=faulty", "/sites/mill", "/sites/cables", "/sites",
    f"/survey/forms/{FORM}.xlsx", "/survey/paper/en.pdf?site=mill", "/account/phones",
)  # fmt: skip


def private_visit(value: str) -> None:
    telephone_of(SURVEYOR).send(visit({"site_owner": value, "remarks": value}), {"gate.jpg": JPEG + value.encode()})


def visit_to_a_private_site(value: str) -> None:
    answers = {"site": "cables", "seen_name": "Cable works", "seen_name_ar": None, "site_owner": value}
    telephone_of(SURVEYOR).send(visit(answers), PHOTOS)


def faulty_visit(value: str) -> None:
    telephone_of(SURVEYOR).send(visit({"site": value, "seen_name": value, "seen_name_ar": None}), PHOTOS)


def settled_by_hand(value: str) -> None:
    faulty_visit(value)
    variant = SubmissionRow.objects.get().variant
    browser_of("host-analyst").post(f"/survey/submissions/{variant}/settle", {"site": "mill", "reason": value})


ACTS: dict[str, Callable[[str], None]] = {
    "a visit": private_visit,
    "a visit to a private site": visit_to_a_private_site,
    "a faulty visit": faulty_visit,
    "one that was settled by hand": settled_by_hand,
}  # fmt: skip


@pytest.fixture(scope="module")
def mission(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Telephone]:
    """Both parties survey one site; another one is private to the host."""
    made = fresh_sqlite(migrated_file, tmp_path_factory.mktemp("survey"))
    register()
    for subject in (("settings", "*", "*"), ("sites", "mill", "*"), ("lines", "mill-1", "*")):
        append(NewEntry("host-analyst", "host", "release", subject, {"to": ["partner"], "later": False}))
    phone = telephone_of("partner-surveyor")
    phone.ask("get", PATHS[0])
    connections.close_all()
    return Path(made.settings["NAME"]), phone


def answers(mission: tuple[Path, Telephone], folder: Path, act: Callable[[str], None] | None, value: str) -> Any:
    """What a telephone and the analyst of the partner get, also in answer to a submission of theirs."""
    file, phone = mission
    fresh_sqlite(file, folder)
    if act is not None:
        act(value)
    files = FileRow.objects.filter(party="host").values_list("sha256", flat=True)
    got = {path: phone.ask("get", path) for path in PATHS}
    browser = browser_of("partner-analyst")
    got |= {path: browser.get(path) for path in PAGES}
    found = {f"file {place}": browser.get(f"/files/{digest}") for place, digest in enumerate(files)}
    got["head"] = phone.ask("head", "/collect/submission")
    got["post"] = phone.post(visit({"site_owner": "Ours"}, instance="uuid:1"), {})
    got["list"] = browser.get("/survey/submissions?state=taken")
    statuses = {key: (one.status_code, {}, b"") for key, one in found.items()}
    connections.close_all()
    return statuses | {
        key: (
            one.status_code,
            {name: text for name, text in one.headers.items() if name not in LEFT_OUT},
            _TIME.sub(b"", b"".join(one.streaming_content) if one.streaming else one.content),
        )
        for key, one in got.items()
    }


@pytest.mark.parametrize("act", ACTS)
def test_nobody_of_the_other_party_sees_a_difference(mission: tuple[Path, Telephone], tmp_path: Path, act: str) -> None:
    """Between two values, and between the act and none."""
    nothing = answers(mission, tmp_path, None, "")
    one, other = (answers(mission, tmp_path, ACTS[act], value) for value in (SECRET, "x"))
    assert one.keys() == other.keys() >= nothing.keys()
    for key, answer in one.items():
        assert answer == other[key], key
        assert SECRET.encode() not in answer[2], key
        if key in nothing:
            assert answer == nothing[key], key
        if key.startswith("file"):
            assert answer[0] == 404
    assert nothing["post"][0] == 201
    assert nothing["/sites/mill"][0] == 200
    assert b"mill" in nothing[PATHS[3]][2]


def test_a_session_of_the_other_party_opens_no_page_of_a_submission(
    mission: tuple[Path, Telephone], tmp_path: Path
) -> None:
    fresh_sqlite(mission[0], tmp_path)
    private_visit(SECRET)
    row = SubmissionRow.objects.get()
    browser: Client = browser_of("partner-analyst")
    for path in (f"/survey/submissions/{row.variant}", f"/files/{row.variant}/sent"):
        assert browser.get(path).status_code == 404
    for act in ("settle", "put-aside"):
        assert browser.post(f"/survey/submissions/{row.variant}/{act}", {"reason": "x"}).status_code == 404
    connections.close_all()
