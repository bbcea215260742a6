"""Help, languages and the ways of asking wrongly."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Ask

from tawteen import __version__
from tawteen.cli.app import COMMANDS
from tawteen.cli.console import asked_language

ARABIC = re.compile(r"[\u0600-\u06ff]")


@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(ask: Ask, command: str, lang: str) -> None:
    told = ask(command, "--help", "--lang", lang)
    assert told.code == 0
    assert f"tawteen {command}" in told.out
    assert ("Examples:" if lang == "en" else "أمثلة:") in told.out
    assert "--json" in told.out
    assert bool(ARABIC.search(told.out)) == (lang == "ar")
    assert "cli." not in told.out


def test_help_names_every_command(ask: Ask) -> None:
    told = ask("--help")
    assert told.code == 0
    assert all(command in told.out for command in COMMANDS)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_in_arabic_has_no_english_words(ask: Ask, command: str) -> None:
    told = ask(*([command] if command else []), "-h", "--lang", "ar").out
    usage = told.splitlines()[0]
    assert re.findall(r"[A-Za-z]+(?:-[a-z]+)*", usage) == ["tawteen", *([command] if command else [])]
    english = {"Usage", "Options", "Arguments", "Commands", "required", "default", "COMMAND", "ARGS", "path", "bool"}
    assert not english & {*re.findall(r"[A-Za-z]+", told)}
    marks = [line for line in told.splitlines() if re.match(r"\s+(?:-\w, )?--[a-z-]+ [A-Z]", line)]
    assert not marks, "a value that is named in English: give cli.metavar.NAME a word"


@pytest.mark.parametrize(
    ("args", "guess"),
    [
        (["paln"], "plan"),
        (["explian"], "explain"),
        (["plan", "x", "--time-limt", "3"], "--time-limit"),
        (["plan", "x", "--tim", "3"], "--time-limit"),
    ],
)
def test_a_slip_is_answered_with_the_nearest(ask: Ask, args: list[str], guess: str) -> None:
    for lang in ("en", "ar"):
        told = ask(*args, "--lang", lang)
        assert told.code == 2
        assert guess in told.err


def test_completion_knows_commands_and_options() -> None:
    def completed(words: str) -> list[str]:
        env = {"_TAWTEEN_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
        return tawteen(**env).stdout.split()

    assert completed("tawteen pl") == ["plan"]
    assert "--time-limit" in completed("tawteen plan --t")


def test_nothing_asked_shows_help(ask: Ask) -> None:
    told = ask()
    assert told.code == 2
    assert "Usage: tawteen" in told.out


def test_version(ask: Ask) -> None:
    told = ask("--version")
    assert (told.code, told.out.strip()) == (0, __version__)


@pytest.mark.parametrize(
    ("args", "env", "lang"),
    [
        ([], {}, "en"),
        ([], {"LANG": "ar_LY.UTF-8"}, "ar"),
        ([], {"LANG": "ar_LY.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ([], {"LANG": "fr_FR.UTF-8"}, "en"),
        (["--lang", "en"], {"LANG": "ar_LY.UTF-8"}, "en"),
        (["check", "x", "--lang=ar"], {}, "ar"),
        (["--lang"], {"LC_MESSAGES": "ar"}, "ar"),
    ],
)
def test_language_asked_for(args: list[str], env: dict[str, str], lang: str) -> None:
    assert asked_language(args, env) == lang


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["paln", "x"], "cli.no_command_like"),
        (["xyzzy", "x"], "cli.no_command"),
        (["check"], "cli.missing"),
        (["check", "a", "b"], "cli.too_many"),
        (["check", "a", "--colour"], "cli.no_option"),
        (["check", "a", "--lang", "fr"], "cli.value.choice"),
        (["plan", "a"], "cli.missing"),
        (["plan", "a", "--json=3"], "cli.takes_no_value"),
        (["robust", "a", "--seed", "abc"], "cli.value.whole"),
        (["plan", "a", "--out"], "cli.needs_value"),
        (["plan", "a", "--out", "b", "--time-limit", "soon"], "cli.value.number"),
        (["plan", "a", "--out", "b", "--time-limit", "-1"], "cli.value.bound"),
        (["generate", "a", "--sites", "0"], "cli.value.bound"),
        (["check", "nowhere"], "cli.no_case"),
        (["verify", "nowhere"], "cli.no_programme"),
        (["report", "nowhere"], "cli.no_programme"),
        (["explain", "nowhere", "mill"], "cli.no_programme"),
        (["compare", "nowhere", "nowhere"], "cli.no_programme"),
        (["template", "case.docx"], "cli.not_xlsx"),
    ],
)
def test_wrong_use(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], code: str) -> None:
    monkeypatch.chdir(tmp_path)
    told = ask(*args, "--json") if args[-1] != "--out" else ask("--json", *args)
    assert told.code == 2
    assert [finding["code"] for finding in told.found()] == [code]
    assert told.err == ""
    arabic = ask("--lang", "ar", *args) if "--lang" not in args else None
    if arabic is not None:
        assert arabic.code == 2
        assert ARABIC.search(arabic.err)
        assert not re.search(r"[a-z]{3,} (be|is|not|valid|argument|than) ", arabic.err), "a sentence that is not Arabic"
        assert arabic.out == ""
    assert not list(tmp_path.iterdir())


def test_a_fault_of_ours_is_one_sentence(ask: Ask, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    def broken(_path: Path) -> None:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr("tawteen.case.read.read_case_with_findings", broken)
    told = ask("check", folder)
    assert told.code == 70
    assert "ZeroDivisionError" in told.err
    assert "TAWTEEN_DEBUG" in told.err


def test_a_fault_shows_where_on_request(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tawteen.cli.entry import run

    monkeypatch.setattr("tawteen.case.read.read_case_with_findings", lambda _path: 1 / 0)
    monkeypatch.setenv("TAWTEEN_DEBUG", "1")
    assert run(["check", str(folder)]) == 70
    assert "Traceback" in capsys.readouterr().err


def tawteen(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from tawteen.cli import main; main()", *args],
        capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
        env={**os.environ, "PYTHONUTF8": "1", **env},
    )  # fmt: skip


def test_help_loads_no_room() -> None:
    told = tawteen("--help", LC_ALL="ar_LY.UTF-8")
    assert told.returncode == 0
    assert "توطين" in told.stdout
    slow = "{'polars', 'numpy', 'highspy'}"
    probe = f"import sys; from tawteen.cli.entry import run; run(['--help']); print(sorted(set(sys.modules) & {slow}))"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, encoding="utf-8", check=True)
    assert loaded.stdout.rstrip().endswith("[]")


def test_a_real_process_says_what_is_wrong() -> None:
    told = tawteen("check", "nowhere", LC_ALL="C.UTF-8")
    assert told.returncode == 2
    assert told.stdout == ""
    assert "nowhere" in told.stderr
