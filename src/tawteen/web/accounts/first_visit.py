"""The first visit: the word from the terminal makes the first administrator, who names the two parties."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tawteen.record.stated_keys import WORKSPACE
from tawteen.web.accounts.invitations import invite, show_slip
from tawteen.web.accounts.models import Account
from tawteen.web.accounts.parties import FIRST_PARTIES, HOST, PARTNER, PARTY_NAMES, name_parties
from tawteen.web.accounts.people import NEW_PERSON, add_account, check_password, check_person, grant_roles
from tawteen.web.accounts.sign_in import begin_session
from tawteen.web.data_folder import DataFolder, write_once
from tawteen.web.forms import Form, FormField
from tawteen.web.language import words_of
from tawteen.web.log.append import locked_log
from tawteen.web.params import SECRETS


def first_word(folder: DataFolder) -> str | None:
    """The word for the first visit, which is made where there is none; None once somebody has an account."""
    if Account.objects.exists():
        folder.first_word_file.unlink(missing_ok=True)
        return None
    write_once(folder.first_word_file, secrets.token_urlsafe(SECRETS.first_word))
    return folder.first_word_file.read_text(encoding="utf-8")


def _fields(request: HttpRequest) -> list[FormField]:
    say = words_of(request).say
    parties = [(party, say(f"web.party.{party}")) for party in FIRST_PARTIES]
    names = [FormField(f"{party}_{name}") for party in FIRST_PARTIES for name in PARTY_NAMES]
    return [
        FormField("word", hint="web.hint.word"), *names, FormField("own_party", "choice", choices=parties), *NEW_PERSON,
    ]  # fmt: skip


@never_cache
@sensitive_post_parameters("word", "new_password", "repeated_password")
@require_http_methods(["GET", "HEAD", "POST"])
def first_visit(request: HttpRequest) -> HttpResponse:
    """The form, and after it the invitation for the administrator of the other party."""
    folder: DataFolder = settings.DATA_FOLDER
    if Account.objects.exists():
        raise Http404
    form = Form(request, _fields(request))
    if request.method == "POST":
        if form.values["word"] and not constant_time_compare(form.values["word"], first_word(folder) or ""):
            form.fault("word", "web.wrong_word")
        check_person(form)
        check_password(form, [form.values[f"{party}_{name}"] for party in FIRST_PARTIES for name in PARTY_NAMES])
        if form.sound:
            return _begin(request, form, folder)
    return render(request, "first_visit.html", {"form": form}, status=200 if form.sound else 422)


def _begin(request: HttpRequest, form: Form, folder: DataFolder) -> HttpResponse:
    """Names the parties, makes the first administrator and invites the other party's."""
    party = form.values["own_party"]
    other = PARTNER if party == HOST else HOST
    with locked_log() as log:
        if Account.objects.exists():  # another one was faster
            raise Http404
        account = add_account(form, party)
        names = {(row, column): form.values[f"{row}_{column}"] for row in FIRST_PARTIES for column in PARTY_NAMES}
        name_parties(log, account.name, party, names)
        grant_roles(log, (WORKSPACE, WORKSPACE), account, ["administrator"])
        slip = invite((account.name, party), other, ["administrator"])
    folder.first_word_file.unlink(missing_ok=True)
    begin_session(request, account, "first visit")
    return show_slip(request, slip)
