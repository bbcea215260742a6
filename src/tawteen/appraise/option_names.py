"""Names of the items of an option's study, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tawteen.case.codes import codes
from tawteen.words import LANGS, Words


def cost_names(item: str, *, origin: str = "", today: bool = False) -> tuple[str, str]:
    """Names of a cost in both languages."""
    said = [Words(lang).say(f"option_study.{item}") for lang in LANGS]
    if origin:
        said = _of_origin(said, origin)
    return _today(said) if today else (said[0], said[1])


def investment_names(category: str, origin: str) -> tuple[str, str]:
    """Names of an investment in both languages."""
    said = _of_origin(codes("cost_categories")[category], origin)
    return said[0], said[1]


def _of_origin(said: Sequence[str], origin: str) -> list[str]:
    where = codes("origins")[origin]
    return [
        Words(lang).say("option_study.of_origin", {"what": said[k], "origin": where[k]}) for k, lang in enumerate(LANGS)
    ]


def _today(said: Sequence[str]) -> tuple[str, str]:
    """Told apart as of the line of today."""
    one = [Words(lang).say("option_study.today", {"what": said[k]}) for k, lang in enumerate(LANGS)]
    return one[0], one[1]


def commodity_names(row: Mapping[str, Any], *, today: bool) -> tuple[str, str]:
    """Names of a commodity."""
    names = (str(row["name_en"]), str(row["name_ar"]))
    return _today(names) if today else names


def names_with_buyer(what: tuple[str, str], whom: tuple[str, str]) -> tuple[str, str]:
    """Something told apart by whom it is sold to."""
    en, ar = (
        Words(lang).say("option_study.of_origin", {"what": what[k], "origin": whom[k]}) for k, lang in enumerate(LANGS)
    )
    return en, ar
