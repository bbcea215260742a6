"""Files that are meant to harm, broken ones, and faults of the machine: a clear answer, and nothing is changed."""

from __future__ import annotations

import errno
import io
import json
import os
import sqlite3
import tempfile
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.tiny import tiny
from tests.web.conftest import FOLDER, Workspace
from tests.web.imports.later_imports import apply, begin_with_tiny, cells_of, changed, compared, send_case, with_value
from tests.web.mission import begin, browser_of

from tawteen.case import workbook_file
from tawteen.case.folder import write_folder
from tawteen.case.tables import TABLES
from tawteen.case.workbook import write_workbook
from tawteen.web.imports import pending as pending_imports
from tawteen.web.imports import uploads
from tawteen.web.imports.models import PendingImport
from tawteen.web.log.append import log_size
from tawteen.web.params import UPLOAD

SITE = tiny()["sites"]["id"][0]
TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


@pytest.fixture
def client(workspace: Workspace) -> Client:
    """A browser of a host that has begun."""
    begin()
    return begin_with_tiny()


@cache
def workbook() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hostile.xlsx"
        write_workbook(tiny(), path)
        return path.read_bytes()


def with_parts(**parts: bytes) -> bytes:
    """A workbook with parts in place of its own."""
    source, target = zipfile.ZipFile(io.BytesIO(workbook())), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name in source.namelist():
            book.writestr(name, parts.pop(name, None) or source.read(name))
        for name, content in parts.items():
            book.writestr(name, content)
    return target.getvalue()


def zipped(method: int = zipfile.ZIP_DEFLATED, /, **files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def broken_zip(method: int, name: str = "sites.csv") -> bytes:
    """A ZIP file in which the packed bytes of a file are others."""
    content = zipped(method, **{name: bytes(range(256)) * 9})
    start = content.index(name.encode()) + len(name) + 12
    return content[:start] + b"\xff" * 40 + content[start + 40 :]


def outline_of(*points: list[float]) -> bytes:
    polygon = {"type": "Polygon", "coordinates": [points]}
    features = [{"type": "Feature", "properties": {}, "geometry": polygon}]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><a>&b;</a>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:/etc/passwd">]><a>&x;</a>'
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a workbook of entities": ("a.xlsx", lambda: with_parts(**{"xl/sharedStrings.xml": BOMB}), "entities"),
    "a workbook that asks for a file": ("a.xlsx", lambda: with_parts(**{"xl/workbook.xml": OUTSIDE}), "entities"),
    "a workbook that unpacks to too much": (
        "a.xlsx", lambda: with_parts(**{"xl/worksheets/sheet1.xml": b" " * 31_000_000}), "30 MB"
    ),
    "a ZIP that unpacks to too much": ("a.zip", lambda: zipped(**{"sites.csv": b"x" * 3_100_000}), "3 MB"),
    "a path in a ZIP": ("a.zip", lambda: zipped(**{"../../etc/cron.d/x": b"x"}), "x is no file of a case"),
    "a cut ZIP": ("a.zip", lambda: zipped(**{"sites.csv": b"id\n" * 99})[:-30], "cannot be unpacked"),
    "a ZIP of broken bytes": ("a.zip", lambda: broken_zip(zipfile.ZIP_DEFLATED), "cannot be unpacked"),
    "a ZIP of broken bytes (bzip2)": ("a.zip", lambda: broken_zip(zipfile.ZIP_BZIP2), "cannot be unpacked"),
    "a ZIP of broken bytes (LZMA)": ("a.zip", lambda: broken_zip(zipfile.ZIP_LZMA), "cannot be unpacked"),
    "a ZIP of an unknown packing": (
        "a.zip", lambda: zipped(**{"sites.csv": b"id\n"}).replace(b"\x08\x00", b"\x63\x00"), "cannot be unpacked"
    ),
    "a name in a ZIP that is no text": (
        "a.zip", lambda: zipped(**{"sités.csv": b"id\n"}).replace("é".encode(), b"\xff\xfe"), "cannot be unpacked"
    ),
    "a file twice in a ZIP": ("a.zip", lambda: zipped(**{"a/sites.csv": b"", "b/sites.csv": b""}), "more than once"),
    "a workbook of broken bytes (LZMA)": (
        "a.xlsx", lambda: broken_zip(zipfile.ZIP_LZMA, "xl/workbook.xml"), "a.xlsx"
    ),
    "an outline that is no text": ("outline.geojson", lambda: b"\xff{\x00", "outline.geojson"),
    "an outline outside of the world": (
        "outline.geojson", lambda: outline_of([0, 0], [9, 0], [9, 99], [0, 0]), "outline.geojson"
    ),
    "a cut workbook": ("a.xlsx", lambda: workbook()[:-400], "a.xlsx"),
    "a workbook cut in the middle": ("a.xlsx", lambda: workbook()[:9000], "a.xlsx"),
    "an empty workbook": ("a.xlsx", lambda: b" ", "empty"),
    "a picture with a script": ("x.svg", lambda: b"<svg><script>alert(1)</script></svg>", "x.svg is no file of a case"),
    "a picture called a workbook": ("x.xlsx", lambda: b"<svg><script>alert(1)</script></svg>", "x.xlsx"),
    "a program": ("x.exe", lambda: b"MZ", "x.exe is no file of a case"),
    "a path as a name": ("..\\..\\sites.csv", lambda: b"id\n", "sites.csv"),
    "no text": ("sites.csv", lambda: b"id,name_en\nx,\xff\xfe\xd8\x00\n" * 3, "sites.csv"),
    "a table without its columns": ("sites.csv", lambda: b"\x00\x01\x02", "sites.csv"),
}  # fmt: skip


