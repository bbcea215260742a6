"""Any terminal: its encoding, control characters in what a case says, Arabic beside Latin."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console as RichConsole
from tests.cli.conftest import Ask

from tawteen.cli.console import Console
from tawteen.cli.entry import run
from tawteen.cli.terminal_text import TerminalWords, isolated, knows_isolates, printable

PROGRAM = [sys.executable, "-m", "tawteen"]
Said = Callable[..., tuple[int, bytes, bytes]]


def said(case: Path, encoding: str, *args: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONUTF8", "LC_ALL", "LANG")}
    given = {**kept, **({"PYTHONIOENCODING": encoding} if encoding else {}), **env}
    return subprocess.run([*PROGRAM, "diagnose", str(case), *args], capture_output=True, check=False, env=given)


@pytest.fixture
def said_here(monkeypatch: pytest.MonkeyPatch) -> Said:
    """The same command in this process, on streams of the encoding as Python opens them: code, output, errors."""
    for name in ("PYTHONUTF8", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def diagnosed(case: Path, encoding: str, *args: str) -> tuple[int, bytes, bytes]:
        streams = {name: io.BytesIO() for name in ("stdout", "stderr")}
        with pytest.MonkeyPatch.context() as patched:
            for name, errors in (("stdout", "strict"), ("stderr", "backslashreplace")):
                patched.setattr(sys, name, io.TextIOWrapper(streams[name], encoding, errors, write_through=True))
            code = run(["diagnose", str(case), *args])
            sys.stdout.flush()
            return code, streams["stdout"].getvalue(), streams["stderr"].getvalue()

    return diagnosed


@pytest.mark.parametrize("encoding", ["ascii", "cp1256", "latin-1", "utf-8"])
def test_every_encoding_is_written_without_a_fault(folder: Path, said_here: Said, encoding: str) -> None:
    texts = {}
    for lang in ("en", "ar"):
        code, out, err = said_here(folder, encoding, "--lang", lang)
        assert code == 0, err
        texts[lang] = out.decode(encoding)
        assert "%" in texts[lang]
        assert "?" not in texts[lang]
    assert (texts["ar"] == texts["en"]) == (encoding in ("ascii", "latin-1"))


def test_a_process_takes_the_encoding_it_is_given(folder: Path, said_here: Said) -> None:
    told = said(folder, "cp1256", "--lang", "ar")
    assert told.returncode == 0, told.stderr
    assert told.stdout.replace(b"\r\n", b"\n") == said_here(folder, "cp1256", "--lang", "ar")[1]


def test_a_locale_of_plain_letters_is_no_fault(folder: Path) -> None:
    told = said(folder, "", "--lang", "ar", LANG="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    assert told.returncode == 0, told.stderr
    assert b"?" not in told.stdout


def test_a_fault_is_told_in_letters_that_the_terminal_has(folder: Path, said_here: Said) -> None:
    code, out, err = said_here(folder / "no", "ascii", "--lang", "ar")
    assert code == 2
    assert b"???" not in out + err
    assert (out + err).strip()


def test_json_is_whole_in_every_encoding(folder: Path, said_here: Said) -> None:
    ascii_, utf8 = (json.loads(said_here(folder, e, "--json", "--lang", "ar")[1]) for e in ("ascii", "utf-8"))
    assert ascii_ == utf8


def test_control_characters_of_a_case_never_reach_the_terminal(ask: Ask, folder: Path) -> None:
    path = folder / "sites.csv"
    sites = pl.read_csv(path, infer_schema=False)
    evil = "\x1b]0;owned\x07\x1b[2J\u202emill"
    sites.with_columns(name_en=pl.lit(evil), name_ar=pl.lit(evil)).write_csv(path)
    for args in (("diagnose", folder), ("check", folder), ("check", f"{folder}\x1b[2J"), ("appraise", folder),
                 ("\x1b[2J",), ("check", folder, "--\x1b[2J")):  # fmt: skip
        told = ask(*args)
        assert not {*"\x1b\x07\u202e"} & {*told.all}, args
    assert "[2J" in ask("check", f"{folder}\x1b[2J").all


def test_marks_are_visible_and_lines_stay() -> None:
    assert printable("a\x1b[2Jb\n\tc\x00") == "a\u241b[2Jb\n\tc\u2400"
    assert printable("مصنع 5") == "مصنع 5"


class Terminal(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]

    def isatty(self) -> bool:
        return True


def test_isolates_only_where_a_terminal_knows_them() -> None:
    assert knows_isolates(Terminal(), {"TERM": "xterm-256color"})
    assert not knows_isolates(Terminal(), {"TERM": "linux"})
    assert not knows_isolates(io.StringIO(), {})


def test_an_arabic_sentence_isolates_what_reads_from_the_left() -> None:
    assert isolated("2028-Q1") == "\u20682028-Q1\u2069"
    assert isolated("مطحنة") == "مطحنة"
    assert isolated(isolated("a")) == isolated("a")
    words = TerminalWords("ar", isolates=True)
    assert "\u2068out/a\u2069" in words.say("cli.open", {"path": "out/a"})
    assert "\u2068" not in TerminalWords("ar").say("cli.open", {"path": "out/a"})
    assert "\u2068" not in TerminalWords("en", isolates=True).say("cli.open", {"path": "out/a"})


def test_an_arabic_table_begins_on_the_right() -> None:
    out = RichConsole(file=Terminal(), width=100, force_terminal=False)
    words = TerminalWords("ar", isolates=True)
    console = Console(words, False, out, out)
    columns = ["cli.figure", "cli.before", "cli.after", "cli.difference"]
    out.print(console.rows("cli.figures", columns, [["القيمة", "10", "7", "-3"]], 3))
    lines = out.file.getvalue().splitlines()  # type: ignore[attr-defined]
    heads = next(line for line in lines if words.say("cli.before") in line)
    cells = next(line for line in lines if "-3" in line)
    order = [heads.index(words.say(column)) for column in columns]
    assert order == sorted(order, reverse=True)
    assert cells.index("-3") < cells.index("7") < cells.index("10") < cells.index("القيمة")
    assert "\u2068-3\u2069" in cells
