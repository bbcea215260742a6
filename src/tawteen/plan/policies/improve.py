"""Better policies: one intended start is changed at a time, and kept where the mean over the same futures rises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.plan.budget import SearchBudget
from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.futures import Futures
from tawteen.plan.policies.policy import DecisionPoint, IntendedStart, Policy, Rollout, Simulation
from tawteen.plan.tolerances import TOLERANCES

ChangedPolicy = dict[DecisionPoint, IntendedStart]

SHIFTS = (-8, -4, -2, -1, 1, 2, 4, 8)
"""Quarters by which an intended start is moved."""


@dataclass(frozen=True)
class Simulated:
    """A policy in futures: the starts of each, their values (discounted), and which rules each still asks for."""

    starts: tuple[tuple[int, ...], ...]
    values: Floats
    unmet_rules: tuple[tuple[str, ...], ...]

    def score(self, futures: Futures) -> tuple[float, float]:
        """What is compared: first that rules are fulfilled, then the mean."""
        missed = float(np.array([bool(rules) for rules in self.unmet_rules]) @ futures.weights)
        return -round(missed, 9), float(self.values @ futures.weights)


def simulated(simulation: Simulation, policy: Policy, futures: Futures) -> Simulated:
    """The policy carried out in the futures."""
    rollout = Rollout(simulation, policy)
    starts = tuple(rollout.starts(outcome) for outcome in futures.outcomes)
    values = np.array([simulation.value(begun) for begun in starts])
    unmet_rules = tuple(
        tuple(simulation.unmet_rules(begun, outcome)) for begun, outcome in zip(starts, futures.outcomes, strict=True)
    )  # fmt: skip
    return Simulated(starts, values, unmet_rules)


def improved(simulation: Simulation, policy: Policy, futures: Futures, budget: SearchBudget, seed: int) -> Policy:
    """The best policy that changes of single intended starts lead to; the same for the same seed and steps.

    A change moves an intended start in time or in the order, takes another option, leaves a decision point out, or
    takes one up. The futures are the same for all policies (common random numbers), so that their difference is known
    far better than their means.
    """
    random = np.random.default_rng([seed, 0])
    moves = _Moves(simulation, random)
    best = dict(policy)
    score = simulated(simulation, best, futures).score(futures)
    while not (budget.exhausted or budget.should_stop()):
        budget.report("improve")
        budget.count_step()
        tried = moves.changed(best)
        if tried is None or list(tried.items()) == list(best.items()):
            continue
        new = simulated(simulation, tried, futures).score(futures)
        if new[0] > score[0] or (new[0] == score[0] and new[1] > score[1] + TOLERANCES.improvement * abs(score[1])):
            best, score = tried, new
    return best


class _Moves:
    """Random changes of a policy."""

    def __init__(self, simulation: Simulation, random: np.random.Generator) -> None:
        self.simulation, self.random = simulation, random
        worths = simulation.worths
        self.choices: dict[DecisionPoint, dict[str, int]] = {}
        best: dict[tuple[DecisionPoint, str], float] = {}
        for (site, finding, option, period), column in simulation.columns.items():
            point, net = (site, finding), float(worths.net[column])
            useful = simulation.is_survey[column] or worths.gross[column] > 0.0
            if useful and net > best.get((point, option), -np.inf):
                best[point, option] = net
                self.choices.setdefault(point, {})[option] = period
        gains = {point: max(best[point, option] for option in options) for point, options in self.choices.items()}
        self.points = list(self.choices)
        size = max((abs(gain) for gain in gains.values()), default=0.0) or 1.0
        weight = np.array([np.exp(min(gains[point], 0.0) / (0.02 * size)) for point in self.points])
        self.weight = weight / weight.sum() if len(weight) else weight

    def changed(self, policy: ChangedPolicy) -> ChangedPolicy | None:
        """Another policy near this one; None where no change came out."""
        random = self.random
        if policy and random.random() < 0.75:
            point = list(policy)[int(random.integers(len(policy)))]
            return self._moved(dict(policy), point)
        if not self.points:
            return None
        point = self.points[int(random.choice(len(self.points), p=self.weight))]
        options = list(self.choices[point])
        option = options[int(random.integers(len(options)))]
        return self._placed({**policy, point: IntendedStart(option, self._period(point, option))}, point)

    def _moved(self, policy: ChangedPolicy, point: DecisionPoint) -> ChangedPolicy:
        """The policy with this point sooner or later, before or after others, or left out."""
        kind, intended = self.random.random(), policy[point]
        if kind < 0.5:
            period = intended.period + int(self.random.choice(SHIFTS))
            policy[point] = IntendedStart(intended.option, min(max(period, 0), self.simulation.periods - 1))
            return policy
        if kind < 0.85:
            return self._placed(policy, point)
        del policy[point]
        return policy

    def _placed(self, policy: ChangedPolicy, point: DecisionPoint) -> ChangedPolicy:
        """The policy with this point at another place in the order: first, or anywhere."""
        others = [item for item in policy.items() if item[0] != point]
        place = 0 if self.random.random() < 0.5 else int(self.random.integers(len(others) + 1))
        return dict([*others[:place], (point, policy[point]), *others[place:]])

    def _period(self, point: DecisionPoint, option: str) -> int:
        """The period in which the option is worth most at prices, or at once."""
        return 0 if self.random.random() < 0.3 else self.choices[point][option]
