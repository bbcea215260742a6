"""A record that was tampered with below the last cosigned size is found, whoever holds it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.record.records import (
    HOST,
    HOST_LATER,
    ORIGIN,
    PARTNER,
    WORKSPACE,
    Desk,
    checkpoint_of,
    key_entry,
    keyed_entries,
    renumbered,
    signed,
)

from tawteen.progress import ProgressEvent
from tawteen.record.entry import Entry, withheld_line
from tawteen.record.errors import RecordError
from tawteen.record.keys import COSIGNER_KEY, LOG_KEY, new_key
from tawteen.record.limits import RECORD_LIMITS
from tawteen.record.record_file import read_entries
from tawteen.record.verification import RecordVerification, verify_record

COUNT = 12
ENTRIES = keyed_entries(COUNT)
KEYS = [WORKSPACE.verifier, HOST.verifier, PARTNER.verifier]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def codes(verification: RecordVerification, severity: str = "error") -> list[str]:
    return [finding.code for finding in verification.findings if finding.severity == severity]


def test_a_record_that_nobody_touched_is_whole(desk: Desk) -> None:
    verification = verify_record(desk.record(ENTRIES), desk.kept(ENTRIES, 5, 9), keys=KEYS)
    assert verification.whole
    assert verification.findings == ()
    assert (verification.size, verification.withheld, verification.first_difference) == (COUNT, 0, None)
    assert verification.root == checkpoint_of(ENTRIES).root
    assert verification.cosigned == 9
    assert {holder: one.size for holder, one in verification.last_signed.items()} == {
        "workspace": 9, "host": 9, "partner": 9,
    }  # fmt: skip


def test_every_party_counts_for_the_cosigned_size(desk: Desk) -> None:
    kept = desk.kept(ENTRIES, 5)
    kept.append(desk.checkpoint(signed(checkpoint_of(ENTRIES, 9), HOST), "host-alone.txt"))
    kept.append(desk.checkpoint(signed(checkpoint_of(ENTRIES, 11)), "nobody.txt"))
    verification = verify_record(desk.record(ENTRIES), kept)
    assert verification.whole
    assert codes(verification, "note") == ["record.own_keys"]
    assert verification.cosigned == 5
    assert {holder: one.size for holder, one in verification.last_signed.items()} == {
        "workspace": 11, "host": 9, "partner": 5,
    }  # fmt: skip


def test_without_checkpoints_it_is_said_that_they_are_missing(desk: Desk) -> None:
    verification = verify_record(desk.record(ENTRIES))
    assert verification.whole
    assert codes(verification, "note") == ["record.own_keys", "record.no_checkpoints"]
    assert verification.cosigned == 0


def test_an_empty_record_is_a_record(desk: Desk) -> None:
    empty = desk.record([])
    verification = verify_record(empty, [desk.checkpoint(signed(checkpoint_of([])), "c.txt")], keys=KEYS)
    assert (verification.whole, verification.size) == (True, 0)


TAMPERED: dict[str, Callable[[list[Entry]], list[Entry]]] = {
    "changed": lambda e: [*e[:6], replace(e[6], content={"value": 0}), *e[7:]],
    "another person": lambda e: [*e[:6], replace(e[6], person="nobody"), *e[7:]],
    "removed": lambda e: renumbered([*e[:6], *e[7:]]),
    "inserted": lambda e: renumbered([*e[:6], replace(e[3], salt="f" * 32), *e[6:]]),
    "repeated": lambda e: renumbered([*e[:6], *e[5:]]),
    "moved": lambda e: renumbered([*e[:6], e[7], e[6], *e[8:]]),
}


@pytest.mark.parametrize("way", TAMPERED)
def test_an_entry_that_was_tampered_with_is_found_by_kept_checkpoints(desk: Desk, way: str) -> None:
    kept = desk.kept(ENTRIES, 5, 9)
    verification = verify_record(desk.record(TAMPERED[way](ENTRIES)), kept, keys=KEYS)
    assert codes(verification) == ["record.differs"]
    assert verification.first_difference == (6, 9)
    assert verification.cosigned == 5
    assert verification.findings[0].file == "kept-9.txt"
    assert "mission.example/host" in verification.findings[0].args["signers"]


@pytest.mark.parametrize("way", TAMPERED)
def test_an_older_copy_tells_the_first_entry_that_differs(desk: Desk, way: str) -> None:
    copy = desk.record(ENTRIES[:10], "copy.jsonl")
    verification = verify_record(desk.record(TAMPERED[way](ENTRIES)), desk.kept(ENTRIES, 5, 9), [copy], KEYS)
    assert codes(verification) == ["record.differs_from_copy", "record.differs"]
    assert verification.first_difference == (7, 7)
    assert "sites/" in verification.findings[0].args["here"]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.data())
def test_any_other_history_below_the_cosigned_size_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    size = data.draw(st.integers(4, COUNT))
    order = data.draw(st.lists(st.integers(0, COUNT - 1), min_size=0, max_size=COUNT + 2))
    other = renumbered(ENTRIES[i] for i in order)
    verification = verify_record(desk.record(other), desk.kept(ENTRIES, size), keys=KEYS)
    assert verification.whole == (other[:size] == ENTRIES[:size])


def test_entries_after_the_cosigned_size_are_free(desk: Desk) -> None:
    kept = desk.kept(ENTRIES, 6)
    assert verify_record(desk.record(TAMPERED["changed"](ENTRIES)), kept, keys=KEYS).whole


def test_a_roll_back_to_an_older_backup_is_found(desk: Desk) -> None:
    kept = desk.kept(ENTRIES, 5, 9)
    verification = verify_record(desk.record(ENTRIES[:7]), kept, [desk.record(ENTRIES, "copy.jsonl")], KEYS)
    assert codes(verification) == ["record.shorter_than_copy", "record.shorter"]
    assert verification.first_difference == (8, 8)
    assert (verification.findings[1].args["first"], verification.findings[1].args["size"]) == (8, 9)


def test_a_history_that_was_written_anew_with_new_keys_is_found(desk: Desk) -> None:
    """Whoever holds the database and the workspace's key can state other keys of the parties and sign for them."""
    false = new_key("mission.example/host", COSIGNER_KEY)
    anew = renumbered([ENTRIES[0], key_entry(2, "host", false), *keyed_entries(COUNT, seed=2)[2:]])
    own = desk.checkpoint(signed(checkpoint_of(anew), false, PARTNER), "own.txt")
    assert verify_record(desk.record(anew), [own]).whole
    assert codes(verify_record(desk.record(anew), [own], keys=KEYS)) == ["record.other_key"]
    assert "record.differs" in codes(verify_record(desk.record(anew), [own, *desk.kept(ENTRIES, 9)]))


