"""A view after an act that is not on the record yet is the view after the act."""

from __future__ import annotations

import random

import pytest
from tests.web.conftest import Workspace
from tests.web.mission import begin
from tests.web.test_visibility import PARTIES, SITES, act_at_random

from tawteen.record.cells import CellRelease, Place
from tawteen.web.log.append import NewEntry, append, log_size
from tawteen.web.pending_view import PendingView
from tawteen.web.visibility import JOINT, CellView, PartyView, view_named


def shown(view: CellView) -> dict[tuple[str, str], list[object]]:
    rows = view.rows("sites")
    return {
        (row, column): [version.value for version in versions]
        for row, cells in rows.items()
        for column, versions in cells.items()
        if [version.value for version in versions] != [None]
    }


@pytest.mark.parametrize("seed", range(12))
def test_the_view_is_that_after_the_act(either: Workspace, seed: int) -> None:
    begin()
    draw = random.Random(seed)
    for _ in range(25):
        append(act_at_random(draw, 1 + draw.randrange(8)))
    party, row, column = draw.choice(PARTIES), draw.choice((*SITES, "new")), draw.choice(("id", "name_en"))
    place, value = Place("sites", row, column), draw.choice((None, "x", 7))
    pending = {view: shown(PendingView(view, party, {place: value})) for view in (*PARTIES, JOINT)}
    assert PendingView(party, party, {}).rows("sites", ["a"]).keys() <= {"a"}
    history = PartyView(party).rows("sites", [row]).get(row, {}).get(column, [])
    act = "settle" if len(history) > 1 else "cell"
    content = {"value": value, **({"reason": "looked"} if act == "settle" else {})}
    append(NewEntry(f"{party}-x", party, act, place, content, tuple(version.number for version in history)))
    for view in (party, JOINT):
        assert pending[view] == shown(view_named(view)), view


@pytest.mark.parametrize("seed", range(6))
def test_a_release_that_is_not_made_yet_shows_what_it_would(either: Workspace, seed: int) -> None:
    begin()
    draw = random.Random(seed)
    for _ in range(25):
        append(act_at_random(draw, 1 + draw.randrange(8)))
    place, later = Place("sites", draw.choice((*SITES, "*")), draw.choice(("state", "*"))), draw.random() < 0.5
    release = CellRelease(log_size() + 1, "host", place, frozenset(("partner",)), later)
    pending = {view: shown(PendingView(view, "host", {}, [release])) for view in (*PARTIES, JOINT)}
    append(NewEntry("host-x", "host", "release", place, {"to": ["partner"], "later": later}))
    assert pending == {view: shown(view_named(view)) for view in (*PARTIES, JOINT)}
