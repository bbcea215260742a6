"""Settings of the case in the browser: listed, checked as those of a file, changed, in conflict, released."""

from __future__ import annotations

from typing import Any

import pytest
from tests.web.conftest import Workspace
from tests.web.mission import add_person, begin, browser_of
from tests.web.programmes.planned import enter
from tests.web.test_row_edit import form_on

from tawteen.case.settings_file import is_setting, rows_of
from tawteen.web.log.append import NewEntry, append, log_size
from tawteen.web.registry.models import ConflictRow
from tawteen.web.registry.record_tables import SETTING_TABLE
from tawteen.web.registry.view_case import view_case
from tawteen.web.visibility import PartyView
from tawteen.words import Words

ADDRESS = "/settings/edit?key="


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    begin()
    for name in ("analyst", "finance", "chair", "viewer"):
        add_person("host", name)
    add_person("partner", "analyst")
    enter()
    return workspace


def values(key: str, party: str = "host") -> list[Any]:
    cells = PartyView(party).rows(SETTING_TABLE, [key]).get(key, {})
    return [version.value for version in cells.get("value", [])]


def send(key: str, text: str, who: str = "host-analyst", **more: str) -> Any:
    browser = browser_of(who)
    form = form_on(browser.get(ADDRESS + key).content)
    return browser.post(ADDRESS + key, {**form, "setting": text, **more})


@pytest.mark.parametrize(
    ("key", "text", "kept"),
    [
        ("time.periods", "12", 12), ("discount.economic", "0.09", 0.09), ("discount.economic", "9%", 0.09),
        ("time.start", "2028-01-01", "2028-01-01"), ("about.name_ar", "اسم", "اسم"), ("time.hijri", "true", True),
        ("value.labour", "job_value", "job_value"), ("value.fx_premium", "", None),
    ],
)  # fmt: skip
def test_a_setting_is_kept_as_a_file_keeps_it(mission: Workspace, key: str, text: str, kept: Any) -> None:
    answer = send(key, text)
    assert answer.status_code == 302, answer.content
    assert values(key) == ([] if kept is None else [kept])
    if kept is not None:
        settings = dict(rows_of(view_case(PartyView("host"))[0].settings))
        shown = settings[key].isoformat() if hasattr(settings[key], "isoformat") else settings[key]
        assert shown == kept


@pytest.mark.parametrize(
    ("key", "text"), [("time.periods", "-3"), ("time.periods", "many"), ("discount.economic", "8"), ("about.id", "")]
)
def test_a_setting_that_no_file_could_hold_is_refused_beside_its_field(mission: Workspace, key: str, text: str) -> None:
    size = log_size()
    answer = send(key, text)
    assert answer.status_code == 422
    assert 'class="fault"' in answer.content.decode()
    assert log_size() == size


def test_what_is_no_setting_is_refused(mission: Workspace) -> None:
    for key in ("", "time", "parties", "time.nothing", "parties.1", "money.rates.1"):
        assert not is_setting(key)
        assert browser_of("host-analyst").get(ADDRESS + key).status_code == 404


def test_sent_twice_it_is_written_once_and_what_does_not_change_not_at_all(mission: Workspace) -> None:
    browser = browser_of("host-analyst")
    form = form_on(browser.get(ADDRESS + "time.periods").content)
    size = log_size()
    for _ in range(2):
        assert browser.post(ADDRESS + "time.periods", {**form, "setting": "12"}).status_code == 302
    assert log_size() == size + 1
    send("time.periods", "12")
    assert log_size() == size + 1


def test_two_people_at_one_setting_are_both_kept_until_one_settles(mission: Workspace) -> None:
    key, other = "time.periods", browser_of("host-finance")
    stale = form_on(other.get(ADDRESS + key).content)
    send(key, "12")
    answer = other.post(ADDRESS + key, {**stale, "setting": "16"})
    assert "met=yes" in answer["Location"]
    assert sorted(values(key)) == [12, 16]
    page = browser_of("host-viewer").get("/settings").content.decode()
    assert "12" in page
    assert "16" in page
    listed = browser_of("host-analyst").get("/conflicts").content.decode()
    assert Words("en").say("web.conflicts.count", n=1) in listed
    assert f'href="{ADDRESS}{key}"' in listed
    stale = form_on(other.get(ADDRESS + key).content)
    assert send(key, "14").status_code == 422, "settling needs a reason"
    assert send(key, "14", reason="agreed").status_code == 302
    assert values(key) == [14]
    assert ConflictRow.objects.count() == 0
    answer = other.post(ADDRESS + key, {**stale, "setting": "15", "reason": "I say so"})
    assert answer.status_code == 409
    assert 'value="15"' in answer.content.decode()
    assert 'value="I say so"' in answer.content.decode()
    assert values(key) == [14]
    assert other.post(ADDRESS + key, {**form_on(answer.content), "setting": "15"}).status_code == 302
    assert values(key) == [15]


def test_a_setting_in_conflict_is_emptied_only_where_that_is_asked(mission: Workspace) -> None:
    key = "value.fx_premium"
    for who in ("host-analyst", "host-finance"):
        append(NewEntry(who, "host", "cell", (SETTING_TABLE, key, "value"), {"value": 0.1 * len(who)}))
    assert len(values(key)) > 1
    assert send(key, "", reason="agreed").status_code == 422
    assert send(key, "", reason="agreed", empty="yes").status_code == 302
    assert values(key) == []


def test_a_setting_is_shown_to_others_by_a_release(mission: Workspace) -> None:
    assert values("time.periods", "partner") == []
    browser = browser_of("host-chair")
    path = "/release?table=settings&row=time.periods"
    assert browser.get(path).status_code == 200
    answer = browser.post(path, {"receivers": "partner", "reason": "joint planning"})
    assert answer.status_code == 302
    assert values("time.periods", "partner") == [8]
    assert "time.periods" in browser_of("partner-analyst").get("/releases?from=others").content.decode()
    assert values("discount.economic", "partner") == []
    assert browser.post("/release?table=settings", {"receivers": "partner", "reason": "all"}).status_code == 302
    assert values("discount.economic", "partner") != []


def test_a_foreign_key_of_the_table_is_shown_as_it_is(mission: Workspace) -> None:
    append(NewEntry("host-analyst", "host", "cell", (SETTING_TABLE, "old.key", "value"), {"value": "x"}))
    assert "old.key" in browser_of("host-analyst").get("/settings").content.decode()
