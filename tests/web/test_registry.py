"""The registry begins with an import, which is an act on the record; lists, filters, search and the page of a site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.tiny import tiny
from tests.web.conftest import FOLDER, Workspace, fresh_postgresql, fresh_sqlite
from tests.web.mission import add_person, begin, browser_of

from tawteen.case.folder import write_folder
from tawteen.case.workbook import write_workbook
from tawteen.record.entry import read_line
from tawteen.record.record_file import write_record
from tawteen.record.verification import verify_record
from tawteen.web.imports.pending import unfinished_imports
from tawteen.web.log.append import NewEntry, append
from tawteen.web.log.checkpoints import record_lines_after, sign_checkpoint, state_workspace_key
from tawteen.web.params import REGISTRY_LISTS
from tawteen.web.public_case import public_case
from tawteen.web.registry.models import CellVersion, SiteRow
from tawteen.words import Words


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    begin()
    return workspace


@pytest.fixture(scope="module")
def loaded_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the public case, which the host loaded through its page and shows to the partner."""
    from django.db import connections

    made = fresh_sqlite(migrated_file, tmp_path_factory.mktemp("loaded"))
    begin()
    add_person("host", "viewer")
    add_person("partner", "engineer")
    answer = browser_of("host-administrator").post("/import", {"source": "public", "shared": "yes"})
    assert answer["Location"] == "/sites"
    connections.close_all()
    return Path(made.settings["NAME"])


@pytest.fixture
def loaded(loaded_file: Path, tmp_path: Path) -> Iterator[Workspace]:
    from django.db import connections

    yield fresh_sqlite(loaded_file, tmp_path)
    connections.close_all()


def files_of(folder: Path) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file()]


def names_on(page: bytes) -> list[str]:
    return re.findall(r'<th scope="row">(?:<input[^>]+> )?<a href="[^"]+">([^<]+)</a>', page.decode())


def test_an_empty_registry_offers_how_to_begin(mission: Workspace) -> None:
    add_person("host", "viewer")
    assert b'href="/import"' in browser_of("host-administrator").get("/sites").content
    assert b'href="/import"' not in browser_of("host-viewer").get("/sites").content
    page = browser_of("host-administrator", "ar").get("/import").content.decode()
    assert Words("ar").say("web.import.public") in page


@pytest.mark.parametrize("kind", ["folder", "workbook"])
def test_a_case_that_is_sent_becomes_an_import(mission: Workspace, tmp_path: Path, kind: str) -> None:
    case = tiny()
    if kind == "folder":
        write_folder(case, tmp_path / "case")
        files = files_of(tmp_path / "case")
    else:
        write_workbook(case, tmp_path / "my case.xlsx")
        files = [SimpleUploadedFile("my case.xlsx", (tmp_path / "my case.xlsx").read_bytes())]
    admin = browser_of("host-administrator")
    assert admin.post("/import", {"files": files})["Location"] == "/sites"
    entries = [read_line(line).entry() for _, line in record_lines_after(0)]
    (entry,) = (one for one in entries if one.act == "import")
    assert entry.subject == ("case.toml" if kind == "folder" else "my case.xlsx",)
    assert (entry.person, entry.party) == ("host-administrator", "host")
    filled = sum(
        frame.height * frame.width - sum(frame.null_count().row(0)) for frame in case.tables.values() if frame.height
    )
    cells = [cell for cell in entry.content["cells"] if cell["table"] != "settings"]
    assert len(cells) == filled
    assert CellVersion.objects.filter(party="host", table="settings").count() == len(entry.content["cells"]) - filled
    assert names_on(admin.get("/sites").content) == sorted(case.tables["sites"]["name_en"])
    assert names_on(browser_of("partner-administrator").get("/sites").content) == []
    assert not [one for one in entries if one.act == "release" and one.subject[0] != "parties"]
    assert [path.name for path in FOLDER.path.iterdir() if "upload" in path.name] == []


def test_a_second_import_is_compared(loaded: Workspace) -> None:
    admin = browser_of("host-administrator")
    assert Words("en").say("web.import.later.what") in admin.get("/import").content.decode()
    answer = admin.post("/import", {"source": "public"})
    assert answer["Location"].startswith("/imports/compared/")
    assert Words("en").say("web.import.same") in admin.get(answer["Location"]).content.decode()


