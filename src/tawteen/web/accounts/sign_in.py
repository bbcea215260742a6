"""Signing in and out: with a password and, where there is one, a second factor; or with a passkey alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tawteen.case.names import fold
from tawteen.web.accounts.attempts import begin_attempt, forget_password_attempts
from tawteen.web.accounts.known_browsers import remember_browser
from tawteen.web.accounts.models import NAME_LENGTH, Account, AccountSession
from tawteen.web.accounts.second_factors import has_second_factor
from tawteen.web.accounts.sessions import CONFIRMED_KEY
from tawteen.web.forms import Form, FormField
from tawteen.web.local_path import local_path
from tawteen.web.params import PASSWORD, SIGN_IN
from tawteen.web.security_log import log_security_event

_FIELDS = (
    FormField("name", autocomplete="username", most=NAME_LENGTH),
    FormField("password", "password", "current-password", PASSWORD.most),
)
_PENDING_KEY = "second_step"


class AccountBackend:
    """Finds the account of a name and password, and that of a session."""

    def authenticate(self, request: HttpRequest | None, name: str, password: str) -> Account | None:  # noqa: ARG002
        """The account; None where name or password is wrong, after the same work in both cases."""
        account = Account.objects.filter(folded_name=fold(name)).first()
        if account is None:
            make_password(password)
            return None
        return account if account.check_password(password) and account.is_active else None

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session, unless it was closed meanwhile."""
        return Account.objects.filter(pk=user_id, is_active=True).first()


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and the page that was asked for once name and password are right and nothing more is needed."""
    request.session.pop(_PENDING_KEY, None)
    form = Form(request, _FIELDS)
    target = local_path(request.POST.get("next") or request.GET.get("next"))
    if request.method == "POST" and form.sound:
        account = checked_account(request, form, form.values["name"], "name")
        if account is not None:
            if has_second_factor(account):
                _begin_second_step(request, account, target)
                return HttpResponseRedirect("/sign-in/second")
            begin_session(request, account, "password")
            return HttpResponseRedirect(target)
    return render(request, "sign_in.html", {"form": form, "next": target}, status=200 if form.sound else 422)


def checked_account(request: HttpRequest, form: Form, name: str, locked_field: str) -> Account | None:
    """The account of a name and the password of a form.

    None, with a fault of the form, where the password is wrong or the name is locked for a while.
    """
    if not begin_attempt(request, name, "password"):
        form.fault(locked_field, "web.locked", minutes=SIGN_IN.lockout // 60)
        log_security_event(request, "sign-in locked", known_name(name))
        return None
    account = authenticate(request, name=name, password=form.values["password"])
    if isinstance(account, Account):
        forget_password_attempts(request, name)
        return account
    form.fault("password", "web.wrong_password")
    log_security_event(request, "wrong password", known_name(name))
    return None


def known_name(name: str) -> str | None:
    """A name as its account has it; None where there is none: what was typed may be a password."""
    return Account.objects.filter(folded_name=fold(name)).values_list("name", flat=True).first()


def _begin_second_step(request: HttpRequest, account: Account, target: str) -> None:
    """Remembers in the session whose password was right, for a few minutes."""
    request.session.cycle_key()
    request.session.set_expiry(SIGN_IN.second_step)
    request.session[_PENDING_KEY] = [account.pk, account.get_session_auth_hash(), time.time(), target]


def pending_account(request: HttpRequest) -> tuple[Account, str] | None:
    """The account whose password was right a moment ago, and the page that was asked for."""
    pk, password_hash, since, target = request.session.get(_PENDING_KEY) or (0, "", 0, "/")
    if time.time() - since > SIGN_IN.second_step:
        return None
    account = Account.objects.filter(pk=pk, is_active=True).first()
    return None if account is None or account.get_session_auth_hash() != password_hash else (account, target)


def begin_session(request: HttpRequest, account: Account, means: str) -> None:
    """Signs an account in with a new session; `means` says for the log how it was shown whose it is."""
    request.session.pop(_PENDING_KEY, None)
    login(request, account, backend="tawteen.web.accounts.sign_in.AccountBackend")
    request.session.set_expiry(None)
    request.session[CONFIRMED_KEY] = time.time()
    remember_browser(request, account)
    AccountSession.objects.filter(expire_date__lt=datetime.now(UTC)).delete()
    log_security_event(request, "signed in", account.name, means=means)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    if isinstance(request.user, Account):
        log_security_event(request, "signed out", request.user.name)
    logout(request)
    response = HttpResponseRedirect("/sign-in")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
