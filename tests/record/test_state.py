"""What follows from a record follows from its entries alone: rebuilt, of an earlier size, or from a party's copy."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.record.entries import cell
from tests.record.records import keyed_entries

from tawteen.record.cells import Place
from tawteen.record.entry import Entry, RecordLine, read_line, withheld_line
from tawteen.record.errors import FaultError
from tawteen.record.state import RecordState

SITE = Place("sites", "S1", "capacity")
HOST, PARTNER, JOINT = frozenset(("host",)), frozenset(("partner",)), frozenset(("host", "partner"))
PARTIES = ("host", "partner")


def lines(entries: Sequence[Entry]) -> list[RecordLine]:
    return [read_line(entry.line()) for entry in entries]


def change(number: int, value: Any, *based_on: int, party: str = "host", place: Place = SITE) -> Entry:
    return cell(number, content={"value": value}, subject=tuple(place), based_on=based_on, party=party)


def settle(number: int, value: Any, *based_on: int, party: str = "host", place: Place = SITE) -> Entry:
    content = {"value": value, "reason": "measured again"}
    return cell(number, act="settle", content=content, subject=tuple(place), based_on=based_on, party=party)


def release(
    number: int, place: tuple[str, ...] = SITE, party: str = "host", to: str = "partner", *, later: bool = False
) -> Entry:
    return cell(number, act="release", content={"to": [to], "later": later}, subject=tuple(place), party=party)


def imported(number: int, *cells: tuple[Place, Any, int], party: str = "host") -> Entry:
    listed = [{**place._asdict(), "value": value, "version": version} for place, value, version in cells]
    content = {"sha256": "ab" * 32, "strategy": "replace", "cells": listed}
    return cell(number, act="import", content=content, subject=("a.xlsx",), party=party)


def state(*entries: Entry) -> RecordState:
    return RecordState.fold(lines(entries))


def values_of(current: RecordState, view: frozenset[str] | None = None) -> list[Any]:
    return [version.value for version in current.current(SITE, view)]


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Entries of two parties on three cells that change, import, release and settle, from versions seen or outdated."""
    places = [SITE, Place("sites", "S2", "capacity"), Place("lines", "L1", "output")]
    entries: list[Entry] = []
    folded = RecordState()
    for number in range(1, draw(st.integers(0, 14)) + 1):
        party, place = draw(st.sampled_from(PARTIES)), draw(st.sampled_from(places))
        value = draw(st.none() | st.integers(0, 9))
        seen = [one.number for one in folded.versions(place, frozenset((party,)))]
        open_ones = [one.number for one in folded.current(place, frozenset((party,)))]
        base = draw(st.sampled_from([*seen, 0]))
        bases = (base,) if base else ()
        kind = draw(st.sampled_from(["cell", "import", "release", "settle"]))
        if kind == "release":
            row = draw(st.sampled_from([place.row, "*"]))
            other = PARTIES[party == "host"]
            entry = release(number, (place.table, row, place.column), party, other, later=draw(st.booleans()))
        elif kind == "settle" and len(open_ones) > 1:
            entry = settle(number, value, *open_ones, party=party, place=place)
        elif kind == "import":
            entry = imported(number, (place, value, base), party=party)
        else:
            entry = change(number, value, *bases, party=party, place=place)
        entries.append(entry)
        folded.apply(read_line(entry.line()))
    return entries


@settings(deadline=None)
@given(histories(), st.data())
def test_rebuilt_and_grown_states_are_the_same_at_every_size(entries: list[Entry], data: st.DataObject) -> None:
    read, grown = lines(entries), RecordState()
    size = data.draw(st.integers(0, len(entries)))
    earlier = None
    for line in read:
        if grown.size == size:
            earlier = copy.deepcopy(grown)
        grown.apply(line)
    assert grown == RecordState.fold(read)
    assert RecordState.fold(read, size) == RecordState.fold(read[:size]) == (earlier or grown)


@settings(deadline=None)
@given(histories())
def test_no_value_is_lost_before_somebody_replaces_or_settles_it(entries: list[Entry]) -> None:
    whole = RecordState.fold(lines(entries))
    for place, history in whole.cells.items():
        replaced = {base for version in history for base in version.replaces}
        assert [one.number for one in whole.current(place)] == [v.number for v in history if v.number not in replaced]
        values = [v.value for v in history if v.number not in replaced]
        assert (place in whole.conflicts()) == any(value != values[0] for value in values)


