"""What a party exports is a case for every command, and changes only what was changed in it when it comes back."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from polars.testing import assert_frame_equal
from tests.tiny import tiny
from tests.web.conftest import Workspace
from tests.web.imports.later_imports import (
    apply,
    begin_with_tiny,
    cells_of,
    changed,
    compared,
    edit,
    files_of,
    send_case,
    values_seen,
    with_value,
)
from tests.web.mission import begin, browser_of

from tawteen.case.checked import read_checked_case
from tawteen.case.folder import write_folder
from tawteen.case.read import read_case
from tawteen.case.tables import TABLES
from tawteen.record.keys import SigningKey
from tawteen.web.imports import export
from tawteen.web.imports.export_mark import exported_number, mark_of_now
from tawteen.web.log.append import NewEntry, append, log_size
from tawteen.web.log.checkpoints import state_workspace_key
from tawteen.web.visibility import PartyView

SITE = tiny()["sites"]["id"][0]
KINDS_OF_FILE = ["xlsx", "zip"]


@pytest.fixture
def mission(either: Workspace, key: SigningKey) -> Workspace:
    state_workspace_key(key)
    begin()
    return either


def exported(name: str, kind: str, folder: Path, lang: str = "en") -> Path:
    """The file that a person gets; of a folder where it is unpacked."""
    answer = browser_of(name, lang).get(f"/export/registry.{kind}")
    assert answer.status_code == 200, answer.content.decode()
    folder.mkdir()
    if kind == "zip":
        zipfile.ZipFile(io.BytesIO(answer.content)).extractall(folder)
        return folder
    (folder / "registry.xlsx").write_bytes(answer.content)
    return folder / "registry.xlsx"


def sent_back(name: str, path: Path) -> object:
    files = files_of(path) if path.is_dir() else [SimpleUploadedFile(path.name, path.read_bytes())]
    return browser_of(name).post("/import", {"files": files})


@pytest.mark.parametrize("kind", KINDS_OF_FILE)
def test_an_export_is_the_case_and_sent_back_changes_nothing(mission: Workspace, tmp_path: Path, kind: str) -> None:
    begin_with_tiny()
    for lang in ("en", "ar"):
        path = exported("host-administrator", kind, tmp_path / lang, lang)
        case = read_checked_case(path)  # as `tawteen check` and `tawteen plan` do
        assert case.settings == tiny().settings
        for table in TABLES:
            assert_frame_equal(case[table], tiny()[table], check_row_order=False)
        pending = compared(sent_back("host-administrator", path))  # type: ignore[arg-type]
        assert set(pending.counts.values()) == {0}


def test_a_zip_can_be_sent_back_as_it_came(mission: Workspace) -> None:
    client = begin_with_tiny()
    content = client.get("/export/registry.zip").content
    assert content == client.get("/export/registry.zip").content
    pending = compared(client.post("/import", {"files": SimpleUploadedFile("registry.zip", content)}))  # type: ignore[arg-type]
    assert set(pending.counts.values()) == {0}
    assert pending.file == "registry.zip"


@pytest.mark.parametrize("kind", KINDS_OF_FILE)
def test_what_others_changed_after_the_export_stays(mission: Workspace, tmp_path: Path, kind: str) -> None:
    """Three ways a cell can differ: changed in the file, changed in the registry, changed in both."""
    begin_with_tiny()
    path = exported("host-administrator", kind, tmp_path / "export")
    edit(SITE, "town", "By hand", based=False)
    edit(SITE, "name_en", "By hand")
    case = changed(
        read_case(path),
        sites=lambda f: with_value(SITE, "name_ar", "اسم آخر")(with_value(SITE, "name_en", "In the file")(f)),
    )
    if kind == "zip":
        first_line = (path / "case.toml").read_text(encoding="utf-8").partition("\n")[0]
        write_folder(case, path)
        text = (path / "case.toml").read_text(encoding="utf-8")
        (path / "case.toml").write_text(f"{first_line}\n{text}", encoding="utf-8")
    else:
        change_workbook(path, {"name_en": "In the file", "name_ar": "اسم آخر"})
    pending = compared(sent_back("host-administrator", path))  # type: ignore[arg-type]
    assert cells_of(pending, "changed") == {("sites", SITE, "name_ar"): '"اسم آخر"'}
    assert cells_of(pending, "conflict") == {("sites", SITE, "name_en"): '"In the file"'}
    assert pending.counts["removed"] == 0
    apply(browser_of("host-administrator"), pending, "replace", beside="yes")
    seen = values_seen("host")
    assert seen["sites", SITE, "town"] == ["By hand"]
    assert seen["sites", SITE, "name_en"] == ["By hand", "In the file"]
    assert seen["sites", SITE, "name_ar"] == ["اسم آخر"]


def test_an_entry_that_comes_while_a_file_is_written_does_not_count_as_seen(
    mission: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_with_tiny()
    real = export.view_case

    def read_then_another_writes(view: PartyView) -> Any:
        case = real(view)
        edit(SITE, "town", f"Meanwhile {log_size()}", based=False)
        return case

    monkeypatch.setattr(export, "view_case", read_then_another_writes)
    for kind in KINDS_OF_FILE:
        path = exported("host-administrator", kind, tmp_path / kind)
        pending = compared(sent_back("host-administrator", path))  # type: ignore[arg-type]
        assert set(pending.counts.values()) == {0}


def test_a_mark_does_not_tell_how_much_others_wrote(mission: Workspace, tmp_path: Path) -> None:
    begin_with_tiny(shared=True)
    marks, size = [], log_size()
    for hidden in (0, 1, 30):
        for count in range(hidden):
            edit(SITE, "town", str(count))
        # The same before and after acts that are not seen, and it names no number of entries.
        marks.append(mark_of_now("partner").entry)
        edit(SITE, "owner", f"Of the partner, {hidden}", party="partner", based=False)
        marks.append(mark_of_now("partner").entry)
    assert marks[0] not in marks[1:]
    assert marks[1::2] == [*marks[2::2], marks[-1]]
    assert all(re.fullmatch("[0-9a-f]{20}", mark) for mark in marks)
    assert len(set(marks)) == 4
    path = exported("partner-administrator", "zip", tmp_path / "zip")
    assert exported_number(path, "partner") == log_size() > size + 30
    assert exported_number(path, "host") is None
    toml = path / "case.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace(marks[-1], "0" * 20), encoding="utf-8")
    assert exported_number(path, "partner") is None, "a mark that this workspace did not make is none"


def change_workbook(path: Path, cells: dict[str, str]) -> None:
    """Changes cells of the first site as a spreadsheet program does, which keeps what it does not know."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book["sites"]
    heads = next(row for row in sheet.iter_rows() if any(cell.value == "id" for cell in row))
    key = next(cell.column for cell in heads if cell.value == "id")
    row = next(row for row in range(heads[0].row, sheet.max_row) if sheet.cell(row, key).value == SITE)
    for head in heads:
        if head.value in cells:
            sheet.cell(row, head.column).value = cells[head.value]
    book.save(path)


