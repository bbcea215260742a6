"""The unit of money, the names and the order of rows change nothing: the same programme and the same proof."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tiny import SETTINGS, tables, tiny

from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.case.read import read_case
from tawteen.case.tables import TABLES
from tawteen.plan.planning import plan
from tawteen.plan.programme import Programme

Rows = dict[str, list[dict[str, Any]]]


def solved(case: Case) -> Programme:
    return plan(case, time_limit=600, steps=4)


@cache
def planned() -> Programme:
    return solved(tiny())


def in_units(factor: float) -> Case:
    """The tiny case with all money of its own currency times `factor`, and the rates of other currencies to match."""
    rows = deepcopy(tables())
    for name, listed in rows.items():
        for column, spec in TABLES[name].columns().items():
            unit = str((spec.metadata or {}).get("unit", ""))
            if unit.startswith(("currency", "money")):
                for row in listed:
                    if row.get(column) is not None and row.get("currency") in (None, "USD"):
                        row[column] *= factor
    other = deepcopy(SETTINGS)
    for rate in other["money"]["rates"]:
        rate["official"] /= factor
        rate["parallel"] /= factor
    other["value"]["carbon_price"] *= factor
    return tiny(rows, money=other["money"], value=other["value"])


def choices(programme: Programme) -> list[tuple[Any, ...]]:
    return programme.sites.sort("id").select("id", "option", "status", "start", "operates").rows()


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 1e3, 1e6])
def test_the_unit_of_money_changes_neither_programme_nor_proof(factor: float) -> None:
    right, found = planned(), solved(in_units(factor))
    assert choices(found) == choices(right)
    assert found.status == right.status == "optimal"
    for name in ("value", "bound", "do_nothing"):
        assert getattr(found, name) == pytest.approx(getattr(right, name) * factor, rel=1e-7)
    assert found.figures["relaxation"] == pytest.approx(right.figures["relaxation"] * factor, rel=1e-7)


@settings(max_examples=3, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_neither_programme_nor_proof(random: Any) -> None:
    rows: Rows = deepcopy(tables())
    for listed in rows.values():
        random.shuffle(listed)
    right, found = planned(), solved(tiny(rows))
    assert choices(found) == choices(right)
    assert (found.status, found.value, found.bound) == (
        right.status,
        pytest.approx(right.value, rel=1e-9),
        pytest.approx(right.bound, rel=1e-9),
    )


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([0.9, 1.0, 1.3]), st.randoms(use_true_random=False))
def test_a_folder_and_a_workbook_are_one_case_and_one_programme(tmp_path: Path, share: float, random: Any) -> None:
    """Whatever the amounts and the order of rows."""
    rows: Rows = deepcopy(tables())
    for listed in rows.values():
        random.shuffle(listed)
    for row in rows["demands"]:
        row["quantity"] *= share
    case = tiny(rows)
    place = Path(mkdtemp(dir=tmp_path))
    case.write(place / "case")
    case.write(place / "case.xlsx")
    folder, workbook = read_case(place / "case"), read_case(place / "case.xlsx")
    assert case_hash(folder) == case_hash(workbook) == case_hash(case)
    first, second = solved(folder), solved(workbook)
    assert choices(first) == choices(second)
    assert (first.status, first.value) == (second.status, pytest.approx(second.value, rel=1e-9))
    assert first.bound == pytest.approx(second.bound, rel=1e-9)


def renamed(names: dict[str, str]) -> Case:
    rows = deepcopy(tables())
    for listed in rows.values():
        for row in listed:
            for column in ("id", "site", "option"):
                if row.get(column) in names:
                    row[column] = names[row[column]]
    return tiny(rows)


@settings(max_examples=3, deadline=None, derandomize=True)
@given(st.permutations(range(8)))
def test_names_change_neither_programme_nor_proof(order: list[int]) -> None:
    """New names sort otherwise than the old ones."""
    own = [row["id"] for name in ("sites", "options") for row in tables()[name]]
    names = {old: f"n{place}" for old, place in zip(own, order, strict=True)}
    right, found = planned(), solved(renamed(names))
    back = {new: old for old, new in names.items()}
    same = [(back[site], back.get(option, option), *rest) for site, option, *rest in choices(found)]
    assert sorted(same) == sorted(choices(right))
    assert found.status == right.status == "optimal"
    assert (found.value, found.bound) == (
        pytest.approx(right.value, rel=1e-9),
        pytest.approx(right.bound, rel=1e-9),
    )
