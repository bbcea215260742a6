"""Planning a policy: a first policy, the bound, its improvement, its value in futures, and what knowing is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from tawteen.plan.budget import SearchBudget
from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.bound import (
    PolicyBound,
    SolvedRelaxation,
    policy_bound,
    solved_relaxation,
    without_starts,
)
from tawteen.plan.policies.future_problem import FeasibleStarts, future_problem, start_worths
from tawteen.plan.policies.futures import Futures, drawn_futures
from tawteen.plan.policies.improve import best_policy, improved, simulated
from tawteen.plan.policies.information import (
    information_by_site,
    startable,
    with_useful_surveys,
    without_surveys,
)
from tawteen.plan.policies.inputs import PolicyInputs
from tawteen.plan.policies.params import PolicyParams
from tawteen.plan.policies.policy import DecisionPoint, IntendedStart, Policy, Simulation
from tawteen.plan.policies.priced import policy_market
from tawteen.plan.policies.priced_bound import priced_policies
from tawteen.plan.policies.problem import policy_problem
from tawteen.plan.policies.sampled_bound import InformedFutures
from tawteen.plan.policies.statement import StatedBounds, policy_bound_by_prices, stated_plan
from tawteen.plan.policies.valuation import valued
from tawteen.plan.policies.whole_starts import (
    combined_policy,
    most_frequent_starts,
    policy_of_starts,
    searched_shares,
)
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.problem import Problem, baseline_model
from tawteen.plan.solver import Solution, solve_lp
from tawteen.plan.tolerances import TOLERANCES


def policy_of(
    inputs: PolicyInputs, *, seed: int, budget: SearchBudget, futures: int | None = None, thorough: bool = False,
    chosen: Mapping[str, int] | None = None,
) -> PolicyPlan | None:  # fmt: skip
    """A policy for prepared inputs; None where the rules cannot be kept in the mean over findings, and where the time
    ends before a first policy is known.

    It is improved within `budget`, with whose steps the same seed gives the same policy, and then valued in `futures`
    other futures, fewer where the time does not suffice. The bound is left out where it is not proved in its share of
    the time. `thorough`: see `policy_bound`. `chosen`: options of a programme with their periods, which is one of the
    policies that the search may begin from. Where one decision opens gates of several sites, what is found at one
    counts for the others as far as it is certain (`Conclusions`).
    """
    budget.report("prices", 0.0)
    guided = guide(inputs, seed, budget, thorough=thorough)
    if guided is None:
        return None
    candidates = first_policies(guided.shares, inputs.params)
    if chosen:
        # Whole starts have been searched for already.
        guided = replace(guided, whole=None)
        carried_out = policy_of_starts(inputs, chosen)
        candidates += [carried_out, combined_policy(carried_out, candidates[1], inputs)]
    return _Search(inputs, guided, seed, budget, futures).plan(candidates)


@dataclass(frozen=True)
class Guide:
    """What leads a policy: the simulation that carries it out, and `shares` of starts (as of `policy_of_shares`).

    `bound`: on the expected gain of every policy, None where none is proved in time, and `prices` that prove it.
    `nothing`: value of doing nothing. `whole`: the model of policies with whole starts that the limits carry by
    themselves, with `idle`, its best point without any; `informed`: futures in which all is known, for a tighter bound.
    None where options are left out.
    """

    simulation: Simulation
    shares: pl.DataFrame
    bound: float | None
    nothing: float
    prices: pl.DataFrame | None = None
    whole: Problem | None = None
    idle: Solution | None = None
    informed: InformedFutures | None = None


def guide(inputs: PolicyInputs, seed: int, budget: SearchBudget, *, thorough: bool = False) -> Guide | None:
    """Bound and guide of a first policy; None where nothing keeps the rules in the mean, or none is known in time.

    The first policy is led by starts that the limits carry as they are, without what sales could add to funds.
    """
    market, sites = policy_market(inputs)
    if np.isfinite(sites.value).sum() <= inputs.params.large_starts:
        return _linear_guide(inputs, budget, thorough=thorough)
    priced = priced_policies(inputs, market, sites, budget, seed=seed, thorough=thorough)
    if priced is None:
        return None
    simulation = Simulation(priced.inputs, priced.worths, priced.future)
    bound = priced.bound - priced.nothing
    if not np.isfinite(bound):
        return Guide(simulation, priced.starts, None, priced.nothing)
    return Guide(simulation, priced.starts, bound, priced.nothing, priced.prices)


def _linear_guide(inputs: PolicyInputs, budget: SearchBudget, *, thorough: bool) -> Guide | None:
    """Bound and guide from the linear model."""
    whole, future = policy_problem(inputs), future_problem(inputs)
    # Prices are of the rows that a future has.
    apart = replace(inputs, decisions=inputs.decisions.clear())
    model = policy_problem(apart) if inputs.decisions.height else whole

    def ended() -> bool:
        return budget.remaining <= 0.0 or budget.should_stop()

    feasible = FeasibleStarts(future, inputs.params, ended)
    solved = solved_relaxation(model, ended)
    arrays, linear = without_starts(model, solved, feasible.beyond_limits, ended)
    if linear.x is None or linear.row_price is None:
        return None
    simulation = Simulation(inputs, start_worths(future, linear.row_price), future)
    shares = model.columns["start"].keys.with_columns(share=pl.Series(linear.x[model.starts]))
    used = shares.filter(pl.col("share") > TOLERANCES.integrality)
    idle = solve_lp(baseline_model(whole.arrays, whole))
    known = solved if model is whole else None
    proved = _proved(inputs, whole, future, budget, known, thorough=thorough)
    bound, possible = None, None
    if proved is not None and proved.arrays is not None:
        bound, possible = proved.bound - proved.nothing, proved.arrays.upper[whole.starts]
    return Guide(
        simulation, used, bound, (idle.value or 0.0) + whole.constant, None if proved is None else proved.prices,
        whole=replace(model, arrays=arrays), idle=solve_lp(baseline_model(model.arrays, model)),
        informed=InformedFutures(simulation, carried=arrays.upper[model.starts], possible=possible),
    )  # fmt: skip


def _proved(
    inputs: PolicyInputs, model: Problem, future: Problem, budget: SearchBudget, solved: SolvedRelaxation | None, *,
    thorough: bool,
) -> PolicyBound | None:  # fmt: skip
    """Upper bound on the value of every policy; None where none is proved in time. `solved`: relaxation of `model`."""
    left = budget.remaining * (1.0 - inputs.params.bound_share)

    def ended() -> bool:
        return budget.remaining <= left < np.inf or budget.should_stop()

    proved = policy_bound(inputs, problem=model, future=future, thorough=thorough, stop=ended, solved=solved)
    return proved if np.isfinite(proved.bound) else None


def first_policies(starts: pl.DataFrame, params: PolicyParams) -> list[dict[DecisionPoint, IntendedStart]]:
    """Policies that follow shares of starts (`policy_of_shares`): the points with a large share alone, or others too.

    What has a smaller share is worth little more than what it takes at the prices: it comes after what has a large one,
    and begins where that leaves room.
    """
    everything = policy_of_shares(starts, 0.0)
    policies = [policy_of_shares(starts, params.least_share)]
    for least in (params.least_share, params.small_share):
        large = policy_of_shares(starts, least)
        policies.append({**large, **{point: start for point, start in everything.items() if point not in large}})
    return [*policies, everything]


@dataclass(frozen=True)
class _Search:
    """The improvement and the valuation of a policy within what is left of the time."""

    inputs: PolicyInputs
    guide: Guide
    seed: int
    budget: SearchBudget
    futures: int | None

    @property
    def simulation(self) -> Simulation:
        """The simulation that carries policies out."""
        return self.guide.simulation

    def plan(self, candidates: list[dict[DecisionPoint, IntendedStart]]) -> PolicyPlan:
        """The best policy that is found from the best of `candidates`, valued."""
        params, budget = self.inputs.params, self.budget
        tried = self._drawn(params.search_futures, self.seed + params.search_seed, 1)
        before = budget.elapsed
        simulated(self.simulation, candidates[0], tried)
        seconds = (budget.elapsed - before) / params.search_futures
        self._reserve(seconds)
        policy, alone = self._improved(self._with_whole_starts(self._best(candidates, tried), tried), tried)
        budget.reserve(0.0, 0.0)
        budget.report("valuing")
        drawn = self._drawn(self._count(seconds), self.seed, params.batches)
        valuation = valued(self.simulation, policy, drawn)
        fewer = valued(without_surveys(self.simulation), alone, drawn)
        if (-fewer.rules_missed, fewer.values.mean()) >= (-valuation.rules_missed, valuation.values.mean()):
            policy, valuation = alone, fewer
        nothing, first = self.guide.nothing, drawn.first(params.information_futures)
        information = information_by_site(
            self.simulation, policy, first, valuation.values - nothing, nothing=nothing,
            ended=self._information_ended(),
        )  # fmt: skip
        by_prices = self._by_prices()
        bound, sampled = self._bounds(policy, valuation.values - nothing, by_prices)
        return stated_plan(
            self.simulation, valuation, fewer, drawn, seed=self.seed, nothing=nothing,
            bounds=StatedBounds(bound, sampled, self.guide.prices, by_prices),
            information=information, information_futures=len(first.outcomes),
        )  # fmt: skip

    def _by_prices(self) -> float | None:
        """The bound on the gain of every policy that the prices of the guide prove, as the independent check does."""
        if self.guide.prices is None or self.guide.prices.is_empty():
            return None
        proved = policy_bound_by_prices(self.inputs, self.guide.prices) - self.guide.nothing
        return proved if np.isfinite(proved) else None

    def _reserve(self, seconds: float) -> None:
        """Sets time aside for valuing the policy, at `seconds` for a future, and for estimating the bound."""
        params, budget = self.inputs.params, self.budget
        limit = budget.elapsed + budget.remaining
        left = budget.remaining / limit if 0.0 < limit < np.inf else 0.0
        estimating = 0.0 if self.guide.informed is None else params.sampled_share
        valuing = seconds * (self.futures or params.futures) * 2.0
        if 0.0 < limit < np.inf:
            valuing = min(valuing, params.value_share * budget.remaining)
            budget.reserve(valuing + estimating * (budget.remaining - valuing), left)

    def _bounds(self, policy: Policy, gains: Floats, by_prices: float | None) -> tuple[float | None, tuple[float, ...]]:
        """The proven bound and estimates of a tighter one.

        The proven one is that of the prices where these prove less: starts that no future can carry are all left out
        there, however little time there was. It is tightened where there are few futures, and estimates are made where
        it is not close.
        """
        informed, expected = self.guide.informed, float(gains.mean())
        bound = min((proof for proof in (self.guide.bound, by_prices) if proof is not None), default=None)
        params = self.inputs.params
        close = params.bound_gap * abs(expected if bound is None else bound)
        if informed is None or (bound is not None and bound - expected <= close):
            return bound, ()
        proved = informed.proved(policy, self.budget, gap=close)
        if proved is not None:
            return proved if bound is None else min(bound, proved), ()
        width = params.bound_width * abs(expected if bound is None else bound)
        above = informed.sampled(policy, self.budget, seed=self.seed, gap=close, width=width)
        return bound, tuple(expected + more for more in above)

    def _best(self, candidates: Sequence[Policy], tried: Futures) -> Policy:
        return best_policy(
            self.simulation, candidates, tried, lambda: self.budget.exhausted or self.budget.should_stop()
        )  # fmt: skip

    def _with_whole_starts(self, policy: Policy, tried: Futures) -> Policy:
        """The better of the policy and one from a search over whole starts in the mean over findings."""
        guide, budget = self.guide, self.budget
        if guide.whole is None or guide.idle is None or budget.exhausted:
            return policy
        seconds = self.inputs.params.whole_share * budget.remaining
        part = SearchBudget(seconds, budget.progress, budget.should_stop, budget.steps)
        known = most_frequent_starts(self.simulation, policy, tried)
        shares = searched_shares(guide.whole, guide.idle, known, part, seed=self.seed, gap=self.inputs.params.bound_gap)
        return policy if shares is None else self._best([policy, policy_of_shares(shares, 0.0)], tried)

    def _drawn(self, count: int, seed: int, batches: int) -> Futures:
        return drawn_futures(self.inputs.findings, count, seed, batches, decisions=self.inputs.decisions)

    def _improved(
        self, policy: Policy, tried: Futures
    ) -> tuple[dict[DecisionPoint, IntendedStart], dict[DecisionPoint, IntendedStart]]:
        """The best policy found, without useless surveys, and the best found that surveys nothing.

        The search without surveys comes second and takes as many steps again, or the rest of the time: without anything
        to find all futures are one.
        """
        simulation, budget, best = self.simulation, self.budget, dict(policy)
        alone = without_surveys(simulation)
        if not budget.exhausted:
            best = self._searched(simulation, best, tried, self.inputs.params.learning_share)
        best = with_useful_surveys(simulation, best)
        fewest = startable(alone, best)
        if not budget.exhausted:
            fewest = self._searched(alone, fewest, tried, 1.0)
        return best, fewest

    def _searched(
        self, simulation: Simulation, policy: Policy, tried: Futures, share: float
    ) -> dict[DecisionPoint, IntendedStart]:
        """The best policy found within a `share` of the time left, in rounds until one finds none that is better.

        Where steps are counted, it is a single round of so many.
        """
        budget, best = self.budget, dict(policy)
        if budget.steps is not None:
            own = SearchBudget(np.inf, budget.progress, budget.should_stop, budget.steps)
            return dict(improved(simulation, best, tried, own, self.seed))
        last = budget.remaining * (1.0 - share)

        def ended() -> bool:
            return budget.remaining <= last < np.inf or budget.should_stop()

        number = 0
        while True:
            part = SearchBudget(np.inf, budget.progress, ended, self.inputs.params.round_steps)
            better = dict(improved(simulation, best, tried, part, self.seed + number))
            if ended() or list(better.items()) == list(best.items()):
                return better
            best, number = better, number + 1

    def _count(self, seconds: float) -> int:
        """Futures that can be valued in the time left, at `seconds` for one."""
        params = self.inputs.params
        most, left = self.futures or params.futures, self.budget.remaining
        if self.budget.stopped:
            return min(most, params.least_futures)
        if left == np.inf or seconds <= 0.0:
            return most
        return min(most, max(int(left * params.value_share / seconds), params.least_futures))

    def _information_ended(self) -> Callable[[], bool]:
        """Whether the time is over that is not set aside for estimating the bound."""
        budget, share = self.budget, 0.0 if self.guide.informed is None else self.inputs.params.sampled_share
        last = share * budget.remaining if budget.remaining < np.inf else 0.0
        return lambda: budget.remaining <= last or budget.should_stop()


def policy_of_shares(starts: pl.DataFrame, least: float) -> dict[DecisionPoint, IntendedStart]:
    """The policy that starts at each point the option with the largest share, where all its options have `least`.

    `starts`: planned, site, finding, period, share. Its period is the one in which half of the share of the option is
    reached; what comes sooner stands first.
    """
    key = ["site", "finding"]
    begun = pl.col("share").cum_sum() >= 0.5 * pl.col("share").sum() - TOLERANCES.integrality
    options = (
        starts.sort("period", maintain_order=True)
        .group_by(*key, "planned", maintain_order=True)
        .agg(period=pl.col("period").filter(begun).first(), share=pl.col("share").sum())
        .filter(pl.col("share").sum().over(key) >= least - TOLERANCES.integrality)
        .sort("share", descending=True, maintain_order=True)
        .unique(key, keep="first", maintain_order=True)
        .sort("period", "share", descending=[False, True], maintain_order=True)
    )
    rows = options.select("site", "finding", "planned", "period").iter_rows()
    return {(site, finding): IntendedStart(option, period) for site, finding, option, period in rows}
