"""Snapshots: taken on the record, listed in the views that a person sees, and compared cell by cell."""

from __future__ import annotations

import random

import pytest
from tests.web.conftest import Workspace
from tests.web.mission import add_person, begin, browser_of, send
from tests.web.test_visibility import PARTIES, act_at_random

from tawteen.record.cells import Place
from tawteen.record.entry import read_line
from tawteen.record.state import RecordState
from tawteen.web.log.append import NewEntry, append, log_size
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.log.derived import rebuild
from tawteen.web.registry.cell_text import code_label
from tawteen.web.registry.version_tokens import version_token
from tawteen.web.snapshots.changes import CellChange, Values, changes_between
from tawteen.web.snapshots.models import SnapshotRow
from tawteen.web.visibility import JOINT
from tawteen.words import Words


def values_of(state: RecordState, parties: frozenset[str]) -> dict[Place, Values]:
    shown = {place: tuple(one.value for one in state.current(place, parties)) for place in state.cells}
    held = {(place.table, place.row) for place, values in shown.items() if {*values} - {None}}
    return {
        place: values
        for place, values in shown.items()
        if values not in ((), (None,)) and (place.table, place.row) in held
    }


@pytest.mark.parametrize("seed", range(4))
def test_what_changed_is_what_the_record_says(either: Workspace, seed: int) -> None:
    begin()
    draw = random.Random(seed)
    for _ in range(40):
        append(act_at_random(draw, 1 + draw.randrange(8)))
    lines = [read_line(line) for _, line in record_lines_after(0)]
    for view, parties in ((JOINT, frozenset(PARTIES)), *((party, frozenset((party,))) for party in PARTIES)):
        sizes = sorted((draw.randrange(len(lines)), draw.randrange(len(lines) + 1)))
        before, after = (values_of(RecordState.fold(lines, size), parties) for size in sizes)
        expected = [
            CellChange(place, before.get(place, ()), after.get(place, ()))
            for place in sorted(before.keys() | after.keys())
            if before.get(place, ()) != after.get(place, ())
        ]
        assert list(changes_between(view, *sizes)) == expected
        turned = [CellChange(one.place, one.after, one.before) for one in expected]
        assert list(changes_between(view, *sizes[::-1])) == turned


def compared(before: SnapshotRow, after: SnapshotRow | None = None) -> str:
    """The address of what changed between two snapshots, or until now."""
    until = "" if after is None else f"&after={version_token(after.number)}"
    return f"/snapshots/compare?before={version_token(before.number)}{until}"


def state(value: str, based_on: tuple[int, ...] = ()) -> int:
    new = NewEntry("host-administrator", "host", "cell", ("sites", "a", "state"), {"value": value}, based_on)
    return append(new).number


def test_a_snapshot_is_taken_listed_and_compared(workspace: Workspace) -> None:
    begin()
    add_person("host", "viewer")
    number = state("running")
    browser = browser_of("host-administrator")
    send(browser, "/snapshots/take", {"view": "host"}, "/snapshots")
    taken = SnapshotRow.objects.get()
    assert (taken.view, taken.size) == ("host", number)
    state("stopped", (number,))
    page = browser.get(compared(taken)).content.decode()
    labels = [code_label("site_states", code, Words("en")) for code in ("running", "stopped")]
    assert [label in page for label in labels] == [True, True]
    assert "Changed: 1" in page
    same = browser.get(compared(taken, taken)).content.decode()
    assert "Nothing is different." in same
    viewer = browser_of("host-viewer")
    assert taken.hash in viewer.get("/snapshots").content.decode()
    assert 'action="/snapshots/take"' not in viewer.get("/snapshots").content.decode()


def test_a_snapshot_is_seen_in_its_view_alone(workspace: Workspace) -> None:
    begin()
    state("running")
    browser, other = browser_of("host-administrator"), browser_of("partner-administrator")
    for view in ("host", JOINT):
        send(browser, "/snapshots/take", {"view": view}, "/snapshots")
    own, joint = SnapshotRow.objects.order_by("number")
    page = other.get("/snapshots").content.decode()
    assert joint.hash in page
    assert own.hash not in page
    assert other.get(compared(own)).status_code == 404
    assert other.get(compared(joint, own)).status_code == 404
    assert other.get(compared(joint)).status_code == 200
    assert browser.get(compared(joint, own)).status_code == 409
    for wrong in ("", "x", "-1", "²", "9" * 30, "1"):
        assert browser.get("/snapshots/compare", {"before": wrong}).status_code == 404
    assert send(browser, "/snapshots/take", {"view": "partner"}, "/snapshots").status_code == 404
    lines = [read_line(line) for line in other.get("/record/record.jsonl").getvalue().splitlines()]
    seen = {line.number for line in lines if line.fields is not None and line.fields["act"] == "snapshot"}
    assert seen == {joint.number}


def test_the_table_is_the_same_when_it_is_made_again(workspace: Workspace) -> None:
    begin()
    send(browser_of("host-administrator"), "/snapshots/take", {"view": JOINT}, "/snapshots")
    before = list(SnapshotRow.objects.values())
    assert len(before) == 1
    rebuild()
    assert list(SnapshotRow.objects.values()) == before
    assert before[0]["size"] == log_size() - 1
