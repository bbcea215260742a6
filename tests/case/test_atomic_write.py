"""A file of results is the old one or the new one."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from tawteen.case.atomic_write import new_workbook, replacing, write_text


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


class RefusedError(Exception):
    pass


def broken(path: Path) -> None:
    with replacing(path) as beside:
        beside.write_text("half")
        raise RefusedError


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_text(path, "old")
    with replacing(path) as beside:
        beside.write_text("new")
        assert path.read_text() == "old"
        assert beside.suffix == path.suffix
    assert path.read_text() == "new"
    assert names(tmp_path) == ["a.json"]


def test_an_error_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_text(path, "old")
    with pytest.raises(RefusedError):
        broken(path)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["a.json"]


def test_a_full_disk_is_an_error_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_book: xlsxwriter.Workbook) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xlsxwriter.Workbook, "_store_workbook", full)
    with pytest.raises(OSError, match="No space left") as told, new_workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("one")
    assert told.value.errno == 28
    assert names(tmp_path) == []


def test_texts_stay_texts(tmp_path: Path) -> None:
    import openpyxl

    with new_workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet("one").write_row(0, 0, ["=1+1", "007", "https://example.org"])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["one"]
    assert [cell.value for cell in sheet[1]] == ["=1+1", "007", "https://example.org"]
    assert [cell.data_type for cell in sheet[1]] == ["s", "s", "s"]