@settings(deadline=None)
@given(histories(), st.sampled_from(PARTIES))
def test_a_partys_copy_shows_what_the_whole_record_shows_it(entries: list[Entry], party: str) -> None:
    """Changes of cells that a party may not see are withheld: its view is the same, and holds none of their values."""
    whole, view = RecordState.fold(lines(entries)), frozenset((party,))
    seen = {one.number for place in whole.cells for one in whole.versions(place, view)}
    changing = {"cell", "import", "settle"}
    part = [
        read_line(withheld_line(entry.number, entry.leaf()))
        if entry.act in changing and entry.number not in seen else read_line(entry.line())
        for entry in entries
    ]  # fmt: skip
    own = RecordState.fold(part)
    assert own.view_hash(view) == whole.view_hash(view)
    assert list(own.values(view)) == list(whole.values(view))
    assert own.conflicts(view) == whole.conflicts(view)


@settings(deadline=None)
@given(histories(), st.data())
def test_a_private_value_changes_nothing_in_the_view_of_the_other(entries: list[Entry], data: st.DataObject) -> None:
    whole = RecordState.fold(lines(entries))
    private = [
        one.number for place, history in whole.cells.items() for one in history
        if one.party == "host" and not whole.may_see(place, one, "partner")
    ]  # fmt: skip
    if not private:
        return
    number = data.draw(st.sampled_from(private))
    entry = entries[number - 1]
    content: dict[str, Any] = copy.deepcopy(dict(entry.content))
    (content["cells"][0] if entry.act == "import" else content)["value"] = "secret"
    other = [*entries[: number - 1], Entry(**{**vars(entry), "content": content}), *entries[number:]]
    changed = RecordState.fold(lines(other))
    for view in (PARTNER, JOINT):
        assert changed.view_hash(view) == whole.view_hash(view)
        assert changed.conflicts(view) == whole.conflicts(view)


def test_an_edit_replaces_the_version_that_it_is_based_on() -> None:
    grown = state(change(1, 10), change(2, 20, 1))
    assert values_of(grown) == [20]
    assert [version.value for version in grown.versions(SITE)] == [10, 20]
    assert grown.conflicts() == {}


def test_two_edits_of_one_version_are_a_conflict_until_it_is_settled() -> None:
    edits = [change(1, 10), change(2, 20, 1), change(3, 30, 1)]
    assert values_of(state(*edits)) == [20, 30]
    assert dict(state(*edits).values()) == {SITE: 20}
    assert list(state(*edits).conflicts()) == [SITE]
    assert state(*edits[:2], change(3, 20, 1)).conflicts() == {}, "both say the same"
    # Who goes on from one of them settles nothing.
    assert values_of(state(*edits, change(4, 21, 2))) == [30, 21]
    settled = state(*edits, settle(4, 25, 2, 3))
    assert values_of(settled) == [25]
    assert settled.conflicts() == {}
    assert settled.current(SITE)[0].details == {"reason": "measured again"}


def test_two_first_values_are_a_conflict() -> None:
    assert values_of(state(change(1, 10), change(2, 20, party="partner"))) == [10, 20]


def test_an_import_carries_the_version_of_each_cell() -> None:
    other = Place("sites", "S2", "capacity")
    grown = state(change(1, 10), change(2, 20, 1), imported(3, (SITE, 30, 1), (other, 5, 0)))
    assert values_of(grown) == [20, 30]
    assert [version.value for version in grown.current(other)] == [5]
    undone = imported(4, (SITE, 20, 3), (other, None, 3))
    assert dict(state(change(1, 20), imported(2, (SITE, 30, 1)), imported(3, (SITE, 20, 2))).values()) == {SITE: 20}
    assert other not in dict(
        RecordState.fold(lines([change(1, 1), change(2, 2), imported(3, (other, 5, 0)), undone])).values()
    )


def test_what_is_not_released_is_absent() -> None:
    private = [change(1, 10), change(2, 20, 1)]
    assert values_of(state(*private), PARTNER) == values_of(state(*private), JOINT) == []
    shown = [*private, release(3), change(4, 30, 2)]
    assert values_of(state(*shown), PARTNER) == values_of(state(*shown), JOINT) == [20]
    assert values_of(state(*shown), HOST) == [30]
    later = [*private, release(3, later=True), change(4, 30, 2)]
    assert values_of(state(*later), PARTNER) == [30]


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (("sites", "*", "capacity"), True),
        (("*", "*", "*"), True),
        (("sites", "S2", "*"), False),
        (("sites", "S1", "name"), False),
    ],
)
def test_rows_and_columns_are_released_as_a_whole(place: tuple[str, ...], *, shown: bool) -> None:
    assert bool(values_of(state(change(1, 10), release(2, place)), PARTNER)) == shown


