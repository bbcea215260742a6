"""One mutant through the commands, in a process of its own that may take so much time and memory."""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.fuzz.file_mutations import SOURCE, mapping_changed, programme_changed
from tests.fuzz.mutations import mutate
from tests.fuzz.workbook_mutations import workbook_changed

MEMORY = 4_000_000_000
SECONDS = 60.0
"""Of processor time: what takes more is a hang, however fast the machine."""
CLOCK_SECONDS = 720.0
"""On the clock. Far more than of processor time, since trials run beside other work that takes the processors: this
limit is for a process that waits for ever and takes no processor time at all."""
ALLOWED = {0, 1, 2}


@dataclass(frozen=True)
class Trial:
    """What a mutant led to; `faults` are those of the program, empty when all is well."""

    seed: int
    mutation: str
    faults: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Mutant:
    """Changed files in a folder of their own: what was done, the commands to try, whether verify must refuse them."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    delivered: Path | None = None
    untrue: bool = False


def make_mutant(base: Path, seed: int, work: Path, *, whole: bool) -> Mutant:
    """The mutant of a seed in `work`: of ten, six folders, two workbooks, a mapping and a programme."""
    match seed % 10:
        case 4 | 9:
            case = work / "case.xlsx"
            shutil.copyfile(base.with_suffix(".xlsx"), case)
            return _case_mutant(case, workbook_changed(case, seed), work / "out", seed, whole=whole)
        case 3:
            return _mapping_mutant(work, seed)
        case 8:
            return _programme_mutant(base, work, seed)
    case = work / "case"
    shutil.copytree(base, case)
    return _case_mutant(case, mutate(case, seed), work / "out", seed, whole=whole)


def _case_mutant(case: Path, name: str, out: Path, seed: int, *, whole: bool) -> Mutant:
    """Every command on every mutant, every tenth drawn; unless `whole`, what repeats others on some mutants only."""
    commands = [
        ("check", str(case)),
        ("plan", str(case), "--out", str(out), "--time-limit", "1" if whole else "0.3", "--no-report",
         "--scenarios", "2" if whole or seed % 10 == 0 else "0", *(() if whole or seed % 10 == 0 else ("--fixed",))),
        ("verify", str(out)),
    ]  # fmt: skip
    if whole or seed % 4 == 0:
        commands += [("diagnose", str(case)), ("explain", str(out))]
    if seed % (10 if whole else 20) == 0:
        commands.append(("report", str(out)))
    if seed % 3 == 0:
        commands.append(("check", str(case), "--annotate", str(out) + ".xlsx"))
    if seed % 7 == 0:
        commands.append(("convert", str(case), str(out) + "-converted" + (".xlsx" if case.is_dir() else "")))
    return Mutant(name, tuple(commands), delivered=out)


def _mapping_mutant(work: Path, seed: int) -> Mutant:
    from tawteen.cli.entry import run

    source, first = work / "plants.csv", work / "first"
    source.write_text(SOURCE, encoding="utf-8")
    with contextlib.redirect_stdout(io.StringIO()):
        run(["init", str(first), "--from", str(source)])
    (first / "mapping.toml").rename(work / "mapping.toml")
    shutil.rmtree(first)
    name = mapping_changed(work / "mapping.toml", seed)
    again = ("init", str(work / "out"), "--from", str(source), "--mapping", str(work / "mapping.toml"))
    return Mutant(name, (again, again, ("init", str(work / "out-proposed"), "--from", str(source))))


def _programme_mutant(base: Path, work: Path, seed: int) -> Mutant:
    out = work / "out"
    shutil.copytree(base.with_name("planned"), out)
    name, untrue = programme_changed(out / "programme.json", seed)
    commands = (("verify", str(out)), ("explain", str(out)), ("report", str(out)),
                ("compare", str(out), str(base.with_name("planned"))))  # fmt: skip
    return Mutant(name, commands, untrue=untrue)


def _named(base: Path, seed: int) -> str:
    """What is done to the mutant of a seed whose process told nothing."""
    with tempfile.TemporaryDirectory() as work:
        return make_mutant(base, seed, Path(work), whole=False).name


def try_mutant(base: Path, seed: int, *, whole: bool) -> Trial:
    """Runs the commands on one mutant of `base` and looks for faults."""
    began = time.monotonic()
    work = Path(tempfile.mkdtemp(prefix="mutant-"))
    mutant = make_mutant(base, seed, work, whole=whole)
    faults: list[str] = []
    before = {path.name for path in work.iterdir()}
    for command in mutant.commands:
        needs = command[0] in ("verify", "explain", "report")
        if needs and mutant.delivered is not None and not (mutant.delivered / "programme.json").is_file():
            continue
        code, text, warned = _answer(command)
        faults += [*_faults(command[0], code, text), *warned]
        faults += _judged(mutant, command[0], code, text)
        left = {path.name for path in work.iterdir() if not path.name.startswith("out")} - before
        if left:
            faults.append(f"{command[0]} left {sorted(left)}")
    shutil.rmtree(work, ignore_errors=True)
    return Trial(seed, mutant.name, tuple(faults), time.monotonic() - began)


def _answer(command: tuple[str, ...]) -> tuple[int, str, list[str]]:
    """Exit code, output and warnings of our own of one command."""
    from tawteen.cli.entry import run

    told = io.StringIO()
    with (
        warnings.catch_warnings(record=True) as warned,
        contextlib.redirect_stdout(told),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("always")
        code = run(["--json", *command])
    own = [f"{command[0]} warned: {one.message}"[:300] for one in warned if "tawteen" in one.filename]
    return code, told.getvalue(), own


def _faults(command: str, code: int, text: str) -> list[str]:
    """Faults of any answer: an exit code of a broken program, or no strict JSON; a bound below its value."""
    faults = [] if code in ALLOWED else [f"{command} ended with {code}: {text[:300]}"]
    try:
        told: dict[str, Any] = json.loads(text, parse_constant=lambda word: 1 / 0 if word else None)
    except (ValueError, ZeroDivisionError):
        return [*faults, f"{command} told no strict JSON: {text[:100]!r}"]
    if command == "plan" and told.get("value") is not None:
        value, bound = told["value"], told.get("bound")
        unproven = bound is None and told["status"] in ("time_limit", "step_limit", "interrupted")
        if not unproven and (bound is None or bound < value - 1e-6 * max(abs(value), 1.0)):
            faults.append(f"bound {bound} below value {value}")
    return faults


def _judged(mutant: Mutant, command: str, code: int, text: str) -> list[str]:
    """Faults of an answer about a programme: one of ours is refused, or an edited one is held true."""
    if mutant.delivered is None:
        return [f"verify holds an edited programme true: {text[:300]}"] if (
            mutant.untrue and command == "verify" and code == 0) else []  # fmt: skip
    if code == 2 and command in ("verify", "explain", "report"):
        return [f"{command} refuses what plan delivered: {text[:300]}"]
    if command == "verify" and code not in (0, 2):
        return [f"plan delivered what verify does not hold true: {text[:300]}"]
    return []


def write_base(folder: Path) -> None:
    """What mutants are made of: a small case as a folder, as a workbook beside it, and planned beside it."""
    from tawteen.case.folder import write_folder
    from tawteen.case.generate import generate
    from tawteen.case.workbook import write_workbook

    case = generate(2, seed=2)
    write_folder(case, folder)
    write_workbook(case, folder.with_suffix(".xlsx"))
    planned = ("plan", str(folder), "--out", str(folder.with_name("planned")), "--time-limit", "0.5", "--no-report",
               "--scenarios", "4", "--fixed")  # fmt: skip
    code, text, _ = _answer(planned)
    if code:
        raise RuntimeError(text)


def _serve(base: Path, connection: Connection) -> None:
    """Tries mutants as they are asked for, until the connection ends."""
    while (asked := connection.recv()) is not None:
        seed, whole = asked
        try:
            connection.send(try_mutant(base, seed, whole=whole))
        except BaseException as error:
            connection.send(Trial(seed, "?", (f"raised {type(error).__name__}: {error}"[:300],), 0.0))


def _wait(connection: Connection, process: Any) -> str:
    """Waits for an answer; returns the fault where the process takes too long or too much memory."""
    began, used = time.monotonic(), _processor(process.pid)
    while _processor(process.pid) < used + SECONDS and time.monotonic() < began + CLOCK_SECONDS:
        if connection.poll(0.2):
            return ""
        if _resident(process.pid) > MEMORY:
            return f"takes more than {MEMORY / 1e9:g} GB"
    took = f"{_processor(process.pid) - used:.0f} s of processor time, {time.monotonic() - began:.0f} s on the clock"
    return f"hangs: no answer in {took}"


def _resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where the system does not say."""
    place = Path(f"/proc/{pid}/statm")
    try:
        return int(place.read_text().split()[1]) * 4096
    except (OSError, IndexError):
        return 0


def _processor(pid: int) -> float:
    """Seconds of processor time that a process took; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return 0.0


def try_mutants(base: Path, seeds: range, *, whole: bool = True) -> Iterator[Trial]:
    """Trials of all seeds; a process that dies or hangs is a fault of its mutant and is replaced."""
    context = multiprocessing.get_context("spawn")
    process: Any = None
    here: Any = None
    for seed in seeds:
        if process is None or not process.is_alive():
            here, there = context.Pipe()
            process = context.Process(target=_serve, args=(base, there))
            process.start()
            there.close()
        here.send((seed, whole))
        began = time.monotonic()
        try:
            fault = _wait(here, process)
            if not fault:
                yield here.recv()
                continue
        except EOFError:
            process.join(5)
            fault = f"aborted: exit {process.exitcode}"
        process.kill()
        process.join()
        process = None
        yield Trial(seed, _named(base, seed), (fault,), time.monotonic() - began)
    if process is not None:
        here.send(None)
        process.join(10)
        process.kill()
