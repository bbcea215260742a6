"""What was received is listed, looked at, and settled by hand where it could not be read; each act is on the record."""

from __future__ import annotations

import re

import pytest
from tests.survey.instances import FORM
from tests.web.conftest import Workspace
from tests.web.mission import browser_of, end_roles_on_the_way, send
from tests.web.survey.registered import SURVEYOR, register
from tests.web.survey.telephone import telephone_of
from tests.web.survey.test_submission_post import PHOTOS, STORE, cell, rows, submissions, visit
from tests.web.test_pages import outline

from tawteen.web import access
from tawteen.web.log.derived import rebuild
from tawteen.web.survey.models import FileRow, SubmissionRow
from tawteen.words import LANGS, Words

UNLISTED = {"listed": "no", "site": None, "site_name": "Mill of the south", "site_place": "Sabha"}


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    register()
    return workspace


def page_of(variant: str, name: str = "host-analyst", lang: str = "en", query: str = "") -> str:
    answer = browser_of(name, lang).get(f"/survey/submissions/{variant}{query}")
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def faulty() -> str:
    """A submission about a site that is not in the list."""
    telephone_of(SURVEYOR).send(visit(UNLISTED), PHOTOS)
    return SubmissionRow.objects.get().variant


def settle(variant: str, name: str = "host-analyst", **form: str) -> int:
    browser = browser_of(name)
    return send(browser, f"/survey/submissions/{variant}/settle", form, f"/survey/submissions/{variant}").status_code


def test_the_list_shows_what_waits(mission: Workspace) -> None:
    telephone_of(SURVEYOR).send(visit())
    telephone_of(SURVEYOR).send(visit(UNLISTED, instance="uuid:2"))
    for lang in LANGS:
        browser = browser_of("host-viewer", lang)
        everything = browser.get("/survey/submissions").content.decode()
        waiting = browser.get("/survey/submissions?state=faulty").content.decode()
        for label in ("taken", "faulty"):
            assert Words(lang).say(f"web.submission.{label}") in everything
        assert everything.count("/survey/submissions/") == 2
        assert waiting.count("/survey/submissions/") == 1
        assert Words(lang).say("web.survey.waiting", n=1) in browser.get("/survey").content.decode()
    assert browser_of("partner-analyst").get("/survey/submissions").content.count(b"/survey/submissions/") == 0


def test_the_first_page_tells_who_may_settle_what_waits(mission: Workspace) -> None:
    faulty()
    waits = Words("en").say("web.waiting.submissions", n=1)
    assert waits in browser_of("host-analyst").get("/").content.decode()
    for name in ("host-viewer", "partner-analyst"):
        assert waits not in browser_of(name).get("/").content.decode()


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_what_was_sent_and_what_it_changed(mission: Workspace, lang: str) -> None:
    telephone_of(SURVEYOR).send(visit({"site_owner": "<b>Owner</b>"}), PHOTOS)
    page = page_of(SubmissionRow.objects.get().variant, "host-viewer", lang)
    for text in (
        "&lt;b&gt;Owner",
        SURVEYOR,
        "gate.jpg",
        "submission.xml",
        "uuid:1",
        Words(lang).say("survey.ask.surveyor"),
    ):  # type: ignore[arg-type]
        assert text in page
    assert "<b>Owner" not in page
    assert Words(lang).say("web.submission.changes") in page  # type: ignore[arg-type]
    assert "web." not in page
    tags = outline(page.encode())
    assert not [attrs for tag, attrs in tags if tag in ("style", "script")]
    assert not [name for _, attrs in tags for name in attrs if name == "style" or name.startswith("on")]


def test_a_person_says_which_site_is_meant(mission: Workspace) -> None:
    variant = faulty()
    page = page_of(variant, query="?q=mill")
    assert Words("en").say("web.submission.wrong") in page
    assert '<input type="radio" name="site" value="mill">' in page
    assert settle(variant, site="mill", reason="I was there") == 302
    assert rows() == [("uuid:1", "taken", "mill")]
    assert cell("sites", "mill", "owner") == ["Mills Company"]
    entry = submissions()[-1]
    assert (entry.person, entry.content["reason"], entry.content["site"]) == ("host-analyst", "I was there", "mill")
    assert entry.based_on == (submissions()[0].number,)
    assert FileRow.objects.get(name="gate.jpg").row == "mill"
    page = page_of(variant)
    assert "I was there" in page
    assert SURVEYOR in page
    before = list(SubmissionRow.objects.values())
    rebuild()
    assert list(SubmissionRow.objects.values()) == before


def test_photos_after_the_settlement_change_nothing_of_it(mission: Workspace) -> None:
    telephone_of(SURVEYOR).send(visit(UNLISTED))
    variant = SubmissionRow.objects.get().variant
    settle(variant, site="mill", reason="I was there")
    telephone_of(SURVEYOR).send(visit(UNLISTED), PHOTOS)
    assert rows() == [("uuid:1", "taken", "mill")]
    assert SubmissionRow.objects.get().reason == "I was there"
    assert FileRow.objects.get(name="gate.jpg").row == "mill"


def test_a_form_of_another_meaning_is_read_where_a_person_says_so(mission: Workspace) -> None:
    telephone_of(SURVEYOR).send(visit(version="00000000.00000000"))
    variant = SubmissionRow.objects.get().variant
    assert settle(variant, reason="same questions") == 422
    assert len(submissions()) == 1
    assert settle(variant, reason="same questions", any_version="yes") == 302
    assert rows() == [("uuid:1", "taken", "mill")]


