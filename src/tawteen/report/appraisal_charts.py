"""Charts of one option: cash by year, sensitivity to each input, distribution of the present value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tawteen.report.appraised import GAIN_ITEMS, Appraised
from tawteen.report.bilingual import Both
from tawteen.report.drawing import INK, PALETTE, SOFT_INK, measured, rounded, scale_of, spoken
from tawteen.report.params import LAYOUT
from tawteen.report.vega_lite import Rows, channel, chart_of, layered, part
from tawteen.words import Words

GOOD, BAD = "#12805c", "#b23a48"


def both_of(code: str) -> Both:
    """A sentence in both languages."""
    return (Words("en").say(code), Words("ar").say(code))


def _unit(one: Appraised, peak: float) -> tuple[float, Both]:
    size, word = scale_of(peak)
    return size, measured((one.study.currency, one.study.currency), word)


def cash(one: Appraised, k: int, *, width: int = LAYOUT.width - 90, height: int = 185) -> Any:
    """Gain by year and part as bars, cumulated as lines, plain and discounted."""
    totals = one.yearly.group_by("year").agg(amount=one.yearly["amount"].abs().sum())
    peak = max(float(one.cumulated["plain"].abs().max() or 0.0), float(one.yearly["amount"].abs().max() or 0.0))  # type: ignore[arg-type]
    size, unit = _unit(one, peak if totals.height else 1.0)
    names = {part: spoken(both_of(f"opportunity.part.{part}"), k) for part in GAIN_ITEMS}
    bars: Rows = [
        {"year": str(r["year"]), "v": rounded(r["amount"] / size), "part": names[r["part"]],
         "o": list(GAIN_ITEMS).index(r["part"])}
        for r in one.yearly.iter_rows(named=True) if r["amount"]
    ]  # fmt: skip
    kinds = {name: spoken(both_of(f"opportunity.{name}"), k) for name in ("plain", "discounted")}
    lines: Rows = [
        {"year": str(r["year"]), "v": rounded(r[name] / size), "part": kinds[name]}
        for r in one.cumulated.iter_rows(named=True)
        for name in kinds
    ]
    colours = [*PALETTE[: len(GAIN_ITEMS)], INK, SOFT_INK]
    scale = part(domain=[*names.values(), *kinds.values()], range=colours)
    x = channel("year:O", axis=part(title=None, labelAngle=0, labelOverlap=True))
    y = channel("v:Q", axis=part(title=spoken(unit, k), tickCount=5))
    legend = part(columns=3, symbolType="square")
    drawn = chart_of(bars).mark("bar").encode(
        x=x, y=y, color=channel("part:N", scale=scale, legend=legend), order=channel("o:Q")
    )  # fmt: skip
    over = chart_of(lines).mark("line", point=part(size=16)).encode(
        x=x, y=y, color=channel("part:N", scale=scale, legend=legend)
    )  # fmt: skip
    zero = chart_of([{"v": 0.0}]).mark("rule", color=SOFT_INK, strokeWidth=0.8).encode(y=channel("v:Q"))
    return layered(drawn, zero, over).properties(width=width, height=height)


def tornado(one: Appraised, k: int, *, width: int = LAYOUT.width - 330, most: int = 11) -> Any:
    """Change of the present value as one input goes from its tenth to its ninetieth percentile."""
    swings = one.swings.filter(one.swings["swing"] > 0).head(most)
    ends = [float(v) for c in ("npv_low", "npv_high", "npv") for v in swings[c]]
    size, unit = _unit(one, max((abs(v) for v in ends), default=1.0))
    sides = [spoken(both_of(f"opportunity.{side}"), k) for side in ("low", "high")]
    rows: Rows = []
    for r in swings.iter_rows(named=True):
        name = spoken(both_of(f"opportunity.driver.{r['input']}"), k)
        for side, column in zip(sides, ("npv_low", "npv_high"), strict=True):
            rows.append({"name": name, "from": r["npv"] / size, "to": rounded(r[column] / size), "side": side})
    names = list(dict.fromkeys(r["name"] for r in rows))
    bars = chart_of(rows).mark("bar", height=13).encode(
        x=channel("from:Q", axis=part(title=spoken(unit, k), tickCount=6), scale=part(zero=False)),
        x2=channel("to"),
        y=channel("name:N", sort=names, axis=part(title=None, ticks=False, domain=False)),
        color=channel("side:N", scale=part(domain=sides, range=["#9fb4c2", "#2a6f97"])),
    )  # fmt: skip
    middle = rows[0]["from"] if rows else 0.0
    rule = chart_of([{"v": middle}]).mark("rule", color=INK, strokeWidth=1).encode(x=channel("v:Q"))
    nothing = chart_of([{"v": 0.0}]).mark("rule", color=BAD, strokeDash=[4, 3]).encode(x=channel("v:Q"))
    return layered(bars, rule, nothing).properties(width=width, height=part(step=20))


def _edges(low: float, high: float) -> NDArray[np.float64]:
    """Edges of about `LAYOUT.histogram_bars` bars of one width between `low` and `high`.

    Zero, if between them, is an edge: a bar on both sides of zero would show losses as gains or the reverse.
    """
    width = (high - low) / LAYOUT.histogram_bars
    if not low < 0 < high:
        return np.linspace(low, high, LAYOUT.histogram_bars + 1)
    return width * np.arange(math.floor(low / width), math.ceil(high / width) + 1, dtype=np.float64)


def distribution(one: Appraised, k: int, *, width: int = LAYOUT.width - 90, height: int = 190) -> Any:
    """Present value on all paths, coloured by sign, with P10, P50 and P90 as lines."""
    npv = one.risk.npv
    low, high = np.quantile(npv, [0.005, 0.995])
    size, unit = _unit(one, max(abs(low), abs(high)))
    counts, edges = np.histogram(np.clip(npv, low, high), bins=_edges(float(low), float(high)))
    words = [spoken(both_of(f"opportunity.{name}"), k) for name in ("loss", "gain")]
    rows: Rows = [
        {"a": rounded(a / size), "b": rounded(b / size),
         "share": float(n) / one.risk.paths, "zero": 0.0,
         "side": words[int((a + b) / 2 >= 0)]}
        for n, a, b in zip(counts, edges, edges[1:], strict=False)
    ]  # fmt: skip
    bars = chart_of(rows).mark("bar", strokeWidth=0.5, stroke="white").encode(
        x=channel("a:Q", axis=part(title=spoken(unit, k), tickCount=8)),
        x2=channel("b"),
        y=channel("share:Q", axis=part(title=None, format="%", tickCount=4)),
        y2=channel("zero"),
        color=channel("side:N", scale=part(domain=words, range=[BAD, GOOD])),
    )  # fmt: skip
    marks: Rows = [{"v": rounded(one.risk.npv_at(p / 100) / size), "name": f"P{p}"} for p in (10, 50, 90)]
    rules = chart_of(marks).mark("rule", color=INK, strokeDash=[5, 3]).encode(x=channel("v:Q"))
    names = chart_of(marks).mark("text", align="left", dx=3, baseline="top").encode(
        x=channel("v:Q"), y=part(value=2), text=channel("name:N")
    )  # fmt: skip
    return layered(bars, rules, names).properties(width=width, height=height)
