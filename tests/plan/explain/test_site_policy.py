"""What a policy does at one site: its figures against whole models solved anew, and its sentences."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from tests.plan.planned import policy, programme
from tests.tiny import tiny

import tawteen as tw
from tawteen.plan import planning
from tawteen.plan.explain import explain, explain_policies, say
from tawteen.plan.explain.site_policy import FindingPlan, SitePolicy
from tawteen.plan.policies.future_problem import future_problem
from tawteen.plan.policies.inputs import prepare_policies
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.problem import Problem, fix_starts
from tawteen.plan.programme import Programme
from tawteen.plan.solver import solve_mip
from tawteen.words import Words

NEAR = 1e-6


@cache
def learning() -> Programme:
    return replace(programme(), policy=policy())


@cache
def unlearning() -> Programme:
    """The programme with the best policy without any survey."""
    plan = policy()
    surveyed = pl.col("option").str.ends_with(":survey") | pl.col("finding").is_not_null()
    alone = replace(
        plan, gains=plan.gains_without, solutions=plan.solutions_without, information=plan.information.clear(),
        policy=plan.policy.filter(~surveyed),
    )  # fmt: skip
    return replace(programme(), policy=alone)


@cache
def model() -> Problem:
    return future_problem(prepare_policies(tiny()))


def told(plan: Programme, site: str) -> SitePolicy:
    facts = explain(tiny(), plan, site, seconds=0.5).policy
    assert facts is not None
    return facts


def start_columns(plan: PolicyPlan, number: int) -> list[int]:
    """Columns of the starts of a future in the whole model."""
    rows = plan.starts.filter(pl.col("solution") == plan.solutions[number])
    keys = model().columns["start"].keys.with_row_index("place")
    places = [
        keys.filter(
            pl.col("planned") == option, pl.col("finding").eq_missing(pl.lit(finding, pl.Int64)),
            pl.col("period") == period,
        )["place"].item()
        for option, finding, period in rows.select("option", "finding", "period").iter_rows()
    ]  # fmt: skip
    return [model().starts.start + place for place in places]


@cache
def value(columns: tuple[int, ...]) -> float | None:
    """Value of a future with these starts, by the whole model; None where limits do not carry them."""
    return solve_mip(fix_starts(model().arrays, np.array(sorted(columns)))).value


def having(plan: PolicyPlan, site: str, finding: int) -> list[int]:
    outcomes = plan.outcomes.filter(pl.col("site") == site)["finding"].to_list()[0]
    return [number for number, outcome in enumerate(outcomes) if outcome == finding]


def starting(facts: SitePolicy) -> list[FindingPlan]:
    return [plan for plan in facts.findings if plan.starts]


def test_what_is_done_is_what_is_stored() -> None:
    facts = told(learning(), "cables")
    assert facts.code == "surveyed"
    assert facts.survey is not None
    assert facts.survey.futures == len(policy().gains)
    assert sum(plan.chance for plan in facts.findings) == pytest.approx(1.0)
    assert sum(plan.futures for plan in facts.findings) == len(policy().gains)
    assert facts.information == policy().information.filter(site="cables")["value_of_information"].item()
    for plan in starting(facts):
        row = policy().policy.filter(site="cables", finding=plan.finding).row(0, named=True)
        assert plan.starts[0].option == row["option"]
        assert plan.starts[0].futures / plan.futures == pytest.approx(row["futures"])
        assert plan.starts[0].earliest <= plan.starts[0].period <= plan.starts[0].latest


def test_the_worth_of_a_start_is_what_its_futures_lose_without_it() -> None:
    facts = told(learning(), "cables")
    assert starting(facts)
    for plan in starting(facts):
        losses = []
        for number in having(policy(), "cables", plan.finding)[:8]:
            columns = start_columns(policy(), number)
            keys = model().columns["start"].keys
            mine = [
                column for column in columns
                if keys.row(column - model().starts.start, named=True)["planned"] == plan.starts[0].option
            ]  # fmt: skip
            if mine:
                whole, less = value(tuple(columns)), value(tuple(c for c in columns if c not in mine))
                assert whole is not None
                assert less is not None
                losses.append(whole - less)
        assert plan.starts[0].worth == pytest.approx(float(np.mean(losses)), rel=NEAR)
        assert plan.starts[0].worth_futures == len(losses)


def test_no_start_adds_more_than_the_bound_of_a_survey_that_is_not_made() -> None:
    """The policy with its survey starts all else as the one without does, or better: its rise is within the bound."""
    facts = told(unlearning(), "cables")
    assert facts.code == "unsurveyed"
    assert facts.survey is None
    assert facts.bound is not None
    keys = model().columns["start"].keys.with_row_index("place")
    survey = keys.filter(site="cables", kind="survey", period=facts.bound.period)["place"].item()
    columns = start_columns(unlearning().policy, 0)  # type: ignore[arg-type]
    before = value(tuple(columns))
    assert before is not None
    knowing = 0.0
    for plan in facts.findings:
        own = keys.filter((pl.col("site") == "cables") & (pl.col("finding") == plan.finding))
        gains = [0.0]
        for place, period in own.select("place", "period").iter_rows():
            if period > facts.bound.period:
                more = value((*columns, model().starts.start + survey, model().starts.start + place))
                gains += [] if more is None else [more - before + facts.bound.cost]
        knowing += plan.chance * max(gains)
    assert 0.0 < knowing <= facts.bound.knowing * (1.0 + NEAR)
    tried = facts.bound.tried
    assert tried is not None
    assert 0.0 < tried.worth <= facts.bound.at_most * (1.0 + NEAR)


def test_values_that_do_not_come_out_again_are_not_said() -> None:
    gains = tuple(gain * 1.01 + 1000.0 for gain in policy().gains)
    facts = told(replace(programme(), policy=replace(policy(), gains=gains)), "cables")
    assert all(start.worth is None for plan in facts.findings for start in plan.starts)
    assert facts.survey is not None


@pytest.mark.parametrize(("lang", "path", "worth"), [("en", "single path", "come to"), ("ar", "المسار الثابت", "تنقص")])
def test_the_policy_is_said_before_the_single_path(lang: str, path: str, worth: str) -> None:
    words = Words(lang)  # type: ignore[arg-type]
    explanation = explain(tiny(), learning(), "cables", seconds=0.5)
    sentences = say(tiny(), learning(), explanation, words)
    place = next(i for i, sentence in enumerate(sentences) if path in sentence)
    assert 2 < place < len(sentences) - 1
    assert any(worth in sentence for sentence in sentences[:place])
    alone = say(tiny(), programme(), explain(tiny(), programme(), "cables", seconds=0.5), words)
    assert not any(path in sentence for sentence in alone)


@pytest.mark.parametrize("plan", [learning, unlearning])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_site_has_its_sentences(plan: object, lang: str) -> None:
    made = learning() if plan is learning else unlearning()
    rows = explain_policies(tiny(), made)
    assert rows["site"].to_list() == tiny()["sites"]["id"].to_list()
    for site, text in rows.select("site", f"policy_{lang}").iter_rows():
        explanation = explain(tiny(), made, site, seconds=0.5)
        whole = " ".join(say(tiny(), made, explanation, Words(lang)))  # type: ignore[arg-type]
        assert text
        assert "site_policy." not in whole
        assert "{" not in whole


def test_a_programme_without_a_policy_has_no_rows() -> None:
    assert explain_policies(tiny(), programme()).is_empty()
    assert explain(tiny(), programme(), "cables").policy is None


def test_an_inspection_that_would_tell_too_late_is_said_to() -> None:
    """In a horizon of one quarter nothing that a survey finds can be used."""
    case = tiny(time={"start": dt.date(2027, 1, 1), "periods": 1})
    made = replace(planning.plan(case, steps=1), policy=tw.plan_policy(case, steps=1, futures=10))
    facts = explain(case, made, "cables", seconds=0.5).policy
    assert facts is not None
    assert facts.code == "unsurveyed"
    assert facts.too_late
    assert facts.bound is None
    for lang, said in (("en", "tell too late"), ("ar", "متأخرة")):
        sentences = say(case, made, explain(case, made, "cables", seconds=0.5), Words(lang))  # type: ignore[arg-type]
        assert any(said in sentence for sentence in sentences)
    assert not told(unlearning(), "cables").too_late