def test_two_histories_are_found_by_their_checkpoints_and_by_their_records(desk: Desk) -> None:
    fork = [*ENTRIES[:8], *keyed_entries(COUNT, seed=2)[8:]]
    ours = desk.checkpoint(signed(checkpoint_of(ENTRIES), HOST), "ours.txt")
    theirs = desk.checkpoint(signed(checkpoint_of(fork), PARTNER), "theirs.txt")
    verification = verify_record(desk.record(ENTRIES), [ours, theirs], [desk.record(fork, "theirs.jsonl")], KEYS)
    assert codes(verification) == ["record.differs_from_copy", "record.fork", "record.differs"]
    assert verification.first_difference == (9, 9)
    assert verification.findings[1].args["other"] == "ours.txt"


def test_a_copy_may_withhold_entries(desk: Desk) -> None:
    """A party gets the hashes of what it may not see: the tree and every checkpoint are the same."""
    part = [withheld_line(e.number, e.leaf()) if e.number in (5, 6, 11) else e for e in ENTRIES]
    verification = verify_record(desk.record(part), desk.kept(ENTRIES, 9), [desk.record(ENTRIES, "full.jsonl")], KEYS)
    assert verification.whole
    assert (verification.withheld, verification.root) == (3, checkpoint_of(ENTRIES).root)
    false = [withheld_line(5, ENTRIES[5].leaf()) if e.number == 5 else e for e in ENTRIES]
    assert verify_record(desk.record(false), desk.kept(ENTRIES, 9), keys=KEYS).first_difference == (1, 9)


