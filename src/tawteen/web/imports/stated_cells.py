"""The cells that a file states, as frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from tawteen.case.findings import Finding
from tawteen.case.model import Origin
from tawteen.case.settings import Settings
from tawteen.case.settings_file import rows_of, stated_rows_of
from tawteen.case.stated import StatedCase, StatedTable
from tawteen.case.tables import TABLES
from tawteen.record.acts import is_name
from tawteen.web.registry.case_cells import outline_text
from tawteen.web.registry.cell_frame import json_text
from tawteen.web.registry.record_tables import OUTLINE_COLUMN, OUTLINE_ROW, OUTLINE_TABLE, SETTING_COLUMN, SETTING_TABLE
from tawteen.web.registry.typed_row import json_value

OUTLINE_FILE = "outline.geojson"
STATED_COLUMNS = {"row": pl.String, "column": pl.String, "theirs": pl.String, "line": pl.Int64, "refused": pl.Boolean}


@dataclass(frozen=True)
class StatedCells:
    """The cells of a table that a file states.

    `frame` has row, column, theirs (canonical JSON), line and refused: a cell of which the file holds something that
    cannot be read. `columns` are those that the file has; `whole` says that what it lacks of them is empty in it.
    `unstated` are settings that are not stated, with what they then mean.
    """

    table: str
    file: str
    frame: pl.DataFrame
    columns: tuple[str, ...]
    whole: bool
    unstated: pl.DataFrame | None = None


def stated_cells(stated: StatedCase, *, defaults: bool = False) -> Iterator[StatedCells]:
    """The outline on the map, settings, then tables; `defaults`: also settings that are not stated."""
    if outline := outline_text(stated.outline):
        rows = [(OUTLINE_ROW, OUTLINE_COLUMN, json_text(outline), None, False)]
        frame = pl.DataFrame(rows, schema=STATED_COLUMNS, orient="row")
        yield StatedCells(OUTLINE_TABLE, OUTLINE_FILE, frame, (OUTLINE_COLUMN,), whole=False)
    if stated.settings is not None:
        yield _setting_cells(stated.settings, stated.settings_origin, defaults=defaults)
    for name in TABLES:
        if name in stated.tables:
            yield _table_cells(name, stated.tables[name])


def unfit_keys(cells: StatedCells) -> list[Finding]:
    """Errors about rows whose keys the record does not take as a name; their cells are to be left out."""
    rows = cells.frame.select("row", "line").unique("row", keep="first", maintain_order=True)
    return [
        Finding("error", "web.import.key", cells.table, cells.file, line, value=row)
        for row, line in rows.iter_rows()
        if not is_name(row)
    ]


def _setting_cells(settings: Settings, origin: Origin, *, defaults: bool) -> StatedCells:
    own = (rows_of if defaults else stated_rows_of)(settings)
    rows = [(key, SETTING_COLUMN, json_text(json_value(value)), origin.lines.get(key), False) for key, value in own]
    known = {key for key, _ in own}
    unstated = [(key, json_text(json_value(value))) for key, value in rows_of(settings) if key not in known]
    return StatedCells(
        SETTING_TABLE, origin.file, pl.DataFrame(rows, schema=STATED_COLUMNS, orient="row"), (SETTING_COLUMN,), True,
        pl.DataFrame(unstated, schema={"row": pl.String, "now": pl.String}, orient="row"),
    )  # fmt: skip


def _table_cells(name: str, table: StatedTable) -> StatedCells:
    frames = [pl.DataFrame(schema=STATED_COLUMNS)]
    if table.frame.height:
        keys = TABLES[name].primary_key()
        row = table.frame.select(pl.concat_str([pl.col(key).cast(pl.String) for key in keys], separator="/"))
        rows, lines = row.to_series().alias("row"), pl.Series("line", table.rows, dtype=pl.Int64)
        frames += [
            pl.DataFrame([rows, _texts(table.frame[column]).alias("theirs"), lines])
            .filter(pl.col("theirs").is_not_null())
            .with_columns(pl.lit(column).alias("column"), pl.lit(False).alias("refused"))
            .select(list(STATED_COLUMNS))
            for column in table.columns
        ]
        refused = [(rows[i], column, None, table.rows[i], True) for i, column in sorted(table.refused)]
        frames.append(pl.DataFrame(refused, schema=STATED_COLUMNS, orient="row"))
    return StatedCells(name, table.file, pl.concat(frames), table.columns, table.whole)


def _texts(column: pl.Series) -> pl.Series:
    """Values of a column as canonical JSON."""
    known = column.drop_nulls().unique()
    written = pl.Series([json_text(json_value(value)) for value in known], dtype=pl.String)
    return column.replace_strict(known, written, default=None, return_dtype=pl.String)