BAD: dict[str, tuple[list[tuple[str, bytes]], str]] = {
    "nothing": ([], "No file was sent"),
    "a picture": ([("picture.png", b"\x89PNG")], "picture.png is no file of a case"),
    "a path": ([("../../etc/passwd", b"x")], "passwd is no file of a case"),
    "tables without settings": ([("sites.csv", b"id\n")], "case.toml is missing"),
    "two workbooks": ([("a.xlsx", b"PK"), ("b.xlsx", b"PK")], "a.xlsx is no file of a case"),
    "no workbook": ([("a.xlsx", b"not a workbook")], "<strong>Error</strong>"),
    "broken settings": ([("case.toml", b"[about\n")], "<strong>Error</strong>"),
    "a strange table": ([("case.toml", b""), ("siites.csv", b"")], "siites.csv is no file of a case"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_case_is_refused_and_nothing_is_kept(mission: Workspace, kind: str) -> None:
    files, said = BAD[kind]
    answer = browser_of("host-administrator").post(
        "/import", {"files": [SimpleUploadedFile(name, content) for name, content in files]}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CellVersion.objects.filter(table="sites").exists()
    assert [path.name for path in FOLDER.path.iterdir() if "upload" in path.name] == []


def test_an_error_is_said_with_its_file_row_and_column(mission: Workspace, tmp_path: Path) -> None:
    write_folder(tiny(), tmp_path / "case")
    sites = tmp_path / "case" / "sites.csv"
    text = sites.read_text(encoding="utf-8-sig")
    region = tiny().tables["sites"]["region"][0]
    sites.write_text(text.replace(f",{region},", ",<b>atlantis</b>,", 1), encoding="utf-8-sig")
    answer = browser_of("host-administrator", "ar").post("/import", {"files": files_of(tmp_path / "case")})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "sites.csv" in page
    assert "&lt;b&gt;atlantis&lt;/b&gt;" in page
    assert "<b>atlantis" not in page


def test_too_much_is_refused(mission: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from tawteen.web.imports import uploads
    from tawteen.web.params import UPLOAD

    monkeypatch.setattr(uploads, "UPLOAD", replace(UPLOAD, most_bytes=1_000_000))
    answer = browser_of("host-administrator").post("/import", {"files": SimpleUploadedFile("a.xlsx", b"x" * 1_000_001)})
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.content.decode()


def test_the_public_case_is_there_and_shown_to_both(loaded: Workspace) -> None:
    host, partner = (browser_of(name).get("/sites").content for name in ("host-viewer", "partner-engineer"))
    assert names_on(host) == names_on(partner)
    assert (
        len(names_on(host)) == REGISTRY_LISTS.rows
        or len(names_on(host)) == SiteRow.objects.filter(party="host").count()
    )
    assert SiteRow.objects.filter(party="host").count() == SiteRow.objects.filter(party="partner").count() > 40


def test_a_large_case_takes_several_entries_and_is_whole(
    postgresql_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL; the exported record is verified for who sees all of it and for who does not."""
    from dataclasses import replace

    from tawteen.web.imports import applying
    from tawteen.web.params import UPLOAD

    monkeypatch.setattr(applying, "UPLOAD", replace(UPLOAD, cells_of_a_part=20_000))
    fresh_postgresql(postgresql_server)
    key = FOLDER.signing_key()
    state_workspace_key(key)
    begin()
    browser_of("host-administrator").post("/import", {"source": "public"})
    for pending in unfinished_imports():  # on a slow machine a request enters some parts only
        applying.Applying(pending).run()
    assert CellVersion.objects.values("number").distinct().count() > 4
    sign_checkpoint(key)
    withheld = {}
    for party in ("host", "partner"):
        browser = browser_of(f"{party}-administrator")
        (tmp_path / "record.jsonl").write_bytes(browser.get("/record/record.jsonl").getvalue())
        (tmp_path / "checkpoint.txt").write_bytes(browser.get("/record/checkpoint.txt").content)
        verification = verify_record(tmp_path / "record.jsonl", [tmp_path / "checkpoint.txt"], keys=[key.verifier])
        assert verification.whole
        withheld[party] = verification.withheld
    # The partner gets the hashes of the imports, and of what the host is not to see the other way round.
    assert withheld["host"] == 0
    assert withheld["partner"] >= 3


@pytest.mark.parametrize(("typed", "found"), [
    ("cement-benghazi", "cement-benghazi"), ("BENGHAZI hawari", "cement-benghazi"), ("بنغازى", "cement-benghazi"),
    ("مصنعا اسمنت", "cement-benghazi"), ("إِسْمَنْت بنغازي", "cement-benghazi"), ("binghazi", "cement-benghazi"),
    ("الفتائح", "cement-fataih"), ("fatayih", "cement-fataih"), ("اسمنت الفتايح", "cement-fataih"),
])  # fmt: skip
def test_a_site_is_found_however_it_is_spelled(loaded: Workspace, typed: str, found: str) -> None:
    page = browser_of("host-viewer").get("/sites", {"q": typed}).content.decode()
    assert f'href="/sites/{found}"' in page


@pytest.mark.parametrize("typed", ["zzzz", "%", "_", "cement zzzz", "'; DROP TABLE", "\\"])
def test_what_nothing_is_called_finds_nothing(loaded: Workspace, typed: str) -> None:
    answer = browser_of("host-viewer").get("/sites", {"q": typed})
    assert answer.status_code == 200
    if typed != "_":
        assert names_on(answer.content) == []


def test_filters_and_pages(loaded: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from tawteen.web.registry import site_list

    monkeypatch.setattr(site_list, "REGISTRY_LISTS", replace(REGISTRY_LISTS, rows=10))
    browser = browser_of("host-viewer")
    listed: list[str] = []
    address: str | None = "/sites?state=running"
    while address:
        page = browser.get(address).content
        assert len(names_on(page)) <= 10
        listed += names_on(page)
        following = re.search(r'<a href="(\?[^"]+)">Next</a>', page.decode())
        address = None if following is None else "/sites" + following[1].replace("&amp;", "&")
    rows = SiteRow.objects.filter(party="host", state="running")
    assert sorted(listed) == sorted(rows.values_list("name_en", flat=True))
    assert len(listed) > 10
    both = browser.get("/sites?state=running&region=east").content
    assert len(names_on(both)) == min(rows.filter(region="east").count(), 10)
    assert browser.get("/sites?page=9999").status_code == browser.get("/sites?page=x").status_code == 200
    assert names_on(browser.get("/sites?state=nowhere").content) == []


def test_a_site_page_says_what_is_known_and_from_whom(loaded: Workspace) -> None:
    page = browser_of("partner-engineer").get("/sites/cement-benghazi").content.decode()
    assert "Benghazi and Hawari cement works" in page
    assert "Libyan Cement Company" in page
    assert "Running" in page
    assert "host-administrator" in page
    assert "Republic of Sand" in page
    arabic = browser_of("partner-engineer", "ar").get("/sites/cement-benghazi").content.decode()
    assert "مصنعا إسمنت بنغازي والهواري" in arabic
    assert "جمهورية الرمل" in arabic
    for lang, text in (("en", page), ("ar", arabic)):
        assert any(Words(lang).pick(labels) in text for labels in (("Documented", "موثق"), ("Reported", "منقول")))  # type: ignore[arg-type]


def test_values_in_conflict_are_shown_with_whose_they_are(loaded: Workspace) -> None:
    place = ("sites", "cement-benghazi", "state")
    base = CellVersion.objects.get(table="sites", row="cement-benghazi", column="state").number
    append(NewEntry("host-viewer", "host", "cell", place, {"value": "damaged"}, (base,)))
    append(NewEntry("host-administrator", "host", "cell", place, {"value": "stopped"}, (base,)))
    page = browser_of("host-viewer").get("/sites/cement-benghazi").content.decode()
    assert Words("en").say("web.conflicts") in page
    assert Words("en").say("web.conflict") in browser_of("host-viewer").get("/sites?q=cement-benghazi").content.decode()
    other = browser_of("partner-engineer").get("/sites/cement-benghazi").content.decode()
    assert Words("en").say("web.conflicts") not in other


@pytest.mark.parametrize("site", ["nowhere", "a/b", "x" * 300, "cement-benghazi/"])
def test_a_site_that_is_not_there_is_not_there(loaded: Workspace, site: str) -> None:
    assert browser_of("host-viewer").get(f"/sites/{site}").status_code == 404


def test_a_site_with_a_key_of_any_characters_has_a_page(mission: Workspace) -> None:
    for row in ("مصنع ١", "a/b c", "<x>&", "50%"):
        append(NewEntry("host-administrator", "host", "cell", ("sites", row, "name_en"), {"value": f"Name of {row}"}))
    browser = browser_of("host-administrator")
    page = browser.get("/sites").content.decode()
    links = re.findall(r'<th scope="row">(?:<input[^>]+> )?<a href="([^"]+)"', page)
    assert len(links) == 4
    for link in links:
        assert "Name of" in browser.get(link.replace("&amp;", "&")).content.decode()


def test_pages_are_light(loaded: Workspace) -> None:
    browser: Any = browser_of("host-viewer", "ar")
    for path in ("/sites", "/sites/cement-benghazi", "/", "/people"):
        assert len(browser.get(path).content) <= 150_000


def test_the_public_case_is_found(tmp_path: Path) -> None:
    path = public_case()
    assert path is not None
    assert (path / "case.toml").is_file()


def test_a_refusal_of_the_record_names_who_may(loaded: Workspace) -> None:
    page = Client(SERVER_NAME="localhost")
    assert page.get("/record").status_code == 302
    refused = browser_of("host-viewer").get("/record").content.decode()
    assert "Auditor" in refused


def test_the_whole_record_can_be_written_again(loaded: Workspace, tmp_path: Path) -> None:
    write_record(tmp_path / "record.jsonl", (line for _, line in record_lines_after(0)))
    assert verify_record(tmp_path / "record.jsonl").whole


def test_rows_of_a_party_are_found_by_their_keys(workspace: Workspace) -> None:
    """Without statistics of its tables SQLite would read all that a party entered in a table for each of its rows."""
    query = CellVersion.objects.filter(table="sites", row__in=["a", "b", "c"], party__in=["host", "partner"])
    assert "cell_row" in query.explain()