def test_nobody_releases_what_another_entered() -> None:
    taken = state(change(1, 10), release(2, party="partner", to="partner"), release(3, party="partner", to="third"))
    assert values_of(taken, PARTNER) == []
    assert values_of(taken, frozenset(("third",))) == []


def test_an_edit_over_a_private_one_is_a_conflict_for_those_alone_who_see_both() -> None:
    grown = state(change(1, 10), release(2), change(3, 20, 1), change(4, 15, 1, party="partner"))
    assert values_of(grown, HOST) == [20]
    assert values_of(grown, PARTNER) == [15]
    assert values_of(grown) == [20, 15]
    assert list(grown.conflicts()) == [SITE]
    assert grown.conflicts(PARTNER) == grown.conflicts(HOST) == {}


def test_a_conflict_is_settled_in_the_eyes_of_who_settles_it() -> None:
    """A private change of one of the versions neither keeps the other party from settling nor is lost by it."""
    grown = state(
        change(1, 10),
        release(2),
        change(3, 11, party="partner"),
        change(4, 20, 1),
        settle(5, 12, 1, 3, party="partner"),
    )
    assert values_of(grown, PARTNER) == [12]
    assert values_of(grown) == [20, 12]


def test_a_hash_depends_on_what_is_shown_and_not_on_how_it_came_about() -> None:
    straight = state(change(1, 10))
    detour = state(change(1, 5), change(2, 7, 1), change(3, 10, 2))
    assert straight.view_hash() == detour.view_hash()
    assert straight.view_hash(PARTNER) == state().view_hash()
    assert straight.view_hash() != state(change(1, 11)).view_hash()
    assert straight.view_hash() != state(change(1, "10")).view_hash()
    assert state(change(1, 10), change(2, None, 1)).view_hash() == state().view_hash()
    assert state(change(1, 10), change(2, 20)).view_hash() != straight.view_hash()


def grant(number: int, person: str, role: str) -> Entry:
    return cell(number, act="grant", content={"role": role, "party": "host"}, subject=(person,))


def end(number: int, person: str, granted: int) -> Entry:
    return cell(number, act="end", content={"reason": "left"}, subject=(person,), based_on=(granted,))


def test_roles_are_those_of_a_size() -> None:
    read = lines(
        [grant(1, "amal", "analyst"), grant(2, "ali", "chair"), end(3, "amal", 1), grant(4, "amal", "auditor")]
    )
    roles = [[(one.person, one.role) for one in RecordState.fold(read, size).roles()] for size in range(5)]
    assert roles == [
        [], [("amal", "analyst")], [("amal", "analyst"), ("ali", "chair")], [("ali", "chair")],
        [("ali", "chair"), ("amal", "auditor")],
    ]  # fmt: skip
    assert [one.role for one in RecordState.fold(read).roles("amal")] == ["auditor"]


def snapshot(number: int, size: int) -> Entry:
    return cell(number, act="snapshot", content={"size": size, "hash": "ab" * 32}, subject=("joint",))


def test_a_snapshot_is_a_size_and_a_hash() -> None:
    (kept,) = state(change(1, 10), snapshot(2, 1)).snapshots.values()
    assert (kept.number, kept.view, kept.size) == (2, "joint", 1)


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([change(2, 1)], "record.order"),
        ([change(1, 10), change(2, 20, 1), settle(3, 5, 1, 2)], "record.no_conflict"),
        ([change(1, 10), change(2, 20), settle(3, 5, 1, 2), settle(4, 6, 1, 2)], "record.no_conflict"),
        ([change(1, 10), change(2, 20, party="partner"), settle(3, 5, 1, 2)], "record.no_conflict"),
        ([grant(1, "amal", "analyst"), end(2, "ali", 1)], "record.no_role"),
        ([grant(1, "amal", "analyst"), end(2, "amal", 1), end(3, "amal", 1)], "record.no_role"),
        ([change(1, 10), end(2, "amal", 1)], "record.no_role"),
        ([snapshot(1, 1)], "record.snapshot_size"),
    ],
)
def test_what_the_state_does_not_allow_is_refused_and_changes_nothing(entries: list[Entry], code: str) -> None:
    read = lines(entries)
    grown = RecordState.fold(read[:-1])
    before = copy.deepcopy(grown)
    with pytest.raises(FaultError) as refused:
        grown.apply(read[-1])
    assert refused.value.code == code
    assert grown == before


def test_acts_that_change_no_table_are_counted() -> None:
    assert RecordState.fold(lines(keyed_entries(3))).size == 3
