"""Names as people spell them: what two spellings share, and which known name an unknown one is most like."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tawteen.case.params import READING

INVISIBLE = "[\u00ad\u061c\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
"""Characters without a width: marks of direction, joiners, soft hyphen, tatweel, byte-order mark."""

UNPRINTABLE = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ufdd0-\ufdef\ufffe\uffff]"
"""Control characters but tab and line ends, marks that turn letters round, and code points kept out of text."""

DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
"""Eastern Arabic and Persian digits to Western ones."""

_LETTERS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "_": " ", "-": " "}
)
_LATIN = str.maketrans({
    "ا": "a", "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "k", "د": "d", "ذ": "d", "ر": "r", "ز": "z",
    "س": "s", "ش": "s", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "g", "ف": "f", "ق": "q", "ك": "k",
    "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y", "ئ": "y", "ؤ": "w", "ء": "",
})  # fmt: skip
_SOUNDS = (("kh", "k"), ("gh", "g"), ("sh", "s"), ("th", "t"), ("dh", "d"), ("ph", "f"), ("ck", "k"))
_ONE_SOUND = str.maketrans({"q": "k", "g": "k", "c": "k", "j": "k", "v": "f", "p": "b"})
_SILENT = "[aeiouwyh]"
_ARTICLES = frozenset(("al", "el", "as", "ash", "az", "ad", "an", "at", "the", "of", "and"))


@lru_cache(maxsize=READING.spellings_kept)
def fold(text: str) -> str:
    """The form that spellings of one word share: lower case, one space, no vowel marks, one alef, ya, ha and digit."""
    plain = re.sub(INVISIBLE, "", unicodedata.normalize("NFKC", text)).translate(DIGITS)
    bare = "".join(c for c in plain if not ("\u064b" <= c <= "\u0652"))
    return " ".join(bare.casefold().translate(_LETTERS).split())


def visible(text: str, most: int = 160) -> str:
    """The text as a message may show it: unprintable characters as their code (U+001B), at most `most` characters."""
    shown = re.sub(UNPRINTABLE, lambda character: f"U+{ord(character[0]):04X}", text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def closest(text: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is spelled most like `text`, in either alphabet; None where none is near.

    Spellings that fold to the same text come first, then those that differ by a few letters (difflib's ratio of at
    least 0.6), then those whose consonants agree (Misrata, Musratah, مصراتة), then those that hold all its words
    (Misrata, Misrata Food Factory), and where there are none those that hold words like it (Flor, Flour mill). A key
    that a spreadsheet turned into a number (1.0) is taken for the whole number.
    """
    near = closest_few(text, candidates, 1)
    return near[0] if near else None


def closest_few(text: str, candidates: Iterable[str], count: int = 3) -> list[str]:
    """At most `count` candidates spelled most like `text`, the nearest first. See `closest`."""
    listed = list(dict.fromkeys(candidates))
    folded: dict[str, str] = {}
    for one in listed:
        folded.setdefault(fold(one), one)
    word = re.sub(r"^(\d+)\.0+$", r"\1", fold(text))
    near = [folded[match] for match in difflib.get_close_matches(word, list(folded), n=count, cutoff=0.6)]
    sound = consonants(text)
    if len(near) < count and len(sound) >= 3:
        near += [one for one in listed if consonants(one) == sound and one not in near]
    if len(near) < count and len(word) >= 3:
        near += [one for one in listed if one not in near and _holds_words(one, word, sound)]
    if not near and len(word) >= 3:
        near = [one for one in listed if _holds_words_like(one, word)]
    return near[:count]


def _holds_words_like(candidate: str, word: str) -> bool:
    """Whether every word of a folded text differs by a letter or two from a word of the candidate."""
    words = fold(candidate).split()
    return all(difflib.get_close_matches(part, words, n=1, cutoff=READING.alike_words) for part in word.split())


def _holds_words(candidate: str, word: str, sound: str) -> bool:
    """Whether a candidate holds every word of a folded text, or every word by its sound."""
    if set(word.split()) <= set(fold(candidate).split()):
        return True
    sounds = sound.split()
    return bool(sounds) and min(map(len, sounds)) >= 3 and set(sounds) <= set(consonants(candidate).split())


def closest_key(text: str, spellings: Mapping[str, Iterable[str]]) -> str | None:
    """The key of `spellings` (key → its names) that `text` is most like by any of its names or itself."""
    owners: dict[str, str] = {}
    for key, names in spellings.items():
        for name in (key, *names):
            owners.setdefault(name, key)
    near = closest(text, owners)
    return None if near is None else owners[near]


def consonants(text: str) -> str:
    """Consonants of a name in Latin letters, alike for its usual transcriptions from Arabic; digits stay.

    Articles (al, el, ال), vowels, w, y and h, doubled letters and the difference of q, g, k and j are left out.
    """
    parts = []
    for word in re.split(r"[^\w]+", fold(text)):
        if word in _ARTICLES:
            continue
        bare = re.sub(r"^(?:ال|al|el)(?=\w{3})", "", word)
        latin = unicodedata.normalize("NFKD", bare.translate(_LATIN))
        latin = "".join(c for c in latin if not unicodedata.combining(c))
        for pair, letter in _SOUNDS:
            latin = latin.replace(pair, letter)
        bones = re.sub(_SILENT, "", latin.translate(_ONE_SOUND))
        parts.append(re.sub(r"(\D)\1+", r"\1", bones))
    return " ".join(part for part in parts if part)


UTF8_LEADS = "طظ"
"""Letters that Windows-1256 makes of the bytes D8 and D9, with which most Arabic letters of UTF-8 begin."""

TOTALS = frozenset(fold(word) for word in (
    "total", "totals", "sum", "subtotal", "grand total", "المجموع", "الإجمالي", "مجموع", "إجمالي", "المجموع الكلي",
    "الإجمالي العام",
))  # fmt: skip
"""Folded names of rows that add up others."""
