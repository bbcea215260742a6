from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.plan.robust.drawn import programme
from tests.tiny import tables, tiny

from tawteen.case.findings import CaseError
from tawteen.case.model import Case
from tawteen.plan.budget import SearchBudget
from tawteen.plan.params import SearchParams
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import baseline_model
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.programme_file import read_programme, write_programme
from tawteen.plan.robust import replan as replanning
from tawteen.plan.robust.replan import Replan, _Worths
from tawteen.plan.robust.replan import replan as plan_again
from tawteen.plan.scenario import apply
from tawteen.plan.search import search
from tawteen.plan.solver import solve_lp
from tawteen.plan.verify import verify

FACTS = Scenario(set=("commodity.cable*0.5", "site.mill*0.4", "commodity.flour*1.3"))


LIMIT: dict[str, dict[str, Any]] = {"whole": {"time_limit": 60.0}, "priced": {"steps": 6}}
"""Prices of so few sites prove nothing, so that their search ends with its steps."""


@pytest.fixture(params=LIMIT)
def replan(request: pytest.FixtureRequest) -> Callable[..., Replan]:
    """Planning again with the whole model, and as if there were many sites."""
    params = SearchParams(whole_model_sites=0) if request.param == "priced" else SearchParams()
    return partial(plan_again, **LIMIT[request.param], params=params)


def starts(made: Programme) -> dict[str, tuple[str, int]]:
    rows = made.sites.drop_nulls("period").select("id", "option", "period").iter_rows()
    return {site: (option, period) for site, option, period in rows}


def test_without_news_nothing_moves(replan: Callable[..., Replan]) -> None:
    made = programme()
    again = replan(tiny(), made, today=1, penalty=0.0, gap=0.0)
    assert again.programme.value == pytest.approx(made.value, rel=1e-9)
    assert again.kept_value == pytest.approx(made.value, rel=1e-9)
    dear = replan(tiny(), made, today=1, penalty=1e9, gap=0.0)
    assert dear.changes.is_empty()
    assert starts(dear.programme) == starts(made)


def test_what_has_begun_stays_and_nothing_new_begins_in_the_past(replan: Callable[..., Replan]) -> None:
    made = programme()
    today = 1 + min(period for _, period in starts(made).values())
    begun = {site: start for site, start in starts(made).items() if start[1] < today}
    assert begun
    again = replan(tiny(), made, today=today, penalty=0.0, scenario=FACTS)
    now = starts(again.programme)
    assert set(again.held) == set(begun)
    assert {site: now[site] for site in begun} == begun
    assert all(period >= today for site, (_, period) in now.items() if site not in begun)
    assert verify(tiny(), again.programme).holds


def test_changes_have_their_worth_and_their_price(replan: Callable[..., Replan]) -> None:
    made = programme()
    free = replan(tiny(), made, today=0, penalty=0.0, scenario=FACTS, gap=0.0)
    assert free.changes.height > 0
    assert free.kept_value is not None
    assert free.programme.value is not None
    assert free.programme.value > free.kept_value
    assert (free.changes["worth"].drop_nulls() >= -1e-3).all()
    gained = free.programme.value - free.kept_value
    dear = replan(tiny(), made, today=0, penalty=2 * gained, scenario=FACTS, gap=0.0)
    moved = dear.changes.filter(pl.col("move") != "in")
    assert moved.is_empty()
    assert dear.programme.value is not None
    assert free.kept_value - 1e-3 <= dear.programme.value <= free.programme.value + 1e-3
    small = replan(tiny(), made, today=0, penalty=0.3 * gained, scenario=FACTS, gap=0.0)
    assert small.programme.value is not None
    charged = small.changes["penalty"].sum()
    assert small.programme.value - charged >= max(free.kept_value, free.programme.value - 0.3 * gained * 3) - 1e-3


def test_without_any_bound_the_programme_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    searched = replanning.search

    def nothing_proved(*args: Any, **rest: Any) -> Any:
        found = searched(*args, **rest)
        return replace(found, bound=np.inf, outcome="limit", figures={**found.figures, "relaxation": np.inf})

    monkeypatch.setattr(replanning, "search", nothing_proved)
    again = plan_again(tiny(), programme(), today=1, penalty=0.0).programme
    assert again.value is not None
    assert (again.bound, again.gap, again.status) == (None, None, "time_limit")
    write_programme(again, tmp_path / "programme.json")
    assert read_programme(tmp_path / "programme.json").bound is None


def test_signed_sites_stay_and_life_may_differ(replan: Callable[..., Replan]) -> None:
    made = programme()
    everything = replan(tiny(), made, today=0, penalty=0.0, signed=tuple(starts(made)), scenario=FACTS)
    assert starts(everything.programme).items() >= starts(made).items()
    (site, (option, period)), *_ = [(s, x) for s, x in starts(made).items() if not x[0].endswith(":survey")]
    later = replan(tiny(), made, today=2, penalty=0.0, begun={site: (option, 1)})
    assert starts(later.programme)[site] == (option, 1)
    dropped = replan(tiny(), made, today=period + 1, penalty=0.0, begun={site: None})
    assert site not in dropped.held


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"about": {"id": "another", "name_en": "Tiny", "name_ar": "صغيرة"}}, "replan.other_case"),
        ({"time": {"start": dt.date(2028, 1, 1), "periods": 8}}, "replan.other_quarters"),
    ],
)
def test_a_programme_of_another_case_or_of_other_quarters_is_refused(settings: dict[str, Any], code: str) -> None:
    with pytest.raises(CaseError) as told:
        plan_again(tiny(**settings), programme(), today=1, penalty=0.0)
    assert [finding.code for finding in told.value.findings] == [code]


