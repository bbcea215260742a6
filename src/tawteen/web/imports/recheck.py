"""What changed since a file was compared: nothing of it is overwritten, it is compared again."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import polars as pl

from tawteen.record.cells import EVERY_PART, Place
from tawteen.record.entry import Entry, read_line
from tawteen.web.imports.comparison import Standing, standing_versions
from tawteen.web.imports.differences import DIFFERENCES
from tawteen.web.imports.strategies import CONFLICT, OPEN, REFUSED, REMOVED, SINCE
from tawteen.web.log.models import RecordRow
from tawteen.web.params import SERVER
from tawteen.web.registry.cell_frame import json_text
from tawteen.web.registry.models import CellVersion
from tawteen.web.visibility import PartyView, versions_of


def changed_places(party: str, after: int, until: int, own: Collection[int] = ()) -> set[Place]:
    """Cells that changed in the eyes of a party by entries after one number, until another one, but `own` ones.

    A change that the party does not see is none, and a release to it is a change of what it shows.
    """
    numbers = RecordRow.objects.filter(number__gt=after, number__lte=until).order_by("number")
    changed: set[Place] = set()
    party_view = PartyView(party)
    for row in numbers.iterator(SERVER.rows_read):
        if row.number in own:
            continue
        entry = read_line(bytes(row.line)).entry()
        if entry.act == "release":
            changed |= _released(entry, party)
        else:
            changed |= {place for place, version in versions_of(entry) if party_view.sees(place, version)}
    return changed


def _released(entry: Entry, party: str) -> set[Place]:
    """The cells that a release shows to a party."""
    if entry.party == party or party not in entry.content["to"]:
        return set()
    named = zip(("table", "row", "column"), entry.subject, strict=True)
    stored = CellVersion.objects.filter(
        party=entry.party, number__lt=entry.number, **{name: part for name, part in named if part != EVERY_PART}
    )
    return {Place(*place) for place in stored.values_list("table", "row", "column").distinct()}


def compare_again(differences: pl.DataFrame, party: str, changed: Collection[Place]) -> pl.DataFrame:
    """The differences with the cells that changed as they are now.

    Where the cell has the value of the file by now, no difference is left; else it is in conflict. A cell that the file
    lacks stays.
    """
    places = pl.DataFrame([tuple(place) for place in changed], schema=_PLACE, orient="row")
    hit = differences.join(places, on=list(_PLACE), how="semi").filter(pl.col("kind") != REFUSED)
    if not hit.height:
        return differences
    party_view = PartyView(party)
    now = {
        str(table): standing_versions(party_view, str(table), rows["row"].unique().to_list())
        for (table,), rows in hit.group_by("table")
    }
    renewed = [one for row in hit.iter_rows(named=True) if (one := _renewed(row, now[row["table"]])) is not None]
    kept = differences.join(hit.select(*_PLACE), on=list(_PLACE), how="anti", maintain_order="left")
    refused = differences.filter(pl.col("kind") == REFUSED)
    kept = kept.filter(pl.col("kind") != REFUSED)
    return pl.concat([pl.DataFrame(renewed, schema=DIFFERENCES), kept, refused])


_PLACE = {"table": pl.String, "row": pl.String, "column": pl.String}


def _renewed(row: dict[str, Any], now: Standing) -> dict[str, Any] | None:
    versions = now.get((row["row"], row["column"]), [])
    values = [json_text(one.value) for one in versions] or [None]
    if row["theirs"] in values or row["kind"] == REMOVED:
        return None
    reason = OPEN if len(versions) > 1 else SINCE
    base = row["number"] if row["kind"] != CONFLICT else row["base"]
    return {**row, "kind": CONFLICT, "reason": reason, "base": base, "now": values[0]}
