"""What is checked before a form is written is checked again where nobody else can write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.http import HttpRequest
from tests.web.conftest import Workspace
from tests.web.mission import browser_of
from tests.web.test_row_edit import REGION, SITE, enter, form_on, prepare, value

from tawteen.web.access import Right
from tawteen.web.log.append import LogWriter, NewEntry, append, log_size
from tawteen.web.registry import bulk_edit, observation_page, row_edit
from tawteen.web.visibility import PartyView


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    prepare()
    enter("regions", "west", {**REGION, "id": "west"})
    return workspace


def take_away(table: str, row: str) -> None:
    """Somebody empties all cells of a row."""
    for column, (version, *_) in PartyView("host").rows(table, [row])[row].items():
        append(NewEntry("host-finance", "host", "cell", (table, row, column), {"value": None}, (version.number,)))


def just_before_writing(monkeypatch: pytest.MonkeyPatch, module: Any, act: Callable[[], object]) -> None:
    """Somebody acts after a form was checked and before it is written."""
    real = module.writing

    @contextmanager
    def writing(request: HttpRequest, right: Right) -> Iterator[LogWriter]:
        act()
        with real(request, right) as log:
            yield log

    monkeypatch.setattr(module, "writing", writing)


def test_a_row_that_is_named_meanwhile_stays(mission: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = browser_of("host-analyst")
    sent = {**form_on(browser.get("/remove/regions/west").content), "reason": "double"}
    mint = {**SITE, "id": "mint", "region": "west"}
    just_before_writing(monkeypatch, row_edit, lambda: enter("sites", "mint", mint))
    answer = browser.post("/remove/regions/west", sent)
    assert answer.status_code == 422
    assert 'href="/sites/mint"' in answer.content.decode()
    assert value("id", table="regions", row="west") == ["west"]


@pytest.mark.parametrize(("module", "path"), [
    (row_edit, "/edit/sites/mill?column=region"), (row_edit, "/add/sites"),
    (bulk_edit, "/edit-sites?column=region&site=mill"), (observation_page, "/observe/sites/mill?column=region"),
])  # fmt: skip
def test_a_row_that_is_taken_away_meanwhile_is_not_named(
    mission: Workspace, monkeypatch: pytest.MonkeyPatch, module: Any, path: str
) -> None:
    browser = browser_of("host-analyst")
    sent = {**form_on(browser.get(path).content), "grade": "inspected", "taken": "yes", "site": "mill"}
    if path.startswith("/add"):
        sent |= {f"cell-{column}": text for column, text in {**SITE, "id": "mint"}.items()}
    just_before_writing(monkeypatch, module, lambda: take_away("regions", "west"))
    size, cells = log_size(), len(PartyView("host").rows("regions", ["west"])["west"])
    answer = browser.post(path, {**sent, "cell-region": "west"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="fault"' in page
    assert "west" in page
    assert log_size() == size + cells
    assert value("region") == ["east"]


def test_an_observation_that_somebody_changed_since_is_not_entered_anew(mission: Workspace) -> None:
    path = "/observe/sites/mill?column=state"
    browser = browser_of("host-surveyor")
    seen = {"grade": "inspected", "source": "Visit of May", "as_of": "2026-05-03"}
    sent = {**form_on(browser.get(path).content), "cell-state": "destroyed", **seen}
    assert browser.post(path, sent).status_code == 302
    view = PartyView("host")
    ((evidence, cells),), ((source, _),) = view.rows("evidence").items(), view.rows("sources").items()
    number = cells["value"][0].number
    append(NewEntry("host-analyst", "host", "cell", ("evidence", evidence, "value"), {"value": "running"}, (number,)))
    size = log_size()
    answer = browser.post(path, sent)
    assert answer.status_code == 409
    assert "somebody changed it since" in answer.content.decode()
    assert log_size() == size
    # A source whose title is another by now is not meant by its old one.
    append(NewEntry("host-analyst", "host", "cell", ("sources", source, "title"), {"value": "Visit of June"}, (
        PartyView("host").rows("sources")[source]["title"][0].number,
    )))  # fmt: skip
    assert browser.post(path, sent).status_code == 302
    titles = {row: cells["title"][0].value for row, cells in PartyView("host").rows("sources").items()}
    assert titles.pop(source) == "Visit of June"
    assert list(titles.values()) == ["Visit of May"]
