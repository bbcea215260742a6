"""Sentences of the catalogues in both languages at once: the page and the workbook hold Arabic and English."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tawteen.words import LANGS, Lang, Words

Both = tuple[str, str]


def bilingual(code: str, n: int | None = None, **args: Any) -> Both:
    """The sentence of `code` in English and Arabic; with `n`, its plural form.

    An argument that is itself a pair (English, Arabic) gives each sentence its own language.
    """
    return (_sentence("en", code, n, args), _sentence("ar", code, n, args))


def _sentence(lang: Lang, code: str, n: int | None, args: dict[str, Any]) -> str:
    k = LANGS.index(lang)
    own = {name: value[k] if isinstance(value, tuple) else value for name, value in args.items()}
    return Words(lang).say(code, own, n)


def join_list(items: Sequence[Both]) -> Both:
    """Names one after another with the comma of each language; empty ones are left out."""
    comma = bilingual("report.comma")
    english, arabic = (comma[k].join(item[k] for item in items if item[k]) for k in (0, 1))
    return (english, arabic)


def join_items(items: Sequence[Both]) -> Both:
    """Phrases that may hold commas, one after another with the semicolon of each language."""
    mark = bilingual("report.semicolon")
    return (mark[0].join(english for english, _ in items), mark[1].join(arabic for _, arabic in items))


def join_sentences(sentences: Sequence[Both]) -> Both:
    """Sentences one after the other, in each language."""
    return (" ".join(english for english, _ in sentences), " ".join(arabic for _, arabic in sentences))
