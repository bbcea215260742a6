"""Columns of a table, beside and below each other."""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from tawteen.report.cells import BilingualCells
from tawteen.report.exhibit import number_column, text_column
from tawteen.report.tables import table

COLUMNS = {
    "site": text_column("column.site"),
    "region": replace(text_column("column.region"), below="site"),
    "jobs": replace(number_column("column.new_jobs", "persons"), screen_only=True, below="site"),
}


def _rows(read, frame):
    """Cells of the head and of each row, as HTML."""
    drawn = table(BilingualCells(read.case), frame, COLUMNS)
    return [re.findall(r"<t[hd].*?</t[hd]>", row) for row in re.findall(r"<tr.*?</tr>", drawn)]


def test_columns_below_another_are_lines_of_its_cells(read):
    head, first, second = _rows(read, pl.DataFrame({"site": ["a", "b"], "region": ["r", None], "jobs": [3, None]}))
    assert (len(head), len(first), len(second)) == (1, 1, 1)
    assert "Region" in head[0]
    assert "<bdi>r</bdi></small>" in first[0]
    assert '<small class="screen">' in first[0]
    assert "<small" not in second[0]


def test_lines_that_tell_their_name_are_not_in_the_head(read):
    columns = COLUMNS | {"region": replace(COLUMNS["region"], named=True)}
    frame = pl.DataFrame({"site": ["a"], "region": ["r"], "jobs": [3]})
    head, row = re.findall(r"<tr.*?</tr>", table(BilingualCells(read.case), frame, columns))
    assert "Region" not in head
    assert "New jobs" in head
    assert re.search(r'<small class="named"><i>.*Region.*: </i><bdi>r</bdi></small>', row)


def test_a_column_below_an_empty_one_stands_by_itself(read):
    frame = pl.DataFrame({"site": [None], "region": ["r"], "jobs": [3]}, schema_overrides={"site": pl.String})
    head, row = _rows(read, frame)
    assert (len(head), len(row)) == (2, 2)
    assert "<small" not in row[0]
