"""Results appear whole, and nobody's files are lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tawteen.case.file_lock import FileLock
from tawteen.runs import delivery as module
from tawteen.runs import folder_swap
from tawteen.runs.delivery import LIST, LOCK, claim, delivery, restore, written
from tawteen.runs.folder_swap import NEW, OLD, READY
from tawteen.runs.usage_error import UsageError


def deliver(folder: Path, *, whole: bool = True, **files: str) -> None:
    with delivery(folder, ("a", "b"), whole=whole) as staged:
        for name, text in files.items():
            path = staged / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {LIST}


def refusal(folder: Path, *wanted: str) -> str:
    with pytest.raises(UsageError) as told, delivery(folder, wanted or ("a", "b")):
        pytest.fail("work was done")
    return told.value.findings[0].code


@pytest.fixture(params=["exchanged", "renamed twice"])
def swapped(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Systems with and without a call that exchanges two folders."""
    if request.param == "renamed twice":
        monkeypatch.setattr(folder_swap, "exchange", lambda _one, _other: False)


def test_files_appear(tmp_path: Path, swapped: None) -> None:
    deliver(tmp_path / "new" / "out", a="1", b__c="2")
    assert names(tmp_path / "new" / "out") == {"a", "b/c"}
    assert [p.name for p in tmp_path.iterdir()] == ["new"]
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["out"]


def test_own_files_are_replaced_and_cleared_away(tmp_path: Path, swapped: None) -> None:
    deliver(tmp_path / "out", a="1", b__c="2")
    (tmp_path / "out" / "b" / "mine.txt").write_text("kept")
    (tmp_path / "out" / "link").symlink_to(tmp_path)
    deliver(tmp_path / "out", a="3", b__d="4")
    assert names(tmp_path / "out") == {"a", "b/d", "b/mine.txt"}
    assert (tmp_path / "out" / "a").read_text() == "3"
    assert (tmp_path / "out" / "link").readlink() == tmp_path
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_part_of_the_results_leaves_the_others(tmp_path: Path, swapped: None) -> None:
    deliver(tmp_path / "out", a="1", b__c="2")
    deliver(tmp_path / "out", whole=False, b__d="3")
    assert names(tmp_path / "out") == {"a", "b/c", "b/d"}
    deliver(tmp_path / "out", a="4")
    assert names(tmp_path / "out") == {"a"}


def test_a_part_of_the_results_can_end_others(tmp_path: Path, swapped: None) -> None:
    out = tmp_path / "out"
    deliver(out, a="1", b__c="2", d="3")
    (out / "b" / "mine.txt").write_text("kept")
    with claim(out, ("e",), foreign=True) as results, results.staged(whole=False, outdated=("b",)) as staged:
        (staged / "e").write_text("4")
    assert names(out) == {"a", "b/mine.txt", "d", "e"}
    assert written(out) == {"a", "d", "e"}


@pytest.mark.parametrize("theirs", ["a", "b/c", "something/else"])
def test_a_folder_of_others_is_refused_before_any_work(tmp_path: Path, theirs: str) -> None:
    path = tmp_path / "out" / theirs
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("theirs")
    assert refusal(tmp_path / "out") == "cli.foreign_folder"
    assert path.read_text() == "theirs"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_file_of_the_user_with_the_name_of_a_result_is_refused(tmp_path: Path) -> None:
    deliver(tmp_path / "out", a="1")
    (tmp_path / "out" / "b").mkdir()
    assert refusal(tmp_path / "out") == "cli.not_ours"


def test_a_file_a_broken_link_and_where_one_is_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("a file")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert refusal(tmp_path / "file") == "cli.not_a_folder"
    assert refusal(tmp_path / "file" / "below") == "cli.not_a_folder"
    assert refusal(tmp_path / "link") == "cli.broken_link"
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert refusal(Path()) == "cli.out_is_here"
    assert refusal(Path("..")) == "cli.out_is_here"
    assert refusal(Path("/")) == "cli.out_is_here"
    assert {p.name for p in tmp_path.iterdir()} == {"file", "link", "here"}


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path, swapped: None) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    deliver(tmp_path / "link", a="1")
    deliver(tmp_path / "link", a="2")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a").read_text() == "2"


def test_a_place_that_is_read_only_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deliver(tmp_path / "out", a="1")
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    assert refusal(tmp_path / "out") == "cli.out_read_only"


def test_a_list_that_points_elsewhere_is_not_believed(tmp_path: Path, swapped: None) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("theirs")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c").write_text("theirs")
    out = tmp_path / "out"
    deliver(out, a="1")
    (out / "sub").symlink_to(tmp_path / "elsewhere")
    hostile = ["../outside.txt", str(outside), "sub/c", "./a/../../outside.txt", "",
               "a\\..\\outside.txt", "C:outside.txt",
               "..", "/", "a/", "b//c"]  # fmt: skip
    (out / LIST).write_text("\n".join(hostile), encoding="utf-8")
    assert written(out) == set()
    assert refusal(out) == "cli.not_ours"
    (out / LIST).write_text("\n".join([*hostile, "a"]), encoding="utf-8")
    deliver(out, a="2")
    assert outside.read_text() == "theirs"
    assert (tmp_path / "elsewhere" / "c").read_text() == "theirs"
    assert (out / "a").read_text() == "2"


