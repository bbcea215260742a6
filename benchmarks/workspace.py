"""How fast the workspace answers 50 people at once, how large its pages are, and how long its tables take to rebuild.

python benchmarks/workspace.py [--sites 10000] [--people 50] [--think 5] [--seconds 30] [--folder DIR] [--entries 0]

Fills a workspace with a generated case (tables that pages of sites show), serves it with `tawteen serve`, and prints
for each page: processor time of the server for one answer while nobody else asks, bytes, and p50 and p95 of the
seconds that people wait while all of them ask at once, each with a pause of `--think` seconds on average. With
DATABASE_URL it does the same on that PostgreSQL, whose database must be empty. `--folder` keeps the workspace and uses
it again. `--entries N` rebuilds tables from a record of N entries instead.

Waiting times are of the machine and of what else it does: its load is printed with them. The processor time of a page
is the steady figure.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from record import entries as generated_entries

TABLES = ("regions", "commodities", "sites", "lines", "evidence", "blockers")
"""Tables that the pages of the registry show and that hold most of their cells."""
TARGET = {"sqlite": 0.5, "postgresql": 0.3}
"""Seconds for which nineteen of twenty people wait at most."""
WEIGHT = 150_000
"""Bytes of a page at most."""
WORDS = ("سمنت", "plant", "mill", "مصنع", "works 12", "site-00042")


def fill(folder: Path, sites: int, tables: tuple[str, ...]) -> None:
    """Makes a workspace with people of both parties and a generated case that the host shows to the partner."""
    from tawteen.web.server import prepare

    prepare(folder)
    import tawteen as tw
    from tawteen.case.hash import case_hash
    from tawteen.web.demo.acts import release
    from tawteen.web.demo.people import add_people, invented_people
    from tawteen.web.imports.strategies import START
    from tawteen.web.log.append import NewEntry, locked_log
    from tawteen.web.params import UPLOAD
    from tawteen.web.registry.case_cells import case_cells

    case = tw.generate(sites=sites)
    cells = [cell for cell in case_cells(case) if cell["table"] in tables]
    people, begun = invented_people(), time.process_time()
    with locked_log() as log:
        add_people(log, people)
        analyst = people["host", "analyst"].acting()
        for start in range(0, len(cells), UPLOAD.cells_of_a_part):
            part = cells[start : start + UPLOAD.cells_of_a_part]
            content = {"sha256": case_hash(case), "strategy": START, "cells": part}
            log.append(NewEntry(analyst.name, "host", "import", ("generated",), content))
        for table in tables:
            release(log, analyst, (table, "*", "*"))
    seconds = time.process_time() - begun
    print(f"filled with {len(cells):,} cells: {seconds:.0f} s of the processor, {len(cells) / seconds:,.0f} cells/s")
    lines = [f"{one.name}\t{one.password}\n" for one in people.values()]
    (folder / "people.txt").write_text("".join(lines), encoding="utf-8")
    (folder / "sites.txt").write_text("\n".join(case.tables["sites"]["id"].to_list()), encoding="utf-8")


@dataclass
class Server:
    """A served workspace and what it has used so far."""

    process: subprocess.Popen[str]
    port: int

    def processor_seconds(self) -> float:
        """Processor time of the server so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> float:
        """Megabytes of memory at most so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """`tawteen serve` on a free port."""
    command = [sys.executable, "-m", "tawteen", "serve", "--data", str(folder), "--port", "0", "--lang", "en"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, encoding="utf-8")
    assert process.stderr is not None
    try:
        while (served := re.search(r"served at http://[\d.]+:(\d+)/", line := process.stderr.readline())) is None:
            if not line:
                raise RuntimeError("the workspace did not start")
        threading.Thread(target=process.stderr.read, daemon=True).start()
        yield Server(process, int(served[1]))
    finally:
        process.terminate()
        process.wait()


@dataclass
class Waits:
    """Seconds waited for each page, by its name, and answers that were no page."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    bytes: dict[str, int] = field(default_factory=dict)
    failed: list[tuple[str, int]] = field(default_factory=list)


