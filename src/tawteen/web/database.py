"""Which database the workspace uses: SQLite in its folder, or the PostgreSQL that an address names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tawteen.web.params import SERVER

_SQLITE_START = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
"""`recursive_triggers` lets the triggers for DELETE refuse what INSERT OR REPLACE would remove."""
_SCHEMES = ("postgres://", "postgresql://")


class DatabaseAddressError(ValueError):
    """An address that names no PostgreSQL database."""


def database_settings(address: str, sqlite_file: Path) -> dict[str, Any]:
    """The settings of Django for an address like postgresql://USER:PASSWORD@HOST/NAME, or for SQLite where it is empty.

    Raises DatabaseAddressError where the address is another one.
    """
    if not address:
        options: dict[str, Any] = {
            "transaction_mode": "IMMEDIATE", "timeout": SERVER.lock_wait, "init_command": _SQLITE_START,
        }  # fmt: skip
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(sqlite_file), "OPTIONS": options}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": SERVER.kept_connection,
        "CONN_HEALTH_CHECKS": True,
        **_address_parts(address),
    }


def _address_parts(address: str) -> dict[str, Any]:
    """Name, user, password, host, port and options of an address. Raises DatabaseAddressError where it has no name."""
    from psycopg import ProgrammingError  # noqa: PLC0415 - loaded where PostgreSQL is used
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415

    try:
        parts: dict[str, Any] = conninfo_to_dict(address) if address.startswith(_SCHEMES) else {}
    except ProgrammingError as error:
        raise DatabaseAddressError(address) from error
    if not parts.get("dbname"):
        raise DatabaseAddressError(address)
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings = {named[name]: str(value) for name, value in parts.items() if name in named}
    options = {name: value for name, value in parts.items() if name not in named}
    # What the address says itself comes later, and counts.
    limits = f"-c lock_timeout={SERVER.lock_wait}s {options.get('options', '')}".strip()
    return {**settings, "OPTIONS": {"connect_timeout": SERVER.connect_wait, **options, "options": limits}}
