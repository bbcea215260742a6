"""The page of imports: with it a registry begins, and later files are compared with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from tawteen.case.findings import CaseError, Finding
from tawteen.case.stated import read_stated
from tawteen.web.access import needs, refuse_right, signed_in
from tawteen.web.findings_list import listed_findings
from tawteen.web.imports.comparison_page import enter_parts
from tawteen.web.imports.export_mark import exported_number
from tawteen.web.imports.pending import UploadedFile, compare_upload
from tawteen.web.imports.starting import PUBLIC_CASE_NAME, sound_case, start_import
from tawteen.web.imports.uploads import hash_of, uploaded_case
from tawteen.web.language import words_of
from tawteen.web.params import UPLOAD
from tawteen.web.public_case import public_case
from tawteen.web.refusals import refusal
from tawteen.web.registry.case_cells import registry_is_empty
from tawteen.web.registry.models import SiteRow
from tawteen.web.rights import may_import, may_release


@needs(may_import)
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """Takes a case over where the registry is empty; else compares a file with it, before anything is written.

    A first case with errors is not taken, and each error is said with its place.
    """
    person = signed_in(request)
    if request.method != "POST":
        return _page(request)
    first = registry_begins(person.party)
    if first and _is_shared(request) and not may_release(person):
        return refuse_right(request, may_release)
    try:
        if request.POST.get("source") == "public":
            path = public_case()
            if path is None:
                return refusal(request, "page", 404)
            return (_start if first else _compare)(request, path, PUBLIC_CASE_NAME)
        with uploaded_case(request.FILES.getlist("files"), whole=first) as (path, name):
            return (_start if first else _compare)(request, path, name)
    except CaseError as error:
        return _page(request, error.findings, 422)


def registry_begins(party: str) -> bool:
    """Whether a party has entered nothing and sees no site: then a file has nothing to be compared with."""
    return registry_is_empty(party) and not SiteRow.objects.filter(party=party).exists()


def _start(request: HttpRequest, path: Path, name: str) -> HttpResponse:
    """Takes a whole case over. Raises CaseError where it has an error or is too large for the record."""
    case, _ = sound_case(path)
    pending = start_import(signed_in(request), case, name, shared=_is_shared(request))
    if pending is None:  # another import was faster
        return refusal(request, "not_empty", 409)
    return enter_parts(request, pending, "/sites")


def _is_shared(request: HttpRequest) -> bool:
    """Whether the tables of a first case are to be shown to all parties."""
    return request.POST.get("shared") == "yes"


def _compare(request: HttpRequest, path: Path, name: str) -> HttpResponse:
    """Compares a file. Raises CaseError where it states nothing that can be read."""
    person, stated = signed_in(request), read_stated(path)
    file = UploadedFile(name, hash_of(path), exported_number(path, person.party))
    pending = compare_upload(person, stated, file)
    return HttpResponseRedirect(f"/imports/compared/{pending.token}")


def _page(request: HttpRequest, findings: Sequence[Finding] = (), status: int = 200) -> HttpResponse:
    words = words_of(request)
    begins = registry_begins(signed_in(request).party)
    context = {
        "begins": begins,
        "public": public_case() is not None,
        **listed_findings(findings, words),
        "most": UPLOAD.most_bytes // 1_000_000,
    }
    return render(request, "import.html", context, status=status)
