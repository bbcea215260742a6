"""Cells are released to other parties by an act with a reason, once; both sides see what is released to whom."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.conftest import Workspace
from tests.web.mission import add_person, browser_of
from tests.web.test_row_edit import enter, entries, prepare, value

from tawteen.web.log.append import log_size
from tawteen.web.registry.models import ReleaseRow
from tawteen.web.registry.version_tokens import version_token
from tawteen.words import Words

LINE = {"id": "mill-1", "site": "mill", "name_en": "Line", "commodity": "flour", "nominal": 1200}
OPTION = {"id": "mill-repair", "site": "mill", "kind": "repair", "name_en": "Repair"}
WORK = {"option": "mill-repair", "id": "roof", "weeks": 6}


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    return with_rows(workspace)


@pytest.fixture
def on_either(either: Workspace) -> Workspace:
    return with_rows(either)


def with_rows(workspace: Workspace) -> Workspace:
    prepare()
    for party in ("host", "partner"):
        add_person(party, "chair")
    enter("lines", "mill-1", LINE)
    enter("options", "mill-repair", OPTION)
    enter("works", "mill-repair/roof", WORK)
    return workspace


def send(path: str, who: str = "host-chair", **form: Any) -> Any:
    return browser_of(who).post(path, {"receivers": "partner", "reason": "agreed in May", **form})


def test_a_row_is_released_with_a_reason_and_is_there_for_the_other_party(on_either: Workspace) -> None:
    partner, size = browser_of("partner-viewer"), log_size()
    assert partner.get("/sites/mill").status_code == 404
    for count in (1, 0):  # sent twice, written once
        assert send("/release?table=sites&row=mill")["Location"] == f"/releases?released={count}"
    (entry,) = entries(size)
    assert (entry.person, entry.act, entry.subject) == ("host-chair", "release", ("sites", "mill", "*"))
    assert entry.content == {"to": ["partner"], "later": False, "reason": "agreed in May"}
    assert "Flour mill" in partner.get("/sites/mill").content.decode()
    own = browser_of("host-viewer").get("/releases").content.decode()
    theirs = partner.get("/releases?from=others").content.decode()
    for page in (own, theirs):
        assert "agreed in May" in page
        assert 'href="/sites/mill"' in page
        assert "Flour mill" in page
    assert Words("en").say("web.release.to", {"parties": "Works of the Delta"}) in own
    assert Words("en").say("web.releases.none") in partner.get("/releases").content.decode()


def test_what_is_written_later_is_shown_where_it_is_said_so(on_either: Workspace) -> None:
    send("/release?table=sites&row=mill", column="state")
    assert value("state", party="partner") == ["suspended"]
    assert value("name_en", party="partner") == []
    enter("sites", "mill", {"town": "Derna"})
    send("/release?table=sites&row=mill", column="town", later="yes")
    browser = browser_of("host-analyst")
    size = log_size()
    browser.post("/edit/sites/mill", {"cell-town": "Tobruk", "seen-town": version_token(size - 1)})
    assert value("town", party="partner") == ["Tobruk"]
    # A second release shows what came since; one of all that comes needs none.
    assert send("/release?table=sites&row=mill", column="town")["Location"].endswith("=0")
    enter("sites", "mill", {"owner": "The state"})
    assert send("/release?table=sites&row=mill")["Location"].endswith("=1")
    assert value("owner", party="partner") == ["The state"]


def test_rows_that_belong_to_a_row_are_released_with_it(on_either: Workspace) -> None:
    enter("lines", "theirs", {"id": "theirs", "site": "mill"}, "partner-analyst")
    assert send("/release?table=sites&row=mill", belonging="yes")["Location"] == "/releases?released=4"
    assert set(ReleaseRow.objects.exclude(table="parties").values_list("table", "row")) == {
        ("sites", "mill"), ("lines", "mill-1"), ("options", "mill-repair"), ("works", "mill-repair/roof"),
    }  # fmt: skip
    partner = browser_of("partner-viewer")
    assert partner.get("/rows/works/mill-repair/roof").status_code == 200
    assert "mill-repair" in partner.get("/sites/mill").content.decode()


def test_only_what_is_the_own_party_s_is_released(mission: Workspace) -> None:
    send("/release?table=sites&row=mill")
    assert send("/release?table=sites&row=mill", "partner-chair", receivers="host").status_code == 404
    pages = {who: browser_of(who).get("/sites/mill").content.decode() for who in ("host-chair", "partner-chair")}
    assert {who: "/release?table=sites" in page for who, page in pages.items()} == {
        "host-chair": True, "partner-chair": False,
    }  # fmt: skip
    assert send("/release?table=sites&row=nowhere").status_code == 404
    assert send("/release?table=nowhere").status_code == 404
    assert send("/release").status_code == 404


@pytest.mark.parametrize(("form", "said"), [
    ({"reason": ""}, "web.fill_in"), ({"receivers": ""}, "web.choose_one"), ({"receivers": "host"}, "web.choose_one"),
    ({"receivers": "nobody"}, "web.choose_one"), ({"column": "nothing"}, "web.choose_one"),
])  # fmt: skip
def test_a_release_says_what_to_whom_and_why(mission: Workspace, form: dict[str, str], said: str) -> None:
    size = log_size()
    answer = send("/release?table=sites", **form)
    assert answer.status_code == 422
    assert Words("en").say(said) in answer.content.decode()
    assert log_size() == size


@pytest.mark.parametrize("who", ["host-analyst", "host-viewer", "host-finance"])
def test_who_enters_values_does_not_give_them_away(mission: Workspace, who: str) -> None:
    answer = send("/release?table=sites", who)
    assert answer.status_code == 403
    assert "Secretary" in answer.content.decode()
    assert "/release?" not in browser_of(who).get("/sites/mill").content.decode()
    assert "/release?table=sites&amp;row=mill" in browser_of("host-chair").get("/sites/mill").content.decode()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_pages_speak_both_languages(mission: Workspace, lang: str) -> None:
    send("/release?table=sites&row=mill", column="state", later="yes")
    send("/release?table=works")
    browser = browser_of("host-chair", lang)
    for path in ("/releases", "/release?table=sites&row=mill", "/release?table=works", "/releases?released=2"):
        assert b"web." not in browser.get(path).content
