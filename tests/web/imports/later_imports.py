"""Later imports for tests: a case is entered, changed, sent again, and what a page says is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests.tiny import tiny
from tests.web.entered_case import enter_case
from tests.web.mission import browser_of

from tawteen.case.folder import write_folder
from tawteen.case.model import Case
from tawteen.web.imports.differences import unpacked
from tawteen.web.imports.models import ImportRow, PendingImport
from tawteen.web.log.append import NewEntry, append
from tawteen.web.registry.version_tokens import version_token
from tawteen.web.rights import Person
from tawteen.web.visibility import PartyView

HOST = Person("host-administrator", "", "host", frozenset(("administrator",)))
SEEN_TABLES = ("sites", "lines", "regions", "settings", "blockers", "options", "evidence")
Change = Callable[[pl.DataFrame], pl.DataFrame]


def changed(case: Case, **changes: Change) -> Case:
    """The case with some tables changed."""
    return replace(case, tables={**case.tables, **{name: change(case[name]) for name, change in changes.items()}})


def with_value(row: str, column: str, value: Any) -> Change:
    """Gives a cell another value."""
    return lambda frame: frame.with_columns(
        pl.when(pl.col("id") == row).then(pl.lit(value, frame[column].dtype)).otherwise(pl.col(column)).alias(column)
    )


def without(row: str) -> Change:
    """Leaves a row out."""
    return lambda frame: frame.filter(pl.col("id") != row)


def files_of(folder: Path) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()]


def send_case(client: Client, case: Case, folder: Path, *tables: str, **form: str) -> HttpResponse:
    """Sends a case as the files of a folder, or some tables of it alone."""
    write_folder(case, folder)
    files = files_of(folder)
    kept = [file for file in files if not tables or Path(str(file.name)).stem in tables]
    return client.post("/import", {"files": kept, **form})  # type: ignore[return-value]


def begin_with_tiny(*, shared: bool = False) -> Client:
    """The host has the tiny case; the browser of who entered it."""
    enter_case(HOST, tiny(), shared=shared)
    return browser_of(HOST.name)


def compared(answer: HttpResponse) -> PendingImport:
    """The compared file to which an answer leads."""
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"].startswith("/imports/compared/")
    return PendingImport.objects.get(token=answer["Location"].rpartition("/")[2])


def undo(client: Client, number: int | None = None) -> PendingImport:
    """What taking an import back would change: that of a number, or the newest one."""
    chosen = ImportRow.objects.order_by("-number")[0].number if number is None else number
    return compared(client.post(f"/imports/{version_token(chosen)}/undo"))  # type: ignore[arg-type]


def cells_of(pending: PendingImport, kind: str = "") -> dict[tuple[str, str, str], Any]:
    """By table, row and column, what the file has; of one kind or of all."""
    frame = unpacked(pending.differences)
    chosen = frame.filter(pl.col("kind") == kind) if kind else frame
    return {(one["table"], one["row"], one["column"]): one["theirs"] for one in chosen.iter_rows(named=True)}


def apply(client: Client, pending: PendingImport, strategy: str = "take", **form: Any) -> HttpResponse:
    path = f"/imports/compared/{pending.token}/apply"
    return client.post(path, {"strategy": strategy, "revision": pending.revision, **form})  # type: ignore[return-value]


def values_seen(party: str) -> dict[tuple[str, str, str], list[Any]]:
    """By cell, the values that stand and that a party sees."""
    seen = {}
    view = PartyView(party)
    for table in SEEN_TABLES:
        for row, cells in view.rows(table).items():
            for column, versions in cells.items():
                values = [version.value for version in versions]
                if values != [None]:
                    seen[table, row, column] = values
    return seen


def edit(row: str, column: str, value: Any, *, party: str = "host", table: str = "sites", based: bool = True) -> int:
    """Changes a cell as a person does, based on what stands; the number of the entry."""
    stand = PartyView(party).rows(table, [row]).get(row, {}).get(column, [])
    based_on = (stand[0].number,) if stand and based else ()
    person = f"{party}-administrator"
    return append(NewEntry(person, party, "cell", (table, row, column), {"value": value}, based_on)).number
