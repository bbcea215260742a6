"""A TOML file that somebody wrote: measured before it is parsed, and whatever is wrong with it is one finding."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from tawteen.case.findings import CaseError, Finding
from tawteen.case.size_limits import SIZE_LIMITS, read_within, too_long, unreadable

# Possessive and begun at words only: each takes time in proportion to the text, whatever it holds.
_TEXTS = re.compile(
    r'''"""(?:[^"\\]|\\.|"{1,2}(?!"))*+(?:"""|\Z)'''
    r"""|'''(?:[^']|'{1,2}(?!'))*+(?:'''|\Z)"""
    r"""|"(?:\\[^\n]|[^"\\\n])*+"?|'[^'\n]*+'?|#[^\n]*""",
    re.DOTALL,
)
_DOTTED = re.compile(rf"(?<![\w-])(?:[\w-]++\s*+\.\s*+){{{SIZE_LIMITS.nesting},}}")
_DIGITS = re.compile(rf"[\d_]{{{SIZE_LIMITS.digits + 1}}}|\b0[xob][\da-fA-F_]{{{SIZE_LIMITS.digits + 1}}}")


def read_toml_file(path: Path, most: int = SIZE_LIMITS.settings_bytes) -> tuple[dict[str, Any], str]:
    """The values of a TOML file in UTF-8 of at most `most` bytes, and its text.

    Raises CaseError with one finding where it cannot be read, is no UTF-8, or as `toml_values` does.
    """
    try:
        text = read_within(path, most).decode("utf-8-sig")
    except OSError as error:
        raise CaseError([unreadable(path, error)]) from error
    except UnicodeDecodeError as error:
        raise CaseError([Finding("error", "settings.not_text", file=path.name)]) from error
    text = text.replace("\r\n", "\n")
    return toml_values(text, path.name, most), text


def toml_values(text: str, file: str, most: int = SIZE_LIMITS.settings_bytes) -> dict[str, Any]:
    """The values of a TOML text with bare line feeds.

    Raises CaseError with one finding where the text has more than `most` characters, nests too deeply, holds a number
    of too many digits, or is no TOML.
    """
    refused = _refused(text, file, most)
    if refused is not None:
        raise CaseError([refused])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CaseError([_syntax(text, file, str(error))]) from error


def _refused(text: str, file: str, most: int) -> Finding | None:
    """The finding about length, nesting or numbers that nobody needs and no parser should be asked to take."""
    if len(text) > most:
        return too_long(file, len(text), most)
    bare = _TEXTS.sub(lambda text: "\n" * text[0].count("\n"), text)
    nested = {"most": SIZE_LIMITS.nesting}
    depth, row = 0, 1
    for bracket in re.finditer(r"[\[{]|[\]}]|\n", bare):
        match bracket[0]:
            case "\n":
                row += 1
            case "[" | "{":
                depth += 1
            case _:
                depth -= 1
        if depth > SIZE_LIMITS.nesting:
            return Finding("error", "settings.nested", None, file, row, args=nested)
    for row, line in enumerate(bare.split("\n"), 1):
        if _DOTTED.search(line):
            return Finding("error", "settings.nested", None, file, row, args=nested)
        if _DIGITS.search(line):
            return Finding("error", "settings.digits", None, file, row, args={"most": SIZE_LIMITS.digits})
    return None


def _syntax(text: str, file: str, parser_message: str) -> Finding:
    """The finding about the line that is no TOML; a key or section that stands twice has a code of its own."""
    line = re.search(r"line (\d+)", parser_message)
    row = int(line[1]) if line else text.count("\n") + 1
    lines = text.split("\n")
    code = (
        "settings.again"
        if re.search(r"overwrite|twice|[Cc]annot declare|immutable", parser_message)
        else "settings.syntax"
    )
    return Finding("error", code, None, file, row, value=lines[row - 1].strip() if row <= len(lines) else "")
