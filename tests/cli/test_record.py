"""verify-record, cosign and new-key, as a person or a machine asks them."""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Ask
from tests.record.records import HOST, PARTNER, WORKSPACE, Desk, checkpoint_of, keyed_entries, signed
from tests.record.test_verification import HOSTILE, TAMPERED

from tawteen.record.cosign_request import cosign_request
from tawteen.record.keys import VerifierKey, write_key

ENTRIES = keyed_entries(12)
PASSPHRASE = "seven palms by the sea"
ARABIC = re.compile(r"[\u0600-\u06ff]")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "words.txt").write_text(PASSPHRASE + "\n", encoding="utf-8")
    keys = "".join(f"{key.verifier}\n" for key in (WORKSPACE, HOST, PARTNER))
    (tmp_path / "keys.txt").write_text(keys, encoding="utf-8")
    return Desk(tmp_path)


def test_a_whole_record(ask: Ask, desk: Desk) -> None:
    told = ask("verify-record", desk.record(ENTRIES), *desk.kept(ENTRIES, 5, 9), "--keys", desk.folder / "keys.txt")
    assert told.code == 0
    assert "The record is whole" in told.out
    assert "All parties have cosigned up to entry 9." in told.out
    assert "3 entries are not cosigned yet" in told.out
    assert "2027-01-15T08:00:00Z" in told.out


def test_the_answer_for_machines(ask: Ask, desk: Desk) -> None:
    copy = desk.record(ENTRIES[:8], "copy.jsonl")
    kept = desk.kept(ENTRIES, 5, 9)
    data = ask("verify-record", desk.record(ENTRIES), *kept, copy, "--json").json
    stated = {"command": "verify-record", "exit": 0, "whole": True, "size": 12, "withheld": 0, "cosigned": 9}
    assert {key: data[key] for key in stated} == stated
    assert data["first_difference"] is None
    assert data["root"] == checkpoint_of(ENTRIES).root.hex()
    assert {(one["holder"], one["size"], one["file"]) for one in data["signatures"]} == {
        (holder, size, f"kept-{size}.txt") for holder in ("workspace", "host", "partner") for size in (5, 9)
    }
    assert {one["time"] for one in data["signatures"]} == {None, "2027-01-15T08:00:00Z"}


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("way", TAMPERED)
def test_a_record_that_was_tampered_with(ask: Ask, desk: Desk, way: str, lang: str) -> None:
    record, kept = desk.record(TAMPERED[way](ENTRIES)), desk.kept(ENTRIES, 9)
    told = ask("verify-record", record, *kept, "--lang", lang)
    assert told.code == 1
    assert "kept-9.txt" in told.out
    assert "mission.example/partner" in told.out
    assert bool(ARABIC.search(told.out)) == (lang == "ar")
    data = ask("verify-record", record, *kept, desk.record(ENTRIES, "copy.jsonl"), "--json").json
    assert (data["whole"], data["exit"], data["first_difference"]) == (False, 1, [7, 7])


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_records_have_one_message(ask: Ask, desk: Desk, name: str, lang: str) -> None:
    content, code, row = HOSTILE[name]
    path = desk.folder / "record.jsonl"
    path.write_bytes(content)
    data = ask("verify-record", path, "--keys", desk.folder / "keys.txt", "--json", "--lang", lang).json
    errors = [finding for finding in data["findings"] if finding["severity"] == "error"]
    assert [(one["code"], one["file"], one["row"]) for one in errors] == [(code, "record.jsonl", row)]
    assert "{" not in errors[0]["message"]
    assert bool(ARABIC.search(errors[0]["message"])) == (lang == "ar")


def test_files_that_do_not_exist_are_wrong_use(ask: Ask, desk: Desk) -> None:
    record = desk.record(ENTRIES)
    for args, code in (
        (["nowhere.jsonl"], "cli.no_file"),
        ([record, "nowhere.txt"], "cli.no_file"),
        ([desk.folder], "cli.folder_not_file"),
        ([record, "--keys", "nowhere.txt"], "cli.no_file"),
        ([record, "--keys", record], "record.no_verifier_key"),
        ([], "cli.missing"),
    ):
        told = ask("verify-record", *args, "--json")
        assert (told.code, [finding["code"] for finding in told.found()]) == (2, [code])


def cosign(ask: Ask, desk: Desk, *more: object) -> Any:
    folder = desk.folder
    files = ["--checkpoint", folder / "c.txt", "--key", folder / "host.key", "--seen", folder / "seen.txt"]
    return ask("cosign", folder / "record.jsonl", *files, "--passphrase-file", folder / "words.txt", "--json", *more)