@pytest.mark.parametrize("kind", KINDS_OF_FILE)
def test_a_partner_s_export_can_change_what_the_host_entered(mission: Workspace, tmp_path: Path, kind: str) -> None:
    begin_with_tiny(shared=True)
    host = values_seen("host")
    path = exported("partner-administrator", kind, tmp_path / "export")
    assert set(compared(sent_back("partner-administrator", path)).counts.values()) == {0}  # type: ignore[arg-type]
    mark = "host" if kind == "xlsx" else (path / "case.toml").read_text(encoding="utf-8").split()[3]
    assert mark == ("host" if kind == "xlsx" else "partner")
    if kind == "xlsx":
        change_workbook(path, {"name_en": "Of the partner"})
    else:
        sites = path / "sites.csv"
        name = tiny()["sites"]["name_en"][0]
        sites.write_text(
            sites.read_text(encoding="utf-8-sig").replace(f",{name},", ",Of the partner,"), encoding="utf-8-sig"
        )
    pending = compared(sent_back("partner-administrator", path))  # type: ignore[arg-type]
    assert cells_of(pending, "changed") == {("sites", SITE, "name_en"): '"Of the partner"'}
    apply(browser_of("partner-administrator"), pending)
    assert values_seen("partner")["sites", SITE, "name_en"] == ["Of the partner"]
    assert values_seen("host") == host


def test_what_is_not_released_is_in_no_export(mission: Workspace) -> None:
    begin_with_tiny()
    answer = browser_of("partner-administrator").get("/export/registry.zip")
    assert answer.status_code == 422
    assert SITE not in answer.content.decode()
    append(NewEntry("host-administrator", "host", "release", ("sites", "*", "*"), {"to": ["partner"], "later": False}))
    answer = browser_of("partner-administrator", "ar").get("/export/registry.xlsx")
    assert answer.status_code == 422
    assert "settings" in answer.content.decode()


def test_formulas_are_texts_in_an_export_and_come_back_as_they_were(mission: Workspace, tmp_path: Path) -> None:
    hostile = '=HYPERLINK("http://x.example","y")'
    client = browser_of("host-administrator")
    send_case(client, changed(tiny(), sites=with_value(SITE, "name_en", hostile)), tmp_path / "case")
    folder = exported("host-administrator", "zip", tmp_path / "zip")
    text = (folder / "sites.csv").read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ",=HYPERLINK" not in text
    assert ',"=HYPERLINK' not in text
    book = exported("host-administrator", "xlsx", tmp_path / "xlsx")
    with zipfile.ZipFile(book) as parts:
        sheets = b"".join(parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name)
    assert b"HYPERLINK(" not in sheets or b"<f>" not in sheets
    for path in (folder, book):
        assert read_case(path)["sites"].filter(pl.col("id") == SITE)["name_en"][0] == hostile
        assert set(compared(sent_back("host-administrator", path)).counts.values()) == {0}  # type: ignore[arg-type]
