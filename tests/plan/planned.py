"""Programmes of the tiny case, each planned once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import polars as pl
from tests.tiny import tiny

from tawteen.api.policies import plan_policy
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.plan.planning import plan
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.scenario import apply


@cache
def programme(scenario: Scenario = Scenario()) -> Programme:  # noqa: B008
    return plan(tiny(), time_limit=60.0, scenario=scenario)


@cache
def policy() -> PolicyPlan:
    plan = plan_policy(tiny(), steps=2, futures=20)
    assert plan is not None
    return plan


def held_against(made: Programme, case: Case) -> Programme:
    """The programme as if it had been planned for `case`."""
    return replace(made, case_hash=case_hash(case), scenario=Scenario())


def changed(*expressions: str) -> Case:
    return apply(tiny(), Scenario(set=expressions))


def with_rows(frame: pl.DataFrame, **row: object) -> pl.DataFrame:
    """The frame and one more row."""
    return pl.concat([frame, pl.DataFrame([row], schema=frame.schema)])
