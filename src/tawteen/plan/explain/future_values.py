"""Values of the futures of a policy, and what they come to with one start more or less.

The value of a future is that of the linear model with its starts fixed. It is concave in the starts, so that its slopes
bound what a further start can add to it (docs/method.md, Policies).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import polars as pl

from tawteen.plan.inputs import PlanInputs
from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.future_problem import future_problem
from tawteen.plan.policies.inputs import PolicyInputs, prepare_policies
from tawteen.plan.policies.problem import known_from
from tawteen.plan.policies.rules import future_rules
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.problem import Problem
from tawteen.plan.robust.recourse import Recourse
from tawteen.plan.tolerances import TOLERANCES

REFUSING_ROWS = {
    "pool": ("pool_kind", "pool"), "seats": ("", "course"), "trainers": ("", "trainer_pool"), "fund": ("", "fund"),
    "outlay": ("", "class"), "credit": ("", ""),
}  # fmt: skip
"""Blocks of rows that may refuse a start: the columns of their keys with the kind and the id of the limit."""
LIMIT_KIND_OF_ROWS = {"seats": "course", "trainers": "trainers", "fund": "fund", "outlay": "fund", "credit": "credit"}


def policy_inputs(inputs: PlanInputs, sites: set[str]) -> PolicyInputs:
    """Inputs of policies in which works and surveys can start at these sites alone."""
    learning = prepare_policies(inputs.case, planned=inputs)
    kept = pl.col("site").is_in(sorted(sites)) | (pl.col("kind") == "as_is")

    def narrowed(slot: PlanInputs) -> PlanInputs:
        options = slot.effects.options.with_columns(available=pl.col("available") & kept)
        return replace(slot, effects=replace(slot.effects, options=options))

    return replace(learning, planned=narrowed(learning.planned), known=tuple(map(narrowed, learning.known)))


@dataclass(frozen=True)
class _Course:
    """The starts of the futures of one course, their value, and how much each start can change it at most."""

    point: Floats
    value: float
    slopes: Floats | None


class FutureValues:
    """The futures of a policy, valued again. Places are those of the starts of the model of a future."""

    def __init__(self, policy: PolicyPlan, inputs: PolicyInputs) -> None:
        self.policy, self.inputs = policy, inputs
        self.problem = _without_surveys_required(future_problem(inputs))
        self.recourse = Recourse(self.problem, self.problem.arrays)
        self.keys = self.problem.columns["start"].keys
        self.rules = future_rules(inputs.planned, self.keys)
        names = self.keys.select("planned", "finding", "period").iter_rows()
        self.places = {(option, finding, period): place for place, (option, finding, period) in enumerate(names)}
        self._courses: dict[int, _Course | None] = {}
        self._gains: dict[tuple[int, tuple[int, ...]], float | None] = {}

    def holds(self, number: int) -> bool:
        """Whether the stored gain of a future comes out again."""
        course = self._course(number)
        if course is None:
            return False
        gain, stated = course.value + self.problem.constant - self.policy.do_nothing, self.policy.gains[number]
        size = max(abs(gain), abs(stated), abs(self.policy.do_nothing), 1.0)
        return abs(gain - stated) <= TOLERANCES.start_value * size

    def slopes(self, number: int) -> Floats | None:
        """How much a unit of each start can change a future at most; None where no such bound is known."""
        course = self._course(number)
        return None if course is None else course.slopes

    def starts(self, number: int) -> dict[tuple[str, int | None], int]:
        """Places of the starts of a future by option and finding."""
        rows = self._rows.get(self.policy.solutions[number], [])
        return {(option, finding): self.places[option, finding, period] for option, finding, period in rows}

    def loss_without(self, number: int, places: list[int]) -> float | None:
        """What a future loses without some of its starts; None where the others cannot be carried out without them."""
        course = self._course(number)
        if course is None:
            return None
        point = course.point.copy()
        point[places] = 0.0
        value = self.recourse.value(point)
        return None if value is None else course.value - value

    def gain_with(self, number: int, places: tuple[int, ...]) -> float | None:
        """What a future gains with further starts; None where limits do not carry them or a rule forbids them."""
        key = self.policy.solutions[number], places
        if key not in self._gains:
            course, value = self._course(number), None
            if course is not None:
                point = _with_starts(course.point, places)
                value = self.recourse.value(point) if self.rules.broken(point) is None else None
            self._gains[key] = None if value is None or course is None else value - course.value
        return self._gains[key]

    def refusing_limit(self, number: int, places: tuple[int, ...]) -> tuple[str, str] | None:
        """Kind and id of the rule that forbids further starts in a future, or of the limit that does not carry them.

        It is the limit that weighs most in the proof, which is a mixture of limits (Farkas). None where the solver
        states none.
        """
        course = self._course(number)
        if course is None:
            return None
        point = _with_starts(course.point, places)
        if (rule := self.rules.broken(point)) is not None:
            return "rule", rule
        self.recourse.choose(point)
        carried = self.recourse.relaxation.objective() is not None
        ray = None if carried else self.recourse.relaxation.dual_ray()
        return None if ray is None else self._heaviest_limit(ray, places)

    def _heaviest_limit(self, ray: Floats, places: tuple[int, ...]) -> tuple[str, str] | None:
        """The limit of which these starts take most, by the weights of a proof."""
        taken = self.problem.arrays.matrix.tocsr()[self.recourse.rows][:, self.problem.starts][:, list(places)]
        weights = np.abs(ray * np.asarray(taken.sum(axis=1)).ravel())
        for place in np.argsort(-weights, kind="stable").tolist():
            if weights[place] <= 0.0:
                return None
            limit = self._limit(int(self.recourse.rows[place]))
            if limit is not None:
                return limit
        return None

    def known_from(self, survey: int) -> int:
        """The period from which what a start of a survey finds may be used; the end where it does not tell in time."""
        begun = self.keys[survey].with_columns(column=pl.lit(0, pl.Int64))
        usable_from = known_from(self.inputs, begun)["period"].to_list()
        return usable_from[0] if usable_from else self.inputs.planned.periods

    def own_starts(self, site: str, finding: int | None, earliest: int = 0) -> list[int]:
        """Places of the starts of a site under a finding from a period on, surveys aside."""
        mine = self._own.get((site, finding), [])
        return [place for place, period in mine if period >= earliest]

    @cached_property
    def _own(self) -> dict[tuple[str, int | None], list[tuple[int, int]]]:
        own: dict[tuple[str, int | None], list[tuple[int, int]]] = {}
        rows = self.keys.select("site", "finding", "kind", "period").iter_rows()
        for place, (site, finding, kind, period) in enumerate(rows):
            if kind != "survey":
                own.setdefault((site, finding), []).append((place, period))
        return own

    def _limit(self, row: int) -> tuple[str, str] | None:
        for name, (kind, key) in REFUSING_ROWS.items():
            block = self.problem.rows.get(name)
            if block is None or not block.span.start <= row < block.span.stop:
                continue
            keys = block.keys.row(row - block.span.start, named=True)
            id_ = str(keys[key]).partition("\n")[0] if key else "credit"
            return str(keys[kind]) if kind else LIMIT_KIND_OF_ROWS[name], id_
        return None

    @cached_property
    def _rows(self) -> dict[int, list[tuple[str, int | None, int]]]:
        rows: dict[int, list[tuple[str, int | None, int]]] = {}
        for course, *start in self.policy.starts.select("solution", "option", "finding", "period").iter_rows():
            rows.setdefault(course, []).append((start[0], start[1], start[2]))
        return rows

    def _course(self, number: int) -> _Course | None:
        """The course of a future; None where the case no longer has one of its starts, or no longer carries it."""
        course = self.policy.solutions[number]
        if course not in self._courses:
            self._courses[course] = self._valued(self._rows.get(course, []))
        return self._courses[course]

    def _valued(self, starts: list[tuple[str, int | None, int]]) -> _Course | None:
        if any(start not in self.places for start in starts):
            return None
        point = np.zeros(self.keys.height)
        point[[self.places[start] for start in starts]] = 1.0
        solved = self.recourse.slopes(point)
        if solved is None:
            return None
        # Slopes of whole classes are an estimate and bound nothing.
        return _Course(point, solved[0], None if len(self.problem.arrays.whole) else solved[1])


def _with_starts(point: Floats, places: tuple[int, ...]) -> Floats:
    more = point.copy()
    more[list(places)] = 1.0
    return more


def _without_surveys_required(problem: Problem) -> Problem:
    """The problem without the rows that let no start precede its survey: which starts there are is given here."""
    arrays, learned = problem.arrays, problem.rows["learned"].span
    row_lower, row_upper = arrays.row_lower.copy(), arrays.row_upper.copy()
    row_lower[learned], row_upper[learned] = -np.inf, np.inf
    return replace(problem, arrays=replace(arrays, row_lower=row_lower, row_upper=row_upper))


def begun_sites(policy: PolicyPlan, options: Mapping[str, str]) -> set[str]:
    """Sites at which something starts in some future; `options`: the site of each option."""
    return {options[option] for option in policy.starts["option"].unique() if option in options}
