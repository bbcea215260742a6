"""Rows are changed in the browser: each value checked as a cell of a file is, based on the version that was shown."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from django.test import Client
from tests.web.at_once import at_once
from tests.web.conftest import Workspace
from tests.web.mission import add_person, begin, browser_of
from tests.web.test_pages import outline

from tawteen.record.cells import Place, standing
from tawteen.record.entry import read_line
from tawteen.record.state import RecordState
from tawteen.web.log.append import NewEntry, append, log_size
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.log.derived import rebuild
from tawteen.web.registry.models import ConflictRow, SiteRow
from tawteen.web.registry.version_tokens import tokens_of, version_token
from tawteen.web.visibility import PartyView
from tawteen.words import Words

SITE = {"id": "mill", "name_en": "Flour mill", "name_ar": "مطحنة", "region": "east", "state": "suspended",
        "role": "candidate"}  # fmt: skip
REGION = {"id": "east", "name_en": "East", "name_ar": "الشرق", "port": True}


def enter(table: str, row: str, cells: dict[str, Any], who: str = "host-analyst") -> None:
    """Cells of a row that is new."""
    for column, value in cells.items():
        append(NewEntry(who, who.partition("-")[0], "cell", (table, row, column), {"value": value}))


def prepare() -> None:
    begin()
    for party in ("host", "partner"):
        for role in ("analyst", "viewer", "surveyor", "finance"):
            add_person(party, role)
    enter("regions", "east", REGION)
    enter("sites", "mill", SITE)


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    prepare()
    return workspace


@pytest.fixture
def on_either(either: Workspace) -> Workspace:
    prepare()
    return either


def form_on(page: bytes) -> dict[str, str]:
    """Names and values of the form of a row, as a browser would send them back."""
    sent: dict[str, str] = {}
    for tag, attrs in outline(page):
        name = attrs.get("name")
        if tag == "input" and name and name.startswith(("cell-", "seen-", "reason", "source", "seen")):
            sent[name] = attrs.get("value") or ""
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', page.decode(), re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        sent[name] = chosen[1] if chosen else ""
    return sent


def entries(after: int) -> list[Any]:
    return [read_line(line).entry() for _, line in record_lines_after(after)]


def value(column: str, *, party: str = "host", table: str = "sites", row: str = "mill") -> list[Any]:
    history = PartyView(party).history(table, [row]).get(Place(table, row, column), [])
    return [version.value for version in standing(history)]


def test_a_changed_cell_is_one_act_with_reason_grade_and_source(mission: Workspace) -> None:
    browser = browser_of("host-analyst")
    form = form_on(browser.get("/edit/sites/mill").content)
    assert form["cell-state"] == "suspended"
    size = log_size()
    changes = {"cell-state": "under_used", "reason": "I was there", "grade": "inspected", "source": "Visit of May"}
    answer = browser.post("/edit/sites/mill", {**form, **changes})
    assert (answer.status_code, answer["Location"]) == (302, "/sites/mill?saved=1")
    (entry,) = entries(size)
    assert (entry.act, entry.subject) == ("cell", ("sites", "mill", "state"))
    assert tokens_of(entry.based_on) == form["seen-state"]
    assert entry.content == {
        "value": "under_used", "reason": "I was there", "grade": "inspected", "source": "Visit of May"
    }  # fmt: skip
    page = browser.get(answer["Location"]).content.decode()
    assert Words("en").say("web.saved", n=1) in page
    assert "Under-used" in page
    assert "I was there" in page
    assert SiteRow.objects.get(party="host", site="mill").state == "under_used"


def test_what_is_not_changed_is_not_written(mission: Workspace) -> None:
    browser = browser_of("host-analyst")
    form = form_on(browser.get("/edit/sites/mill").content)
    size = log_size()
    answer = browser.post("/edit/sites/mill", {**form, "reason": "nothing new", "cell-state": " suspended "})
    assert answer["Location"] == "/sites/mill?saved=0"
    assert log_size() == size
    assert (
        Words("ar").say("web.saved.none") in browser_of("host-analyst", "ar").get(answer["Location"]).content.decode()
    )


def test_a_form_that_is_sent_twice_is_written_once(on_either: Workspace) -> None:
    browser = browser_of("host-analyst")
    form = {**form_on(browser.get("/edit/sites/mill").content), "cell-owner": "The state", "cell-lat": "32.5"}
    size = log_size()
    assert [browser.post("/edit/sites/mill", form).status_code for _ in range(3)] == [302, 302, 302]
    assert log_size() == size + 2
    # Also where somebody went on from it meanwhile.
    second = browser_of("host-finance")
    other = {**form_on(second.get("/edit/sites/mill").content), "cell-owner": "A bank"}
    assert second.post("/edit/sites/mill", other)["Location"] == "/sites/mill?saved=1"
    assert browser.post("/edit/sites/mill", form).status_code == 302
    assert value("owner") == ["A bank"]
    assert not ConflictRow.objects.exists()


def test_a_form_sent_by_many_threads_at_once_is_written_once(on_either: Workspace) -> None:
    browser = browser_of("host-analyst")
    form = {**form_on(browser.get("/edit/sites/mill").content), "cell-owner": "The state"}
    size = log_size()
    sessions = browser.cookies["sessionid"].value
    statuses: list[int] = []

    def send() -> None:
        client = Client(SERVER_NAME="localhost")
        client.cookies["sessionid"] = sessions
        statuses.append(client.post("/edit/sites/mill", form).status_code)

    at_once(*[send] * 5)
    assert statuses == [302] * 5
    assert log_size() == size + 1
    assert value("owner") == ["The state"]


def test_two_people_at_one_value_are_both_kept_until_one_settles(on_either: Workspace) -> None:
    first, second = browser_of("host-analyst"), browser_of("host-finance")
    forms = [form_on(browser.get("/edit/sites/mill?column=state").content) for browser in (first, second)]
    base = forms[0]["seen-state"]
    assert first.post("/edit/sites/mill?column=state", {**forms[0], "cell-state": "destroyed"})["Location"].endswith(
        "=1"
    )
    answer = second.post("/edit/sites/mill?column=state", {**forms[1], "cell-state": "running"})
    assert answer["Location"] == "/settle/sites/state/mill?met=yes"
    page = second.get(answer["Location"]).content
    for text in ("Destroyed", "Running", "host-analyst", "host-finance", Words("en").say("web.settle.met")):
        assert text in page.decode()
    written = entries(0)[-2:]
    assert [tokens_of(entry.based_on) for entry in written] == [base, base]
    assert value("state") == ["destroyed", "running"]
    for browser in (first, second):
        assert "Destroyed" in browser.get("/conflicts").content.decode()
        assert "/settle/sites/state/mill" in browser.get("/sites/mill").content.decode()
    numbers = [version_token(entry.number) for entry in written]
    settled = {"seen": numbers, "chosen": numbers[0], "reason": "I saw the ruins"}
    size = log_size()
    for _ in range(2):  # sent twice, written once
        assert first.post("/settle/sites/state/mill", settled)["Location"] == "/sites/mill?saved=1"
    (entry,) = entries(size)
    assert (entry.act, entry.content) == ("settle", {"value": "destroyed", "reason": "I saw the ruins"})
    assert value("state") == ["destroyed"]
    assert Words("en").say("web.conflicts.none") in second.get("/conflicts").content.decode()
    assert not ConflictRow.objects.exists()


def test_two_writers_at_the_same_moment_are_a_conflict(on_either: Workspace) -> None:
    browsers = [browser_of(name) for name in ("host-analyst", "host-finance", "host-administrator")]
    forms = [form_on(browser.get("/edit/sites/mill").content) for browser in browsers]
    answers = []

    def send(browser: Client, form: dict[str, str], owner: str) -> None:
        answers.append(browser.post("/edit/sites/mill", {**form, "cell-owner": owner})["Location"])

    at_once(
        *(
            partial(send, browser, form, f"owner {number}")
            for number, (browser, form) in enumerate(zip(browsers, forms, strict=True))
        )
    )
    assert sorted(value("owner")) == ["owner 0", "owner 1", "owner 2"]
    assert sorted(answers) == ["/settle/sites/owner/mill?met=yes"] * 2 + ["/sites/mill?saved=1"]
    assert ConflictRow.objects.filter(party="host").count() == 1
    assert not ConflictRow.objects.filter(party="partner").exists()


def test_a_conflict_that_changed_since_it_was_shown_is_shown_again(mission: Workspace) -> None:
    browser = browser_of("host-analyst")
    for owner in ("a", "b"):
        enter("sites", "mill", {"owner": owner})
    shown = re.findall(r'name="seen" value="(\w+)"', browser.get("/settle/sites/owner/mill").content.decode())
    enter("sites", "mill", {"owner": "c"})
    size = log_size()
    answer = browser.post("/settle/sites/owner/mill", {"seen": shown, "chosen": shown[0], "reason": "known"})
    assert answer.status_code == 409
    assert Words("en").say("web.settle.stale") in answer.content.decode()
    assert 'value="known"' in answer.content.decode()
    assert re.findall(r'name="seen" value="(\w+)"', answer.content.decode()) == [*shown, version_token(size)]
    assert log_size() == size


@pytest.mark.parametrize(("sent", "status", "said"), [
    ({}, 422, "web.fill_in"), ({"reason": "x"}, 422, "web.choose_one"),
    ({"reason": "x", "chosen": "99999"}, 422, "web.choose_one"),
    ({"reason": "x", "chosen": "y"}, 422, "web.choose_one"),
])  # fmt: skip
def test_a_conflict_is_settled_by_a_value_with_a_reason(
    mission: Workspace, sent: dict[str, str], status: int, said: str
) -> None:
    for owner in ("a", "b"):
        enter("sites", "mill", {"owner": owner})
    size, browser = log_size(), browser_of("host-analyst")
    answer = browser.post("/settle/sites/owner/mill", {"seen": [version_token(size - 1), version_token(size)], **sent})
    assert answer.status_code == status
    assert Words("en").say(said) in answer.content.decode()
    assert log_size() == size
    other = {
        "seen": [version_token(size - 1), version_token(size)],
        "reason": "neither",
        "chosen": "other",
        "cell-owner": "The town",
    }
    assert browser.post("/settle/sites/owner/mill", other).status_code == 302
    assert value("owner") == ["The town"]


def test_what_settles_is_checked_too(mission: Workspace) -> None:
    for state in ("running", "destroyed"):
        enter("sites", "mill", {"state": state})
    current = [one.number for one in standing(PartyView("host").history("sites", ["mill"])["sites", "mill", "state"])]
    sent = {"seen": tokens_of(current), "reason": "x", "chosen": "other", "cell-state": "asleep"}
    answer = browser_of("host-analyst").post("/settle/sites/state/mill", sent)
    assert answer.status_code == 422
    assert "“asleep” is not in the list" in answer.content.decode()


WRONG = [
    ("sites", "lat", "north", "is not a number"), ("sites", "lat", "91", "outside -90 to 90"),
    ("sites", "state", "", "This is needed"), ("sites", "state_as_of", "03/04/2020", "day first or month first"),
    ("sites", "state_as_of", "yesterday", "is not a day"), ("sites", "region", "atlantis", "is no row of Regions"),
    ("sites", "isic", "9999x", "is not in the list"), ("sites", "care_cost", "12%", "percent sign"),
    ("sites", "survey_weeks", "-1", "outside 0 to"), ("sites", "idle_staff", "1.234", "thousands or a decimal"),
    ("sites", "owner", "a\u202eb", "cannot be printed"), ("sites", "owner", "x" * 33_000, "longer than 32767"),
    ("sites", "care_cost", "1e-20", "too near to zero"), ("regions", "port", "perhaps", "neither yes nor no"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "typed", "said"), WRONG)
def test_a_value_is_checked_as_a_cell_of_a_file_and_kept_as_typed(
    mission: Workspace, table: str, column: str, typed: str, said: str
) -> None:
    row = {"sites": "mill", "regions": "east"}[table]
    browser, size = browser_of("host-analyst"), log_size()
    form = form_on(browser.get(f"/edit/{table}/{row}").content)
    answer = browser.post(f"/edit/{table}/{row}", {**form, f"cell-{column}": typed, "reason": "for a reason"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert page.count('class="fault"') == 1
    kept = form_on(answer.content)
    assert kept[f"cell-{column}"] == typed
    assert kept["reason"] == "for a reason"
    assert {name: text for name, text in kept.items() if name.startswith("seen-")} == {
        name: text for name, text in form.items() if name.startswith("seen-")
    }
    assert log_size() == size
    assert (
        "web."
        not in browser_of("host-analyst", "ar").post(f"/edit/{table}/{row}", {f"cell-{column}": typed}).content.decode()
    )


READ = [
    ("lat", "32°30'N", 32.5), ("lat", "٣٢٫٥", 32.5), ("care_cost", "1 200 000", 1_200_000),
    ("state", "Destroyed", "destroyed"), ("state", "مدمر", "destroyed"),
    ("state_as_of", "25.3.2020", "2020-03-25"), ("isic", "111", "0111"),
    ("owner", "  The  state ", "The  state"), ("survey_weeks", "2.0", 2),
]  # fmt: skip


@pytest.mark.parametrize(("column", "typed", "kept"), READ)
def test_a_value_is_read_as_people_write_it(mission: Workspace, column: str, typed: str, kept: Any) -> None:
    browser = browser_of("host-analyst")
    form = form_on(browser.get("/edit/sites/mill").content)
    assert browser.post("/edit/sites/mill", {**form, f"cell-{column}": typed}).status_code == 302
    assert value(column) == [kept]


def test_a_fault_after_another_edit_still_becomes_a_conflict(mission: Workspace) -> None:
    """A form that comes back with a fault is based on what its author saw, not on what came meanwhile."""
    first, second = browser_of("host-analyst"), browser_of("host-finance")
    form = form_on(second.get("/edit/sites/mill").content)
    first.post("/edit/sites/mill", {**form, "cell-owner": "The state"})
    answer = second.post("/edit/sites/mill", {**form, "cell-owner": "A bank", "cell-lat": "north"})
    assert answer.status_code == 422
    assert Words("en").say("web.newer", {"value": "The state"}) in answer.content.decode()
    mended = {**form_on(answer.content), "cell-lat": "32.5"}
    assert "/settle/" in second.post("/edit/sites/mill", mended)["Location"]
    assert value("owner") == ["The state", "A bank"]
    assert value("lat") == [32.5]


def test_a_version_that_nobody_showed_is_refused(mission: Workspace) -> None:
    size = log_size()
    for seen in ("99999", version_token(1), "x y"):
        sent = {"cell-owner": "x", "seen-owner": seen}
        assert browser_of("host-analyst").post("/edit/sites/mill", sent).status_code == 400
    assert log_size() == size


def test_a_row_is_added_and_taken_away_and_added_again(on_either: Workspace) -> None:
    browser = browser_of("host-analyst")
    assert "/add/lines?site=mill" in browser.get("/sites/mill").content.decode()
    enter("commodities", "flour", {"id": "flour", "name_en": "Flour", "name_ar": "دقيق", "unit": "t"})
    form = form_on(browser.get("/add/lines?site=mill").content)
    assert form["cell-site"] == "mill"
    line = {"cell-id": "mill-1", "cell-name_en": "Line", "cell-name_ar": "خط", "cell-commodity": "flour"}
    missing = browser.post("/add/lines", {**form, **line})
    assert missing.status_code == 422
    assert Words("en").say("web.typed.needed") in missing.content.decode()
    sent = {**form, **line, "cell-nominal": "1200", "reason": "from the plate"}
    for _ in range(2):
        answer = browser.post("/add/lines", sent)
        assert answer["Location"].startswith("/rows/lines/mill-1?saved=")
    assert value("nominal", table="lines", row="mill-1") == [1200]
    assert value("id", table="lines", row="mill-1") == ["mill-1"]
    assert len([entry for entry in entries(0) if entry.subject[1:2] == ("mill-1",)]) == 6
    twice = browser.post("/add/lines", {**sent, "cell-nominal": "1300"})
    assert twice.status_code == 422
    assert "Another row has the key" in twice.content.decode()
    removal = browser.get("/remove/lines/mill-1").content
    seen = {name: text for name, text in form_on(removal).items() if name.startswith("seen-")}
    assert browser.post("/remove/lines/mill-1", seen).status_code == 422  # without a reason
    for status in (302, 404):
        assert browser.post("/remove/lines/mill-1", {**seen, "reason": "scrapped"}).status_code == status
    assert browser.get("/rows/lines/mill-1").status_code == 404
    assert "mill-1" not in browser.get("/sites/mill").content.decode()
    assert browser.post("/add/lines", {**sent, "cell-nominal": "900"})["Location"] == "/rows/lines/mill-1?saved=6"
    assert value("nominal", table="lines", row="mill-1") == [900]
    assert not ConflictRow.objects.exists()


def test_a_row_that_others_name_stays(mission: Workspace) -> None:
    browser = browser_of("host-analyst")
    page = browser.get("/remove/regions/east").content.decode()
    assert 'href="/sites/mill"' in page
    answer = browser.post("/remove/regions/east", {"reason": "x"})
    assert answer.status_code == 422
    assert value("id", table="regions", row="east") == ["east"]


def test_a_removal_after_another_edit_is_a_conflict(mission: Workspace) -> None:
    browser = browser_of("host-analyst")
    seen = {name: text for name, text in form_on(browser.get("/remove/sites/mill").content).items() if "seen" in name}
    other = browser_of("host-finance")
    other.post("/edit/sites/mill", {**form_on(other.get("/edit/sites/mill").content), "cell-state": "running"})
    answer = browser.post("/remove/sites/mill", {**seen, "reason": "double"})
    assert answer["Location"] == "/settle/sites/state/mill?met=yes"
    assert value("state") == ["running", None]
    assert value("owner") == []


def test_a_row_of_the_other_party_can_be_corrected_for_the_own_one(mission: Workspace) -> None:
    """A correction belongs to who makes it: the other party keeps its value until it is released to it."""
    append(NewEntry("host-analyst", "host", "release", ("sites", "*", "*"), {"to": ["partner"], "later": False}))
    partner = browser_of("partner-analyst")
    form = form_on(partner.get("/edit/sites/mill").content)
    assert partner.post("/edit/sites/mill", {**form, "cell-state": "destroyed"}).status_code == 302
    assert value("state", party="partner") == ["destroyed"]
    assert value("state", party="host") == ["suspended"]
    assert not ConflictRow.objects.exists()


def test_a_row_that_is_not_shown_can_be_entered_by_the_other_party(mission: Workspace) -> None:
    """Whether the host has such a row is told by nothing."""
    partner = browser_of("partner-analyst")
    assert partner.get("/edit/sites/mill").status_code == partner.get("/edit/sites/nowhere").status_code == 404
    enter("regions", "east", REGION, "partner-analyst")
    sent = {f"cell-{column}": text for column, text in SITE.items()}
    assert partner.post("/add/sites", {**sent, "cell-state": "running"})["Location"] == "/sites/mill?saved=6"
    assert value("state", party="partner") == ["running"]
    assert value("state", party="host") == ["suspended"]
    append(NewEntry("partner-analyst", "partner", "release", ("sites", "mill", "*"), {"to": ["host"], "later": False}))
    assert value("state", party="host") == ["suspended", "running"]
    assert set(ConflictRow.objects.values_list("party", "column")) == {("host", "state")}
    # Where both say the same nothing is to be settled; who changes it replaces both.
    host = browser_of("host-analyst")
    form = form_on(host.get("/edit/sites/mill").content)
    assert len(form["seen-name_en"].split()) == 2
    assert host.post("/edit/sites/mill", {**form, "cell-name_en": "Old mill"})["Location"] == "/sites/mill?saved=1"
    assert value("name_en") == ["Old mill"]
    (entry,) = entries(log_size() - 1)
    assert (entry.act, len(entry.based_on)) == ("settle", 2)
    assert RecordState.fold(read_line(line) for _, line in record_lines_after(0)).size == log_size()


@pytest.mark.parametrize("who", ["host-viewer", "host-surveyor"])
def test_who_may_not_edit_sees_no_way_to_and_is_told_who_may(mission: Workspace, who: str) -> None:
    enter("sites", "mill", {"owner": "a"})
    enter("sites", "mill", {"owner": "b"})
    browser = browser_of(who)
    page = browser.get("/sites/mill").content.decode()
    assert "/edit/" not in page
    assert "/settle/" not in page
    assert "/settle/" not in browser.get("/conflicts").content.decode()
    refused = browser.post("/edit/sites/mill", {"cell-owner": "c"})
    assert refused.status_code == 403
    assert "Finance officer" in refused.content.decode()


def test_a_role_that_ends_while_the_form_is_sent_writes_nothing(
    mission: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right is looked at again where nobody else can write."""
    from tawteen.web import access

    browser = browser_of("host-analyst")
    form, size = form_on(browser.get("/edit/sites/mill").content), log_size()
    answers = iter([frozenset(["analyst"]), frozenset()])
    monkeypatch.setattr(access, "roles_of", lambda *_: next(answers))
    assert browser.post("/edit/sites/mill", {**form, "cell-owner": "x"}).status_code == 403
    assert log_size() == size


def test_conflicts_are_the_same_when_they_are_made_again(on_either: Workspace) -> None:
    for owner in ("a", "b"):
        enter("sites", "mill", {"owner": owner})
        enter("regions", "east", {"name_en": owner}, "partner-analyst")
    append(NewEntry("host-analyst", "host", "release", ("*", "*", "*"), {"to": ["partner"], "later": True}))
    enter("sites", "mill", {"town": "x"}, "partner-analyst")
    enter("sites", "mill", {"town": "y"})
    kept = sorted(ConflictRow.objects.values_list("party", "table", "column"))
    assert kept == [
        ("host", "sites", "owner"), ("partner", "regions", "name_en"), ("partner", "sites", "owner"),
        ("partner", "sites", "town"),
    ]  # fmt: skip
    rebuild()
    assert sorted(ConflictRow.objects.values_list("party", "table", "column")) == kept
