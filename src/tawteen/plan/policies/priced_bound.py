"""The bound on all policies from prices of shared limits: for cases whose linear model is too large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.appraise.value import nothing_cost
from tawteen.plan.bound_prices import policy_bound_prices
from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.dual import best_values, lagrangian_bound, price_bounds
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.outcome import do_nothing_solution
from tawteen.plan.decomposition.pricing import price_starts, prices_ahead
from tawteen.plan.decomposition.proof import DualState, MasterState, generate_columns, initial_dual, initial_master
from tawteen.plan.decomposition.sites import SiteArrays
from tawteen.plan.decomposition.trees import best_trees
from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.future_problem import FeasibleStarts, StartWorths, future_problem
from tawteen.plan.policies.inputs import PolicyInputs, expected_inputs
from tawteen.plan.policies.problem import sites_known_at_once
from tawteen.plan.policies.restricted import with_options
from tawteen.plan.problem import Problem, relaxed
from tawteen.plan.safe_bound import most_used, safe_bound
from tawteen.plan.tolerances import TOLERANCES

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class PricedShares:
    """Prices of shared limits, the trees that they lead to, and what they prove.

    `share[option, start]`: share of the futures with its finding in which it starts in the best mixture of trees known.
    `value`: of that mixture, and `violation`: how much it breaks rows (both in discounted currency).
    """

    dual: DualState
    share: Floats
    value: float
    violation: float

    @property
    def used(self) -> Indices:
        """Flat indices of the starts that the mixture uses."""
        return np.flatnonzero(self.share.ravel() > TOLERANCES.integrality)


def priced_shares(
    market: Market, sites: SiteArrays, budget: SearchBudget, *, seed: int = 1, before: DualState | None = None
) -> PricedShares:
    """Column generation over trees, from the prices of `before` where these are known, until `budget` ends."""
    if before is None:
        dual = initial_dual(market, sites, budget, seed)
    else:
        proof = lagrangian_bound(sites, market, before.typical, before.proof.prices)
        dual = replace(before, sites=sites, proof=proof)
    choice = initial_master(dual)
    generate_columns(dual, budget, choice)
    solved = choice.last
    share = np.zeros(sites.value.size)
    if solved is None:
        return PricedShares(dual, share.reshape(sites.shape), -np.inf, np.inf)
    share += _starts_of_plans(choice) @ solved.share
    return PricedShares(dual, share.reshape(sites.shape), solved.value, solved.violation)


def _starts_of_plans(choice: MasterState) -> sparse.csc_matrix:
    starts = choice.master.plans.starts
    if starts is None:
        raise ValueError("these plans are no trees")
    return starts


def without(sites: SiteArrays, starts: Indices) -> SiteArrays:
    """The sites in which the starts with these flat indices are impossible."""
    value = sites.value.copy()
    value.ravel()[starts] = -np.inf
    return replace(sites, value=value)


def proved_bound(market: Market, sites: SiteArrays, prices: Floats, most: Floats) -> float:
    """An upper bound on the value of all policies (without the constant of the model) from `prices` alone.

    Safe against rounding (`plan.safe_bound`). `most`: bounds of the columns of the market (`most_flows`).
    """
    prices = np.clip(prices, *price_bounds(market))
    shared = safe_bound(relaxed(market.arrays), prices, most)
    priced = price_starts(sites, market, prices)
    earned = priced.line_value + float(best_values(sites, priced.worth).sum())
    in_play = abs(earned) + float(np.abs(np.where(np.isfinite(sites.value), sites.value, 0.0)).sum())
    return shared + earned + TOLERANCES.site_prices * in_play


def most_flows(market: Market, sites: SiteArrays) -> Floats:
    """Bounds of the columns of the market that some best point keeps, whatever sites do (`plan.safe_bound`)."""
    arrays, series = market.arrays, len(market.places)
    most = np.zeros(series)
    for producers, capacity in ((sites.producers, sites.capacity), (sites.running, sites.line_capacity)):
        most += abs(producers.recipe).T @ capacity.max(axis=1, initial=0.0)
    needs = abs(sites.needs).tocoo()
    most += np.bincount(needs.col // sites.quarters, needs.data, series)
    placed = np.argwhere(market.places >= 0)
    row = market.places[placed[:, 0], placed[:, 1]]
    count = len(row)
    entry = sparse.csc_matrix((np.ones(count), (row, np.arange(count))), shape=(len(arrays.row_lower), count))
    zero, upper = np.zeros(2 * count), np.tile(most[placed[:, 0]], 2)
    with_sites = replace(
        arrays, matrix=sparse.hstack([arrays.matrix, entry, -entry], format="csc"),
        value=np.concatenate([arrays.value, zero]), lower=np.concatenate([arrays.lower, zero]),
        upper=np.concatenate([arrays.upper, upper]), integer=np.zeros(len(arrays.value) + 2 * count, dtype=bool),
    )  # fmt: skip
    problem = Problem(market.inputs, with_sites, market.columns, market.rows, 0.0)
    return most_used(problem)[: len(arrays.value)]


@dataclass(frozen=True)
class PricedPolicies:
    """What prices say of the policies of a case, in discounted currency.

    `bound`: upper bound on the value of every policy, and `prices`: those of the limits that prove it, as a table
    `bound_prices` of a policy; `nothing`: value of doing nothing. `starts`: those that guide the
    first policy: planned, site, finding, period, share (as of `PolicyBound`). `inputs`: with the options near them
    alone, `future`: their `future_problem`, and `worths`: of its starts.
    """

    bound: float
    prices: pl.DataFrame
    nothing: float
    starts: pl.DataFrame
    inputs: PolicyInputs
    future: Problem
    worths: StartWorths


def priced_policies(
    inputs: PolicyInputs, market: Market, sites: SiteArrays, budget: SearchBudget, *, seed: int = 1,
    thorough: bool = False,
) -> PricedPolicies | None:  # fmt: skip
    """Bound, guide of a first policy, and the model of a future; None where nothing keeps the rules in the mean.

    Starts that no future could carry are left out of the bound, and those that are beyond the limits as they are out of
    the guide too (`FeasibleStarts`), as far as `budget` allows: a bound with them holds as well.
    """
    params = inputs.params
    constant = -nothing_cost(market.inputs.case, market.inputs.effects, market.inputs.prices)
    nothing = do_nothing_solution(market, sites)[1].value or 0.0
    shares = priced_shares(market, sites, budget.sub_budget(params.prices_share), seed=seed)
    near = with_options(inputs, _near_options(inputs, market, shares, params.near_trees) | _telling(inputs))
    future = future_problem(near)
    starts = _StartPlaces(future, sites)
    feasible = FeasibleStarts(future, params)
    shares = _without_failing(market, shares, starts, partial(feasible.impossible, thorough=thorough), budget)
    bound = proved_bound(market, shares.dual.sites, shares.dual.proof.prices, most_flows(market, sites))
    prices = policy_bound_prices(market.rows, np.clip(shares.dual.proof.prices, *price_bounds(market)))
    guide = _without_failing(market, shares, starts, feasible.beyond_limits, budget)
    broken = guide.violation > TOLERANCES.improvement * float(guide.dual.typical.worth.sum())
    if broken and not budget.exhausted and not budget.stopped:
        return None
    frame = future.columns["start"].keys.with_columns(share=pl.Series(starts.values_of(guide.share)))
    return PricedPolicies(
        bound + constant, prices, nothing + constant, frame.filter(pl.col("share") > TOLERANCES.integrality), near,
        future, starts.worths(market, guide.dual),
    )  # fmt: skip


class _StartPlaces:
    """Where the starts of a future stand among those of the sites."""

    def __init__(self, future: Problem, sites: SiteArrays) -> None:
        self.options = future.columns["start"].keys["option"].to_list()
        row = dict(sites.options.select("option", "row").iter_rows())
        rows = np.array([row[option] for option in self.options], dtype=np.int64)
        self.flat = rows * sites.shape[1] + future.columns["start"].keys["period"].to_numpy()

    def values_of(self, values: Floats) -> Floats:
        """Values (option, start) by start of the future."""
        return np.asarray(values.ravel()[self.flat])

    def worths(self, market: Market, dual: DualState) -> StartWorths:
        """What whole starts are worth at the prices of the dual."""
        sites = dual.sites
        if sites.trees is None:
            raise ValueError("these sites have no trees")
        priced, chance = dual.proof.priced, sites.trees.rows.chance[:, None]
        takes = sites.needs @ prices_ahead(market.prices_by_series(dual.proof.prices), sites.quarters)
        return StartWorths(self.values_of((priced.worth + takes) / chance), self.values_of(priced.worth / chance))


def _near_options(inputs: PolicyInputs, market: Market, shares: PricedShares, count: int) -> set[str]:
    """Options (as the case names them) that are used, those of the `count` best trees of each site, and those that a
    rule may ask for.
    """
    sites, arrays = shares.dual.sites, market.arrays
    if sites.trees is None:
        raise ValueError("these sites have no trees")
    trees = best_trees(sites.trees, shares.dual.proof.priced.worth, count)
    demanding_rows = np.flatnonzero(np.isfinite(arrays.row_lower[market.rules]))
    required = np.flatnonzero((sites.rules[demanding_rows] > 0).sum(axis=0))
    flat = np.unique(np.concatenate([shares.used, trees.starts.indices, required]))
    names = sites.options["option"].gather(np.unique(flat // sites.shape[1])).to_frame()
    planned = expected_inputs(inputs)[1].select("option", "planned")
    return set(names.join(planned, on="option", maintain_order="left")["planned"])


def _telling(inputs: PolicyInputs) -> set[str]:
    """Surveys, and all options of sites that are known without one: what they find is part of every future."""
    telling = (pl.col("kind") == "survey") | pl.col("site").is_in(sites_known_at_once(inputs))
    return set(inputs.planned.effects.options.filter(telling)["option"])


def _without_failing(
    market: Market, shares: PricedShares, starts: _StartPlaces,
    failing: Callable[[set[str], Indices], Indices], budget: SearchBudget,
) -> PricedShares:  # fmt: skip
    """Shares and prices without those starts that fail, until none that is used fails or the time is over."""
    while not (budget.exhausted or budget.should_stop()):
        used = np.flatnonzero(np.isin(starts.flat, shares.used))
        failing_starts = failing({starts.options[place] for place in used}, used)
        if not len(failing_starts):
            break
        sites = without(shares.dual.sites, starts.flat[failing_starts])
        shares = priced_shares(market, sites, budget, before=shares.dual)
    return shares
