"""The own account: password and sessions."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tawteen.web.access import needs, signed_in
from tawteen.web.accounts.confirmation import is_confirmed, needs_confirmation
from tawteen.web.accounts.models import Account, AccountSession
from tawteen.web.accounts.people import NEW_PASSWORD, check_password
from tawteen.web.accounts.second_factors import has_second_factor
from tawteen.web.accounts.sessions import end_sessions, hash_of_session_key
from tawteen.web.accounts.sign_in import checked_account
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.params import PASSWORD
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_have_account
from tawteen.web.security_log import log_security_event

_FIELDS = (FormField("password", "password", "current-password", PASSWORD.most), *NEW_PASSWORD)


def _handle(stored_key: str) -> str:
    """What a page calls a session."""
    return sha256(stored_key.encode()).hexdigest()[:16]


@needs(may_have_account)
@sensitive_post_parameters("password", "new_password", "repeated_password")
@require_http_methods(["GET", "HEAD", "POST"])
def own_account(request: HttpRequest) -> HttpResponse:
    """The form for another password, which ends all other sessions, and the list of sessions."""
    person, form = signed_in(request), Form(request, _FIELDS)
    account = Account.objects.get(name=person.name)
    changed, has_factor = False, has_second_factor(account)
    if request.method == "POST":
        if has_factor and not is_confirmed(request):
            return HttpResponseRedirect("/account/confirm?next=/account")
        if form.values["password"]:
            checked_account(request, form, account.name, "password")
        check_password(form, (account.name, account.full_name))
        if form.sound:
            account.set_password(form.values["new_password"])
            account.save(update_fields=["password"])
            update_session_auth_hash(request, account)
            request.session.save()
            end_sessions(account.pk, request.session.session_key)
            log_security_event(request, "password changed", account.name)
            changed = True
    sessions = AccountSession.objects.filter(account=account.pk, expire_date__gt=datetime.now(UTC)).order_by("-begun")
    words = words_of(request)
    context = {
        "form": form,
        "changed": changed,
        "has_factor": has_factor,
        "confirmed": not has_factor or is_confirmed(request),
        "sessions": [
            {
                "handle": _handle(one.session_key), "browser": one.browser or "–",
                "own": one.pk == hash_of_session_key(request.session.session_key or ""),
                "begun": words.day(one.begun.date()) if one.begun else "–",
            }
            for one in sessions
        ],
    }  # fmt: skip
    return render(request, "account.html", context, status=200 if form.sound else 422)


@needs(may_have_account)
@require_POST
@needs_confirmation("/account")
def end_session(request: HttpRequest, handle: str) -> HttpResponse:
    """Ends a session of the own account."""
    account = Account.objects.get(name=signed_in(request).name)
    keys = AccountSession.objects.filter(account=account.pk).values_list("session_key", flat=True)
    ended = [key for key in keys if _handle(key) == handle]
    AccountSession.objects.filter(session_key__in=ended).delete()
    log_security_event(request, "session ended", account.name)
    return HttpResponseRedirect("/account") if ended else refusal(request, "page", 404)
