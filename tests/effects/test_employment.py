"""Persons who already work on the line that an option takes over."""

from __future__ import annotations

from tests.tiny import tiny

from tawteen.effects import effects_of
from tawteen.effects.employment import taken_over_persons


def persons(case, option):
    found = taken_over_persons(effects_of(case).options)
    return dict(found.iter_rows())[option]


def test_an_option_that_takes_a_running_line_over_takes_its_people():
    case = tiny()
    jobs = dict(zip(case["options"]["id"], case["options"]["jobs"], strict=True))
    assert jobs["pasta-now"] > 0
    assert persons(case, "pasta-more") == jobs["pasta-now"]


def test_nobody_is_taken_over_where_a_site_stands_still_or_is_only_surveyed():
    case = tiny()
    assert persons(case, "mill-repair") == 0
    assert persons(case, "pasta-now") == 0
    found = taken_over_persons(effects_of(case).options)
    assert found.height == effects_of(case).options.height
    assert found["persons"].null_count() == 0
