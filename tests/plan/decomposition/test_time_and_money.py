"""The engine for many sites when its time is over, and in other units of money."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from tests.plan.test_invariance import choices, in_units

from tawteen.case.generate import generate
from tawteen.plan.decomposition.master import RestrictedMaster
from tawteen.plan.decomposition.planning import market_and_sites, plan_country
from tawteen.plan.decomposition.sizes import typical_sizes
from tawteen.plan.inputs import prepare
from tawteen.plan.programme import Programme
from tawteen.plan.verify import verify


def test_the_choice_is_rounded_when_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few solutions of the master, not one for each start that is left."""
    solved = []
    solve = RestrictedMaster.solve

    def counted(self: RestrictedMaster, **how: bool) -> object:
        solved.append(how)
        return solve(self, **how)

    monkeypatch.setattr(RestrictedMaster, "solve", counted)
    case = generate(50)
    made = plan_country(case, time_limit=0.0)
    assert len(solved) <= 20
    assert made.status == "time_limit"
    assert made.value is not None
    assert made.do_nothing is not None
    assert made.value > made.do_nothing
    assert verify(case, made).holds


@cache
def in_dollars() -> Programme:
    return plan_country(in_units(1.0), steps=6)


@pytest.mark.parametrize("factor", [1e-6, 2.0**-10, 1e3, 1e6])
def test_the_unit_of_money_changes_neither_programme_nor_bound(factor: float) -> None:
    right, scaled = in_dollars(), plan_country(in_units(factor), steps=6)
    assert choices(scaled) == choices(right)
    assert scaled.status == right.status
    for name in ("value", "bound", "do_nothing"):
        assert getattr(scaled, name) == pytest.approx(getattr(right, name) * factor, rel=1e-7)


@pytest.mark.parametrize("factor", [2.0**-20, 2.0**20])
def test_typical_sizes_follow_the_unit_of_money(factor: float) -> None:
    (market, sites), (scaled_market, scaled_sites) = (market_and_sites(prepare(in_units(f))) for f in (1.0, factor))
    right, scaled = typical_sizes(sites, market), typical_sizes(scaled_sites, scaled_market)
    assert scaled.unit == right.unit / factor
    assert scaled.worth == pytest.approx(right.worth * factor, rel=1e-12)
    assert scaled.unit_value == pytest.approx(right.unit_value * factor, rel=1e-12)
    # What a row is worth as a whole is money, whether the row counts money or goods.
    assert scaled.price * scaled.row == pytest.approx(right.price * right.row * factor, rel=1e-9)
    assert np.isfinite(scaled.flow).all()
