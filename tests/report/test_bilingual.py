"""Sentences in both languages, and runs of Arabic text that must not turn round."""

from __future__ import annotations

import pytest

from tawteen.report.bilingual import bilingual, join_list
from tawteen.report.cells import html
from tawteen.report.direction import balanced, isolated


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("من 2028-Q3 إلى 2029-Q1", "من [2028-Q3] إلى [2029-Q1]"),
        ("القيمة -1.2 مليون", "القيمة [-1.2] مليون"),
        ("\u200e-15,893", "[\u200e-15,893]"),
        ("المجال 2028\u20132032.", "المجال [2028\u20132032]."),
        ("بتاريخ 2018-10-16، الموقع feed-sirte/control", "بتاريخ [2018-10-16]، الموقع [feed-sirte/control]"),
        ("USD بأسعار 2026، 25,131,784 (7.6%)", "USD بأسعار 2026، 25,131,784 (7.6%)"),
        ("بداية \u20662027-Q1\u2069؛", "بداية \u20662027-Q1\u2069؛"),
    ],
)
def test_what_would_turn_round_is_isolated(text, marked):
    assert isolated(text, lambda run: f"[{run}]") == marked
    assert isolated(isolated(text)) == isolated(text)


def test_the_page_isolates_in_arabic_alone():
    made = html(("from 2028-Q3 on", "من 2028-Q3 فصاعدا"))
    turned = '<bdi class="q" dir="ltr">2028-Q3</bdi>'
    assert made == f"<span class=en>from 2028-Q3 on</span><span class=ar>من {turned} فصاعدا</span>"
    assert html(("a & b", "أ & ب")) == "<span class=en>a &amp; b</span><span class=ar>أ &amp; ب</span>"


def test_arguments_take_the_language_of_the_sentence():
    places = {"origin": ("East", "الشرق"), "target": ("West", "الغرب")}
    english, arabic = bilingual("report.route", carrier=("ship", "سفن"), **places)
    assert english == "East → West, ship"
    assert arabic == "الشرق ← الغرب، سفن"


def test_lists_have_the_comma_of_their_language_and_no_empty_part():
    assert join_list([("a", "أ"), ("", ""), ("b", "ب")]) == ("a, b", "أ، ب")


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("plain", "plain"),
        ("\u2067name", "\u2067name\u2069"),
        ("name\u2069", "name"),
        ("\u202bname", "\u202bname\u202c"),
        ("\u2066a\u202bb\u2069", "\u2066a\u202bb\u202c\u2069"),
        ("\u2066a\u2069", "\u2066a\u2069"),
    ],
)
def test_directions_end_with_the_name_that_opened_them(text: str, closed: str) -> None:
    assert balanced(text) == closed
    assert closed in html((text, "س"))
