"""Days of which a cell states only the year or the month: what was stated is kept as an observation of the cell."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from tawteen.case.build import table_of
from tawteen.case.findings import Finding


def with_intervals(evidence: pl.DataFrame, findings: Iterable[Finding]) -> pl.DataFrame:
    """The table of evidence with an observation of grade assumed for every note of code `cell.interval`.

    Its value is the year or month as it stood in the cell, in which the planned day lies. Cells that are observed
    already get none: their evidence states a grade.
    """
    cells = ("table", "row", "column")
    seen = set(evidence.select(cells).iter_rows())
    rows = [
        {"id": f"read:{one.table}/{one.args['key']}/{one.column}", "table": one.table, "row": one.args["key"],
         "column": one.column, "value": one.value, "grade": "assumed"}
        for one in findings
        if one.code == "cell.interval" and one.table != "evidence"
    ]  # fmt: skip
    kept = [row for row in rows if tuple(row[name] for name in cells) not in seen]
    return pl.concat([evidence, table_of("evidence", kept)]) if kept else evidence
