"""How a telephone signs in: with a name and password of its own, on each request, and never over an open line.

ODK Collect answers a challenge with Basic over TLS and with Digest elsewhere. Digest is not offered: it needs a stored
secret that is as good as the password, and protects nothing else that an open line carries.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare
from django.utils.http import http_date
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from tawteen.survey.openrosa import submission_answer
from tawteen.web.access import View
from tawteen.web.accounts.models import NAME_LENGTH, Account
from tawteen.web.accounts.roles import roles_of
from tawteen.web.params import SIGN_IN
from tawteen.web.rights import Person, may_survey
from tawteen.web.security_log import log_security_event
from tawteen.web.survey.models import FailedPhoneSignIn, Phone
from tawteen.web.survey.params import PHONES
from tawteen.words import LANGS, Words

OPENROSA_HEADER, OPENROSA_VERSION = "X-OpenRosa-Version", "1.0"
_CHALLENGE = 'Basic realm="Tawteen", charset="UTF-8"'
_PHONE_NAME = "phone-{}"
_THIS_COMPUTER = ("localhost", "127.0.0.1", "[::1]")

PhoneView = Callable[..., HttpResponseBase]


def add_phone(account: str, note: str) -> tuple[Phone, str]:
    """A new telephone of an account, and its password, which is shown once."""
    code = _letters(PHONES.code_bytes)
    phone = Phone.objects.create(
        name=_PHONE_NAME.format(_letters(PHONES.name_bytes)), code_hash=_hash_of(code), account=account, note=note,
        created=datetime.now(UTC),
    )  # fmt: skip
    return phone, code


def _letters(length: int) -> str:
    """Random bytes as letters and digits that are not taken for each other."""
    return base64.b32encode(secrets.token_bytes(length)).decode().rstrip("=").lower()


def _hash_of(code: str) -> str:
    """The hash of a password with so many random bits that a fast hash is enough."""
    return sha256(code.encode()).hexdigest()


def for_phones(view: PhoneView) -> View:
    """A page for telephones: it gets the person as whom the telephone is signed in.

    Cookies count for nothing here, so that the page needs no token against forms from elsewhere.
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
        person = _signed_in_phone(request)
        answer = person if isinstance(person, HttpResponse) else view(request, person, *args, **more)
        answer[OPENROSA_HEADER] = OPENROSA_VERSION
        answer["Date"] = http_date()
        return answer

    return guarded


def phone_answer(status: int, code: str, **args: Any) -> HttpResponse:
    """What a telephone shows to its user: the sentence of a code in both languages, Arabic first."""
    sentence = " / ".join(Words(lang).say(code, args) for lang in reversed(LANGS))
    return HttpResponse(submission_answer(sentence), status=status, content_type="text/xml; charset=utf-8")


def refused_now(request: HttpRequest) -> HttpResponse | None:
    """Why the telephone of a request may not send any more; None where it may.

    For the one writer to ask: a slow line takes minutes, in which a telephone is ended or a role.
    """
    phone = Phone.objects.get(pk=request.phone)  # type: ignore[attr-defined]
    answer = _person_of(phone, datetime.now(UTC))
    return answer if isinstance(answer, HttpResponse) else None


def _signed_in_phone(request: HttpRequest) -> Person | HttpResponse:
    """The person of the telephone, or the answer that refuses it."""
    if not _private_line(request):
        return phone_answer(403, "web.survey.phone.open_line")
    name, code = _credentials(request)
    if not name:
        return _challenge("web.survey.phone.sign_in")
    now = datetime.now(UTC)
    recent = FailedPhoneSignIn.objects.filter(name=name, time__gt=now - timedelta(seconds=SIGN_IN.lockout))
    if recent.count() >= SIGN_IN.failures:
        log_security_event(request, "telephone locked", phone=name)
        answer = phone_answer(429, "web.survey.phone.locked", minutes=SIGN_IN.lockout // 60)
        answer["Retry-After"] = str(SIGN_IN.lockout)
        return answer
    phone = Phone.objects.filter(name=name).first()
    right_code = constant_time_compare(_hash_of(code), phone.code_hash if phone else "")
    if phone is None or not right_code:
        FailedPhoneSignIn.objects.filter(time__lt=now - timedelta(seconds=SIGN_IN.lockout)).delete()
        FailedPhoneSignIn.objects.create(name=name, time=now)
        log_security_event(request, "wrong password of a telephone", phone=name)
        return _challenge("web.survey.phone.wrong_password")
    request.phone = phone.pk  # type: ignore[attr-defined]
    return _person_of(phone, now)


def _person_of(phone: Phone, now: datetime) -> Person | HttpResponse:
    """The person of a telephone that knows its password, unless it was ended or the person may not survey."""
    account = Account.objects.filter(name=phone.account, is_active=True).first()
    if phone.ended is not None or account is None:
        return _challenge("web.survey.phone.ended")
    person = Person(account.name, account.full_name, account.party, roles_of(account.name, account.party))
    if not may_survey(person):
        return phone_answer(403, "web.survey.phone.no_right")
    if phone.used is None or now - phone.used > timedelta(seconds=PHONES.used_step):
        Phone.objects.filter(pk=phone.pk).update(used=now)
    return person


def _challenge(code: str) -> HttpResponse:
    answer = phone_answer(401, code)
    answer["WWW-Authenticate"] = _CHALLENGE
    return answer


def _private_line(request: HttpRequest) -> bool:
    """Whether nobody on the way can read the password: over TLS, or from this computer to this computer.

    A proxy without TLS asks from this computer too, but for the name under which others reach it.
    """
    if request.is_secure():
        return True
    if split_domain_port(request.get_host())[0] not in _THIS_COMPUTER:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """Name and password of the header Authorization; empty where there are none."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        name, _, code = base64.b64decode(encoded.strip(), validate=True).decode("utf-8", "replace").partition(":")
    except binascii.Error:
        return "", ""
    return name.replace("\x00", "")[:NAME_LENGTH], code