def test_a_replaced_key_signs_no_longer(desk: Desk) -> None:
    rotated = [*ENTRIES, key_entry(COUNT + 1, "host", HOST_LATER, [2])]
    old = desk.checkpoint(signed(checkpoint_of(ENTRIES), HOST, PARTNER), "old.txt")
    new = desk.checkpoint(signed(checkpoint_of(rotated), HOST_LATER, PARTNER), "new.txt")
    verification = verify_record(desk.record(rotated), [old, new], keys=KEYS)
    assert verification.whole
    assert codes(verification, "note") == ["record.key_rotated"]
    assert verification.cosigned == COUNT + 1
    stolen = desk.checkpoint(signed(checkpoint_of(rotated), HOST), "stolen.txt")
    assert codes(verify_record(desk.record(rotated), [old, stolen], keys=KEYS)) == ["record.key_replaced"]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (key_entry(COUNT + 1, "host", HOST_LATER), "record.key_basis"),
        (key_entry(COUNT + 1, "host", HOST_LATER, [3]), "record.key_basis"),
        (key_entry(COUNT + 1, "host", WORKSPACE, [2]), "record.key_kind"),
        (key_entry(COUNT + 1, "workspace", HOST, [1]), "record.key_kind"),
    ],
)
def test_a_key_that_replaces_none_or_is_of_the_wrong_kind_is_a_fault(desk: Desk, entry: Entry, code: str) -> None:
    verification = verify_record(desk.record([*ENTRIES, entry]), keys=KEYS)
    assert codes(verification) == [code]
    assert verification.first_difference == (COUNT + 1, COUNT + 1)


def test_signatures_that_prove_nothing_are_named(desk: Desk) -> None:
    stranger = new_key("stranger.example/x", LOG_KEY)
    checkpoint = checkpoint_of(ENTRIES)
    record = desk.record(ENTRIES)

    def judged(text: str) -> list[str]:
        path = desk.folder / "c.txt"
        path.write_text(text, encoding="utf-8", newline="\n")
        return codes(verify_record(record, [path, *desk.kept(ENTRIES, 9)], keys=[*KEYS, stranger.verifier]))

    assert judged(signed(checkpoint).text()) == []
    assert judged(signed(checkpoint, log=new_key(ORIGIN, LOG_KEY)).text()) == ["record.unsigned"]
    assert judged(signed(checkpoint, HOST).text().replace(f"\n{COUNT}\n", "\n11\n")) == ["record.bad_signature"]
    assert judged(checkpoint.signed(stranger).text()) == ["record.other_origin"]
    assert judged(replace(checkpoint, origin="other.example/record").signed(WORKSPACE).text()) == ["record.origin"]
    assert judged("hello") == ["record.no_checkpoint"]


def test_keys_from_elsewhere_count_alone(desk: Desk) -> None:
    kept = desk.kept(ENTRIES, 9)
    verification = verify_record(desk.record(ENTRIES), kept, keys=[HOST.verifier])
    assert verification.whole
    assert codes(verification, "note") == ["record.no_log_key"]
    assert (verification.parties, list(verification.last_signed)) == (("host",), ["host"])


def test_a_clock_that_was_set_back_is_a_note(desk: Desk) -> None:
    late = [*ENTRIES[:6], replace(ENTRIES[6], time="2027-01-01T00:00:00Z"), *ENTRIES[7:]]
    verification = verify_record(desk.record(late), keys=KEYS)
    assert codes(verification, "note") == ["record.clock", "record.no_checkpoints"]
    assert (verification.findings[0].row, verification.findings[0].args["count"]) == (8, 1)


