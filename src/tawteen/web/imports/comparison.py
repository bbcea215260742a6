"""A file is compared, cell by cell, with what a party sees and has now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from tawteen.case.stated import StatedCase
from tawteen.case.tables import TABLES
from tawteen.record.cells import Version, standing
from tawteen.web.imports.differences import DIFFERENCES, no_differences, refused_cells
from tawteen.web.imports.stated_cells import StatedCells, stated_cells, unfit_keys
from tawteen.web.imports.strategies import CHANGED, CONFLICT, NEW_CELL, OPEN, OTHER, REMOVED, SINCE
from tawteen.web.params import SERVER
from tawteen.web.registry.cell_frame import CELL_PLACE, json_text
from tawteen.web.visibility import PartyView


@dataclass(frozen=True)
class FileComparison:
    """What differs; `kept` counts cells of other parties, and newer ones, that the file lacks and that stay."""

    differences: pl.DataFrame
    kept: int


def compare(stated: StatedCase, party_view: PartyView, exported: int | None = None) -> FileComparison:
    """What a file states against the view of a party; `exported`: the last entry that the party saw in the file.

    A cell that the file lacks counts as removed where its column is in the file, all rows of the table could be read,
    and the party entered it itself. A cell that changed after the export, but not in the file, stays.
    """
    compared = _Compared(party_view, None if exported is None else PartyView(party_view.party, exported), exported)
    frames, findings, kept = [no_differences()], list(stated.findings), 0
    for cells in stated_cells(stated):
        unfit = unfit_keys(cells)
        findings += unfit
        frame, kept_here = compared.table(cells, [one.value or "" for one in unfit])
        frames.append(frame)
        kept += kept_here
    return FileComparison(pl.concat([*frames, refused_cells(findings)]), kept)


@dataclass(frozen=True)
class _Compared:
    """A view to compare with, and the same view when the file was exported."""

    now: PartyView
    then: PartyView | None
    exported: int | None

    def table(self, cells: StatedCells, unfit: Sequence[str]) -> tuple[pl.DataFrame, int]:
        """The differences of a table, and how many cells stay although the file lacks them."""
        current = self.now.standing_frame(cells.table).rename({"value": "now"})
        current = current.filter(pl.col("column").is_in(list(cells.columns)))
        stated = cells.frame.filter(~pl.col("row").is_in(list(unfit)))
        both = stated.join(current, on=CELL_PLACE, how="full", coalesce=True).with_columns(
            pl.col("refused").fill_null(False), pl.col("versions").fill_null(0), pl.col("number").fill_null(0)
        )
        differing = both.filter(
            ~pl.col("refused"),
            pl.col("theirs").is_not_null() | pl.col("now").is_not_null(),
            pl.col("theirs").ne_missing(pl.col("now")) | (pl.col("versions") > 1),
        )
        lacking = differing.filter(pl.col("theirs").is_null())
        if cells.unstated is not None:
            lacking = lacking.join(cells.unstated, on=["row", "now"], how="anti")
        removed = lacking.filter(
            pl.lit(cells.whole) & (pl.col("party") == self.now.party) & (pl.col("versions") == 1) & ~self._newer()
        ).with_columns(pl.lit(REMOVED).alias("kind"), pl.lit(None, pl.String).alias("reason"))
        held = self._judged(cells.table, differing.filter(pl.col("theirs").is_not_null()))
        frame = pl.concat([held, removed.with_columns(base=pl.lit(0, pl.Int64)).select(held.columns)])
        return _placed(frame, cells), lacking.height - removed.height

    def _newer(self) -> pl.Expr:
        return pl.lit(False) if self.exported is None else pl.col("number") > self.exported

    def _judged(self, table: str, held: pl.DataFrame) -> pl.DataFrame:
        """Cells with a value in the file: added, changed or in conflict; those that only others changed left out."""
        doubtful = held.filter((pl.col("versions") > 1) | self._newer())
        plain = held.filter((pl.col("versions") <= 1) & ~self._newer())
        other = (pl.col("party") != self.now.party) & pl.lit(self.exported is None)
        kind = pl.when(pl.col("now").is_null()).then(pl.lit(NEW_CELL)).when(other).then(pl.lit(CONFLICT))
        plain = plain.with_columns(
            kind.otherwise(pl.lit(CHANGED)).alias("kind"),
            pl.when(pl.col("now").is_not_null() & other).then(pl.lit(OTHER)).alias("reason"),
            pl.lit(0, pl.Int64).alias("base"),
        )
        if not doubtful.height:
            return plain
        rows = doubtful["row"].unique().to_list()
        now = standing_versions(self.now, table, rows)
        then = {} if self.then is None else standing_versions(self.then, table, rows)
        judged = (_judge(row, now, then) for row in doubtful.iter_rows(named=True))
        return pl.concat([plain, pl.DataFrame([row for row in judged if row is not None], schema=plain.schema)])


Standing = dict[tuple[str, str], list[Version]]
"""By row and column, the versions that stand."""


def standing_versions(party_view: PartyView, table: str, rows: Sequence[str]) -> Standing:
    """The versions that stand of the cells of some rows of a table."""
    stand: Standing = {}
    for start in range(0, len(rows), SERVER.rows_written):
        history = party_view.history(table, rows[start : start + SERVER.rows_written])
        stand |= {(place.row, place.column): standing(versions) for place, versions in history.items()}
    return stand


def _judge(row: dict[str, Any], now: Standing, then: Standing) -> dict[str, Any] | None:
    """A cell with open versions, or that changed after the export; None where the file does not ask for a change."""
    place = row["row"], row["column"]
    before = then.get(place, [])
    if row["theirs"] in [json_text(one.value) for one in (*now.get(place, ()), *before)]:
        return None
    base = before[0].number if len(before) == 1 else 0
    return {**row, "kind": CONFLICT, "reason": OPEN if row["versions"] > 1 else SINCE, "base": base}


def added_cells(cells: StatedCells) -> pl.DataFrame:
    """All cells of a table that holds none yet."""
    frame = cells.frame.filter(~pl.col("refused")).with_columns(
        pl.lit(NEW_CELL).alias("kind"), pl.lit(None, pl.String).alias("reason"), pl.lit(None, pl.String).alias("now"),
        pl.lit(0, pl.Int64).alias("number"), pl.lit(0, pl.Int64).alias("base"),
    )  # fmt: skip
    return _placed(frame, cells)


def _placed(frame: pl.DataFrame, cells: StatedCells) -> pl.DataFrame:
    """Differences of a table in the order of the file, then of columns, with the columns that are kept."""
    order = {column: i for i, column in enumerate(_column_order(cells.table))}
    position = pl.col("column").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    ordered = frame.sort(pl.col("line"), pl.col("row"), position, nulls_last=True)
    nothing = [pl.lit(None, pl.String).alias(name) for name in ("also", "code", "args")]
    placed = ordered.with_columns(pl.lit(cells.table).alias("table"), pl.lit(cells.file).alias("file"), *nothing)
    return placed.select(list(DIFFERENCES))


def _column_order(table: str) -> list[str]:
    return list(TABLES[table].columns()) if table in TABLES else []


def values_of(row: dict[str, Any]) -> tuple[Any, Any]:
    """What the party sees and what the file has of a cell."""
    return tuple(None if row[name] is None else json.loads(row[name]) for name in ("now", "theirs"))  # type: ignore[return-value]
