"""A number without measure anywhere in a case: the programme is right, or the case is refused with that number.

`benchmarks/odd_numbers.py` tries every numeric column.
"""

from __future__ import annotations

import pytest
from tests.odd_numbers import faults, mutated, planned

REFUSED = {
    ("demands.quantity", 1e12),
    ("options.output_reached", 1e-12),
    ("recipes.quantity", 1e12),
    ("recipes.quantity", 1e20),
}
RIGHT = {
    ("courses.third_party_price", 1e20): ("courses.third_party_price", None),
    ("courses.third_party_price", 1e-12): ("courses.third_party_price", 0.0),
    ("options.fixed_cost", 1e20): ("options.fixed_cost", 1e15),
    ("offers.price", 1e20): ("offers.price", 1e12),
    ("costs.amount", 1e20): ("costs.amount", 1e15),
    ("works.effort", 1e-12): ("works.effort", 0.0),
}
OTHERS = (("routes.capacity", 1e12), ("commodities.cif", 1e20), ("fund_limits.amount", 1e12), ("courses.price", 1e20))


@pytest.mark.parametrize(("place", "number"), sorted(REFUSED))
def test_the_case_is_refused_with_the_odd_number(place: str, number: float) -> None:
    outcome = planned(mutated(place, number))
    table, column = place.split(".")
    assert [(one.code, one.table, one.column, one.value) for one in outcome.refused] == [
        ("plan.odd_cell", table, column, f"{number:.10g}")
    ]


@pytest.mark.parametrize(("place", "number"), sorted(RIGHT))
def test_the_programme_is_that_of_an_ordinary_number_of_the_same_meaning(place: str, number: float) -> None:
    """What costs far too much is not used; what is next to nothing is nothing."""
    odd, plain = (planned(mutated(*one)).programme for one in ((place, number), RIGHT[place, number]))
    assert odd is not None
    assert plain is not None
    assert odd.status == plain.status == "optimal"
    assert odd.value == pytest.approx(plain.value, rel=1e-9)


@pytest.mark.parametrize(("place", "number"), OTHERS)
def test_the_programme_is_right_or_the_case_is_refused(place: str, number: float) -> None:
    case = mutated(place, number)
    assert faults(case, planned(case)) == []
