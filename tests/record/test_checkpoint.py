"""Checkpoints and keys against published examples, and against every byte that is changed."""

from __future__ import annotations

import base64
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from tawteen.record.checkpoint import Checkpoint, read_checkpoint
from tawteen.record.errors import FaultError, RecordError
from tawteen.record.keys import (
    COSIGNER_KEY,
    LOG_KEY,
    VerifierKey,
    new_key,
    read_key,
    read_verifier_keys,
    write_key,
)
from tawteen.record.limits import RECORD_LIMITS

# The example of the documentation of golang.org/x/mod/sumdb/note, and the key and note of C2SP signed-note.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
NEUMANN_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NEUMANN_SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_SIGNATURE = "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="
# A witness of the public network; its key is of the kind of cosigners.
REMORA = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
# A checkpoint of a public log with the cosignature of a public witness.
NAVIGLI = "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G"
WITNESSED = "\n".join((
    "coachandhorses2026h1.staging.certificate.transparency.goog",
    "185550722",
    "YXAM0VmnrfvLaBCOOYSJhCaE5F10oGBOo+hkbDa1kng=",
    "",
    "— witness.navigli.sunlight.geomys.org "
    "o+AP4gAAAABqb7DzNrGFRJnQ9vrJ8xpnwZytnr/ZYczDIsvwvouiSjwOjn7a72ccxBk+lKnZ7dKqkYKER1s/KxLTaVwQD7lJZTC/CQ==",
    "",
))  # fmt: skip
# The checkpoint that C2SP tlog-cosignature shows; its keys are not published.
SHOWN = "\n".join((
    "example.com/behind-the-sofa",
    "20852163",
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    "",
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=",
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==",
    "",
))  # fmt: skip

WORKSPACE = new_key("mission.example/record", LOG_KEY, seed=b"w" * 32)
HOST = new_key("mission.example/host", COSIGNER_KEY, seed=b"h" * 32)
PARTNER = new_key("mission.example/partner", COSIGNER_KEY, seed=b"p" * 32)
KEYS = [key.verifier for key in (WORKSPACE, HOST, PARTNER)]
PASSPHRASE = "seven palms by the sea"


def checkpoint() -> Checkpoint:
    made = Checkpoint("mission.example/record", 7, b"r" * 32).signed(WORKSPACE)
    return made.cosigned(HOST, 1_700_000_000).cosigned(PARTNER, 1_700_000_060)


@pytest.mark.parametrize("text", [NEUMANN, FOO, REMORA])
def test_published_verifier_keys_are_read_and_written(text: str) -> None:
    assert str(VerifierKey.parse(text)) == text


def test_published_signatures_hold() -> None:
    key = new_key("PeterNeumann", LOG_KEY, seed=NEUMANN_SEED)
    assert str(key.verifier) == NEUMANN
    assert base64.b64encode(key.verifier.key_id + key.sign(NEUMANN_TEXT.encode())).decode() == NEUMANN_SIGNATURE
    signature = base64.b64decode(FOO_SIGNATURE)
    assert VerifierKey.parse(FOO).key_id == signature[:4]
    assert VerifierKey.parse(FOO).signed(signature[4:], b"This is an example message.\n")
    assert not VerifierKey.parse(FOO).signed(signature[4:], b"This is an example message\n")


def test_the_published_checkpoint_is_read_and_written() -> None:
    read = Checkpoint.parse(SHOWN)
    assert (read.origin, read.size, len(read.root)) == ("example.com/behind-the-sofa", 20852163, 32)
    assert [one.name for one in read.signatures] == ["example.com/behind-the-sofa", "witness.example.com/w1"]
    assert int.from_bytes(read.signatures[1].signature[:8], "big") == 1679315147
    assert read.text() == SHOWN
    assert read.verified(KEYS) == []


