"""Solving again around one site: on small cases the cost of forcing is the difference of the optima."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from tests.plan.planned import programme
from tests.tiny import tiny

from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.planning import market_and_sites
from tawteen.plan.decomposition.proof import initial_dual
from tawteen.plan.explain import Reasons
from tawteen.plan.explain.priced_programme import PricedProgramme, price_programme, prices_as_limits
from tawteen.plan.explain.resolve import compare_forced, resolve_site, resolved_programme
from tawteen.plan.explain.shortlist import value_breakdown
from tawteen.plan.inputs import prepare
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import relaxed
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.solver import solve_lp
from tawteen.plan.verify import verify

SITES, PERIODS = 14, 10


@cache
def case() -> Case:
    return generate(SITES, periods=PERIODS)


@cache
def planned() -> Programme:
    return plan(case(), time_limit=8.0, gap=0.05)


def standing(of: Case, made: Programme) -> PricedProgramme:
    market, sites = market_and_sites(prepare(of))
    return price_programme(made, market, sites, initial_dual(market, sites, SearchBudget(20.0)).proof.prices)


@cache
def tiny_stand() -> PricedProgramme:
    return standing(tiny(), programme())


@cache
def some_stand() -> PricedProgramme:
    return standing(case(), planned())


@pytest.mark.parametrize("site", ["mill", "cables", "pasta"])
def test_cost_of_forcing_is_the_difference_of_the_optima(site: str) -> None:
    at = tiny_stand()
    found = compare_forced(at, at.place[site])
    assert found.exact
    within, without = programme(Scenario(must=(site,))).value, programme(Scenario(without=(site,))).value
    assert within is not None
    assert without is not None
    assert found.within.value == pytest.approx(within, rel=1e-7)
    assert found.without.value == pytest.approx(without, rel=1e-7)
    assert found.cost == pytest.approx(without - within, abs=1e-5 * abs(without - within) + 1.0)


def test_what_is_found_lies_between_the_programme_and_the_bound() -> None:
    """With everything free nothing is lost, and no side is worth more than is proven."""
    at = some_stand()
    value = planned().value
    assert value is not None
    for site in range(0, len(at.names), 4):
        found = compare_forced(at, site, seconds=10.0)
        sides = [side for side in (found.within, found.without) if side.value is not None]
        free = resolve_site(at, site, None)
        assert free.value is not None
        assert free.value >= value - 1e-7 * abs(value)
        for side in sides:
            assert side.value is not None
            assert side.value <= side.most + 1e-7 * abs(side.most)
        assert found.within.value is None or found.within.inside
        assert not found.without.inside


def test_forced_programmes_keep_the_limits_of_the_whole_model() -> None:
    """Its starts, put into the whole model, are worth there what was said."""
    at = some_stand()
    model = planning_problem(case())
    keys = model.columns["start"].keys.select("option", "period")
    names = at.sites.options["option"].to_list()
    place = {pair: i for i, pair in enumerate(keys.iter_rows())}
    for site in range(0, len(at.names), 5):
        found = resolve_site(at, site, True, seconds=10.0)
        if found.value is None:
            continue
        arrays = relaxed(model.arrays)
        lower, upper = arrays.lower.copy(), arrays.upper.copy()
        upper[model.starts] = 0.0
        chosen = [place[names[flat // at.periods], int(flat % at.periods)] for flat in found.flat]
        lower[chosen] = upper[chosen] = 1.0
        whole = solve_lp(replace(arrays, lower=lower, upper=upper))
        assert whole.value is not None
        assert whole.value + model.constant == pytest.approx(found.value, rel=1e-8)


def test_forced_programmes_pass_the_independent_check() -> None:
    for of, made, at in ((tiny(), programme(), tiny_stand()), (case(), planned(), some_stand())):
        site = next(i for i in range(len(at.names)) if resolve_site(at, i, True).value is not None)
        for inside in (True, False):
            found = resolve_site(at, site, inside)
            if found.value is None:
                continue
            told = verify(of, resolved_programme(at, found))
            assert told.holds
            assert told.value == pytest.approx(found.value, rel=1e-8)
        assert made.value is not None


def test_what_cannot_be_forced_says_so() -> None:
    of = Scenario(without=("cables",))
    made = programme(of)
    reasons = Reasons(tiny(), made)
    at = standing(reasons.case, made)
    found = compare_forced(at, at.place["cables"])
    assert found.within.value is None
    assert found.cost is None


def test_arrays_price_as_the_parts_do() -> None:
    """The worth of every start, by arrays, is the sum of its parts."""
    for of, made in ((tiny(), programme()), (case(), planned())):
        reasons = Reasons(of, made)
        found = reasons.worths
        names = found.sites.options["option"]
        row, start = np.nonzero(found.may)
        pairs = [(names[int(r)], int(t)) for r, t in zip(row, start, strict=True)]
        frame = value_breakdown(pairs, reasons.market).group_by("option", "start").agg(pl.col("amount").sum())
        sums = {(option, begins): worth for option, begins, worth in frame.iter_rows()}
        told = np.array([sums[pair] for pair in pairs])
        mine = found.worth[row, start]
        assert np.array_equal(np.isfinite(told), np.isfinite(mine))
        finite = np.isfinite(told)
        assert mine[finite] == pytest.approx(told[finite], rel=1e-9, abs=1e-3)


def test_prices_of_the_proof_read_as_limits() -> None:
    """Reasons at the prices of a proof: goods cost what they cost there, pools no less."""
    at = some_stand()
    limits = prices_as_limits(at.market, at.proof.prices)
    assert limits["price"].min() >= 0.0
    reasons = Reasons(case(), replace(planned(), figures={"bound_excess": 0.0, "prices": at.proof.prices.tolist()}))
    series = at.market.prices_by_series(at.proof.prices)
    goods = at.market.series["balance"].join(reasons.market.goods, on=["commodity", "region"])
    assert -series[goods["series"].to_numpy(), goods["period"].to_numpy()] == pytest.approx(goods["price"].to_numpy())
    pools = at.market.series["pool"].join(reasons.market.pools, on=["pool_kind", "pool"])
    there = series[pools["series"].to_numpy(), pools["period"].to_numpy()]
    held = at.market.places[pools["series"].to_numpy(), pools["period"].to_numpy()] >= 0
    assert (pools["price"].to_numpy()[held] >= there[held] - 1e-6 * np.abs(there[held]) - 1e-9).all()


def test_no_side_is_worth_less_than_the_programme_known() -> None:
    """Without any time for the search, the side of the programme is the programme itself."""
    at = some_stand()
    for site in range(0, len(at.names), 6):
        found = compare_forced(at, site, seconds=1e-6)
        inside = at.names[site] in {at.names[i] for i in at.taken[at.works[at.flat // at.periods]]}
        side = found.within if inside else found.without
        assert side.value is not None
        assert side.value >= (planned().value or 0.0)
        assert side.inside is inside
