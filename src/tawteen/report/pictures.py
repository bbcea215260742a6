"""Specs as pictures: SVG for the page, SVG and PNG as files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import vl_convert

from tawteen.case.atomic_write import replacing
from tawteen.report.drawing import FONTS
from tawteen.report.exhibit import Exhibit
from tawteen.report.layout_font import as_named, for_layout
from tawteen.report.narrow import is_wide, narrowed
from tawteen.report.one_drawing import Texts, in_language, shared_spec
from tawteen.report.params import LAYOUT
from tawteen.report.renderer import Renderer
from tawteen.words import ARABIC_DIGITS, LANGS, Lang

NARROW = ".narrow"


@dataclass(frozen=True)
class DrawnChart:
    """A chart in both languages: two drawings, or one (`texts` given) that is laid out for the texts of both."""

    drawn: tuple[str, ...]
    texts: Texts | None = None

    def in_language(self, lang: Lang) -> str:
        """The chart in one language."""
        k = LANGS.index(lang)
        return self.drawn[k] if self.texts is None else in_language(self.drawn[0], self.texts, k)


Drawings = Mapping[str, DrawnChart]
"""Drawn charts by key of the exhibit; those for narrow screens by the key with `NARROW` behind it."""

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
_PAIR = re.compile("[\U00010000-\U0010ffff]")
_DECIMALS = re.compile(r"(\d\.\d)\d+")
# Frames of groups without fill or line, and labels that overlap others, are drawn but not seen.
_UNSEEN = re.compile(
    r'<path (?![^>]*(?:fill|stroke)=)[^>]*class="(?:back|fore)ground"[^>]*/>'
    r'|<path class="(?:back|fore)ground"(?![^>]*(?:fill|stroke)=)[^>]*/>|<text[^>]* opacity="0"[^>]*>.*?</text>',
    re.DOTALL,
)
_UNUSED = re.compile(r' (?:class|role|aria-[a-z]+|pointer-events)="[^"]*"| opacity="1"')
_VIEW = re.compile(r'viewBox="([^"]*)"')
_MENDED = re.compile(r'url\((?:"|&quot;)?https?://[^)"&]*?#([\w-]+)(?:"|&quot;)?\)')


def draw(spec: dict[str, Any], lang: Lang, digits: str = "latn") -> str:
    """A chart as an SVG element, for the page and for files.

    vl-convert turns `url(#clip)` into a web address, which is mended; coordinates keep one decimal.
    """
    return _mended(vl_convert.vegalite_to_svg(_prepared(spec), format_locale=_locale(lang, digits)), spec)


def _prepared(spec: dict[str, Any]) -> dict[str, Any]:
    """The spec as it is drawn: with the font of the layout, and without limits of its names where texts hold pairs.

    A letter beyond the first 65,536 of Unicode, such as an emoji, is a pair of codes to Vega; where a label is too long
    for its limit, Vega cuts between the two, and the drawing fails.
    """
    if _holds_pairs(spec):
        config = spec.get("config", {})
        uncut = {part: {**config.get(part, {}), "labelLimit": 0} for part in ("legend", "header")}
        spec = {**spec, "config": {**config, **uncut}}
    return for_layout(spec)


def _holds_pairs(part: Any) -> bool:
    if isinstance(part, str):
        return not part.isascii() and _PAIR.search(part) is not None
    if isinstance(part, dict):
        return any(_holds_pairs(name) or _holds_pairs(value) for name, value in part.items())
    return isinstance(part, list | tuple) and any(map(_holds_pairs, part))


def _locale(lang: Lang, digits: str) -> dict[str, Any]:
    return _LOCALE[digits if lang == "ar" else "latn"]


def _mended(drawn: str, spec: dict[str, Any]) -> str:
    drawn = as_named(drawn, spec)
    drawn = _MENDED.sub(r"url(#\1)", drawn[drawn.index("<svg") :])
    drawn = _UNUSED.sub("", _UNSEEN.sub("", drawn))
    return _PLACES.sub(lambda match: _DECIMALS.sub(r"\1", match[0]), drawn)


class BackgroundDrawing:
    """Charts of exhibits in both languages, each drawn once, while the next exhibits are worked out."""

    def __init__(self, renderer: Renderer, digits: str = "latn") -> None:
        self._renderer, self._digits = renderer, digits
        self._begun: dict[str, tuple[list[tuple[Future[str], dict[str, Any]]], Texts | None]] = {}

    def begin(self, exhibits: Iterable[Exhibit]) -> None:
        """Begins to draw the charts of exhibits."""
        for exhibit in exhibits:
            if not exhibit.charts:
                continue
            charts = [exhibit.charts[lang] for lang in LANGS]
            self._begin(exhibit.key, charts)
            if is_wide(charts[0]):
                self._begin(exhibit.key + NARROW, [narrowed(chart, k) for k, chart in enumerate(charts)])

    def _begin(self, key: str, charts: list[dict[str, Any]]) -> None:
        # Eastern digits are part of the drawing, so that it would be of one language alone.
        one = shared_spec(*charts) if self._digits == "latn" else None
        if one is not None:
            charts = [one[0]]
        begun = [(self._renderer.submit(_prepared(chart), _locale(lang, self._digits)), chart)
                 for chart, lang in zip(charts, LANGS, strict=False)]  # fmt: skip
        self._begun[key] = begun, None if one is None else one[1]

    def finished(self) -> Drawings:
        """All charts, once they are drawn. Raises DrawingError."""
        return {
            key: DrawnChart(tuple(_mended(drawn.result(), spec) for drawn, spec in begun), texts)
            for key, (begun, texts) in self._begun.items()
        }


def draw_all(exhibits: Iterable[Exhibit], digits: str = "latn") -> Drawings:
    """Every chart in both languages by key. Raises DrawingError."""
    with Renderer() as renderer:
        drawing = BackgroundDrawing(renderer, digits)
        drawing.begin(exhibits)
        return drawing.finished()


def embedded(drawn: str, title: str, prefix: str, lang: Lang | None = None) -> str:
    """A drawing for a right-to-left page; `prefix` keeps the ids of several drawings apart.

    `title` is read aloud in place of the drawing; `lang` is the language of both, None for those of two languages.
    """
    drawn = re.sub(r'\bid="([\w-]+)"', rf'id="{prefix}-\1"', drawn)
    drawn = re.sub(r"url\(#([\w-]+)\)", rf"url(#{prefix}-\1)", drawn)
    drawn = re.sub(r'href="[^"]*#([\w-]+)"', rf'href="#{prefix}-\1"', drawn)
    head, rest = drawn.split(">", 1)
    head = re.sub(r' (?:class|font-family)="[^"]*"', "", head)
    rest = re.sub(r' font-family="[^"]*"', "", rest)
    label, own = escape(title, quote=True), f' lang="{lang}"' if lang else ""
    return f'{head} direction="ltr" role="img" aria-label="{label}"{own}><title>{escape(title)}</title>{rest}'


def svg(spec: dict[str, Any], lang: Lang, title: str, prefix: str, digits: str = "latn") -> str:
    """A chart drawn and embedded."""
    return embedded(draw(spec, lang, digits), title, prefix, lang)


def write_svgs(drawings: Drawings, folder: Path) -> list[Path]:
    """Writes every drawing but the narrow ones on white as `KEY.LANG.svg`; returns the names of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for key, drawing in drawings.items():
        if key.endswith(NARROW):
            continue
        for lang in LANGS:
            path = folder / f"{key}.{lang}.svg"
            with replacing(path) as beside:
                beside.write_text(_on_white(drawing.in_language(lang)), encoding="utf-8")
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
