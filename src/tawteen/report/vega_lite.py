"""Charts as specifications of Vega-Lite: plain dictionaries, put together by a chart that grows step by step.

A property that is left out takes the default of Vega-Lite; None is written, and takes an axis or a legend away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Spec = dict[str, Any]
Rows = list[dict[str, Any]]

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
"""Name of the version of Vega-Lite that the specifications are written in."""

MEASURES = {"Q": "quantitative", "N": "nominal", "O": "ordinal"}


def part(**properties: Any) -> Spec:
    """The properties of a part of a chart, such as an axis, a scale, a legend or a title."""
    return properties


def channel(name: str, **properties: Any) -> Spec:
    """A channel that shows a field: its name, a colon and Q (quantitative), N (nominal) or O (ordinal).

    `count()` shows the number of rows. The second end of a bar has a name alone.
    """
    if name == "count()":
        return {"aggregate": "count", "type": "quantitative", **properties}
    column, _, measure = name.partition(":")
    return {"field": column, **({"type": MEASURES[measure]} if measure else {}), **properties}


@dataclass(frozen=True)
class Chart:
    """A chart, layers over one another, or panels; each method returns a further chart and leaves this one as it is."""

    spec: Spec = field(default_factory=dict)

    def mark(self, kind: str, **look: Any) -> Chart:
        """The chart drawn as bars, lines and so on."""
        return self.properties(mark={"type": kind, **look})

    def encode(self, **channels: Spec) -> Chart:
        """The chart with what its channels show."""
        return self.properties(encoding=channels)

    def where(self, condition: str) -> Chart:
        """The chart of the rows for which an expression of Vega is true."""
        return self.properties(transform=[{"filter": condition}])

    def properties(self, **properties: Any) -> Chart:
        """The chart with further properties, such as its size or its title."""
        return Chart({**self.spec, **properties})

    def resolved(self, **parts: Spec) -> Chart:
        """The chart whose panels or layers share a scale or an axis, or have their own."""
        return self.properties(resolve=parts)

    def panels(self, facet: Spec, columns: int) -> Chart:
        """A panel of the chart for each value of a field, so many beside one another."""
        inner = {name: value for name, value in self.spec.items() if name != "data"}
        return Chart({"data": self.spec["data"], "facet": facet, "spec": inner, "columns": columns})


def chart_of(rows: Rows) -> Chart:
    """A chart of rows, to be drawn with a mark."""
    return Chart({"data": {"values": rows}})


def layered(*charts: Chart) -> Chart:
    """Charts over one another."""
    return Chart({"layer": [chart.spec for chart in charts]})


def one_below_another(*charts: Chart, spacing: int) -> Chart:
    """Charts one below the other, so many pixels apart."""
    return Chart({"vconcat": [chart.spec for chart in charts], "spacing": spacing})
