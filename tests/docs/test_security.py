"""The page about security names each requirement of ASVS 5.0 at levels 1 and 2 once, and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([\d., ]+|\d+ \(all\)) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
REQUIREMENTS = """
1.1 2, 1.2 9, 1.3 11, 1.4 3, 1.5 2, 2.1 3, 2.2 3, 2.3 4, 2.4 1, 3.2 2, 3.3 4, 3.4 6, 3.5 5, 3.7 2, 4.1 3, 4.2 1, 4.3 2,
4.4 4, 5.1 1, 5.2 3, 5.3 2, 5.4 3, 6.1 3, 6.2 12, 6.3 4, 6.4 4, 6.5 5, 6.6 3, 6.8 4, 7.1 3, 7.2 4, 7.3 2, 7.4 5, 7.5 2,
7.6 2, 8.1 2, 8.2 3, 8.3 1, 8.4 1, 9.1 3, 9.2 4, 11.1 2, 11.2 3, 11.3 3, 11.4 4, 11.5 1, 11.6 1, 12.1 3, 12.2 2, 12.3 4,
13.1 1, 13.2 5, 13.3 2, 13.4 5, 14.1 2, 14.2 4, 14.3 3, 15.1 3, 15.2 3, 15.3 7, 16.1 1, 16.2 5, 16.3 4, 16.4 3, 16.5 3
"""
"""Sections, and how many requirements of levels 1 and 2 each begins with; those of level 3 come after them."""

REASONS = (
    "Not applicable: ", "Not met: ", "Not shown: ", "Partly: ", "By review: ", "By review. ", "For the operator: ",
    "The section *", "The database of", "`reference/", "`src/", "`constraints.txt`",
)  # fmt: skip
"""How a row begins that names no test."""


def rows() -> list[tuple[str, str]]:
    return [(number, shown) for numbers, shown in ROW.findall(PAGE) for number in numbers.split(", ")]


def test_each_requirement_is_named_once() -> None:
    sections = [one.split() for one in REQUIREMENTS.replace("\n", " ").split(",")]
    expected = [f"{section}.{number}" for section, most in sections for number in range(1, int(most) + 1)]
    assert sorted(number for number, _ in rows()) == sorted([*expected, "10 (all)", "17 (all)"])
    assert len(expected) + 29 + 7 == 253


def test_each_requirement_has_a_test_or_says_why_not() -> None:
    without_test = [(number, shown) for number, shown in rows() if not TEST.search(shown)]
    assert not [(number, shown) for number, shown in without_test if not shown.startswith(REASONS)]
    for section in re.findall(r"The section \*([^*]+)\* below", PAGE):
        assert f"\n## {section}\n" in PAGE, section


def test_each_test_that_is_named_exists() -> None:
    named = TEST.findall(PAGE)
    assert len(named) > 100
    for file, test in named:
        assert f"\ndef {test}(" in (TESTS / file).read_text(encoding="utf-8"), (file, test)
