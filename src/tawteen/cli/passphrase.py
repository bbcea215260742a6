"""The passphrase of a key: typed, or read from a file."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from tawteen.cli.console import Console
from tawteen.runs.usage_error import UsageError


def read_passphrase(console: Console, file: Path | None, *, confirm: bool = False) -> str:
    """The first line of a file, else what is typed without being shown; with `confirm` twice.

    Raises UsageError where neither a file nor a keyboard is there, and RecordError where the file cannot be read.
    """
    from tawteen.record.text_file import read_note_file

    if file is not None:
        return read_note_file(file).split("\n")[0]
    if console.machine or not sys.stdin.isatty():
        raise UsageError("cli.no_passphrase")
    say = console.words.say
    second_prompt = say("cli.passphrase_again") if confirm else False
    return str(typer.prompt(say("cli.passphrase"), hide_input=True, confirmation_prompt=second_prompt, err=True))
