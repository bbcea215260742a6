"""Charts are laid out with a font that measures quickly, and written with the fonts that they name.

Measuring text is most of the work of drawing. Where a chart names several fonts, each letter is looked for in all
fonts of the machine; one font that comes with vl-convert takes a third of the time. Latin letters are then laid out in
the same way on every machine. The font has no Arabic letters: those are still measured with a font of the machine.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

from tawteen.report.params import LAYOUT

_SIZE_NAMES = frozenset({"fontSize", "labelFontSize", "titleFontSize", "subtitleFontSize"})
_SIZE = re.compile(r'font-size="([\d.]+)px"')
_FONT = f'font-family="{LAYOUT.layout_font}"'


def for_layout(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec with letters of the font of the layout, as much larger as it is narrower; as it is if it has no font."""
    if _font(spec) is None:
        return spec
    larger: dict[str, Any] = _larger(spec)
    return {**larger, "config": {**larger["config"], "font": LAYOUT.layout_font}}


def as_named(drawn: str, spec: dict[str, Any]) -> str:
    """The drawing of `for_layout(spec)` with the fonts and sizes of letters of `spec`."""
    font = _font(spec)
    if font is None:
        return drawn
    named = drawn.replace(_FONT, f'font-family="{escape(font, quote=False)}"')
    return _SIZE.sub(lambda size: f'font-size="{round(float(size[1]) / LAYOUT.layout_letters, 1):g}px"', named)


def _font(spec: dict[str, Any]) -> str | None:
    font = spec.get("config", {}).get("font")
    return None if font is None else str(font)


def _larger(part: Any) -> Any:
    """A part of a spec with larger letters. Rows of data are left out: they hold no sizes and are long."""
    if isinstance(part, dict):
        return {
            name: value * LAYOUT.layout_letters
            if name in _SIZE_NAMES and isinstance(value, int | float)
            else value
            if name in {"data", "datasets"}
            else _larger(value)
            for name, value in part.items()
        }
    return [_larger(value) for value in part] if isinstance(part, list) else part
