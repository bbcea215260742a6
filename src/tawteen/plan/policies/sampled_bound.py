"""A bound on all policies that is estimated from futures in which everything is known, and knowing is paid for.

Whoever knows all findings beforehand gains at least what any policy gains. If each survey costs what its finding is
worth more than the mean of the findings of its site, a policy, which does not know the finding when it surveys, pays
nothing in the mean, and whoever knows loses the advantage. Source: Brown, Smith and Sun (2010), Information relaxations
and duality in stochastic dynamic programs, Operations Research 58.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from tawteen.plan.budget import SearchBudget
from tawteen.plan.model_builder import Floats, no_columns
from tawteen.plan.params import DEFAULTS
from tawteen.plan.policies.futures import Outcome, all_futures, drawn_futures
from tawteen.plan.policies.policy import DecisionPoint, Policy, Rollout, Simulation
from tawteen.plan.policy_plan import half_width
from tawteen.plan.problem import Problem, baseline_model
from tawteen.plan.search import is_large, open_model, option_binaries
from tawteen.plan.solver import solve_lp, solve_mip

OutcomeKey = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class BoundEffort:
    """When the search for the bound of one future ends: after `seconds` or `nodes`, or at most `gap` above a point."""

    seconds: float
    gap: float
    nodes: int | None
    stop: Callable[[], bool]


class InformedFutures:
    """Best gains in futures in which every finding is known from the start, less the price of knowing it.

    The mean of these gains over the futures is no less than the expected gain of any policy, whatever the prices; the
    better these are, the lower it is.
    """

    def __init__(
        self, simulation: Simulation, *, carried: Floats | None = None, possible: Floats | None = None
    ) -> None:
        """`carried`: 0 for starts that limits do not carry by themselves, whose worth at the prices of the simulation
        says nothing; `possible`: most of each start, 0 where no future can carry it.
        """
        self.simulation = simulation
        net = simulation.worths.net
        self._value_once_known = _values_once_known(simulation, net if carried is None else net * (carried > 0.0))
        self._possible = possible
        problem = simulation.problem
        self._nothing = solve_lp(baseline_model(problem.arrays, problem))
        chances = simulation.inputs.findings.select("site", "finding", "chance").iter_rows()
        self._chances: dict[str, list[tuple[int, float]]] = {}
        for site, finding, chance in chances:
            self._chances.setdefault(site, []).append((finding, chance))
        dependent = set(simulation.inputs.decisions["site"])
        self._priced_sites = set(self._chances) - dependent

    def bound(self, outcome: Outcome, known: Floats | None, effort: BoundEffort) -> float:
        """Bound on the gain in one future less the price of knowing it: infinite where `effort` does not suffice, minus
        infinite where the rules cannot be kept in it.

        `known`: a point of the simulation's problem to begin from.
        """
        prices, known_at_once = self.prices(outcome)
        problem = self._problem(outcome, prices)
        part = open_model(problem, self._nothing, DEFAULTS.branch)
        model = option_binaries(problem, part, DEFAULTS.branch)
        large = is_large(part, DEFAULTS.branch)
        began = time.monotonic()
        solution = solve_mip(
            model.arrays, seconds=effort.seconds, gap=effort.gap, nodes=effort.nodes,
            # The solver looks at its own clock between cuts alone.
            stop=lambda: effort.stop() or time.monotonic() - began > effort.seconds,
            known=None if known is None else model.extended(known[part.columns]),
            effort=0.0 if large else DEFAULTS.branch.effort, steady=large,
        )  # fmt: skip
        if solution.outcome == "infeasible":
            return -np.inf
        nothing = (self._nothing.value or 0.0) + self.simulation.problem.constant
        return solution.bound + part.constant + problem.constant - nothing - known_at_once

    def gain_of(self, rollout: Rollout, outcome: Outcome) -> float:
        """Gain of a policy in one future less the price of knowing it.

        In the mean over futures the prices are 0. Its starts are among those that whoever knows can choose, so that the
        bound is at least this gain in every future whose rules they keep.
        """
        simulation = self.simulation
        starts, (prices, known_at_once) = rollout.starts(outcome), self.prices(outcome)
        nothing = (self._nothing.value or 0.0) + simulation.problem.constant
        return simulation.value(starts) - nothing - float(prices @ simulation.indicator(starts)) - known_at_once

    def point(self, rollout: Rollout, outcome: Outcome) -> Floats | None:
        """The point of a policy in one future; None where it leaves a rule unmet there."""
        simulation, starts = self.simulation, rollout.starts(outcome)
        if simulation.unmet_rules(starts, outcome):
            return None
        return simulation.recourse.point(simulation.indicator(starts))

    def prices(self, outcome: Outcome) -> tuple[Floats, float]:
        """The price of knowing the finding, of each start that is a survey, and of sites that are known at once.

        What a survey finds is worth the best start that it allows, at the prices of the limits. The price is that of
        the finding in this future less the mean over the findings. Surveys of sites with common decisions, which may be
        chosen by what was found at their neighbours, have none.
        """
        simulation = self.simulation
        prices = np.zeros(simulation.keys.height)
        for column, period in simulation.usable_from.items():
            prices[column] = self._price(simulation.point_of[column][0], period, outcome)
        return prices, sum(self._price(site, 0, outcome) for site in simulation.known_at_once)

    def _price(self, site: str, period: int, outcome: Outcome) -> float:
        if site not in self._priced_sites:
            return 0.0
        values = {finding: self._value(site, finding, period) for finding, _ in self._chances[site]}
        return values[outcome[site]] - sum(chance * values[finding] for finding, chance in self._chances[site])

    def _value(self, site: str, finding: int, period: int) -> float:
        values = self._value_once_known.get((site, finding))
        return 0.0 if values is None else float(values[period])

    def _problem(self, outcome: Outcome, prices: Floats) -> Problem:
        """The model of one future, in which surveys cost `prices` more and nothing of other findings can start."""
        simulation = self.simulation
        problem, arrays = simulation.problem, simulation.problem.arrays
        value, upper, row_lower = arrays.value.copy(), arrays.upper.copy(), arrays.row_lower.copy()
        value[problem.starts] -= prices
        other = np.array([finding is not None and outcome[site] != finding for site, finding in simulation.point_of])
        possible = upper[problem.starts] if self._possible is None else self._possible
        upper[problem.starts] = np.where(other, 0.0, possible)
        rules, first = simulation.rules, problem.rows["rule"].span.start
        released = [row for row in rules.required_rows if not simulation.holds(row, outcome)]
        row_lower[[first + row for row in released]] = -np.inf
        return replace(
            problem, arrays=replace(arrays, value=value, upper=upper, row_lower=row_lower, whole=no_columns())
        )  # fmt: skip

    def proved(self, policy: Policy, budget: SearchBudget, *, gap: float) -> float | None:
        """The mean over all futures, where these are few: a bound on the expected gain of every policy. None where they
        are many, or `budget` ends before all are worked out. `gap` as of `sampled`.
        """
        inputs = self.simulation.inputs
        findings = inputs.findings.filter(pl.col("chance") > 0.0).group_by("site").len()["len"]
        counts = [*findings.to_list(), *(2 for _ in inputs.decisions["decision"].unique())]
        if math.prod(counts) > inputs.params.bound_futures:
            return None
        futures = all_futures(inputs.findings, inputs.decisions)
        bounds = list(self._bounds(futures.outcomes, policy, budget, gap=gap, least=len(futures.outcomes)))
        complete = len(bounds) == len(futures.outcomes) and bool(np.isfinite(bounds).all())
        return float(np.array(bounds) @ futures.weights) if complete else None

    def sampled(
        self, policy: Policy, budget: SearchBudget, *, seed: int, gap: float, width: float
    ) -> tuple[float, ...]:
        """How much the bounds on the gain are above `policy` in futures drawn independently; empty where `budget`
        allows too few of them.

        Their mean and the expected gain of `policy` together estimate a bound on the expected gain of every policy.
        Both meet the same futures, so that the differences vary less than the bounds do (control variate), and none is
        below 0 where the policy keeps the rules. Each bound ends once it is at most `gap` above the gain of `policy`,
        and no more are drawn once half of the interval of their mean is at most `width`. With `budget.steps` their
        number is fixed, and so many steps of branch and cut are taken in each.
        """
        inputs, params = self.simulation.inputs, self.simulation.inputs.params
        least = params.least_bound_futures
        most = params.bound_futures if budget.steps is None else least
        drawn = drawn_futures(inputs.findings, most, seed + params.bound_seed, most, decisions=inputs.decisions)
        rollout, above = Rollout(self.simulation, policy), list[float]()
        for number, bound in enumerate(self._bounds(drawn.outcomes, policy, budget, gap=gap, least=least)):
            if not np.isfinite(bound):
                return ()
            above.append(bound - self.gain_of(rollout, drawn.outcomes[number]))
            if len(above) >= least and half_width(np.array(above)) <= width:
                break
        return tuple(above) if len(above) > 1 else ()

    def _bounds(
        self, outcomes: Sequence[Outcome], policy: Policy, budget: SearchBudget, *, gap: float, least: int
    ) -> Iterator[float]:
        """Bounds of futures one after another until `budget` ends, which is divided among the first `least` of them.

        Two are worked out at once where the machine has two processors; what is the same future is worked out once.
        """
        rollout, workers = Rollout(self.simulation, policy), min(os.cpu_count() or 1, 2)
        nodes = None if budget.steps is None else DEFAULTS.branch.nodes_per_step * budget.steps
        known: dict[OutcomeKey, float] = {}
        longest, place = 0.0, 0
        with ThreadPoolExecutor(workers) as pool:
            while place < len(outcomes) and budget.remaining > longest and not budget.should_stop():
                began = budget.elapsed
                seconds = budget.remaining * workers / max(least - place, workers)
                effort = BoundEffort(seconds, gap, nodes, budget.should_stop)
                part = outcomes[place : place + workers]
                new = {_key(outcome): outcome for outcome in part if _key(outcome) not in known}
                points = [self.point(rollout, outcome) for outcome in new.values()]
                known.update(zip(new, pool.map(self.bound, new.values(), points, [effort] * len(new)), strict=True))
                yield from (known[_key(outcome)] for outcome in part)
                place += workers
                longest = max(longest, budget.elapsed - began) if place >= least else 0.0
                budget.report("proof")


def _key(outcome: Outcome) -> OutcomeKey:
    return tuple(sorted(outcome.items()))


def _values_once_known(simulation: Simulation, net: Floats) -> Mapping[DecisionPoint, Floats]:
    """For each finding of a site, by the period from which it may be used, the worth of the best start it allows."""
    values: dict[DecisionPoint, Floats] = {}
    for column, (site, finding) in enumerate(simulation.point_of):
        if finding is not None:
            best = values.setdefault((site, finding), np.zeros(simulation.periods + 2))
            period = simulation.keys["period"][column]
            best[period] = max(best[period], net[column])
    return {point: np.maximum.accumulate(best[::-1])[::-1] for point, best in values.items()}
