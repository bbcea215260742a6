"""Charts grow step by step, and each step leaves the chart before it as it was."""

from __future__ import annotations

from tawteen.report.vega_lite import channel, chart_of, layered, one_below_another, part

ROWS = [{"site": "a", "v": 1.0, "end": 2.0}]


def test_a_channel_has_the_measure_of_its_letter():
    assert channel("v:Q", axis=None) == {"field": "v", "type": "quantitative", "axis": None}
    assert channel("site:N")["type"] == "nominal"
    assert channel("year:O")["type"] == "ordinal"
    assert channel("end") == {"field": "end"}
    assert channel("count()") == {"aggregate": "count", "type": "quantitative"}


def test_a_step_leaves_the_chart_before_it_as_it_was():
    rows = chart_of(ROWS)
    bars = rows.mark("bar", height=7).encode(x=channel("v:Q"), x2=channel("end")).properties(width=100)
    assert rows.spec == {"data": {"values": ROWS}}
    assert bars.spec["mark"] == {"type": "bar", "height": 7}
    assert bars.spec["encoding"]["x2"] == {"field": "end"}
    assert bars.spec["width"] == 100


def test_panels_take_the_rows_of_their_chart():
    panels = chart_of(ROWS).mark("bar").where("datum.v > 0").panels(channel("site:N"), 2)
    assert panels.spec["data"] == {"values": ROWS}
    assert panels.spec["spec"] == {"mark": {"type": "bar"}, "transform": [{"filter": "datum.v > 0"}]}
    assert (panels.spec["facet"]["field"], panels.spec["columns"]) == ("site", 2)


def test_charts_are_put_together():
    bars, line = chart_of(ROWS).mark("bar"), chart_of(ROWS).mark("line")
    both = layered(bars, line)
    assert [layer["mark"]["type"] for layer in both.spec["layer"]] == ["bar", "line"]
    below = one_below_another(both, line, spacing=4).resolved(scale=part(color="independent"))
    assert below.spec["vconcat"] == [both.spec, line.spec]
    assert below.spec["resolve"] == {"scale": {"color": "independent"}}
