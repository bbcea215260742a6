"""The page with which a registry begins: the public case, a workbook or folder, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

import tawteen
from tawteen.case.findings import SEVERITIES, CaseError, Finding, place_of, sentence_of
from tawteen.record.errors import FaultError
from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.log.append import locked_log
from tawteen.web.params import UPLOAD
from tawteen.web.refusals import refusal
from tawteen.web.registry.import_case import import_case, registry_is_empty, sound_case
from tawteen.web.registry.uploads import uploaded_case
from tawteen.web.rights import may_import

PUBLIC_CASE_NAME = "public-case-libya"


def public_case() -> Path | None:
    """The public Libya case: inside the package where it is installed, in the repository where it is developed."""
    package = Path(tawteen.__file__).parent
    places = [package / "public_case", package.parents[1] / "cases" / "libya" / "case"]
    return next((path for path in places if path.is_dir()), None)


@needs(may_import)
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """Offers the ways to begin; a case with errors is not taken, and each error is said with its place."""
    person = signed_in(request)
    if not registry_is_empty(person.party):
        return refusal(request, "not_empty", 409)
    if request.method != "POST":
        return _page(request)
    try:
        if request.POST.get("source") == "public":
            path = public_case()
            if path is None:
                return refusal(request, "page", 404)
            return _import(request, path, PUBLIC_CASE_NAME)
        with uploaded_case(request.FILES.getlist("files")) as (path, name):
            return _import(request, path, name)
    except CaseError as error:
        return _page(request, error.findings, 422)


def _import(request: HttpRequest, path: Path, name: str) -> HttpResponse:
    """Reads a case and appends it. Raises CaseError where it has an error or is too large for the record."""
    person = signed_in(request)
    case, _ = sound_case(path)
    with locked_log() as log:
        if not registry_is_empty(person.party):  # another import was faster
            return refusal(request, "not_empty", 409)
        try:
            import_case(log, person, case, name, shared=request.POST.get("shared") == "yes")
        except FaultError as fault:
            raise CaseError([fault.finding(name)]) from fault
    return HttpResponseRedirect("/sites")


def _page(request: HttpRequest, findings: Sequence[Finding] = (), status: int = 200) -> HttpResponse:
    words = words_of(request)
    ordered = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    context = {
        "public": public_case() is not None,
        "findings": [
            {"kind": words.say(f"cli.{one.severity}"), "place": place_of(one, words), "text": sentence_of(one, words)}
            for one in ordered[: UPLOAD.listed_findings]
        ],
        "more": max(len(ordered) - UPLOAD.listed_findings, 0),
        "most": UPLOAD.most_bytes // 1_000_000,
    }
    return render(request, "import.html", context, status=status)
