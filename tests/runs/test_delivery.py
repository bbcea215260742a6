"""Results appear whole, and nobody's files are lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tawteen.runs.delivery import LIST, delivery
from tawteen.runs.usage_error import UsageError


def deliver(folder: Path, **files: str) -> None:
    with delivery(folder, ("a", "b")) as staged:
        for name, text in files.items():
            path = staged / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {LIST}


def test_files_are_moved_in(tmp_path: Path) -> None:
    deliver(tmp_path / "new" / "out", a="1", b__c="2")
    assert names(tmp_path / "new" / "out") == {"a", "b/c"}
    assert [p.name for p in tmp_path.iterdir()] == ["new"]


def test_own_files_are_replaced_and_cleared_away(tmp_path: Path) -> None:
    deliver(tmp_path / "out", a="1", b__c="2")
    (tmp_path / "out" / "b" / "mine.txt").write_text("kept")
    deliver(tmp_path / "out", a="3", b__d="4")
    assert names(tmp_path / "out") == {"a", "b/d", "b/mine.txt"}
    assert (tmp_path / "out" / "a").read_text() == "3"


@pytest.mark.parametrize("theirs", ["a", "b/c"])
def test_files_of_others_are_refused_before_any_work(tmp_path: Path, theirs: str) -> None:
    path = tmp_path / theirs
    path.parent.mkdir(exist_ok=True)
    path.write_text("theirs")
    with pytest.raises(UsageError), delivery(tmp_path, ("a", "b")):
        pytest.fail("work was done")
    assert path.read_text() == "theirs"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UsageError), delivery(tmp_path / "out", ("a",)):
        pytest.fail("work was done")


def test_a_strange_file_stops_all_of_it(tmp_path: Path) -> None:
    deliver(tmp_path / "out", a="1", b__c="2")
    (tmp_path / "out" / "b" / "d").write_text("theirs")
    with pytest.raises(UsageError):
        deliver(tmp_path / "out", a="3", b__d="4")
    assert (tmp_path / "out" / "a").read_text() == "1"
    assert (tmp_path / "out" / "b" / "d").read_text() == "theirs"


def fail_half_way(folder: Path) -> None:
    with delivery(folder, ("a",)) as staged:
        (staged / "a").write_text("half")
        raise KeyboardInterrupt


def test_nothing_is_half_written(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        fail_half_way(tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
