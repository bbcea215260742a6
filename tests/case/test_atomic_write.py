"""A file of results is the old one or the new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tawteen.case.atomic_write import folder_beside, replacing, write_text
from tawteen.case.new_workbook import new_workbook


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


def test_threads_that_write_the_same_file_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with replacing(path) as beside:
        beside.write_text("first")
        other = threading.Thread(target=write_text, args=(path, "second"))
        other.start()
        other.join()
        assert path.read_text() == "second"
    assert path.read_text() == "first"
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


KILLED = """
import os, signal, sys
import subprocess
import sys
from pathlib import Path
from tawteen.case.atomic_write import folder_beside, replacing

with replacing(Path(sys.argv[1])) as beside, folder_beside(Path(sys.argv[2])) as folder:
    beside.write_text("half")
    (folder / "a").write_text("half")
    print("begun", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no locks on files that are being written")
def test_what_a_killed_process_left_is_removed_by_the_next_and_what_a_living_one_makes_is_not(tmp_path: Path) -> None:
    file, folder = tmp_path / "a.json", tmp_path / "case"
    other = tmp_path / ".case-mine"
    other.mkdir()
    command = [sys.executable, "-c", KILLED, str(file), str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        begun = {*names(tmp_path)}
        assert len(begun) == 3
        write_text(file, "new")
        with folder_beside(folder):
            pass
        assert {*names(tmp_path)} == begun | {"a.json"}
        process.kill()
    write_text(file, "newer")
    with folder_beside(folder):
        pass
    assert {*names(tmp_path)} == {"a.json", other.name}


@pytest.mark.skipif(sys.platform == "win32", reason="no locks on files that are being written")
def test_a_folder_whose_process_was_killed_before_it_was_locked_is_removed(tmp_path: Path) -> None:
    unlocked = Path(tempfile.mkdtemp(prefix=".a.json-", dir=tmp_path))
    filled = Path(tempfile.mkdtemp(prefix=".a.json-", dir=tmp_path))
    (filled / "a").write_text("somebody's")
    write_text(tmp_path / "a.json", "new")
    assert not unlocked.exists()
    assert {*names(tmp_path)} == {"a.json", filled.name}


@pytest.mark.skipif(sys.platform == "win32", reason="no locks on files that are being written")
def test_a_folder_that_another_writer_removed_while_it_was_empty_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, empty = tempfile.mkdtemp, []

    def removed_at_first(**place: Any) -> str:
        folder = make(**place)
        if not empty:
            empty.append(folder)
            Path(folder).rmdir()
        return folder

    monkeypatch.setattr(tempfile, "mkdtemp", removed_at_first)
    write_text(tmp_path / "a.json", "new")
    assert empty
    assert names(tmp_path) == ["a.json"]


KILLED_WORKBOOK = """
import sys
from pathlib import Path
from zipfile import ZipFile
from tawteen.case.atomic_write import replacing
from tawteen.case.new_workbook import new_workbook

def wait(*_: object) -> None:
    print("begun", flush=True)
    sys.stdin.read()

with replacing(Path(sys.argv[1])) as beside, new_workbook(beside) as book:
    book.add_worksheet("one").write(0, 0, "text")
    ZipFile.write = wait
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no locks on files that are being written")
@pytest.mark.parametrize(("end", "left"), [("SIGKILL", 1), ("SIGINT", 0)])
def test_a_workbook_that_was_not_finished_leaves_nothing_for_long(tmp_path: Path, end: str, left: int) -> None:
    system, results = tmp_path / "system", tmp_path / "results"
    system.mkdir()
    results.mkdir()
    file = results / "a.xlsx"
    command = [sys.executable, "-c", KILLED_WORKBOOK, str(file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, env={**os.environ, "TMPDIR": str(system)}
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        parts = [path for path in results.rglob("*") if path.is_file()]
        assert len(parts) > 5
        process.send_signal(signal.Signals[end])
    assert names(system) == []
    assert len(names(results)) == left
    with new_workbook(file) as book:
        book.add_worksheet("one")
    assert names(results) == [file.name]


def test_a_workbook_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    path = tmp_path / "no" / "a.xlsx"
    with pytest.raises(FileNotFoundError) as raised, new_workbook(path):
        pass
    assert raised.value.filename == str(path)


def test_a_name_as_long_as_the_system_allows(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 250 + ".json")
    write_text(path, "new")
    assert path.read_text() == "new"
