"""Numbers without measure in an option that is not needed leave value and proof as they are without the option."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tiny import tables, tiny

from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.verify import verify

OPTION = "mill-new"


def without_option() -> dict[str, list[dict[str, Any]]]:
    own = {"options": "id", "recipes": "option", "works": "option", "costs": "option", "cadres": "option"}
    return {name: [row for row in tables()[name] if row[key] != OPTION] for name, key in own.items()}


def with_number(table: str, column: str, number: float) -> dict[str, list[dict[str, Any]]]:
    key = "id" if table == "options" else "option"
    return {table: [{**row, column: number} if row[key] == OPTION else row for row in tables()[table]]}


@pytest.mark.parametrize(
    ("table", "column", "number"),
    [
        ("works", "effort", 1e12),
        ("works", "effort", 1e20),
        ("works", "effort", 1e308),
        ("costs", "amount", 1e14),
        ("options", "closing_cost", 1e16),
    ],
)
def test_a_number_without_measure_gives_no_false_proof(table: str, column: str, number: float) -> None:
    right = plan(tiny(without_option()), time_limit=600, steps=5)
    case = tiny(with_number(table, column, number))
    found = plan(case, time_limit=600, steps=5)
    assert found.status == right.status == "optimal"
    assert found.value == pytest.approx(right.value, rel=1e-9)
    assert verify(case, found).holds


def test_starts_that_miss_a_limit_by_little_stay() -> None:
    """What more money or more crews would be worth is asked of them."""
    every = planning_problem(tiny()).columns["start"].keys
    dear = planning_problem(tiny(with_number("costs", "amount", 2e7))).columns["start"].keys
    assert every.filter(option=OPTION).height == dear.filter(option=OPTION).height > 0
    none = planning_problem(tiny(with_number("costs", "amount", 1e14))).columns["start"].keys
    assert none.filter(option=OPTION).height == 0
