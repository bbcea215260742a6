"""Names of the items of an option's study, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tawteen.case.codes import codes
from tawteen.words import LANGS, Words


def cost_names(item: str, *, origin: str = "", today: bool = False) -> tuple[str, str]:
    """Returns the names of a cost in both languages."""
    names = [Words(lang).say(f"option_study.{item}") for lang in LANGS]
    if origin:
        names = _of_origin(names, origin)
    return _today(names) if today else (names[0], names[1])


def investment_names(category: str, origin: str) -> tuple[str, str]:
    """Returns the names of an investment in both languages."""
    names = _of_origin(codes("cost_categories")[category], origin)
    return names[0], names[1]


def _of_origin(names: Sequence[str], origin: str) -> list[str]:
    origins = codes("origins")[origin]
    return [
        Words(lang).say("option_study.of_origin", {"what": names[k], "origin": origins[k]})
        for k, lang in enumerate(LANGS)
    ]


def _today(names: Sequence[str]) -> tuple[str, str]:
    """Returns the names marked as belonging to the line of today."""
    marked = [Words(lang).say("option_study.today", {"what": names[k]}) for k, lang in enumerate(LANGS)]
    return marked[0], marked[1]


def commodity_names(row: Mapping[str, Any], *, today: bool) -> tuple[str, str]:
    """Returns the names of a commodity, marked if it belongs to the line of today."""
    names = (str(row["name_en"]), str(row["name_ar"]))
    return _today(names) if today else names


def names_with_buyer(names: tuple[str, str], buyer_names: tuple[str, str]) -> tuple[str, str]:
    """Returns the names of a sale with those of its buyer."""
    en, ar = (
        Words(lang).say("option_study.of_origin", {"what": names[k], "origin": buyer_names[k]})
        for k, lang in enumerate(LANGS)
    )
    return en, ar
