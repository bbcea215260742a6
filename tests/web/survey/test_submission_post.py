"""What a telephone sends is kept as sent and becomes cells with versions: twice, in parts, out of order, broken."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client, override_settings
from tests.survey.instances import FORM, filled
from tests.web.conftest import FOLDER, Workspace, fresh_sqlite
from tests.web.survey.registered import SURVEYOR, register
from tests.web.survey.telephone import Telephone, message, telephone_of

from tawteen.record.cells import Place, standing
from tawteen.record.entry import Entry, read_line
from tawteen.survey.field_evidence import source_id
from tawteen.web.data_folder import DataFolder
from tawteen.web.file_store import FileStore
from tawteen.web.log.append import NewEntry, append
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.log.derived import rebuild
from tawteen.web.registry.models import CellVersion
from tawteen.web.survey.models import FileRow, SubmissionRow
from tawteen.web.survey.params import POSTS
from tawteen.web.survey.stored_findings import read_findings
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words

JPEG = b"\xff\xd8\xff\xe0" + b"gate" * 20
LETTER = b"\xff\xd8\xff\xe0" + b"letter" * 20
PHOTOS = {"gate.jpg": JPEG, "letter.jpg": LETTER}
STORE = FileStore(FOLDER.files)
TODAY = dt.datetime.now(dt.UTC).date().isoformat()
FRESH = {
    "date": TODAY,
    "start": f"{TODAY}T09:10:00.000+02:00",
    "end": f"{TODAY}T11:40:00.000+02:00",
    "title_as_of": None,
}


def visit(answers: dict[str, str | None] | None = None, **more: Any) -> bytes:
    """A form that was filled today."""
    return filled({**FRESH, **(answers or {})}, **more)


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    register()
    return workspace


@pytest.fixture
def both(either: Workspace) -> Workspace:
    register()
    return either


def submissions() -> list[Entry]:
    entries = (read_line(line).entry() for _, line in record_lines_after(0))
    return [entry for entry in entries if entry.act == "submission"]


def cell(table: str, row: str, column: str, party: str = "host") -> list[Any]:
    """The values that stand."""
    history = PartyView(party).history(table, [row]).get(Place(table, row, column), [])
    return [version.value for version in standing(history)]


def rows() -> list[tuple[str, str, str]]:
    return list(SubmissionRow.objects.order_by("first").values_list("instance", "state", "site"))


def codes(text: str) -> list[str]:
    return [finding.code for finding in read_findings(text)]


def test_a_submission_is_an_act_with_hashes_and_its_cells_are_observations(both: Workspace) -> None:
    content = visit()
    (answer,) = telephone_of(SURVEYOR).send(content, PHOTOS)
    assert answer.status_code == 201
    assert Words("en").say("web.survey.phone.kept") in message(answer)
    (entry,) = submissions()
    assert (entry.person, entry.party, entry.subject) == (SURVEYOR, "host", (FORM.id, "uuid:1"))
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in {"submission.xml": content, **PHOTOS}.items()}
    assert {file["name"]: file["sha256"] for file in entry.content["files"]} == hashes
    assert {name: STORE.path(digest).read_bytes() for name, digest in hashes.items()} == {
        "submission.xml": content, **PHOTOS}  # fmt: skip
    assert entry.content["device_time"] == FRESH["start"]
    evidence = PartyView("host").rows("evidence")
    ours = {row: cells for row, cells in evidence.items() if value_of(cells, "source") == source_id("uuid:1")}
    assert {value_of(cells, "grade") for cells in ours.values()} == {"inspected"}
    assert cell("sites", "mill", "owner") == ["Mills Company"]
    assert cell("blockers", "mill/title", "authority") == ["محكمة سبها"]
    assert cell("sites", "mill", "state_as_of") == [TODAY]
    assert rows() == [("uuid:1", "taken", "mill")]
    places = {(one.name, one.table, one.row) for one in FileRow.objects.all()}
    assert places == {
        ("submission.xml", "", ""),
        ("gate.jpg", "sites", "mill"),
        ("letter.jpg", "blockers", "mill/title"),
    }


def test_each_change_names_the_version_that_it_replaces(mission: Workspace) -> None:
    before = {(one.table, one.row, one.column): one.number for one in CellVersion.objects.all()}
    telephone_of(SURVEYOR).send(visit())
    (entry,) = submissions()
    for one in entry.content["cells"]:
        assert one["version"] == before.get((one["table"], one["row"], one["column"]), 0)


def test_the_same_instance_twice_is_one(both: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    for _ in range(2):
        assert phone.send(visit(), PHOTOS)[0].status_code == 201
    assert telephone_of("host-analyst").send(visit(), PHOTOS)[0].status_code == 201
    assert len(submissions()) == 1


def test_photos_that_come_later_are_joined(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    phone.post(visit(), {}, more=True)
    assert codes(SubmissionRow.objects.get().notes) == ["survey.photos_missing"]
    versions = CellVersion.objects.count()
    phone.post(visit(), {"gate.jpg": JPEG}, more=True)
    phone.post(visit(), {"letter.jpg": LETTER})
    first, second, third = submissions()
    assert [len(one.content["files"]) for one in (first, second, third)] == [1, 1, 1]
    assert (second.based_on, third.based_on) == ((first.number,), (second.number,))
    assert CellVersion.objects.count() == versions
    assert SubmissionRow.objects.get().notes == ""
    assert rows() == [("uuid:1", "taken", "mill")]


def test_more_photos_than_one_post_takes_come_in_several(mission: Workspace) -> None:
    photos = {f"{number}.jpg": bytes([255, 216, 255, number]) + bytes(3_000_000) for number in range(7)}
    asked = [{"photo": name, "caption": f"View {name}"} for name in photos]
    answers = telephone_of(SURVEYOR).send(visit(photos=asked), photos)
    assert [answer.status_code for answer in answers] == [201] * 3
    assert FileRow.objects.filter(table="sites", row="mill").count() == 7
    assert {one.caption for one in FileRow.objects.filter(table="sites")} == {f"View {name}" for name in photos}
    assert SubmissionRow.objects.count() == 1


def test_a_corrected_copy_replaces_what_it_corrects(mission: Workspace) -> None:
    """Observations of the first are taken out, and what it alone had changed is as it was."""
    staff = cell("sites", "mill", "idle_staff")
    phone = telephone_of(SURVEYOR)
    phone.send(visit({"site_owner": "Wrong Company", "site_idle_staff": "99"}))
    assert cell("sites", "mill", "idle_staff") == [99]
    phone.send(visit({"site_owner": "Right Company", "site_idle_staff": None}, instance="uuid:2", replaces="uuid:1"))
    assert rows() == [("uuid:1", "replaced", "mill"), ("uuid:2", "taken", "mill")]
    assert cell("sites", "mill", "owner") == ["Right Company"]
    assert cell("sites", "mill", "idle_staff") == (staff or [None])
    evidence = {value_of(cells, "value") for cells in PartyView("host").rows("evidence").values()}
    assert "Right Company" in evidence
    assert not {"Wrong Company", "99"} & evidence


def test_a_correction_that_comes_first_counts_alone(mission: Workspace) -> None:
    second = visit({"site_owner": "Right Company"}, instance="uuid:2", replaces="uuid:1")
    phone = telephone_of(SURVEYOR)
    phone.send(second)
    before = CellVersion.objects.count()
    phone.send(visit({"site_owner": "Wrong Company"}))
    assert sorted(rows()) == [("uuid:1", "replaced", ""), ("uuid:2", "taken", "mill")]
    assert CellVersion.objects.count() == before


def test_two_copies_that_replace_each_other_both_count(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    phone.send(visit(replaces="uuid:2"))
    phone.send(visit(instance="uuid:2", replaces="uuid:1"))
    assert sorted(rows()) == [("uuid:1", "taken", "mill"), ("uuid:2", "taken", "mill")]


@pytest.mark.parametrize("turned", [False, True])
def test_no_visit_wins_over_another(mission: Workspace, turned: bool) -> None:
    """Of two visits that differ both values stand, whichever came first, until somebody settles them."""
    contents = [visit({"site_owner": "One"}), visit({"site_owner": "Other"}, instance="uuid:2")]
    for content in contents[::-1] if turned else contents:
        telephone_of(SURVEYOR).send(content)
    assert sorted(cell("sites", "mill", "owner")) == ["One", "Other"]
    assert "survey.contested" in codes(SubmissionRow.objects.order_by("-number")[0].notes)


def test_what_changed_since_the_telephone_loaded_its_list_is_a_conflict(mission: Workspace) -> None:
    (known,) = cell("sites", "mill", "state")
    (number,) = [one.number for one in CellVersion.objects.filter(table="sites", row="mill", column="state")]
    other = "running" if known != "running" else "planned"
    append(NewEntry("host-analyst", "host", "cell", ("sites", "mill", "state"), {"value": other}, (number,)))
    from tawteen.survey.entity_lists import shown

    words = shown("sites", "state", known)
    fresh = shown("sites", "state", other)
    stale = visit({"site_state": "destroyed"}, extra=f"<facts><known_site_state>{words}</known_site_state></facts>")
    telephone_of(SURVEYOR).send(stale)
    assert sorted(cell("sites", "mill", "state")) == sorted(["destroyed", other])
    assert fresh != words


def test_who_saw_the_value_that_stands_replaces_it(mission: Workspace) -> None:
    from tawteen.survey.entity_lists import shown

    words = shown("sites", "state", cell("sites", "mill", "state")[0])
    content = visit({"site_state": "destroyed"}, extra=f"<facts><known_site_state>{words}</known_site_state></facts>")
    telephone_of(SURVEYOR).send(content)
    assert cell("sites", "mill", "state") == ["destroyed"]


FAULTS: dict[str, tuple[bytes, str]] = {
    "no XML": (b"not xml", "survey.not_xml"),
    "cut off": (visit()[:-40], "survey.not_xml"),
    "entities": (b'<!DOCTYPE a [<!ENTITY b SYSTEM "/etc/passwd">]><a id="f">&b;</a>', "survey.entities"),
    "a billion laughs": (
        b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><data id="x"><a>&b;</a></data>', "survey.entities"
    ),
    "too long": (b"<data>" + b" " * 1_000_001 + b"</data>", "survey.too_long"),
    "nested": (b"<a>" * 50 + b"</a>" * 50, "survey.nesting"),
    "no instance": (visit(instance=None), "survey.no_instance"),
    "another form": (visit(form="other"), "survey.other_form"),
    "another version": (visit(version="00000000.00000000"), "survey.other_version"),
    "an unknown site": (visit({"site": "forge", "seen_name": "Forge", "seen_name_ar": None}), "survey.site_unknown"),
    "a site not in the list": (
        visit({"listed": "no", "site": None, "site_name": "مصنع الحديد"}), "survey.site_unlisted"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_read_is_kept_with_what_is_wrong(mission: Workspace, name: str) -> None:
    content, code = FAULTS[name]
    before = CellVersion.objects.count()
    (answer,) = telephone_of(SURVEYOR).send(content, {"gate.jpg": JPEG})
    assert answer.status_code == 201
    assert Words("ar").say("web.survey.phone.faulty") in message(answer)
    row = SubmissionRow.objects.get()
    assert (row.state, codes(row.fault)) == ("faulty", [code])
    assert STORE.path(hashlib.sha256(content).hexdigest()).read_bytes() == content
    assert CellVersion.objects.count() == before
    assert FileRow.objects.filter(name="gate.jpg", sha256=hashlib.sha256(JPEG).hexdigest()).exists()


def test_one_instance_with_other_answers_is_kept_beside_the_first(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    phone.send(visit())
    phone.send(visit({"title_state": "open"}), {"gate.jpg": JPEG})
    assert rows() == [("uuid:1", "taken", "mill"), ("uuid:1", "faulty", "")]
    assert codes(SubmissionRow.objects.get(state="faulty").fault) == ["survey.instance_differs"]
    phone.send(visit({"title_state": "open"}), {"letter.jpg": LETTER})
    assert [state for _, state, _ in rows()] == ["taken", "faulty"]


def test_an_instance_of_another_party_is_another_one(mission: Workspace) -> None:
    telephone_of(SURVEYOR).send(visit())
    answer = telephone_of("partner-surveyor").send(visit({"title_state": "open"}))[0]
    assert answer.status_code == 201
    assert SubmissionRow.objects.get(party="partner").state == "faulty"
    assert "instance_differs" not in SubmissionRow.objects.get(party="partner").fault


def test_a_clock_that_is_wrong_dates_nothing(mission: Workspace) -> None:
    telephone_of(SURVEYOR).send(visit({"date": "2099-01-01"}))
    row = SubmissionRow.objects.get()
    assert (row.state, codes(row.notes)) == ("taken", ["survey.photos_missing", "survey.clock"])
    assert not [one for one in PartyView("host").rows("evidence").values()
                if value_of(one, "source") == source_id("uuid:1") and "as_of" in one]  # fmt: skip


def test_a_site_of_another_name_is_read_and_told(mission: Workspace) -> None:
    telephone_of(SURVEYOR).send(visit({"site": "old-mill"}), PHOTOS)
    row = SubmissionRow.objects.get()
    assert (row.state, row.site, codes(row.notes)) == ("taken", "mill", ["survey.site_moved"])


def test_a_partner_surveys_what_it_sees_and_what_it_saw_is_its_own(mission: Workspace) -> None:
    for subject in (("settings", "*", "*"), ("sites", "mill", "*"), ("blockers", "*", "*")):
        append(NewEntry("host-analyst", "host", "release", subject, {"to": ["partner"], "later": False}))
    telephone_of("partner-surveyor").send(visit({"site_owner": "Seen by the partner"}), PHOTOS)
    assert SubmissionRow.objects.get().state == "taken"
    assert cell("sites", "mill", "owner", "partner") == ["Seen by the partner"]
    assert cell("sites", "mill", "owner", "host") != ["Seen by the partner"]
    telephone_of("partner-surveyor").send(
        visit({"site": "cables", "seen_name": "Cable works", "seen_name_ar": "مصنع كابلات"}, instance="uuid:2")
    )
    hidden = SubmissionRow.objects.get(instance="uuid:2")
    assert (hidden.state, codes(hidden.fault)) == ("faulty", ["survey.site_unknown"])


def test_tables_are_the_same_when_they_are_made_again(both: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    phone.send(visit(), {"gate.jpg": JPEG})
    phone.send(visit(), {"letter.jpg": LETTER})
    phone.send(visit(instance="uuid:2", replaces="uuid:1"))
    phone.send(visit({"site": "x", "seen_name": None, "seen_name_ar": None}, instance="uuid:3"))
    tables = (SubmissionRow, FileRow)

    def contents() -> list[list[dict[str, Any]]]:
        listed = [table.objects.order_by("number", "pk").values() for table in tables]
        return [[{name: value for name, value in row.items() if name != "id"} for row in rows] for rows in listed]

    before = contents()
    rebuild()
    assert contents() == before


def kept_files() -> set[str]:
    return {path.name for path in FOLDER.files.rglob("*") if path.is_file()} if FOLDER.files.is_dir() else set()


NAMES = ("../../etc/passwd", "a/b.jpg", "C:\\x.jpg", ".hidden", "submission.xml", "x" * 300, "\u202ea.jpg")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_leads_nowhere_else(mission: Workspace, name: str) -> None:
    """A file is kept under its hash; what its sender calls it is a text, and no path."""
    (answer,) = telephone_of(SURVEYOR).send(visit(), {name: JPEG})
    assert answer.status_code == 201
    (kept,) = FileRow.objects.exclude(media="text/xml")
    assert not {"/", "\\"} & set(kept.name)
    assert not kept.name.startswith(".")
    assert kept.name != "submission.xml"
    assert kept.sha256 == hashlib.sha256(JPEG).hexdigest()


KINDS = {
    "a page": (b"<html><script>alert(1)</script></html>", "application/octet-stream"),
    "a drawing with script": (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "application/octet-stream"),
    "nothing": (b"", "application/octet-stream"),
    "a picture": (JPEG, "image/jpeg"),
    "a broken archive": (b"PK\x03\x04broken", "application/octet-stream"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_file_is_follows_from_its_bytes(mission: Workspace, kind: str) -> None:
    content, media = KINDS[kind]
    telephone_of(SURVEYOR).send(visit(), {"gate.jpg": content})
    assert FileRow.objects.get(name="gate.jpg").media == media
    assert SubmissionRow.objects.get().state == "taken"


def test_too_much_at_once_is_refused_and_nothing_is_kept(mission: Workspace) -> None:
    before = kept_files()
    answer = telephone_of(SURVEYOR).post(visit(), {"gate.jpg": JPEG + bytes(POSTS.bytes + POSTS.form_overhead)})
    assert answer.status_code == 413
    assert (submissions(), kept_files()) == ([], before)


def test_what_is_no_submission_is_refused(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    assert phone.ask("post", "/collect/submission", data={"other": "x"}).status_code == 400
    assert phone.ask("post", "/collect/submission", data={"xml_submission_file": visit().decode()}).status_code == 400
    broken = {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=y"}
    assert phone.ask("post", "/collect/submission", **broken).status_code == 400
    no_boundary = {"data": b"", "content_type": "multipart/form-data"}
    assert phone.ask("post", "/collect/submission", **no_boundary).status_code == 400
    many = {"xml_submission_file": SimpleUploadedFile("x.xml", visit())}
    many |= {f"{number}.jpg": SimpleUploadedFile(f"{number}.jpg", JPEG) for number in range(200)}
    assert phone.ask("post", "/collect/submission", data=many).status_code == 400
    assert submissions() == []


def test_a_form_on_a_page_from_elsewhere_is_refused(mission: Workspace) -> None:
    """A browser that remembers the password would send it along, and cannot send the header of telephones."""
    phone = telephone_of(SURVEYOR)
    parts = {"xml_submission_file": SimpleUploadedFile("x.xml", visit())}
    answer = Client(SERVER_NAME="localhost").post(
        "/collect/submission", parts, headers={"Authorization": phone.authorization()}, secure=True
    )
    assert (answer.status_code, submissions()) == (400, [])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk with room for 200 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "none", folder], check=False)
    if mounted.returncode:
        pytest.skip("needs the right to mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_on_a_full_disk_nothing_is_kept_and_the_telephone_keeps_it(mission: Workspace, small_disk: Path) -> None:
    with override_settings(DATA_FOLDER=DataFolder(small_disk)):
        phone = telephone_of(SURVEYOR)
        full = phone.post(visit(), {"gate.jpg": JPEG + bytes(300_000)})
        assert (full.status_code, submissions()) == (507, [])
        assert Words("ar").say("web.survey.phone.full") in message(full)
        assert not [path for path in small_disk.rglob("*") if path.is_file() and path.stat().st_size > 100_000]
        assert phone.post(visit(), {"gate.jpg": JPEG}).status_code == 201


def send_at_once(workspace: Workspace, contents: list[bytes]) -> list[int]:
    """What two processes of a server answer that get posts at the same moment."""
    phones = [telephone_of(SURVEYOR) for _ in contents]
    begin = threading.Barrier(len(contents))

    def one(phone: Telephone, content: bytes) -> int:
        begin.wait()
        try:
            return phone.post(content, PHOTOS).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(contents)) as pool:
        return list(pool.map(one, phones, contents))


def test_two_who_send_the_same_at_once_are_one(both: Workspace) -> None:
    assert send_at_once(both, [visit()] * 4) == [201] * 4
    assert len(submissions()) == 1
    assert rows() == [("uuid:1", "taken", "mill")]


def test_two_who_differ_at_once_both_stand(both: Workspace) -> None:
    contents = [visit({"site_owner": f"Company {number}"}, instance=f"uuid:{number}") for number in range(3)]
    assert send_at_once(both, contents) == [201] * 3
    assert sorted(cell("sites", "mill", "owner")) == ["Company 0", "Company 1", "Company 2"]


def test_a_corrected_copy_that_says_the_same_keeps_what_it_says(mission: Workspace) -> None:
    phone = telephone_of(SURVEYOR)
    phone.send(visit({"site_owner": "Right Company", "site_idle_staff": "99"}))
    phone.send(visit({"site_owner": "Right Company", "site_idle_staff": "98"}, instance="uuid:2", replaces="uuid:1"))
    assert cell("sites", "mill", "owner") == ["Right Company"]
    assert cell("sites", "mill", "idle_staff") == [98]
    assert cell("sites", "mill", "state_as_of") == [TODAY]
    assert cell("blockers", "mill/machinery", "site") == ["mill"]
    shown = {value_of(cells, "source") for cells in PartyView("host").rows("evidence").values()}
    assert source_id("uuid:2") in shown
    assert source_id("uuid:1") not in shown


def outcome() -> tuple[Any, ...]:
    """What stands: of each cell the set of values, of each submission the state, of each photo the row.

    Left out are the two that follow the first visit to arrive: whose position a site without one took, and the day of a
    state about which visits differ.
    """
    tables = ("sites", "lines", "blockers", "evidence", "sources")
    view = PartyView("host")
    cells = {
        (table, row, column): frozenset(str(version.value) for version in versions)
        for table in tables for row, columns in view.rows(table).items() for column, versions in columns.items()
    }  # fmt: skip
    places = {row for (table, row, column), values in cells.items()
              if table == "evidence" and column == "column" and values & {"lat", "lon"}}  # fmt: skip
    cells = {key: values for key, values in cells.items() if key[2] != "state_as_of" and key[1] not in places}
    files = sorted(FileRow.objects.values_list("instance", "name", "sha256", "table", "row"))
    return cells, sorted((one, state) for one, state, _ in rows()), [one for one in files if one[0] != "uuid:1"]


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_posts_decides_nothing(migrated_file: Path, tmp_path: Path, seed: int) -> None:
    """Two visits that differ, one of them corrected; photos in parts, and everything sent twice or three times."""
    first = visit({"site_owner": "First", "site_idle_staff": "1"})
    other = visit({"site_owner": "Other", "site_state": "destroyed"}, instance="uuid:2")
    corrected = visit({"site_owner": "Corrected", "site_idle_staff": None}, instance="uuid:3", replaces="uuid:1")
    posts: list[tuple[bytes, dict[str, bytes]]] = [
        (content, photos)
        for content in (first, other, corrected) for photos in ({}, {"gate.jpg": JPEG}, {"letter.jpg": LETTER}, PHOTOS)
    ]  # fmt: skip
    outcomes = []
    draw = random.Random(seed)
    for order in (posts, draw.sample(posts + posts, 2 * len(posts))):
        fresh_sqlite(migrated_file, tmp_path)
        register()
        phone = telephone_of(SURVEYOR)
        assert {phone.post(content, photos).status_code for content, photos in order} == {201}
        outcomes.append(outcome())
        connections.close_all()
    one, another = outcomes
    assert {key: (values, another[0].get(key)) for key, values in one[0].items() if another[0].get(key) != values} == {}
    assert one[0].keys() == another[0].keys()
    assert one[1:] == another[1:]
    assert one[0]["sites", "mill", "owner"] == {"Other", "Corrected"}
