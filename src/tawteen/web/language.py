"""The language of a page: the one that its reader chose, else the first of the browser's that the workspace speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_POST

from tawteen.web.local_path import local_path
from tawteen.web.params import SERVER
from tawteen.words import LANGS, Lang, Words


def language_of_request(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware that puts the words of the reader's language on the request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        words = Words(chosen_language(request))
        request.words = words  # type: ignore[attr-defined]
        with translation.override(words.lang):
            response = get_response(request)
        response.headers.setdefault("Content-Language", words.lang)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return middleware


def chosen_language(request: HttpRequest) -> Lang:
    """The language of the cookie, else of the header Accept-Language, else English."""
    accepted = [
        lang.partition("-")[0] for lang, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    ]
    wishes = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), *accepted]
    return next((lang for wish in wishes for lang in LANGS if lang == wish), "en")


def words_of(request: HttpRequest) -> Words:
    """The words of the reader's language."""
    words: Words = request.words  # type: ignore[attr-defined]
    return words


def words_of_request(request: HttpRequest) -> dict[str, Any]:
    """What templates know of the language: the words, the direction of writing and the other languages."""
    words = words_of(request)
    return {
        "words": words,
        "lang": words.lang,
        "direction": "rtl" if words.lang == "ar" else "ltr",
        "other_languages": [(lang, Words(lang).say("web.language")) for lang in LANGS if lang != words.lang],
    }


def demo_of_request(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - Django hands it over
    """Whether the workspace is a demo, and where those who try it find names and passwords."""
    return {"is_demo": settings.IS_DEMO, "demo_people_file": settings.DATA_FOLDER.demo_people_file.name}


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keeps the language that the reader chose, and goes back to the page."""
    response = HttpResponseRedirect(local_path(request.POST.get("path")))
    lang = request.POST.get("language")
    if lang in LANGS:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            lang,
            max_age=SERVER.language_age,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response
