"""Addresses with which the script of a page makes and uses passkeys."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tawteen.web.access import FACTORS_PAGE, needs
from tawteen.web.accounts.confirmation import confirm_session, needs_confirmation
from tawteen.web.accounts.factor_pages import after_change, own_account_of
from tawteen.web.accounts.models import NAME_LENGTH, Account, Passkey
from tawteen.web.accounts.passkeys import (
    PasskeyError,
    Purpose,
    add_passkey,
    creation_options,
    request_options,
    use_passkey,
)
from tawteen.web.accounts.sign_in import begin_session, pending_account
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.local_path import local_path
from tawteen.web.params import SIGN_IN
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_have_account
from tawteen.web.row_tokens import row_named
from tawteen.web.security_log import log_security_event

_NEW_PASSKEY = (FormField("passkey_name", most=NAME_LENGTH, required=False),)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_with_passkey(request: HttpRequest) -> HttpResponseBase:
    """GET: a challenge, for the account whose password was right or for anybody. POST: the answer signs in."""
    pending = pending_account(request)
    purpose: Purpose = "alone" if pending is None else "second"
    expected, target = pending or (None, local_path(request.POST.get("next")))
    if request.method != "POST":
        if not isinstance(request.user, Account):
            request.session.set_expiry(SIGN_IN.second_step)
        return JsonResponse(request_options(request, purpose, expected))
    account = _account_of_answer(request, purpose, expected)
    if account is None:
        return refusal(request, "passkey", 403)
    begin_session(request, account, "passkey" if pending is None else "password and passkey")
    return HttpResponseRedirect(target)


@needs(may_have_account)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_with_passkey(request: HttpRequest) -> HttpResponseBase:
    """GET: a challenge for the own account. POST: the answer confirms who it is."""
    account = own_account_of(request)
    if request.method != "POST":
        return JsonResponse(request_options(request, "confirm", account))
    if _account_of_answer(request, "confirm", account) is None:
        return refusal(request, "passkey", 403)
    confirm_session(request)
    log_security_event(request, "confirmed", account.name)
    return HttpResponseRedirect(local_path(request.POST.get("next")))


def _account_of_answer(request: HttpRequest, purpose: Purpose, account: Account | None) -> Account | None:
    try:
        return use_passkey(request, purpose, request.POST.get("answer", ""), account)
    except PasskeyError as error:
        known = None if account is None else account.name
        log_security_event(request, "passkey refused", known, reason=str(error)[:200])
        return None


@needs(may_have_account)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs_confirmation(FACTORS_PAGE)
def new_passkey(request: HttpRequest) -> HttpResponse:
    """GET: a challenge for a new passkey. POST: the passkey that the device made."""
    account = own_account_of(request)
    if Passkey.objects.filter(account=account).count() >= SIGN_IN.passkeys:
        return refusal(request, "passkey", 403)
    if request.method != "POST":
        return JsonResponse(creation_options(request, account))
    form = Form(request, _NEW_PASSKEY)
    name = form.values["passkey_name"] if form.sound else ""
    try:
        add_passkey(request, account, name or words_of(request).say("web.passkey"), request.POST.get("answer", ""))
    except PasskeyError as error:
        log_security_event(request, "passkey refused", account.name, reason=str(error)[:200])
        return refusal(request, "passkey", 403)
    return after_change(request, account, "passkey added")


@needs(may_have_account)
@require_POST
@needs_confirmation(FACTORS_PAGE)
def remove_passkey(request: HttpRequest, token: str) -> HttpResponse:
    """Removes a passkey of the own account."""
    account = own_account_of(request)
    passkey = row_named(token, Passkey.objects.filter(account=account))
    if passkey is None or not passkey.delete()[0]:
        return refusal(request, "page", 404)
    return after_change(request, account, "passkey removed")
