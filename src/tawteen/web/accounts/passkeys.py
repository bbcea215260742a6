"""Passkeys: public keys of devices and security keys that sign a challenge of the workspace (WebAuthn)."""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tawteen.web.accounts.models import Account, Passkey
from tawteen.web.params import SIGN_IN

Purpose = Literal["new", "alone", "second", "confirm"]
"""What a challenge is for: a new passkey, signing in with it alone or after a password, or confirming."""

_CHALLENGE_KEY = "passkey_challenge"


class PasskeyError(ValueError):
    """An answer that a device of the account did not give to the challenge, or not as it was asked."""


def _server(request: HttpRequest) -> Fido2Server:
    """Checks answers for exactly the address that the browser shows."""
    origin = request.build_absolute_uri("/").rstrip("/")
    party = PublicKeyCredentialRpEntity(id=_host(request), name="Tawteen")
    return Fido2Server(party, verify_origin=lambda stated: stated == origin)


def _host(request: HttpRequest) -> str:
    return request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()


def host_takes_passkeys(request: HttpRequest) -> bool:
    """Whether the address is a name: browsers make no passkeys for numbers such as 127.0.0.1."""
    try:
        ipaddress.ip_address(_host(request).strip("[]"))
    except ValueError:
        return True
    return False


def user_handle(account: Account) -> bytes:
    """What devices call the person of an account: no number, which would say how many people there are."""
    return sha256(f"tawteen account {account.name}".encode()).digest()


def creation_options(request: HttpRequest, account: Account) -> dict[str, Any]:
    """What a browser needs to make a passkey of an account, with a challenge that the session remembers."""
    user = PublicKeyCredentialUserEntity(
        id=user_handle(account), name=account.name, display_name=account.full_name
    )  # fmt: skip
    options, state = _server(request).register_begin(
        user,
        _credentials(account),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    request.session[_CHALLENGE_KEY] = ["new", time.time(), state]
    return dict(options)


def request_options(request: HttpRequest, purpose: Purpose, account: Account | None) -> dict[str, Any]:
    """What a browser needs to use a passkey: of an account, or where it is None of whoever has one here.

    Where the passkey is enough alone, the device asks for a fingerprint, a face or a PIN; beside a password
    it need not.
    """
    options, state = _server(request).authenticate_begin(
        None if account is None else _credentials(account),
        UserVerificationRequirement.DISCOURAGED if purpose == "second" else UserVerificationRequirement.REQUIRED,
    )
    request.session[_CHALLENGE_KEY] = [purpose, time.time(), state]
    return dict(options)


def _credentials(account: Account) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(bytes(one.public_key)) for one in Passkey.objects.filter(account=account)]


def add_passkey(request: HttpRequest, account: Account, name: str, answer: str) -> Passkey:
    """Keeps the passkey that a device made. Raises PasskeyError where it did not make it for this challenge."""
    state, fields = _challenge(request, "new"), _fields(answer)
    try:
        attested = _server(request).register_complete(state, RegistrationResponse.from_dict(fields))
    except _FAULTS as error:
        raise PasskeyError(str(error)) from error
    data = attested.credential_data
    if data is None:
        raise PasskeyError("no credential")
    credential = websafe_encode(data.credential_id)
    if Passkey.objects.filter(credential=credential).exists():
        raise PasskeyError("this credential is known")
    return Passkey.objects.create(
        account=account, name=name, credential=credential, public_key=bytes(data), signatures=attested.counter,
        created=datetime.now(UTC),
    )  # fmt: skip


def use_passkey(request: HttpRequest, purpose: Purpose, answer: str, account: Account | None = None) -> Account:
    """The account whose passkey answered the challenge. Raises PasskeyError where none did.

    The challenge is used up in any case. A count of signatures that does not grow tells of a copied key.
    """
    state, fields = _challenge(request, purpose), _fields(answer)
    passkey = Passkey.objects.filter(credential=str(fields.get("id", ""))[:2_000]).select_related("account").first()
    if passkey is None or not passkey.account.is_active or (account is not None and passkey.account != account):
        raise PasskeyError("unknown credential")
    try:
        response = AuthenticationResponse.from_dict(fields)
        known = [AttestedCredentialData(bytes(passkey.public_key))]
        _server(request).authenticate_complete(state, known, response)
    except _FAULTS as error:
        raise PasskeyError(str(error)) from error
    counted, handle = response.response.authenticator_data.counter, response.response.user_handle
    # Passkeys of earlier versions say the number of the account.
    if handle and bytes(handle) not in (user_handle(passkey.account), str(passkey.account.pk).encode()):
        raise PasskeyError("the passkey is of another account")
    row = Passkey.objects.filter(pk=passkey.pk)
    if counted or passkey.signatures:
        row = row.filter(signatures__lt=counted)
    if row.update(signatures=counted, used=datetime.now(UTC)) != 1:
        raise PasskeyError("the passkey was copied")
    return passkey.account


_FAULTS = (ValueError, TypeError, KeyError, AttributeError, IndexError)
"""What the library raises for answers that are wrong, or no answers at all."""


def _challenge(request: HttpRequest, purpose: Purpose) -> Mapping[str, Any]:
    """Takes the challenge out of the session. Raises PasskeyError where it is for something else or too old."""
    asked_for, since, state = request.session.pop(_CHALLENGE_KEY, None) or ("", 0, {})
    if asked_for != purpose or time.time() - since > SIGN_IN.second_step:
        raise PasskeyError("no challenge")
    return dict(state)


def _fields(answer: str) -> dict[str, Any]:
    try:
        fields = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise PasskeyError("no answer") from error
    if not isinstance(fields, dict):
        raise PasskeyError("no answer")
    return fields