LINES = b"".join(entry.line() + b"\n" for entry in ENTRIES)
HOSTILE: dict[str, tuple[bytes, str, int]] = {
    "truncated last line": (LINES[:-9], "record.cut", COUNT),
    "windows line ends": (LINES.replace(b"\n", b"\r\n"), "record.resaved", 1),
    "byte-order mark": (b"\xef\xbb\xbf" + LINES, "record.resaved", 1),
    "empty line": (LINES + b"\n", "record.not_json", COUNT + 1),
    "invalid UTF-8": (LINES.replace(b'"act":"cell"', b'"act":"\xff"', 1), "record.not_utf8", 4),
    "spaces": (LINES.replace(b'"act":"cell"', b'"act": "cell"', 1), "record.not_canonical", 4),
    "duplicate key": (LINES.replace(b'"act":"cell"', b'"act":"cell","act":"cell"', 1), "record.duplicate_key", 4),
    "not a number": (LINES.replace(b'"value":0.', b'"value":NaN,"x":0.', 1), "record.not_finite", 4),
    "deep nesting": (LINES + b"[" * 5000 + b"]" * 5000 + b"\n", "record.nested", COUNT + 1),
    "a repeated entry": (LINES + LINES.splitlines(keepends=True)[-1], "record.order", COUNT + 1),
    "a missing entry": (b"".join(LINES.splitlines(keepends=True)[1:]), "record.order", 1),
    "a huge line": (LINES + b'"' + b"x" * RECORD_LIMITS.line_bytes + b'"\n', "record.line_long", COUNT + 1),
    "a zero byte": (LINES + b"\0\n", "record.not_json", COUNT + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_have_one_clear_message(desk: Desk, name: str) -> None:
    content, code, row = HOSTILE[name]
    path = desk.folder / "record.jsonl"
    path.write_bytes(content)
    verification = verify_record(path, keys=KEYS)
    errors = [finding for finding in verification.findings if finding.severity == "error"]
    assert [(finding.code, finding.file, finding.row) for finding in errors] == [(code, "record.jsonl", row)]
    assert verification.first_difference == (row, row)
    with pytest.raises(RecordError) as refused:
        list(read_entries(path))
    assert [finding.code for finding in refused.value.findings] == [code]


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(LINES) - 1), st.integers(0, 255), st.sampled_from(["replace", "insert", "delete"]))
def test_every_changed_byte_below_the_cosigned_size_is_found(
    tmp_path_factory: pytest.TempPathFactory, position: int, byte: int, way: str
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    kept = desk.kept(ENTRIES, COUNT)
    content = LINES[:position] + (b"" if way == "delete" else bytes([byte])) + LINES[position + (way != "insert") :]
    path = desk.folder / "record.jsonl"
    path.write_bytes(content)
    verification = verify_record(path, kept, keys=KEYS)
    assert verification.whole == (content == LINES)
    if content != LINES:
        row = LINES[:position].count(b"\n") + 1
        assert verification.first_difference is not None
        assert verification.first_difference[0] <= row + 1
        assert all(str(finding) for finding in verification.findings)


def test_a_check_needs_none_of_the_libraries_of_planning_and_of_the_workspace() -> None:
    """What an auditor takes along is small."""
    code = "import sys, tawteen.record.verification, tawteen.record.cosigning; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    ).stdout.split()
    assert "rfc8785" in loaded
    assert not {"django", "polars", "numpy", "pydantic", "sqlite3", "typer", "socket"} & {*loaded}


def test_of_many_faults_the_first_are_listed(desk: Desk) -> None:
    path = desk.folder / "record.jsonl"
    path.write_bytes(b"{}\n" * (RECORD_LIMITS.listed_faults + 5))
    verification = verify_record(path)
    assert codes(verification) == ["record.missing_field"] * RECORD_LIMITS.listed_faults + ["record.more_faults"]


def test_a_copy_that_cannot_be_read_on_is_said(desk: Desk) -> None:
    copy = desk.folder / "copy.jsonl"
    copy.write_bytes(LINES[:-9])
    verification = verify_record(desk.record(ENTRIES), desk.kept(ENTRIES, 9), [copy], KEYS)
    assert [(finding.code, finding.file) for finding in verification.findings] == [("record.cut", "copy.jsonl")]


def test_files_that_cannot_be_read_raise(desk: Desk) -> None:
    with pytest.raises(RecordError):
        verify_record(desk.folder / "none.jsonl")
    with pytest.raises(RecordError):
        verify_record(desk.record(ENTRIES), copies=[desk.folder / "none.jsonl"])
    assert codes(verify_record(desk.record(ENTRIES), [desk.folder / "none.txt"])) == ["file.missing"]


def test_long_work_tells_how_far_it_is_and_stops_when_asked(desk: Desk) -> None:
    path = desk.record(keyed_entries(10_050))
    events: list[ProgressEvent] = []
    assert verify_record(path, progress=events.append).size == 10_050
    assert [event.stage for event in events] == ["entries", "entries"]
    assert 0 < (events[0].share or 0) < (events[1].share or 0) < 1

    def stop(_event: ProgressEvent) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify_record(path, progress=stop)


def test_entries_are_read_back(desk: Desk) -> None:
    assert [line.entry() for line in read_entries(desk.record(ENTRIES))] == ENTRIES
