"""A party administrator resets how a person signs in; the person then chooses a new password with a code on paper.

The old ways to sign in end at once, so that nobody acts in the name of a person without that person noticing it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tawteen.record.entry import Entry
from tawteen.web.access import needs, signed_in, writing
from tawteen.web.accounts.attempts import forget_attempts
from tawteen.web.accounts.codes import hash_of_code, new_code
from tawteen.web.accounts.confirmation import needs_confirmation
from tawteen.web.accounts.models import Account, Invitation, ResetRow, SignInReset
from tawteen.web.accounts.people import NEW_PASSWORD, check_password
from tawteen.web.accounts.second_factors import remove_second_factors
from tawteen.web.accounts.sessions import end_sessions
from tawteen.web.accounts.sign_in import begin_session
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.log.append import LogWriter, NewEntry, locked_log
from tawteen.web.log.derived import DerivedTables
from tawteen.web.params import SIGN_IN
from tawteen.web.refusals import refusal
from tawteen.web.rights import may_invite
from tawteen.web.security_log import log_security_event
from tawteen.web.survey.models import Phone

RESET_ACT, RENEW_ACT = "reset", "renew"
_RESET = (FormField("reason"),)


@needs(may_invite)
@require_POST
@needs_confirmation("/people")
def reset_sign_in(request: HttpRequest) -> HttpResponse:
    """Ends all ways in which a person of the own party signs in, and shows the code for a new password."""
    person, form = signed_in(request), Form(request, _RESET)
    if not form.sound:
        return refusal(request, "reason", 422)
    with writing(request, may_invite) as log:
        own = Account.objects.filter(party=person.party).exclude(name=person.name)
        account = own.filter(name=request.POST.get("person", "")).first()
        if account is None:
            return refusal(request, "page", 404)
        code = reset_account(log, (person.name, person.party), account, form.values["reason"])
    log_security_event(request, "sign-in reset", account.name, by=person.name)
    expires = datetime.now(UTC) + timedelta(seconds=SIGN_IN.reset)
    context = {
        "account": account, "code": code, "link": request.build_absolute_uri(f"/reset/{code}"),
        "expires": words_of(request).day(expires.date()),
    }  # fmt: skip
    return render(request, "reset_slip.html", context)


def reset_account(log: LogWriter, actor: tuple[str, str], account: Account, reason: str) -> str:
    """Ends the ways to sign in, as an act of somebody (name and party); returns the code for a new password."""
    account.set_unusable_password()
    account.save(update_fields=["password"])
    remove_second_factors(account)
    Phone.objects.filter(account=account.name, ended=None).update(ended=datetime.now(UTC))
    Invitation.objects.filter(invited_by=account.name, used=None, withdrawn=None).update(withdrawn=datetime.now(UTC))
    end_sessions(account.pk)
    entry = log.append(NewEntry(*actor, RESET_ACT, (account.name,), {"reason": reason}))
    code = new_code()
    SignInReset.objects.update_or_create(account=account, defaults={
        "code_hash": hash_of_code(code), "number": entry.number,
        "expires": datetime.now(UTC) + timedelta(seconds=SIGN_IN.reset),
    })  # fmt: skip
    return code


def open_reset(code: str) -> SignInReset | None:
    """The reset of a code that can still be used."""
    usable = SignInReset.objects.filter(expires__gt=datetime.now(UTC), account__is_active=True)
    return usable.filter(code_hash=hash_of_code(code)).select_related("account").first()


@never_cache
@sensitive_post_parameters("new_password", "repeated_password")
@require_http_methods(["GET", "HEAD", "POST"])
def renew_sign_in(request: HttpRequest, code: str) -> HttpResponse:
    """The form for a new password of somebody whose sign-in was reset, who is signed in once it is filled in."""
    if isinstance(request.user, Account):
        return refusal(request, "signed_in", 409, name=request.user.full_name)
    opened = open_reset(code)
    if opened is None:
        return refusal(request, "reset", 404)
    form, account = Form(request, NEW_PASSWORD), opened.account
    if request.method == "POST":
        check_password(form, (account.name, account.full_name))
        if form.sound:
            with locked_log() as log:
                # Asked again by the one writer: of two who send the form at the same time, one uses the code.
                if open_reset(code) is None:
                    return refusal(request, "reset", 404)
                SignInReset.objects.filter(account=account).delete()
                account.set_password(form.values["new_password"])
                account.save(update_fields=["password"])
                log.append(NewEntry(account.name, account.party, RENEW_ACT, (account.name,), {}, (opened.number,)))
            forget_attempts(account.name, "password", "code")
            begin_session(request, account, "code of a reset")
            return HttpResponseRedirect("/account/factors")
    return render(request, "renew.html", {"form": form, "account": account}, status=200 if form.sound else 422)


def _apply_reset(entry: Entry) -> None:
    if entry.act == RESET_ACT:
        ResetRow.objects.create(
            number=entry.number, person=entry.subject[0], party=entry.party, by=entry.person,
            reason=entry.content["reason"], time=_moment(entry),
        )  # fmt: skip
    elif entry.act == RENEW_ACT:
        ResetRow.objects.filter(number=entry.based_on[0]).update(renewed=_moment(entry))


def _moment(entry: Entry) -> datetime:
    return datetime.fromisoformat(entry.time)


def _clear_resets() -> None:
    ResetRow.objects.all().delete()


DERIVED_RESETS = DerivedTables(_clear_resets, _apply_reset)
