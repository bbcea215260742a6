"""How every chart looks, and the few shapes they are made of.

Axes keep their direction in both languages: graphs are not mirrored (Apple's and Google's right-to-left guidelines),
words and digits are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tawteen.report.bilingual import Both, bilingual
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import ReportData
from tawteen.report.vega_lite import VEGA_LITE, Chart, Spec, channel, part

FONTS = (
    "'Noto Sans', 'Noto Sans Arabic', 'Segoe UI', Tahoma, 'Geeza Pro', sans-serif",
    "'Noto Sans Arabic', 'Noto Sans', 'Segoe UI', Tahoma, 'Geeza Pro', sans-serif",
)
INK, SOFT_INK, GRID_COLOUR = "#1d2a33", "#5b6b76", "#e3e8ec"
STATUS_COLOURS = {
    "firm": "#12805c",
    "conditional": "#e39b0b",
    "survey": "#3f7fbf",
    "close": "#8c2f39",
    "as_is": "#7d8b95",
    "out": "#b4bec6",
}
PALETTE = ["#2a6f97", "#e08e0b", "#12805c", "#b23a48", "#7b5ea7", "#3fa7a0", "#9c6b30", "#c2568f", "#6c8a1f", "#5b6b76"]
BLUES = ["#e8f1f8", "#08416b"]
LRM, RLE, PDF = "\u200e", "\u202b", "\u202c"


def spoken(both: Both, k: int) -> str:
    """The word of a language for a chart; Arabic is embedded right to left because the picture reads left to right."""
    return f"{RLE}{both[1]}{PDF}" if k and both[1] else both[k]


def specs(make: Callable[[int], Chart]) -> dict[str, Spec]:
    """Specs in both languages: `make(0)` is the English chart, `make(1)` the Arabic one."""
    return {lang: configured(make(k), FONTS[k]) for k, lang in enumerate(("en", "ar"))}


def configured(chart: Chart, font: str) -> Spec:
    """The spec of a chart with the look of the house."""
    config = {
        "aria": False,
        "font": font,
        "background": "transparent",
        "padding": 4,
        "lineBreak": "\n",
        "view": {"stroke": None},
        "axis": {
            "labelColor": SOFT_INK, "titleColor": SOFT_INK, "labelFontSize": 12, "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": GRID_COLOUR, "domainColor": "#b8c2ca", "tickColor": "#b8c2ca", "labelLimit": 0,
        },
        "legend": {
            "labelColor": INK, "labelFontSize": 12, "titleFontSize": 12, "title": None, "orient": "top",
            "symbolType": "square", "labelLimit": 260, "columns": 6,
        },
        "header": {"labelColor": INK, "labelFontSize": 12, "labelFontWeight": 600, "title": None, "labelLimit": 400},
        "text": {"fontSize": 12, "color": INK},
    }  # fmt: skip
    return {"$schema": VEGA_LITE, **chart.spec, "config": config}


def years(study: ReportData, field: str = "year", most: int = 12) -> Spec:
    """The time axis: years as numbers, so that no time zone can move a quarter."""
    first, last = study.year(0), study.year(study.periods)
    return channel(
        f"{field}:Q",
        scale=part(domain=[first, last], nice=False),
        axis=part(format="d", tickMinStep=1, title=None, grid=True, labelSeparation=6, values=ticks(first, last, most)),
    )


def bars_on_paper(pixels: int) -> int:
    """Number of bars of so many pixels each, from one to the next, that a sheet of paper holds."""
    return (LAYOUT.paper_height - LAYOUT.axes_height) // pixels


def ticks(first: float, last: float, most: int) -> list[int]:
    """Whole years between, thinned to at most `most`."""
    inside = [y for y in range(int(first), int(last) + 1) if first <= y <= last]
    step = -(-len(inside) // most) or 1
    return inside[::step]


def scale_of(largest: float) -> tuple[float, Both]:
    """A divisor that keeps an axis readable, and its word."""
    for size, word in (
        (1e9, bilingual("report.unit.billion")),
        (1e6, bilingual("report.unit.million")),
        (1e3, bilingual("report.unit.thousand")),
    ):
        if abs(largest) >= size:
            return size, word
    return 1.0, ("", "")


def measured(unit: Both, word: Both) -> Both:
    """Title of an axis with its unit in both languages, such as million USD."""
    return (" ".join(filter(None, (word[0], unit[0]))), " ".join(filter(None, (word[1], unit[1]))))


def colours(words: Mapping[str, Both], present: Iterable[str], k: int, palette: Mapping[str, str] | None = None) -> Any:
    """A colour scale over the words of codes that occur, in the order of `words`."""
    present_set = set(present)
    codes = [c for c in words if c in present_set]
    shades = [palette[c] if palette else PALETTE[i % len(PALETTE)] for i, c in enumerate(codes)]
    return part(domain=[spoken(words[c], k) for c in codes], range=shades)


def rounded(value: float) -> float:
    """Four significant digits: finer than a picture shows."""
    return float(f"{value:.4g}")
