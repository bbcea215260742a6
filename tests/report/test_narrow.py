"""Charts for narrow screens: no wider than they show, with letters and names whole."""

from __future__ import annotations

import re

import pytest

from tawteen.report.narrow import is_wide, narrowed
from tawteen.report.params import LAYOUT
from tawteen.report.pictures import draw


def size(drawn: str) -> tuple[float, float]:
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawn).groups()
    return float(width), float(height)


@pytest.mark.parametrize(("k", "lang"), [(0, "en"), (1, "ar")])
def test_no_narrow_chart_is_wider_than_it_shows(shown, k, lang):
    charts = {e.key: e.charts[lang] for e in shown if e.charts and is_wide(e.charts[lang])}
    assert len(charts) > 8
    for key, spec in charts.items():
        width, _ = size(draw(narrowed(spec, k), lang))
        assert width <= LAYOUT.narrow_width + 40, key


def test_the_map_keeps_its_shape(shown):
    chart = next(e for e in shown if e.key == "map").charts["en"]
    assert not is_wide(chart)


def test_names_go_on_in_lines_for_which_the_bars_make_room():
    name = "Benghazi and Hawari cement works (two plants, one site)"
    spec = {
        "config": {"legend": {"columns": 6}, "lineBreak": "\n"}, "width": LAYOUT.width - 400, "height": {"step": 17},
        "data": {"values": [{"site": name, "v": 1.0}, {"site": "Mill", "v": 2.0}]}, "mark": "bar",
        "encoding": {"x": {"field": "v", "type": "quantitative"},
                     "y": {"field": "site", "type": "nominal", "sort": [name, "Mill"]}},
    }  # fmt: skip
    chart = narrowed(spec, 0)
    lines = chart["data"]["values"][0]["site"]
    assert lines.replace("\n", " ") == name
    assert chart["encoding"]["y"]["sort"] == [lines, "Mill"]
    assert chart["height"]["step"] == 17 + LAYOUT.line_height * lines.count("\n")
    assert chart["config"]["legend"]["columns"] == 2
    drawn = draw(chart, "en")
    assert all(f">{line}<" in drawn for line in lines.split("\n"))
    assert spec["data"]["values"][0]["site"] == name


def test_panels_stand_below_each_other(shown):
    chart = next(e for e in shown if e.key == "funds").charts["en"]
    narrow = narrowed(chart, 0)
    assert narrow["columns"] == 1
    assert size(draw(narrow, "en"))[1] > size(draw(chart, "en"))[1]
