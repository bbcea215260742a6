"""Where telephones send what was collected."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from tawteen.web.rights import Person
from tawteen.web.survey.params import POSTS
from tawteen.web.survey.phone_sign_in import for_phones, phone_answer


@require_http_methods(["HEAD", "POST"])
@for_phones
def submission(request: HttpRequest, person: Person) -> HttpResponse:  # noqa: ARG001
    """Says how much may be sent at once (HEAD)."""
    answer = HttpResponse(status=204) if request.method == "HEAD" else phone_answer(501, "web.survey.phone.no_form")
    answer["Location"] = request.build_absolute_uri("/collect/submission")
    answer["X-OpenRosa-Accept-Content-Length"] = str(POSTS.bytes)
    return answer
