"""Sentences, numbers and dates in English and Arabic.

Rooms hand over codes and arguments; here they become words. Sentences live in `locale/LANG/ROOM.po`: the msgid is the
code, the msgstr a `str.format` template; plural forms follow CLDR (Arabic has six).
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from decimal import Decimal
from functools import cache
from gettext import c2py
from importlib.resources import files
from typing import Any, Literal

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import (
    format_compact_decimal,
    get_decimal_symbol,
    get_group_symbol,
)

Lang = Literal["en", "ar"]
LANGS: tuple[Lang, ...] = ("en", "ar")

_language: ContextVar[Lang | None] = ContextVar("language", default=None)


def locale_language(env: Mapping[str, str]) -> Lang:
    """The language of the locale that the environment names: Arabic, else English."""
    locale = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    return "ar" if locale[:2].lower() == "ar" else "en"


def set_language(lang: Lang | None) -> None:
    """Sets the language of sentences in Python; None returns to that of the environment's locale.

    Raises ValueError for a language without sentences.
    """
    if lang is not None and lang not in LANGS:
        raise ValueError(f"{lang!r}: use one of {', '.join(LANGS)}")
    _language.set(lang)


def language() -> Lang:
    """The language set by `set_language`, else that of the environment's locale, else English."""
    return _language.get() or locale_language(os.environ)


# As the headers of the .po files say; Babel's own expression for Arabic swaps the last two forms.
PLURALS: dict[Lang, str] = {
    "en": "(n != 1)",
    "ar": "(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5)",
}
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


_PO_LINE = re.compile(r'^(?:(msgid_plural|msgid|msgstr)(?:\[\d\])? )?"(.*)"$', re.MULTILINE)
_PO_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t"}


@cache
def catalog(lang: Lang) -> Mapping[str, tuple[str, ...]]:
    """All sentences of a language, of every room: by code its forms, one where it has no plural.

    Raises ValueError where two rooms give one code.
    """
    merged: dict[str, tuple[str, ...]] = {}
    for path in sorted(files("tawteen.locale").joinpath(lang).iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".po"):
            continue
        for code, forms in read_catalog(path.read_text(encoding="utf-8")).items():
            if code in merged:
                raise ValueError(f"{path.name}: {code} is said twice")
            merged[code] = forms
    return merged


def read_catalog(text: str) -> dict[str, tuple[str, ...]]:
    """The sentences of a .po file by code.

    Babel reads the same, but takes a quarter of a second for each language, which every command would wait for.
    """
    sentences: dict[str, list[str]] = {}
    code, kind = "", ""
    for keyword, quoted in _PO_LINE.findall(text):
        part = _PO_ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), quoted) if "\\" in quoted else quoted
        kind = keyword or kind
        if keyword == "msgid":
            code = part
        elif keyword == "msgstr":
            sentences.setdefault(code, []).append(part)
        elif kind == "msgid":
            code += part
        elif kind == "msgstr":
            sentences[code][-1] += part
    return {code: tuple(forms) for code, forms in sentences.items() if code}


@cache
def _plural(lang: Lang) -> Callable[[int], int]:
    """The number of the form of a sentence that a number takes."""
    return c2py(PLURALS[lang])


@cache
def _marks(lang: Lang, digits: str) -> dict[int, str]:
    """The marks of decimals and of thousands of a language for those of Python."""
    return str.maketrans(
        {
            ".": get_decimal_symbol(lang, numbering_system=digits),
            ",": get_group_symbol(lang, numbering_system=digits),
        }
    )


@cache
def _most_decimals(lang: Lang) -> int:
    """Decimals at most of a number of which nothing is said about them: those of the pattern of CLDR."""
    return int(Locale.parse(lang).decimal_formats[None].frac_prec[1])


class Words:
    """One language, and the digits of the case: `latn` (0-9) or `arab` (٠-٩)."""

    def __init__(self, lang: Lang, digits: Literal["latn", "arab"] = "latn") -> None:
        self.lang: Lang = lang
        self.digits = digits if lang == "ar" else "latn"
        self._catalog = catalog(lang)

    def say(self, code: str, args: Mapping[str, Any] | None = None, n: int | None = None) -> str:
        """The sentence of `code` filled with `args`; with `n`, its plural form (`{n}` is the number)."""
        values = dict(args or {})
        forms = self._catalog.get(code)
        if n is not None:
            values.setdefault("n", self.number(n))
        if forms is None:
            return f"{code} {values}" if values else code
        template = forms[0] if len(forms) == 1 else forms[_plural(self.lang)(1 if n is None else n)]
        return template.format(**values)

    def pick(self, both: tuple[str, str]) -> str:
        """The word of this language out of (English, Arabic)."""
        return both[self.lang == "ar"]

    def _in_digits(self, text: str) -> str:
        """Babel knows the marks of a numbering system, not its digits."""
        return text.translate(ARABIC_DIGITS) if self.digits == "arab" else text

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number with grouping; `decimals` fixes the digits after the point. Nothing is never said below zero."""
        if decimals is not None and round(value, decimals) == 0:
            value = 0.0
        return self._fixed(value, decimals)

    def _fixed(self, value: float, decimals: int | None, scale: int = 0) -> str:
        """`value` · 10^`scale` with grouping and so many decimals; at most those of the language where none is given.

        Babel writes the same, but looks up its patterns and marks anew for each number.
        """
        exact = Decimal(str(value)).scaleb(scale)
        text = f"{exact:,.{_most_decimals(self.lang) if decimals is None else decimals}f}"
        if decimals is None and "." in text:
            text = text.rstrip("0").rstrip(".")
        text = text.replace("Infinity", "∞")
        return self._in_digits(text.translate(_marks(self.lang, self.digits)))

    def compact(self, value: float, decimals: int = 1) -> str:
        """A large number shortened, such as 1.2 million; below a thousand it is rounded as far."""
        if abs(value) < 1000:
            value = round(value, decimals) + 0.0
        shortened = format_compact_decimal(
            value, format_type="long", fraction_digits=decimals, locale=self.lang, numbering_system=self.digits
        )
        return self._in_digits(shortened)

    def percent(self, share: float, decimals: int = 1) -> str:
        """A share as a percentage."""
        return f"{self._fixed(share, decimals, 2)}%"

    def day(self, value: dt.date) -> str:
        """A calendar day with the month's name."""
        return self._in_digits(format_date(value, format="long", locale=self.lang))
