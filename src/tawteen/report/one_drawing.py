"""One drawing for both languages of a chart: it is laid out once, with the longer of two texts in each place.

Two specs of a chart differ in their words and in the sizes that words need. Drawing is slow and the lines and areas
are the same, so that one drawing carries both texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any

from tawteen.report.bilingual import Both
from tawteen.report.labels import width_of
from tawteen.words import LANGS

Spec = dict[str, Any]
Texts = Mapping[str, Both]
"""The text of a drawing in both languages, by the text that it was laid out with."""

_LARGER = frozenset({"height", "step"})
"""Sizes of which the larger holds both texts; of all others (widths, columns of a legend) it is the smaller."""
_SIZES = frozenset({*_LARGER, "width", "columns", "value"})
_TEXT = re.compile(r"<text([^>]*)>(.*?)</text>", re.DOTALL)
_LINE = re.compile(r"<tspan[^>]*>(.*?)</tspan>", re.DOTALL)
_LINE_HEIGHT = re.compile(r'dy="([\d.]+)"')
_PLACE = re.compile(r'transform="translate\(([-\d.]+),([-\d.]+)\)')
_TITLES = frozenset({"title", "text", "subtitle"})


class _DifferError(Exception):
    """Two specs differ in more than words and the sizes that words need."""


@dataclass
class _Pairs:
    """The texts met so far by the one chosen for the layout."""

    texts: dict[str, Both] = field(default_factory=dict)
    chosen: dict[Both, str] = field(default_factory=dict)

    def longer(self, english: str, arabic: str) -> str:
        """The text of a place that the layout makes room for. Raises _DifferError where it has another meaning too."""
        # Rows of a chart repeat the names of its series.
        if (known := self.chosen.get((english, arabic))) is not None:
            return known
        chosen = english if _room(english, 0) >= _room(arabic, 1) else arabic
        if self.texts.setdefault(chosen, (english, arabic)) != (english, arabic):
            raise _DifferError
        self.chosen[english, arabic] = chosen
        return chosen


def _room(text: str, k: int) -> tuple[int, float]:
    lines = text.split("\n")
    return len(lines), max(width_of(line, k) for line in lines)


def shared_spec(english: Spec, arabic: Spec) -> tuple[Spec, Texts] | None:
    """One spec for both languages and its texts; None where the two charts differ in more than their words."""
    pairs = _Pairs()
    try:
        inner = _shared(_without_config(english), _without_config(arabic), "", pairs)
    except _DifferError:
        return None
    config = {**english["config"], "legend": _smaller_legend(english["config"], arabic["config"])}
    return {**inner, "config": config}, pairs.texts


def _without_config(spec: Spec) -> Spec:
    return {name: value for name, value in spec.items() if name != "config"}


def _smaller_legend(english: Spec, arabic: Spec) -> Any:
    legends = english.get("legend", {}), arabic.get("legend", {})
    return {**legends[0], **({"columns": min(one["columns"] for one in legends)} if "columns" in legends[0] else {})}


def _shared(english: Any, arabic: Any, name: str, pairs: _Pairs) -> Any:
    if isinstance(english, str) and isinstance(arabic, str):
        return pairs.longer(english, arabic)
    if isinstance(english, dict) and isinstance(arabic, dict) and english.keys() == arabic.keys():
        return {key: _shared(value, arabic[key], key, pairs) for key, value in english.items()}
    if isinstance(english, list) and isinstance(arabic, list):
        if name in _TITLES and all(isinstance(each, str) for each in (*english, *arabic)):
            # Lines of a title are one text.
            return pairs.longer("\n".join(english), "\n".join(arabic)).split("\n")
        if len(english) == len(arabic):
            return [_shared(one, other, name, pairs) for one, other in zip(english, arabic, strict=True)]
        raise _DifferError
    if english == arabic:
        return english
    numbers = isinstance(english, int | float) and isinstance(arabic, int | float)
    if not numbers or name not in _SIZES:
        raise _DifferError
    return max(english, arabic) if name in _LARGER else min(english, arabic)


@dataclass(frozen=True)
class _LaidOut:
    """A text element as it was laid out: its attributes, its number of lines and pixels from one to the next."""

    attributes: str
    lines: int
    line_height: float

    def with_text(self, text: str, mark: str = "") -> str:
        """The element with another text; fewer lines than were laid out stand in the middle of their room."""
        lines, attributes = text.split("\n"), self.attributes
        if moved := (self.lines - len(lines)) * self.line_height / 2:
            attributes = _PLACE.sub(
                lambda place: f'transform="translate({place[1]},{float(place[2]) + moved:g})', attributes
            )
        first, *rest = (escape(line, quote=False) for line in lines)
        if rest:
            first = f"<tspan>{first}</tspan>"
        spans = "".join(f'<tspan x="0" dy="{self.line_height:g}">{line}</tspan>' for line in rest)
        return f"<text{mark}{attributes}>{first}{spans}</text>"


def in_language(drawn: str, texts: Texts, k: int) -> str:
    """The drawing with the texts of a language (k: 0 English, 1 Arabic)."""
    return _with_texts(drawn, texts, lambda element, both: element.with_text(both[k]))


def in_both(drawn: str, texts: Texts) -> str:
    """The drawing with the texts of both languages, each of the class that shows it where the page is in it."""

    def elements(element: _LaidOut, both: Both) -> str:
        if both[0] == both[1]:
            return element.with_text(both[0])
        return "".join(element.with_text(both[k], f' class="in-{lang}"') for k, lang in enumerate(LANGS))

    return _with_texts(drawn, texts, elements)


def _with_texts(drawn: str, texts: Texts, put: Callable[[_LaidOut, Both], str]) -> str:
    def changed(match: re.Match[str]) -> str:
        attributes, content = match.groups()
        lines = [unescape(line) for line in _LINE.findall(content) or [content]]
        both = texts.get("\n".join(lines))
        if both is None:
            return match[0]
        height = _LINE_HEIGHT.search(content)
        return put(_LaidOut(attributes, len(lines), float(height[1]) if height else 0.0), both)

    return _TEXT.sub(changed, drawn)
