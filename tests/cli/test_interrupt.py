"""Ctrl-C while planning: the first keeps the best programme found so far, the second leaves nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tawteen.case.folder import write_folder
from tawteen.case.generate import generate
from tawteen.cli.entry import run

PROGRAM = [sys.executable, "-c", "from tawteen.cli import main; main()"]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case that takes longer to plan than anybody waits for here."""
    path = tmp_path_factory.mktemp("large") / "case"
    write_folder(generate(50, seed=1), path)
    return path


def planning(case: Path, out: Path) -> subprocess.Popen[str]:
    """A program that is planning and has said that it knows a programme."""
    command = [*PROGRAM, "plan", str(case), "--out", str(out), "--time-limit", "150", "--gap", "0"]
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


def test_the_second_leaves_nothing(large: Path, tmp_path: Path) -> None:
    process = planning(large, tmp_path / "out")
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    _, err = process.communicate(timeout=240)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []
