"""Checkpoints that the workspace signs, and the exported record under `tawteen verify-record`."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from tests.web.conftest import FOLDER, Workspace
from tests.web.entries import append_cells

from tawteen.record.checkpoint import Checkpoint
from tawteen.record.keys import LOG_KEY, SigningKey, new_key
from tawteen.record.record_file import write_record
from tawteen.record.verification import RecordVerification, verify_record
from tawteen.runs.usage_error import UsageError
from tawteen.web.log.checkpoints import record_lines_after, sign_checkpoint, state_workspace_key
from tawteen.web.log.models import RecordRow, StoredCheckpoint
from tawteen.web.log.record_check import RecordCheck


def exported(folder: Path, name: str = "record.jsonl") -> Path:
    write_record(folder / name, (line for _, line in record_lines_after(0)))
    return folder / name


def note_files(folder: Path) -> list[Path]:
    paths = []
    for stored in StoredCheckpoint.objects.order_by("size"):
        path = folder / f"checkpoint-{stored.size}.txt"
        path.write_text(stored.note, encoding="utf-8", newline="\n")
        paths.append(path)
    return paths


def verified(folder: Path, key: SigningKey) -> RecordVerification:
    return verify_record(exported(folder), note_files(folder), keys=[key.verifier])


def test_the_exported_record_is_whole(either: Workspace, key: SigningKey, tmp_path: Path) -> None:
    state_workspace_key(key)
    for count in (0, 1, 5, 8):
        append_cells(count)
        sign_checkpoint(key)
    verification = verified(tmp_path, key)
    assert verification.findings == ()
    assert verification.size == 15
    assert [signed.size for signed in verification.signatures] == [1, 2, 7, 15]


def test_a_checkpoint_is_signed_once(either: Workspace, key: SigningKey) -> None:
    state_workspace_key(key)
    first = sign_checkpoint(key)
    assert first is not None
    assert sign_checkpoint(key) is None
    state_workspace_key(key)
    assert RecordRow.objects.count() == 1
    checkpoint = Checkpoint.parse(first.note)
    assert checkpoint.origin == key.verifier.name
    assert [one.key for one in checkpoint.verified([key.verifier])] == [key.verifier]


def test_the_key_of_another_workspace_is_refused(workspace: Workspace, key: SigningKey) -> None:
    state_workspace_key(key)
    with pytest.raises(UsageError) as refused:
        state_workspace_key(new_key("tawteen-other/record", LOG_KEY))
    assert refused.value.findings[0].code == "web.other_key"


def without_triggers(*statements: str) -> None:
    """What somebody does who owns the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE record_log DISABLE TRIGGER ALL")
        else:
            for name in ("insert", "update", "delete"):
                cursor.execute(f"DROP TRIGGER record_log_{name}")
        for statement in statements:
            cursor.execute(statement)


TWO, THREE = ("(SELECT line FROM record_log WHERE number = 2)", "(SELECT line FROM record_log WHERE number = 3)")
ATTACKS = {
    "changed": [f"UPDATE record_log SET line = {TWO} WHERE number = 3"],
    "removed": ["DELETE FROM record_log WHERE number = 3"],
    "removed and renumbered": [
        "DELETE FROM record_log WHERE number = 3", "UPDATE record_log SET number = 3 WHERE number = 6",
    ],
    "cut off": ["DELETE FROM record_log WHERE number > 4"],
    "emptied": ["DELETE FROM record_log"],
    "exchanged": [
        "UPDATE record_log SET number = -2 WHERE number = 2", "UPDATE record_log SET number = 2 WHERE number = 3",
        "UPDATE record_log SET number = 3 WHERE number = -2",
    ],
    "inserted": [
        *(f"UPDATE record_log SET number = {number + 1} WHERE number = {number}" for number in (6, 5, 4, 3)),
        f"INSERT INTO record_log (number, line) VALUES (3, {TWO})",
    ],
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_the_owner_of_the_database_changes_is_found(
    either: Workspace, key: SigningKey, tmp_path: Path, attack: str
) -> None:
    state_workspace_key(key)
    append_cells(5)
    sign_checkpoint(key)
    (kept,) = note_files(tmp_path)
    copy = exported(tmp_path, "copy.jsonl")
    check = RecordCheck()
    check.step()
    assert check.holds
    without_triggers(*ATTACKS[attack])
    verification = verify_record(exported(tmp_path), [kept], [copy], [key.verifier])
    assert not verification.whole
    assert verification.first_difference is not None
    assert verification.first_difference[0] <= 5
    check.step()
    assert not check.holds


def test_a_checkpoint_that_was_signed_by_another_is_found(workspace: Workspace, key: SigningKey) -> None:
    state_workspace_key(key)
    append_cells(3)
    sign_checkpoint(key)
    stored = StoredCheckpoint.objects.get()
    note = Checkpoint.parse(stored.note)
    forger = new_key(key.verifier.name, LOG_KEY)
    forged = Checkpoint(note.origin, note.size, note.root).signed(forger).text()
    StoredCheckpoint.objects.update(note=forged)
    check = RecordCheck()
    check.step()
    assert not check.holds
    StoredCheckpoint.objects.update(note=stored.note)
    check.step()
    assert check.holds


def test_the_key_is_read_back_from_its_folder(key: SigningKey) -> None:
    assert FOLDER.signing_key().verifier == key.verifier
