"""Specs as pictures: SVG for the page, SVG and PNG as files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from html import escape
from pathlib import Path
from typing import Any

import vl_convert

from tawteen.case.atomic_write import replacing
from tawteen.report.drawing import FONTS
from tawteen.report.exhibit import Exhibit
from tawteen.report.narrow import is_wide, narrowed
from tawteen.report.params import LAYOUT
from tawteen.report.renderer import Renderer
from tawteen.words import ARABIC_DIGITS, LANGS, Lang

Drawings = Mapping[tuple[str, Lang], str]
"""Drawn charts by key of the exhibit and language; those for narrow screens by the key with `NARROW` behind it."""
NARROW = ".narrow"

_EASTERN = [chr(digit) for digit in ARABIC_DIGITS.values()]
# The typographer's minus is missing in many fonts, and the tables of the page have this one too.
_PLAIN = {"grouping": [3], "currency": ["", ""], "minus": "-"}
_LOCALE = {
    "latn": {**_PLAIN, "decimal": ".", "thousands": ","},
    "arab": {**_PLAIN, "decimal": "٫", "thousands": "٬", "numerals": _EASTERN},
}
# A browser looks through the whole list for each letter. What paints the PNG takes the first font of the list that the
# machine has and, for a letter that it lacks, any other, whatever its weight and slant, or an empty box: Noto Sans
# Arabic has no Latin letters, brackets or percent sign, so fonts of both scripts come first.
_ONE_FONT: dict[Lang, str] = {
    "en": FONTS[0],
    "ar": f"'Segoe UI', Tahoma, 'Geeza Pro', 'DejaVu Sans Condensed', 'DejaVu Sans', {FONTS[1]}",
}
_PLACES = re.compile(r' (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"')
_DECIMALS = re.compile(r"(\d\.\d)\d+")
_VIEW = re.compile(r'viewBox="([^"]*)"')
_MENDED = re.compile(r'url\((?:"|&quot;)?https?://[^)"&]*?#([\w-]+)(?:"|&quot;)?\)')


def draw(spec: dict[str, Any], lang: Lang, digits: str = "latn") -> str:
    """A chart as an SVG element, for the page and for files.

    vl-convert turns `url(#clip)` into a web address, which is mended; coordinates keep one decimal.
    """
    return _mended(vl_convert.vegalite_to_svg(spec, format_locale=_locale(lang, digits)))


def _locale(lang: Lang, digits: str) -> dict[str, Any]:
    return _LOCALE[digits if lang == "ar" else "latn"]


def _mended(drawn: str) -> str:
    drawn = _MENDED.sub(r"url(#\1)", drawn[drawn.index("<svg") :])
    return _PLACES.sub(lambda match: _DECIMALS.sub(r"\1", match[0]), drawn)


class BackgroundDrawing:
    """Charts of exhibits in both languages, each drawn once, while the next exhibits are worked out."""

    def __init__(self, renderer: Renderer, digits: str = "latn") -> None:
        self._renderer, self._digits = renderer, digits
        self._begun: dict[tuple[str, Lang], Future[str]] = {}

    def begin(self, exhibits: Iterable[Exhibit]) -> None:
        """Begins to draw the charts of exhibits."""
        for exhibit in exhibits:
            for lang in LANGS:
                if not (spec := exhibit.charts.get(lang)):
                    continue
                locale = _locale(lang, self._digits)
                self._begun[exhibit.key, lang] = self._renderer.submit(spec, locale)
                if is_wide(spec):
                    narrow = narrowed(spec, LANGS.index(lang))
                    self._begun[exhibit.key + NARROW, lang] = self._renderer.submit(narrow, locale)

    def finished(self) -> Drawings:
        """All charts, once they are drawn. Raises DrawingError."""
        return {key: _mended(begun.result()) for key, begun in self._begun.items()}


def draw_all(exhibits: Iterable[Exhibit], digits: str = "latn") -> Drawings:
    """Every chart in both languages by key and language. Raises DrawingError."""
    with Renderer() as renderer:
        drawing = BackgroundDrawing(renderer, digits)
        drawing.begin(exhibits)
        return drawing.finished()


def embedded(drawn: str, lang: Lang, title: str, prefix: str) -> str:
    """A drawing for a right-to-left page; `prefix` keeps the ids of several drawings apart."""
    drawn = re.sub(r'\bid="([\w-]+)"', rf'id="{prefix}-\1"', drawn)
    drawn = re.sub(r"url\(#([\w-]+)\)", rf"url(#{prefix}-\1)", drawn)
    drawn = re.sub(r'href="[^"]*#([\w-]+)"', rf'href="#{prefix}-\1"', drawn)
    drawn = re.sub(r' (?:aria-hidden|pointer-events|role)="[^"]*"', "", drawn)
    head, rest = drawn.split(">", 1)
    head = re.sub(r' (?:class|font-family)="[^"]*"', "", head)
    rest = re.sub(r' font-family="[^"]*"', "", rest)
    label = escape(title, quote=True)
    return f'{head} direction="ltr" role="img" aria-label="{label}" lang="{lang}"><title>{escape(title)}</title>{rest}'


def svg(spec: dict[str, Any], lang: Lang, title: str, prefix: str, digits: str = "latn") -> str:
    """A chart drawn and embedded."""
    return embedded(draw(spec, lang, digits), lang, title, prefix)


def write_svgs(drawings: Drawings, folder: Path) -> list[Path]:
    """Writes every drawing but the narrow ones on white as `KEY.LANG.svg`; returns the names of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for (key, lang), drawn in drawings.items():
        if key.endswith(NARROW):
            continue
        path = folder / f"{key}.{lang}.svg"
        with replacing(path) as beside:
            beside.write_text(_on_white(drawn), encoding="utf-8")
        written.append(path)
    return written


def _on_white(drawn: str) -> str:
    """A drawing with a white ground and a margin."""
    _, _, wide, high = (float(size) for size in _VIEW.findall(drawn)[0].split())
    margin = LAYOUT.picture_margin
    box = f"{-margin} {-margin} {wide + 2 * margin:g} {high + 2 * margin:g}"
    head, rest = drawn.split(">", 1)
    head = _VIEW.sub(f'viewBox="{box}"', head)
    for name, size in (("width", wide), ("height", high)):
        head = re.sub(rf' {name}="[^"]*"', f' {name}="{size + 2 * margin:g}"', head)
    ground = f'<rect x="{-margin}" y="{-margin}" width="100%" height="100%" fill="white"/>'
    return f"{head}>{ground}{rest}"


def write_pictures(exhibits: Iterable[Exhibit], folder: Path, lang: Lang, digits: str = "latn") -> list[Path]:
    """Writes SVG and PNG of every chart in `lang` as `KEY.LANG.svg` and `KEY.LANG.png`; returns the file names."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    locale = _locale(lang, digits)
    for exhibit in exhibits:
        if not (spec := exhibit.charts.get(lang)):
            continue
        white = {**spec, "config": {**spec["config"], "background": "white", "padding": 16, "font": _ONE_FONT[lang]}}
        vector = vl_convert.vegalite_to_svg(white, format_locale=locale)
        for ending, content in (("svg", vector.encode()), ("png", vl_convert.svg_to_png(vector, scale=1.5))):
            path = folder / f"{exhibit.key}.{lang}.{ending}"
            with replacing(path) as beside:
                beside.write_bytes(content)
            written.append(path)
    return written
