"""A comparison says what a plain walk over the record says, and what daff, a comparison of tables by others, says."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests.tiny import tiny
from tests.web.conftest import Workspace
from tests.web.imports.later_imports import begin_with_tiny, compared, send_case
from tests.web.mission import begin
from tests.web.test_visibility import act_at_random

from tawteen.case.build import table_of
from tawteen.case.model import Case, Origin
from tawteen.case.stated import StatedCase, StatedTable, read_stated
from tawteen.record.cells import Place
from tawteen.record.entry import read_line
from tawteen.record.state import RecordState
from tawteen.web.imports.comparison import compare
from tawteen.web.imports.differences import unpacked
from tawteen.web.log.append import append
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.registry.cell_frame import json_text
from tawteen.web.visibility import PartyView

COLUMNS = ("id", "name_en", "state")


def stated_sites(draw: random.Random) -> tuple[StatedCase, dict[Place, str]]:
    """A file with some sites and what it has of each of their cells; some cells hold what cannot be read."""
    rows = [
        {"id": row, "name_en": draw.choice([None, "running", "stopped"]), "state": draw.choice([None, "running"])}
        for row in ("a", "b", "d")
        if draw.random() < 0.8
    ]
    refused = frozenset((i, "name_en") for i, row in enumerate(rows) if row["name_en"] is None and draw.random() < 0.3)
    frame = table_of("sites", rows)
    table = StatedTable(frame, "sites.csv", tuple(range(2, 2 + len(rows))), COLUMNS, refused, whole=True)
    cells = {Place("sites", row["id"], name): row[name] for row in rows for name in COLUMNS if row[name] is not None}  # type: ignore[arg-type]
    cells |= {Place("sites", rows[i]["id"], name): "" for i, name in refused}  # type: ignore[arg-type]
    return StatedCase(None, None, Origin("case.toml"), {"sites": table}, ()), cells  # type: ignore[return-value]


def judged(place: Place, theirs: Any, party: str, now: RecordState, then: RecordState | None) -> str | None:
    """The kind of difference of a cell, by walking over its versions."""
    versions, view = now.current(place, frozenset((party,))), frozenset((party,))
    before = [] if then is None else [one.value for one in then.current(place, view)]
    newer = then is not None and any(one.number > then.size for one in versions)
    if theirs is None:
        filled = len(versions) == 1 and versions[0].value is not None
        return "removed" if filled and versions[0].party == party and not newer else None
    if json_text(theirs) in [json_text(one.value) for one in versions]:
        return None
    if len(versions) > 1 or newer:
        return None if json_text(theirs) in map(json_text, before) else "conflict"
    if not versions or versions[0].value is None:
        return "added"
    return "conflict" if then is None and versions[0].party != party else "changed"


@pytest.mark.parametrize("seed", range(8))
def test_the_kinds_are_those_of_a_walk_over_the_record(either: Workspace, seed: int) -> None:
    begin()
    draw = random.Random(seed)
    for _ in range(40):
        append(act_at_random(draw, 1 + draw.randrange(8)))
    lines = [read_line(line) for _, line in record_lines_after(0)]
    now = RecordState.fold(lines)
    for party in ("host", "partner"):
        for exported in (None, now.size - 12, now.size):
            then = None if exported is None else RecordState.fold(lines, exported)
            stated, cells = stated_sites(draw)
            places = {Place("sites", row, name) for row in ("a", "b", "c", "d") for name in COLUMNS}
            expected = {
                place: kind
                for place in places
                if cells.get(place) != "" and (kind := judged(place, cells.get(place), party, now, then)) is not None
            }
            frame = compare(stated, PartyView(party), exported).differences
            kinds = {Place(one["table"], one["row"], one["column"]): one["kind"] for one in frame.iter_rows(named=True)}
            assert kinds == expected, (party, exported)


def test_the_frame_of_what_stands_is_that_of_the_rows(either: Workspace) -> None:
    begin()
    draw = random.Random(5)
    for _ in range(60):
        append(act_at_random(draw, 1 + draw.randrange(8)))
    for party in ("host", "partner"):
        for size in (None, 20):
            view = PartyView(party, size)
            frame = view.standing_frame("sites")
            shown = {
                (row, column): (value, number, holder, count)
                for row, column, value, number, holder, count in frame.iter_rows()
                if value is not None or count > 1
            }
            rows = view.rows("sites")
            expected = {
                (row, column): (json_text(stand[0].value), stand[0].number, stand[0].party, len(stand))
                for row, cells in rows.items()
                for column, stand in cells.items()
                if stand[0].value is not None or len(stand) > 1
            }
            assert {key: value for key, value in shown.items() if key in expected} == expected
            assert all(count > 1 for key, (_, _, _, count) in shown.items() if key not in expected)


def sheet(case: Case) -> list[list[str]]:
    """The sites as rows of texts with a heading."""
    frame = case["sites"]
    return [frame.columns, *([("" if value is None else str(value)) for value in row] for row in frame.iter_rows())]


@pytest.mark.parametrize("seed", range(4))
def test_daff_finds_the_same_cells(workspace: Workspace, tmp_path: Path, seed: int) -> None:
    daff = pytest.importorskip("daff")
    begin()
    client = begin_with_tiny()
    draw = random.Random(seed)
    rows = tiny()["sites"].to_dicts()
    del rows[draw.randrange(len(rows))]
    for row in rows:
        row[draw.choice(["name_en", "name_ar", "town"])] = draw.choice(["Other", "اسم"])
        row["owner"] = draw.choice([None, row["owner"], "Another owner"])
    rows.append({**rows[0], "id": "new-site"})
    later = Case(tiny().settings, {**tiny().tables, "sites": table_of("sites", rows)})
    pending = compared(send_case(client, later, tmp_path / "later", "sites"))
    ours = {(one["row"], one["column"], one["kind"]) for one in unpacked(pending.differences).iter_rows(named=True)}
    assert ours == cells_by_daff(daff, sheet(tiny()), sheet(read_case_of(tmp_path / "later")))


def read_case_of(folder: Path) -> Case:
    stated = read_stated(folder)
    return Case(tiny().settings, {"sites": stated.tables["sites"].frame})


def cells_by_daff(daff: Any, before: list[list[str]], after: list[list[str]]) -> set[tuple[str, str, str]]:
    """Row, column and kind of each cell that daff finds to differ."""
    flags = daff.CompareFlags()
    flags.ids = [before[0][0]]
    tables = [daff.PythonTableView(rows) for rows in (before, after)]
    marked: list[list[str]] = []
    alignment = daff.Coopy.compareTables(*tables, flags).align()
    daff.TableDiff(alignment, flags).hilite(daff.PythonTableView(marked))
    heads = next(row for row in marked if row[0] == "@@")[1:]
    cells = set()
    for tag, *values in marked:
        kind = {"+++": "added", "---": "removed"}.get(tag)
        for column, text in zip(heads, values, strict=True):
            old, arrow, new = str(text or "").partition(tag if "->" in tag else "\0")
            if kind and text:
                cells.add((values[0], column, kind))
            elif arrow:
                cells.add((values[0], column, "added" if not old else "removed" if not new else "changed"))
    return cells
