"""The marked copy of a case: the right cells coloured, the sentence in the language asked, the source untouched."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.case.workbooks import patched
from tests.tiny import tables, tiny

from tawteen.case.annotate import AUTHOR, annotate
from tawteen.case.checks import check
from tawteen.case.findings import CaseError, Finding
from tawteen.case.folder import write_folder
from tawteen.case.model import Case
from tawteen.case.params import WORKBOOK
from tawteen.case.read import read_case_with_findings
from tawteen.case.workbook import sheet_name, write_workbook
from tawteen.words import LANGS, Lang, Words


def found(source: Path) -> tuple[Case | None, list[Finding]]:
    try:
        case, findings = read_case_with_findings(source)
    except CaseError as error:
        return None, error.findings
    return case, [*findings, *check(case)]


def marked(source: Path, lang: Lang = "en") -> tuple[Any, list[Finding]]:
    case, findings = found(source)
    target = source.parent / f"marked-{lang}.xlsx"
    annotate(source, target, findings, Words(lang), case)
    return openpyxl.load_workbook(target), findings


def marks(book: Any) -> dict[tuple[str, str], str]:
    """Text of our comments by sheet and cell; each of these cells has a colour."""
    ours = {
        (sheet.title, cell.coordinate): cell
        for sheet in book
        for cell in sheet._cells.values()  # its rows are a hundred times as many, nearly all of them empty
        if cell.comment is not None and cell.comment.author == AUTHOR
    }
    assert all(cell.fill.fill_type == "solid" for cell in ours.values())
    return {place: cell.comment.text for place, cell in ours.items()}


def column(sheet: Any, name: str) -> str:
    return next(cell.column_letter for cell in sheet[WORKBOOK.head_rows] if cell.value == name)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "case.xlsx"
    write_workbook(tiny(), path)
    return path


def spoil(path: Path, lang: Lang = "en") -> dict[str, str]:
    edited = openpyxl.load_workbook(path)
    sites = edited[sheet_name("sites", lang)]
    places = {name: f"{column(sites, name)}{row}" for name, row in (("lat", 5), ("state", 6), ("region", 7))}
    sites[places["lat"]], sites[places["state"]], sites[places["region"]] = "somewhere", "broken", None
    edited.save(path)
    return places


@pytest.mark.parametrize("lang", LANGS)
def test_bad_cells_are_coloured_with_their_sentence(book: Path, lang: Lang) -> None:
    places = spoil(book)
    before = book.read_bytes()
    copy, findings = marked(book, lang)
    assert book.read_bytes() == before
    said = marks(copy)
    assert set(said) == {("sites", cell) for cell in places.values()}
    assert "broken" in said["sites", places["state"]]
    assert ("ليس من رموز القائمة" in said["sites", places["state"]]) == (lang == "ar")
    listed = copy[sheet_name("findings", lang)]
    assert copy.sheetnames[0] == listed.title
    assert listed.max_row == 1 + len(findings) == 4
    links = {row[1].hyperlink.location or row[1].hyperlink.target.lstrip("#") for row in listed.iter_rows(min_row=2)}
    assert links == {f"sites!{cell}" for cell in places.values()}
    assert bool(listed.sheet_view.rightToLeft) == (lang == "ar")
    assert copy["sites"]["B5"].value == tiny()["sites"]["name_en"][0]


def test_a_heading_keeps_its_help_below_the_sentence(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    letter = column(edited["sites"], "region")
    edited["sites"][f"{letter}4"] = "Governorate"
    edited.save(book)
    copy, _ = marked(book)
    text = marks(copy)["sites", f"{letter}4"]
    assert text.startswith("Row 4 has no column region")
    assert text.endswith(edited["sites"][f"{letter}4"].comment.text)


def test_two_findings_in_one_cell_share_its_comment_and_the_worse_colour(book: Path) -> None:
    where = {"table": "sites", "file": "case.xlsx / sites", "row": 5, "column": "lat"}
    findings = [
        Finding("warning", "cell.needed", **where),
        Finding("error", "cell.number", value="x", **where),
        Finding("note", "cell.percent", value="1%", **where),
    ]
    target = book.parent / "marked.xlsx"
    annotate(book, target, findings, Words("en"), tiny())
    copy = openpyxl.load_workbook(target)
    ((place, text),) = marks(copy).items()
    assert len(text.splitlines()) == 3
    assert copy["sites"][place[1]].fill.start_color.rgb.endswith("FFB3B3")


def test_a_copy_marked_again_forgets_what_was_mended(book: Path) -> None:
    places = spoil(book)
    marked(book)
    again = openpyxl.load_workbook(book.parent / "marked-en.xlsx")
    again["sites"][places["state"]] = "suspended"
    second = book.parent / "second"
    second.mkdir()
    again.save(second / "case.xlsx")
    copy, _ = marked(second / "case.xlsx")
    assert set(marks(copy)) == {("sites", places["lat"]), ("sites", places["region"])}
    assert copy["sites"][places["state"]].fill.fill_type is None
    assert copy.sheetnames.count("findings") == 1


def test_a_marked_copy_reads_as_the_case_it_marks(book: Path, tmp_path: Path) -> None:
    annotate(book, tmp_path / "marked.xlsx", [], Words("en"), tiny())
    case, findings = read_case_with_findings(tmp_path / "marked.xlsx")
    assert findings == []
    assert all(case[name].equals(table) for name, table in tiny().tables.items())


def test_settings_and_findings_without_a_cell(book: Path) -> None:
    edited = openpyxl.load_workbook(book)
    rows = {row[0].value: row[1] for row in edited["settings"].iter_rows()}
    rows["time.start"].value = "2027-02-15"
    edited.create_sheet("my sums")["A1"] = "=cmd|' /C calc'!A0"
    edited.save(book)
    copy, findings = marked(book)
    assert {f.code for f in findings} >= {"check.start", "table.unknown"}
    said = marks(copy)
    assert ("settings", rows["time.start"].coordinate) in said
    assert ("my sums", "B1") in said or ("my sums", "A1") in said


def test_a_value_that_looks_like_a_formula_stays_text(book: Path) -> None:
    finding = Finding("error", "cell.number", "sites", "case.xlsx / sites", 5, "lat", "=1+1")
    annotate(book, book.parent / "marked.xlsx", [finding], Words("en"), tiny())
    cell = openpyxl.load_workbook(book.parent / "marked.xlsx")["findings"]["D2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize("lang", LANGS)
def test_a_folder_that_reads_becomes_a_marked_workbook(tmp_path: Path, lang: Lang) -> None:
    folder = tmp_path / "case"
    write_folder(tiny({"sites": astray()}, time={"start": "2027-02-15"}), folder)
    copy, findings = marked(folder, lang)
    assert {f.code for f in findings} >= {"check.start", "check.reference"}
    said = marks(copy)
    sites = copy[sheet_name("sites", lang)]
    assert (sites.title, f"{column(sites, 'region')}{WORKBOOK.head_rows + 2}") in said
    settings = copy[sheet_name("settings", lang)]
    (start,) = [row[1].coordinate for row in settings.iter_rows() if row[0].value == "time.start"]
    text = said[settings.title, start]
    assert "2027-02-15" in text
    assert ("\u200e2027-02-15\u200e" in text) == (lang == "ar")


def astray() -> list[dict[str, Any]]:
    rows = [dict(row) for row in tables()["sites"]]
    rows[1]["region"] = "nowhere"
    return rows


def test_a_folder_that_does_not_read_becomes_a_workbook_with_its_cells(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    write_folder(tiny(), folder)
    path = folder / "sites.csv"
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    place = lines[0].split(",").index("state")
    cells = lines[2].split(",")
    cells[place] = "broken"
    path.write_text("\n".join([*lines[:2], ",".join(cells), *lines[3:]]), encoding="utf-8-sig")
    copy, _ = marked(folder)
    letter = openpyxl.utils.get_column_letter(place + 1)
    assert set(marks(copy)) == {("sites", f"{letter}3")}
    assert copy["sites"][f"{letter}3"].value == "broken"


def test_what_cannot_be_opened_is_not_marked(tmp_path: Path) -> None:
    source = tmp_path / "case.xlsx"
    source.write_bytes(b"%PDF-1.7")
    case, findings = found(source)
    with pytest.raises(CaseError) as caught:
        annotate(source, tmp_path / "marked.xlsx", findings, Words("en"), case)
    assert [f.code for f in caught.value.findings] == ["file.pdf"]
    assert [path.name for path in tmp_path.iterdir()] == ["case.xlsx"]


def test_a_sheet_that_no_case_reads_may_be_broken_but_is_told(tmp_path: Path) -> None:
    """Its help, its styles or its properties are damaged: the copy cannot be marked."""
    source = tmp_path / "case.xlsx"
    write_workbook(tiny(), source)
    for part in ("xl/worksheets/sheet1.xml", "xl/styles.xml", "docProps/core.xml"):
        broken = tmp_path / "broken.xlsx"
        shutil.copyfile(source, broken)
        patched(broken, {part: lambda data: data[: len(data) // 2] + b"\x01<" + data[len(data) // 2 :]})
        with pytest.raises(CaseError) as told:
            annotate(broken, tmp_path / "marked.xlsx", [], Words("en"), None)
        assert [finding.code for finding in told.value.findings] == ["file.not_workbook"], part
        assert {path.name for path in tmp_path.iterdir()} == {"case.xlsx", "broken.xlsx"}
