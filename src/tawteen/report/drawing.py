"""How every chart looks, and the few shapes they are made of.

Axes keep their direction in both languages: graphs are not mirrored (Apple's and Google's right-to-left guidelines),
words and digits are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import polars as pl

from tawteen.report.exhibit import Both
from tawteen.report.study import Study

Rows = list[dict[str, Any]]

WIDTH = 860
FONTS = (
    "'Noto Sans', 'Noto Sans Arabic', 'Segoe UI', Tahoma, 'Geeza Pro', sans-serif",
    "'Noto Sans Arabic', 'Noto Sans', 'Segoe UI', Tahoma, 'Geeza Pro', sans-serif",
)
INK, SOFT, LINE = "#1d2a33", "#5b6b76", "#e3e8ec"
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
RLE, PDF = "\u202b", "\u202c"


def spoken(both: Both, k: int) -> str:
    """The word of a language for a chart; Arabic is embedded right to left because the picture reads left to right."""
    return f"{RLE}{both[1]}{PDF}" if k and both[1] else both[k]


def both(make: Callable[[int], alt.TopLevelMixin]) -> dict[str, dict[str, Any]]:
    """Specs in both languages: `make(0)` is the English chart, `make(1)` the Arabic one."""
    return {lang: configured(make(k), FONTS[k]) for k, lang in enumerate(("en", "ar"))}


def configured(chart: Any, font: str) -> dict[str, Any]:
    """The spec of a chart with the look of the house."""
    spec: dict[str, Any] = chart.to_dict(validate=False)
    spec["config"] = {
        "aria": False,
        "font": font,
        "background": "transparent",
        "padding": 4,
        "view": {"stroke": None},
        "axis": {
            "labelColor": SOFT, "titleColor": SOFT, "labelFontSize": 12, "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": LINE, "domainColor": "#b8c2ca", "tickColor": "#b8c2ca", "labelLimit": 260,
        },
        "legend": {
            "labelColor": INK, "labelFontSize": 12, "title": None, "orient": "top", "symbolType": "square",
            "labelLimit": 260, "columns": 6,
        },
        "header": {"labelColor": INK, "labelFontSize": 12, "labelFontWeight": 600, "title": None, "labelLimit": 400},
        "text": {"fontSize": 11, "color": INK},
    }  # fmt: skip
    return spec


def data(rows: Rows) -> Any:
    """Rows as data of a chart."""
    return alt.Data(values=rows)  # type: ignore[no-untyped-call]


def years(study: Study, field: str = "year", most: int = 12) -> alt.X:
    """The time axis: years as numbers, so that no time zone can move a quarter."""
    first, last = study.year(0), study.year(study.periods)
    return alt.X(
        f"{field}:Q",
        scale=alt.Scale(domain=[first, last], nice=False),
        axis=alt.Axis(format="d", tickMinStep=1, title=None, grid=True, values=ticks(first, last, most)),
    )


def ticks(first: float, last: float, most: int) -> list[int]:
    """Whole years between, thinned to at most `most`."""
    inside = [y for y in range(int(first), int(last) + 1) if first <= y <= last]
    step = -(-len(inside) // most) or 1
    return inside[::step]


def scale_of(largest: float) -> tuple[float, Both]:
    """A divisor that keeps an axis readable, and its word."""
    for size, word in ((1e9, ("billion", "مليار")), (1e6, ("million", "مليون")), (1e3, ("thousand", "ألف"))):
        if abs(largest) >= size:
            return size, word
    return 1.0, ("", "")


def measured(unit: Both, word: Both) -> Both:
    """Title of an axis: million USD, مليون USD."""
    return (" ".join(filter(None, (word[0], unit[0]))), " ".join(filter(None, (word[1], unit[1]))))


def stairs(frame: pl.DataFrame, series: Sequence[str], value: str, study: Study) -> pl.DataFrame:
    """Every series in every quarter (zero where silent), with the last repeated at the end, for stepped areas."""
    every = frame.select(*series).unique(maintain_order=True)
    grid = every.join(pl.DataFrame({"period": range(study.periods)}, schema={"period": pl.Int64}), how="cross")
    summed = frame.group_by(*series, "period").agg(pl.col(value).sum())
    full = grid.join(summed, on=[*series, "period"], how="left").with_columns(pl.col(value).fill_null(0.0))
    last = full.filter(pl.col("period") == study.periods - 1).with_columns(pl.col("period") + 1)
    return pl.concat([full, last]).with_columns(
        pl.col("period").map_elements(study.year, return_dtype=pl.Float64).alias("year")
    )


def colours(words: Mapping[str, Both], present: Iterable[str], k: int, palette: Mapping[str, str] | None = None) -> Any:
    """A colour scale over the words of codes that occur, in the order of `words`."""
    here = set(present)
    codes = [c for c in words if c in here]
    shades = [palette[c] if palette else PALETTE[i % len(PALETTE)] for i, c in enumerate(codes)]
    return alt.Scale(domain=[spoken(words[c], k) for c in codes], range=shades)


def stacked(
    frame: pl.DataFrame, part: str, value: str, study: Study, *,
    labels: Mapping[str, Both], unit: Both, k: int, facet: str | None = None, facets: Mapping[str, Both] | None = None,
    line: pl.DataFrame | None = None, palette: Mapping[str, str] | None = None, columns: int = 2, height: int = 260,
    units: Mapping[str, Both] | None = None,
) -> Any:  # fmt: skip
    """Stepped, stacked areas per quarter, one panel per `facet`; `line` (facet, period, amount) is drawn over them.

    Every panel has its own scale and says its unit (`units` by panel, else `unit`); a
    single picture says it on its axis.
    """
    keys = [facet] if facet else []
    order = {code: i for i, code in enumerate(labels)}
    area = stairs(frame.select(*keys, part, "period", amount=pl.col(value)), [*keys, part], "amount", study)
    limit = stairs(line, keys, "amount", study) if line is not None and line.height else None
    panels = _panels(area, limit, facet, facets=facets or {}, units=units or {}, unit=unit, k=k)
    rows: Rows = []
    for r in area.iter_rows(named=True):
        size, title = panels[r[facet] if facet else ""]
        label = spoken(labels.get(r[part], (r[part],) * 2), k)
        rows.append(
            {
                "year": r["year"],
                "v": rounded(r["amount"] / size),
                "part": label,
                "o": order.get(r[part], 99),
                "panel": title,
            }
        )
    for r in limit.iter_rows(named=True) if limit is not None else ():
        size, title = panels[r[facet] if facet else ""]
        rows.append({"year": r["year"], "limit": rounded(r["amount"] / size), "part": None, "panel": title})
    chart = _areas(
        rows,
        study,
        colours(labels, frame[part].unique().to_list(), k, palette),
        None if facet else panels[""][1],
        12 // columns if facet else 12,
    )
    if facet is None:
        return chart.properties(width=WIDTH - 90, height=height)
    chart = chart.properties(width=(WIDTH - 40) // columns - 50, height=height)
    titles = [title for _, title in panels.values()]
    return (
        chart.facet(facet=alt.Facet("panel:N", sort=titles, title=None), columns=columns)
        .resolve_scale(y="independent").resolve_axis(x="independent")
    )  # fmt: skip


def _areas(rows: Rows, study: Study, scale: Any, title: str | None, most: int) -> Any:
    x, y = years(study, most=most), alt.Y("v:Q", stack="zero", axis=alt.Axis(title=title, tickCount=5, minExtent=36))
    base = alt.Chart().transform_filter("isValid(datum.v)")
    layers: list[Any] = [
        base.mark_area(interpolate="step-after", opacity=0.9).encode(
            x=x, y=y, color=alt.Color("part:N", scale=scale), order="o:Q"
        )
    ]
    if any("limit" in row for row in rows):
        limits = alt.Chart().transform_filter("isValid(datum.limit)")
        dashed = limits.mark_line(interpolate="step-after", color="#b0222f", strokeWidth=1.8, strokeDash=[5, 3])
        layers.append(dashed.encode(x=x, y=alt.Y("limit:Q")))
    return alt.layer(*layers, data=data(rows))


def _panels(
    area: pl.DataFrame,
    limit: pl.DataFrame | None,
    facet: str | None,
    *,
    facets: Mapping[str, Both],
    units: Mapping[str, Both],
    unit: Both,
    k: int,
) -> dict[str, tuple[float, str]]:
    """Divisor and title of every panel, in the order of the rows; of the whole picture under the empty name."""
    if facet is None:
        size, word = scale_of(max(_peak(area), _peak(limit)))
        return {"": (size, spoken(measured(unit, word), k))}
    found = {}
    both = [
        *area[facet].unique(maintain_order=True),
        *(limit[facet].unique(maintain_order=True) if limit is not None else ()),
    ]
    for code in dict.fromkeys(both):
        mine = limit.filter(pl.col(facet) == code) if limit is not None else None
        size, word = scale_of(max(_peak(area.filter(pl.col(facet) == code)), _peak(mine)))
        name, scaled = facets.get(code, (code, code)), measured(units.get(code, unit), word)
        titled = (
            f"{name[0]} ({scaled[0]})" if scaled[0] else name[0],
            f"{name[1]} ({scaled[1]})" if scaled[1] else name[1],
        )
        found[code] = (size, spoken(titled, k))
    return found


def rounded(value: float) -> float:
    """Four significant digits: finer than a picture shows."""
    return float(f"{value:.4g}")


def _peak(frame: pl.DataFrame | None) -> float:
    if frame is None or frame.is_empty():
        return 0.0
    return float(frame.group_by("period").agg(pl.col("amount").sum())["amount"].max() or 0.0)  # type: ignore[arg-type]
