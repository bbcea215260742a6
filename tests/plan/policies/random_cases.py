"""Random small problems of policies, and the value of the best policy by trying all of them.

A problem has one or two uninspected sites, one inspected site, one fund, one crew that surveys and works share, and at
most one rule. Effects are drawn, not made from a case, which saves most of the time. The best policy is found with
arithmetic of its own: no model, no solver.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl
from tests.tiny import SETTINGS, names, unknown_title

from tawteen.case.build import case_of
from tawteen.case.model import Case
from tawteen.case.settings import Settings
from tawteen.effects import Effects
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.policies.findings import FINDING_SCHEMA
from tawteen.plan.policies.inputs import DECISION_SCHEMA, PolicyInputs
from tawteen.plan.policies.params import PolicyParams

SITES = ("a", "b", "c")
"""`c` is inspected."""
PRICE = 2.0
"""Of a unit of the crew."""


@cache
def base(periods: int) -> PlanInputs:
    """Inputs of a case whose sites have two options each; their effects are replaced."""
    option = {"kind": "repair", "capacity": 1.0, "variable_cost": 0.0, "life": 10.0}
    tables: dict[str, list[dict[str, Any]]] = {
        "regions": [{"id": "east", **names("East", "الشرق"), "port": True}],
        "sites": [
            {"id": site, **names(site, site), "region": "east", "state": "suspended", "role": "candidate",
             "survey_cost": 1.0, "survey_weeks": 13.0, "state_as_of": dt.date(2026, 6, 1)}
            for site in SITES
        ],
        "blockers": [unknown_title(site) for site in SITES[:2]],
        "options": [
            {"id": f"{site}{number}", "site": site, **names("Repair", "إصلاح"), **option}
            for site in SITES for number in (1, 2)
        ],
        "works": [
            {"option": f"{site}{number}", "id": "w", **names("Works", "أعمال"), "weeks": 13.0, "capability": "crew",
             "effort": 1.0}
            for site in SITES for number in (1, 2)
        ],
        "units": [{"id": "U", **names("Unit", "وحدة"), "party": "partner"}],
        "capabilities": [{"id": "crew", **names("Crew", "طاقم"), "unit": "person_week"}],
        "offers": [{"unit": "U", "capability": "crew", "capacity": 1.0, "price": PRICE, "local_share": 1.0}],
        "funds": [{"id": "f", **names("Fund", "صندوق"), "party": "host", "terms": "budget", "carry_over": 1.0}],
        "fund_limits": [
            {"fund": "f", "start": quarter(t), "end": quarter(t + 1) - dt.timedelta(days=1), "amount": 1.0}
            for t in range(periods)
        ],
        "fund_uses": [{"id": "1", "fund": "f"}],
        "rules": [{"id": "r", "kind": "never", "sites": "a", "active": False}],
    }  # fmt: skip
    settings = {**SETTINGS, "time": {"start": quarter(0), "periods": periods}, "value": {"fx_premium": 0.0}}
    return prepare(case_of(Settings.model_validate(settings), tables))


def quarter(period: int) -> dt.date:
    return dt.date(2027 + period // 4, period % 4 * 3 + 1, 1)


@dataclass(frozen=True)
class DrawnOption:
    """An option of one finding: what it pays, needs and brings by quarter from its start, and when it may start."""

    name: str
    outlay: np.ndarray
    need: np.ndarray
    brings: np.ndarray
    quarters: int
    latest: int

    @property
    def paid(self) -> np.ndarray:
        """All money that its fund pays: outlays, and crews at their price."""
        return self.outlay + PRICE * self.need


@dataclass(frozen=True)
class DrawnProblem:
    """One random problem. `options[site, finding]`: what may start; finding None: without one."""

    periods: int
    chances: dict[str, list[float]]
    options: dict[tuple[str, int | None], list[DrawnOption]]
    surveys: dict[str, DrawnOption]
    money: np.ndarray
    crew: float
    rule: dict[str, Any] | None
    meetings: tuple[int, ...]
    decision_quarters: int
    joint: np.ndarray | None = None
    """Chance of each pair of findings of `a` and `b`, where these depend on each other."""

    def chance(self, site: str, finding: int, other: int | None) -> float:
        """Chance of a finding, once that of the other uninspected site is known or (None) not."""
        if self.joint is None or other is None:
            return self.chances[site][finding]
        joint = self.joint if site == "a" else self.joint.T
        return float(joint[finding, other] / joint[:, other].sum())


def dependent_problem(seed: int) -> DrawnProblem:
    """A problem whose two uninspected sites have dependent findings."""
    number = seed
    while len((problem := drawn_problem(number)).chances) < 2:
        number += 1000
    random = np.random.default_rng([18, seed])
    shape = len(problem.chances["a"]), len(problem.chances["b"])
    joint = random.dirichlet(np.ones(shape[0] * shape[1]) * 0.4).reshape(shape) * 0.99 + 0.01 / (shape[0] * shape[1])
    return replace(
        problem, joint=joint, chances={"a": joint.sum(axis=1).tolist(), "b": joint.sum(axis=0).tolist()}
    )  # fmt: skip


def drawn_problem(seed: int) -> DrawnProblem:
    """Two or three sites, two or three findings, three to five quarters; the same for the same seed."""
    random = np.random.default_rng([17, seed])
    periods = int(random.integers(3, 6))
    unknown = SITES[: int(random.integers(1, 3))]
    chances, options, surveys = {}, {}, {}
    few = len(unknown) == 2 and periods == 5
    for site in unknown:
        count = int(random.integers(2, 4))
        chances[site] = (random.dirichlet(np.ones(count) * 2.0)).tolist()
        kinds = 1 if few else int(random.integers(1, 3))
        for finding in range(count):
            shut = finding == count - 1 and random.random() < 0.6
            options[site, finding] = [] if shut else _options(random, site, kinds, periods)
        survey = _option(random, f"{site}:survey", periods, quarters=int(random.integers(1, 3)))
        surveys[site] = replace(survey, outlay=survey.outlay * 0.3, brings=survey.brings * 0.0)
    options["c", None] = _options(random, "c", 1, periods)
    rules: list[dict[str, Any] | None] = [
        None, None, {"kind": "one_of", "sites": "a;b;c", "value": 1.0},
        {"kind": "at_least", "sites": "c", "value": 1.0},
        {"kind": "after", "sites": "a", "before": "c"}, {"kind": "at_most", "measure": "jobs", "value": 25.0},
        {"kind": "must", "sites": "a"},
    ]  # fmt: skip
    return DrawnProblem(
        periods, chances, options, surveys,
        money=random.gamma(1.0, random.choice([2.0, 4.0]), periods),
        crew=float(random.choice([1.0, 1.5, 3.0])),
        rule=rules[int(random.integers(len(rules)))],
        meetings=tuple(sorted(random.choice(periods, 2, replace=False).tolist())) if random.random() < 0.3 else (),
        decision_quarters=int(random.random() < 0.2),
    )  # fmt: skip


def _options(random: np.random.Generator, site: str, count: int, periods: int) -> list[DrawnOption]:
    return [
        _option(random, f"{site}{number + 1}", periods, quarters=int(random.integers(1, 3))) for number in range(count)
    ]


def _option(random: np.random.Generator, name: str, periods: int, *, quarters: int) -> DrawnOption:
    works = np.arange(periods) < quarters
    return DrawnOption(
        name,
        outlay=random.gamma(1.0, 1.5, periods) * works,
        need=random.choice([0.0, 0.5, 1.0], periods) * works,
        brings=random.gamma(1.0, 3.0) * np.where(works, 0.0, 1.0),
        quarters=quarters,
        latest=periods - quarters,
    )


def policy_inputs(problem: DrawnProblem) -> PolicyInputs:
    """The problem as the planner takes it."""
    planned = base(problem.periods)
    case = _case(problem, planned.case)
    match = replace(planned.match, sources=planned.match.sources.with_columns(capacity=pl.lit(problem.crew)))
    rows = [
        (site, finding, chance, bool(problem.options[site, finding]), None)
        for site, chances in problem.chances.items()
        for finding, chance in enumerate(chances)
    ]
    findings = pl.DataFrame(rows, schema=FINDING_SCHEMA, orient="row")
    plain = [*problem.options["c", None], *problem.surveys.values()]
    known = []
    for finding in range(int(findings["finding"].max()) + 1):  # type: ignore[arg-type]
        mine = [option for site in problem.chances for option in problem.options.get((site, finding), [])]
        known.append(replace(planned, case=case, match=match, effects=_effects(planned.effects, mine)))
    return PolicyInputs(
        replace(planned, case=case, match=match, effects=_effects(planned.effects, plain)),
        findings, tuple(known),
        decisions=pl.DataFrame(
            [] if problem.joint is None else [("a", "court", None), ("b", "court", None)],
            schema=DECISION_SCHEMA, orient="row",
        ),
        params=PolicyParams(decision_quarters=problem.decision_quarters),
    )  # fmt: skip


def _case(problem: DrawnProblem, case: Case) -> Case:
    tables = dict(case.tables)
    tables["fund_limits"] = tables["fund_limits"].with_columns(amount=pl.Series(problem.money))
    tables["offers"] = tables["offers"].with_columns(capacity=pl.lit(problem.crew))
    if problem.rule is not None:
        row = {"id": "r", "active": True, **problem.rule}
        tables["rules"] = pl.concat([tables["rules"].clear(), pl.DataFrame([row])], how="diagonal_relaxed")
    meetings = [{"date": quarter(t)} for t in problem.meetings]
    settings = Settings.model_validate({**case.settings.model_dump(), "committee": meetings})
    return replace(case, tables=tables, settings=settings)


def _effects(effects: Effects, options: list[DrawnOption]) -> Effects:
    """Effects in which exactly `options` may start."""
    by_name = {option.name: option for option in options}

    def each(column: str, default: Any, value: Any) -> pl.Series:
        return pl.Series(
            column, [value(by_name[o]) if o in by_name else default for o in effects.options["option"]], strict=False
        )

    frame = effects.options.with_columns(
        available=each("available", False, lambda _: True),
        chance=pl.lit(1.0), conditional=pl.lit(False), earliest=pl.lit(0, pl.Int64), jobs=pl.lit(10.0),
        latest=each("latest", -1, lambda o: o.latest), quarters=each("quarters", 1, lambda o: o.quarters),
        care_cost=each("care_cost", 0.0, lambda o: float(o.brings.max())),
    )  # fmt: skip
    brings = {o.name: (o.brings > 0).astype(float) for o in options}
    zeros = np.zeros(effects.profile["quarter"].n_unique())
    operating = np.concatenate([brings.get(name, zeros) for name in effects.options["option"]])
    flat = pl.lit(0.0)
    outlays = [
        (o.name, t, category, "local", float(amount), sure, pooled)
        for o in options
        for category, amounts, sure, pooled in (
            ("survey" if "survey" in o.name else "spares", o.outlay, "survey" in o.name, False),
            ("survey" if "survey" in o.name else "spares", PRICE * o.need, "survey" in o.name, True),
        )
        for t, amount in enumerate(amounts) if amount > 0
    ]  # fmt: skip
    needs = [
        (o.name, t, "capability", "crew", float(need), "survey" in o.name)
        for o in options
        for t, need in enumerate(o.need)
        if need > 0
    ]
    return replace(
        effects,
        options=frame.select(effects.options.columns),
        profile=effects.profile.with_columns(
            operating=pl.Series(operating), capacity=flat, fee=flat, displaced=flat
        ).select(effects.profile.columns),
        outlays=pl.DataFrame(outlays, schema=effects.outlays.schema, orient="row"),
        needs=pl.DataFrame(needs, schema=effects.needs.schema, orient="row"),
    )


class BestPolicy:
    """The value over doing nothing of the best policy of a problem, by trying every one."""

    def __init__(self, problem: DrawnProblem) -> None:
        self.problem = problem
        rate = 0.08
        self.discount = (1.0 + rate) ** (-(np.arange(problem.periods) + 1) / 4)
        self.income = np.cumsum(problem.money)
        self.nodes = 0

    def value(self) -> float:
        states = dict.fromkeys([*self.problem.chances, "c"], ("new", None))
        return self._revealed(0, states, (), 0.0)

    def _revealed(self, period: int, states: dict[str, Any], begun: tuple[Any, ...], worth: float) -> float:
        """The mean over what surveys tell at the beginning of a period."""
        for site, (state, told) in states.items():
            if state == "surveyed" and told == period:
                others = [states[other] for other in self.problem.chances if other != site]
                known = next((found for name, found in others if name in ("known", "begun")), None)
                return sum(
                    self.problem.chance(site, finding, known)
                    * self._revealed(period, {**states, site: ("known", finding)}, begun, worth)
                    for finding in range(len(self.problem.chances[site]))
                )
        return self._decided(period, states, begun, worth)

    def _decided(self, period: int, states: dict[str, Any], begun: tuple[Any, ...], worth: float) -> float:
        self.nodes += 1
        if period == self.problem.periods:
            return worth if self._keeps_lower(states, begun) else -np.inf
        best = -np.inf
        for moves in itertools.product(*(self._moves(site, *states[site], period) for site in states)):
            new, after, gained = begun, dict(states), worth
            for site, move in zip(states, moves, strict=True):
                if move is None:
                    continue
                option, state = move
                new = (*new, (site, option, period))
                after[site] = state
                gained += self._worth(option, period)
            if len(new) == len(begun) or self._keeps_limits(new):
                best = max(best, self._revealed(period + 1, after, new, gained))
        return best

    def _moves(self, site: str, state: str, detail: Any, period: int) -> Iterator[Any]:
        yield None
        if state == "new" and site in self.problem.chances:
            survey = self.problem.surveys[site]
            if period <= survey.latest:
                yield survey, ("surveyed", self._told(period + survey.quarters))
        elif state in ("new", "known"):
            for option in self.problem.options[site, detail]:
                if period <= option.latest:
                    yield option, ("begun", detail)

    def _told(self, end: int) -> int:
        """The first period whose starts may use what a survey found that ended before period `end`."""
        ready = end + self.problem.decision_quarters
        later = [meeting for meeting in self.problem.meetings if meeting >= ready]
        return later[0] if later else ready

    def _worth(self, option: DrawnOption, period: int) -> float:
        left = self.problem.periods - period
        return float(self.discount[period:] @ (option.brings - option.paid)[:left])

    def _keeps_limits(self, begun: tuple[Any, ...]) -> bool:
        paid, need = np.zeros(self.problem.periods), np.zeros(self.problem.periods)
        for _, option, period in begun:
            left = self.problem.periods - period
            paid[period:] += option.paid[:left]
            need[period:] += option.need[:left]
        if (np.cumsum(paid) > self.income + 1e-9).any() or need.max() > self.problem.crew + 1e-9:
            return False
        return self._keeps_upper(begun)

    def _works(self, begun: tuple[Any, ...]) -> dict[str, tuple[int, int]]:
        """First period and end of the works of each site."""
        return {site: (t, t + option.quarters) for site, option, t in begun if "survey" not in option.name}

    def _keeps_upper(self, begun: tuple[Any, ...]) -> bool:
        rule, works = self.problem.rule, self._works(begun)
        match rule["kind"] if rule else None:
            case "one_of":
                return len(works) <= 1
            case "at_most":
                return 10.0 * len(works) <= 25.0
            case "after":
                return "a" not in works or ("c" in works and works["c"][1] <= works["a"][0])
            case _:
                return True

    def _keeps_lower(self, states: dict[str, Any], begun: tuple[Any, ...]) -> bool:
        """Rules that ask for starts. `must` asks for nothing where no option of the finding can start."""
        rule, works = self.problem.rule, self._works(begun)
        if rule is None or rule["kind"] not in ("at_least", "must"):
            return True
        if rule["kind"] == "at_least":
            return "c" in works
        state, finding = states["a"]
        return "a" in works or (state == "known" and not self.problem.options["a", finding])
