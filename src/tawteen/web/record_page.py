"""The record to take home: its size, the last checkpoint, and the entries that the party may see."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.record.entry import read_line, withheld_line
from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.log.append import log_size
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.log.models import StoredCheckpoint
from tawteen.web.rate_limit import costly
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_export_record
from tawteen.web.visibility import PartyView


@needs(may_export_record)
@never_cache
@require_safe
def record_page(request: HttpRequest) -> HttpResponse:
    """How large the record is, and the files to keep."""
    words = words_of(request)
    last = StoredCheckpoint.objects.order_by("-size").first()
    context = {
        "entries": words.say("web.record.entries", n=log_size()),
        "signed": None if last is None else words.say("web.record.signed", n=last.size),
    }
    return render(request, "record.html", context)


@needs(may_export_record)
@never_cache
@require_safe
@costly
def record_file(request: HttpRequest) -> StreamingHttpResponse:
    """The record as `tawteen verify-record` reads it: entries that are not for the party stand as their hashes."""
    lines = visible_lines(PartyView(signed_in(request).party))
    response = StreamingHttpResponse(lines, content_type="application/jsonl")
    response["Content-Disposition"] = 'attachment; filename="record.jsonl"'
    return response


def visible_lines(party_view: PartyView) -> Iterator[bytes]:
    """The lines of the record as a party sees them."""
    for number, line in record_lines_after(0):
        stated = read_line(line)
        seen = party_view.sees_entry(stated.entry())
        yield (line if seen else withheld_line(number, stated.leaf)) + b"\n"


@needs(may_export_record)
@never_cache
@require_safe
def checkpoint_file(request: HttpRequest) -> HttpResponse:
    """The last checkpoint that the workspace signed."""
    last = StoredCheckpoint.objects.order_by("-size").first()
    if last is None:
        return refusal(request, "no_checkpoint", 404)
    response = HttpResponse(last.note, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="checkpoint-{last.size}.txt"'
    return response
