"""The workbook, opened again: the same figures as the exhibits, the inputs and the programme's own tables."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import openpyxl
import polars as pl
import pytest

from tawteen.case.params import WORKBOOK
from tawteen.report.params import LAYOUT
from tawteen.report.sheets import TOP
from tawteen.report.workbook import write_workbook

FIRST = TOP + 2
EDGE = 0.7109375
"""What the file adds to the characters of a column for its edges."""


@pytest.fixture(scope="module")
def book(read, shown, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "programme.xlsx"
    write_workbook(shown, read.case, read.programme, path, "ar")
    return openpyxl.load_workbook(path)


def column(sheet, label):
    heads = {cell.value: cell.column for cell in sheet[TOP + 1]}
    place = next(n for text, n in heads.items() if text and text.startswith(label))
    return [sheet.cell(row, place).value for row in range(FIRST, sheet.max_row + 1)]


def test_a_sheet_per_exhibit_table_and_input(book, shown, read):
    for exhibit in shown:
        assert exhibit.key[:31] in book.sheetnames
    assert {"index", "programme_draws", "programme_sites", "in_sites", "in_evidence"} <= set(book.sheetnames)
    assert book["sites"].sheet_view.rightToLeft


def test_figures_are_equal(book, shown, read):
    funds = next(e for e in shown if e.key == "fund_sums")
    assert column(book["fund_sums"], "Drawn") == pytest.approx(funds.table["drawn"].to_list())
    amounts = [float(v) for v in column(book["programme_draws"], "amount")]
    assert sum(amounts) == pytest.approx(read.programme.draws["amount"].sum())
    assert column(book["in_sites"], "Site") == read.case["sites"]["id"].to_list()


def test_every_sheet_has_as_many_rows_as_its_exhibit(book, shown):
    for exhibit in shown:
        assert book[exhibit.key[:31]].max_row == max(FIRST - 1, FIRST - 1 + exhibit.table.height), exhibit.key


def test_both_languages_head_the_columns(book):
    heads = [cell.value for cell in book["fund_sums"][TOP + 1]]
    assert any("Drawn" in h and "المسحوب" in h for h in heads)
    assert "Fund" in heads
    assert "الصندوق" in heads


def test_every_sheet_prints_on_a4_with_its_head_on_each_page(book):
    for sheet in book.worksheets:
        head = 1 if sheet.title == "index" else TOP + 1
        assert sheet.page_setup.paperSize == 9, sheet.title
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        # As few pages wide as letters of nine points need.
        width = sum(
            (column.width - EDGE) * (column.max - column.min + 1) for column in sheet.column_dimensions.values()
        )
        pages = sheet.page_setup.fitToWidth or 1
        assert sheet.page_setup.fitToHeight == 0
        assert pages == math.ceil(round(width, 3) / WORKBOOK.page_characters), sheet.title
        assert (pages == 1) == (sheet.print_title_cols is None), sheet.title
        assert sheet.print_title_rows == f"${head}:${head}"
        assert "&P" in (sheet.oddFooter.left.text or "") + (sheet.oddFooter.right.text or "")
    assert book["index"].sheet_view.rightToLeft


def test_a_long_sentence_is_read_whole_in_its_cell(book, shown):
    flags = next(e for e in shown if e.key == "red_flags")
    longest = max(flags.table["why_en"].drop_nulls(), key=len)
    assert len(longest) > LAYOUT.sheet_column
    cells = [cell for row in book["red_flags"].iter_rows(min_row=FIRST) for cell in row if cell.value == longest]
    assert cells
    assert all(cell.alignment.wrap_text and cell.alignment.vertical == "top" for cell in cells)


def test_text_that_begins_like_a_formula_stays_text(read, shown, tmp_path):
    hostile = ["=1+1", "+2", "-3", "@SUM(A1)", '=HYPERLINK("x")']
    names = (hostile * read.case["sites"].height)[: read.case["sites"].height]
    sites = read.case["sites"].with_columns(name_en=pl.Series(names))
    case = replace(read.case, tables={**read.case.tables, "sites": sites})
    path = tmp_path / "programme.xlsx"
    write_workbook(shown, case, read.programme, path, "en")
    sheet = openpyxl.load_workbook(path)["in_sites"]
    cells = [cell for row in sheet.iter_rows(min_row=FIRST) for cell in row if cell.value in hostile]
    assert len(cells) >= len(names)
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_quarters_in_arabic_sentences_are_isolated(book, shown):
    note = next(e for e in shown if e.key == "summary").note[1]
    start = re.search(r"\d{4}-Q\d", note)[0]
    assert f"\u2066{start}\u2069" in book["summary"].cell(3, 1).value
