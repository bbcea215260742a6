"""What a telephone posted: the form with photos, each file kept under its hash before anything else is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from tawteen.survey.params import SURVEY
from tawteen.survey.posts import is_photo_name
from tawteen.web.file_store import FileStore
from tawteen.web.media_types import media_type
from tawteen.web.survey.params import POSTS

FORM_FILE = "submission.xml"
"""The name under which a filled form is kept."""
FORM_PART = "xml_submission_file"
"""The name under which a telephone sends the filled form."""


class PostError(Exception):
    """A post that is no submission. `status` and `code` of the answer."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(frozen=True)
class KeptFile:
    """A file by the name that it was sent under; `media`: its kind, by its content."""

    name: str
    sha256: str
    media: str


@dataclass(frozen=True)
class PostedForm:
    """A filled form, of a length that can be read, and the files of one post; the form is the first of them."""

    content: bytes
    files: tuple[KeptFile, ...]


def file_store() -> FileStore:
    """The store of the workspace."""
    return FileStore(settings.DATA_FOLDER.files)


def posted_form(request: HttpRequest) -> PostedForm:
    """Keeps what was posted. Raises PostError where it cannot be read or holds no form, OSError where no place is."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > POSTS.bytes + POSTS.form_overhead:
        raise PostError(413, "web.survey.phone.large")
    try:
        sent = request.FILES
    except (MultiPartParserError, UnreadablePostError, SuspiciousOperation) as error:
        raise PostError(400, "web.survey.phone.unreadable") from error
    form = sent.get(FORM_PART)
    if form is None:
        raise PostError(400, "web.survey.phone.no_form_part")
    content = form.read(SURVEY.instance_bytes + 1)
    store = file_store()
    kept = [KeptFile(FORM_FILE, store.keep(form.chunks()), "text/xml")]
    for part in sorted(sent.keys() - {FORM_PART}):
        kept += [_kept(store, file) for file in sent.getlist(part)]
    return PostedForm(content, tuple(dict.fromkeys(kept)))


def _kept(store: FileStore, file: UploadedFile[bytes]) -> KeptFile:
    """A file, under a name that can be one: else under its hash."""
    digest = store.keep(_chunks(file))
    with store.path(digest).open("rb") as kept:
        media = media_type(kept)
    name = str(file.name)
    return KeptFile(name if is_photo_name(name) and name != FORM_FILE else digest, digest, media)


def _chunks(file: UploadedFile[bytes]) -> Iterator[bytes]:
    return file.chunks()
