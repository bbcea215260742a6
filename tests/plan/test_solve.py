"""The planner against brute force, under interruption, and when a limit tightens."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tiny import tables, tiny

from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.plan import planning
from tawteen.plan.params import BranchParams, SearchParams
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import baseline_model, relaxed
from tawteen.plan.programme import Scenario
from tawteen.plan.programme_file import read_programme, write_programme
from tawteen.plan.solver import Relaxation, solve_lp, solve_mip
from tawteen.plan.verify import verify
from tawteen.progress import ProgressEvent

Rows = list[dict[str, Any]]


def rule(kind: str, **rest: Any) -> dict[str, Any]:
    return {"id": kind, "kind": kind, **rest}


def changed(table: str, column: str, factor: float) -> Rows:
    return [{**row, column: row[column] * factor} if row.get(column) is not None else row for row in tables()[table]]


def without_port() -> Rows:
    """Flour that nobody can import or export: plants larger than their market."""
    return [{**row, "cif": None, "fob": None} if row["id"] == "flour" else row for row in tables()["commodities"]]


CASES: dict[str, dict[str, Rows]] = {
    "as it is": {},
    "little money": {"fund_limits": changed("fund_limits", "amount", 0.35)},
    "small crews": {"offers": changed("offers", "capacity", 0.4)},
    "refill": {
        "funds": [{**row, "refill": 0.02} for row in tables()["funds"]],
        "fund_limits": changed("fund_limits", "amount", 0.3),
    },
    "closed market": {"commodities": without_port()},
    "credit": {"credit": changed("credit", "amount", 0.7)},
    "must": {"rules": [rule("must", sites="mill")]},
    "after": {"rules": [rule("after", sites="cables", before="mill"), rule("must", sites="mill")]},
    "share": {"rules": [rule("share", region="south", measure="jobs", value=0.3)]},
    "one of": {"rules": [rule("one_of", sites="cables;pasta")]},
    "at least": {"rules": [rule("at_least", measure="sites", value=3.0)]},
    "seats of another site": {
        "courses": [{**row, "seats": 5.0, "third_party_price": None} for row in tables()["courses"]],
        "added_seats": [{"option": "cables-rehab", "course": "electricians", "seats": 4.0}],
    },
    "trainers of another site": {
        "trainers": [{**row, "headcount": 0.5} for row in tables()["trainers"]],
        "added_trainers": [{"option": "cables-rehab", "trainer_pool": "academy", "headcount": 0.4}],
    },
    "at most": {"rules": [rule("at_most", measure="investment", value=1_000_000.0)]},
}


def brute_force(case: Case) -> float | None:
    """The best value over every choice of starts, each with the best flows for it."""
    problem = planning_problem(case)
    starts, model = problem.columns["start"], Relaxation(relaxed(problem.arrays))
    every = np.arange(starts.first, starts.first + starts.keys.height)
    keys = starts.keys.with_columns(column=starts.first + np.arange(starts.keys.height))
    keys = keys.filter(~pl.col("kind").is_in(["survey"]))
    choices = [[None, *group["column"]] for _, group in keys.group_by("site", maintain_order=True)]
    best = None
    for choice in itertools.product(*choices):
        taken = np.isin(every, [c for c in choice if c is not None]).astype(float)
        model.bound(every, taken, taken)
        solution = model.solve()
        if solution.value is not None and (best is None or solution.value > best):
            best = solution.value
    return None if best is None else best + problem.constant


@pytest.mark.parametrize("name", CASES)
def test_plan_finds_what_brute_force_finds(name: str) -> None:
    case = tiny(CASES[name], time={"start": "2027-01-01", "periods": 6})
    expected = brute_force(case)
    programme = plan(case, gap=0.0)
    assert expected is not None
    assert programme.value == pytest.approx(expected, abs=1.0)
    assert programme.bound == pytest.approx(expected, abs=1.0)
    assert verify(case, programme).holds


def test_plan_is_worth_what_the_whole_model_is() -> None:
    problem = planning_problem(tiny())
    whole = solve_mip(problem.arrays)
    programme = plan(tiny(), gap=0.0)
    assert whole.value is not None
    assert programme.value == pytest.approx(whole.value + problem.constant, abs=1.0)
    assert programme.status == "optimal"


def test_bounds_are_in_order() -> None:
    problem = planning_problem(tiny())
    nothing, root = solve_lp(baseline_model(problem.arrays, problem)), solve_lp(relaxed(problem.arrays))
    programme = plan(tiny())
    assert nothing.value is not None
    assert programme.value is not None
    assert programme.bound is not None
    assert nothing.value + problem.constant <= programme.value <= programme.bound + 1e-6
    assert programme.bound <= root.bound + problem.constant + 1.0
    assert programme.do_nothing == pytest.approx(nothing.value + problem.constant)


LIMITS = {"fund_limits": "amount", "offers": "capacity", "routes": "capacity", "credit": "amount", "courses": "seats"}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=st.sampled_from(sorted(LIMITS)), factor=st.floats(0.0, 1.0), start=st.floats(0.3, 1.5))
def test_tightening_a_limit_never_raises_the_value(table: str, factor: float, start: float) -> None:
    column = LIMITS[table]
    wide = plan(tiny({table: changed(table, column, start)}), gap=0.0)
    tight = plan(tiny({table: changed(table, column, start * factor)}), gap=0.0)
    assert wide.value is not None
    assert tight.value is not None
    assert tight.value <= wide.value + 1.0


def test_the_same_seed_gives_the_same_programme() -> None:
    first, second = plan(tiny(), seed=7), plan(tiny(), seed=7)
    assert first.value == second.value
    assert first.sites.equals(second.sites)


@pytest.mark.parametrize("by_prices", [False, True])
def test_counted_steps_give_the_same_programme(by_prices: bool) -> None:
    """Where the clock ends the search, a slower machine ends elsewhere; where steps do, none does."""
    # A single node without the solver's own heuristics: it is not proven before the steps end.
    branch = BranchParams(nodes_per_step=1, effort=0.0)
    params = SearchParams(whole_model_sites=0) if by_prices else SearchParams(branch=branch)
    case, steps = (tiny(), 2) if by_prices else (generate(7, 1, hard=True, periods=16), 1)
    one, other = (plan(case, steps=steps, gap=0.0, time_limit=limit, params=params) for limit in (0.0, 60.0))
    assert one.status == "step_limit"
    assert (one.value, one.bound, one.status) == (other.value, other.bound, other.status)
    assert one.sites.equals(other.sites)
    assert one.flows.equals(other.flows)
    assert verify(case, one).holds


def test_interruption_gives_the_best_so_far() -> None:
    heard: list[str] = []
    asked = iter(range(10_000))
    programme = plan(
        tiny(),
        stop=lambda: next(asked) >= 0 and "search" in heard,
        progress=lambda event: heard.append(event.stage),
    )
    assert heard[:3] == ["problem", "nothing", "relaxation"]
    assert programme.status in {"interrupted", "optimal", "within_gap"}
    assert programme.value is not None
    assert verify(tiny(), programme).holds


def test_stopped_at_once_there_is_a_programme() -> None:
    programme = plan(tiny(), stop=lambda: True)
    assert programme.status == "interrupted"
    assert programme.value is not None
    assert programme.do_nothing is not None
    assert programme.value >= programme.do_nothing - 1e-9 * abs(programme.do_nothing)
    assert verify(tiny(), programme).holds


def test_contradictory_rules_are_named() -> None:
    rules = [
        rule("must", sites="mill"),
        rule("never", sites="mill"),
        rule("at_most", measure="sites", value=2.0),
        rule("share", region="east", measure="sites", value=0.1),
    ]
    programme = plan(tiny({"rules": rules}))
    assert programme.status == "infeasible"
    assert programme.conflict == ("must", "never")
    assert programme.value is None
    assert programme.sites.is_empty()


def test_a_rule_that_money_forbids_is_named_alone() -> None:
    programme = plan(tiny({"rules": [rule("must", sites="cables"), rule("one_of")], "fund_limits": []}))
    assert programme.status == "infeasible"
    assert programme.conflict == ("must",)


@pytest.mark.parametrize(
    ("emptied", "scenario"),
    [
        ((), Scenario(must=("mill",), without=("mill",))),
        (("options", "recipes", "works", "costs", "cadres"), Scenario(must=("mill",))),
    ],
)
def test_a_site_that_cannot_work_is_not_forced(emptied: tuple[str, ...], scenario: Scenario) -> None:
    programme = plan(tiny({table: [] for table in emptied}), scenario=scenario)
    assert programme.status == "infeasible"
    assert programme.conflict
    assert programme.value is None


NOTHING_OF = {
    "sites": ("sites", "options", "blockers", "recipes", "works", "costs", "cadres"),
    "options": ("options", "recipes", "works", "costs", "cadres"),
    "funds": ("funds", "fund_limits", "fund_uses"),
    "money": ("fund_limits",),
    "demand": ("demands",),
    "routes": ("routes",),
    "goods": ("commodities", "demands", "supplies", "recipes"),
}


@pytest.mark.parametrize("what", NOTHING_OF)
def test_a_case_without_something_gives_a_sensible_programme(what: str) -> None:
    case = tiny({table: [] for table in NOTHING_OF[what]})
    programme = plan(case)
    assert programme.status == "optimal"
    assert programme.value is not None
    assert programme.do_nothing is not None
    assert programme.value >= programme.do_nothing - 1e-6
    if what not in {"demand", "routes", "goods"}:
        assert programme.gap is None
        assert programme.sites["option"].is_null().all()
    assert verify(case, programme).holds


def test_one_period_is_enough_for_a_programme() -> None:
    case = tiny(time={"start": "2027-01-01", "periods": 1})
    programme = plan(case)
    assert programme.status == "optimal"
    assert verify(case, programme).holds


def test_no_time_still_gives_a_programme() -> None:
    programme = plan(tiny(), time_limit=0.0)
    assert programme.status == "time_limit"
    assert programme.value == pytest.approx(programme.do_nothing)
    assert verify(tiny(), programme).holds


@pytest.mark.parametrize("by_prices", [False, True])
def test_an_earlier_programme_is_not_lost(by_prices: bool) -> None:
    earlier = plan(tiny(), time_limit=20.0)
    params = SearchParams(whole_model_sites=0) if by_prices else SearchParams()
    again = plan(tiny(), time_limit=0.0, start=earlier, params=params)
    assert earlier.value is not None
    assert again.value == pytest.approx(earlier.value)
    assert verify(tiny(), again).holds


def test_many_sites_are_planned_by_prices_and_the_proof_holds() -> None:
    best = plan(tiny(), time_limit=20.0)
    found = plan(tiny(), steps=6, params=SearchParams(whole_model_sites=0))
    assert "bound_excess" in found.figures
    assert best.value is not None
    assert found.bound is not None
    assert found.value is not None
    assert found.value <= best.value + 1e-6 * abs(best.value)
    assert found.bound >= best.value - 1e-6 * abs(best.value)


def test_what_a_listener_raises_is_raised() -> None:
    def listen(event: ProgressEvent) -> None:
        if event.stage in {"search", "proof"}:
            raise KeyError("listener")

    with pytest.raises(KeyError, match="listener"):
        plan(tiny(), progress=listen)


def test_what_is_proved_is_optimal_where_there_is_no_gain_to_measure_by() -> None:
    """A survey that a rule asks for costs money and brings nothing: the programme is worth less than doing nothing."""
    programme = plan(tiny({"options": [row for row in tables()["options"] if row["kind"] == "as_is"], "recipes": [
        row for row in tables()["recipes"] if row["option"] == "pasta-now"
    ], "works": [], "costs": [], "cadres": [], "rules": [rule("must", sites="mill", options="survey")]}))  # fmt: skip
    assert programme.value is not None
    assert programme.do_nothing is not None
    assert programme.value < programme.do_nothing
    assert programme.gap is None
    assert programme.status == "optimal"


def test_rules_that_ask_for_sites_leave_a_programme_however_early_it_stops() -> None:
    case = generate(20)
    assert {"must", "share"} <= set(case["rules"]["kind"])
    reached: list[str] = []
    programme = plan(case, progress=lambda event: reached.append(event.stage), stop=lambda: "relaxation" in reached)
    assert programme.status == "interrupted"
    assert programme.value is not None
    assert verify(case, programme).holds


def test_without_any_bound_the_programme_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where the time was over before anything was proved: no bound and no gap, and the file can be written."""
    searched = planning.search

    def nothing_proved(*args: Any, **rest: Any) -> Any:
        found = searched(*args, **rest)
        return replace(found, bound=np.inf, outcome="limit", figures={**found.figures, "relaxation": np.inf})

    monkeypatch.setattr(planning, "search", nothing_proved)
    programme = plan(tiny(), time_limit=5.0)
    assert programme.value is not None
    assert (programme.bound, programme.gap) == (None, None)
    assert programme.status != "optimal"
    write_programme(programme, tmp_path / "programme.json")
    assert read_programme(tmp_path / "programme.json").bound is None
