"""Direction of text: runs that read from left to right inside Arabic, and marks that end where their text ends."""

from __future__ import annotations

import re
from collections.abc import Callable

LRI, FSI, PDI = "\u2066", "\u2068", "\u2069"
"""Isolates of text from left to right and of text that says its direction by its first letter, and their end."""
_SIGN, _INSIDE = "+\\-\u2212", ".,:/_%+\\-\u2013\u2212"
_RUN = re.compile(
    rf"[\u2066-\u2068][^\u2069]*\u2069|\u200e?[{_SIGN}]?[0-9A-Za-z](?:[0-9A-Za-z]|[{_INSIDE}](?=[0-9A-Za-z%]))*%?"
)
_TURNS = re.compile(rf"^\u200e?[{_SIGN}]|[0-9A-Za-z%][/:_+\-\u2013\u2212]")


def isolated(text: str, mark: Callable[[str], str] = lambda run: f"{LRI}{run}{PDI}") -> str:
    """Arabic text whose quarters, dates, ids, ranges and signed numbers are kept from turning round.

    Such a run has its parts joined by a hyphen, a slash or the like, or begins with a sign; `mark` isolates one. Plain
    words and numbers keep their order by themselves.
    """
    return _RUN.sub(lambda match: mark(match[0]) if _needs_isolation(match[0]) else match[0], text)


_DIRECTED = re.compile("[\u202a-\u202e\u2066-\u2069]")
_OPENS = {**dict.fromkeys("\u2066\u2067\u2068", PDI), **dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c")}


def balanced(text: str) -> str:
    """Text whose direction marks end where it ends: open isolates and embeddings are closed, stray ends left out.

    A name that somebody copied with half of its marks would otherwise turn round what follows it.
    """
    if not _DIRECTED.search(text):
        return text
    kept, ends = [], list[str]()
    for letter in text:
        if letter in _OPENS:
            ends.append(_OPENS[letter])
        elif letter in _OPENS.values():
            if not ends or ends[-1] != letter:
                continue
            ends.pop()
        kept.append(letter)
    return "".join([*kept, *reversed(ends)])


def _needs_isolation(run: str) -> bool:
    return run[0] not in "\u2066\u2067\u2068" and bool(_TURNS.search(run))
