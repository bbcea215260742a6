"""Better policies: one intention is changed at a time, and kept where the mean over the same futures rises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.plan.budget import SearchBudget
from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.futures import Futures
from tawteen.plan.policies.policy import Intended, Policy, Rollout, Simulation, Turn
from tawteen.plan.tolerances import TOLERANCES

SHIFTS = (-8, -4, -2, -1, 1, 2, 4, 8)
"""Quarters by which an intention is moved."""


@dataclass(frozen=True)
class Simulated:
    """A policy in futures: the starts of each, their values (discounted), and which rules each still asks for."""

    starts: tuple[tuple[int, ...], ...]
    values: Floats
    owed: tuple[tuple[str, ...], ...]

    def score(self, futures: Futures) -> tuple[float, float]:
        """What is compared: first that rules are fulfilled, then the mean."""
        missed = float(np.array([bool(rules) for rules in self.owed]) @ futures.weights)
        return -round(missed, 9), float(self.values @ futures.weights)


def simulated(simulation: Simulation, policy: Policy, futures: Futures) -> Simulated:
    """The policy carried out in the futures."""
    rollout = Rollout(simulation, policy)
    starts = tuple(rollout.starts(finds) for finds in futures.finds)
    values = np.array([simulation.value(begun) for begun in starts])
    owed = tuple(
        tuple(simulation.owed(begun, finds)) for begun, finds in zip(starts, futures.finds, strict=True)
    )  # fmt: skip
    return Simulated(starts, values, owed)


def improved(simulation: Simulation, policy: Policy, futures: Futures, budget: SearchBudget, seed: int) -> Policy:
    """The best policy that changes of single intentions lead to from `policy`; the same for the same seed and steps.

    A change moves an intention in time or in the order, takes another option, leaves a turn out, or takes one up. The
    futures are the same for all policies (common random numbers), so that their difference is known far better than
    their means.
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
        self.choices: dict[Turn, dict[str, int]] = {}
        best: dict[tuple[Turn, str], float] = {}
        for (site, finding, option, period), column in simulation.columns.items():
            turn, net = (site, finding), float(worths.net[column])
            useful = simulation.is_survey[column] or worths.gross[column] > 0.0
            if useful and net > best.get((turn, option), -np.inf):
                best[turn, option] = net
                self.choices.setdefault(turn, {})[option] = period
        gains = {turn: max(best[turn, option] for option in options) for turn, options in self.choices.items()}
        self.turns = list(self.choices)
        size = max((abs(gain) for gain in gains.values()), default=0.0) or 1.0
        weight = np.array([np.exp(min(gains[turn], 0.0) / (0.02 * size)) for turn in self.turns])
        self.weight = weight / weight.sum() if len(weight) else weight

    def changed(self, policy: dict[Turn, Intended]) -> dict[Turn, Intended] | None:
        """Another policy near this one; None where no change came out."""
        random = self.random
        if policy and random.random() < 0.75:
            turn = list(policy)[int(random.integers(len(policy)))]
            return self._moved(dict(policy), turn)
        if not self.turns:
            return None
        turn = self.turns[int(random.choice(len(self.turns), p=self.weight))]
        options = list(self.choices[turn])
        option = options[int(random.integers(len(options)))]
        return self._placed({**policy, turn: Intended(option, self._period(turn, option))}, turn)

    def _moved(self, policy: dict[Turn, Intended], turn: Turn) -> dict[Turn, Intended]:
        """The policy with this turn sooner or later, before or after others, or left out."""
        kind, intended = self.random.random(), policy[turn]
        if kind < 0.5:
            period = intended.period + int(self.random.choice(SHIFTS))
            policy[turn] = Intended(intended.option, min(max(period, 0), self.simulation.periods - 1))
            return policy
        if kind < 0.85:
            return self._placed(policy, turn)
        del policy[turn]
        return policy

    def _placed(self, policy: dict[Turn, Intended], turn: Turn) -> dict[Turn, Intended]:
        """The policy with this turn at another place in the order: first, or anywhere."""
        others = [item for item in policy.items() if item[0] != turn]
        place = 0 if self.random.random() < 0.5 else int(self.random.integers(len(others) + 1))
        return dict([*others[:place], (turn, policy[turn]), *others[place:]])

    def _period(self, turn: Turn, option: str) -> int:
        """The period in which the option is worth most at prices, or at once."""
        return 0 if self.random.random() < 0.3 else self.choices[turn][option]
