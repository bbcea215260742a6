"""TOML that somebody wrote is measured before it is parsed, whatever it is for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tawteen.appraise.study_file import read_study
from tawteen.case.findings import CaseError
from tawteen.case.mapping.mapping_file import read_mapping
from tawteen.case.size_limits import SIZE_LIMITS
from tawteen.case.toml_file import read_toml_file, toml_values
from tawteen.plan.params import read_params
from tawteen.words import LANGS, Words

READERS: list[Callable[[Path], object]] = [read_toml_file, read_study, read_params, read_mapping]
DEEP, DIGITS = SIZE_LIMITS.nesting, SIZE_LIMITS.digits


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"a = 1\nx = " + b"[" * 3000 + b"]" * 3000, "settings.nested", 2),
        (b"x" + b".x" * 5000 + b" = 1", "settings.nested", 1),
        (b"[x" + b".x" * 5000 + b"]\ny = 1", "settings.nested", 1),
        (b"x = " + b"9" * 6000, "settings.digits", 1),
        (b"x = 0x" + b"f" * 6000, "settings.digits", 1),
        (b"x = 1\nx = 2", "settings.again", 2),
        (b"x = 1\x00", "settings.syntax", 1),
        (b"a = 1\nx = ", "settings.syntax", 2),
        (b"x = 2027-02-30", "settings.syntax", 1),
        (b'x = "\xff\xfe"', "settings.not_text", None),
    ],
    ids=range(10),
)
def test_one_finding_names_the_line(
    tmp_path: Path, read: Callable[[Path], object], content: bytes, code: str, row: int | None
) -> None:
    path = tmp_path / "some.toml"
    path.write_bytes(content)
    with pytest.raises(CaseError) as refused:
        read(path)
    (finding,) = refused.value.findings
    assert (finding.code, finding.file, finding.row) == (code, "some.toml", row)
    for lang in LANGS:
        sentence = Words(lang).say(finding.code, {**finding.args, "file": finding.file, "row": row, "value": "x"})
        assert "{" not in sentence


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
def test_a_file_that_is_missing_or_a_folder(tmp_path: Path, read: Callable[[Path], object]) -> None:
    for path, code in ((tmp_path / "none.toml", "file.missing"), (tmp_path, "file.unreadable")):
        with pytest.raises(CaseError) as refused:
            read(path)
        assert [finding.code for finding in refused.value.findings] == [code]


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
def test_a_file_without_end_is_measured_and_not_read(tmp_path: Path, read: Callable[[Path], object]) -> None:
    path = tmp_path / "long.toml"
    with path.open("wb") as file:
        file.truncate(10**12)  # a hole: it takes no room on the disk
    with pytest.raises(CaseError) as refused:
        read(path)
    (finding,) = refused.value.findings
    assert (finding.code, finding.args) == ("file.too_long", {"size": "1e+06", "most": "1"})


def test_what_is_just_within_is_read(tmp_path: Path) -> None:
    path = tmp_path / "some.toml"
    dotted = ".".join("a" * DEEP)
    lists = "[" * DEEP + "]" * DEEP
    path.write_text(f"\ufeff{dotted} = 1\r\nb = {'9' * DIGITS}\r\nc = {lists} # {'[' * 99}\r\nd = '{'[' * 99}'")
    values, text = read_toml_file(path)
    assert values["b"] == int("9" * DIGITS)
    assert values["d"] == "[" * 99
    assert text.count("\n") == 3
    assert "\r" not in text


@pytest.mark.parametrize(
    "part",
    ["a", "a.", "a .", "a- ", '"', "'", '\\"', '"\\', "[", "]", "{", "#", "9", "_", '""', "\n", '"""', "\\", " "],
)
def test_a_megabyte_on_one_line_is_refused_once(part: str) -> None:
    text = 'x = "' + part * (900_000 // len(part))
    for whole in (text, text.replace('"', "", 1)):
        with pytest.raises(CaseError) as refused:
            toml_values(whole, "some.toml")
        assert len(refused.value.findings) == 1


def test_nesting_cannot_hide_behind_a_text(tmp_path: Path) -> None:
    deep = "[" * 3000 + "]" * 3000
    for text in (
        f'x = ["""\n""", {deep}]',
        f"x = ['''\n''', {deep}]",
        f'x = ["""a""""", {deep}]',
        f'x = ["\\"", {deep}]',
    ):
        with pytest.raises(CaseError) as refused:
            toml_values(text, "some.toml")
        (finding,) = refused.value.findings
        assert (finding.code, finding.row) == ("settings.nested", text.count("\n") + 1)
    text = f'x = """\n{deep} it\'s \\""" """\ny = \'\'\'{deep}"\'\'\' # {deep}'
    assert set(toml_values(text, "some.toml")) == {"x", "y"}
