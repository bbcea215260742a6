"""Ends real commands at random moments: whatever stands in the place of results is the old result or the new one.

python benchmarks/kills.py [--only plan report …] [--kills 10] [--seed 1] [--signal KILL|TERM|INT]

Each command that writes is ended at moments drawn evenly over its duration, drawing of the report included. The old
result is told from the new one: by its case, its seed, its site, or the language of its report. A folder of results is
whole when its programme fits the case beside it, page and workbook are of this case, in one language and no older than
scenarios and front beside them, and its other results state this case; papers of an appraisal are whole when they are
those that are listed; a workbook when it opens.
Prints a line per command: how often each result stood there. A mixture, a file in the system's folder of temporary
files, or a hidden file beside the results (after KILL: that the next run leaves there) ends the program with an error.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from tawteen.case.folder import write_folder
from tawteen.case.generate import generate
from tawteen.case.hash import case_hash
from tawteen.case.ranges import expected_case
from tawteen.case.read import read_case
from tawteen.effects import effects_of
from tawteen.runs.delivery import restore
from tawteen.runs.programme_folder import CASE, FRONT, PAGE, PROGRAMME, ROBUSTNESS

SITES = 4
SITES_OF_LONG_GENERATION = 100
"""So many that generating them takes longer than to start the program."""
PROGRAM = [sys.executable, "-m", "tawteen"]
QUICK = ["--time-limit", "2", "--scenarios", "4"]
SIMULATION = ["--scenarios", "8", "--replans", "2", "--nodes", "1", "--each", "2"]


@dataclass(frozen=True)
class Command:
    """`args` of a command that writes `place`; `old` is there before; `state` names the result there, or raises."""

    args: list[str]
    place: Path
    old: Path | None
    state: Callable[[Path], str]

    def reset(self) -> None:
        """Puts the old result there; what an earlier run left beside it stays, for the next to remove."""
        self.place.parent.mkdir(exist_ok=True)
        if self.place.is_dir():
            shutil.rmtree(self.place)
        self.place.unlink(missing_ok=True)
        if self.old is not None:
            shutil.copytree(self.old, self.place)

    def hidden(self) -> list[str]:
        """What stands beside the result under a name with a dot in front."""
        return [path.name for path in self.place.parent.iterdir() if path.name.startswith(".")]


def programme_state(out: Path) -> str:
    """The programme there and what stands beside it."""
    restore(out)
    if not out.exists():
        return "nothing"
    of = _hash_stated(out / PROGRAMME)
    if of != case_hash(read_case(out / CASE)):
        raise AssertionError(f"{out}: the programme is of another case than the one beside it")
    parts = [of[:8]]
    if (out / PAGE).exists():
        parts.append(f"report in {_language(out, of)}")
    elif (out / "programme.xlsx").exists() or (out / "pictures").exists():
        raise AssertionError(f"{out}: half a report")
    for path in (out / ROBUSTNESS, out / FRONT):
        if path.exists():
            if _hash_stated(path) != of:
                raise AssertionError(f"{path}: of another case than the programme beside it")
            content = json.loads(path.read_text(encoding="utf-8"))
            parts.append(f"{path.stem} {content.get('seed', content.get('aim_b'))}")
            if (out / PAGE).exists() and (out / PAGE).stat().st_mtime < path.stat().st_mtime:
                raise AssertionError(f"{out}: the report is older than {path.name}, which it does not show")
    return " + ".join(parts)


def _hash_stated(path: Path) -> str:
    """The hash of the case that a result states. Raises AssertionError where it states none."""
    stated = json.loads(path.read_text(encoding="utf-8")).get("case_hash")
    if not isinstance(stated, str) or not stated:
        raise AssertionError(f"{path} does not state its case")
    return stated


def _language(out: Path, of: str) -> str:
    """The language of page and workbook. Raises AssertionError where they differ or are of another case than `of`."""
    page = (out / PAGE).read_text(encoding="utf-8")
    language = re.search(r'<html lang="(\w+)"', page)
    with zipfile.ZipFile(out / "programme.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    workbook = "ar" if 'rightToLeft="1"' in sheet else "en"
    if of[:16] not in page or language is None or language[1] != workbook or not any((out / "pictures").iterdir()):
        raise AssertionError(f"{out}: the report is of another programme, or half there")
    return workbook


def papers_state(out: Path) -> str:
    """The options of an appraisal whose papers stand there as they are listed."""
    restore(out)
    if not out.exists():
        return "nothing"
    listed = set((out / ".tawteen").read_text(encoding="utf-8").split("\n")) - {""}
    present = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} - {".tawteen"}
    if present != listed:
        raise AssertionError(f"{out}: {sorted(present ^ listed)} is not there, or is not of this result")
    return f"{len(present)} files of {min(present).partition('/')[0].partition('-')[0]}"


def case_state(folder: Path) -> str:
    """The case in a folder that can be read."""
    restore(folder)
    return case_hash(read_case(folder))[:8] if folder.exists() else "nothing"


def workbook_state(path: Path) -> str:
    """Whether there is a workbook; it opens and every part of it is whole."""
    if not path.exists():
        return "nothing"
    with zipfile.ZipFile(path) as book:
        if book.testzip() is not None:
            raise AssertionError(f"{path}: a part is broken")
        return f"{len(book.namelist())} parts"


def end_often(name: str, command: Command, moments: list[float], number: signal.Signals, system: Path) -> None:
    """Prints how often each result stood there after an end at `moments`, in parts of the duration."""
    environment = {**os.environ, "TMPDIR": str(system)}

    def run() -> None:
        finish(command.args, environment)

    shutil.rmtree(command.place.parent, ignore_errors=True)
    command.reset()
    began = time.monotonic()
    run()
    lasted = time.monotonic() - began
    outcomes: Counter[str] = Counter()
    for moment in moments:
        command.reset()
        silent = subprocess.DEVNULL
        process = subprocess.Popen([*PROGRAM, *command.args], stdout=silent, stderr=silent, env=environment)
        time.sleep(lasted * moment)
        process.send_signal(number)
        process.wait()
        if number != signal.SIGKILL and command.hidden():
            raise AssertionError(f"{name}: left behind {command.hidden()}")
        outcomes[command.state(command.place)] += 1
    run()
    if command.hidden():
        raise AssertionError(f"{name}: the next run left {command.hidden()}")
    left = [path.name for path in system.iterdir()]
    if left:
        raise AssertionError(f"{name}: left in the system's temporary folder {left}")
    print(f"{name:10} {number.name} {len(moments)} in {lasted:.1f} s: {dict(outcomes)}", flush=True)


def finish(args: list[str], environment: dict[str, str] | None) -> None:
    """Runs a command to its end. Raises AssertionError where it tells of an error; a warning, as of time, is none."""
    ended = subprocess.run([*PROGRAM, *args, "--json"], check=False, capture_output=True, env=environment)
    errors = [one for one in json.loads(ended.stdout)["findings"] if one["severity"] == "error"]
    if ended.returncode not in (0, 1) or errors:
        raise AssertionError(f"{args}: exit code {ended.returncode}, {errors}")


def _startable(case: Path) -> list[str]:
    """Sites with an option that may start."""
    options = effects_of(expected_case(read_case(case))).options
    works = ~pl.col("kind").is_in(["as_is", "survey"])
    return options.filter(works & pl.col("available"))["site"].unique(maintain_order=True).to_list()


def commands(top: Path) -> dict[str, Command]:
    """Every command that writes, by name; makes what they read."""
    before, after, old, imported, papers = (top / n for n in ("before", "after", "old", "imported", "papers"))
    case = generate(SITES, seed=1)
    discount = case.settings.discount.model_copy(update={"economic": case.settings.discount.economic + 0.01})
    write_folder(case, before)
    write_folder(replace(case, settings=case.settings.model_copy(update={"discount": discount})), after)
    plants = top / "plants.csv"
    plants.write_text("Plant name,Status\nMill,closed\n", encoding="utf-8")
    first, second = _startable(before)[:2]
    for args in (
        ["plan", str(before), "--out", str(old), "--no-report", *QUICK],
        ["--lang", "en", "robust", str(old), *SIMULATION, "--no-report"],
        ["--lang", "en", "pareto", str(old), "--points", "2", "--each", "2"],
        ["init", str(imported), "--from", str(plants)],
        ["appraise", str(before), "--site", first, "--paths", "50", "--out", str(papers)],
    ):
        finish(args, None)
    plants.write_text("Plant name,Status\nMill,closed\nDairy,closed\n", encoding="utf-8")
    out = top / "results" / "out"
    book, of_programme, new = out.with_suffix(".xlsx"), (out, old, programme_state), ["--lang", "ar"]
    return {
        "plan": Command([*new, "plan", str(after), "--out", str(out), *QUICK], *of_programme),
        "report": Command([*new, "report", str(out)], *of_programme),
        "replan": Command([*new, "replan", str(old), str(after), "--today", "2028-Q1", "--out", str(out), *QUICK],
                          *of_programme),
        "pareto": Command([*new, "pareto", str(out), "--against", "cash", "--points", "2", "--each", "2"],
                          *of_programme),
        "robust": Command([*new, "robust", str(out), *SIMULATION, "--seed", "2"], *of_programme),
        "appraise": Command(["appraise", str(before), "--site", second, "--paths", "50", "--out", str(out)],
                            out, papers, papers_state),
        "generate": Command(["generate", str(out), "--sites", str(SITES_OF_LONG_GENERATION)], out, None, case_state),
        "init": Command(["init", str(out), "--from", str(plants)], out, imported, case_state),
        "convert": Command(["convert", str(before), str(book)], book, None, workbook_state),
        "template": Command(["template", str(book)], book, None, workbook_state),
        "check": Command(["check", str(before), "--annotate", str(book)], book, None, workbook_state),
    }  # fmt: skip


def main() -> None:
    """Ends the commands that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=None, metavar="COMMAND")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--signal", choices=("KILL", "TERM", "INT"), default="KILL")
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        top, system = Path(folder), Path(folder, "system")
        system.mkdir()
        known = commands(top)
        for name in asked.only or known:
            moments = [chance.random() for _ in range(asked.kills)]
            end_often(name, known[name], moments, signal.Signals[f"SIG{asked.signal}"], system)


if __name__ == "__main__":
    main()
