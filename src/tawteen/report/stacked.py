"""Stepped, stacked areas per quarter: one picture or a panel each, with limits drawn over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from tawteen.report.bilingual import Both
from tawteen.report.drawing import colours, measured, rounded, scale_of, spoken, years
from tawteen.report.labels import in_lines, width_of
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import ReportData
from tawteen.report.vega_lite import Chart, Rows, Spec, channel, layered, part


def stairs(frame: pl.DataFrame, series: Sequence[str], value: str, study: ReportData) -> pl.DataFrame:
    """Every series in every quarter (zero where silent), with the last repeated at the end, for stepped areas."""
    every = frame.select(*series).unique(maintain_order=True)
    grid = every.join(pl.DataFrame({"period": range(study.periods)}, schema={"period": pl.Int64}), how="cross")
    summed = frame.group_by(*series, "period").agg(pl.col(value).sum())
    full = grid.join(summed, on=[*series, "period"], how="left").with_columns(pl.col(value).fill_null(0.0))
    last = full.filter(pl.col("period") == study.periods - 1).with_columns(pl.col("period") + 1)
    return pl.concat([full, last]).with_columns(
        pl.col("period").map_elements(study.year, return_dtype=pl.Float64).alias("year")
    )


def stacked(
    frame: pl.DataFrame, series: str, value: str, study: ReportData, *,
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
    area = stairs(frame.select(*keys, series, "period", amount=pl.col(value)), [*keys, series], "amount", study)
    limit = stairs(line, keys, "amount", study) if line is not None and line.height else None
    width = (LAYOUT.width - 40) // columns - 50 if facet else LAYOUT.width - 90
    panels = _panels(
        area, limit, facet, facets=facets or {}, units=units or {}, unit=unit, width=width, k=k
    )  # fmt: skip
    rows: Rows = []
    for r in area.iter_rows(named=True):
        size, title = panels[r[facet] if facet else ""]
        label = spoken(labels.get(r[series], (r[series],) * 2), k)
        rows.append(
            {
                "year": r["year"],
                "v": rounded(r["amount"] / size),
                "part": label,
                "o": order.get(r[series], 99),
                "panel": title,
            }
        )
    for r in limit.iter_rows(named=True) if limit is not None else ():
        size, title = panels[r[facet] if facet else ""]
        rows.append({"year": r["year"], "limit": rounded(r["amount"] / size), "part": None, "panel": title})
    chart = _areas(
        rows,
        study,
        legend(labels, frame[series].unique().to_list(), k, palette),
        None if facet else panels[""][1],
        12 // columns if facet else 12,
    )
    if facet is None:
        return chart.properties(width=width, height=height)
    chart = chart.properties(width=width, height=height)
    titles = [title for _, title in panels.values()]
    panel = channel("panel:N", sort=titles, title=None, header=part(labelLimit=width + 40))
    return chart.panels(panel, columns).resolved(scale=part(y="independent"), axis=part(x="independent"))


def legend(
    labels: Mapping[str, Both], present: Sequence[str], k: int, palette: Mapping[str, str] | None = None
) -> Spec:
    """The colours of the parts, and as many of them beside each other as the picture is wide."""
    scale = colours(labels, present, k, palette)
    widest = max((width_of(label[k], k) for code, label in labels.items() if code in present), default=0.0)
    return channel("part:N", scale=scale, legend=part(columns=max(1, min(6, int(LAYOUT.width / (widest + 28))))))


def _areas(rows: Rows, study: ReportData, colour: Spec, title: str | None, most: int) -> Any:
    x, y = years(study, most=most), channel("v:Q", stack="zero", axis=part(title=title, tickCount=5, minExtent=36))
    base = Chart().where("isValid(datum.v)")
    layers: list[Any] = [
        base.mark("area", interpolate="step-after", opacity=0.9).encode(x=x, y=y, color=colour, order=channel("o:Q"))
    ]
    if any("limit" in row for row in rows):
        limits = Chart().where("isValid(datum.limit)")
        dashed = limits.mark("line", interpolate="step-after", color="#b0222f", strokeWidth=1.8, strokeDash=[5, 3])
        layers.append(dashed.encode(x=x, y=channel("limit:Q")))
    return layered(*layers).properties(data={"values": rows})


def _panels(
    area: pl.DataFrame,
    limit: pl.DataFrame | None,
    facet: str | None,
    *,
    facets: Mapping[str, Both],
    units: Mapping[str, Both],
    unit: Both,
    width: float,
    k: int,
) -> dict[str, tuple[float, str]]:
    """Divisor and title of every panel, in the order of the rows; of the whole picture under the empty name."""
    if facet is None:
        size, word = scale_of(max(_peak(area), _peak(limit)))
        return {"": (size, spoken(measured(unit, word), k))}
    panels = {}
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
        panels[code] = (size, in_lines(titled, k, width, lines=3, bold=True))
    return panels


def _peak(frame: pl.DataFrame | None) -> float:
    if frame is None or frame.is_empty():
        return 0.0
    return float(frame.group_by("period").agg(pl.col("amount").sum())["amount"].max() or 0.0)  # type: ignore[arg-type]
