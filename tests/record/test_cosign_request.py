"""A party cosigns by a proof alone what continues the checkpoint that it cosigned last."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.record.records import (
    COSIGNED_AT,
    HOST,
    HOST_LATER,
    ORIGIN,
    PARTNER,
    WORKSPACE,
    Desk,
    checkpoint_of,
    keyed_entries,
    signed,
)

from tawteen.record.checkpoint import Checkpoint
from tawteen.record.cosign_request import CosignRequest, cosign_by_proof, cosign_request
from tawteen.record.errors import FaultError, RecordError
from tawteen.record.keys import LOG_KEY, new_key

ENTRIES = keyed_entries(12)
LEAVES = [entry.leaf() for entry in ENTRIES]
FORK = [*ENTRIES[:5], *keyed_entries(12, seed=2)[5:]]
KEYS = [WORKSPACE.verifier]
# The example of C2SP tlog-witness, without its second signature.
PUBLISHED = "\n".join((
    "old 20852014",
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=",
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=",
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=",
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=",
    "",
    "example.com/behind-the-sofa",
    "20852163",
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    "",
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=",
    "",
))  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def asked(desk: Desk, request: CosignRequest | str) -> Path:
    path = desk.folder / "request.txt"
    text = request if isinstance(request, str) else request.text()
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def refused(desk: Desk, request: CosignRequest | str, seen: Checkpoint | None) -> str:
    path = None if seen is None else desk.checkpoint(seen, "seen.txt")
    with pytest.raises(RecordError) as refusal:
        cosign_by_proof(asked(desk, request), path, HOST, time=COSIGNED_AT, keys=KEYS)
    (finding,) = refusal.value.findings
    return finding.code


def test_the_published_request_is_read_and_written() -> None:
    request = CosignRequest.parse(PUBLISHED)
    assert (request.old, len(request.proof), request.checkpoint.size) == (20852014, 4, 20852163)
    assert request.text() == PUBLISHED


@settings(deadline=None)
@given(st.data())
def test_each_request_continues_the_last(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    desk, seen = Desk(tmp_path_factory.mktemp("desk")), None
    old = 0
    for size in sorted(data.draw(st.lists(st.integers(0, 12), max_size=4))):
        request = cosign_request(LEAVES, old, signed(checkpoint_of(ENTRIES, size), PARTNER))
        note = cosign_by_proof(asked(desk, request), seen, HOST, time=COSIGNED_AT, keys=KEYS)
        assert [one.name for one in note.signatures] == [ORIGIN, PARTNER.verifier.name, HOST.verifier.name]
        assert len(note.verified([WORKSPACE.verifier, HOST.verifier])) == 2
        seen, old = desk.checkpoint(note, "seen.txt"), size


def test_another_history_is_refused(desk: Desk) -> None:
    seen = signed(checkpoint_of(ENTRIES, 8), HOST)
    fork = signed(checkpoint_of(FORK))
    assert refused(desk, cosign_request([entry.leaf() for entry in FORK], 8, fork), seen) == "record.not_continued"
    assert refused(desk, cosign_request(LEAVES, 8, fork), seen) == "record.not_continued"
    assert refused(desk, CosignRequest(8, (), fork), seen) == "record.not_continued"


def test_a_roll_back_and_a_fork_of_the_same_size_are_refused(desk: Desk) -> None:
    seen = signed(checkpoint_of(ENTRIES, 8), HOST)
    older = CosignRequest(6, (), signed(checkpoint_of(ENTRIES, 6)))
    assert refused(desk, older, seen) == "record.request_size"
    assert refused(desk, replace(older, old=8), seen) == "record.not_continued"
    assert refused(desk, CosignRequest(8, (), signed(checkpoint_of(FORK, 8))), seen) == "record.not_continued"


def test_a_request_that_leaves_out_what_was_seen_is_refused(desk: Desk) -> None:
    seen = signed(checkpoint_of(ENTRIES, 8), HOST)
    assert refused(desk, cosign_request(LEAVES, 0, signed(checkpoint_of(FORK))), seen) == "record.request_size"
    assert refused(desk, cosign_request(LEAVES, 4, signed(checkpoint_of(ENTRIES))), seen) == "record.request_size"


def test_only_the_workspace_asks_and_only_own_signatures_count_as_seen(desk: Desk) -> None:
    checkpoint = checkpoint_of(ENTRIES)
    false = signed(checkpoint, log=new_key(ORIGIN, LOG_KEY))
    assert refused(desk, cosign_request(LEAVES, 0, false), None) == "record.not_by_workspace"
    request = cosign_request(LEAVES, 8, signed(checkpoint))
    assert refused(desk, request, signed(checkpoint_of(ENTRIES, 8), PARTNER)) == "record.seen_by_others"
    other = replace(checkpoint_of(ENTRIES, 8), origin="other.example/record").cosigned(HOST, COSIGNED_AT)
    assert refused(desk, request, other) == "record.seen_by_others"


def test_a_party_goes_on_with_its_next_key(desk: Desk) -> None:
    seen = desk.checkpoint(signed(checkpoint_of(ENTRIES, 8), HOST), "seen.txt")
    path = asked(desk, cosign_request(LEAVES, 8, signed(checkpoint_of(ENTRIES))))
    note = cosign_by_proof(path, seen, HOST_LATER, time=COSIGNED_AT, keys=[*KEYS, HOST.verifier])
    assert note.verified([HOST_LATER.verifier])
    with pytest.raises(RecordError):
        cosign_by_proof(path, seen, HOST_LATER, time=COSIGNED_AT, keys=KEYS)
    with pytest.raises(RecordError):
        cosign_by_proof(path, None, WORKSPACE, time=COSIGNED_AT, keys=KEYS)


@pytest.mark.parametrize(
    "text",
    ["", "old 1", "old x\n\n" + PUBLISHED.partition("\n\n")[2], "old 01\n\n" + PUBLISHED.partition("\n\n")[2],
     PUBLISHED.replace("PlRN", "Pl N"), PUBLISHED.replace("PlRN", ""), "new" + PUBLISHED,
     "old 1" + "\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=" * 64 + "\n\n" + PUBLISHED.partition("\n\n")[2]],
)  # fmt: skip
def test_what_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(FaultError, match=r"record\.no_request"):
        CosignRequest.parse(text)


def test_a_request_is_small_whatever_the_record() -> None:
    checkpoint = signed(Checkpoint(ORIGIN, 10**15, b"r" * 32), HOST, PARTNER)
    assert len(CosignRequest(1, (b"p" * 32,) * 50, checkpoint).text().encode()) < 3_000
