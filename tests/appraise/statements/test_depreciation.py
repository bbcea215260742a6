"""Writing off, against numbers derived by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tawteen.appraise.statements.depreciation import life_shares, opening_written_off, written_off
from tawteen.appraise.statements.timing import Timeline
from tawteen.appraise.study import Depreciation, Horizon

YEARS = Timeline(Horizon(start="2027", construction=1, production=5))


def shares(periods: int = 6, sold: Any = None, step: int = 1, **rule: Any) -> np.ndarray[Any, Any]:
    used = np.ones(periods) if sold is None else np.asarray(sold)
    return life_shares(Depreciation.model_validate(rule), step, periods, used)


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        ({"method": "straight_line", "life": 4, "salvage": 0.2}, [0.2, 0.2, 0.2, 0.2, 0, 0]),
        ({"method": "straight_line_to_salvage", "life": 5, "salvage": 0.3}, [0.2, 0.2, 0.2, 0.1, 0, 0]),
        ({"method": "straight_line", "life": 2.5}, [0.4, 0.4, 0.2, 0, 0, 0]),
        ({"method": "sum_of_years", "life": 4, "salvage": 0.0}, [0.4, 0.3, 0.2, 0.1, 0, 0]),
        ({"method": "sum_of_years", "life": 3, "salvage": 0.4}, [0.3, 0.2, 0.1, 0, 0, 0]),
        ({"method": "declining_balance", "life": 4}, [0.5, 0.25, 0.125, 0.0625, 0.03125, 0.015625]),
        ({"method": "declining_balance", "life": 4, "salvage": 0.2}, [0.5, 0.25, 0.05, 0, 0, 0]),
        ({"method": "declining_balance", "life": 4, "switch": True}, [0.5, 0.25, 0.125, 0.125, 0, 0]),
        ({"method": "none"}, [0, 0, 0, 0, 0, 0]),
    ],
    ids=lambda value: str(value)[:40],
)
def test_methods(rule: dict[str, Any], wanted: list[float]) -> None:
    assert shares(**rule) == pytest.approx(wanted)


def test_depletion_goes_by_what_is_sold() -> None:
    """A reserve of four years at full utilisation, worked at a half and then in full."""
    got = shares(sold=[0.5, 0.5, 1, 1, 1, 1], method="depletion", life=4)
    assert got == pytest.approx([0.125, 0.125, 0.25, 0.25, 0.25, 0])


def test_quarters_take_a_quarter_of_a_year() -> None:
    assert shares(periods=8, step=4, method="straight_line", life=2) == pytest.approx([1 / 8] * 8)


def test_begins_after_payment_and_not_before_production() -> None:
    """100 in 2027 and 60 in 2029 over two years: 2028–29 and 2030–31."""
    spent = np.array([100.0, 0, 60, 0, 0, 0])
    rule = Depreciation(method="straight_line", life=2)
    assert written_off(spent, rule, YEARS, np.ones(6)) == pytest.approx([0, 50, 50, 30, 30, 0])
    late = Depreciation(method="straight_line", life=2, begins="2030")
    assert written_off(spent, late, YEARS, np.ones(6)) == pytest.approx([0, 0, 0, 80, 80, 0])


def test_paths_are_written_off_one_by_one() -> None:
    spent = np.array([[100.0, 0, 60, 0, 0, 0], [0, 10, 0, 0, 0, 0]])
    rule = Depreciation(method="declining_balance", life=5)
    both = written_off(spent, rule, YEARS, np.ones(6))
    assert both[1] == pytest.approx(written_off(spent[1], rule, YEARS, np.ones(6)))


def test_assets_of_the_existing_company_are_written_off_from_the_start() -> None:
    rule = Depreciation(method="straight_line", life=3)
    assert opening_written_off(90.0, rule, YEARS, np.ones(6)) == pytest.approx([30, 30, 30, 0, 0, 0])
