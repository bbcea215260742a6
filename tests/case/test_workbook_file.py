"""A file that is no workbook, or one that would fill the memory, is told in one sentence that says what to do."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from tests.case.workbooks import patched
from tests.tiny import tiny

from tawteen.case import workbook_file
from tawteen.case.findings import CaseError, Finding
from tawteen.case.read import read_case, read_case_with_findings
from tawteen.case.workbook import write_workbook
from tawteen.case.workbook_file import open_workbook


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in parts.items():
            book.writestr(name, data)
    return out.getvalue()


def refused(path: Path) -> Finding:
    with pytest.raises(CaseError) as caught:
        read_case(path)
    (finding,) = caught.value.findings
    return finding


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
OTHERS = {
    "old.xls": (OLE, "file.xls"),
    "locked.xlsx": (OLE + "EncryptedPackage".encode("utf-16-le"), "file.password"),
    "printed.xlsx": (b"%PDF-1.7\n%\xe2\xe3", "file.pdf"),
    "page.xlsx": (b"\xef\xbb\xbf<html><table></table></html>", "file.web_page"),
    "table.xlsx": (b"id,name_en\n1,a\n", "file.text"),
    "wide.xlsx": ("id\tname\n".encode("utf-16"), "file.text"),
    "empty.xlsx": (b"", "file.empty"),
    "case.zip": (archive(**{"case/case.toml": b"", "case/sites.csv": b""}), "file.zip"),
    "letter.xlsx": (archive(**{"[Content_Types].xml": b"", "word/document.xml": b""}), "file.document"),
    "open.xlsx": (archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "file.ods"),
    "text.ods": (archive(mimetype=b"application/vnd.oasis.opendocument.text"), "file.document"),
    "binary.xlsx": (archive(**{"xl/workbook.bin": b"\0"}), "file.xlsb"),
    "apple.xlsx": (archive(**{"Index/Document.iwa": b"\0"}), "file.numbers"),
    "noise.xlsx": (bytes(range(256)), "file.not_workbook"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_another_kind_of_file_is_told_by_what_it_holds(tmp_path: Path, name: str) -> None:
    data, code = OTHERS[name]
    (tmp_path / name).write_bytes(data)
    finding = refused(tmp_path / name)
    assert (finding.code, finding.file, finding.severity) == (code, name, "error")


def test_the_settings_file_alone_is_told_as_part_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "case.toml").write_text("", encoding="utf-8")
    finding = refused(tmp_path / "case.toml")
    assert (finding.code, finding.args["folder"]) == ("file.toml", str(tmp_path))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    write_workbook(tiny(), tmp_path / "case.xlsx")
    return tmp_path / "case.xlsx"


def test_macros_are_told_and_not_run(book: Path) -> None:
    with zipfile.ZipFile(book, "a") as added:
        added.writestr("xl/vbaProject.bin", b"\0")
    case, (note,) = read_case_with_findings(book)
    assert case["sites"].equals(tiny()["sites"])
    assert (note.severity, note.code) == ("note", "file.macros")


@pytest.mark.parametrize("part", ["sites", "xl/sharedStrings.xml", "docProps/core.xml"])
def test_a_part_that_unpacks_to_gigabytes_is_not_unpacked(book: Path, part: str) -> None:
    size = workbook_file.LIMITS.unpacked + 1_000_000
    patched(book, {part: lambda data: data + b" " * size})
    assert book.stat().st_size < 2_000_000
    assert refused(book).code == "file.unpacks_to"


def test_a_part_larger_than_it_declares_is_not_read_beyond_it(book: Path) -> None:
    patched(book, {"docProps/core.xml": lambda data: data + b" " * 50_000_000})
    data = bytearray(book.read_bytes())
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:  # the directory at the end of the file
        if struct.unpack_from("<I", data, at + 24)[0] > 50_000_000:
            struct.pack_into("<I", data, at + 24, 1000)
        at += 4
    book.write_bytes(bytes(data))
    assert refused(book).code == "file.not_workbook"


def test_many_small_files_are_one_too_many(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_file, "LIMITS", replace(workbook_file.LIMITS, parts=10))
    finding = refused(book)
    assert (finding.code, finding.args["most"]) == ("file.too_many_parts", 10)
    assert finding.args["parts"] > 10


@pytest.mark.parametrize("part", ["sites", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_entities_are_refused_unread(book: Path, part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    patched(book, {part: lambda data: data.replace(b"?>", b"?>" + bomb, 1)})
    assert refused(book).code == "file.entities"


def test_a_file_too_large_to_open_is_not_opened(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tawteen.case.read.LIMITS", replace(workbook_file.LIMITS, file=1000))
    assert refused(book).code == "file.too_large"


def test_cells_without_a_place_are_counted_as_they_come(book: Path) -> None:
    row = b"<row>" + b"<c><v>1</v></c>" * 300 + b"</row></sheetData>"
    patched(book, {"costs": lambda part: part.replace(b"</sheetData>", row)})
    assert refused(book).code == "sheet.far_cell"


SECOND_BODY = b'</sheetData><sheetData><row r="99"><c r="A99" t="inlineStr"><is><t>lost</t></is></c></row></sheetData>'


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"</sheetData>", SECOND_BODY, "sheet.rows_twice"),
        (b"</sheetData>", b'</sheetData><row r="99"></row>', "sheet.rows_twice"),
        (b"<sheetData>", b'<row r="99"></row><sheetData>', "sheet.rows_twice"),
        (b'<row r="6"', b'<row r="5"', "sheet.rows_twice"),
        (b'<row r="6"', b'\xff<row r="6"', "sheet.broken"),
        (b'<row r="6"', b'<<row r="6"', "sheet.broken"),
        (b'<row r="6"', b'</sheetData><row r="6"', "sheet.broken"),
    ],
)
def test_rows_are_never_lost_without_a_word(book: Path, old: bytes, new: bytes, code: str) -> None:
    assert old in next(sheet.xml for sheet in open_workbook(book.read_bytes()).sheets if sheet.name == "sites")
    patched(book, {"sites": lambda part: part.replace(old, new, 1)})
    assert refused(book).code == code


def test_a_comment_is_no_row(book: Path) -> None:
    patched(
        book, {"sites": lambda part: part.replace(b"</sheetData>", b'<!-- <sheetData/><row r="5"/> --></sheetData>')}
    )
    assert read_case(book)["sites"].height == tiny()["sites"].height
