"""Where telephones send what was collected."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from tawteen.web.log.append import locked_log
from tawteen.web.rights import Person
from tawteen.web.survey.params import POSTS
from tawteen.web.survey.phone_sign_in import OPENROSA_HEADER, for_phones, phone_answer, refused_now
from tawteen.web.survey.posted import PostError, posted_form
from tawteen.web.survey.submission_states import FAULTY
from tawteen.web.survey.take_submission import read_post, take_post

_log = logging.getLogger(__name__)


@require_http_methods(["HEAD", "POST"])
@for_phones
def submission(request: HttpRequest, person: Person) -> HttpResponse:
    """Says how much may be sent at once (HEAD), or keeps a submission. A telephone deletes what was answered by 201."""
    answer = HttpResponse(status=204) if request.method == "HEAD" else _kept(request, person)
    answer["Location"] = request.build_absolute_uri("/collect/submission")
    answer["X-OpenRosa-Accept-Content-Length"] = str(POSTS.bytes)
    return answer


def _kept(request: HttpRequest, person: Person) -> HttpResponse:
    """Keeps what was sent; the telephone is told whether it is read too."""
    if OPENROSA_HEADER not in request.headers:  # a form on a page from elsewhere cannot send it
        return phone_answer(400, "web.survey.phone.no_phone")
    try:
        read = read_post(posted_form(request))
    except PostError as error:
        return phone_answer(error.status, error.code)
    except OSError:
        _log.exception("submission")
        return phone_answer(507, "web.survey.phone.full")
    with locked_log() as log:
        refused = refused_now(request)
        if refused is not None:
            return refused
        row = take_post(log, person, read)
    return phone_answer(201, "web.survey.phone.faulty" if row.state == FAULTY else "web.survey.phone.kept")
