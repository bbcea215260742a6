"""A policy: in which order sites are surveyed and options start, and how it is carried out in a future."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.conclusions import Conclusions
from tawteen.plan.policies.future_limits import FutureLimits
from tawteen.plan.policies.future_problem import StartWorths, future_problem, with_whole_classes
from tawteen.plan.policies.futures import Outcome
from tawteen.plan.policies.inputs import PolicyInputs
from tawteen.plan.policies.problem import decision_periods, known_from
from tawteen.plan.policies.rules import future_rules
from tawteen.plan.problem import Problem
from tawteen.plan.robust.recourse import Recourse
from tawteen.plan.tolerances import TOLERANCES

DecisionPoint = tuple[str, int | None]
"""A site, and the finding under which it is decided (None: without one)."""


@dataclass(frozen=True)
class IntendedStart:
    """What a policy does at a point: an option as the case names it, from `period` on."""

    option: str
    period: int


Policy = Mapping[DecisionPoint, IntendedStart]
"""What is intended at each point that is used; of points whose period has come, those that stand first go first."""


@dataclass
class _Node:
    """The state at the beginning of a period: starts so far, and what follows for each set of things learned then."""

    starts: tuple[int, ...] = ()
    after: dict[tuple[tuple[str, int], ...], _Node] = field(default_factory=dict)


class Simulation:
    """Carries out policies of `inputs` in futures, one period after another, with nothing but what is known by then.

    What starts is within all limits together with all that started before, whatever will be found; it keeps every rule
    that forbids, and rules that ask for starts come first.
    """

    def __init__(self, inputs: PolicyInputs, worths: StartWorths, problem: Problem | None = None) -> None:
        """`worths`: of the starts of `problem`, the `future_problem` of `inputs`; they set the order among starts."""
        self.inputs, self.worths = inputs, worths
        self.problem = future_problem(inputs) if problem is None else problem
        self.keys = self.problem.columns["start"].keys
        self.limits = FutureLimits(self.problem, inputs.params)
        self.recourse = Recourse(self.problem, self.problem.arrays)
        self._classes = with_whole_classes(self.problem)
        self.rules = future_rules(inputs.planned, self.keys)
        self.periods = inputs.planned.periods
        rows = self.keys.select("site", "finding", "planned", "period").iter_rows()
        self.columns = {key: column for column, key in enumerate(rows)}
        self.point_of: list[DecisionPoint] = list(self.keys.select("site", "finding").iter_rows())
        known_columns = known_from(inputs, self.keys.with_row_index("column").cast({"column": pl.Int64}))
        self.usable_from = dict(known_columns.select("column", "period").iter_rows())
        surveys = self.keys["kind"] == "survey"
        self.is_survey: NDArray[np.bool_] = surveys.to_numpy()
        uninspected = inputs.findings["site"].unique(maintain_order=True).to_list()
        surveyed = set(inputs.planned.effects.options.filter(pl.col("kind") == "survey")["site"])
        self.known_at_once = [site for site in uninspected if site not in surveyed]
        self.uninspected = set(uninspected)
        self.conclusions = Conclusions(inputs.findings, inputs.decisions)
        required = self.rules.matrix[list(self.rules.required_rows)].tocoo()
        self.required_starts: set[int] = set(required.col[required.data > 0].tolist())
        self._values: dict[tuple[int, ...], float] = {}
        self._allowed: dict[tuple[int, ...], bool] = {}

    @property
    def first_stage_end(self) -> int:
        """The first period after the start in which the committee decides: what starts before is decided now."""
        decides = decision_periods(self.inputs.planned.case)
        return next((t for t in range(1, self.periods) if decides[t] == t), self.periods)

    def value(self, starts: tuple[int, ...]) -> float:
        """Value of the starts of a future, all else decided as is best (discounted, the problem's constant included).

        Raises RuntimeError where they break a limit.
        """
        key = tuple(sorted(starts))
        if key not in self._values:
            value = self.recourse.value(self.indicator(starts))
            if value is None:
                raise RuntimeError("a policy broke a limit")
            self._values[key] = value + self.problem.constant
        return self._values[key]

    def slopes(self, starts: tuple[int, ...]) -> Floats:
        """How much a unit of each start can change the value of these starts at most (discounted).

        Raises RuntimeError where they break a limit.
        """
        value_and_slopes = self.recourse.slopes(self.indicator(starts))
        if value_and_slopes is None:
            raise RuntimeError("a policy broke a limit")
        return value_and_slopes[1]

    def indicator(self, starts: tuple[int, ...] | list[int]) -> Floats:
        """1 for each of these starts, else 0."""
        point = np.zeros(self.keys.height)
        point[list(starts)] = 1.0
        return point

    def allow(self, starts: tuple[int, ...]) -> bool:
        """Whether these starts keep all limits and every rule that forbids."""
        key = tuple(sorted(starts))
        if key not in self._allowed:
            point = self.indicator(starts)
            within = self.rules.allow(point) and self.limits.carry(self.limits.used(key))
            self._allowed[key] = within and (self._classes is None or self._classes.value(point) is not None)
        return self._allowed[key]

    def unmet_rules(self, starts: tuple[int, ...], outcome: Outcome) -> list[str]:
        """Rules that ask for more starts than there are in this future."""
        missing = self.rules.missing(self.indicator(starts))
        lacking = [row for row in self.rules.required_rows if missing[row] > TOLERANCES.feasibility]
        return sorted({self.rules.rule[row] for row in lacking if self.holds(row, outcome)})

    def holds(self, row: int, outcome: Outcome) -> bool:
        """Whether a row of the rules holds in this future."""
        site, finding = self.rules.site[row], self.rules.finding[row]
        return finding is None or site is None or outcome.get(site, finding) == finding


class Rollout:
    """One policy carried out in many futures; what futures have in common is decided once."""

    def __init__(self, simulation: Simulation, policy: Policy) -> None:
        self.simulation, self.policy = simulation, policy
        self._root = _Node()

    def starts(self, outcome: Outcome) -> tuple[int, ...]:
        """The starts (places among the starts of the model) of the policy in a future, in the order of their periods.

        What is decided in a period depends on the findings that are known in it alone: `outcome` is read nowhere else.
        """
        simulation, node = self.simulation, self._root
        learned: dict[int, list[str]] = {0: list(simulation.known_at_once)}
        for column in node.starts:
            self._note(column, learned)
        known: dict[str, int] = {}
        for period in range(simulation.periods):
            learned_now = tuple((site, outcome[site]) for site in sorted(learned.pop(period, [])))
            known.update(learned_now)
            if learned_now not in node.after:
                node.after[learned_now] = _Node(self._decided(period, node.starts, known))
            before, node = node.starts, node.after[learned_now]
            for column in node.starts[len(before) :]:
                self._note(column, learned)
        return node.starts

    def _note(self, column: int, learned: dict[int, list[str]]) -> None:
        """Notes when a survey tells."""
        site, period = self.simulation.point_of[column][0], self.simulation.usable_from.get(column)
        if period is not None:
            learned.setdefault(period, []).append(site)

    def _decided(self, period: int, starts: tuple[int, ...], known: Outcome) -> tuple[int, ...]:
        """`starts` and what starts in `period`."""
        simulation = self.simulation
        begun = {simulation.point_of[column] for column in starts}
        due = (self._column(point, period, known) for point in self.policy if point not in begun)
        candidates = [column for column in due if column is not None]
        if not candidates:
            return starts
        known = {**simulation.conclusions.shut_sites(known), **known}
        candidates = [column for column in candidates if not self._is_pointless(column, known)]
        reserved = self._reserved(period, begun, known)
        candidates.sort(key=lambda column: column not in simulation.required_starts)
        awaited = {simulation.point_of[column]: column for column in reserved}
        if simulation.allow((*starts, *candidates, *reserved)):
            return (*starts, *candidates)
        for column in candidates:
            kept = [c for point, c in awaited.items() if point != simulation.point_of[column]]
            if simulation.allow((*starts, column, *kept)):
                starts = (*starts, column)
                awaited.pop(simulation.point_of[column], None)
        return starts

    def _is_pointless(self, column: int, known: Outcome) -> bool:
        """Whether a start is a survey that no rule asks for of a site that is known to stay shut by another one."""
        simulation = self.simulation
        site = simulation.point_of[column][0]
        return bool(simulation.is_survey[column]) and site in known and column not in simulation.required_starts

    def _reserved(self, period: int, begun: set[DecisionPoint], known: Outcome) -> tuple[int, ...]:
        """Later starts that a rule asks for, with what they take: nothing else may take it from them.

        Of a site whose finding is not known, that which takes most of scarce things.
        """
        simulation, later = self.simulation, dict[str, tuple[float, int]]()
        for point, intended in self.policy.items():
            site, finding = point
            told_otherwise = finding is not None and known.get(site, finding) != finding
            if intended.period <= period or point in begun or told_otherwise:
                continue
            column = simulation.columns.get((*point, intended.option, intended.period))
            if column is None or column not in simulation.required_starts:
                continue
            takes = float(simulation.worths.gross[column] - simulation.worths.net[column])
            name = site if finding is not None else f"{site}:"
            if name not in later or takes > later[name][0]:
                later[name] = takes, column
        return tuple(column for _, column in later.values())

    def _column(self, point: DecisionPoint, period: int, known: Outcome) -> int | None:
        """The start of a point in `period`, where it is due, can be decided with what is known, and is worth having."""
        simulation, intended = self.simulation, self.policy[point]
        site, finding = point
        if intended.period > period or (finding is not None and known.get(site) != finding):
            return None
        column = simulation.columns.get((site, finding, intended.option, period))
        if column is None or simulation.is_survey[column]:
            return column
        return column if simulation.worths.gross[column] > 0.0 or column in simulation.required_starts else None
