"""Commands that are killed at random moments leave the old or the new result whole, and the next run leaves nothing."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.planning_command import plan_command
from tests.tiny import tiny

from tawteen.case.folder import write_folder
from tawteen.case.hash import case_hash
from tawteen.case.read import read_case
from tawteen.case.settings_file import TOML
from tawteen.cli.entry import run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
PRELOADED = ["tawteen.cli.entry", "tawteen.plan.planning", "tawteen.report.report", "tawteen.case.generate",
             "tawteen.plan.explain", "tawteen.case.template", "tawteen.case.annotate",
             "tawteen.case.mapping", "tawteen.runs.drawing", __name__]  # fmt: skip


def work(args: list[str]) -> None:
    """A command as a process of its own, silent."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        os._exit(run(args))


def begin(args: list[str]) -> multiprocessing.Process:
    # Forked from a process that has imported everything and started no thread: import takes longer than the work.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    process = context.Process(target=work, args=(args,))
    process.start()
    return process  # type: ignore[return-value]


@dataclass(frozen=True)
class Kind:
    """`args` of a command that writes `result`; `old` is there before; `state` says which result is there."""

    args: list[str]
    result: Path
    old: Path | None
    state: Callable[[Path], str | None]
    kills: int

    def prepare(self) -> None:
        for path in self.result.parent.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if self.old is not None:
            shutil.copytree(self.old, self.result)


def of_case(folder: Path) -> str | None:
    """The hash of a case that is whole; None where there is none. Anything between raises."""
    return case_hash(read_case(folder)) if folder.exists() else None


def of_workbook(path: Path) -> str | None:
    """The names of the parts of a workbook that opens; None where there is none."""
    if not path.exists():
        return None
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return " ".join(sorted(archive.namelist()))


def of_programme(folder: Path) -> str | None:
    """The hash of the case of a programme that fits the case kept beside it."""
    told = json.loads((folder / "programme.json").read_text(encoding="utf-8"))
    assert told["case_hash"] == of_case(folder / "case")
    return str(told["case_hash"])


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> list[Kind]:
    top = tmp_path_factory.mktemp("kills")
    write_folder(tiny(), top / "before")
    write_folder(tiny(), top / "after")
    settings = (top / "after" / TOML).read_text(encoding="utf-8")
    (top / "after" / TOML).write_text(settings.replace("fx_premium = 0.2", "fx_premium = 0.25"), encoding="utf-8")
    assert of_case(top / "before") != of_case(top / "after")
    # Simulation writes no file: without it more of the kills fall into the moments of writing.
    assert run(plan_command(top / "before", top / "old", "--no-report")) == 0
    (top / "plants.csv").write_text("Plant name,Status\nMill,closed\n", encoding="utf-8")
    assert run(["init", str(top / "imported"), "--from", str(top / "plants.csv")]) == 0
    (top / "plants.csv").write_text("Plant name,Status\nMill,closed\nDairy,closed\n", encoding="utf-8")
    names = ("plan", "replan", "generate", "template", "init", "convert", "annotate")
    places = [top / name / "result" for name in names]
    for place in places:
        place.parent.mkdir()
    sheets = [place.with_suffix(".xlsx") for place in places]
    replan = ["replan", str(top / "old"), str(top / "after"), "--today", "2027-Q2"]
    return [
        Kind(plan_command(top / "after", places[0], "--no-report"), places[0], top / "old", of_programme, 10),
        Kind([*replan, "--out", str(places[1]), "--no-report", "--time-limit", "20", "--scenarios", "0"], places[1],
             top / "old", of_programme, 5),
        Kind(["generate", str(places[2]), "--sites", "3"], places[2], None, of_case, 5),
        Kind(["template", str(sheets[3])], sheets[3], None, of_workbook, 5),
        Kind(["init", str(places[4]), "--from", str(top / "plants.csv")], places[4], top / "imported", of_case, 5),
        Kind(["convert", str(top / "before"), str(sheets[5])], sheets[5], None, of_workbook, 5),
        Kind(["check", str(top / "before"), "--annotate", str(sheets[6])], sheets[6], None, of_workbook, 5),
    ]  # fmt: skip


def test_forty_random_kills(kinds: list[Kind]) -> None:
    assert sum(kind.kills for kind in kinds) == 40
    drawn = random.Random(1)
    for kind in kinds:
        kind.prepare()
        began = time.monotonic()
        whole = begin(kind.args)
        whole.join(120)
        assert whole.exitcode == 0, kind.args
        lasted = time.monotonic() - began
        old, new = (kind.state(kind.old) if kind.old else None), kind.state(kind.result)
        assert old != new
        for _ in range(kind.kills):
            kind.prepare()
            process = begin(kind.args)
            process.join(lasted * drawn.random())
            process.kill()
            process.join()
            assert kind.state(kind.result) in (old, new), kind.args
        kind.prepare()
        after = begin(kind.args)
        after.join(120)
        assert after.exitcode == 0
        assert [path.name for path in kind.result.parent.iterdir()] == [kind.result.name]