def test_a_hostile_file_is_refused_with_a_reason_and_nothing_is_kept(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "UPLOAD", replace(UPLOAD, unpacked_bytes=3_000_000))
    monkeypatch.setattr(workbook_file, "LIMITS", replace(workbook_file.LIMITS, unpacked=30_000_000))
    size = log_size()
    for kind, (name, content, words) in HOSTILE.items():
        answer = client.post("/import", {"files": SimpleUploadedFile(name, content())})
        page = answer.content.decode()
        if answer.status_code == 302:  # it can be read in part: what cannot is refused cell by cell
            pending = compared(answer)  # type: ignore[arg-type]
            assert pending.counts["refused"] > 0, kind
            assert sum(pending.counts.values()) == pending.counts["refused"], kind
            page = client.get(answer["Location"]).content.decode()
        else:
            assert answer.status_code == 422, kind
        assert words in page, kind
        assert "<script>" not in page, kind
    assert log_size() == size
    assert [path.name for path in FOLDER.path.iterdir() if "upload" in path.name] == []


def test_an_outline_beside_a_table_is_checked_as_that_of_a_case(client: Client) -> None:
    tables = [SimpleUploadedFile("sites.csv", ",".join(TABLES["sites"].columns()).encode())]
    wrong = SimpleUploadedFile("outline.geojson", outline_of([0, 0], [9, 0], [9, 9]))
    pending = compared(client.post("/import", {"files": [*tables, wrong]}))  # type: ignore[arg-type]
    assert cells_of(pending, "added") == {}
    assert pending.counts["refused"] == 1
    sound = outline_of([0, 0], [9, 0], [9, 9], [0, 0])
    pending = compared(client.post("/import", {"files": SimpleUploadedFile("outline.geojson", sound)}))  # type: ignore[arg-type]
    assert cells_of(pending) == {("outline", "outline", "geojson"): json.dumps(sound.decode())}


