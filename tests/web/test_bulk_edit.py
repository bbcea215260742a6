"""One column of several sites is changed at once; the list of sites is filtered by gate and by grade."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from tests.web.conftest import Workspace
from tests.web.mission import browser_of
from tests.web.test_pages import outline
from tests.web.test_row_edit import SITE, enter, entries, prepare, value

from tawteen.web.log.append import NewEntry, append, log_size
from tawteen.web.log.derived import rebuild
from tawteen.web.params import REGISTRY_FORMS
from tawteen.web.registry.models import SiteRow
from tawteen.web.registry.version_tokens import version_token
from tawteen.words import Words

SITES = ("bakery", "mill", "mint")


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    return with_sites(workspace)


@pytest.fixture
def on_either(either: Workspace) -> Workspace:
    return with_sites(either)


def with_sites(workspace: Workspace) -> Workspace:
    prepare()
    enter("sites", "bakery", {**SITE, "id": "bakery", "name_en": "Bakery", "state": "running"})
    enter("sites", "mint", {**SITE, "id": "mint", "name_en": "Mint"})
    return workspace


def sent_by(page: bytes, **changed: Any) -> dict[str, Any]:
    """The form of the page as a browser sends it."""
    inputs = [attrs for tag, attrs in outline(page) if tag == "input"]
    lists = {name: [one["value"] or "" for one in inputs if one.get("name") == name] for name in ("site", "seen")}
    return {**lists, "reason": "counted", **changed}


def test_chosen_sites_get_one_value_by_one_act_each(on_either: Workspace) -> None:
    browser, size = browser_of("host-analyst"), log_size()
    address = "/edit-sites?column=state&site=mill&site=mint"
    page = browser.get(address).content
    assert Words("en").say("web.bulk.count", n=2) in page.decode()
    sent = sent_by(page, **{"cell-state": "destroyed", "grade": "inspected"})
    assert sent["site"] == ["mill", "mint"]
    for count in (2, 0):  # sent twice, written once
        assert browser.post(address, sent)["Location"] == f"/sites?saved={count}"
    written = entries(size)
    assert [(entry.act, entry.subject[1]) for entry in written] == [("cell", "mill"), ("cell", "mint")]
    assert all(entry.content["grade"] == "inspected" and len(entry.based_on) == 1 for entry in written)
    assert [value("state", row=row) for row in SITES] == [["running"], ["destroyed"], ["destroyed"]]


def test_all_that_a_search_finds_are_changed_and_no_others(mission: Workspace) -> None:
    enter("sites", "theirs", {**SITE, "id": "theirs", "name_en": "Mill of theirs"}, "partner-analyst")
    browser = browser_of("host-analyst")
    address = "/edit-sites?column=town&all=yes&state=suspended&q=mi"
    page = browser.get(address).content
    answer = browser.post(address, sent_by(page, **{"cell-town": "Derna"}))
    assert answer["Location"] == "/sites?q=mi&state=suspended&saved=2"
    assert [value("town", row=row) for row in SITES] == [[], ["Derna"], ["Derna"]]
    assert value("town", row="theirs", party="partner") == []
    sent = sent_by(page, **{"cell-town": "Tobruk", "site": ["theirs"], "seen": [""]})
    assert browser.post(address, sent).status_code == 422  # a site that the party does not see is none


def test_what_another_wrote_meanwhile_stays_beside_it(on_either: Workspace) -> None:
    browser, address = browser_of("host-analyst"), "/edit-sites?column=state&all=yes"
    sent = sent_by(browser.get(address).content, **{"cell-state": "destroyed"})
    base = sent["seen"][sent["site"].index("mill")].strip()
    browser_of("host-finance").post("/edit/sites/mill", {"cell-state": "running", "seen-state": base})
    assert browser.post(address, sent)["Location"] == "/conflicts?saved=3"
    assert value("state") == ["running", "destroyed"]
    assert value("state", row="mint") == ["destroyed"]
    page = browser.get(address).content.decode()
    assert 'href="/settle/sites/state/mill"' in page
    assert sent_by(page.encode())["site"] == ["bakery", "mint"]


def test_a_wrong_value_changes_nothing_and_stays_typed(mission: Workspace) -> None:
    browser, size, address = browser_of("host-analyst"), log_size(), "/edit-sites?column=lat&all=yes"
    answer = browser.post(address, sent_by(browser.get(address).content, **{"cell-lat": "north"}))
    assert answer.status_code == 422
    assert 'value="north"' in answer.content.decode()
    assert "is not a number" in answer.content.decode()
    assert sent_by(answer.content)["site"] == list(SITES)
    assert log_size() == size


def test_a_form_sent_as_it_is_empties_nothing(mission: Workspace) -> None:
    for row in SITES:
        enter("sites", row, {"town": "Derna"})
    browser, size, address = browser_of("host-analyst"), log_size(), "/edit-sites?column=town&site=mill&site=mint"
    sent = sent_by(browser.get(address).content, **{"cell-town": ""})
    answer = browser.post(address, sent)
    assert answer.status_code == 422
    assert Words("en").say("web.fill_in") in answer.content.decode()
    assert log_size() == size
    assert browser.post(address, {**sent, "empty": "yes"}).status_code == 302
    assert [value("town", row=row) for row in SITES] == [["Derna"], [None], [None]]


@pytest.mark.parametrize(("address", "status"), [
    ("/edit-sites", 404), ("/edit-sites?column=id&all=yes", 404), ("/edit-sites?column=nothing&all=yes", 404),
    ("/edit-sites?column=state", 422), ("/edit-sites?column=state&site=nowhere", 422),
    ("/edit-sites?column=state&all=yes&q=zzzz", 422),
])  # fmt: skip
def test_without_a_column_or_a_site_there_is_no_form(mission: Workspace, address: str, status: int) -> None:
    assert browser_of("host-analyst").get(address).status_code == status


def test_too_many_sites_are_refused(mission: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from tawteen.web.registry import bulk_edit

    monkeypatch.setattr(bulk_edit, "REGISTRY_FORMS", replace(REGISTRY_FORMS, edited_sites=2))
    answer = browser_of("host-analyst").get("/edit-sites?column=state&all=yes")
    assert answer.status_code == 422
    assert "More than 2 sites" in answer.content.decode()


def test_the_list_offers_it_to_who_may(mission: Workspace) -> None:
    assert 'action="/edit-sites"' in browser_of("host-analyst").get("/sites").content.decode()
    assert "/edit-sites" not in browser_of("host-viewer").get("/sites").content.decode()
    page = browser_of("host-analyst", "ar").get("/edit-sites?column=state&all=yes").content
    assert b"web." not in page


def listed(browser: Any, query: str) -> list[str]:
    page = browser.get(f"/sites?{query}").content.decode()
    return sorted(re.findall(r'<a href="/sites/(\w+)">', page))


def blocker(site: str, gate: str, state: str) -> None:
    enter("blockers", f"{site}/{gate}", {"site": site, "gate": gate, "state": state})


def observed(number: int, row: str, grade: str, table: str = "sites") -> None:
    said = {"id": f"e{number}", "table": table, "row": row, "column": "state", "grade": grade}
    enter("evidence", f"e{number}", said)


def test_sites_are_filtered_by_gate_and_by_grade_as_the_party_sees_them(on_either: Workspace) -> None:
    blocker("mill", "title", "unknown")
    blocker("mill", "ot_security", "closed")
    blocker("mint", "title", "open")
    for number, (row, grade) in enumerate([("mill", "reported"), ("mill", "inspected"), ("mint", "assumed")]):
        observed(number, row, grade)
    observed(9, "bakery", "tested", "lines")
    host, partner = browser_of("host-viewer"), browser_of("partner-viewer")
    assert listed(host, "gate=title") == listed(host, "gate=ot_security") == ["mill"]
    assert listed(host, "gate=security") == listed(host, "gate=digital") == []
    assert listed(host, "grade=inspected") == ["mill"]
    assert listed(host, "grade=reported") == listed(host, "grade=tested") == []
    assert listed(host, "grade=assumed") == ["mint"]
    append(NewEntry("host-chair", "host", "release", ("sites", "*", "*"), {"to": ["partner"], "later": True}))
    assert listed(partner, "") == list(SITES)
    assert listed(partner, "gate=title") == listed(partner, "grade=inspected") == []
    for table in ("blockers", "evidence"):
        append(NewEntry("host-chair", "host", "release", (table, "*", "*"), {"to": ["partner"], "later": False}))
    assert listed(partner, "gate=title") == listed(partner, "grade=inspected") == ["mill"]
    base = log_size()
    browser_of("host-analyst").post(
        "/edit/blockers/mill/title", {"cell-state": "open", "seen-state": _seen("mill/title")}
    )
    assert log_size() == base + 1
    assert listed(host, "gate=title") == []
    assert listed(partner, "gate=title") == ["mill"]  # what was written later is not released
    kept = sorted(SiteRow.objects.values_list("party", "site", "gates", "grade"))
    rebuild()
    assert sorted(SiteRow.objects.values_list("party", "site", "gates", "grade")) == kept


def _seen(row: str) -> str:
    from tawteen.web.registry.models import CellVersion

    return version_token(CellVersion.objects.get(table="blockers", row=row, column="state").number)