def test_without_time_what_was_planned_stays() -> None:
    earlier = programme()
    again = plan_again(tiny(), earlier, today=1, penalty=0.0, time_limit=0.0)
    assert starts(again.programme) == starts(earlier)
    assert again.programme.value == pytest.approx(earlier.value)


def test_what_stays_but_cannot_is_told(replan: Callable[..., Replan]) -> None:
    made = programme()
    (site, (option, _)), *_ = [(s, x) for s, x in starts(made).items() if not x[0].endswith(":survey")]
    gone = apply(tiny(), Scenario(set=(f"options.{option}.latest=2026-01-01",)))
    with pytest.raises(CaseError) as caught:
        replan(gone, made, today=0, penalty=0.0, signed=(site,))
    assert [f.code for f in caught.value.findings] == ["replan.lost"]
    with pytest.raises(CaseError) as caught:
        replan(tiny(), made, today=0, penalty=0.0, signed=(site,), scenario=Scenario(without=(site,)))
    assert [f.code for f in caught.value.findings] == ["replan.infeasible"]


def with_gate_unknown(**cells: Any) -> Case:
    """The tiny case whose mill may only be surveyed, as a rule asks; `cells`: what is known of its title."""
    changed = tables()
    gates = [row for row in changed["blockers"] if (row["site"], row["gate"]) != ("mill", "title")]
    rule = {"id": "look", "kind": "must", "sites": "mill", "options": "survey", "text_en": "", "text_ar": ""}
    title = {"site": "mill", "gate": "title", "stops": "now", **cells}
    return tiny({"blockers": [*gates, title], "rules": [rule]})


UNKNOWN = {"state": "unknown", "opens_by": "works", "chance": 0.5}


def test_a_site_is_free_for_works_once_its_survey_is_done(replan: Callable[..., Replan]) -> None:
    made = plan(with_gate_unknown(**UNKNOWN), gap=0.0)
    option, period = starts(made)["mill"]
    assert option == "mill:survey"
    later = replan(with_gate_unknown(**UNKNOWN), made, today=period + 2, penalty=0.0, gap=0.0)
    assert later.surveyed == ()
    assert starts(later.programme)["mill"] == (option, period)
    learned = replan(with_gate_unknown(state="open"), made, today=period + 2, penalty=0.0, gap=0.0)
    assert learned.surveyed == ("mill",)
    assert starts(learned.programme).get("mill", ("", 99))[1] >= period + 2
    assert verify(learned.case, learned.programme).holds


def test_the_change_of_the_gain_has_three_causes(replan: Callable[..., Replan]) -> None:
    made = plan(with_gate_unknown(**UNKNOWN), gap=0.0)
    (late, _), *_ = [(site, start) for site, start in starts(made).items() if site != "mill"]
    today = starts(made)["mill"][1] + 1
    known = replan(
        with_gate_unknown(state="open"), made, today=today, penalty=0.0, begun={late: None}, gap=0.0,
        scenario=Scenario(set=("commodity.flour*1.3",)),
    )  # fmt: skip
    causes = known.causes
    assert causes.learning is not None
    assert causes.time is not None
    assert causes.decision is not None
    assert causes.surveys is not None
    assert causes.earlier == pytest.approx((made.value or 0.0) - (made.do_nothing or 0.0))
    total = causes.learning + causes.time + causes.decision
    assert total == pytest.approx((causes.new or 0.0) - causes.surveys - (causes.earlier or 0.0), abs=1e-3)
    assert causes.time < 0.0
    assert causes.surveys > 0.0
    assert causes.decision >= -1e-3


def test_earlier_starts_that_no_longer_fit_together_count_as_the_best_of_them(replan: Callable[..., Replan]) -> None:
    made = programme()
    poorer = Scenario(set=("fund.*0.35",))
    changed = replan(tiny(), made, today=0, penalty=0.0, gap=0.0, scenario=poorer)
    assert changed.kept_value is None
    worths = _Worths(planning_problem(apply(tiny(), poorer)))
    before = starts(made)
    values = [
        value
        for count in range(len(before) + 1)
        for some in combinations(before.items(), count)
        if (value := worths.value(dict(some))) is not None
    ]
    nothing = changed.programme.do_nothing or 0.0
    causes = changed.causes
    assert 0 < causes.left_out < len(before)
    assert causes.learning == pytest.approx(max(values) - nothing - (causes.earlier or 0.0), abs=1.0)
    assert causes.time == pytest.approx(0.0, abs=1e-3)
    assert causes.decision is not None
    assert causes.decision >= -1.0


def test_without_news_no_cause_changes_anything(replan: Callable[..., Replan]) -> None:
    causes = replan(tiny(), programme(), today=1, penalty=0.0, gap=0.0).causes
    assert (causes.learning, causes.time, causes.surveys) == pytest.approx((0.0, 0.0, 0.0), abs=1e-3)
    assert causes.decision == pytest.approx(0.0, abs=1e-3)


def test_sites_without_any_start_left_do_not_disturb_the_search() -> None:
    model = planning_problem(tiny())
    nothing = solve_lp(baseline_model(model.arrays, model))
    upper = model.arrays.upper.copy()
    upper[model.starts.start] = upper[model.starts.start + 5] = 0.0
    shut = replace(model, arrays=replace(model.arrays, upper=upper))
    ends = search(shut, nothing, SearchBudget(20.0, None, None), gap=0.0, seed=1)
    assert ends.outcome == "optimal"
