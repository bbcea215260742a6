"""A large import is entered in parts: others write between them, and what was interrupted goes on where it stood."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.tiny import tiny
from tests.web.conftest import Workspace
from tests.web.imports.later_imports import apply, begin_with_tiny, cells_of, compared, edit, send_case, values_seen
from tests.web.mission import add_person, begin, browser_of

from tawteen.record.entry import read_line
from tawteen.web.imports import applying, continuing
from tawteen.web.imports.applying import Applying, decide
from tawteen.web.imports.continuing import continue_imports
from tawteen.web.imports.models import ImportRow, PendingImport
from tawteen.web.imports.pending import unfinished_imports
from tawteen.web.log.append import NewEntry, append, locked_log
from tawteen.web.log.derived import rebuild
from tawteen.web.log.models import RecordRow
from tawteen.web.params import UPLOAD
from tawteen.web.rights import Person

HOST = Person("host-administrator", "", "host", frozenset(("administrator",)))
PART = 40


@pytest.fixture
def mission(either: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace in which an entry holds few cells."""
    monkeypatch.setattr(applying, "UPLOAD", replace(UPLOAD, cells_of_a_part=PART, pause=0.0))
    begin()
    return either


class KilledError(Exception):
    """The process ends here."""


def entries_of(row: ImportRow) -> list[dict[str, object]]:
    lines = RecordRow.objects.filter(number__in=row.entries).order_by("number")
    return [dict(read_line(bytes(one.line)).fields or {}) for one in lines]


def test_parts_are_one_import_on_the_list_and_undone_by_one_act(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny(tmp_path / "case")
    for pending in unfinished_imports():
        Applying(pending).run()
    row = ImportRow.objects.get()
    entries = entries_of(row)
    assert len(entries) == -(-row.cells // PART) > 5
    assert all(entry["based_on"] == [row.number] for entry in entries[1:])
    assert [entry["content"].get("part", 1) for entry in entries] == [*range(1, len(entries) + 1)]  # type: ignore[attr-defined]
    listed = list(ImportRow.objects.values())
    rebuild()
    assert list(ImportRow.objects.values()) == listed
    undo = compared(client.post(f"/imports/{row.number}/undo"))  # type: ignore[arg-type]
    assert undo.counts["removed"] == row.cells
    apply(client, undo, "")
    for pending in unfinished_imports():
        Applying(pending).run()
    assert values_seen("host") == {}
    assert ImportRow.objects.count() == 2


@pytest.mark.parametrize("part", [0, 1, 3])
def test_an_import_that_was_killed_goes_on_where_it_stood(
    mission: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """Killed inside the transaction of a part: that part is not there, those before it are."""
    client = begin_with_tiny(tmp_path / "case")
    whole = values_seen("host")
    apply(client, compared(client.post(f"/imports/{ImportRow.objects.get().number}/undo")), "")  # type: ignore[arg-type]
    for pending in unfinished_imports():
        Applying(pending).run()
    pending = compared(send_case(client, tiny(), tmp_path / "again"))
    pending = decide(HOST, pending.token, pending.revision, "take", beside=False)
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
    assert values_seen("host") == whole
    row = ImportRow.objects.order_by("-number")[0]
    assert row.cells == sum(pending.counts.values())


def test_what_somebody_changes_between_two_parts_is_left_and_said(
    mission: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = begin_with_tiny(tmp_path / "case")
    apply(client, compared(client.post(f"/imports/{ImportRow.objects.get().number}/undo")), "")  # type: ignore[arg-type]
    for pending in unfinished_imports():
        Applying(pending).run()
    pending = compared(send_case(client, tiny(), tmp_path / "again"))
    last = list(cells_of(pending))[-1]
    pending = decide(HOST, pending.token, pending.revision, "take", beside=False)
    entering = Applying(pending)
    entering._part()
    edit(last[1], last[2], "By hand", table=last[0])
    while not entering._part():
        pass
    pending.refresh_from_db()
    assert (pending.left, pending.finished) == (1, True)
    assert "1 cell was left" in client.get("/imports").content.decode()


def test_who_loses_the_role_between_two_parts_stops_it_and_another_goes_on(
    mission: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_with_tiny(tmp_path / "case")
    add_person("host", "analyst")
    analyst = Person("host-analyst", "", "host", frozenset(("analyst",)))
    client = browser_of("host-administrator")
    undo = compared(client.post(f"/imports/{ImportRow.objects.get().number}/undo"))  # type: ignore[arg-type]
    entering = Applying(decide(analyst, undo.token, undo.revision, "undo", beside=False))
    entering._part()
    from tawteen.web.accounts.models import RoleRow

    number = RoleRow.objects.get(person="host-analyst").number
    append(NewEntry("host-administrator", "host", "end", ("host-analyst",), {"reason": "left"}, (number,)))
    with pytest.raises(PermissionError):
        entering._part()
    monkeypatch.setattr(continuing, "UPLOAD", replace(UPLOAD, worker_seconds=0.0))
    PendingImport.objects.update(claimed_until=None)
    continue_imports()
    page = client.get("/imports").content.decode()
    assert "Being entered" in page
    while unfinished_imports().exists():
        assert client.post(f"/imports/compared/{undo.token}/continue")["Location"] == "/imports"
    assert values_seen("host") == {}


def test_two_processes_enter_each_part_once(
    mission: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one enters a part while the first one makes the same one ready."""
    client = begin_with_tiny(tmp_path / "case")
    whole = values_seen("host")
    apply(client, compared(client.post(f"/imports/{ImportRow.objects.get().number}/undo")), "")  # type: ignore[arg-type]
    for pending in unfinished_imports():
        Applying(pending).run()
    pending = compared(send_case(client, tiny(), tmp_path / "again"))
    pending = decide(HOST, pending.token, pending.revision, "take", beside=False)
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
    assert values_seen("host") == whole


def test_compared_files_and_finished_imports_do_not_stay_for_ever(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny(tmp_path / "case")
    compared(send_case(client, tiny(), tmp_path / "again"))
    PendingImport.objects.update(created=datetime.now(UTC) - timedelta(days=UPLOAD.kept_days + 1))
    unfinished = set(unfinished_imports().values_list("token", flat=True))
    continue_imports()
    assert set(PendingImport.objects.values_list("token", flat=True)) <= unfinished


def test_others_write_between_two_parts(mission: Workspace, tmp_path: Path) -> None:
    client = begin_with_tiny(tmp_path / "case")
    apply(client, compared(client.post(f"/imports/{ImportRow.objects.get().number}/undo")), "")  # type: ignore[arg-type]
    for pending in unfinished_imports():
        Applying(pending).run()
    pending = compared(send_case(client, tiny(), tmp_path / "again"))
    entering = Applying(decide(HOST, pending.token, pending.revision, "take", beside=False))
    numbers = []
    while not entering._part():
        with locked_log() as log:
            content = {"value": "x"}
            numbers.append(log.append(NewEntry("amal", "partner", "cell", ("sites", "p", "town"), content)).number)
    row = ImportRow.objects.order_by("-number")[0]
    assert not {*numbers} & {*row.entries}
    assert len(row.entries) > len(numbers) > 5
