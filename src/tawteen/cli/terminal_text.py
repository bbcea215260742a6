"""Text as a terminal can show it: no control characters, letters of its encoding, Arabic beside Latin in order."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import IO, Any

from tawteen.words import Lang, Words

FIRST_STRONG, POP, LEFT_MARK = "\u2068", "\u2069", "\u200e"
PLAIN = "tawteen.plain"
"""Name of the error handler that writes a near character where an encoding lacks one."""

# Control characters can move the cursor, change the window or hide text; overrides can turn a number round.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_SIGNIFICANT = re.compile(r"[A-Za-z0-9]")
_NEAR = {
    "“": '"', "”": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "...", "·": "-",
    "→": "->", "≤": "<=", "≥": ">=", "×": "x", "\u00a0": " ", "\u202f": " ", "\u200e": "", "\u200f": "", "\u061c": "",
    "\u2066": "", "\u2067": "", "\u2068": "", "\u2069": "", "\u200c": "", "\u200d": "",
}  # fmt: skip


def printable(text: str) -> str:
    """The text with control characters as visible marks; lines and tabs stay."""
    return _CONTROL.sub(lambda hit: chr(0x2400 + ord(hit[0])) if ord(hit[0]) < 0x20 else "\ufffd", text)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_NEAR.get(letter, "?") for letter in lacking), error.end


codecs.register_error(PLAIN, _plain)


def write_anything(stream: IO[str]) -> None:
    """From now on `stream` writes a near character, or a question mark, for one that its encoding lacks."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(errors=PLAIN)


def knows_isolates(stream: IO[str], env: Mapping[str, str]) -> bool:
    """Whether the terminal shows direction marks: it uses UTF-8 and is not a plain-glyph console."""
    utf8 = (getattr(stream, "encoding", None) or "").lower().replace("-", "") in ("utf8", "cp65001")
    return utf8 and stream.isatty() and env.get("TERM", "") not in ("linux", "dumb")


def has_letters(stream: IO[str], lang: Lang) -> bool:
    """Whether the encoding of the stream has the letters of the language."""
    try:
        Words(lang).say("tawteen").encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def isolated(text: str) -> str:
    """Latin letters and digits kept in their own order inside an Arabic line, such as 2028-Q1 or -5."""
    if not _SIGNIFICANT.search(text) or _RIGHT_TO_LEFT.search(text) or text.startswith(FIRST_STRONG):
        return text
    return f"{FIRST_STRONG}{text}{POP}"


class TerminalWords(Words):
    """Words whose Arabic sentences isolate what they are filled with, where the terminal knows how."""

    def __init__(self, lang: Lang, *, isolates: bool = False) -> None:
        super().__init__(lang)
        self.isolates = isolates and lang == "ar"

    def say(self, code: str, args: Mapping[str, Any] | None = None, n: int | None = None) -> str:
        """The sentence of `code`, its words, dates, quarters and ids of another direction isolated."""
        if self.isolates and args:
            args = {key: isolated(value) if isinstance(value, str) else value for key, value in args.items()}
        return super().say(code, args, n)