def test_of_two_forms_of_one_instance_a_person_says_which_is_meant(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    phone.send(visit({"site_owner": "First"}))
    phone.send(visit({"site_owner": "Second"}))
    variant = SubmissionRow.objects.get(state="faulty").variant
    assert settle(variant, reason="typed again") == 302
    assert rows() == [("uuid:1", "replaced", "mill"), ("uuid:1", "taken", "mill")]
    assert cell("sites", "mill", "owner") == ["Second"]
    phone.send(visit({"site_owner": "First"}), PHOTOS)
    assert [state for _, state, _ in rows()] == ["replaced", "taken"]
    assert cell("sites", "mill", "owner") == ["Second"]


def test_it_is_put_aside_and_kept(mission: Workspace) -> None:
    telephone_of(SURVEYOR).send(b"not xml")
    row = SubmissionRow.objects.get()
    browser = browser_of("host-analyst")
    path = f"/survey/submissions/{row.variant}"
    assert "/settle" not in page_of(row.variant)
    assert send(browser, f"{path}/put-aside", {"reason": ""}, path).status_code == 422
    assert send(browser, f"{path}/put-aside", {"reason": "a test"}, path).status_code == 302
    assert SubmissionRow.objects.get().state == "set_aside"
    assert STORE.path(row.variant).read_bytes() == b"not xml"
    assert "a test" in page_of(row.variant)
    assert browser.post(f"{path}/put-aside", {"reason": "again"}).status_code == 404
    telephone_of(SURVEYOR).send(b"not xml", PHOTOS)
    assert SubmissionRow.objects.get().state == "set_aside"


@pytest.mark.parametrize(("name", "status"), [
    ("host-viewer", 403), (SURVEYOR, 403), ("partner-analyst", 404), ("host-analyst", 404),
])  # fmt: skip
def test_who_may_settle_and_only_what_waits(mission: Workspace, name: str, status: int) -> None:
    """States of the row: one that was taken is settled by nobody; one that waits not by others."""
    telephone_of(SURVEYOR).send(visit())
    taken = SubmissionRow.objects.get().variant
    telephone_of(SURVEYOR).send(visit(UNLISTED, instance="uuid:2"))
    waiting = SubmissionRow.objects.get(state="faulty").variant
    for act in ("settle", "put-aside"):
        form = {"reason": "x", "site": "mill"}
        assert browser_of(name).post(f"/survey/submissions/{taken}/{act}", form).status_code == status
        if name != "host-analyst":
            assert browser_of(name).post(f"/survey/submissions/{waiting}/{act}", form).status_code == status
    assert rows() == [("uuid:1", "taken", "mill"), ("uuid:2", "faulty", "")]


def test_a_site_that_the_party_does_not_see_is_not_assigned(mission: Workspace) -> None:
    variant = faulty()
    assert settle(variant, site="nowhere", reason="x") == 422
    assert settle(variant, site="mill", reason="") == 422
    assert rows() == [("uuid:1", "faulty", "")]


def test_a_submission_whose_file_is_lost_says_so(mission: Workspace) -> None:
    telephone_of(SURVEYOR).send(visit({"remarks": "lost"}))
    row = SubmissionRow.objects.get()
    STORE.path(row.variant).unlink()
    assert Words("en").say("web.submission.lost") in page_of(row.variant)


def test_the_page_of_the_survey_offers_forms_and_papers(mission: Workspace) -> None:
    browser = browser_of("host-viewer", "ar")
    page = browser.get("/survey").content.decode()
    assert FORM.id in page
    xlsx = browser.get(f"/survey/forms/{FORM.id}.xlsx")
    assert (xlsx.status_code, xlsx.content[:2]) == (200, b"PK")
    assert f'filename="{FORM.id}.xlsx"' in xlsx["Content-Disposition"]
    for path in re.findall(r'href="(/survey/paper/[^"]+)"', page):
        paper = browser.get(path)
        assert (paper.status_code, paper.content[:5], paper["Content-Type"]) == (200, b"%PDF-", "application/pdf")
    assert browser_of("partner-viewer").get(f"/survey/forms/{FORM.id}.xlsx").status_code == 404


def test_a_paper_form_is_of_a_site_that_the_party_sees(mission: Workspace) -> None:
    browser = browser_of("host-viewer")
    page = browser.get("/sites/mill").content.decode()
    assert "/survey/paper/ar.pdf?site=mill" in page
    paper = browser.get("/survey/paper/ar.pdf?site=mill")
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    assert 'filename="paper-mill-ar.pdf"' in paper["Content-Disposition"]
    for path in ("ar.pdf", "ar.pdf?site=nowhere", "ar.pdf?kind=nowhere", "xx.pdf?site=mill"):
        assert browser.get(f"/survey/paper/{path}").status_code == 404
    assert browser_of("partner-viewer").get("/survey/paper/ar.pdf?site=mill").status_code == 404


@pytest.mark.parametrize("path", ["settle", "put-aside"])
def test_a_role_that_ends_on_the_way_settles_nothing(
    mission: Workspace, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    variant, before = faulty(), rows()
    end_roles_on_the_way(monkeypatch, access, "host-analyst")
    page = f"/survey/submissions/{variant}"
    answer = send(browser_of("host-analyst"), f"{page}/{path}", {"site": "mill", "reason": "It is the mill."}, page)
    assert answer.status_code == 403
    assert rows() == before
