"""Kills real commands at random moments: whatever stands in the results folder is the old result or the new one.

Each writing command is killed `KILLS` times at moments drawn evenly over its duration, drawing of the report included.
A folder is whole when its programme fits the case beside it, it verifies, and its report names that case. Prints a
line per command: kills that left the old result, the programme without its report, and the new result.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tawteen.case.folder import write_folder
from tawteen.case.generate import generate
from tawteen.case.hash import case_hash
from tawteen.case.read import read_case
from tawteen.runs.delivery import restore

KILLS, SITES = 40, 6
PROGRAM = [sys.executable, "-m", "tawteen"]


def state(out: Path) -> str:
    """What the folder holds: the hash of its case, with a mark where the report has been drawn. Raises where mixed."""
    restore(out)
    if not out.exists():
        return "nothing"
    told = json.loads((out / "programme.json").read_text(encoding="utf-8"))
    if told["case_hash"] != case_hash(read_case(out / "case")):
        raise AssertionError(f"{out}: the programme is of another case than the one beside it")
    page = out / "report.html"
    drawn = page.exists() and told["case_hash"][:16] in page.read_text(encoding="utf-8")
    if page.exists() != drawn or drawn != (out / "programme.xlsx").exists() or drawn != (out / "pictures").exists():
        raise AssertionError(f"{out}: the report is of another programme, or half there")
    return f"{told['case_hash'][:8]}{'+report' if drawn else ''}"


def kill_often(name: str, args: list[str], out: Path, old: Path, drawn: random.Random) -> None:
    """Prints how often each result stood there after a kill."""
    outcomes: Counter[str] = Counter()
    began = time.monotonic()
    subprocess.run([*PROGRAM, *args], check=True, capture_output=True)
    lasted = time.monotonic() - began
    for _ in range(KILLS):
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(old, out)
        process = subprocess.Popen([*PROGRAM, *args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(lasted * drawn.random())
        process.kill()
        process.wait()
        outcomes[state(out)] += 1
    subprocess.run([*PROGRAM, *args], check=True, capture_output=True)
    left = [path.name for path in out.parent.iterdir() if path.name.startswith(".")]
    if left:
        raise AssertionError(f"{name}: left behind {left}")
    print(f"{name:10} {lasted:5.1f} s  {dict(outcomes)}")


def main() -> None:
    """Kills plan, report, replan and pareto."""
    drawn = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        for name, seed in (("before", 1), ("after", 2)):
            write_folder(generate(SITES, seed=seed), top / name)
        old, out = top / "old", top / "results" / "out"
        plan = ["plan", "--time-limit", "10", "--out"]
        subprocess.run([*PROGRAM, *plan, str(old), str(top / "before")], check=True, capture_output=True)
        shutil.copytree(old, out)
        for name, args in {
            "plan": [*plan, str(out), str(top / "after")],
            "report": ["report", str(out)],
            "replan": ["replan", str(old), "--today", "2028-Q1", "--out", str(out), "--time-limit", "10"],
            "pareto": ["pareto", str(out), "--points", "2", "--each", "2"],
        }.items():
            shutil.rmtree(out)
            shutil.copytree(old, out)
            kill_often(name, args, out, old, drawn)


if __name__ == "__main__":
    main()
