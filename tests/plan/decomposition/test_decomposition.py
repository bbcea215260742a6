"""The country engine: its bound holds at any prices, its programme passes verify, and both meet the whole model."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tiny import tiny

from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.columns import start_columns
from tawteen.plan.decomposition.dual import lagrangian_bound, price_bounds
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.planning import market_and_sites, plan_country
from tawteen.plan.decomposition.pricing import best_start_per_site, price_starts, site_totals
from tawteen.plan.decomposition.proof import generate_columns, initial_dual, initial_master
from tawteen.plan.decomposition.sites import SiteArrays, with_workers
from tawteen.plan.decomposition.sizes import TypicalSizes, typical_sizes
from tawteen.plan.inputs import prepare
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import Problem, relaxed
from tawteen.plan.programme import Programme
from tawteen.plan.solver import Solution, solve_lp, solve_mip
from tawteen.plan.verify import verify

SITES, PERIODS = 12, 12


@cache
def case() -> Case:
    return generate(SITES, periods=PERIODS)


@cache
def country() -> tuple[Market, SiteArrays, TypicalSizes]:
    market, sites = market_and_sites(prepare(case()))
    return market, sites, typical_sizes(sites, market)


@cache
def whole() -> tuple[Problem, Solution, Solution]:
    """The whole model, its relaxation, and the best that the solver finds in it."""
    model = planning_problem(case())
    return model, solve_lp(relaxed(model.arrays)), solve_mip(model.arrays, nodes=20)


@cache
def programme() -> Programme:
    return plan_country(case(), steps=3)


def test_tiny_case_meets_the_whole_model() -> None:
    exact, made = plan(tiny(), time_limit=60.0), plan_country(tiny(), steps=6)
    assert exact.status == "optimal"
    assert exact.value is not None
    assert made.value is not None
    assert made.bound is not None
    size = 1e-6 * abs(exact.value)
    assert made.value <= exact.value + size
    assert made.bound >= exact.value - size
    assert made.do_nothing == pytest.approx(exact.do_nothing, rel=1e-9)
    assert verify(tiny(), made).holds


def test_programme_passes_verify_and_lies_below_every_bound() -> None:
    model, _, found = whole()
    made = programme()
    held = verify(case(), made)
    assert held.holds
    assert held.difference == pytest.approx(0.0, abs=1e-6 * abs(made.value or 1.0))
    assert made.value is not None
    assert made.bound is not None
    assert made.value <= found.bound + model.constant + 1e-6 * abs(made.value)
    assert found.value is not None
    assert made.bound >= found.value + model.constant - 1e-6 * abs(made.value)


def test_columns_close_the_bound_on_the_relaxation() -> None:
    _, relaxation, _ = whole()
    market, sites, _ = country()
    here = initial_dual(market, sites, SearchBudget(60.0))
    before = here.proof.value
    choice = initial_master(here)
    generate_columns(here, SearchBudget(120.0), choice)
    assert relaxation.value is not None
    gain = before - relaxation.value
    assert here.proof.value >= relaxation.value - 1e-7 * abs(relaxation.value)
    assert here.proof.value - relaxation.value <= max(0.5 * gain, 1e-3 * abs(relaxation.value))
    assert choice.last is not None
    assert choice.last.value >= relaxation.value - max(gain, 1e-2 * abs(relaxation.value))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), spread=st.floats(0.0, 1.5), share=st.floats(0.0, 1.0))
def test_any_prices_prove_a_bound(seed: int, spread: float, share: float) -> None:
    """Weak duality: whatever the prices, nothing the solver finds is worth more than they prove."""
    _, relaxation, found = whole()
    market, sites, usual = country()
    rng = np.random.default_rng(seed)
    noise = usual.price * spread * rng.standard_normal(len(usual.price)) * (rng.random(len(usual.price)) < share)
    assert relaxation.value is not None
    assert found.value is not None
    proof = lagrangian_bound(sites, market, usual, noise)
    assert proof.value >= relaxation.value - 1e-7 * abs(relaxation.value)
    assert proof.value >= found.value - 1e-7 * abs(found.value)


def test_a_start_is_worth_what_its_column_says() -> None:
    """The worth of a start at some prices is the value of its column less what its rows cost."""
    market, sites, usual = country()
    rng = np.random.default_rng(3)
    prices = np.clip(usual.price * rng.standard_normal(len(usual.price)), *price_bounds(market))
    found = price_starts(sites, market, prices)
    flat = rng.choice(np.flatnonzero(np.isfinite(sites.value.ravel())), 60, replace=False)
    columns = start_columns(sites, market, flat, found, sites.line_capacity * found.line_utilisation)
    earns = columns.value - columns.rows.T @ prices
    assert earns == pytest.approx(found.worth.ravel()[flat], rel=1e-9, abs=1e-3)


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_prices_the_same(kind: Callable[[int], Executor]) -> None:
    market, sites, usual = country()
    prices = np.clip(usual.price * np.random.default_rng(5).standard_normal(len(usual.price)), *price_bounds(market))
    temperature = (usual.unit_value, usual.line_unit_value)
    alone = price_starts(sites, market, prices, temperature)
    with kind(2) as executor:
        shared = price_starts(with_workers(sites, executor, 3), market, prices, temperature)
    assert np.allclose(shared.worth, alone.worth, rtol=1e-12, atol=1e-6)
    assert np.allclose(shared.utilisation, alone.utilisation)
    assert shared.line_value == alone.line_value


def test_totals_are_the_sum_of_columns() -> None:
    market, sites, usual = country()
    found = price_starts(sites, market, np.zeros(len(usual.price)))
    found = price_starts(sites, market, np.clip(-usual.price, *price_bounds(market)))
    _, place = best_start_per_site(sites, np.where(np.isfinite(sites.value), 1.0, -np.inf))
    flat = place[place >= 0]
    weights = np.zeros(sites.shape)
    weights.ravel()[flat] = 1.0
    rows, worth = site_totals(sites, market, weights, found.utilisation, found.line_utilisation)
    idle, idle_worth = site_totals(sites, market, np.zeros(sites.shape), found.utilisation, found.line_utilisation)
    columns = start_columns(sites, market, flat, found, sites.line_capacity * found.line_utilisation)
    assert rows - idle == pytest.approx(np.asarray(columns.rows.sum(axis=1)).ravel(), rel=1e-9, abs=1e-6)
    assert worth - idle_worth == pytest.approx(columns.value.sum(), rel=1e-9)


def test_same_seed_same_programme() -> None:
    one, other = (plan_country(tiny(), time_limit=8.0, seed=4, gap=1.0) for _ in range(2))
    assert one.value == other.value
    assert one.sites.equals(other.sites)


def test_interrupted_run_returns_what_it_has() -> None:
    made = plan_country(case(), time_limit=60.0, stop=lambda: True)
    assert made.status == "interrupted"
    assert made.bound is None or made.value is None or made.bound >= made.value
    assert made.value is None or verify(case(), made).holds


def test_earlier_programme_is_not_lost() -> None:
    earlier = programme()
    again = plan_country(case(), steps=2, start=earlier)
    assert earlier.value is not None
    assert again.value is not None
    assert verify(case(), again).holds
    assert again.value >= earlier.value - 1e-6 * abs(earlier.value)


def test_rules_in_conflict_are_named() -> None:
    impossible = generate(SITES, periods=PERIODS)
    first = impossible["rules"].filter(pl.col("kind") == "never")["sites"][0]
    rules = impossible["rules"].with_columns(
        sites=pl.when(pl.col("id") == "first").then(pl.lit(first)).otherwise("sites")
    )
    case_ = Case(impossible.settings, {**impossible.tables, "rules": rules})
    made = plan_country(case_, time_limit=15.0)
    assert made.status == "infeasible"
    assert set(made.conflict) <= set(rules["id"])
    assert made.conflict


@pytest.mark.filterwarnings("error")
def test_country_where_nothing_can_start() -> None:
    full = generate(4, periods=8)
    tables = dict(full.tables)
    tables["options"] = tables["options"].filter(pl.col("kind") == "as_is")
    kept = tables["options"]["id"].to_list()
    for name in ("works", "costs", "cadres", "transfers", "recipes", "innovations"):
        tables[name] = tables[name].filter(pl.col("option").is_in(kept))
    tables["sites"] = tables["sites"].with_columns(
        survey_cost=pl.lit(None, pl.Float64), survey_weeks=pl.lit(None, pl.Float64)
    )
    empty = Case(full.settings, tables)
    made = plan_country(empty, steps=2)
    assert made.value == pytest.approx(made.do_nothing, rel=1e-9)
    assert made.bound is not None
    assert made.value is not None
    assert made.bound >= made.value
    assert made.gap is None
    assert verify(empty, made).holds
