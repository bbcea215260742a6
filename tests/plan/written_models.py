"""Cases whose whole model is written to a file and read back by solvers."""

from __future__ import annotations

from typing import Any

from tests.tiny import SETTINGS, tables

from tawteen.case.build import case_of
from tawteen.case.model import Case
from tawteen.case.settings import Settings
from tawteen.plan.programme import Scenario

ODD_IDS = {
    "mill": "مطحنة القمح في الجنوب",
    "cables": "Cable:works #2 (50%)",
    "mill-repair": "إصلاح المطحنة بما يكفي لتشغيل خط واحد من خطوطها الثلاثة",
    "budget": "a+b~c$*'\"/\\",
    "flour": "RHS",
    "electricians": "x" * 300,
}
"""Ids of the tiny case, and others in their place: Arabic, long ones, and what has a meaning in a model file."""

RULES: list[dict[str, Any]] = [
    {"id": "both", "kind": "must", "sites": "mill;mill;cables", "active": True},
    {"id": "few-jobs", "kind": "at_most", "measure": "jobs", "value": 120.0, "active": True},
    {"id": "mill-first", "kind": "after", "before": "mill", "sites": "cables", "active": True},
    {"id": "south", "kind": "share", "region": "south", "measure": "investment", "value": 0.1, "active": True},
]


def renamed(value: Any) -> Any:
    """The value with other ids in the place of those of the tiny case, in lists of ids too."""
    return ODD_IDS.get(value, value) if isinstance(value, str) else value


def odd_case() -> Case:
    """The tiny case with odd ids: the same programme, under other names."""
    return case_with(
        {name: [{key: renamed(value) for key, value in row.items()} for row in rows] for name, rows in tables().items()}
    )


def case_with(changes: dict[str, list[dict[str, Any]]]) -> Case:
    return case_of(Settings.model_validate(SETTINGS), {**tables(), **changes})


MODELS: dict[str, tuple[Case, Scenario]] = {
    "plain": (case_with({}), Scenario()),
    "rules": (case_with({"rules": RULES}), Scenario()),
    "scenario": (case_with({}), Scenario(set=("fund.budget*0.8",), must=("cables",), without=("mill",))),
    "classes": (case_with({"courses": [{**tables()["courses"][0], "cohort": 12.0}]}), Scenario()),
    "odd ids": (odd_case(), Scenario()),
}
"""Cases with a best programme, each under a scenario."""

IMPOSSIBLE = (case_with({}), Scenario(must=("mill",), without=("mill",)))
"""A case without any programme."""
