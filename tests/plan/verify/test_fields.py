"""Every field of a programme, changed one by one: the reader refuses it, or verification finds it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from tests.plan.planned import programme
from tests.plan.verify.every_field import changed_files
from tests.tiny import tiny

from tawteen.case.findings import CaseError
from tawteen.plan.outlook import RedFlags, RuleCosts
from tawteen.plan.params import DEFAULTS, OutlookParams
from tawteen.plan.planning import plan
from tawteen.plan.programme_file import read_programme, seal, write_programme
from tawteen.plan.programme_tables import SCHEMAS
from tawteen.plan.verify import UNPROVED, verify
from tawteen.runs.outlook import simulated, with_outlook

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


EACH = 5
"""Every so many changes are tried without a new seal: a prime, so that each kind of change has its turn."""
SAMPLE = 29
"""Every so many changes are tried with a new seal: each that the reader takes is verified as a whole."""
FIELD = re.compile(r"\w+(: \w+(?= of row))?")
"""Field of a change, with its column."""
RULE: Data = {
    "kind": "at_most", "options": None, "sites": None, "before": None, "region": None, "measure": None, "value": None,
    "start": None, "end": None, "active": True, "text_en": "A rule.", "text_ar": "قاعدة.",
}  # fmt: skip
HELD = {
    "seed": "how the programme was found",
    "seconds": "how the programme was found",
    "peak_mb": "how the programme was found",
    "figures": "how the programme was found",
    "outlook": "scenarios: simulated anew by `robust`, not by the check",
    "red_flags": "follow from the scenarios and the report",
    **{
        f"red_flags: {column}": "follow from the scenarios and the report"
        for column in RedFlags.columns()
        if column != "subject"
    },
    "rule_costs": "follow from searches without each rule",
    **{
        f"rule_costs: {column}": "follow from searches without each rule"
        for column in RuleCosts.columns()
        if column != "rule"
    },
    "gap": "a gap of 1e-15 may be any other of rounding",
    "nothing_prices": "without prices a warning says that doing nothing is not proved",
    "nothing_prices: price": "prices above those of imports prove the same",
    "bound_prices: price": "prices above those of imports prove the same",
}
"""Changes that hold with a new seal, and why."""
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


@cache
def with_all_fields() -> Data:
    """The file of a small programme with an outlook, so that no table of it is empty but those without any row."""
    rules = [{**RULE, "id": "few", "value": 3.0}]
    case = tiny({"rules": rules})
    made = plan(case, time_limit=60.0)
    scenarios = simulated(case, made, OutlookParams(scenarios=3), DEFAULTS.robust)
    kept = with_outlook(case, made, scenarios).programme
    with TemporaryDirectory() as folder:
        write_programme(kept, Path(folder) / "programme.json")
        assert verify(case, read_programme(Path(folder) / "programme.json")).holds
        data: Data = json.loads((Path(folder) / "programme.json").read_text(encoding="utf-8"))
    return data


def refused_by_reader(path: Path, data: Data) -> bool:
    path.write_text(json.dumps(data), encoding="utf-8")
    try:
        read_programme(path)
    except CaseError:
        return True
    return False


def test_every_change_without_a_new_seal_is_refused(tmp_path: Path) -> None:
    """One change in `EACH` of every field; each field and each column has some of them."""
    data, touched = with_all_fields(), set()
    for change in list(changed_files(data, rows=1))[::EACH]:
        touched.add(FIELD.match(change.name).group())  # type: ignore[union-attr]
        assert refused_by_reader(tmp_path / "programme.json", change.data), change.name
    assert data.keys() <= touched
    filled = [name for name in SCHEMAS if name != "sites" and data[name][next(iter(data[name]))]]
    assert len(filled) == len(SCHEMAS) - 1
    assert {f"{name}: {column}" for name in filled for column in data[name]} <= touched


def test_a_change_with_a_new_seal_is_refused_or_found_but_where_nothing_proves_the_field(tmp_path: Path) -> None:
    """A sample; what holds nevertheless is listed in `HELD`."""
    data = with_all_fields()
    case = tiny({"rules": [{**RULE, "id": "few", "value": 3.0}]})
    path, verified, held = tmp_path / "programme.json", 0, []
    for change in list(changed_files(data, rows=1))[::SAMPLE]:
        if change.name.startswith("seal") or refused_by_reader(path, {**change.data, "seal": seal(change.data)}):
            continue
        verified += 1
        with suppress(CaseError):  # The scenario does not fit the case.
            if verify(case, read_programme(path)).holds:
                held.append(change.name)
    assert verified > 5
    assert [name for name in held if FIELD.match(name).group() not in HELD] == []  # type: ignore[union-attr]


@pytest.mark.parametrize("price", [1e308, 1e6])
def test_a_good_is_worth_no_more_than_its_import(tmp_path: Path, price: float) -> None:
    """A higher price leaves the proof as it is, but a reader would take it for what one more unit is worth."""

    def change(data: Data) -> None:
        place = next(i for i, kind in enumerate(data["limits"]["kind"]) if kind == "balance")
        data["limits"]["price"][place] = price
        data["seal"] = seal(data)

    assert found(tmp_path / "programme.json", change)


def test_a_limit_that_leaves_something_over_has_no_price(tmp_path: Path) -> None:
    """Too small a part of the money in play to show in the value at these prices."""

    def change(data: Data) -> None:
        limits = data["limits"]
        place = next(
            i
            for i, limit in enumerate(limits["limit"])
            if limits["kind"][i] != "source" and limit is not None and limits["used"][i] < 0.9 * limit
        )
        limits["price"][place] = 10.0 / (limits["limit"][place] - limits["used"][place])
        data["seal"] = seal(data)

    assert found(tmp_path / "programme.json", change)


@pytest.mark.parametrize("name", ["value", "do_nothing", "bound", "bound_by_prices"])
def test_a_figure_that_misses_by_a_ten_millionth_of_the_money_in_play_is_found(tmp_path: Path, name: str) -> None:
    """Of values of billions that is a thousand: of gains of thousands it is all."""

    def change(data: Data) -> None:
        data[name] -= 1e-7 * abs(data["do_nothing"])
        data["seal"] = seal(data)

    assert found(tmp_path / "programme.json", change)


def test_an_outlook_about_what_the_case_lacks_is_found(tmp_path: Path) -> None:
    data = with_all_fields()
    case = tiny({"rules": [{**RULE, "id": "few", "value": 3.0}]})
    for table, column in (("red_flags", "subject"), ("rule_costs", "rule")):
        changed = json.loads(json.dumps(data))
        changed[table][0][column] = "nowhere"
        changed["seal"] = seal(changed)
        path = tmp_path / "programme.json"
        path.write_text(json.dumps(changed), encoding="utf-8")
        assert not verify(case, read_programme(path)).holds, table


def test_a_draw_from_a_fund_that_the_case_lacks_is_found(tmp_path: Path) -> None:
    def change(data: Data) -> None:
        data["draws"]["fund"][0] = "nobody"
        data["seal"] = seal(data)

    assert found(tmp_path / "programme.json", change)


def test_what_is_not_proved_is_named() -> None:
    assert set(UNPROVED) <= with_all_fields().keys()
    assert set(UNPROVED) <= {name.partition(":")[0] for name in HELD}
