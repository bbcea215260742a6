"""What rules cost, held against all programmes of small cases without each rule."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import polars as pl
import pytest
from tests.plan.limits.test_classes import PERIODS, two_sites
from tests.tiny import tables, tiny

from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.plan.explain.rule_costs import _RuleSearch, rule_costs
from tawteen.plan.inputs import prepare
from tawteen.plan.params import DEFAULTS, SearchParams
from tawteen.plan.planning import plan
from tawteen.plan.programme import Programme

RICH = [row | {"amount": 1e8} for row in tiny()["fund_limits"].to_dicts()]
RULES: list[dict[str, Any]] = [
    {"id": "not-cables", "kind": "never", "sites": "cables"},
    {"id": "no-survey", "kind": "never", "sites": "cables", "options": "survey"},
    {"id": "few-jobs", "kind": "at_most", "sites": "mill", "measure": "jobs", "value": 25.0},
    {"id": "much-east", "kind": "share", "region": "east", "measure": "jobs", "value": 0.6},
    {"id": "pasta-first", "kind": "must", "sites": "pasta", "end": "2028-12-31"},
    {"id": "off", "kind": "never", "sites": "pasta", "active": False},
]  # fmt: skip
EMPTY = {"options": None, "before": None, "region": None, "measure": None, "value": None, "start": None, "end": None}
TEXT = {"text_en": "A rule.", "text_ar": "قاعدة."}


def case(*without: str) -> Case:
    """The case with its rules but those in `without`."""
    rules = [{**EMPTY, **TEXT, "active": True, **rule} for rule in RULES if rule["id"] not in without]
    return tiny({"fund_limits": RICH, "credit": [], "rules": rules})


@cache
def planned(*without: str) -> Programme:
    return plan(case(*without), gap=1e-9)


@cache
def costs(params: SearchParams = DEFAULTS) -> pl.DataFrame:
    return rule_costs(prepare(case()), planned(), params)


def test_each_active_rule_has_one_row_in_the_order_of_the_case() -> None:
    assert costs()["rule"].to_list() == [rule["id"] for rule in RULES if rule.get("active", True)]


@pytest.mark.parametrize("rule", [rule["id"] for rule in RULES if rule.get("active", True)])
def test_the_true_cost_lies_between_the_bounds(rule: str) -> None:
    """The true cost is the difference of two optima, each planned from nothing."""
    value, without = planned().value, planned(rule).value
    assert value is not None
    assert without is not None
    at_least, at_most = costs().filter(rule=rule).row(0)[1:]
    dust = 1e-6 * (without - value) + 1.0
    assert 0.0 <= at_least <= without - value + dust
    assert at_most >= without - value - dust


def test_some_rule_costs_something_and_some_costs_nothing() -> None:
    """Otherwise the test above would pass with bounds that say nothing."""
    found = costs()
    assert found["at_least"].max() > 1e5  # type: ignore[operator]
    assert found.filter(rule="no-survey").row(0)[1:] == (0.0, pytest.approx(0.0, abs=1e3))
    assert (found["at_most"] - found["at_least"]).max() < 0.01 * found["at_least"].max()  # type: ignore[operator]


def test_whole_starts_of_the_relaxation_state_the_exact_cost_without_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """One site without rivals: the difference of two optima, each planned from nothing, is known at the root."""
    monkeypatch.delattr(_RuleSearch, "_searched")
    kept = tables()
    alone = {
        "sites": [row for row in kept["sites"] if row["id"] == "cables"],
        "options": [row for row in kept["options"] if row["site"] == "cables"],
        "blockers": [row for row in kept["blockers"] if row["site"] == "cables"],
        **{
            name: [row for row in kept[name] if row["option"] == "cables-rehab"]
            for name in ("recipes", "works", "costs", "cadres")
        },
        "fund_limits": RICH,
        "credit": [],
    }
    ruled = tiny({**alone, "rules": [{**EMPTY, **TEXT, "active": True, **RULES[0]}]})
    programme, without = plan(ruled, gap=1e-9), plan(tiny({**alone, "rules": []}), gap=1e-9)
    assert programme.value is not None
    assert without.value is not None
    ((_, at_least, at_most),) = rule_costs(prepare(ruled), programme).iter_rows()
    assert at_least == at_most == pytest.approx(without.value - programme.value, abs=1.0)
    assert at_least > 1e6


@pytest.mark.parametrize("site", ["mill", "school"])
def test_part_of_a_class_in_the_relaxation_is_no_exact_cost(site: str) -> None:
    """Four electricians pay a class of forty whole, and a tenth of it in the relaxation, whose starts are whole."""
    free = two_sites(cohort=40.0)
    rule = {**EMPTY, **TEXT, "id": "out", "kind": "never", "sites": site, "active": True}
    ruled = tiny(
        {name: free[name].to_dicts() for name in free.tables if free[name].height} | {"rules": [rule]},
        time={"start": "2027-01-01", "periods": PERIODS},
    )
    programme, without = plan(ruled, gap=1e-9), plan(free, gap=1e-9)
    assert programme.value is not None
    assert without.value is not None
    ((_, at_least, at_most),) = rule_costs(prepare(ruled), programme).iter_rows()
    assert at_least <= without.value - programme.value + 1.0 <= at_most + 2.0


def test_a_rule_that_time_does_not_reach_has_no_figures() -> None:
    params = DEFAULTS.model_copy(update={"rules": DEFAULTS.rules.model_copy(update={"seconds": 0.0})})
    found = costs(params)
    assert found.height == len(RULES) - 1
    assert found["at_least"].null_count() == found.height


def test_without_active_rules_there_are_no_rows() -> None:
    assert rule_costs(prepare(tiny()), plan(tiny())).height == 0


def test_above_the_size_of_the_whole_model_the_bound_comes_from_prices() -> None:
    """A decomposed programme states at most; the whole model's true cost is no larger."""
    whole = generate(14, periods=10)
    free = replace(whole, tables={**whole.tables, "rules": whole["rules"].clear()})
    best = plan(free, time_limit=8.0, gap=0.05)
    site = best.sites.filter(pl.col("status").is_in(["firm", "conditional"]))["id"][0]
    rule = {**EMPTY, "id": "out", "kind": "never", "sites": site, "authority": None, "active": True, **TEXT}
    tables = {**free.tables, "rules": pl.DataFrame([rule], schema=free["rules"].schema)}
    kept_out = replace(free, tables=tables)
    small = DEFAULTS.model_copy(update={"whole_model_sites": 0})
    made = plan(kept_out, steps=6, params=small)
    found = rule_costs(prepare(kept_out), made, small).row(0)
    assert made.value is not None
    assert best.value is not None
    assert best.bound is not None
    assert found[0] == "out"
    assert found[2] >= best.value - made.value - 1.0
    assert found[1] <= max(best.bound - made.value, 0.0) + 1.0
    tighter, boundless = replace(made, bound=made.value), replace(made, bound=None)
    for other in (tighter, boundless):
        assert rule_costs(prepare(kept_out), other, small).row(0) == found


