"""The workbook, opened again: the same figures as the exhibits, the inputs and the programme's own tables."""

from __future__ import annotations

import openpyxl
import pytest

from tawteen.report import write_workbook
from tawteen.report.workbook import TOP

FIRST = TOP + 2


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
