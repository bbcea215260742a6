"""A workbook written beside the work: the same as one written at once, in the order asked for, or an error."""

from __future__ import annotations

import os
import re
import signal
import time
import zipfile

import openpyxl
import pytest

from tawteen.report.background_workbook import BackgroundWorkbook, UnfinishedWorkbookError
from tawteen.report.sheets import TitledSheet, sheet_book
from tawteen.report.workbook import index_heads

SHEETS = [
    TitledSheet(name, (name, "ورقة"), ("", ""), [("Name", [f"{name} {n}" for n in range(rows)], "free"),
                                           ("Amount", [n / 3 for n in range(rows)], "two")])
    for name, rows in (("first", 2), ("second", 5), ("third", 1))
]  # fmt: skip


def cells(path):
    book = openpyxl.load_workbook(path)
    return {sheet.title: [[cell.value for cell in row] for row in sheet] for sheet in book}


def test_sheets_added_in_any_order_stand_as_asked(tmp_path):
    with sheet_book(tmp_path / "at_once.xlsx", "en") as book:
        for sheet in SHEETS:
            book.add(sheet)
        book.close(index_heads())
    with BackgroundWorkbook(tmp_path / "beside.xlsx", "en") as workbook:
        for sheet in (SHEETS[2], SHEETS[0], SHEETS[1]):
            workbook.add(sheet)
        workbook.close(index_heads(), [sheet.name for sheet in SHEETS])
        workbook.finished()
    written = cells(tmp_path / "beside.xlsx")
    assert list(written) == ["index", "first", "second", "third"]
    assert written == cells(tmp_path / "at_once.xlsx")
    assert written["second"][-1] == ["second 4", pytest.approx(4 / 3)]
    # Filters and titles on paper belong to the sheet that they name.
    with zipfile.ZipFile(tmp_path / "beside.xlsx") as parts:
        names = re.findall(r'localSheetId="(\d)"[^>]*>(\w+)!', parts.read("xl/workbook.xml").decode())
    assert names
    assert all(list(written)[int(place)] == name for place, name in names)


def test_a_workbook_that_cannot_be_written_says_so(tmp_path):
    path = tmp_path / "none" / "book.xlsx"
    with BackgroundWorkbook(path, "en") as workbook:
        workbook.add(SHEETS[0])
        workbook.close(index_heads(), ["first"])
        with pytest.raises(FileNotFoundError) as raised:
            workbook.finished()
    assert raised.value.filename == str(path)


def test_nothing_is_left_of_a_workbook_that_was_given_up(tmp_path):
    with BackgroundWorkbook(tmp_path / "book.xlsx", "en") as workbook:
        workbook.add(SHEETS[0])
        while not list(tmp_path.iterdir()):
            time.sleep(0.01)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="kills by a signal")
def test_a_process_that_is_killed_is_told(tmp_path):
    with BackgroundWorkbook(tmp_path / "book.xlsx", "en") as workbook:
        os.kill(workbook._process.pid, signal.SIGKILL)
        with pytest.raises(UnfinishedWorkbookError, match="ended"):
            workbook.finished()