def test_a_staging_folder_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "theirs" / NEW).mkdir(parents=True)
    (tmp_path / ".out.tawteen").symlink_to(tmp_path / "theirs")
    assert refusal(tmp_path / "out") == "cli.not_ours"
    assert (tmp_path / "theirs" / NEW).is_dir()


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
        fail_half_way(tmp_path / "deep" / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_is_refused_while_the_first_lives(tmp_path: Path) -> None:
    with claim(tmp_path / "out", ("a",)) as first:
        assert refusal(tmp_path / "out") == "cli.out_in_use"
        with first.staged() as staged:
            (staged / "a").write_text("first")
        assert refusal(tmp_path / "out") == "cli.out_in_use"
    deliver(tmp_path / "out", a="second")
    assert (tmp_path / "out" / "a").read_text() == "second"


def test_a_stop_that_comes_when_the_results_are_in_place_is_too_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(target: Path, staging: Path) -> None:
        folder_swap.swap(target, staging)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "swap", late)
    deliver(tmp_path / "out", a="1")
    assert (tmp_path / "out" / "a").read_text() == "1"


def left_behind(tmp_path: Path, *, ready: bool) -> Path:
    """What a run leaves that is killed between its two renames."""
    staging = tmp_path / ".out.tawteen"
    for name in (OLD, NEW):
        (staging / name).mkdir(parents=True)
        (staging / name / "a").write_text(name)
        (staging / name / LIST).write_text("a\n")
    (staging / LOCK).touch()
    if ready:
        (staging / READY).touch()
    return tmp_path / "out"


@pytest.mark.parametrize("ready", [True, False])
def test_a_killed_run_is_finished_or_undone(tmp_path: Path, *, ready: bool) -> None:
    out = left_behind(tmp_path, ready=ready)
    restore(out)
    assert (out / "a").read_text() == (NEW if ready else OLD)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_what_killed_runs_left_is_swept_by_the_next(tmp_path: Path) -> None:
    out = left_behind(tmp_path, ready=True)
    (tmp_path / ".mine.tawteen").mkdir()
    (tmp_path / ".mine.tawteen" / "diary").write_text("kept")
    (tmp_path / ".unlocked.tawteen").mkdir()
    deliver(tmp_path / "other", a="1")
    assert (out / "a").read_text() == NEW
    assert {p.name for p in tmp_path.iterdir()} == {"out", "other", ".mine.tawteen"}


def test_a_place_that_another_run_swept_before_it_was_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acquire, swept = FileLock.acquire, []

    def after_a_sweep(lock: FileLock) -> bool:
        if not swept:
            lock.path.parent.rmdir()
            swept.append(lock.path)
        return acquire(lock)

    monkeypatch.setattr(FileLock, "acquire", after_a_sweep)
    deliver(tmp_path / "out", a="1")
    assert swept == [tmp_path / ".out.tawteen" / LOCK]
    assert names(tmp_path / "out") == {"a"}


KILLED = """
import os, signal, sys
from pathlib import Path
from tawteen.runs import folder_swap
from tawteen.runs.delivery import delivery

out, number, exchange = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "exchanged"
if not exchange:
    folder_swap.exchange = lambda _one, _other: False
seen = 0
EVENTS = ("open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.symlink", "shutil.rmtree",
          "ctypes.dlopen")


def count(event, _args):
    global seen
    if event in EVENTS and armed:
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)


armed = False
sys.addaudithook(count)
armed = True
with delivery(out, ("a", "b")) as staged:
    (staged / "b").mkdir()
    for name in ("a", "b/c", "b/d"):
        (staged / name).write_text("new")
print(seen)
"""


def content(out: Path) -> dict[str, str]:
    return {name: (out / name).read_text() for name in sorted(names(out))} if out.is_dir() else {}


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
@pytest.mark.parametrize("way", ["exchanged", "renamed twice"])
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_result(tmp_path: Path, way: str) -> None:
    old = {"a": "old", "b/c": "old", "mine.txt": "mine"}
    new = {"a": "new", "b/c": "new", "b/d": "new", "mine.txt": "mine"}
    outcomes = []
    for number in range(1, 200):
        out = tmp_path / str(number) / "out"
        deliver(out, a="old", b__c="old")
        (out / "mine.txt").write_text("mine")
        ended = subprocess.run(
            [sys.executable, "-c", KILLED, str(out), str(number), way], capture_output=True, check=False, timeout=60
        )
        restore(out)
        outcomes.append(content(out))
        assert outcomes[-1] in (old, new), number
        deliver(out, a="next")
        assert content(out) == {"a": "next", "mine.txt": "mine"}
        assert [p.name for p in out.parent.iterdir()] == ["out"]
        if ended.returncode == 0:
            break
    assert old in outcomes
    assert new in outcomes
    assert 15 < len(outcomes) < 199
