"""An observation takes three clicks: choose a fact, say what was seen, save. It is evidence, and the cell follows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.web.conftest import Workspace
from tests.web.mission import browser_of
from tests.web.test_row_edit import SITE, enter, entries, form_on, prepare, value

from tawteen.web.log.append import log_size
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words

PATH = "/observe/sites/mill?column=state"
SEEN = {"grade": "inspected", "source": "Visit of May", "as_of": "2026-05-03", "remark": "The roof is gone"}


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    prepare()
    return workspace


@pytest.fixture
def on_either(either: Workspace) -> Workspace:
    prepare()
    return either


def evidence(party: str = "host") -> list[dict[str, Any]]:
    rows = PartyView(party).rows("evidence")
    return [{column: value_of(cells, column) for column in cells} for _, cells in sorted(rows.items())]


def test_from_the_page_of_a_site_it_takes_three_clicks(on_either: Workspace) -> None:
    browser = browser_of("host-surveyor")
    page = browser.get("/sites/mill").content.decode()
    assert f'href="{PATH}"' in page  # the first click
    shown = browser.get(PATH).content
    sent = {
        **form_on(shown),
        "cell-state": "destroyed",
        **SEEN,
        "taken": "yes",
    }  # choosing value and grade is the second
    size = log_size()
    for count in (1, 0):  # the third saves; sent twice it is written once
        assert browser.post(PATH, sent)["Location"] == f"/sites/mill?saved={count}"
    (row,) = evidence()
    (source,) = PartyView("host").rows("sources")
    assert row == {
        "id": row["id"], "table": "sites", "row": "mill", "column": "state", "value": "destroyed",
        "grade": "inspected", "source": source, "as_of": "2026-05-03", "observer": "Person host-surveyor",
        "note": "The roof is gone",
    }  # fmt: skip
    assert value("state") == ["destroyed"]
    written = entries(size)
    assert len(written) == 2 + len(row) + 1
    assert written[-1].content == {
        "value": "destroyed", "grade": "inspected", "source": "Visit of May", "observed": "2026-05-03",
        "reason": "The roof is gone",
    }  # fmt: skip
    page = browser.get("/sites/mill").content.decode()
    assert re.search(r"Inspected: <bdi>Destroyed</bdi> · <bdi>Visit of May</bdi> · May 3, 2026", page)


def test_without_a_fact_one_is_chosen(mission: Workspace) -> None:
    page = browser_of("host-surveyor", "ar").get("/observe/sites/mill").content.decode()
    assert 'href="?column=state"' in page
    assert 'href="?column=id"' not in page


def test_an_observation_that_is_not_taken_changes_no_cell(mission: Workspace) -> None:
    browser = browser_of("host-surveyor")
    sent = {**form_on(browser.get(PATH).content), "cell-state": "running", **SEEN}
    assert browser.post(PATH, sent)["Location"] == "/sites/mill?saved=1"
    assert value("state") == ["suspended"]
    assert [row["value"] for row in evidence()] == ["running"]


def test_an_observation_of_what_stands_is_evidence_for_it(mission: Workspace) -> None:
    browser = browser_of("host-surveyor")
    sent = {**form_on(browser.get(PATH).content), **SEEN, "taken": "yes"}
    browser.post(PATH, sent)
    assert [row["value"] for row in evidence()] == ["suspended"]
    assert len(value("state")) == 1
    assert log_size() == [entry.number for entry in entries(0) if entry.subject[0] == "evidence"][-1]


def test_a_source_that_is_known_is_named_by_key_or_title(mission: Workspace) -> None:
    enter("sources", "nda-2019", {"id": "nda-2019", "title": "Report of 2019"})
    browser = browser_of("host-surveyor")
    form = form_on(browser.get(PATH).content)
    for source in ("nda-2019", "Report of 2019"):
        browser.post(PATH, {**form, **SEEN, "source": source, "remark": source})
    assert {row["source"] for row in evidence()} == {"nda-2019"}
    assert set(PartyView("host").rows("sources")) == {"nda-2019"}


def test_a_year_is_kept_as_it_was_said(mission: Workspace) -> None:
    path = "/observe/sites/mill?column=stopped_since"
    browser = browser_of("host-surveyor")
    browser.post(path, {**form_on(browser.get(path).content), **SEEN, "cell-stopped_since": "2011", "taken": "yes"})
    assert [row["value"] for row in evidence()] == ["2011"]
    assert value("stopped_since") == ["2011-07-02"]


@pytest.mark.parametrize(("path", "row"), [
    ("/edit/sites/mill?column=stopped_since", "mill"), ("/edit-sites?column=stopped_since&site=mill", "mill"),
    ("/add/sites", "dairy"),
])  # fmt: skip
def test_a_year_that_is_typed_for_a_day_is_kept_as_an_observation(mission: Workspace, path: str, row: str) -> None:
    """As where a file is read: the day is planned with, and what was typed is evidence of grade assumed."""
    browser = browser_of("host-analyst")
    sent = {f"cell-{column}": text for column, text in {**SITE, "id": row}.items()} if row == "dairy" else {}
    sent |= {"site": "mill", "seen": "", "cell-stopped_since": "2011"}
    for _ in range(2):
        assert browser.post(path, sent).status_code == 302
    assert value("stopped_since", row=row) == ["2011-07-02"]
    assert evidence() == [{
        "id": f"read:sites/{row}/stopped_since", "table": "sites", "row": row, "column": "stopped_since",
        "value": "2011", "grade": "assumed",
    }]  # fmt: skip
    size = log_size()
    seen = form_on(browser.get(f"/edit/sites/{row}").content)
    browser.post(f"/edit/sites/{row}", {**seen, "cell-stopped_since": "2012-05"})
    assert log_size() == size + 1  # a cell that is observed gets no second one


def test_an_observation_after_another_edit_is_a_conflict(on_either: Workspace) -> None:
    surveyor, analyst = browser_of("host-surveyor"), browser_of("host-analyst")
    sent = {**form_on(surveyor.get(PATH).content), "cell-state": "destroyed", **SEEN, "taken": "yes"}
    analyst.post("/edit/sites/mill", {**form_on(analyst.get("/edit/sites/mill").content), "cell-state": "running"})
    assert surveyor.post(PATH, sent)["Location"] == "/settle/sites/state/mill?met=yes"
    assert value("state") == ["running", "destroyed"]
    again = surveyor.get(PATH).content.decode()
    assert Words("en").say("web.observe.conflict") in again
    assert 'name="taken"' not in again
    assert surveyor.post(PATH, {"cell-state": "suspended", **SEEN, "taken": "yes"})["Location"] == "/sites/mill?saved=1"
    assert value("state") == ["running", "destroyed"]
    assert sorted(row["value"] for row in evidence()) == ["destroyed", "suspended"]


@pytest.mark.parametrize(("changed", "said"), [
    ({"cell-state": ""}, "This is needed"), ({"cell-state": "asleep"}, "not in the list"),
    ({"grade": ""}, "Fill this in"), ({"grade": "sure"}, "Choose from the list"),
    ({"as_of": "yesterday"}, "is not a day"),
])  # fmt: skip
def test_what_is_wrong_is_said_and_what_was_typed_stays(mission: Workspace, changed: dict[str, str], said: str) -> None:
    browser, size = browser_of("host-surveyor"), log_size()
    answer = browser.post(PATH, {**form_on(browser.get(PATH).content), **SEEN, **changed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert 'value="Visit of May"' in answer.content.decode()
    assert log_size() == size


def test_observations_are_private_until_they_are_released(mission: Workspace) -> None:
    browser = browser_of("host-surveyor")
    browser.post(PATH, {**form_on(browser.get(PATH).content), **SEEN})
    assert evidence("partner") == []
    assert browser_of("partner-surveyor").get(PATH).status_code == 404
    assert browser_of("host-viewer").get(PATH).status_code == 403
