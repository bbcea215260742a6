"""The workspace installed from a folder of wheels, without an index: with TAWTEEN_AIR_GAP=1, as it takes minutes.

As the page for operators says: `pip wheel` on a machine with access, `pip install --no-index` on the other.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.environ.get("TAWTEEN_AIR_GAP") != "1", reason="asked for with TAWTEEN_AIR_GAP=1")


def run(*command: str | Path, **variables: str) -> str:
    line = list(map(str, command))
    done = subprocess.run(
        line, capture_output=True, encoding="utf-8", check=False, cwd="/", env={**os.environ, **variables}
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_a_folder_of_wheels_is_enough(tmp_path: Path) -> None:
    source, wheels, environment = tmp_path / "source", tmp_path / "wheels", tmp_path / "environment"
    source.mkdir()
    for name in ("src", "cases", "pyproject.toml", "README.md", "LICENSE", "constraints.txt"):
        path = ROOT / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, source / name)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "wheel", "--wheel-dir", wheels, "--constraint", source / "constraints.txt", f"{source}[web]")
    run(sys.executable, "-m", "venv", environment)
    own_pip = (environment / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
    nothing = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PYTHONPATH": ""}
    run(*own_pip, "install", "--no-index", "-f", wheels, "tawteen[web]", **nothing)
    program = environment / "bin" / "tawteen"
    answer = run(program, "demo", tmp_path / "demo", "--json", PYTHONPATH="")
    assert str(tmp_path / "demo") in answer
    run(program, "backup", tmp_path / "saved.zip", "--data", tmp_path / "demo", PYTHONPATH="")
    where = "import tawteen; print(tawteen.__file__)"
    assert str(environment) in run(environment / "bin" / "python", "-c", where, PYTHONPATH="")