def test_links_to_other_workbooks_are_not_followed(client: Client) -> None:
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    target = b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship
        Id="rId1" Type="x" Target="file:/etc/passwd" TargetMode="External"/></Relationships>"""
    parts = {"xl/externalLinks/externalLink1.xml": link, "xl/externalLinks/_rels/externalLink1.xml.rels": target}
    answer = client.post("/import", {"files": SimpleUploadedFile("a.xlsx", with_parts(**parts))})
    assert set(compared(answer).counts.values()) == {0}  # type: ignore[arg-type]


def test_formulas_in_a_file_are_texts(client: Client, tmp_path: Path) -> None:
    write_folder(changed(tiny(), sites=with_value(SITE, "name_en", "MARK")), tmp_path / "later")
    sites = tmp_path / "later" / "sites.csv"
    sites.write_text(sites.read_text(encoding="utf-8-sig").replace("MARK", "=1+1"), encoding="utf-8-sig")
    pending = compared(client.post("/import", {"files": SimpleUploadedFile("sites.csv", sites.read_bytes())}))  # type: ignore[arg-type]
    page = client.get(f"/imports/compared/{pending.token}").content.decode()
    assert "<bdi>=1+1</bdi>" in page


def test_texts_of_a_file_are_no_markup(client: Client, tmp_path: Path) -> None:
    case = changed(tiny(), sites=with_value(SITE, "name_en", "<script>alert(1)</script>"))
    pending = compared(send_case(client, case, tmp_path / "later"))
    page = client.get(f"/imports/compared/{pending.token}").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("name", ["a.xlsx", "sites.csv", "a.zip"])
def test_a_file_that_is_too_large_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(uploads, "UPLOAD", replace(UPLOAD, most_bytes=1_000_000))
    answer = client.post("/import", {"files": SimpleUploadedFile(name, b"x" * 1_000_001)})
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.content.decode()


def test_a_full_disk_is_said_and_nothing_is_left(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full where the upload is written."""
    real = Path.open

    def full(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if "w" in mode and ".upload-" in str(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", full)
    client.raise_request_exception = False
    size = log_size()
    answer = send_case(client, tiny(), tmp_path / "later")
    assert answer.status_code == 507
    assert "no room left" in answer.content.decode()
    assert log_size() == size
    assert [path.name for path in FOLDER.path.iterdir() if "upload" in path.name] == []


def test_a_full_database_is_said_and_nothing_is_entered(client: Client, tmp_path: Path) -> None:
    """SQLite is given no page more than it has."""
    from django.db import connection

    case = changed(tiny(), sites=with_value(SITE, "name_en", "x" * 20_000))
    pending = compared(send_case(client, case, tmp_path / "later"))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    client.raise_request_exception = False
    size = log_size()
    answer = apply(client, pending)
    assert answer.status_code == 507
    assert log_size() == size
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1000000")
    client.post(f"/imports/compared/{pending.token}/continue")
    assert log_size() == size + 1


def locked_for(path: str, seconds: float) -> threading.Thread:
    """Another process writes for some seconds."""
    begun = threading.Event()

    def hold() -> None:
        with sqlite3.connect(path, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            begun.set()
            threading.Event().wait(seconds)
            other.execute("ROLLBACK")

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait()
    return thread


def test_a_database_that_is_locked_for_seconds_is_waited_for(
    client: Client, workspace: Workspace, tmp_path: Path
) -> None:
    case = changed(tiny(), sites=with_value(SITE, "name_en", "Another name"))
    pending = compared(send_case(client, case, tmp_path / "later"))
    size = log_size()
    other = locked_for(workspace.settings["NAME"], 2)
    assert apply(client, pending)["Location"] == "/imports"
    other.join()
    assert log_size() == size + 1


def test_a_database_that_stays_locked_is_said(client: Client, workspace: Workspace, tmp_path: Path) -> None:
    from django.db import connection

    case = changed(tiny(), sites=with_value(SITE, "name_en", "Another name"))
    pending = compared(send_case(client, case, tmp_path / "later"))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
    client.raise_request_exception = False
    other = locked_for(workspace.settings["NAME"], 3)
    answer = apply(client, pending)
    other.join()
    assert answer.status_code == 503
    assert "Nothing was written" in answer.content.decode()
    assert int(answer["Retry-After"]) > 0
    assert apply(client, pending).status_code == 302


def test_a_stale_form_is_refused(client: Client, tmp_path: Path) -> None:
    """A form without the token of its page, as one that was open for days."""
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.cookies = client.cookies
    pending = compared(send_case(client, tiny(), tmp_path / "later"))
    assert apply(strict, pending).status_code == 403
    PendingImport.objects.all().delete()
    assert apply(client, pending).status_code == 404


def test_many_compared_files_make_place(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pending_imports, "UPLOAD", replace(UPLOAD, waiting=3))
    for number in range(5):
        send_case(client, tiny(), tmp_path / str(number), "sites")
    assert PendingImport.objects.filter(strategy="").count() == 3
    assert browser_of("host-administrator").get("/imports").status_code == 200
