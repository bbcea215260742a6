"""Who changes how an account signs in shows again that the account is theirs."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tawteen.web.access import View, needs, signed_in
from tawteen.web.accounts.models import Account, Passkey
from tawteen.web.accounts.second_factors import has_second_factor
from tawteen.web.accounts.second_step import CODE, check_code
from tawteen.web.accounts.sessions import CONFIRMED_KEY
from tawteen.web.accounts.sign_in import checked_account
from tawteen.web.forms import Form, FormField
from tawteen.web.local_path import local_path
from tawteen.web.params import PASSWORD, SIGN_IN
from tawteen.web.rights import may_have_account
from tawteen.web.security_log import log_security_event

_PASSWORD_FIELD = FormField("password", "password", "current-password", PASSWORD.most)


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the person signed in, or confirmed it, a moment ago."""
    return bool(time.time() - request.session.get(CONFIRMED_KEY, 0) < SIGN_IN.confirmed)


def confirm_session(request: HttpRequest) -> None:
    """Notes that the person has just shown who they are, under a new key of the session."""
    request.session.cycle_key()
    request.session[CONFIRMED_KEY] = time.time()


def needs_confirmation(back: str) -> Callable[[View], View]:
    """A page for which the person confirms who they are; a form then leads to the page `back`, to be sent again."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
            if is_confirmed(request):
                return view(request, *args, **more)
            target = back if request.method == "POST" else request.get_full_path()
            return HttpResponseRedirect(f"/account/confirm?{urlencode({'next': target})}")

        return guarded

    return decorate


@needs(may_have_account)
@never_cache
@sensitive_post_parameters("password", "second_code")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """The form for the password and, where there is a second factor, a code; a passkey is enough alone."""
    account = Account.objects.get(name=signed_in(request).name)
    form = Form(request, (_PASSWORD_FIELD, CODE) if has_second_factor(account) else (_PASSWORD_FIELD,))
    target = local_path(request.POST.get("next") or request.GET.get("next"))
    if request.method == "POST" and form.sound:
        checked_account(request, form, account.name, "password")
        if form.sound and (CODE not in form.fields or check_code(request, form, account)):
            confirm_session(request)
            log_security_event(request, "confirmed", account.name)
            return HttpResponseRedirect(target)
    context = {
        "form": form, "next": target, "has_passkeys": Passkey.objects.filter(account=account).exists(),
    }  # fmt: skip
    return render(request, "confirm.html", context, status=200 if form.sound else 422)
