"""Sheets of a workbook as people and programs leave them: formulas, hidden cells, formats, epochs, far cells."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pytest
from tests.case.workbooks import calculated, patched
from tests.tiny import tiny

from tawteen.case.checks import check
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.case.read import read_case, read_case_with_findings
from tawteen.case.workbook import write_workbook


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "case.xlsx"
    write_workbook(tiny(), path)
    return path


@pytest.fixture
def book(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(written, tmp_path / "case.xlsx"))


def refused(path: Path) -> list[Finding]:
    with pytest.raises(CaseError) as caught:
        read_case(path)
    return caught.value.findings


def with_formula(part: bytes) -> bytes:
    assert b"<v>12000.0</v>" in part
    return part.replace(b"<v>12000.0</v>", b"<f>6000*2</f><v>12000.0</v>", 1)


def test_a_formula_is_read_by_its_stored_result_with_a_note(book: Path) -> None:
    patched(book, {"demands": with_formula})
    calculated(book)
    case, (note,) = read_case_with_findings(book)
    assert case["demands"].equals(tiny()["demands"])
    assert (note.severity, note.code, note.file, note.args["count"]) == (
        "note",
        "sheet.stored",
        "case.xlsx / demands",
        1,
    )


def test_a_result_that_was_never_calculated_is_refused_once(book: Path) -> None:
    patched(book, {"demands": with_formula})  # the writer asks for calculation when the workbook is opened
    assert [(f.code, f.value) for f in refused(book)] == [("sheet.formula", "6000*2")]
    calculated(book)
    patched(book, {"demands": lambda part: part.replace(b"<f>6000*2</f><v>12000.0</v>", b"<f>6000*2</f><v></v>")})
    assert [(f.code, f.value) for f in refused(book)] == [("sheet.formula", "6000*2")]


def test_errors_of_formulas_are_refused_once(book: Path) -> None:
    broken = b"<v>#REF!</v>"
    patched(book, {"demands": lambda part: with_formula(part).replace(b"<v>12000.0</v>", broken, 1)})
    patched(book, {"demands": lambda part: part.replace(b"><f>6000*2", b' t="e"><f>6000*2')})
    calculated(book)
    assert [(f.code, f.value) for f in refused(book)] == [("sheet.error_value", "#REF!")]


def test_merged_cells_are_refused_once(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    edited["sites"].merge_cells("A6:C7")  # needed cells under it are empty now
    edited.save(book)
    assert [(f.code, f.args["cell"]) for f in refused(book)] == [("sheet.merged", "A6:C7")]


def test_a_total_below_a_table_is_one_message(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    sheet = edited["costs"]
    last = max(row for row in range(5, sheet.max_row + 1) if sheet.cell(row, 1).value)
    sheet.cell(last + 1, 1).value, sheet.cell(last + 1, 6).value = "Total", 1e6
    edited.save(book)
    assert [(f.code, f.row, f.args["columns"].split(", ")[0]) for f in refused(book)] == [
        ("row.incomplete", last + 1, "id")
    ]


def test_a_column_that_lost_its_name_is_one_message(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    head = next(cell for cell in edited["costs"][4] if cell.value == "amount")
    head.value = None
    edited.save(book)
    assert [(f.code, f.args["missing"]) for f in refused(book)] == [("column.nameless_needed", "amount")]


def test_hidden_rows_columns_and_sheets_are_read_with_a_note(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    sites = edited["sites"]
    sites.row_dimensions[5].hidden = sites.row_dimensions[7].hidden = True
    sites.auto_filter.ref = "A4:U7"
    sites.column_dimensions["C"].hidden = True
    edited["works"].sheet_state = "hidden"
    edited["buyers"].sheet_state = "hidden"  # without rows: nothing to say
    edited["demands"].row_dimensions[3].hidden = True  # above the data
    edited.save(book)
    case, findings = read_case_with_findings(book)
    assert case["sites"].equals(tiny()["sites"])
    assert [(f.severity, f.code, f.file, f.row) for f in findings] == [
        ("note", "sheet.hidden_rows", "case.xlsx / sites", 5),
        ("note", "sheet.hidden_columns", "case.xlsx / sites", None),
        ("note", "sheet.hidden", "case.xlsx / works", None),
    ]
    assert findings[0].args["rows"] == "5, 7"
    assert findings[1].args["columns"] == "name_ar"


def column(book: openpyxl.Workbook, sheet: str, name: str) -> int:
    return next(cell.column for cell in book[sheet][4] if cell.value == name)


def test_a_percent_format_reads_as_what_is_shown(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    share = edited["demands"].cell(5, column(edited, "demands", "growth"), 0.07)
    share.number_format = "0.0 %"
    edited.save(book)
    case = read_case(book)
    assert case["demands"]["growth"][0] == 0.07
    amount = edited["demands"].cell(5, column(edited, "demands", "quantity"), 0.5)
    amount.number_format = "0%"
    edited.save(book)
    assert [(f.code, f.value, f.row) for f in refused(book)] == [("cell.percent", "50%", 5)]


@pytest.mark.parametrize("epoch", [openpyxl.utils.datetime.WINDOWS_EPOCH, openpyxl.utils.datetime.MAC_EPOCH])
def test_days_of_both_epochs_and_years_in_cells_for_days(book: Path, epoch: dt.datetime) -> None:
    edited = openpyxl.load_workbook(book)
    edited.epoch = epoch
    cell = edited["sites"].cell(5, column(edited, "sites", "state_as_of"), dt.date(2024, 5, 6))
    for row in (6, 7):
        edited["sites"].cell(row, cell.column).value = None
    edited.save(book)
    assert read_case(book)["sites"]["state_as_of"].to_list() == [dt.date(2024, 5, 6), None, None]
    cell.value, cell.number_format = 2024, "yyyy-mm-dd"
    edited.save(book)
    case, findings = read_case_with_findings(book)
    assert case["sites"]["state_as_of"].to_list() == [dt.date(2024, 7, 1), None, None]
    assert [(f.code, f.severity, f.column, f.row, f.value) for f in findings] == [
        ("cell.interval", "note", "state_as_of", 5, "2024")
    ]


@pytest.mark.parametrize("cell", ["ZZ1048576", "XFD1048576", "A99999999999", "ZZZZZ1", "IW5", "A1048577"])
def test_a_far_cell_is_told_before_memory_is_used(book: Path, cell: str) -> None:
    row = f'<row r="{cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{cell}"><v>1</v></c></row></sheetData>'
    patched(book, {"costs": lambda part: part.replace(b"</sheetData>", row.encode())})
    (finding,) = refused(book)
    assert (finding.code, finding.args["cell"]) == ("sheet.far_cell", cell)


def test_a_wide_table_to_the_last_row_has_too_many_cells(book: Path) -> None:
    row = '<row r="1048576"><c r="AA1048576"><v>1</v></c></row></sheetData>'
    patched(book, {"costs": lambda part: part.replace(b"</sheetData>", row.encode())})
    (finding,) = refused(book)
    assert (finding.code, finding.args["cells"]) == ("sheet.too_many_cells", 1_048_576 * 27)


def test_formats_without_values_reach_as_far_as_they_like(book: Path) -> None:
    row = '<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    patched(book, {"costs": lambda part: part.replace(b"</sheetData>", row.encode())})
    assert read_case(book)["costs"].equals(tiny()["costs"])


def test_one_renamed_heading_gives_one_message(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    edited["sites"].cell(4, column(edited, "sites", "region")).value = "Governorate"
    edited.save(book)
    (finding,) = refused(book)
    assert (finding.code, finding.row, finding.value) == ("column.renamed", 4, "Governorate")
    assert finding.args["missing"] == "region"


@pytest.mark.parametrize("kept", [1, 2, 4])
def test_any_of_the_heading_rows_will_do(book: Path, kept: int) -> None:
    edited = openpyxl.load_workbook(book)
    for row in (4, 3, 2, 1):
        if row != kept:
            edited["sites"].delete_rows(row)
    edited.save(book)
    assert read_case(book)["sites"].equals(tiny()["sites"])


def test_both_rows_of_labels_without_the_names(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    edited["sites"].delete_rows(3, 2)
    edited.save(book)
    assert read_case(book)["sites"].equals(tiny()["sites"])


@pytest.mark.parametrize("heading", ["Notes", "ملاحظات", "remarks"])
def test_a_column_of_notes_is_read_by_nobody(book: Path, heading: str) -> None:
    edited = openpyxl.load_workbook(book)
    place = edited["sites"].max_column + 1
    edited["sites"].cell(4, place).value = heading
    edited["sites"].cell(5, place).value = "ask Salem about the title"
    edited.save(book)
    case, findings = read_case_with_findings(book)
    assert findings == []
    assert case["sites"].equals(tiny()["sites"])


def test_a_finding_about_settings_names_their_sheet_and_row(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    rows = {row[0].value: row[1] for row in edited["settings"].iter_rows()}
    rows["time.start"].value = dt.date(2027, 2, 15)
    edited.save(book)
    (finding,) = [one for one in check(read_case(book)) if one.severity == "error"]
    assert (finding.code, finding.file, finding.row) == (
        "check.start",
        "case.xlsx / settings",
        rows["time.start"].row,
    )


def test_a_finding_about_settings_of_a_case_in_memory_names_no_file() -> None:
    case = tiny(time={"start": "2027-02-15"})
    assert isinstance(case, Case)
    (finding,) = [one for one in check(case) if one.severity == "error"]
    assert (finding.code, finding.file, finding.row, finding.column) == ("check.start", None, None, "time.start")
