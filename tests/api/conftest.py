"""One case and two programmes of it, planned once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.tiny import tiny

import tawteen as tw


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    tw.set_language("en")
    yield
    tw.set_language(None)


@pytest.fixture(scope="session")
def base() -> tw.PlanResult:
    return tw.plan(tiny(), time_limit=20, fixed=True)


@pytest.fixture(scope="session")
def more(base: tw.PlanResult) -> tw.PlanResult:
    return tw.plan(base.case.with_changes("fund.budget*4"), start=base, time_limit=20, fixed=True)
