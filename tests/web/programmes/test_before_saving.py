"""What an edit would do to the latest programme is said before it is saved, in the views that would show it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from tests.tiny import tiny
from tests.web.conftest import Workspace, fresh_sqlite
from tests.web.mission import add_person, begin, browser_of
from tests.web.programmes.planned import ANALYST, PARTNER, SHORT, enter, leave_out_report, plan
from tests.web.programmes.planned import begin as begin_run
from tests.web.test_row_edit import form_on

from tawteen.record.cells import CellRelease, Place
from tawteen.web.log.append import NewEntry, append, log_size
from tawteen.web.params import BEFORE_SAVING
from tawteen.web.programmes import before_saving
from tawteen.web.programmes.before_saving import Foreseen, foresee, latest_run, shown_foreseen
from tawteen.web.programmes.foreseen_outcomes import (
    ALREADY_FAULTY,
    FAULTY_CASE,
    FORESEEN,
    INCOMPARABLE,
    LARGE_CASE,
    NO_PROGRAMME,
    REASSESSED,
    UNREAD,
)
from tawteen.web.programmes.models import RunRow
from tawteen.web.programmes.run_log import RunEnd, end_run
from tawteen.web.programmes.run_states import PLANNED_RUN
from tawteen.web.visibility import JOINT, PartyView
from tawteen.words import LANGS, Lang, Words


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    begin()
    for party in ("host", "partner"):
        add_person(party, "analyst")
    return workspace


@pytest.fixture(scope="module")
def planned_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a programme of the host, planned once."""
    made = fresh_sqlite(migrated_file, tmp_path_factory.mktemp("runs"))
    begin()
    for party in ("host", "partner"):
        add_person(party, "analyst")
    add_person("host", "chair")
    enter()
    with pytest.MonkeyPatch.context() as patch:
        leave_out_report(patch)
        plan("host")
    connections.close_all()
    return Path(made.settings["NAME"])


@pytest.fixture
def planned(planned_file: Path, tmp_path: Path) -> Iterator[str]:
    """The run of that programme, in a database of one's own."""
    fresh_sqlite(planned_file, tmp_path)
    yield RunRow.objects.get().run
    connections.close_all()


def of_view(seen: list[Foreseen], view: str) -> Foreseen | None:
    return next((one for one in seen if one.view == view), None)


def state(place: Place, value: Any) -> None:
    seen = PartyView("host").rows(place.table, [place.row])[place.row][place.column]
    append(NewEntry("host-analyst", "host", "cell", place, {"value": value}, (seen[0].number,)))


NAME = Place("sites", "mill", "name_en")
RATE = Place("settings", "discount.economic", "value")


def test_an_edit_is_held_against_the_latest_programme(planned: str) -> None:
    run = planned
    named = of_view(foresee(ANALYST, {NAME: "Other"}), "host")
    assert named is not None
    assert (named.outcome, named.run and named.run.run) == (UNREAD, run)
    dearer = of_view(foresee(ANALYST, {RATE: 0.09}), "host")
    assert dearer is not None
    assert (dearer.outcome, dearer.moved_on) == (REASSESSED, False)
    assert dearer.reassessed is not None
    assert dearer.reassessed.verdict in ("stands", "open")
    wrong = of_view(foresee(ANALYST, {Place("sites", "mill", "region"): "nowhere"}), "host")
    assert wrong is not None
    assert wrong.outcome == FAULTY_CASE
    euro = of_view(foresee(ANALYST, {Place("settings", "money.currency", "value"): "EUR"}), "host")
    assert euro is not None
    assert euro.outcome == INCOMPARABLE
    assert [finding.code for finding in euro.findings] == ["compare.currency"]
    assert [finding.value for finding in wrong.findings] == ["nowhere"]
    assert log_size() == foreseen_size(run)
    state(Place("sites", "mill", "region"), "nowhere")
    still = of_view(foresee(ANALYST, {NAME: "Other"}), "host")
    assert still is not None
    assert still.outcome == ALREADY_FAULTY
    assert still.findings


def foreseen_size(run: str) -> int:
    """The record after the run: to foresee something writes nothing."""
    row = latest_run(ANALYST, "host")
    assert row is not None
    assert (row.run, row.ended) == (run, log_size())
    return log_size()


def test_what_changed_before_is_told_apart(planned: str) -> None:
    state(RATE, 0.09)
    seen = of_view(foresee(ANALYST, {NAME: "Other"}), "host")
    assert seen is not None
    assert seen.outcome == UNREAD
    seen = of_view(foresee(ANALYST, {RATE: 0.1}), "host")
    assert seen is not None
    assert (seen.outcome, seen.moved_on) == (REASSESSED, True)


def test_a_joint_programme_moves_by_what_all_see_alone(mission: Workspace, without_report: None) -> None:
    enter(shared=True)
    plan(JOINT)
    assert of_view(foresee(ANALYST, {RATE: 0.09}), JOINT) is None
    release = CellRelease(log_size() + 1, "host", RATE, frozenset(("partner",)), later=True)
    seen = of_view(foresee(ANALYST, {RATE: 0.09}, [release]), JOINT)
    assert seen is not None
    assert seen.outcome == REASSESSED
    assert of_view(foresee(PARTNER, {NAME: "Other"}), "partner") == Foreseen("partner", NO_PROGRAMME)


def test_a_large_registry_and_a_what_if_are_no_basis(planned: str, monkeypatch: pytest.MonkeyPatch) -> None:
    what_if = begin_run("host", parameters=replace(SHORT, set=("discount.economic*2",)))
    end_run(what_if, 1, RunEnd(PLANNED_RUN))
    latest = latest_run(ANALYST, "host")
    assert latest is not None
    assert latest.run == planned
    monkeypatch.setattr(before_saving, "BEFORE_SAVING", replace(BEFORE_SAVING, most_sites=tiny()["sites"].height - 1))
    seen = of_view(foresee(ANALYST, {RATE: 0.09}), "host")
    assert seen is not None
    assert seen.outcome == LARGE_CASE


def test_every_outcome_has_its_sentence(mission: Workspace) -> None:
    for lang in LANGS:
        for outcome in FORESEEN:
            (sentence,) = shown_foreseen(Foreseen("host", outcome), Words(lang))["sentences"]
            assert "web." not in sentence


@pytest.mark.parametrize("lang", LANGS)
def test_forms_say_what_they_would_do_and_write_nothing(planned: str, lang: Lang) -> None:
    size, words = log_size(), Words(lang)
    unread, released = words.say("web.before.unread"), words.say("web.view.joint")
    site, gate = tiny()["blockers"].select("site", "gate").row(0)
    pages = {
        "/edit/sites/mill": ("host-analyst", {"cell-name_en": "Other"}, unread),
        f"/remove/blockers/{site}/{gate}": ("host-analyst", {}, words.say("web.before")),
        "/release?table=sites": ("host-chair", {"receivers": "partner", "reason": "shown"}, released),
    }
    for path, (name, typed, sentence) in pages.items():
        browser = browser_of(name, lang)
        form = {**form_on(browser.get(path).content), **typed, "foresee": "yes"}
        answer = browser.post(path, form)
        assert answer.status_code == 200, path
        assert sentence in answer.content.decode(), path
        assert log_size() == size, path
