"""The second factors of the own account: what there is, the app, recovery codes, and what is removed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tawteen.case.names import DIGITS
from tawteen.web.access import FACTORS_PAGE, needs, signed_in
from tawteen.web.accounts.confirmation import is_confirmed, needs_confirmation
from tawteen.web.accounts.models import Account, Passkey, RecoveryCode, TimeCodes
from tawteen.web.accounts.party_rules import requires_second_factor
from tawteen.web.accounts.passkeys import host_takes_passkeys
from tawteen.web.accounts.sealed import UnsealError, seal, unseal
from tawteen.web.accounts.second_factors import (
    has_second_factor,
    new_recovery_codes,
    remove_recovery_codes_alone,
)
from tawteen.web.accounts.sessions import end_sessions
from tawteen.web.accounts.time_codes import app_address, begin_time_codes, new_secret
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.params import SIGN_IN
from tawteen.web.qr_code import qr_path
from tawteen.web.rights import may_have_account
from tawteen.web.row_tokens import row_token
from tawteen.web.security_log import log_security_event
from tawteen.words import Words

_APP_CODE = FormField("app_code", autocomplete="one-time-code", most=20)


def own_account_of(request: HttpRequest) -> Account:
    """The account of the person who asks."""
    return Account.objects.get(name=signed_in(request).name)


@needs(may_have_account)
@never_cache
@require_safe
def factors_page(request: HttpRequest) -> HttpResponse:
    """What the account signs in with, and the ways to add and remove."""
    account, words = own_account_of(request), words_of(request)
    app = TimeCodes.objects.filter(account=account).first()
    passkeys = Passkey.objects.filter(account=account).order_by("pk")
    context = {
        "app_since": _day(app.created if app else None, words),
        "passkeys": [{
            "token": row_token(one), "name": one.name,
            "created": _day(one.created, words), "used": _day(one.used, words),
        } for one in passkeys],
        "confirmed": is_confirmed(request),
        "host_takes_passkeys": host_takes_passkeys(request),
        "may_add_passkey": len(passkeys) < SIGN_IN.passkeys,
        "has_factor": has_second_factor(account),
        "required": requires_second_factor(account.party),
        "codes_left": words.say("web.recovery.left", n=RecoveryCode.objects.filter(account=account).count()),
    }  # fmt: skip
    return render(request, "factors.html", context)


def _day(time: datetime | None, words: Words) -> str:
    return "" if time is None else words.day(time.date())


@needs(may_have_account)
@never_cache
@sensitive_post_parameters("app_code", "sealed_secret")
@require_http_methods(["GET", "HEAD", "POST"])
@needs_confirmation(FACTORS_PAGE)
def app_page(request: HttpRequest) -> HttpResponse:
    """A new secret as a picture for the app; a code of the app then shows that it has the secret."""
    account = own_account_of(request)
    form = Form(request, (_APP_CODE,))
    owner = f"new secret of {account.pk}"
    try:
        secret = unseal(request.POST.get("sealed_secret", ""), owner)
    except UnsealError:
        secret = new_secret()
    if request.method == "POST" and form.sound:
        code = "".join(form.values["app_code"].translate(DIGITS).split())
        if begin_time_codes(account, secret, code):
            return after_change(request, account, "app added")
        form.fault("app_code", "web.wrong_app_code")
    address = app_address(secret, account, words_of(request).say("web.name"))
    size, path = qr_path(address)
    context = {
        "form": form, "sealed_secret": seal(secret, owner),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "address": address, "size": size, "path": path,
    }  # fmt: skip
    return render(request, "app_codes.html", context, status=200 if form.sound else 422)


@needs(may_have_account)
@require_POST
@needs_confirmation(FACTORS_PAGE)
def remove_app(request: HttpRequest) -> HttpResponse:
    """Removes the app."""
    account = own_account_of(request)
    TimeCodes.objects.filter(account=account).delete()
    return after_change(request, account, "app removed")


@needs(may_have_account)
@require_POST
@needs_confirmation(FACTORS_PAGE)
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of those that there were."""
    account = own_account_of(request)
    if not has_second_factor(account):
        return HttpResponseRedirect(FACTORS_PAGE)
    log_security_event(request, "recovery codes renewed", account.name)
    return show_recovery_codes(request, new_recovery_codes(account))


def show_recovery_codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """The page with recovery codes, which is shown once."""
    return render(request, "recovery_codes.html", {"codes": codes})


def after_change(request: HttpRequest, account: Account, event: str, **facts: Any) -> HttpResponse:
    """Ends all other sessions after a factor was added or removed; with the first one there are recovery codes."""
    remove_recovery_codes_alone(account)
    request.session.cycle_key()
    end_sessions(account.pk, request.session.session_key)
    log_security_event(request, event, account.name, **facts)
    if has_second_factor(account) and not RecoveryCode.objects.filter(account=account).exists():
        return show_recovery_codes(request, new_recovery_codes(account))
    return HttpResponseRedirect(FACTORS_PAGE)
