"""Sensitivity, switching values, scenarios and levelised cost of small studies, against values worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.appraise.statements.test_small_studies import BASE

from tawteen.appraise.profile import PROFILES
from tawteen.appraise.rates import NEVER_PAYS
from tawteen.appraise.study_analysis import (
    NO_SWITCHING_FACTOR,
    NOTHING_ADDED,
    NOTHING_SOLD,
    SEVERAL_UNITS,
    StudyAnalysis,
    analysis_of,
)
from tawteen.appraise.study_file import study_of
from tawteen.words import LANGS, Words

ANNUITY = (1 - 1.1**-5) / 0.1
"""Present value of 1 at the end of each of five years."""
LEFT = 500 / 1.1**6
"""Book value of the machine, a year after the last."""


def analysed(**more: Any) -> StudyAnalysis:
    return analysis_of(study_of({**BASE, **more}), PROFILES["comfar_iii"])


def test_switching_values_make_the_present_value_zero() -> None:
    """700 a year after 1,000, half of it left at the end: the price may fall by NPV over the present value of sales."""
    found = {one.driver: one for one in analysed().sensitivity}
    npv = 700 * ANNUITY + LEFT - 1000
    assert analysed().npv == pytest.approx(npv)
    assert found["price"].switching == pytest.approx(1 - npv / (1000 * ANNUITY))
    assert found["variable_costs"].switching == pytest.approx(1 + npv / (300 * ANNUITY))
    assert found["investment"].switching == pytest.approx(700 * ANNUITY / (1000 - LEFT))
    assert found["price"].npv == pytest.approx([npv + (f - 1) * 1000 * ANNUITY for f in (0.8, 0.9, 1.1, 1.2)])
    assert "fixed_costs" not in found


def test_an_input_that_never_turns_the_project_has_no_switching_value() -> None:
    costs = [{"id": "c", "category": "labour", "fixed": 1}]
    found = {one.driver: one for one in analysed(costs=costs).sensitivity}
    assert (found["fixed_costs"].switching, found["fixed_costs"].reason) == (None, NO_SWITCHING_FACTOR)


def test_a_plan_that_is_worth_nothing_switches_at_itself() -> None:
    """Without discounting 1,000 less the 500 left is 5 times the margin of 400 less 300."""
    found = {one.driver: one for one in analysed(discount=0.0, sales=[{**BASE["sales"][0], "price": 4}]).sensitivity}
    assert all(one.npv[0] * one.npv[-1] < 0 for one in found.values())
    assert {(one.switching, one.reason) for one in found.values()} == {(1.0, None)}


def test_scenarios_multiply_what_they_name() -> None:
    worse = {"id": "worse", "price": 0.9, "investment": 1.2}
    (result,) = analysed(scenarios=[worse]).scenarios
    assert result.npv == pytest.approx(600 * ANNUITY + 1.2 * LEFT - 1200)
    assert result.irr is not None
    (lost,) = analysed(scenarios=[{"id": "lost", "price": 0, "investment": 0}]).scenarios
    assert (lost.irr, lost.irr_reason) == (None, NEVER_PAYS)


def test_levelised_cost_is_the_price_at_which_nothing_is_gained() -> None:
    cost = analysed().levelised_cost
    assert cost == pytest.approx((1000 - LEFT + 300 * ANNUITY) / (100 * ANNUITY))
    assert analysed(sales=[{**BASE["sales"][0], "price": cost}]).npv == pytest.approx(0, abs=1e-9)


def test_levelised_cost_is_of_what_the_project_adds() -> None:
    """A line that sells a quarter for 120 a year without the project: both are subtracted."""
    sale, labour = {**BASE["sales"][0], "quantity": 25}, {"id": "c", "category": "labour", "fixed": 120}
    without = {"products": BASE["products"], "sales": [sale], "costs": [labour]}
    cost = analysed(without=without).levelised_cost
    assert cost == pytest.approx((1000 - LEFT + (300 - 120) * ANNUITY) / ((100 - 25) * ANNUITY))
    more = {**without, "sales": [{**sale, "quantity": 100}]}
    assert analysed(without=more).levelised_reason == NOTHING_ADDED
    assert analysed(sales=[]).levelised_reason == NOTHING_SOLD
    for reason in (NOTHING_ADDED, NOTHING_SOLD, SEVERAL_UNITS, NO_SWITCHING_FACTOR):
        assert all(Words(lang).say(reason) != reason for lang in LANGS)


def test_products_in_different_units_have_no_levelised_cost() -> None:
    found = analysed(products=[{"id": "p", "unit": "t"}, {"id": "q", "unit": "MWh"}])
    assert (found.levelised_cost, found.levelised_reason) == (None, SEVERAL_UNITS)
