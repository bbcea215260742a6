"""The second step of signing in: a code of the app, a passkey, or a recovery code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tawteen.web.accounts.attempts import begin_attempt, forget_attempts
from tawteen.web.accounts.models import Account, Passkey
from tawteen.web.accounts.second_factors import use_code
from tawteen.web.accounts.sign_in import begin_session, pending_account
from tawteen.web.forms import Form, FormField
from tawteen.web.params import SIGN_IN
from tawteen.web.security_log import log_security_event

CODE = FormField("second_code", autocomplete="one-time-code", most=60, hint="web.hint.second_code")


@never_cache
@sensitive_post_parameters("second_code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The form for a code, after the password; the password is asked for again after some minutes."""
    pending = pending_account(request)
    if pending is None:
        return HttpResponseRedirect("/sign-in")
    account, target = pending
    form = Form(request, (CODE,))
    if request.method == "POST" and form.sound and check_code(request, form, account):
        begin_session(request, account, "password and code")
        return HttpResponseRedirect(target)
    context = {"form": form, "has_passkeys": Passkey.objects.filter(account=account).exists()}
    return render(request, "second_step.html", context, status=200 if form.sound else 422)


def check_code(request: HttpRequest, form: Form, account: Account) -> bool:
    """Whether the code of a form is one of the account, which is then used up; else the form has a fault."""
    if not begin_attempt(request, account.name, "code"):
        form.fault(CODE.name, "web.locked_code", minutes=SIGN_IN.lockout // 60)
        log_security_event(request, "code locked", account.name)
        return False
    if not use_code(account, form.values[CODE.name]):
        form.fault(CODE.name, "web.wrong_code")
        log_security_event(request, "wrong code", account.name)
        return False
    forget_attempts(account.name, "code")
    return True
