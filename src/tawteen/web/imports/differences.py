"""The cells in which a file differs from what a party sees, as a frame, and how they are kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

import polars as pl

from tawteen.case.findings import Finding
from tawteen.web.imports.strategies import DIFFERENCE_KINDS, REFUSED

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
