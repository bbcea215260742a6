"""A report that fails or is stopped costs nothing but itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from tests.planning_command import plan_command
from tests.tiny import tiny

from tawteen.case.folder import write_folder
from tawteen.cli.entry import run
from tawteen.progress import ProgressEvent
from tawteen.runs import drawing as module
from tawteen.runs.drawing import Drawing, ReportFailedError, ReportStoppedError, draw
from tawteen.runs.load import load_programme


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("drawing")
    write_folder(tiny(), path / "case")
    assert run(plan_command(path / "case", path / "out", "--no-report")) == 0
    return path / "out"


def drawing(folder: Path, into: Path) -> Drawing:
    into.mkdir()
    return Drawing(folder, folder / "case", folder / "case" / "outline.geojson", into, "en")


def aborts(_drawing: Drawing, _sender: Connection) -> None:
    os.abort()


def waits(_drawing: Drawing, sender: Connection) -> None:
    sender.send(("progress", ProgressEvent("page", 0.5)))
    time.sleep(600)


def fails(_drawing: Drawing, sender: Connection) -> None:
    sender.send(("failed", "PanicException: no such letter"))


@pytest.mark.parametrize(("work", "why"), [(aborts, "SIGABRT"), (fails, "no such letter")])
def test_a_process_that_ends_without_a_report_says_why(
    planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: Callable[..., None], why: str
) -> None:
    monkeypatch.setattr(module, "_draw", work)
    with pytest.raises(ReportFailedError, match=why):
        draw(drawing(planned, tmp_path / "into"))


def test_a_report_is_stopped_at_once(planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_draw", waits)
    events: list[ProgressEvent] = []
    with pytest.raises(ReportStoppedError):
        draw(drawing(planned, tmp_path / "into"), events.append, lambda: bool(events))
    assert events == [ProgressEvent("page", 0.5)]


WRITES_ON = """
import sys, time
from pathlib import Path
for n in range(3000):
    Path(sys.argv[1]).mkdir(exist_ok=True)
    Path(sys.argv[1], str(n)).touch()
    time.sleep(0.01)
"""


def writes_on(drawing: Drawing, sender: Connection) -> None:
    module.begin_group()
    subprocess.Popen([sys.executable, "-c", WRITES_ON, str(drawing.into)])
    waits(drawing, sender)


@pytest.mark.skipif(sys.platform == "win32", reason="no groups of processes")
def test_nothing_is_written_any_more_once_a_report_is_stopped(
    planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_draw", writes_on)
    into = tmp_path / "r"
    with pytest.raises(ReportStoppedError):
        draw(drawing(planned, into), stop=lambda: any(into.iterdir()))
    shutil.rmtree(into)
    time.sleep(0.2)
    assert not into.exists()


def test_a_report_is_drawn(planned: Path, tmp_path: Path) -> None:
    names = draw(drawing(planned, tmp_path / "into"))
    assert {"report.html", "programme.xlsx"} <= {*names}
    assert all((tmp_path / "into" / name).stat().st_size for name in names)


@pytest.mark.parametrize("work", [aborts, fails])
def test_the_programme_is_there_though_its_report_is_not(
    planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    work: Callable[..., None],
) -> None:  # fmt: skip
    monkeypatch.setattr(module, "_draw", work)
    out = tmp_path / "out"
    assert run(plan_command(planned / "case", out, "--json")) == 1
    told = json.loads(capsys.readouterr().out)
    assert [finding["code"] for finding in told["findings"]] == ["cli.report_failed"]
    assert told["report"] is False
    assert told["summary"]
    assert load_programme(out).value == pytest.approx(told["value"])
    assert not (out / "report.html").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_a_new_programme_takes_the_report_of_the_old_one_away(planned: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(planned, out)
    (out / "report.html").write_text("old")
    (out / ".tawteen").write_text((out / ".tawteen").read_text() + "report.html\n")
    assert run(plan_command(planned / "case", out, "--no-report")) == 0
    assert not (out / "report.html").exists()


def test_what_is_checked_meanwhile_ends_the_drawing(planned, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_draw", waits)

    def refuses() -> None:
        raise ValueError("not this one")

    with pytest.raises(ValueError, match="not this one"):
        draw(drawing(planned, tmp_path / "into"), meanwhile=refuses)
