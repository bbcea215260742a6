"""Sentences, numbers and dates in English and Arabic.

Rooms hand over codes and arguments; here they become words. Sentences live in `locale/LANG/ROOM.po`: the msgid is the
code, the msgstr a `str.format` template; plural forms follow CLDR (Arabic has six).
"""

from __future__ import annotations

import datetime as dt
import gettext
import io
import os
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_decimal, format_percent

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
    "en": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
    "n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);",
}
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@cache
def catalog(lang: Lang) -> Catalog:
    """All sentences of a language, of every room. Raises ValueError where two rooms give one code."""
    merged = Catalog(locale=lang)
    merged.mime_headers = [("Plural-Forms", PLURALS[lang])]
    for path in sorted(files("tawteen.locale").joinpath(lang).iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".po"):
            continue
        with path.open("rb") as stream:
            for message in read_po(stream, locale=lang):
                if not message.id:
                    continue
                if message.id in merged:
                    raise ValueError(f"{path.name}: {message.id} is said twice")
                merged.add(message.id, message.string)
    return merged


@cache
def _translations(lang: Lang) -> gettext.GNUTranslations:
    buffer = io.BytesIO()
    write_mo(buffer, catalog(lang))
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


class Words:
    """One language, and the digits of the case: `latn` (0-9) or `arab` (٠-٩)."""

    def __init__(self, lang: Lang, digits: Literal["latn", "arab"] = "latn") -> None:
        self.lang: Lang = lang
        self.digits = digits if lang == "ar" else "latn"
        self._t = _translations(lang)

    def say(self, code: str, args: Mapping[str, Any] | None = None, n: int | None = None) -> str:
        """The sentence of `code` filled with `args`; with `n`, its plural form (`{n}` is the number)."""
        values = dict(args or {})
        if n is None:
            template = self._t.gettext(code)
        else:
            template = self._t.ngettext(code, code, n)
            values.setdefault("n", self.number(n))
        return template.format(**values) if template != code else f"{code} {values}" if values else code

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
        pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
        return self._in_digits(format_decimal(value, format=pattern, locale=self.lang, numbering_system=self.digits))

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
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "") + "%"
        return self._in_digits(format_percent(share, format=pattern, locale=self.lang, numbering_system=self.digits))

    def day(self, value: dt.date) -> str:
        """A calendar day with the month's name."""
        return self._in_digits(format_date(value, format="long", locale=self.lang))
