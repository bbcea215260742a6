"""Classes in the report: how many are held in which quarter, and how full they are."""

from __future__ import annotations

import pytest
from tests.plan.limits.test_classes import planned_pair, two_sites

from tawteen.case.model import Case
from tawteen.plan.planning import plan
from tawteen.report import people
from tawteen.report.exhibit import Exhibit
from tawteen.report.report import study


def classes_of(case: Case) -> list[Exhibit]:
    return [exhibit for exhibit in people.people(study(case, plan(case, gap=0.0))) if exhibit.key == "classes"]


def test_classes_are_told_with_what_is_taken_and_what_stays_empty() -> None:
    """Four electricians, of whom 80 % pass, take five of the ten places of one class."""
    [exhibit] = classes_of(planned_pair())
    [row] = exhibit.table.to_dicts()
    assert set(exhibit.columns) - {"course"} <= set(row)
    assert (row["classes"], row["size"]) == (1, 10.0)
    assert (row["taken"], row["empty"], row["elsewhere"]) == pytest.approx((5.0, 5.0, 0.0))
    assert row["full"] == pytest.approx(0.5)
    assert all(row[f"course_{lang}"] for lang in ("en", "ar"))


def test_a_case_without_classes_shows_none() -> None:
    assert not classes_of(two_sites(0.0, cohort=None))
