"""A first case of twenty lines: it plans, equals the case in files, and the call that is wrong raises the error."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tawteen.case.builder import CaseBuilder
from tawteen.case.findings import CaseError
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.case.read import read_case
from tawteen.case.tables import TABLES
from tawteen.plan.planning import plan


def mill() -> CaseBuilder:
    build = Case.build("flour", start="2027-01-01", periods=20)
    build.region("coast", port=True)
    build.region("south", inland_cost=40)
    build.route("coast", "south", cost=35)
    build.commodity("flour", unit="t", cif=400, port_cost=20)
    build.commodity("wheat", unit="t", cif=250, port_cost=15)
    build.demand("coast", "flour", quantity=6000, penalty=900)
    build.demand("south", "flour", quantity=1500, penalty=900)
    build.fund("budget", {"2027-01-01": 150_000})
    build.capability("mechanical", third_party_price=1500)
    build.unit("engines", name=("Engine works", "مصنع المحركات"))
    build.offer("engines", "mechanical", capacity=100, price=900)
    build.site("mill", "south", name=("Mill", "مطحنة"), care_cost=10_000)
    build.gate("mill", "machinery", "closed", opens_by="works", cost=30_000, weeks=3)
    build.option("mend", "mill", "repair", capacity=3000, makes="flour", takes={"wheat": 1.3}, variable_cost=8, life=12)
    build.work("mend", "overhaul", weeks=10, capability="mechanical", effort=120)
    build.cost("mend", 450_000)
    return build


def test_twenty_lines_make_a_case_that_is_planned() -> None:
    case = mill().case()
    programme = plan(case, time_limit=20)
    assert programme.status == "optimal"
    assert programme.sites.select("id", "option", "status").row(0) == ("mill", "mend", "firm")
    # The fund gives 150,000 a quarter: parts of 450,000, the works and the gate are paid from the third on.
    assert programme.sites["period"][0] >= 2
    assert {finding.severity for finding in case.findings} == {"note"}


@pytest.mark.parametrize("name", ["flour", "flour.xlsx"])
def test_it_equals_the_same_case_in_files(tmp_path: Path, name: str) -> None:
    case = mill().case()
    case.write(tmp_path / name)
    assert case_hash(read_case(tmp_path / name)) == case_hash(case)


@pytest.mark.parametrize(
    ("call", "code", "column", "value"),
    [
        (lambda b: b.site("oil", "nowhere"), "builder.reference", "region", "nowhere"),
        (lambda b: b.site("mill", "south"), "builder.twice", "id", "mill"),
        (lambda b: b.site("oil", "south", stat="running"), "column.unknown_like", "stat", "stat"),
        (lambda b: b.offer("engines", "electrical", capacity=9, price=1), "builder.reference", "capability", None),
        (lambda b: b.cost("mend", -1, id="x"), "cell.bound", "amount", "-1"),
        (lambda b: b.gate("mill", "titel", "open", opens_by="none"), "cell.code", "gate", "titel"),
        (lambda b: b.gate("mill", "title", "open"), "cell.needed", "opens_by", None),
        (lambda b: b.add("places", id="x"), "table.no_such", None, "places"),
        (lambda b: b.work("mend", "paint", weeks=1, capability="painters", effort=1), "builder.reference", None, None),
    ],
)
def test_what_is_wrong_is_told_by_the_call_that_is_wrong(
    call: object, code: str, column: str | None, value: str | None
) -> None:
    build = mill()
    before = case_hash(build.case())
    with pytest.raises(CaseError) as error:
        call(build)  # type: ignore[operator]
    (finding,) = error.value.findings
    assert finding.code in (code, code.removesuffix("_like"))
    assert column is None or finding.column == column
    assert value is None or finding.value == value
    assert str(error.value)
    assert case_hash(build.case()) == before


def test_a_row_of_several_is_added_whole_or_not_at_all() -> None:
    build = mill()
    with pytest.raises(CaseError):
        build.option("new", "mill", "modernise", capacity=10, makes="flour", takes={"barley": 1.0})
    assert build.case()["options"]["id"].to_list() == ["mend"]
    build.option("new", "mill", "modernise", capacity=10, makes="flour", life=9)
    build.work("new", "line", weeks=20, after=[])
    assert build.case()["recipes"].filter(option="new").height == 1


def test_settings_are_checked_too() -> None:
    with pytest.raises(CaseError, match="periods"):
        Case.build("x", start="2027-01-01", periods=0)
    with pytest.raises(CaseError, match="discuont"):
        Case.build("x", start=dt.date(2027, 1, 1), discuont={"economic": 0.08})


def test_money_of_several_days_ends_where_the_next_begins() -> None:
    build = mill()
    build.fund("loan", {"2028-01-01": 5.0, dt.date(2027, 4, 1): 3.0}, party="partner", terms="loan", origin="foreign")
    limits = build.case()["fund_limits"].filter(fund="loan")
    assert limits.select("start", "end", "amount").rows() == [
        (dt.date(2027, 4, 1), dt.date(2027, 12, 31), 3.0),
        (dt.date(2028, 1, 1), None, 5.0),
    ]


def test_every_method_says_what_it_adds() -> None:
    methods = {name: method for name, method in vars(CaseBuilder).items() if not name.startswith("_")}
    assert all(method.__doc__ for method in methods.values())
    assert "add" in methods
    assert len(TABLES) > len(methods)
