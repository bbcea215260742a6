"""Photos and documents: seen with their row, shown without metadata, never opened as pages, limited in size."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from PIL import Image
from tests.web.conftest import FOLDER, Workspace
from tests.web.mission import browser_of, end_roles_on_the_way
from tests.web.survey.registered import SURVEYOR, register
from tests.web.survey.telephone import telephone_of
from tests.web.survey.test_submission_post import STORE, visit

from tawteen.record.entry import read_line
from tawteen.web import access
from tawteen.web.log.append import NewEntry, append
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.record_page import visible_lines
from tawteen.web.survey.models import FileRow
from tawteen.web.survey.params import FILES
from tawteen.web.visibility import PartyView
from tawteen.words import Words

GPS, ORIENTATION = 0x8825, 0x0112


def photo(side: int = 2000, kind: str = "JPEG") -> bytes:
    """A photo on its side, wider than high, in which a telephone wrote where it was."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010E] = "Secret place"
    picture = Image.new("RGB", (side, side // 2), "red")
    picture.paste("blue", (0, 0, side // 2, side // 2))
    stream = io.BytesIO()
    picture.save(stream, kind, exif=exif)
    return stream.getvalue()


PHOTO = photo()


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    register()
    return workspace


@pytest.fixture
def sent(mission: Workspace) -> FileRow:
    telephone_of(SURVEYOR).send(visit(), {"gate.jpg": PHOTO})
    return FileRow.objects.get(name="gate.jpg")


def address(file: FileRow) -> str:
    return f"/files/{file.sha256}"


def body(answer: HttpResponse) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]


@pytest.mark.parametrize(("size", "side"), [("", FILES.large), ("/small", FILES.small)])
def test_a_picture_is_shown_upright_and_without_what_a_telephone_wrote_into_it(
    sent: FileRow, size: str, side: int
) -> None:
    answer = browser_of("host-viewer").get(address(sent) + size)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "attachment" not in answer.get("Content-Disposition", "")
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (side // 2, side)
    assert not picture.getexif()
    assert b"Secret" not in answer.content
    assert b"Exif" not in answer.content
    again = browser_of("host-viewer").get(address(sent) + size, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert browser_of("host-viewer").get(address(sent) + size).content == answer.content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_of_picture_is_shown(mission: Workspace, kind: str) -> None:
    telephone_of(SURVEYOR).send(visit(), {"gate.jpg": photo(400, kind)})
    answer = browser_of("host-viewer").get(address(FileRow.objects.get(name="gate.jpg")))
    assert (answer.status_code, Image.open(io.BytesIO(answer.content)).size) == (200, (200, 400))
    assert b"Secret" not in answer.content


def test_the_own_party_gets_it_as_it_was_sent(sent: FileRow) -> None:
    answer = browser_of("host-viewer").get(address(sent) + "/sent")
    assert body(answer) == PHOTO
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_other_party_sees_it_once_the_row_is_released_and_never_as_it_was_sent(sent: FileRow) -> None:
    other = browser_of("partner-analyst")
    assert other.get(address(sent)).status_code == 404
    cells = {"to": ["partner"], "later": False}
    for subject in (("sites", "mill", "name_en"), ("sites", "mill", "lat"), ("lines", "*", "*"), ("sites", "x", "*")):
        append(NewEntry("host-analyst", "host", "release", subject, cells))
        assert other.get(address(sent)).status_code == 404
    assert b"gate.jpg" not in other.get("/sites/mill").content
    append(NewEntry("host-analyst", "host", "release", ("sites", "mill", "*"), cells))
    shown = other.get(address(sent))
    assert shown.status_code == 200
    assert b"Secret" not in shown.content
    assert sent.sha256.encode() in other.get("/sites/mill").content
    assert other.get(address(sent) + "/sent").status_code == 404
    later = photo(300)
    telephone_of(SURVEYOR).send(visit({"gate_photo": "later.jpg"}, instance="uuid:2"), {"later.jpg": later})
    assert other.get(address(FileRow.objects.get(name="later.jpg"))).status_code == 404
    form = FileRow.objects.filter(name="submission.xml").order_by("pk")[0]
    assert other.get(address(form)).status_code == 404
    assert other.get(address(form) + "/sent").status_code == 404


def test_photos_of_gates_and_lines_stand_on_the_page_of_their_site(mission: Workspace) -> None:
    lines = [{"line": "mill-1", "line_quality": "0.9", "line_photo": "line.jpg"}]
    telephone_of(SURVEYOR).send(visit(lines=lines), {"letter.jpg": photo(200), "line.jpg": photo(210)})
    page = browser_of("host-viewer").get("/sites/mill").content.decode()
    assert "mill/title" in page
    assert "mill-1" in page
    assert page.count("/small") == 2
    assert browser_of("host-viewer").get("/sites/cables").content.count(b"/small") == 0


def test_a_picture_whose_metadata_is_damaged_is_shown_upright(mission: Workspace) -> None:
    """A telephone that writes its latitude as text, where EXIF has three fractions."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS)[2] = (1.0, 2.0, 3.0)
    stream = io.BytesIO()
    Image.new("RGB", (80, 40)).save(stream, "JPEG", exif=exif)
    content, as_fractions = stream.getvalue(), b"\x00\x01\x00\x02\x00\x05"
    assert content.count(as_fractions) == 1
    telephone_of(SURVEYOR).send(visit(), {"gate.jpg": content.replace(as_fractions, as_fractions[:-1] + b"\x02")})
    answer = browser_of("host-viewer").get(address(FileRow.objects.get(name="gate.jpg")))
    assert Image.open(io.BytesIO(answer.content)).size == (40, 80)


def test_a_broken_or_huge_picture_is_told(mission: Workspace) -> None:
    huge = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(huge, "PNG")
    for name, content in (("gate.jpg", PHOTO[:300]), ("letter.jpg", huge.getvalue())):
        telephone_of(SURVEYOR).send(visit(), {name: content})
        answer = browser_of("host-viewer").get(address(FileRow.objects.get(name=name)))
        assert answer.status_code == 404
        assert Words("en").say("web.refused.no_picture") in answer.content.decode()


SCRIPTS = {
    "x.html": b"<html><script>alert(1)</script></html>",
    "x.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "x.jpg": b"<!doctype html><script>alert(1)</script>",
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_could_run_is_downloaded_and_never_opened(mission: Workspace, name: str) -> None:
    telephone_of(SURVEYOR).send(visit({"gate_photo": name}), {name: SCRIPTS[name]})
    for more in ("", "/small", "/sent"):
        answer = browser_of("host-viewer").get(address(FileRow.objects.get(name=name)) + more)
        assert (answer["Content-Type"], body(answer)) == ("application/octet-stream", SCRIPTS[name])
        assert answer["Content-Disposition"] == f'attachment; filename="{name}.bin"'
        assert "script-src 'self'" in answer["Content-Security-Policy"]


def office(part: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(part, "<x/>")
    return stream.getvalue()


DOCUMENTS = {
    "letter.pdf": (b"%PDF-1.7\n1 0 obj", "application/pdf", 302),
    "plan.png": (photo(100, "PNG"), "image/png", 302),
    "list.xlsx": (office("xl/workbook.xml"),
                  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 302),
    "text.docx": (office("word/document.xml"),
                  "application/vnd.openxmlformats-officedocument.wordprocessingml.document", 302),
    "page.html": (b"<html></html>", "", 415),
    "drawing.svg": (b"<svg/>", "", 415),
    "page.pdf": (b"<html></html>", "", 415),
    "archive.zip": (office("x.exe"), "", 415),
    "bomb.xlsx": (b"PK\x05\x06" + bytes(18), "", 415),
    "empty.pdf": (b"", "", 415),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_an_act_and_of_a_known_kind(mission: Workspace, name: str) -> None:
    content, media, status = DOCUMENTS[name]
    analyst = browser_of("host-analyst")
    form = {"site": "mill", "document": SimpleUploadedFile(name, content), "caption": " What  it\nshows\u202e\x07 "}
    answer = analyst.post("/documents/add", form)
    assert answer.status_code == status
    acts = [entry for _, line in record_lines_after(0) if (entry := read_line(line).entry()).act == "document"]
    if status != 302:
        assert acts == []
        assert answer.content
        return
    digest = hashlib.sha256(content).hexdigest()
    (act,) = acts
    assert (act.subject, act.content) == (
        ("sites", "mill"), {"name": name, "sha256": digest, "media": media, "caption": "What it shows"})  # fmt: skip
    assert STORE.path(digest).read_bytes() == content
    assert address(FileRow.objects.get()).encode() in analyst.get("/sites/mill").content
    if not media.startswith("image/"):
        got = analyst.get(address(FileRow.objects.get()))
        assert (body(got), got["Content-Disposition"]) == (content, f'attachment; filename="{name}"')
    analyst.post("/documents/add", {**form, "document": SimpleUploadedFile(name, content)})
    assert FileRow.objects.count() == 1


def test_a_document_belongs_to_a_site_that_is_seen(mission: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, site in (("host-analyst", "nowhere"), ("partner-analyst", "mill"), ("host-analyst", "")):
        form = {"site": site, "document": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}
        assert browser_of(name).post("/documents/add", form).status_code == 404
    assert browser_of("host-viewer").post("/documents/add", {"site": "mill"}).status_code == 403
    assert browser_of("host-analyst").post("/documents/add", {"site": "mill"}).status_code == 422
    large = SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(FILES.document_bytes))
    assert browser_of("host-analyst").post("/documents/add", {"site": "mill", "document": large}).status_code == 413
    end_roles_on_the_way(monkeypatch, access, "host-analyst")
    form = {"site": "mill", "document": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}
    assert browser_of("host-analyst").post("/documents/add", form).status_code == 403
    assert FileRow.objects.count() == 0


def test_the_record_of_the_other_party_has_documents_of_released_rows_and_no_submission(sent: FileRow) -> None:
    form = {"site": "mill", "document": SimpleUploadedFile("a.pdf", b"%PDF-1.7")}
    browser_of("host-analyst").post("/documents/add", form)

    def acts() -> set[str]:
        lines = (read_line(line[:-1]) for line in visible_lines(PartyView("partner")))
        return {line.entry().act for line in lines if line.fields is not None}

    assert not {"document", "submission"} & acts()
    for table in ("sites", "lines", "blockers", "evidence", "sources"):
        cells = {"to": ["partner"], "later": True}
        append(NewEntry("host-analyst", "host", "release", (table, "*", "*"), cells))
    assert {"document", "submission"} & acts() == {"document"}


@pytest.mark.parametrize("number", [0, 2**63, 10**30])
def test_numbers_beyond_those_of_a_database_name_nothing(either: Workspace, number: int) -> None:
    register()
    browser = browser_of(SURVEYOR)
    assert browser.post(f"/account/phones/{number}/end").status_code == 404
    for path in (f"/files/{number}", f"/files/{number}/sent", f"/survey/submissions/{number}"):
        assert browser.get(path).status_code == 404


def test_files_are_for_the_server_alone(sent: FileRow) -> None:
    kept = STORE.path(sent.sha256)
    assert kept.stat().st_mode & 0o077 == 0
    assert FOLDER.files.stat().st_mode & 0o077 == 0
