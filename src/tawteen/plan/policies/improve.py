"""Better policies: one intended start is changed at a time, and kept where the mean over the same futures rises."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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


def best_policy(
    simulation: Simulation, policies: Sequence[Policy], futures: Futures, ended: Callable[[], bool]
) -> Policy:
    """The best of the policies in the futures, of those that are looked at before `ended`; else the first."""
    best, score = policies[0], (-np.inf, -np.inf)
    for policy in policies if len(policies) > 1 else ():
        if ended():
            break
        new = simulated(simulation, policy, futures).score(futures)
        if new > score:
            best, score = policy, new
    return best


def improved(simulation: Simulation, policy: Policy, futures: Futures, budget: SearchBudget, seed: int) -> Policy:
    """The best policy that changes of single intended starts lead to; the same for the same seed and steps.

    A change moves an intended start in time or in the order, takes another option, leaves a decision point out, or
    takes one up. First those are tried of which the prices of the futures promise most (`_promising`), then random
    ones. The futures are the same for all policies (common random numbers), so that their difference is known far
    better than their means; a change that is no gain in the first few of them is not looked at in the others.
    """
    few = futures.first(simulation.inputs.params.screening_futures)
    moves = _Moves(simulation, np.random.default_rng([seed, 0]))
    best = dict(policy)
    carried_out = simulated(simulation, best, futures)
    score, screen = carried_out.score(futures), simulated(simulation, best, few).score(few)
    promising = _promising(simulation, moves, best, carried_out.starts[: len(few.outcomes)])
    while not (budget.exhausted or budget.should_stop()):
        budget.report("improve")
        budget.count_step()
        tried = next(promising, None) or moves.changed(best)
        if tried is None or list(tried.items()) == list(best.items()):
            continue
        new_screen = simulated(simulation, tried, few).score(few)
        if not _is_better(new_screen, screen):
            continue
        carried_out = simulated(simulation, tried, futures)
        if _is_better(carried_out.score(futures), score):
            best, score, screen = tried, carried_out.score(futures), new_screen
            promising = _promising(simulation, moves, best, carried_out.starts[: len(few.outcomes)])
    return best


def _is_better(new: tuple[float, float], old: tuple[float, float]) -> bool:
    return new[0] > old[0] or (new[0] == old[0] and new[1] > old[1] + TOLERANCES.improvement * abs(old[1]))


def _promising(
    simulation: Simulation, moves: _Moves, policy: ChangedPolicy, starts: Sequence[tuple[int, ...]]
) -> Iterator[ChangedPolicy]:
    """Policies with one point moved, left out or taken up that promise a gain in futures with these starts, most first.

    What a change of starts can gain at most in a future is known from its prices (`Simulation.slopes`), because its
    value is concave in the starts.
    """
    slopes = np.array([simulation.slopes(begun) for begun in starts])
    gains: list[tuple[float, int, DecisionPoint, IntendedStart | None]] = []
    for point, columns in moves.columns.items():
        begun = [next((c for c in future if simulation.point_of[c] == point), None) for future in starts]
        begun_in = [(number, column) for number, column in enumerate(begun) if column is not None]
        if point not in policy:
            begun_in = [(number, -1) for number in range(len(starts))] if point[1] is None else []
        if not begun_in:
            continue
        now = np.array([0.0 if column < 0 else slopes[number, column] for number, column in begun_in])
        most = (slopes[[number for number, _ in begun_in]][:, columns] - now[:, None]).sum(axis=0) / len(starts)
        order = np.argsort(-most, kind="stable")[: simulation.inputs.params.promising_moves]
        gains += [
            (float(most[i]), int(columns[i]), point, moves.intended[int(columns[i])]) for i in order if most[i] > 0.0
        ]
        if point in policy and now.sum() < 0.0:
            gains.append((-float(now.sum()) / len(starts), -1, point, None))
    for _, _, point, start in sorted(gains, key=lambda gain: (-gain[0], gain[1])):
        if start is not None:
            yield {**policy, point: start}
        else:
            yield {other: intended for other, intended in policy.items() if other != point}


class _Moves:
    """Random changes of a policy."""

    def __init__(self, simulation: Simulation, random: np.random.Generator) -> None:
        self.simulation, self.random = simulation, random
        worths = simulation.worths
        self.intended = {c: IntendedStart(option, period) for (_, _, option, period), c in simulation.columns.items()}
        by_point: dict[DecisionPoint, list[int]] = {}
        for (site, finding, _, _), column in simulation.columns.items():
            if simulation.is_survey[column] or worths.gross[column] > 0.0:
                by_point.setdefault((site, finding), []).append(column)
        self.columns = {point: np.array(columns) for point, columns in by_point.items()}
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
