"""What ODK Collect and KoboCollect ask of a server: the list of forms, each form, and the lists that it loads."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from tawteen.case.findings import CaseError
from tawteen.survey.openrosa import PublishedForm, form_list, form_manifest, published_forms
from tawteen.web.rights import Person
from tawteen.web.survey.phone_sign_in import for_phones, phone_answer
from tawteen.web.survey.survey_case import survey_case

_XML = "text/xml; charset=utf-8"


def forms_of_party(party: str) -> dict[str, PublishedForm]:
    """The forms of what a party sees, by id; none where it sees no settings of a case."""
    try:
        return published_forms(survey_case(party))
    except CaseError:
        return {}


@require_safe
@for_phones
def forms_for_phones(request: HttpRequest, person: Person) -> HttpResponse:
    """The list of forms; `?formID=` asks for one."""
    form_id = request.GET.get("formID")
    forms = [form for name, form in forms_of_party(person.party).items() if form_id in (None, name)]
    listed = form_list(forms, _address(request, "collect_form"), _address(request, "collect_manifest"))
    return HttpResponse(listed, content_type=_XML)


@require_safe
@for_phones
def form_for_phones(request: HttpRequest, person: Person, form: str) -> HttpResponse:  # noqa: ARG001
    """A form as XForm."""
    published = forms_of_party(person.party).get(form)
    return (
        phone_answer(404, "web.survey.phone.no_form")
        if published is None
        else HttpResponse(published.xform, content_type=_XML)
    )


@require_safe
@for_phones
def manifest_for_phones(request: HttpRequest, person: Person, form: str) -> HttpResponse:
    """The lists that a form loads."""
    published = forms_of_party(person.party).get(form)
    if published is None:
        return phone_answer(404, "web.survey.phone.no_form")
    return HttpResponse(form_manifest(published, _address(request, "collect_list", form)), content_type=_XML)


@require_safe
@for_phones
def list_for_phones(request: HttpRequest, person: Person, form: str, name: str) -> HttpResponse:  # noqa: ARG001
    """A list of sites or lines with what the party sees of them, as CSV."""
    published = forms_of_party(person.party).get(form)
    if published is None or name not in published.lists:
        return phone_answer(404, "web.survey.phone.no_form")
    return HttpResponse(published.lists[name], content_type="text/csv; charset=utf-8")


def _address(request: HttpRequest, page: str, *args: str) -> Callable[[str], str]:
    """Gives the whole address of a page by its last argument: telephones follow no relative ones."""

    def whole(last: str) -> str:
        return request.build_absolute_uri(reverse(page, args=[*args, last]))

    return whole