def test_the_cosignature_of_a_public_witness_holds() -> None:
    key = VerifierKey.parse(NAVIGLI)
    assert Checkpoint.parse(WITNESSED).verified([key]) == [(key, 0x6A6FB0F3)]
    with pytest.raises(FaultError, match=r"record\.bad_signature"):
        Checkpoint.parse(WITNESSED.replace("185550722", "185550723")).verified([key])


def test_the_message_of_a_cosignature_is_that_of_its_specification() -> None:
    made = Checkpoint.parse(SHOWN).cosigned(HOST, 1679315147)
    message = (
        b"cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )
    assert made.signatures[-1].signature == (1679315147).to_bytes(8, "big") + HOST.sign(message)


def test_signatures_hold_after_writing_and_reading() -> None:
    read = Checkpoint.parse(checkpoint().text())
    assert read == checkpoint()
    assert [(one.key.name, one.time) for one in read.verified(KEYS)] == [
        ("mission.example/record", None),
        ("mission.example/host", 1_700_000_000),
        ("mission.example/partner", 1_700_000_060),
    ]
    assert [one.key for one in read.verified([HOST.verifier])] == [HOST.verifier]


def test_cosigning_again_replaces_the_line() -> None:
    again = checkpoint().cosigned(HOST, 1_800_000_000)
    assert len(again.signatures) == 3
    assert {one.key.name: one.time for one in again.verified(KEYS)}["mission.example/host"] == 1_800_000_000


@given(st.data())
def test_no_changed_byte_is_accepted(data: st.DataObject) -> None:
    text = checkpoint().text().encode()
    place = data.draw(st.integers(0, len(text) - 1))
    changed = (
        text[:place] + bytes([data.draw(st.integers(0, 255).filter(lambda b: b != text[place]))]) + text[place + 1 :]
    )
    try:
        read = Checkpoint.parse(changed.decode("utf-8"))
        holding = read.verified(KEYS)
    except (FaultError, UnicodeDecodeError):
        return
    # A changed name or id makes a key unknown: its signature is ignored, the others are those of the same text.
    assert len(holding) == 2
    assert read.body() == checkpoint().body()


def test_keys_sign_for_their_kind_alone() -> None:
    with pytest.raises(ValueError, match="signs no"):
        checkpoint().signed(HOST)
    with pytest.raises(ValueError, match="cosigns no"):
        checkpoint().cosigned(WORKSPACE, 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("\n7\n", "\n07\n"), "record.checkpoint_size"),
        (lambda text: text.replace("\n7\n", "\n-7\n"), "record.checkpoint_size"),
        (lambda text: text.replace("\n7\n", "\n" + "7" * 30 + "\n"), "record.checkpoint_size"),
        (lambda text: text.replace("cnJycnI=\n", "cnJycnJ=\n"), "record.checkpoint_root"),
        (lambda text: text.replace("cnJycnJycnI=\n", "\n"), "record.checkpoint_root"),
        (lambda text: text[:-1], "record.checkpoint_cut"),
        (lambda text: text.replace("— mission.example/host", "- mission.example/host"), "record.signature_line"),
        (lambda text: text + "— a b\n", "record.signature_line"),
        (lambda text: text.partition("\n\n")[0] + "\n", "record.no_checkpoint"),
        (lambda text: text.replace("record\n7", "record\t\n7"), "record.no_checkpoint"),
        (lambda _: "", "record.no_checkpoint"),
        (lambda text: text + text.splitlines(keepends=True)[-1] * RECORD_LIMITS.signatures, "record.signatures"),
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(change: object, code: str) -> None:
    with pytest.raises(FaultError) as refused:
        Checkpoint.parse(change(checkpoint().text()))  # type: ignore[operator]
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text",
    ["", "a", "a+b+c", NEUMANN[:-1], NEUMANN + "=", NEUMANN.replace("c74f20a3", "c74f20a4"), NEUMANN.upper(),
     "Peter Neumann" + NEUMANN[12:], FOO.replace("example.com/foo", "example.com/fop"),
     "pixel6+91c16e30+" + base64.b64encode(b"\x02" + b"k" * 32).decode()],
)  # fmt: skip
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(FaultError):
        VerifierKey.parse(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\n", "a\u00a0b", "n" * 201])
def test_what_cannot_name_a_key_is_refused(name: str) -> None:
    with pytest.raises(FaultError, match=r"record\.key_name"):
        new_key(name, LOG_KEY)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "host.key"
    write_key(path, HOST, PASSPHRASE)
    return path


def test_a_key_file_opens_with_its_passphrase(key_file: Path) -> None:
    assert read_key(key_file, PASSPHRASE).verifier == HOST.verifier
    assert read_key(key_file, PASSPHRASE).sign(b"x") == HOST.sign(b"x")
    assert read_verifier_keys(key_file) == [HOST.verifier]
    with pytest.raises(RecordError) as wrong:
        read_key(key_file, PASSPHRASE + "!")
    assert wrong.value.findings[0].code == "record.passphrase_wrong"


@pytest.mark.skipif(sys.platform == "win32", reason="its files have no such rights")
def test_a_key_file_is_its_owners_alone(key_file: Path) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_other_programs_open_a_key_file(key_file: Path) -> None:
    private = load_pem_private_key(key_file.read_bytes(), PASSPHRASE.encode())
    assert private.sign(b"x") == HOST.sign(b"x")  # type: ignore[union-attr,call-arg]
    if openssl := shutil.which("openssl"):
        command = [openssl, "pkey", "-in", str(key_file), "-passin", f"pass:{PASSPHRASE}", "-pubout", "-outform", "DER"]
        assert subprocess.run(command, capture_output=True, check=True).stdout.endswith(HOST.verifier.public)


def test_a_passphrase_is_the_same_however_its_letters_are_composed(tmp_path: Path) -> None:
    write_key(tmp_path / "k", PARTNER, "cafe\u0301 آخر الشارع")
    assert read_key(tmp_path / "k", "caf\u00e9 آخر الشارع").verifier == PARTNER.verifier


def test_faults_of_key_files_are_named(key_file: Path, tmp_path: Path) -> None:
    text = key_file.read_text(encoding="utf-8")
    other = tmp_path / "other.key"
    for content, code in (
        (text.partition("\n")[2], "record.no_key_file"),
        (str(PARTNER.verifier) + "\n" + text.partition("\n")[2], "record.key_halves"),
        (text.replace("\n", "\r\n"), "record.resaved"),
        ("\ufeff" + text, "record.resaved"),
        (text[:150], "record.passphrase_wrong"),
        ("k" * (RECORD_LIMITS.note_bytes + 1), "file.too_long"),
    ):
        other.write_text(content, encoding="utf-8", newline="")
        with pytest.raises(RecordError) as refused:
            read_key(other, PASSPHRASE)
        assert [finding.code for finding in refused.value.findings] == [code]
        assert refused.value.findings[0].file == "other.key"
    with pytest.raises(FaultError, match=r"record\.passphrase_short"):
        write_key(tmp_path / "short.key", HOST, "short")
    assert not (tmp_path / "short.key").exists()


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError) as missing:
        read_checkpoint(tmp_path / "none")
    assert missing.value.findings[0].code == "file.missing"
    (tmp_path / "c").write_bytes(b"\xff\n")
    with pytest.raises(RecordError) as binary:
        read_checkpoint(tmp_path / "c")
    assert binary.value.findings[0].code == "record.not_utf8"
    (tmp_path / "v").write_text(f"# keys\n\n{HOST.verifier}\nnone\n", encoding="utf-8")
    with pytest.raises(RecordError) as wrong:
        read_verifier_keys(tmp_path / "v")
    assert (wrong.value.findings[0].code, wrong.value.findings[0].row) == ("record.no_verifier_key", 4)
