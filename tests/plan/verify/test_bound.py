"""The bound proved from prices alone lies above every programme, and is that of the relaxation."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from tests.plan.decomposition.random_cases import random_case
from tests.plan.planned import programme
from tests.tiny import tiny

from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import relaxed
from tawteen.plan.solver import solve_lp
from tawteen.plan.verify import verify


@pytest.mark.parametrize("seed", [0, 3, 4, 6])
def test_the_bound_of_prices_is_that_of_the_relaxation(seed: int) -> None:
    case = random_case(seed)
    made, model = plan(case, time_limit=20.0), planning_problem(case)
    relaxation = solve_lp(relaxed(model.arrays)).bound + model.constant
    found = verify(case, made)
    assert not found.findings
    assert made.value is not None
    assert found.bound_by_prices is not None
    assert found.bound_by_prices == pytest.approx(relaxation, rel=1e-6)
    assert found.bound_by_prices >= made.value - 1e-6 * abs(made.value)


def test_any_prices_bound_every_programme() -> None:
    made = programme()
    for factor in (0.0, 0.5, 3.0):
        prices = made.bound_prices.with_columns(pl.col("price") * factor)
        found = verify(tiny(), replace(made, bound_prices=prices))
        assert [finding.code for finding in found.findings] == ["verify.bound_by_prices"]
        assert (found.bound_by_prices or 0.0) >= (made.value or 0.0)


def test_a_bound_that_prices_prove_and_that_is_not_stated_is_found() -> None:
    found = verify(tiny(), replace(programme(), bound_by_prices=None))
    assert [finding.code for finding in found.findings] == ["verify.bound_by_prices"]


def test_prices_that_prove_no_finite_bound_prove_none() -> None:
    made = programme()
    endless = made.bound_prices.with_columns(price=pl.lit(1e308))
    assert verify(tiny(), replace(made, bound_prices=endless, bound_by_prices=None)).bound_by_prices is None
    stated = verify(tiny(), replace(made, bound_prices=endless))
    assert "verify.bound_by_prices" in [finding.code for finding in stated.findings]
    unpriced = verify(tiny(), replace(made, bound_prices=made.bound_prices.clear()))
    assert [finding.code for finding in unpriced.findings] == ["verify.bound_by_prices"]


@pytest.mark.parametrize("kind", ["balance", "source"])
def test_a_price_of_a_limit_at_which_flows_are_not_the_best_is_found(kind: str) -> None:
    made = programme()
    limits = made.limits.with_columns(
        price=pl.when(pl.col("kind") == kind).then(pl.col("price") * 1.2 + 100.0).otherwise("price")
    )
    found = verify(tiny(), replace(made, limits=limits))
    assert {finding.code for finding in found.findings} == {"verify.limit_prices"}
