"""Kills real commands at random moments: whatever stands in the results folder is the old result or the new one.

python benchmarks/kills.py [--only plan report replan pareto robust appraise] [--kills 40] [--seed 1]

Each command that writes several files is killed at moments drawn evenly over its duration, drawing of the report
included. A folder is whole when its programme fits the case beside it, its report names that case, and its other
results are of the same programme; papers of an appraisal are whole when their list is. Prints a line per command: how
often each result stood there. A mixture, or a file that the next run leaves over, ends the program with an error.
"""

from __future__ import annotations

import argparse
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

SITES = 6
PROGRAM = [sys.executable, "-m", "tawteen"]
PLAN = ["plan", "--time-limit", "10", "--scenarios", "20", "--out"]


def programme_state(out: Path) -> str:
    """The programme there: the start of its case's hash, and which results stand beside it. Raises where mixed."""
    restore(out)
    if not out.exists():
        return "no result"
    stated = json.loads((out / "programme.json").read_text(encoding="utf-8"))
    if stated["case_hash"] != case_hash(read_case(out / "case")):
        raise AssertionError(f"{out}: the programme is of another case than the one beside it")
    page = out / "report.html"
    drawn = page.exists() and stated["case_hash"][:16] in page.read_text(encoding="utf-8")
    if page.exists() != drawn or drawn != (out / "programme.xlsx").exists() or drawn != (out / "pictures").exists():
        raise AssertionError(f"{out}: the report is of another programme, or half there")
    others = [path for name in ("robustness.json", "front.json") if (path := out / name).exists()]
    for path in others:
        if json.loads(path.read_text(encoding="utf-8")).get("case_hash") not in (None, stated["case_hash"]):
            raise AssertionError(f"{path}: of another programme than the one beside it")
    return " + ".join([stated["case_hash"][:8], *(["report"] if drawn else []), *(path.stem for path in others)])


def papers_state(out: Path) -> str:
    """How many files of an appraisal stand there. Raises where they are not those of the list beside them."""
    restore(out)
    if not out.exists():
        return "no result"
    listed = set((out / ".tawteen").read_text(encoding="utf-8").split("\n")) - {""}
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} - {".tawteen"}
    if there != listed:
        raise AssertionError(f"{out}: {sorted(there ^ listed)} is not there, or is not of this result")
    return f"{len(there)} files"


def kill_often(name: str, args: list[str], out: Path, old: Path | None, moments: list[float]) -> None:
    """Prints how often each result stood there after a kill at `moments`, in parts of the duration.

    `old` is there before.
    """
    outcomes: Counter[str] = Counter()
    state = papers_state if old is None else programme_state

    def reset() -> None:
        shutil.rmtree(out, ignore_errors=True)
        if old is not None:
            shutil.copytree(old, out)

    reset()
    began = time.monotonic()
    subprocess.run([*PROGRAM, *args], check=True, capture_output=True)
    lasted = time.monotonic() - began
    for moment in moments:
        reset()
        process = subprocess.Popen([*PROGRAM, *args], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(lasted * moment)
        process.kill()
        process.wait()
        outcomes[state(out)] += 1
    reset()
    subprocess.run([*PROGRAM, *args], check=True, capture_output=True)
    left = [path.name for path in out.parent.iterdir() if path.name.startswith(".")]
    if left:
        raise AssertionError(f"{name}: left behind {left}")
    print(f"{name:10} {lasted:5.1f} s  {dict(outcomes)}", flush=True)


def main() -> None:
    """Kills the commands that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=None, metavar="COMMAND")
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        for name, seed in (("before", 1), ("after", 2)):
            write_folder(generate(SITES, seed=seed), top / name)
        old, out = top / "old", top / "results" / "out"
        out.parent.mkdir()
        subprocess.run([*PROGRAM, *PLAN, str(old), str(top / "before")], check=True, capture_output=True)
        commands = {
            "plan": [*PLAN, str(out), str(top / "after")],
            "report": ["report", str(out)],
            "replan": ["replan", str(old), "--today", "2028-Q1", "--out", str(out), "--time-limit", "10"],
            "pareto": ["pareto", str(out), "--points", "2", "--each", "2"],
            "robust": ["robust", str(out), "--scenarios", "20", "--replans", "2", "--nodes", "1", "--each", "2"],
            "appraise": ["appraise", str(top / "before"), "--site", "s00001", "--out", str(out)],
        }
        for name in asked.only or commands:
            kill_often(
                name,
                commands[name],
                out,
                None if name == "appraise" else old,
                [chance.random() for _ in range(asked.kills)],
            )


if __name__ == "__main__":
    main()
