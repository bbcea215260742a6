"""Files as browsers get them: pictures made anew without metadata, everything else to download and never to open."""

from __future__ import annotations

from hashlib import sha256

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tawteen.case.atomic_write import replacing
from tawteen.web.access import needs, signed_in
from tawteen.web.data_folder import OWNER_ONLY_FOLDER
from tawteen.web.media_types import DOCUMENTS, SHOWN_TYPES, UNKNOWN_MEDIA
from tawteen.web.pictures import SHOWN_MEDIA, PictureError, shown_picture
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_read
from tawteen.web.survey.models import FileRow
from tawteen.web.survey.params import FILES
from tawteen.web.survey.posted import FORM_FILE, file_store
from tawteen.web.survey.site_files import sees_file
from tawteen.web.visibility import PartyView

_SIDES = {"": FILES.large, "small": FILES.small}


@needs(may_read)
@require_safe
def file_page(request: HttpRequest, digest: str, size: str = "") -> HttpResponseBase:
    """A picture, large or small; another file to download."""
    file = _seen_file(request, digest)
    if file is None or size not in _SIDES:
        return refusal(request, "page", 404)
    if file.media not in SHOWN_TYPES:
        return _download(request, file)
    tag = f'"{sha256(f"{digest} {size}".encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        try:
            answer = HttpResponse(_picture(digest, _SIDES[size]), content_type=SHOWN_MEDIA)
        except PictureError:
            return refusal(request, "no_picture", 404)
    answer["ETag"] = tag
    answer["Cache-Control"] = "private, no-cache"
    return answer


@needs(may_read)
@require_safe
def file_as_sent(request: HttpRequest, digest: str) -> HttpResponseBase:
    """A file of the own party as it was sent, with all that a telephone wrote into it."""
    file = _seen_file(request, digest)
    if file is None or file.party != signed_in(request).party:
        return refusal(request, "page", 404)
    return _download(request, file)


def _seen_file(request: HttpRequest, digest: str) -> FileRow | None:
    """The file with a hash, if the party of the reader sees it in one place at least; its own before that of others."""
    party_view = PartyView(signed_in(request).party)
    files = FileRow.objects.filter(sha256=digest).order_by("pk")
    seen = [file for file in files if sees_file(party_view, file)]
    return min(seen, key=lambda file: file.party != party_view.party, default=None)


def _picture(digest: str, side: int) -> bytes:
    """The picture of a file as it is shown, made once. Raises PictureError."""
    kept = settings.DATA_FOLDER.shown_files / f"{digest}-{side}"
    if kept.is_file():
        return bytes(kept.read_bytes())
    picture = shown_picture(file_store().path(digest), side)
    try:
        kept.parent.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
        with replacing(kept) as beside:
            beside.write_bytes(picture)
    except OSError:  # a full disk keeps nobody from looking
        return picture
    return picture


def _download(request: HttpRequest, file: FileRow) -> HttpResponseBase:
    """A file to keep; its name ends as its kind does, whatever its sender called it."""
    path = file_store().path(file.sha256)
    if not path.is_file():
        return refusal(request, "page", 404)
    end = "xml" if file.name == FORM_FILE else DOCUMENTS.get(file.media, "bin")
    name = file.name if file.name.lower().endswith(f".{end}") else f"{file.name}.{end}"
    media = file.media if file.media in DOCUMENTS else UNKNOWN_MEDIA
    answer = FileResponse(path.open("rb"), content_type=media)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
