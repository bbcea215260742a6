"""A large import is entered in parts: others write between them, and what was interrupted goes on where it stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from tests.tiny import tiny
from tests.web.conftest import Workspace
from tests.web.imports.later_imports import (
    HOST,
    SEEN_TABLES,
    apply,
    begin_with_tiny,
    cells_of,
    changed,
    compared,
    edit,
    send_case,
    undo,
    values_seen,
    with_value,
)
from tests.web.mission import add_person, begin, browser_of

from tawteen.record.entry import read_line
from tawteen.record.keys import SigningKey
from tawteen.web.access import RightEndedError
from tawteen.web.accounts.models import Account, RoleRow
from tawteen.web.accounts.people import grant_roles
from tawteen.web.imports import applying
from tawteen.web.imports.applying import Applying
from tawteen.web.imports.continuing import continue_imports
from tawteen.web.imports.differences import packed, unpacked
from tawteen.web.imports.models import ImportRow, PendingImport
from tawteen.web.imports.pending import unfinished_imports
from tawteen.web.imports.starting import start_import
from tawteen.web.log.append import NewEntry, append, locked_log
from tawteen.web.log.checkpoints import state_workspace_key
from tawteen.web.log.derived import rebuild
from tawteen.web.log.models import RecordRow, StoredCheckpoint
from tawteen.web.params import UPLOAD
from tawteen.web.registry.case_cells import case_cells
from tawteen.web.rights import Person, may_release
from tawteen.web.worker import work
from tawteen.words import Words

PART = 40
SITE = tiny()["sites"]["id"][0]
WHOLE = {
    (cell["table"], cell["row"], cell["column"]): [cell["value"]]
    for cell in case_cells(tiny())
    if cell["table"] in SEEN_TABLES
}


@pytest.fixture
def mission(either: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace in which an entry holds few cells."""
    monkeypatch.setattr(applying, "UPLOAD", replace(UPLOAD, cells_of_a_part=PART, pause=0.0))
    begin()
    return either


def started(person: Person = HOST, **form: bool) -> PendingImport:
    """A whole case that is to be entered, of which nothing is on the record yet."""
    pending = start_import(person, tiny(), "case.toml", **{"shared": False, **form})
    assert pending is not None
    return pending


class KilledError(Exception):
    """The process ends here."""


def entries_of(row: ImportRow) -> list[dict[str, object]]:
    lines = RecordRow.objects.filter(number__in=row.entries).order_by("number")
    return [dict(read_line(bytes(one.line)).fields or {}) for one in lines]


