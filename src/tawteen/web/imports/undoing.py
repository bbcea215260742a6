"""An import is taken back: values become what they were, where nobody has changed them since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import polars as pl

from tawteen.record.entry import read_line
from tawteen.web.imports.comparison import Standing, standing_versions
from tawteen.web.imports.differences import DIFFERENCES, no_differences
from tawteen.web.imports.models import ImportRow, PendingImport
from tawteen.web.imports.pending import UploadedFile, keep
from tawteen.web.imports.strategies import CHANGED, CONFLICT, NEW_CELL, REMOVED, SINCE, UNDO
from tawteen.web.log.append import log_size
from tawteen.web.log.models import RecordRow
from tawteen.web.registry.cell_frame import CELL_PLACE, json_text
from tawteen.web.rights import Person
from tawteen.web.visibility import PartyView


def compare_undo(person: Person, row: ImportRow) -> PendingImport:
    """Keeps what taking an import back would change; a cell that somebody changed since is in conflict and stays."""
    size = log_size()
    file = UploadedFile(row.file, row.sha256)
    return keep(person, file, undo_differences(row), size, undoes=row.number)


def undo_differences(row: ImportRow) -> pl.DataFrame:
    """By cell of an import: what stands now, what stood before (`theirs`), and the entry that is replaced."""
    frames = [no_differences()]
    views = PartyView(row.party), PartyView(row.party, row.number - 1)
    for table, cells in _entered(row).group_by("table", maintain_order=True):
        frames.append(_table_differences(str(table[0]), cells, *views))
    return pl.concat(frames)


def _entered(row: ImportRow) -> pl.DataFrame:
    """The cells that the entries of an import state, with the number of the entry."""
    schema = {"table": pl.String, "row": pl.String, "column": pl.String, "number": pl.Int64}
    frames = [pl.DataFrame(schema=schema)]
    for stored in RecordRow.objects.filter(number__in=row.entries).order_by("number"):
        cells = read_line(bytes(stored.line)).entry().content["cells"]
        columns = {name: [cell[name] for cell in cells] for name in ("table", "row", "column")}
        frames.append(pl.DataFrame({**columns, "number": [stored.number] * len(cells)}, schema=schema))
    return pl.concat(frames)


def _table_differences(table: str, cells: pl.DataFrame, now: PartyView, before: PartyView) -> pl.DataFrame:
    current = now.standing_frame(table).select(*CELL_PLACE, "versions", now="value", standing="number")
    earlier = before.standing_frame(table).select(*CELL_PLACE, theirs="value")
    joined = cells.join(current, on=CELL_PLACE, how="left", maintain_order="left").join(
        earlier, on=CELL_PLACE, how="left", maintain_order="left"
    )
    alone = (pl.col("versions") == 1) & (pl.col("standing") == pl.col("number"))
    kind = (
        pl.when(pl.col("theirs").is_null()).then(pl.lit(REMOVED)).when(pl.col("now").is_null()).then(pl.lit(NEW_CELL))
    )
    empty = [pl.lit(None, kind_).alias(name) for name, kind_ in DIFFERENCES.items() if name not in joined.columns]
    blank = joined.with_columns(*empty).with_columns(base=pl.lit(0, pl.Int64), file=pl.lit(""))
    plain = blank.filter(alone).with_columns(kind.otherwise(pl.lit(CHANGED)).alias("kind")).select(list(DIFFERENCES))
    others = blank.filter(~alone | alone.is_null()).select(list(DIFFERENCES))
    if not others.height:
        return plain
    rows = others["row"].unique().to_list()
    stand, stood = standing_versions(now, table, rows), standing_versions(before, table, rows)
    judged = [_beside_others(one, stand, stood) for one in others.iter_rows(named=True)]
    return pl.concat([plain, pl.DataFrame(judged, schema=DIFFERENCES)])


def _beside_others(cell: dict[str, Any], now: Standing, before: Standing) -> dict[str, Any]:
    """A cell in which the imported value does not stand alone: what stood beside it then is what stands afterwards."""
    place = cell["row"], cell["column"]
    mine = [one for one in now.get(place, ()) if one.number == cell["number"]]
    others = [one.number for one in now.get(place, ()) if one.number != cell["number"]]
    if not mine or not {*others} <= {one.number for one in before.get(place, ())}:
        return {**cell, "kind": CONFLICT, "reason": SINCE}
    kind = REMOVED if cell["theirs"] is None else CHANGED
    return {**cell, "kind": kind, "now": json_text(mine[0].value), "also": json.dumps(sorted(others))}


@dataclass(frozen=True)
class UndoState:
    """What became of an import: who took it back, and whether that stands or was itself taken back by `person`."""

    person: str
    undone: bool


def undo_states(party: str) -> dict[int, UndoState]:
    """By number, what became of those imports of a party that somebody took back."""
    states: dict[int, UndoState] = {}
    # The newest first: of each one it is known what became of itself.
    for undo in ImportRow.objects.filter(party=party, strategy=UNDO).order_by("-number"):
        after = states.get(undo.number)
        if undo.undoes is not None and undo.undoes not in states:
            taken_back = after is not None and after.undone
            states[undo.undoes] = UndoState(after.person if after and taken_back else undo.person, not taken_back)
    return states
