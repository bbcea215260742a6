"""Signing in and out; a name is locked for a while after several wrong passwords."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tawteen.case.names import fold
from tawteen.web.accounts.models import NAME_LENGTH, Account, FailedSignIn
from tawteen.web.accounts.sessions import BEGUN_KEY, BROWSER_KEY
from tawteen.web.forms import Form, FormField
from tawteen.web.params import PASSWORD, SIGN_IN

_FIELDS = (
    FormField("name", autocomplete="username", most=NAME_LENGTH),
    FormField("password", "password", "current-password", PASSWORD.most),
)


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
    """The form, and the page that was asked for once name and password are right."""
    form = Form(request, _FIELDS)
    target = request.POST.get("next") or request.GET.get("next") or "/"
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        target = "/"
    if request.method == "POST" and form.sound:
        account = checked_account(request, form, form.values["name"], "name")
        if account is not None:
            begin_session(request, account)
            return HttpResponseRedirect(target)
    return render(request, "sign_in.html", {"form": form, "next": target}, status=200 if form.sound else 422)


def checked_account(request: HttpRequest, form: Form, name: str, locked_field: str) -> Account | None:
    """The account of a name and the password of a form.

    None, with a fault of the form, where the password is wrong or the name is locked for a while.
    """
    folded, now = fold(name), datetime.now(UTC)
    recent = FailedSignIn.objects.filter(folded_name=folded, time__gt=now - timedelta(seconds=SIGN_IN.lockout))
    if recent.count() >= SIGN_IN.failures:
        form.fault(locked_field, "web.locked", minutes=SIGN_IN.lockout // 60)
        return None
    account = authenticate(request, name=name, password=form.values["password"])
    if isinstance(account, Account):
        FailedSignIn.objects.filter(folded_name=folded).delete()
        return account
    FailedSignIn.objects.create(folded_name=folded, time=now)
    form.fault("password", "web.wrong_password")
    return None


def begin_session(request: HttpRequest, account: Account) -> None:
    """Signs an account in with a new session."""
    login(request, account, backend="tawteen.web.accounts.sign_in.AccountBackend")
    request.session[BROWSER_KEY] = request.headers.get("User-Agent", "")[:200]
    request.session[BEGUN_KEY] = time.time()


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return HttpResponseRedirect("/sign-in")