def test_a_party_cosigns_one_checkpoint_after_the_other(ask: Ask, desk: Desk) -> None:
    write_key(desk.folder / "host.key", HOST, PASSPHRASE)
    for size, more in ((6, ["--first"]), (9, []), (9, [])):
        desk.record(ENTRIES[:size])
        path = desk.checkpoint(signed(checkpoint_of(ENTRIES, size), PARTNER), "c.txt")
        told = cosign(ask, desk, *more)
        assert (told.code, told.json["size"], told.json["name"]) == (0, size, "mission.example/host")
        assert path.read_text(encoding="utf-8") == (desk.folder / "seen.txt").read_text(encoding="utf-8")
        verified = ask(
            "verify-record", desk.folder / "record.jsonl", path, "--keys", desk.folder / "keys.txt", "--json"
        )
        assert (verified.code, verified.json["cosigned"]) == (0, size)


def test_what_is_refused_leaves_both_files_as_they_were(ask: Ask, desk: Desk) -> None:
    write_key(desk.folder / "host.key", HOST, PASSPHRASE)
    fork = [*ENTRIES[:5], *keyed_entries(12, seed=2)[5:]]
    seen = desk.checkpoint(signed(checkpoint_of(ENTRIES, 8), HOST), "seen.txt")
    path = desk.checkpoint(signed(checkpoint_of(fork)), "c.txt")
    before = seen.read_bytes(), path.read_bytes()
    desk.record(fork)
    told = cosign(ask, desk)
    assert (told.code, [finding["code"] for finding in told.found()]) == (1, ["record.differs"])
    assert (seen.read_bytes(), path.read_bytes()) == before
    (desk.folder / "words.txt").write_text("some other words\n", encoding="utf-8")
    assert [finding["code"] for finding in cosign(ask, desk).found()] == ["record.passphrase_wrong"]
    assert (seen.read_bytes(), path.read_bytes()) == before


def test_a_party_cosigns_by_a_proof(ask: Ask, desk: Desk) -> None:
    write_key(desk.folder / "host.key", HOST, PASSPHRASE)
    seen = desk.checkpoint(signed(checkpoint_of(ENTRIES, 8), HOST), "seen.txt")
    leaves = [entry.leaf() for entry in ENTRIES]
    fork = [entry.leaf() for entry in keyed_entries(12, seed=2)]
    path = desk.folder / "record.jsonl"
    for more, hashes, code in (
        ([], leaves, (2, ["cli.request_keys"])),
        (["--keys", desk.folder / "keys.txt"], fork, (1, ["record.not_continued"])),
        (["--keys", desk.folder / "keys.txt"], leaves, (0, [])),
    ):
        path.write_text(
            cosign_request(hashes, 8, signed(checkpoint_of(ENTRIES))).text(), encoding="utf-8", newline="\n"
        )
        told = cosign(ask, desk, *more)
        assert (told.code, [finding["code"] for finding in told.found()]) == code
        assert (desk.folder / "c.txt").exists() == (told.code == 0)
    assert seen.read_bytes() == (desk.folder / "c.txt").read_bytes()
    verified = ask("verify-record", desk.record(ENTRIES), desk.folder / "c.txt", seen, "--json")
    assert (verified.code, {one["name"] for one in verified.json["signatures"] if one["size"] == 12}) == (
        0, {"mission.example/record", "mission.example/host"},
    )  # fmt: skip


def test_the_first_cosignature_is_said_to_be_the_first(ask: Ask, desk: Desk) -> None:
    """A mistyped name would lose what the party has seen."""
    write_key(desk.folder / "host.key", HOST, PASSPHRASE)
    desk.record(ENTRIES)
    desk.checkpoint(signed(checkpoint_of(ENTRIES)), "c.txt")
    assert (told := cosign(ask, desk)).code == 2
    assert [finding["code"] for finding in told.found()] == ["cli.seen_missing"]
    assert cosign(ask, desk, "--first").code == 0
    assert (told := cosign(ask, desk, "--first")).code == 2
    assert [finding["code"] for finding in told.found()] == ["cli.seen_exists"]


def test_a_key_is_made(ask: Ask, desk: Desk) -> None:
    path, words = desk.folder / "new.key", desk.folder / "words.txt"
    told = ask("new-key", "mission.example/host", "--out", path, "--passphrase-file", words)
    assert told.code == 0
    text = next(line for line in told.out.splitlines() if line.startswith("mission.example/host+"))
    assert VerifierKey.parse(text).name == "mission.example/host"
    assert path.read_text(encoding="utf-8").startswith(text)
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = ask("new-key", "mission.example/host", "--out", path, "--passphrase-file", words, "--json")
    assert [finding["code"] for finding in again.found()] == ["cli.exists"]


@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("two words", PASSPHRASE, "record.key_name"),
        ("a", "short", "record.passphrase_short"),
        ("a", None, "cli.no_passphrase"),
    ],
)
def test_a_key_that_cannot_be_made(ask: Ask, desk: Desk, name: str, words: str | None, code: str) -> None:
    more: list[object] = []
    if words is not None:
        (desk.folder / "words.txt").write_text(words, encoding="utf-8")
        more = ["--passphrase-file", desk.folder / "words.txt"]
    told = ask("new-key", name, "--out", desk.folder / "new.key", *more, "--json")
    assert (told.code, [finding["code"] for finding in told.found()]) == (2, [code])
    assert not (desk.folder / "new.key").exists()
