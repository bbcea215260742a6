"""A workspace of an earlier version, filled by its own code, is brought up to date and loses nothing.

`data/workspace-0.2.0.zip` is a backup of a demo of the example case, as the first version with people and registry made
it; its keys and passwords are of that demo alone. A later release adds its own file here.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.web.commands import command
from tests.web.people_of_demo import SignedIn
from tests.web.test_serve import serving, whole

from tawteen.record.verification import verify_record

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the process is ended by a signal")
EARLIER = sorted((Path(__file__).parent / "data").glob("workspace-*.zip"))

SEEN = (
    "SELECT party, site, name_en, lat, lon, conflicts FROM registry_siterow WHERE lat IS NOT NULL ORDER BY 1, 2",
    'SELECT "party", "table", "row", "column" FROM registry_conflictrow ORDER BY 1, 2, 3, 4',
)


def rows(folder: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "workspace.sqlite3")) as database:
        return database.execute(statement).fetchall()


def test_there_is_one() -> None:
    assert EARLIER


@pytest.mark.parametrize("backup", EARLIER, ids=lambda path: path.stem)
def test_an_earlier_workspace_is_served_rebuilt_and_verified(backup: Path, tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    command("restore", backup, "--data", folder)
    record = rows(folder, "SELECT number, line FROM record_log ORDER BY number")
    cells = 'SELECT "number", "table", "row", "column", "value", "party" FROM registry_cellversion ORDER BY 1, 2, 3, 4'
    kept = rows(folder, cells)
    applied = len(rows(folder, "SELECT 1 FROM django_migrations"))
    assert len(kept) > 300
    with serving(folder) as (host, port):
        assert whole(host, port)
        person = SignedIn(folder, host, port, "host-administrator")
        for path in ("/", "/sites", "/people", "/account", "/record"):
            assert person.get(path)[0] == 200, path
        assert person.invite("surveyor") == 200
    assert len(rows(folder, "SELECT 1 FROM django_migrations")) > applied
    assert rows(folder, "SELECT number, line FROM record_log ORDER BY number")[: len(record)] == record
    assert rows(folder, cells)[: len(kept)] == kept
    # Tables that later versions added are made from the record.
    seen = [rows(folder, statement) for statement in SEEN]
    assert all(seen)
    command("rebuild", "--data", folder)
    assert rows(folder, cells)[: len(kept)] == kept
    assert [rows(folder, statement) for statement in SEEN] == seen
    exported = command("export-record", "--data", folder, "--party", "partner", "--out", tmp_path / "partner")
    assert verify_record(Path(exported["record"]), [Path(exported["checkpoint"])]).whole