def test_parts_are_one_import_on_the_list_and_undone_by_one_act(mission: Workspace) -> None:
    client = browser_of("host-administrator")
    assert Applying(started()).run()
    row = ImportRow.objects.get()
    entries = entries_of(row)
    assert len(entries) == -(-row.cells // PART) > 5
    assert all(entry["based_on"] == [row.number] for entry in entries[1:])
    assert [entry["content"].get("part", 1) for entry in entries] == [*range(1, len(entries) + 1)]  # type: ignore[attr-defined]
    listed = list(ImportRow.objects.values())
    rebuild()
    assert list(ImportRow.objects.values()) == listed
    back = undo(client, row.number)
    assert back.counts["removed"] == row.cells
    apply(client, back, "")
    for pending in unfinished_imports():
        Applying(pending).run()
    assert values_seen("host") == {}
    assert ImportRow.objects.count() == 2


@pytest.mark.parametrize("part", [0, 2])
def test_an_import_that_was_killed_goes_on_where_it_stood(
    mission: Workspace, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Killed inside the transaction of a part: that part is not there, those before it are."""
    pending = started()
    killed = Applying(pending)
    real, calls = killed._look, []

    def look(until: int) -> None:
        calls.append(until)
        if len(calls) == 2 * part + 2:
            raise KilledError
        real(until)

    monkeypatch.setattr(killed, "_look", look)
    with pytest.raises(KilledError):
        killed.run()
    pending.refresh_from_db()
    assert pending.cells_done == PART * part
    continue_imports()  # another process may be at it: it is left alone
    pending.refresh_from_db()
    assert not pending.finished
    PendingImport.objects.update(claimed_until=datetime.now(UTC) - timedelta(seconds=1))
    continue_imports()
    assert values_seen("host") == WHOLE
    row = ImportRow.objects.order_by("-number")[0]
    assert row.cells == sum(pending.counts.values())


def test_what_somebody_changes_between_two_parts_is_left_and_said(mission: Workspace) -> None:
    pending = started()
    last = list(cells_of(pending))[-1]
    entering = Applying(pending)
    entering._part()
    edit(last[1], last[2], "By hand", table=last[0])
    while not entering._part():
        pass
    pending.refresh_from_db()
    assert (pending.left, pending.finished) == (1, True)
    assert "1 cell was left" in browser_of("host-administrator").get("/imports").content.decode()


def test_who_loses_the_role_between_two_parts_stops_it_and_another_goes_on(mission: Workspace) -> None:
    add_person("host", "analyst")
    client, pending = browser_of("host-administrator"), started(replace(HOST, name="host-analyst"))
    entering = Applying(pending)
    entering._part()
    end_role("host-analyst", "analyst")
    with pytest.raises(RightEndedError):
        entering._part()
    PendingImport.objects.update(claimed_until=None)
    continue_imports()
    assert PendingImport.objects.get(token=pending.token).claimed_until > datetime.now(UTC) + timedelta(days=1)  # type: ignore[operator]
    page = client.get("/imports").content.decode()
    assert "Being entered" in page
    answer = browser_of("host-analyst").post(f"/imports/compared/{pending.token}/continue")
    assert answer.status_code == 403
    while unfinished_imports().exists():
        assert client.post(f"/imports/compared/{pending.token}/continue")["Location"] == "/imports"
    assert values_seen("host") == WHOLE


def test_an_import_that_is_shown_to_all_needs_the_right_to_release_until_its_end(
    mission: Workspace, tmp_path: Path
) -> None:
    add_person("host", "analyst")
    analyst = browser_of("host-analyst")
    assert 'name="shared"' not in analyst.get("/import").content.decode()
    answer = send_case(analyst, tiny(), tmp_path / "case", shared="yes")
    assert answer.status_code == 403
    assert Words("en").say("web.role.chair") in answer.content.decode()
    assert not PendingImport.objects.exists()
    with locked_log() as log:
        grant_roles(log, ("workspace", "workspace"), Account.objects.get(name="host-analyst"), ["chair"])
    pending = started(replace(HOST, name="host-analyst"), shared=True)
    entering = Applying(pending)
    entering._part()
    end_role("host-analyst", "chair")
    with pytest.raises(RightEndedError) as ended:
        entering.run()
    assert ended.value.right is may_release
    pending.refresh_from_db()
    assert (pending.cells_done > PART, pending.finished) == (True, False)  # all but the last part
    assert values_seen("partner") == {}
    answer = analyst.post(f"/imports/compared/{pending.token}/continue")
    assert answer.status_code == 403
    assert browser_of("host-administrator").post(f"/imports/compared/{pending.token}/continue").status_code == 302
    assert values_seen("partner") == values_seen("host")


def test_a_party_ends_an_import_that_cannot_go_on(mission: Workspace) -> None:
    client, partner = browser_of("host-administrator"), browser_of("partner-administrator")
    pending = started()
    entering = Applying(pending)
    entering._part()
    end = f"/imports/compared/{pending.token}/end"
    assert partner.post(end).status_code == 404
    assert client.post(end)["Location"] == "/imports"
    assert client.post(end).status_code == 404
    assert entering._part()  # another process that is at it stops
    row = ImportRow.objects.order_by("-number")[0]
    assert row.cells == PART
    page = client.get("/imports").content.decode()
    assert f"{pending.counts['added'] - PART} cells were not entered" in page
    assert "Being entered" not in page
    apply(client, undo(client), "")
    assert values_seen("host") == {}


def test_one_import_that_fails_stops_neither_the_others_nor_the_worker(
    mission: Workspace, key: SigningKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state_workspace_key(key)
    begin_with_tiny()
    client = browser_of("host-administrator")
    seen, names = values_seen("host"), {"broken": "", "refused": "bad name", "good": ""}
    for name in names:
        case = changed(tiny(), sites=with_value(SITE, "town", name))
        pending = compared(send_case(client, case, tmp_path / name, "sites"))
        if name == "broken":
            pending.differences = b"no frame"
        if name == "refused":
            cells = unpacked(pending.differences)
            pending.differences = packed(cells.with_columns(theirs=pl.lit("1e999")))
        pending.strategy, pending.file = "take", name
        pending.save()
    monkeypatch.setattr(applying, "changed_places", lambda *_: set())  # all three are about one cell
    work(key)
    assert values_seen("host") == {**seen, ("sites", SITE, "town"): ["good"]}
    waits = {one.file: one.claimed_until for one in unfinished_imports()}
    now = datetime.now(UTC)
    assert waits.keys() == {"broken", "refused"}
    assert now < waits["broken"] < now + timedelta(days=1) < waits["refused"]  # type: ignore[operator]
    assert StoredCheckpoint.objects.exists()
    answer = client.post(f"/imports/compared/{unfinished_imports().get(file='refused').token}/continue")
    assert answer.status_code == 422
    assert "The record does not take a cell" in answer.content.decode()
    for pending in unfinished_imports():
        client.post(f"/imports/compared/{pending.token}/end")
    page = client.get("/imports").content.decode()
    assert "Nothing was entered" in page


def end_role(person: str, role: str) -> None:
    number = RoleRow.objects.get(person=person, role=role).number
    append(NewEntry("host-administrator", "host", "end", (person,), {"reason": "left"}, (number,)))


def test_two_processes_enter_each_part_once(mission: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one enters a part while the first one makes the same one ready."""
    pending = started()
    first, second = Applying(pending), Applying(pending)
    real, calls = first._look, []

    def look(until: int) -> None:
        calls.append(until)
        if len(calls) == 3:  # the second part of the first one is made ready
            second._part()
        real(until)

    monkeypatch.setattr(first, "_look", look)
    while not first._part():
        pass
    row = ImportRow.objects.order_by("-number")[0]
    assert row.cells == sum(pending.counts.values())
    assert [entry["content"].get("part", 1) for entry in entries_of(row)] == [*range(1, len(row.entries) + 1)]  # type: ignore[attr-defined]
    assert values_seen("host") == WHOLE


def test_compared_files_and_finished_imports_do_not_stay_for_ever(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny()
    compared(send_case(client, tiny(), tmp_path / "again"))
    PendingImport.objects.update(created=datetime.now(UTC) - timedelta(days=UPLOAD.kept_days + 1))
    unfinished = set(unfinished_imports().values_list("token", flat=True))
    continue_imports()
    assert set(PendingImport.objects.values_list("token", flat=True)) <= unfinished


def test_others_write_between_two_parts(mission: Workspace) -> None:
    entering = Applying(started())
    numbers = []
    while not entering._part():
        with locked_log() as log:
            content = {"value": "x"}
            numbers.append(log.append(NewEntry("amal", "partner", "cell", ("sites", "p", "town"), content)).number)
    row = ImportRow.objects.order_by("-number")[0]
    assert not {*numbers} & {*row.entries}
    assert len(row.entries) > len(numbers) > 5