class Visitor:
    """Somebody with a browser that keeps its connection."""

    def __init__(self, port: int, lang: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._lang = lang
        self._cookies: dict[str, str] = {}

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Accept-Language": self._lang, "Cookie": cookies}
        body = None if form is None else urlencode(form)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request("GET" if form is None else "POST", path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        for header in answer.headers.get_all("Set-Cookie") or ():
            self._cookies |= {name: one.value for name, one in SimpleCookie(header).items()}
        return answer.status, content

    def sign_in(self, name: str, password: str) -> None:
        """Signs in. Raises RuntimeError where that is refused."""
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', self.ask("/sign-in")[1])
        form = {"name": name, "password": password, "csrfmiddlewaretoken": token[1].decode()}  # type: ignore[index]
        status, _ = self.ask("/sign-in", form)
        if status != 302:
            raise RuntimeError(f"{name} cannot sign in: {status}")


def pages(sites: list[str], draw: random.Random) -> dict[str, Callable[[], str]]:
    """Addresses to ask for, by the name of the page."""
    return {
        "start": lambda: "/",
        "sites": lambda: "/sites",
        "sites, page": lambda: f"/sites?page={draw.randrange(1, max(2, len(sites) // 50))}",
        "sites, search": lambda: "/sites?" + urlencode({"q": draw.choice(WORDS)}),
        "sites, filter": lambda: "/sites?state=suspended",
        "site": lambda: f"/sites/{draw.choice(sites)}",
        "people": lambda: "/people",
        "account": lambda: "/account",
        "style": lambda: "/static/workspace.css",
        "health": lambda: "/health",
    }


def measure_alone(server: Server, visitor: Visitor, sites: list[str], repeats: int) -> dict[str, float]:
    """Processor time of the server in seconds for one answer of each page, while nobody else asks."""
    used = {}
    for name, path in pages(sites, random.Random(1)).items():
        visitor.ask(path())
        before = server.processor_seconds()
        for _ in range(repeats):
            visitor.ask(path())
        used[name] = (server.processor_seconds() - before) / repeats
    return used


def visit(visitor: Visitor, number: int, sites: list[str], args: argparse.Namespace, waits: Waits) -> None:
    """Asks for pages with pauses until the time is over."""
    draw = random.Random(number)
    known, until = pages(sites, draw), time.monotonic() + args.seconds
    time.sleep(draw.uniform(0, args.think))
    while time.monotonic() < until:
        name = draw.choice(list(known))
        begun = time.monotonic()
        status, content = visitor.ask(known[name]())
        waits.seconds[name].append(time.monotonic() - begun)
        waits.bytes[name] = max(waits.bytes.get(name, 0), len(content))
        if status != 200:
            waits.failed.append((name, status))
        time.sleep(draw.expovariate(1 / args.think) if args.think else 0)


def share(values: list[float], part: float) -> float:
    """The value below which a part of the values lies."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def measure_pages(folder: Path, args: argparse.Namespace) -> bool:
    """Serves a filled workspace and prints how it answers; whether the targets are met."""
    sites = (folder / "sites.txt").read_text(encoding="utf-8").split("\n")
    lines = (folder / "people.txt").read_text(encoding="utf-8").splitlines()
    people = [(name, password) for name, password in (line.split("\t") for line in lines)]
    with serving(folder) as server:
        visitors = [Visitor(server.port, ("ar", "en")[number % 2]) for number in range(args.people)]
        before = server.processor_seconds()
        for number, visitor in enumerate(visitors):
            visitor.sign_in(*people[number % len(people)])
        print(f"signing in: {(server.processor_seconds() - before) / args.people * 1000:.0f} ms of the processor")
        alone = measure_alone(server, visitors[0], sites, args.repeats)
        waits = Waits()
        threads = [
            threading.Thread(target=visit, args=(visitor, number, sites, args, waits))
            for number, visitor in enumerate(visitors)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        load = os.getloadavg()[0]
        print(f"{args.people} people, a page every {args.think:g} s each; load of the machine {load:.1f}")
        print(f"{'page':<16}{'processor':>12}{'bytes':>10}{'asked':>8}{'p50':>9}{'p95':>9}")
        for name, seconds in alone.items():
            waited = waits.seconds[name] or [0.0]
            times = f"{share(waited, 0.5) * 1000:>6.0f} ms{share(waited, 0.95) * 1000:>6.0f} ms"
            print(f"{name:<16}{seconds * 1000:>9.1f} ms{waits.bytes.get(name, 0):>10,}{len(waited):>8}{times}")
        every = [one for seconds in waits.seconds.values() for one in seconds]
        print(f"all: p50 {share(every, 0.5) * 1000:.0f} ms, p95 {share(every, 0.95) * 1000:.0f} ms, {len(every)} asked")
        print(f"memory of the server: {server.memory():.0f} MB; answers that were no page: {waits.failed or 'none'}")
        target = TARGET["postgresql" if os.environ.get("DATABASE_URL") else "sqlite"]
        heavy = {name: size for name, size in waits.bytes.items() if size > WEIGHT}
        print(f"target: p95 {target * 1000:.0f} ms, pages of {WEIGHT:,} bytes; too heavy: {heavy or 'none'}")
    return share(every, 0.95) <= target and not heavy and not any(status >= 500 for _, status in waits.failed)


def measure_rebuild(folder: Path, count: int) -> None:
    """Writes a record of `count` entries into the database and makes all tables again from it."""
    from tawteen.web.server import prepare

    prepare(folder)
    from django.db import transaction

    from tawteen.web.bulk_insert import insert_rows
    from tawteen.web.log.append import locked_log, log_size
    from tawteen.web.log.derived import rebuild
    from tawteen.web.log.models import RecordRow

    have = log_size()
    with transaction.atomic():
        written = (entry for entry in generated_entries(count, []) if entry.number > have)
        insert_rows(RecordRow, ({"number": entry.number, "line": entry.line()} for entry in written))
    begun, used = time.perf_counter(), time.process_time()
    with locked_log():
        made = rebuild()
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    load = os.getloadavg()[0]
    print(f"rebuild of {made:,} entries: {seconds:.0f} s, {processor:.0f} s of the processor, load {load:.1f}")


def main() -> None:
    """Reads the arguments, measures, and ends with an error where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--think", type=float, default=5.0, help="seconds between two pages of a person, on average")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--tables", default=",".join(TABLES), help="tables of the case to enter")
    parser.add_argument("--entries", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where the workspace is kept; a temporary folder by default")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary) / "workspace"
        if args.entries:
            measure_rebuild(folder, args.entries)
            return
        if not (folder / "sites.txt").exists():
            fill(folder, args.sites, tuple(args.tables.split(",")))
        if not measure_pages(folder, args):
            sys.exit(1)


if __name__ == "__main__":
    main()
