"""What a party may see, held against the state that the room `record` derives from the same entries."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from tests.web.conftest import Workspace
from tests.web.mission import begin

from tawteen.record.cells import Place, standing
from tawteen.record.entry import read_line
from tawteen.record.state import RecordState
from tawteen.web import visibility
from tawteen.web.log.append import NewEntry, append
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.log.derived import rebuild
from tawteen.web.registry.models import CellVersion, ReleaseRow, SiteRow
from tawteen.web.visibility import JOINT, JointView, PartyView, view_named

SITES, COLUMNS = ("a", "b", "c"), ("id", "name_en", "state")
PARTIES = ("host", "partner")


def act_at_random(draw: random.Random, size: int) -> NewEntry:
    """An act that the record allows: a cell, an import, a release, or the settling of a conflict."""
    party = draw.choice(PARTIES)
    row, column = draw.choice(SITES), draw.choice(COLUMNS)
    kind = draw.choice(["cell"] * 4 + ["import"] * 2 + ["release"] * 2 + ["settle"])
    place, person = Place("sites", row, column), f"{party}-x"
    party_view = PartyView(party)
    versions = standing(party_view.history("sites", [row]).get(place, []))
    value: Any = draw.choice([None, "running", "stopped", 7, 7.0, 2.5])
    if kind == "release":
        subject = ("sites", draw.choice([row, "*"]), draw.choice([column, "*"]))
        content = {"to": [draw.choice(PARTIES)], "later": draw.random() < 0.5}
        return NewEntry(person, party, "release", subject, content)
    if kind == "settle" and len(versions) > 1:
        based_on = tuple(version.number for version in versions)
        return NewEntry(person, party, "settle", place, {"value": value, "reason": "looked"}, based_on)
    if kind == "import":
        cells = [
            {"table": "sites", "row": name, "column": column, "value": value, "version": draw.choice([0, size])}
            for name in SITES
        ]
        content = {"sha256": "0" * 64, "strategy": "start", "cells": cells}
        return NewEntry(person, party, "import", ("file.xlsx",), content)
    based_on = (draw.choice(versions).number,) if versions and draw.random() < 0.7 else ()
    return NewEntry(person, party, "cell", place, {"value": value}, based_on)


def seen_by_record(state: RecordState, party: str) -> dict[Place, list[int]]:
    shown = {place: [one.number for one in state.current(place, frozenset((party,)))] for place in state.cells}
    return {place: numbers for place, numbers in shown.items() if numbers and place.table == "sites"}


@pytest.mark.parametrize("seed", range(6))
def test_the_workspace_shows_what_the_record_says(either: Workspace, seed: int) -> None:
    begin()
    draw = random.Random(seed)
    for _ in range(45):
        append(act_at_random(draw, 1 + draw.randrange(8)))
    state = RecordState.fold(read_line(line) for _, line in record_lines_after(0))
    for party in PARTIES:
        history = PartyView(party).history("sites")
        shown = {place: [version.number for version in standing(versions)] for place, versions in history.items()}
        assert shown == seen_by_record(state, party)
        for place, versions in history.items():
            assert versions == state.versions(place, frozenset((party,)))
        assert PartyView(party).hash() == state.view_hash(frozenset((party,)))
        sites = {place.row for place in shown if any(one.value is not None for one in standing(history[place]))}
        assert set(SiteRow.objects.filter(party=party).values_list("site", flat=True)) == sites


@pytest.mark.parametrize("read", [1, 3, 500])
def test_the_newest_versions_come_first_however_many_are_read_at_once(
    either: Workspace, monkeypatch: pytest.MonkeyPatch, read: int
) -> None:
    monkeypatch.setattr(visibility, "SERVER", replace(visibility.SERVER, newest_read=read))
    begin()
    draw = random.Random(read)
    for _ in range(25):
        append(act_at_random(draw, 1 + draw.randrange(8)))
    stored = CellVersion.objects.all()
    for party in PARTIES:
        party_view = PartyView(party)
        seen = [(place, one) for place, versions in party_view.visible(stored).items() for one in versions]
        newest = list(party_view.newest(stored))
        assert len(newest) == len(seen) > 10
        assert [one.number for _, one in newest] == sorted((one.number for _, one in seen), reverse=True)
        assert sorted(newest, key=repr) == sorted(seen, key=repr)


@pytest.mark.parametrize("seed", range(4))
def test_views_of_an_earlier_size_and_of_all_parties_show_what_the_record_says(either: Workspace, seed: int) -> None:
    begin()
    draw = random.Random(seed)
    for _ in range(40):
        append(act_at_random(draw, 1 + draw.randrange(8)))
    lines = [read_line(line) for _, line in record_lines_after(0)]
    for size in (*draw.sample(range(len(lines)), 4), len(lines)):
        state = RecordState.fold(lines, size)
        for name, parties in (*((party, {party}) for party in PARTIES), (JOINT, PARTIES)):
            view = view_named(name, size)
            assert view.hash() == state.view_hash(frozenset(parties)), (name, size)
            for place, versions in view.history("sites").items():
                assert versions == state.versions(place, frozenset(parties))
    assert JointView().hash() == JointView(len(lines)).hash() != PartyView("host").hash()


def test_the_tables_are_the_same_when_they_are_made_again(either: Workspace) -> None:
    begin()
    draw = random.Random(11)
    for _ in range(40):
        append(act_at_random(draw, 3))
    tables = [
        (CellVersion, ("number", "table", "row", "column")), (ReleaseRow, ("number",)), (SiteRow, ("party", "site")),
    ]  # fmt: skip

    def kept() -> list[list[dict[str, Any]]]:
        listed = [list(model.objects.order_by(*keys).values()) for model, keys in tables]
        return [[{name: value for name, value in row.items() if name != "id"} for row in rows] for rows in listed]

    before = kept()
    assert all(before)
    rebuild()
    assert kept() == before


def test_a_release_for_later_shows_what_comes_and_another_one_does_not(workspace: Workspace) -> None:
    begin()
    place = ("sites", "a", "state")

    def seen() -> list[Any]:
        history = PartyView("partner").history("sites", ["a"]).get(Place(*place), [])
        return [version.value for version in history]

    append(NewEntry("amal", "host", "cell", place, {"value": "running"}))
    assert seen() == []
    append(NewEntry("amal", "host", "release", ("sites", "a", "*"), {"to": ["partner"], "later": False}))
    assert seen() == ["running"]
    append(NewEntry("amal", "host", "cell", place, {"value": "stopped"}))
    assert seen() == ["running"]
    append(NewEntry("amal", "host", "release", ("sites", "*", "state"), {"to": ["partner"], "later": True}))
    append(NewEntry("amal", "host", "cell", place, {"value": "burned"}))
    assert seen() == ["running", "stopped", "burned"]