def test_above_that_size_a_rule_without_price_costs_no_more_than_its_prices_prove() -> None:
    """A search may have proved the programme's own bound with the rule: what it costs does not follow from it."""
    small = DEFAULTS.model_copy(update={"whole_model_sites": 0})
    inputs, made = prepare(case()), plan(case(), steps=6, params=small)
    assert made.value is not None
    unpriced = [0.0] * len(made.figures["prices"])
    proved = replace(made, bound=made.value, figures={**made.figures, "prices": unpriced})
    for rule, at_least, at_most in rule_costs(inputs, proved, small).iter_rows():
        without = planned(rule).value
        assert without is not None
        assert at_least == 0.0
        assert at_most >= without - made.value - 1e-6 * abs(made.value)


def test_a_rule_that_limits_no_start_costs_nothing() -> None:
    """Whether it is reached in time or not: it has no row in the model."""
    rule = {**EMPTY, **TEXT, "id": "before", "kind": "after", "sites": "mill", "before": "mill", "active": True}
    idle = tiny({"rules": [rule]})
    for params in (DEFAULTS, DEFAULTS.model_copy(update={"whole_model_sites": 0})):
        made = plan(idle, steps=6, params=params)
        assert rule_costs(prepare(idle), made, params).rows() == [("before", 0.0, 0.0)]
