"""Charts laid out with a quick font: sizes and fonts as named, and room for the letters of the page."""

from __future__ import annotations

import re

import pytest
import vl_convert

from tawteen.report.drawing import FONTS
from tawteen.report.layout_font import as_named, for_layout
from tawteen.report.params import LAYOUT
from tawteen.report.pictures import draw


def bar(name: str, font: str | None) -> dict:
    """A chart as wide as one name beside a bar, and a bar."""
    spec = {
        "data": {"values": [{"name": name, "fontSize": 7}]}, "mark": "bar", "width": 100,
        "encoding": {"y": {"field": "name", "type": "nominal", "axis": {"labelLimit": 0, "labelFontSize": 12}}},
    }  # fmt: skip
    return spec if font is None else {**spec, "config": {"font": font}}


def test_letters_have_the_sizes_and_fonts_that_charts_name(shown):
    charts = [(e.key, chart) for e in shown for chart in e.charts.values()]
    assert charts
    for key, chart in charts:
        drawn = draw(chart, "en")
        assert set(re.findall(r'font-size="([^"]+)"', drawn)) <= {"12px", "13px"}, key
        assert set(re.findall(r'font-family="([^"]+)"', drawn)) <= {chart["config"]["font"]}, key


def test_data_and_charts_without_a_font_stay_as_they_are():
    assert for_layout(bar("x", None)) == bar("x", None)
    assert for_layout(bar("x", FONTS[0]))["data"] == bar("x", FONTS[0])["data"]
    assert as_named('<text font-size="13px">', bar("x", None)) == '<text font-size="13px">'


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("Cement works at Zliten", FONTS[0]),
        ("Steel pipes 12,345.6", FONTS[0]),
        ("million USD", FONTS[0]),
        ("كابلات بنغازي", FONTS[1]),
        ("مصنع الإسمنت في زليتن: خط", FONTS[1]),
    ],
)
def test_the_layout_has_room_for_a_name_in_the_font_of_its_letters(name, font):
    def width(spec: dict) -> float:
        drawn = vl_convert.vegalite_to_svg(spec)
        return float(re.search(r'<svg[^>]* width="([\d.]+)"', drawn)[1]) - 100

    own, laid_out = width(bar(name, font)), width(for_layout(bar(name, font)))
    if own == width(bar(name, "no such font")):
        pytest.skip("this machine lacks the fonts of the page")
    assert 0.97 * own <= laid_out <= 1.25 * own


def test_letters_are_as_much_larger_as_the_font_is_narrower():
    spec = for_layout(bar("x", FONTS[0]))
    assert spec["config"]["font"] == LAYOUT.layout_font
    assert spec["encoding"]["y"]["axis"]["labelFontSize"] == pytest.approx(13)
