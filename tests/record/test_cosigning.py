"""A party cosigns what continues all that it cosigned before, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.record.records import (
    COSIGNED_AT,
    HOST,
    ORIGIN,
    PARTNER,
    WORKSPACE,
    Desk,
    checkpoint_of,
    keyed_entries,
    renumbered,
    signed,
)

from tawteen.record.cosigning import cosign
from tawteen.record.errors import RecordError
from tawteen.record.keys import LOG_KEY, new_key

ENTRIES = keyed_entries(12)
FORK = [*ENTRIES[:5], *keyed_entries(12, seed=2)[5:]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def refused(record: Path, checkpoint: Path, seen: Path | None, **more: object) -> list[str]:
    with pytest.raises(RecordError) as refusal:
        cosign(record, checkpoint, seen, HOST, time=COSIGNED_AT, **more)  # type: ignore[arg-type]
    return [finding.code for finding in refusal.value.findings]


def test_each_cosignature_continues_the_last(desk: Desk) -> None:
    seen = None
    for size in (4, 4, 9, 12):
        record = desk.record(ENTRIES[:size])
        proposed = desk.checkpoint(signed(checkpoint_of(ENTRIES, size)), "proposed.txt")
        note = cosign(record, proposed, seen, HOST, time=COSIGNED_AT)
        assert [(one.key.name, one.time) for one in note.verified([WORKSPACE.verifier, HOST.verifier])] == [
            (ORIGIN, None), (HOST.verifier.name, COSIGNED_AT),
        ]  # fmt: skip
        seen = desk.checkpoint(note, "seen.txt")


def test_signatures_of_others_stay(desk: Desk) -> None:
    proposed = desk.checkpoint(signed(checkpoint_of(ENTRIES), PARTNER), "proposed.txt")
    note = cosign(desk.record(ENTRIES), proposed, None, HOST, time=COSIGNED_AT)
    assert [one.name for one in note.signatures] == [ORIGIN, PARTNER.verifier.name, HOST.verifier.name]


def test_a_history_that_does_not_continue_the_last_seen_is_refused(desk: Desk) -> None:
    seen = desk.checkpoint(signed(checkpoint_of(ENTRIES, 8), HOST), "seen.txt")
    proposed = desk.checkpoint(signed(checkpoint_of(FORK)), "proposed.txt")
    assert refused(desk.record(FORK), proposed, seen) == ["record.differs"]
    # The workspace shows the old history with a checkpoint of the new one.
    assert refused(desk.record(ENTRIES), proposed, seen) == ["record.differs"]


def test_a_fork_of_the_same_size_and_a_roll_back_are_refused(desk: Desk) -> None:
    seen = desk.checkpoint(signed(checkpoint_of(ENTRIES), HOST), "seen.txt")
    fork = desk.checkpoint(signed(checkpoint_of(FORK)), "fork.txt")
    assert refused(desk.record(FORK), fork, seen) == ["record.fork", "record.differs"]
    older = desk.checkpoint(signed(checkpoint_of(ENTRIES, 8)), "older.txt")
    assert refused(desk.record(ENTRIES), older, seen) == ["record.rolled_back"]


def test_a_checkpoint_that_the_workspace_did_not_sign_is_refused(desk: Desk) -> None:
    record = desk.record(ENTRIES)
    cosigned_alone = desk.checkpoint(checkpoint_of(ENTRIES).cosigned(PARTNER, COSIGNED_AT), "alone.txt")
    assert refused(record, cosigned_alone, None) == ["record.not_by_workspace"]
    false = desk.checkpoint(signed(checkpoint_of(ENTRIES), log=new_key(ORIGIN, LOG_KEY)), "false.txt")
    assert refused(record, false, None) == ["record.unsigned"]
    assert refused(record, false, None, keys=[WORKSPACE.verifier]) == ["record.unsigned"]


def test_a_record_that_lacks_entries_of_the_checkpoint_is_refused(desk: Desk) -> None:
    proposed = desk.checkpoint(signed(checkpoint_of(ENTRIES)), "proposed.txt")
    assert refused(desk.record(ENTRIES[:-1]), proposed, None) == ["record.shorter"]


def test_a_record_with_a_faulty_entry_is_refused(desk: Desk) -> None:
    proposed = desk.checkpoint(signed(checkpoint_of(ENTRIES)), "proposed.txt")
    record = desk.record(ENTRIES)
    record.write_bytes(record.read_bytes() + b"{}\n")
    assert refused(record, proposed, None) == ["record.missing_field"]


def test_the_key_of_a_workspace_does_not_cosign(desk: Desk) -> None:
    proposed = desk.checkpoint(signed(checkpoint_of(ENTRIES)), "proposed.txt")
    with pytest.raises(RecordError) as refusal:
        cosign(desk.record(ENTRIES), proposed, None, WORKSPACE, time=COSIGNED_AT)
    assert refusal.value.findings[0].code == "record.not_cosigner"


def test_keys_from_elsewhere_are_enough_where_the_record_states_none(desk: Desk) -> None:
    lines = renumbered(keyed_entries(12)[3:])
    seen = desk.checkpoint(signed(checkpoint_of(lines, 4), HOST), "seen.txt")
    proposed = desk.checkpoint(signed(checkpoint_of(lines)), "proposed.txt")
    note = cosign(desk.record(lines), proposed, seen, HOST, time=COSIGNED_AT, keys=[WORKSPACE.verifier])
    assert note.size == 9
