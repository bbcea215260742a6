"""One drawing for both languages: what is shared, what is not, and that each language gets its own words."""

from __future__ import annotations

import re
from html import unescape

from tawteen.report.narrow import is_wide, narrowed
from tawteen.report.one_drawing import in_both, in_language, shared_spec
from tawteen.report.pictures import draw, draw_all

LONG, SHORT = "A name that goes\non in a second line", "\u202bاسم\u202c"


def chart(name: str, other: str = "Mill", width: int = 300) -> dict:
    return {
        "config": {"lineBreak": "\n"}, "width": width, "height": {"step": 30}, "mark": "bar",
        "data": {"values": [{"site": name, "v": 1.0}, {"site": other, "v": 2.0}]},
        "encoding": {"x": {"field": "v", "type": "quantitative"},
                     "y": {"field": "site", "type": "nominal", "sort": [name, other]}},
    }  # fmt: skip


def words(drawn: str) -> list[str]:
    texts = re.findall(r"<text[^>]*>(.*?)</text>", drawn, re.DOTALL)
    return [" ".join(re.findall(r">([^<]+)<", f">{unescape(text)}<")) for text in texts]


def test_every_chart_is_drawn_once_with_the_words_of_both_languages(shown):
    """A chart that differs between the languages in more than words takes twice the time and the room on the page."""
    charts = [(e.key, e.charts) for e in shown if e.charts]
    assert len(charts) > 8
    for key, specs in charts:
        assert shared_spec(specs["en"], specs["ar"]), key
        if is_wide(specs["en"]):
            assert shared_spec(narrowed(specs["en"], 0), narrowed(specs["ar"], 1)), f"{key} on narrow screens"


def test_each_language_has_the_words_of_its_own_drawing(shown):
    for exhibit in (e for e in shown if e.key in ("timeline", "funds", "indicators")):
        drawing = draw_all([exhibit])[exhibit.key]
        for lang in ("en", "ar"):
            own = {text for text in words(draw(exhibit.charts[lang], lang)) if not re.fullmatch(r"[\d.,%-]+", text)}
            # Labels that would overlap are left out, and which ones depends on the width of the bars alone.
            assert own == {t for t in words(drawing.in_language(lang)) if not re.fullmatch(r"[\d.,%-]+", t)}


def test_the_layout_makes_room_for_the_longer_text_and_the_narrower_bars():
    spec, texts = shared_spec(chart(LONG, width=200), chart(SHORT, width=300))
    assert spec["width"] == 200
    assert spec["encoding"]["y"]["sort"] == [LONG, "Mill"]
    assert texts[LONG] == (LONG, SHORT)


def test_fewer_lines_stand_in_the_middle_of_their_room():
    spec, texts = shared_spec(chart(LONG), chart(SHORT))
    drawn = draw(spec, "en")
    height = float(re.search(r'dy="(\d+)"', drawn)[1])
    place = r'translate\([-\d.]+,([-\d.]+)\)"[^>]*>'
    first = float(re.search(place + r"<tspan>A name", drawn)[1])
    assert float(re.search(place + SHORT, in_language(drawn, texts, 1))[1]) == first + height / 2


def test_the_page_shows_one_language_of_each_text():
    spec, texts = shared_spec(chart(LONG), chart(SHORT))
    both = in_both(draw(spec, "en"), texts)
    assert re.search(rf'<text class="in-ar"[^>]*>{SHORT}</text>', both)
    assert both.count('class="in-en"') == both.count('class="in-ar"') == 1
    assert ">Mill<" in both


def test_a_word_with_two_meanings_is_drawn_for_each_language():
    """Two bars that have one name in the longer language would become one bar in both."""
    one, other = "\u202bطاحونة\u202c", "\u202bمطحنة\u202c"
    assert shared_spec(chart("Mill of the north", "Mill of the north"), chart(one, other)) is None
    assert shared_spec(chart("Mill of the north", "Mill of the south"), chart(one, one))


def test_charts_of_other_figures_are_not_shared():
    other = chart(SHORT)
    other["data"] = {"values": [{"site": SHORT, "v": 1.5}, {"site": "Mill", "v": 2.0}]}
    assert shared_spec(chart(LONG), other) is None


def test_eastern_digits_are_drawn_for_arabic_alone(shown):
    drawing = draw_all([e for e in shown if e.key == "funds"], "arab")["funds"]
    assert "٢٠٢٧" in drawing.in_language("ar")
    assert "2027" in drawing.in_language("en")
