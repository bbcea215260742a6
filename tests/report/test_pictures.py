"""Pictures: ids that do not clash, no web address, exact labels, files in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest

from tawteen.report.funds import by_category
from tawteen.report.pictures import draw_all, svg, write_pictures, write_svgs


def test_a_picture_stands_alone(shown):
    for exhibit in (e for e in shown if e.charts):
        for k, lang in enumerate(("en", "ar")):
            drawn = svg(exhibit.charts[lang], lang, exhibit.title[k], f"{exhibit.key}-{lang}")
            assert drawn.startswith("<svg")
            assert "<title>" in drawn
            assert 'direction="ltr"' in drawn
            addresses = set(re.findall(r'https?://[^"\s)]+', drawn))
            assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}, exhibit.key
            ids = re.findall(r'\bid="([^"]+)"', drawn)
            assert all(i.startswith(exhibit.key) for i in ids)
            assert set(re.findall(r"url\(#([^)]+)\)", drawn)) <= set(ids)


def test_labels_keep_their_decimals(shown):
    spec = {
        "data": {"values": [{"v": 0.05}, {"v": 0.2}]}, "mark": "point",
        "encoding": {"x": {"field": "v", "type": "quantitative", "axis": {"values": [0.05, 0.15], "format": ".2f"}}},
    }  # fmt: skip
    drawn = svg(spec, "en", "x", "x")
    assert ">0.05<" in drawn
    assert ">0.15<" in drawn


def test_numbers_below_zero_have_a_minus_that_every_font_has():
    spec = {
        "data": {"values": [{"v": -5}, {"v": 5}]}, "mark": "point",
        "encoding": {"x": {"field": "v", "type": "quantitative"}},
    }  # fmt: skip
    drawn = svg(spec, "en", "x", "x")
    assert ">-4<" in drawn
    assert "\u2212" not in drawn


@pytest.mark.parametrize("name", ["😀" * 50, "a" + "😀" * 50, "𐎠b" * 40])
def test_long_names_of_letters_beyond_the_first_plane_are_drawn_whole(name):
    spec = {
        "data": {"values": [{"name": name, "v": 1}, {"name": "b", "v": 2}]}, "mark": "bar",
        "encoding": {"x": {"field": "v", "type": "quantitative"}, "color": {"field": "name", "type": "nominal"},
                     "row": {"field": "name", "type": "nominal"}},
        "config": {"legend": {"labelLimit": 100}, "header": {"labelLimit": 100}},
    }  # fmt: skip
    assert svg(spec, "en", "x", "x").count(f">{name}<") == 2


def test_arabic_files_ask_first_for_fonts_that_have_latin_letters_too(shown, tmp_path):
    chart = [e for e in shown if e.key == "funds"]
    write_pictures(chart, tmp_path, "ar")
    fonts = re.search(r'font-family="([^"]*)"', (tmp_path / "funds.ar.svg").read_text())[1]
    assert "DejaVu Sans" in fonts[: fonts.index("Noto Sans Arabic")]


def test_what_the_money_buys_leaves_no_draw_out(read):
    """A draw of nobody's supplier, what crews cost above their reference price, has a colour of its own."""
    draws = read.programme.draws
    dearer = draws.head(1).with_columns(origin=pl.lit(None, pl.String), option=pl.lit(None, pl.String))
    programme = replace(read.programme, draws=pl.concat([draws, dearer.select(draws.columns)]))
    chart = by_category(replace(read, programme=programme)).charts["en"]
    parts = {r["part"] for r in chart["data"]["values"] if r.get("v")}
    domains = [
        layer["encoding"]["color"]["scale"]["domain"] for layer in chart["layer"] if "color" in layer["encoding"]
    ]
    assert "Above the reference price" in parts
    assert parts <= set(domains[0])


def test_eastern_digits_where_the_case_wants_them(shown):
    chart = next(e for e in shown if e.key == "funds")
    eastern = svg(chart.charts["ar"], "ar", "x", "x", "arab")
    assert "٢٠٢٧" in eastern
    assert "٢٠٢٧" not in svg(chart.charts["en"], "en", "x", "x", "arab")


def test_files_are_written_whole(shown, tmp_path):
    some = [e for e in shown if e.key in ("timeline", "sites")]
    written = write_pictures(some, tmp_path, "ar")
    assert {p.name for p in written} == {"timeline.ar.svg", "timeline.ar.png"}
    assert (tmp_path / "timeline.ar.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in written)


def test_rings_run_clockwise():
    from tawteen.report.map import clockwise

    counter = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]
    turned = clockwise({"features": [{"geometry": {"type": "Polygon", "coordinates": [counter]}}]})
    assert turned["features"][0]["geometry"]["coordinates"][0][0] == counter[::-1]


def test_many_sites_become_cells(read):
    import polars as pl

    from tawteen.report.map import _points, map_note
    from tawteen.report.params import LAYOUT

    many = pl.DataFrame(
        {"lat": [30 + (i % 71) / 20 for i in range(5000)], "lon": [10 + (i % 97) / 10 for i in range(5000)]}
    )
    many = many.with_columns(status=pl.Series(["firm", "out"] * 2500))
    window = (9.0, 29.0, 21.0, 34.5)
    cells = _points(many, window, 0)
    assert len(cells) < many.height / 3
    assert max(cell["area"] for cell in cells) > 72
    assert "cells" in map_note(read, many)[0]
    assert len(_points(many.head(LAYOUT.map_points), window, 0)) == LAYOUT.map_points


def test_drawings_are_written_on_white_with_a_margin(shown, tmp_path):
    some = [e for e in shown if e.key in ("timeline", "sites")]
    drawings = draw_all(some)
    written = write_svgs(drawings, tmp_path)
    assert {p.name for p in written} == {"timeline.en.svg", "timeline.ar.svg"}
    text = (tmp_path / "timeline.en.svg").read_text(encoding="utf-8")
    wide = float(re.search(r'<svg[^>]* width="([\d.]+)"', text)[1])
    plain = float(re.search(r'<svg[^>]* width="([\d.]+)"', drawings["timeline"].in_language("en"))[1])
    assert wide == plain + 24
    assert re.search(r'<rect[^>]*fill="white"', text)


@pytest.mark.parametrize(("low", "high"), [(-8.1, 17.3), (-50.0, 1.0), (2.0, 9.0)])
def test_no_bar_of_a_distribution_mixes_losses_and_gains(low, high):
    from tawteen.report.appraisal_charts import _edges
    from tawteen.report.params import LAYOUT

    edges = _edges(low, high)
    assert edges[0] <= low + 1e-9
    assert edges[-1] >= high - 1e-9
    assert LAYOUT.histogram_bars + 1 <= len(edges) <= LAYOUT.histogram_bars + 3
    assert not [(a, b) for a, b in pairwise(edges) if a < -1e-9 and b > 1e-9]
