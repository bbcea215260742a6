"""Stored versions of cells as frames, for tables of millions of cells."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import polars as pl
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from tawteen.web.params import SERVER
from tawteen.web.registry.models import CellVersion

CELL_PLACE = ("row", "column")
_STORED_COLUMNS = {
    "row": pl.String, "column": pl.String, "value": pl.String, "number": pl.Int64, "party": pl.String,
    "replaces": pl.String,
}  # fmt: skip


def stored_frame(stored: QuerySet[CellVersion]) -> pl.DataFrame:
    """Stored versions: row, column, value (canonical JSON; null where empty), number, party, replaces (JSON)."""
    texts = stored.annotate(text=Cast("value", TextField()), replaced=Cast("replaces", TextField()))
    rows = texts.values_list("row", "column", "text", "number", "party", "replaced").iterator(SERVER.rows_read)
    frames = [pl.DataFrame(schema=_STORED_COLUMNS)]
    while some := list(islice(rows, SERVER.rows_framed)):
        columns = zip(_STORED_COLUMNS.items(), zip(*some, strict=True), strict=True)
        frames.append(pl.DataFrame([pl.Series(name, values, dtype=kind) for (name, kind), values in columns]))
    frame = pl.concat(frames)
    # A database may write a value otherwise than it was given.
    return frame.with_columns(json_texts(frame["value"].drop_nulls().unique(), frame["value"]))


def json_texts(known: pl.Series, texts: pl.Series) -> pl.Series:
    """Texts of JSON, each different one of which is in `known`, as canonical JSON."""
    written = pl.Series([json_text(json.loads(text)) for text in known], dtype=pl.String)
    return texts.replace_strict(known, written, default=None, return_dtype=pl.String)


def json_text(value: Any) -> str | None:
    """A value of a cell as canonical JSON; None where it is empty."""
    return None if value is None else json.dumps(value, ensure_ascii=False)


def standing_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Of versions as `stored_frame` gives them, for each cell the first that stands; `versions` is how many do."""
    repeated = frame.select(CELL_PLACE).is_duplicated()
    one = pl.lit(1, pl.UInt32).alias("versions")
    several = frame.filter(repeated).sort("number", maintain_order=True)
    numbers = pl.col("replaces").str.json_decode(pl.List(pl.Int64)).alias("number")
    replaced = several.select(*CELL_PLACE, numbers).explode("number").drop_nulls()
    stand = several.join(replaced, on=[*CELL_PLACE, "number"], how="anti", maintain_order="left")
    first = stand.group_by(CELL_PLACE, maintain_order=True).agg(
        pl.col("value", "number", "party").first(), pl.len().cast(pl.UInt32).alias("versions")
    )
    return pl.concat([frame.filter(~repeated).drop("replaces").with_columns(one), first])
