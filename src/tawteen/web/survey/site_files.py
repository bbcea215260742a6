"""Photos and documents of a site: those that a party sees, and the form that adds one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from tawteen.case.names import UNPRINTABLE
from tawteen.record.cells import Place
from tawteen.survey.posts import is_photo_name
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.accounts.parties import party_name
from tawteen.web.log.append import NewEntry
from tawteen.web.media_types import DOCUMENTS, SHOWN_TYPES, UNKNOWN_MEDIA, media_type
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_settle_submission
from tawteen.web.survey.derived import DOCUMENT_ACT
from tawteen.web.survey.models import FileRow
from tawteen.web.survey.params import FILES
from tawteen.web.survey.posted import file_store
from tawteen.web.visibility import FILE_COLUMN, PartyView
from tawteen.words import LANGS, Words

SITE_TABLE = "sites"


def site_files(party_view: PartyView, site: str, words: Words) -> dict[str, Any]:
    """What the page of a site shows of files: those of the site, its lines and its gates that the party sees."""
    lines = list(party_view.rows_naming("lines", "site", site))
    about = Q(table=SITE_TABLE, row=site) | Q(table="lines", row__in=lines)
    about |= Q(table="blockers", row__startswith=f"{site}/")
    stored = FileRow.objects.filter(about).order_by("-number", "name")
    seen = [file for file in stored if sees_file(party_view, file)]
    return {
        "files": [shown_file(file, words) for file in seen[: FILES.listed]],
        "more_files": len(seen) - FILES.listed,
        "document_most": FILES.document_bytes // 1_000_000,
        "paper_languages": paper_languages(),
        "document_kinds": ",".join(f".{end}" for end in DOCUMENTS.values()),
    }


def paper_languages() -> list[tuple[str, str]]:
    """The languages of forms on paper, each with its own name; Arabic first."""
    return [(lang, Words(lang).say("web.language")) for lang in reversed(LANGS)]


def sees_file(party_view: PartyView, file: FileRow) -> bool:
    """Whether a party sees a file: its own, and those of rows that are released to it."""
    if file.party == party_view.party:
        return True
    return bool(file.table) and party_view.sees_file(Place(file.table, file.row, FILE_COLUMN), file.number, file.party)


def shown_file(file: FileRow, words: Words) -> dict[str, Any]:
    """A file as pages show it."""
    return {
        "name": file.name,
        "caption": file.caption,
        "row": file.row if file.table != SITE_TABLE else "",
        "address": reverse("file", args=[file.sha256]),
        "picture": file.media in SHOWN_TYPES,
        "person": file.person,
        "party": party_name(file.party, words),
        "day": words.day(dt.date.fromisoformat(file.time[:10])),
        "ends": DOCUMENTS.get(file.media, ""),
    }


@needs(may_settle_submission)
@require_POST
def add_document(request: HttpRequest) -> HttpResponse:
    """Adds a document to a site that the party sees, as an act on the record."""
    person, site = signed_in(request), request.POST.get("site", "")
    if not PartyView(person.party).rows(SITE_TABLE, [site]):
        return refusal(request, "page", 404)
    sent = request.FILES.get("document")
    if sent is None:
        return refusal(request, "no_document", 422)
    if (sent.size or 0) > FILES.document_bytes:
        return refusal(request, "large_document", 413, most=str(FILES.document_bytes // 1_000_000))
    media = _kind(sent)
    if media not in DOCUMENTS:
        kinds = ", ".join(sorted(set(DOCUMENTS.values())))
        return refusal(request, "kind_of_document", 415, kinds=kinds)
    try:
        digest = file_store().keep(_chunks(sent))
    except OSError:
        return refusal(request, "full_disk", 507)
    name = str(sent.name)
    content = {"name": name if is_photo_name(name) else digest, "sha256": digest, "media": media}
    caption = " ".join(re.sub(UNPRINTABLE, " ", request.POST.get("caption", "")).split())[: FILES.caption_characters]
    with writing(request, may_settle_submission) as log:
        known = FileRow.objects.filter(party=person.party, table=SITE_TABLE, row=site, sha256=digest, instance="")
        if not known.exists():  # the form was sent twice
            stated = content | ({"caption": caption} if caption else {})
            log.append(NewEntry(person.name, person.party, DOCUMENT_ACT, (SITE_TABLE, site), stated))
    return HttpResponseRedirect(reverse("site", args=[site]) + "#files")


def _kind(sent: UploadedFile[bytes]) -> str:
    """The kind of a file that was sent, by its content."""
    return UNKNOWN_MEDIA if sent.file is None else media_type(sent.file)


def _chunks(sent: UploadedFile[bytes]) -> Iterable[bytes]:
    return sent.chunks()
