"""Ctrl-C: the first keeps the best programme found so far, the second leaves nothing; drawing never costs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.planning_command import plan_command
from tests.tiny import tiny

from tawteen.case.folder import write_folder
from tawteen.case.generate import generate
from tawteen.cli.entry import run

PROGRAM = [sys.executable, "-c", "from tawteen.cli import main; main()"]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case that takes longer to plan than anybody waits for here."""
    path = tmp_path_factory.mktemp("large") / "case"
    write_folder(generate(7, seed=1), path)
    return path


def planning(case: Path, out: Path, *more: str) -> subprocess.Popen[str]:
    """A program that is planning and has said that it knows a programme."""
    command = [*PROGRAM, *plan_command(case, out, "--gap", "0", *more, seconds=150)]
    env = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    assert process.stderr is not None
    for line in process.stderr:
        if "best" in line:
            break
    assert process.poll() is None
    return process


def test_the_best_so_far_is_kept(large: Path, tmp_path: Path) -> None:
    process = planning(large, tmp_path / "out")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert "Stopping" in err
    told = json.loads((tmp_path / "out" / "programme.json").read_text(encoding="utf-8"))
    assert told["status"] == "interrupted"
    assert told["value"] >= told["do_nothing"] - 1e-6 * abs(told["do_nothing"])
    assert (tmp_path / "out" / "report.html").is_file()
    assert str(tmp_path / "out" / "report.html") in out
    assert run(["verify", str(tmp_path / "out")]) == 0


def test_a_request_to_end_keeps_the_best_too(large: Path, tmp_path: Path) -> None:
    process = planning(large, tmp_path / "out", "--no-report")
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    told = json.loads((tmp_path / "out" / "programme.json").read_text(encoding="utf-8"))
    assert told["status"] == "interrupted"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_while_the_report_is_drawn_keeps_the_programme(tmp_path: Path, number: signal.Signals) -> None:
    write_folder(tiny(), tmp_path / "case")
    out = tmp_path / "out"
    command = [*PROGRAM, *plan_command(tmp_path / "case", out, "--json")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    ends = time.monotonic() + 120
    while not (out / "programme.json").exists():
        assert process.poll() is None
        assert time.monotonic() < ends
        time.sleep(0.02)
    time.sleep(0.1)  # a quick machine has drawn it in half a second
    process.send_signal(number)
    told, err = process.communicate(timeout=120)
    assert process.returncode == 1, err
    findings = json.loads(told)["findings"]
    assert [finding["code"] for finding in findings] == ["cli.report_stopped"], findings
    assert not (out / "report.html").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"case", "out"}
    assert run(["verify", str(out)]) == 0


def test_the_second_leaves_nothing(tmp_path: Path) -> None:
    """The case is so large that its best programme is not yet written when the second comes."""
    case, out = tmp_path / "case", tmp_path / "results" / "out"
    write_folder(generate(15, seed=1), case)
    out.parent.mkdir()
    process = planning(case, out)
    process.send_signal(signal.SIGINT)
    # Two signals that come before a busy process looks at the first are one.
    assert process.stderr is not None
    assert any("Stopping" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=240)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert list(out.parent.iterdir()) == []
