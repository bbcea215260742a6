"""A built wheel holds all that the program needs and works in an environment of its own, away from the repository."""

from __future__ import annotations

import email
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"

pytest.importorskip("hatchling")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*command, "--quiet", "-w", str(folder)], check=True, capture_output=True)
    (built,) = folder.glob("tawteen-*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the wheel and, by a path file, the libraries installed here."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    scheme = sysconfig.get_preferred_scheme("prefix")
    paths = sysconfig.get_paths(scheme, {"base": str(folder), "platbase": str(folder)})
    # A path file's lines are not searched for path files, so an editable install here is not seen there.
    Path(paths["purelib"], "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    python = Path(paths["scripts"]) / Path(sys.executable).name
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--quiet"]
    # Ignored: an editable install of the same name among the libraries is not to be touched.
    subprocess.run([*pip, "--ignore-installed", str(wheel)], check=True, capture_output=True)
    return Path(paths["scripts"])


def run(program: Path, *command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A program of the environment in the folder `cwd`, without the paths of this one."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(program / command[0]), *command[1:]], cwd=cwd, env=environment, capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_it_holds_every_module_and_every_file_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if name.startswith("tawteen/")}
    made = {path.relative_to(SOURCE).as_posix() for path in (SOURCE / "tawteen").rglob("*") if path.is_file()}
    public = {path.name for path in (ROOT / "cases" / "libya" / "case").iterdir()}
    made |= {f"tawteen/public_case/{name}" for name in public}
    assert held == {name for name in made if "__pycache__" not in name}
    assert {"tawteen/py.typed", "tawteen/locale/ar/cli.po", "tawteen/case/data/isic4.csv"} <= held


def test_it_says_what_it_is_and_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        said = email.message_from_bytes(archive.read(name))
    assert said["Requires-Python"] == ">=3.11"
    assert said["License-Expression"] == "MIT"
    assert "Typing :: Typed" in said.get_all("Classifier", [])
    needed = [line for line in said.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert not [line for line in needed if line.startswith(("pandas", "pyarrow", "pytest"))]


def test_the_program_makes_checks_and_plans_a_case(program: Path, tmp_path: Path) -> None:
    assert "tawteen" in run(program, "tawteen", "--help", cwd=tmp_path).stdout
    run(program, "tawteen", "init", "example", cwd=tmp_path)
    run(program, "tawteen", "check", "example", cwd=tmp_path)
    run(
        program,
        "tawteen",
        "plan",
        "example",
        "--out",
        "out",
        "--time-limit",
        "2",
        "--no-report",
        "--scenarios",
        "4",
        "--fixed",
        cwd=tmp_path,
    )
    run(program, "tawteen", "verify", "out", cwd=tmp_path)


def test_python_plans_and_reports(program: Path, tmp_path: Path) -> None:
    script = """
import tawteen as tw
assert 'site-packages' in tw.__file__, tw.__file__
base = tw.plan(tw.init('example'), time_limit=2, fixed=True)
assert base.verify().holds
page = base.report('out', 'ar')
assert page.stat().st_size > 100_000
print(base)
"""
    assert run(program, "python", "-c", script, cwd=tmp_path).stdout.startswith("PlanResult('example'")
