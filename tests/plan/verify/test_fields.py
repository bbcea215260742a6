"""Every field of a programme, changed one by one: the reader refuses it, or verification finds it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.plan.planned import programme
from tests.tiny import tiny

from tawteen.case.findings import CaseError
from tawteen.plan.programme_file import read_programme, write_programme
from tawteen.plan.programme_tables import SCHEMAS
from tawteen.plan.verify import UNPROVED, verify

Data = dict[str, Any]
Change = Callable[[Data], None]


def found(path: Path, change: Change | None = None) -> bool:
    """Whether a programme with a change is refused or does not hold."""
    write_programme(programme(), path)
    if change is not None:
        data = json.loads(path.read_text(encoding="utf-8"))
        change(data)
        path.write_text(json.dumps(data), encoding="utf-8")
    try:
        return not verify(tiny(), read_programme(path)).holds
    except CaseError:
        return True


def site(cells: Data) -> Change:
    """Other cells of the first site that starts something."""
    return lambda data: next(row for row in data["sites"] if row["start"] is not None).update(cells)


def idle(cells: Data) -> Change:
    """Other cells of the first site that starts nothing."""
    return lambda data: next(row for row in data["sites"] if row["start"] is None).update(cells)


def without_site(place: int) -> Change:
    return lambda data: data["sites"].pop(place)


@cache
def numbers() -> list[tuple[str, str]]:
    """Columns of tables with a number in their first row."""
    made = programme()
    return [
        (name, column)
        for name, schema in SCHEMAS.items()
        for column, kind in schema.items()
        if name != "sites" and kind.is_numeric() and getattr(made, name).height
    ]


def site_with_other_status(data: Data) -> None:
    row = next(row for row in data["sites"] if row["start"] is not None)
    row["status"] = OTHER_STATUS[row["status"]]


OTHER_STATUS = {"firm": "conditional", "conditional": "firm"}
CHANGES: dict[str, Change] = {
    "status of a chosen site": site_with_other_status,
    "a chosen site is out": site({"status": "out"}),
    "chance": site({"chance": 0.123}),
    "no chance": site({"chance": None}),
    "kind": site({"kind": "restart"}),
    "no units": site({"units": []}),
    "other units": site({"units": [{"unit": "ENG", "capability": "mechanical", "amount": 1.0}]}),
    "first quarter of operation": site({"operates": "2028-Q4"}),
    "no operation": site({"operates": None}),
    "start": site({"start": "2028-Q3"}),
    "period": site({"period": 6}),
    "start and period": site({"start": "2028-Q3", "period": 6}),
    "option": site({"option": "mill-new"}),
    "option without a start": idle({"option": "mill-new"}),
    "an idle site is firm": idle({"status": "firm"}),
    "kind of an idle site": idle({"kind": "repair"}),
    "chance of an idle site": idle({"chance": 0.5}),
    "a site removed": without_site(-1),
    "a site renamed": idle({"id": "elsewhere"}),
    "a site twice": lambda data: data["sites"].append(data["sites"][0]),
    "a site added": lambda data: data["sites"].append({**data["sites"][0], "id": "more"}),
    "case": lambda data: data.update(case_id="other"),
    "hash": lambda data: data.update(case_hash="0" * 64),
    "a conflict": lambda data: data.update(conflict=["rule"]),
    "infeasible": lambda data: data.update(status="infeasible"),
    "time limit": lambda data: data.update(status="time_limit"),
    "scenario": lambda data: data["scenario"].update(without=["mill"]),
    "import into nowhere": lambda data: add_flow(data, "import", "flour", "nowhere"),
    "transport of nothing known": lambda data: add_flow(data, "transport", "flour", "east"),
    **{
        f"{name} {value}": lambda data, name=name, value=value: data.update({name: value})  # type: ignore[misc]
        for name in ("value", "bound", "do_nothing", "gap")
        for value in (None, float("nan"), float("inf"), 1e9, -1e12)
    },
}


def add_flow(data: Data, kind: str, commodity: str, region: str) -> None:
    row = {"kind": kind, "id": commodity, "commodity": commodity, "region": region, "period": 3, "amount": 5.0}
    for column, value in row.items():
        data["flows"][column].append(value)


def test_the_programme_itself_holds(tmp_path: Path) -> None:
    assert not found(tmp_path / "programme.json")


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_by_hand_is_found(tmp_path: Path, name: str) -> None:
    assert found(tmp_path / "programme.json", CHANGES[name])


@pytest.mark.parametrize("by", [1.5, -3.0])
@pytest.mark.parametrize("column", ["period", "amount", "used", "limit"])
@pytest.mark.parametrize("table", [name for name in SCHEMAS if name not in ("sites", *UNPROVED)])
def test_a_number_of_any_table_that_is_changed_is_found(tmp_path: Path, table: str, column: str, by: float) -> None:
    if (table, column) not in numbers():
        pytest.skip("the table has no such column, or no row")

    def change(data: Data) -> None:
        cells = data[table][column]
        place = next(i for i, cell in enumerate(cells) if cell)
        cells[place] = cells[place] + 3 if column == "period" else cells[place] * by

    assert found(tmp_path / "programme.json", change)


def test_what_is_not_proved_is_named() -> None:
    made = programme()
    for field in UNPROVED:
        name, _, column = field.partition(".")
        assert hasattr(made, name)
        assert not column or column in SCHEMAS[name]
