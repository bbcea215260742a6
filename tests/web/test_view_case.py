"""What a view shows is a case: the imported one again, with the rows that are seen, or all that stands in its way."""

from __future__ import annotations

import pytest
from polars.testing import assert_frame_equal
from tests.tiny import tiny
from tests.web.conftest import Workspace
from tests.web.entered_case import enter_case
from tests.web.mission import add_person, begin

import tawteen as tw
from tawteen.case.findings import CaseError
from tawteen.case.model import Case
from tawteen.case.tables import TABLES
from tawteen.web.access import Person
from tawteen.web.accounts.roles import roles_of
from tawteen.web.log.append import NewEntry, append, locked_log
from tawteen.web.public_case import public_case
from tawteen.web.registry.view_case import view_case
from tawteen.web.snapshots.taking import snapshot_of, take_snapshot
from tawteen.web.visibility import JointView, PartyView, view_named


def analyst(party: str) -> Person:
    name = add_person(party, "analyst").name
    return Person(name, name, party, roles_of(name, party))


def enter(case: Case, *, shared: bool = False) -> Person:
    person = analyst("host")
    enter_case(person, case, shared=shared)
    return person


def change(row: str, column: str, value: object, table: str = "sites", party: str = "host") -> None:
    number = PartyView(party).rows(table, [row])[row][column][0].number
    append(NewEntry(f"{party}-analyst", party, "cell", (table, row, column), {"value": value}, (number,)))


def same(one: Case, other: Case) -> None:
    assert one.settings == other.settings
    for table in TABLES:
        assert_frame_equal(one[table], other[table], check_row_order=False)


@pytest.mark.parametrize("shared", [True, False])
def test_what_was_imported_comes_out_again(either: Workspace, shared: bool) -> None:
    begin()
    case = tiny()
    enter(case, shared=shared)
    same(view_case(PartyView("host"))[0], case)
    if shared:
        same(view_case(PartyView("partner"))[0], case)
        same(view_case(JointView())[0], case)
    else:
        with pytest.raises(CaseError):
            view_case(JointView())


def test_the_public_case_comes_out_again(workspace: Workspace) -> None:
    begin()
    path = public_case()
    assert path is not None
    case = tw.read_case(path, check=False)
    enter(case)
    read, findings = view_case(PartyView("host"))
    same(read, case)
    assert not [finding for finding in findings if finding.severity == "error"]


def test_what_is_not_shown_is_not_in_the_case_and_what_misses_it_is_said(workspace: Workspace) -> None:
    begin()
    case = tiny()
    enter(case)
    hidden, *others = case["options"]["id"].to_list()
    everything = [(table, "*", "*") for table in (*TABLES, "settings") if table != "options"]
    for subject in (*everything, *(("options", option, "*") for option in others)):
        append(NewEntry("host-analyst", "host", "release", subject, {"to": ["partner"], "later": True}))
    with pytest.raises(CaseError) as raised:
        view_case(JointView())
    assert {finding.value for finding in raised.value.findings if finding.severity == "error"} == {hidden}
    append(NewEntry("host-analyst", "host", "release", ("options", hidden, "*"), {"to": ["partner"], "later": True}))
    same(view_case(JointView())[0], case)


def test_a_wrong_value_is_told_with_the_key_of_its_row(workspace: Workspace) -> None:
    begin()
    case = tiny()
    enter(case)
    site = case["sites"]["id"].sort()[0]
    change(site, "state", "asleep")
    change("time.periods", "value", -3, "settings")
    with pytest.raises(CaseError) as raised:
        view_case(PartyView("host"))
    places = {(finding.file, finding.row, finding.column, finding.value) for finding in raised.value.findings}
    assert (f"sites {site}", None, "state", "asleep") in places
    assert ("settings", None, "time.periods", "-3") in places


def test_a_view_without_anything_is_told_what_it_misses(workspace: Workspace) -> None:
    begin()
    with pytest.raises(CaseError) as raised:
        view_case(JointView())
    assert all(finding.file == "settings" for finding in raised.value.findings)


def test_a_snapshot_keeps_what_a_view_showed(either: Workspace) -> None:
    begin()
    case = tiny()
    person = enter(case)
    taken = take_snapshot(locked_log(), person, "host")
    change(case["sites"]["id"][0], "name_en", "Another name")
    assert snapshot_of(taken.number) == taken
    earlier = view_named(taken.view, taken.size)
    assert earlier.hash() == taken.hash != take_snapshot(locked_log(), person, "host").hash
    same(view_case(earlier)[0], case)
    with pytest.raises(LookupError):
        snapshot_of(1)
    with pytest.raises(LookupError):
        snapshot_of(10_000)


def test_a_sentence_that_names_a_row_names_its_key(workspace: Workspace) -> None:
    """The number of a row says nothing in a view, and a sentence without it would not be made at all."""
    begin()
    whole = (("whole", column) for column in ("id", "name_en", "region", "state"))
    for row, column in (*whole, ("lone", "name_en")):
        append(NewEntry("host-analyst", "host", "cell", ("sites", row, column), {"value": row}))
    with pytest.raises(CaseError) as refused:
        view_case(PartyView("host"))
    assert "Row lone lacks most of what a row of this table needs" in str(refused.value)
