"""The cells in which a file differs from what a party sees, as a frame, and how they are kept."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

import polars as pl

from tawteen.case.findings import Finding
from tawteen.web.imports.strategies import CHANGED, CONFLICT, DIFFERENCE_KINDS, NEW_CELL, REFUSED, REMOVED

_BY_CONSEQUENCE = {kind: rank for rank, kind in enumerate((REMOVED, CONFLICT, REFUSED, CHANGED, NEW_CELL))}

DIFFERENCES = {
    "kind": pl.String, "reason": pl.String, "table": pl.String, "row": pl.String, "column": pl.String,
    "now": pl.String, "theirs": pl.String, "line": pl.Int64, "file": pl.String, "number": pl.Int64, "base": pl.Int64,
    "also": pl.String, "code": pl.String, "args": pl.String,
}  # fmt: skip
"""Columns of the frame.

`now` and `theirs` are the values that the party sees and that the file has, as canonical JSON. `number` is the entry
that a merged cell replaces, 0 for none; `base` the one that a value in conflict was based on, `also` a list of further
entries that are replaced (JSON). A refused cell has the
text of the file in `theirs` and the code and arguments of its finding.
"""


def no_differences() -> pl.DataFrame:
    """The frame without rows."""
    return pl.DataFrame(schema=DIFFERENCES)


def refused_cells(findings: Iterable[Finding]) -> pl.DataFrame:
    """Errors of a file as rows of the frame."""
    rows = [
        {
            "kind": REFUSED, "table": one.table or "", "row": "", "column": one.column or "", "theirs": one.value,
            "line": one.row, "file": one.file or "", "code": one.code,
            "args": json.dumps(dict(one.args), ensure_ascii=False, default=str),
        }
        for one in findings
        if one.severity == "error"
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=DIFFERENCES)


def by_consequence(frame: pl.DataFrame) -> pl.DataFrame:
    """The cells with those first that need a look: removed, in conflict, refused, changed, added.

    Of changed numbers those first that change by the largest factor; one that changes its sign, or from or to zero, is
    before them. Else the order stays.
    """
    now, theirs = (pl.col(name).cast(pl.Float64, strict=False) for name in ("now", "theirs"))
    sizes = pl.max_horizontal(now.abs(), theirs.abs()) / pl.min_horizontal(now.abs(), theirs.abs())
    factor = pl.when(now * theirs <= 0).then(pl.lit(math.inf)).otherwise(sizes)
    rank = pl.col("kind").replace_strict(_BY_CONSEQUENCE, return_dtype=pl.Int64)
    changed = pl.when((pl.col("kind") == CHANGED) & now.is_not_null() & theirs.is_not_null()).then(factor)
    return frame.sort(rank, changed, descending=[False, True], nulls_last=True, maintain_order=True)


def finding_of(row: Mapping[str, Any]) -> Finding:
    """The finding of a refused cell."""
    place = {name: row[name] or None for name in ("table", "file", "column")}
    return Finding("error", row["code"], row=row["line"], value=row["theirs"], args=json.loads(row["args"]), **place)


def packed(frame: pl.DataFrame) -> bytes:
    """The frame as bytes."""
    target = BytesIO()
    frame.select(list(DIFFERENCES)).write_ipc(target, compression="zstd")
    return target.getvalue()


def unpacked(data: bytes | memoryview) -> pl.DataFrame:
    """The frame of `packed`."""
    return pl.read_ipc(BytesIO(bytes(data)))


def kind_counts(frame: pl.DataFrame) -> dict[str, int]:
    """How many cells there are of each kind."""
    counts: Counter[str] = Counter(dict(frame["kind"].value_counts().iter_rows()))
    return {kind: counts[kind] for kind in DIFFERENCE_KINDS}
