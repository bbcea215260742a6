"""The words in which a workbook shows codes: those of its language, each read back as the code it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tawteen.case.cells import LIST_SEPARATOR, code_of
from tawteen.case.codes import codes
from tawteen.words import Lang


@cache
def code_words(name: str, lang: Lang) -> Mapping[str, str]:
    """The word of every code of the list `name`: its label in `lang`, after its code where people look for codes.

    A label that another code of the list has too, or that holds the mark between several codes, is not used.
    """
    return {code: _word(name, code, labels[lang == "ar"]) for code, labels in codes(name).items()}


def _word(name: str, code: str, label: str) -> str:
    numbered = code if label == code else f"{code} {label}"
    candidates = (numbered,) if name == "isic" else (label, numbered)
    for word in candidates:
        if not LIST_SEPARATOR.search(word) and code_of(word, name) == (code, None):
            return word
    return code
