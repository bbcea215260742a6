"""The survey: its forms to load, on paper for places without telephones, and what waits for somebody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawteen.case.atomic_write import folder_beside
from tawteen.case.findings import CaseError
from tawteen.case.model import Case
from tawteen.survey.form import SurveyForm, ascii_name
from tawteen.survey.form_folder import forms_of_case
from tawteen.survey.kinds import kinds_of_sites
from tawteen.survey.paper_form import paper_form
from tawteen.survey.xlsform import write_xlsform
from tawteen.web.access import needs, signed_in
from tawteen.web.language import words_of
from tawteen.web.media_types import DOCUMENTS, PDF_MEDIA
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_read
from tawteen.web.survey.models import SubmissionRow
from tawteen.web.survey.site_files import paper_languages
from tawteen.web.survey.submission_states import FAULTY
from tawteen.web.survey.survey_case import survey_case
from tawteen.words import LANGS, Words

_XLSX = next(media for media, end in DOCUMENTS.items() if end == "xlsx")


def forms_with_sites(case: Case) -> dict[str, SurveyForm]:
    """The forms of the kinds that a case has sites of, by the name of the kind."""
    kinds = set(kinds_of_sites(case).values())
    return {form.kind.name: form for form in forms_of_case(case).values() if form.kind.name in kinds}


def case_or_none(request: HttpRequest) -> Case | None:
    """What the party of the reader sees of the case; None where it sees no settings."""
    try:
        return survey_case(signed_in(request).party)
    except CaseError:
        return None


@needs(may_read)
@never_cache
@require_safe
def survey_page(request: HttpRequest) -> HttpResponse:
    """The forms of what the party sees, and how many submissions wait."""
    person, words, case = signed_in(request), words_of(request), case_or_none(request)
    own = SubmissionRow.objects.filter(party=person.party)
    context = {
        "forms": [] if case is None else [_shown(form, words) for form in forms_with_sites(case).values()],
        "received": words.say("web.survey.received", n=own.count()),
        "waiting": own.filter(state=FAULTY).count(),
        "languages": paper_languages(),
    }
    return render(request, "survey.html", context)


def _shown(form: SurveyForm, words: Words) -> dict[str, Any]:
    return {"id": form.id, "kind": form.kind.name, "title": words.pick(form.title), "version": form.version}


@needs(may_read)
@require_safe
def xlsform_file(request: HttpRequest, form: str) -> HttpResponse:
    """A form as XLSForm, for other servers and for people who read it."""
    case = case_or_none(request)
    forms = {} if case is None else {one.id: one for one in forms_with_sites(case).values()}
    if form not in forms:
        return refusal(request, "page", 404)
    with folder_beside(settings.DATA_FOLDER.path / "xlsform") as folder:
        path = folder / f"{form}.xlsx"
        write_xlsform(forms[form], path)
        return _download(path.read_bytes(), _XLSX, path.name)


@needs(may_read)
@require_safe
def paper_file(request: HttpRequest, lang: str) -> HttpResponse:
    """A form on paper in a language: of a site (`?site=`) with what is known of it, or of a kind (`?kind=`) empty."""
    case, site = case_or_none(request), request.GET.get("site")
    if case is None or lang not in LANGS:
        return refusal(request, "page", 404)
    kind = kinds_of_sites(case).get(site) if site else request.GET.get("kind")
    form = forms_with_sites(case).get(kind or "")
    if form is None:
        return refusal(request, "page", 404)
    name = f"paper-{ascii_name(site) if site else form.kind.name}-{lang}.pdf"
    return _download(paper_form(case, form, site, lang), PDF_MEDIA, name)


def _download(content: bytes, media: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
