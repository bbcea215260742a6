"""Codes that an app on a telephone computes from a secret and the time (TOTP, RFC 6238)."""

from __future__ import annotations

import base64
import secrets
import time
from datetime import UTC, datetime

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tawteen.web.accounts.models import Account, TimeCodes
from tawteen.web.accounts.sealed import UnsealError, seal, unseal
from tawteen.web.params import SECRETS, SIGN_IN


def new_secret() -> str:
    """A secret as apps take it: base32."""
    return base64.b32encode(secrets.token_bytes(SECRETS.time_codes)).decode()


def _generator(secret: str) -> TOTP:
    # SHA-1, as all apps know it; HMAC does not need its resistance to collisions.
    return TOTP(base64.b32decode(secret), SIGN_IN.code_digits, SHA1(), SIGN_IN.code_period)  # nosec B303


def app_address(secret: str, account: Account, issuer: str) -> str:
    """The address (otpauth:) that an app reads from the picture."""
    return _generator(secret).get_provisioning_uri(account.name, issuer)


def matching_period(secret: str, code: str, now: float) -> int | None:
    """The period (number of 30 seconds since 1970) whose code this is, of those around a time in seconds."""
    generator, current = _generator(secret), int(now) // SIGN_IN.code_period
    for period in range(current - SIGN_IN.code_drift, current + SIGN_IN.code_drift + 1):
        if bytes_eq(generator.generate(period * SIGN_IN.code_period), code.encode()):
            return period
    return None


def begin_time_codes(account: Account, secret: str, code: str) -> bool:
    """Keeps the secret of an account if the code shows that an app has it. The code then counts as used."""
    period = matching_period(secret, code, time.time())
    if period is None:
        return False
    TimeCodes.objects.update_or_create(account=account, defaults={
        "sealed_secret": seal(secret, _owner(account)), "last_period": period, "created": datetime.now(UTC),
    })  # fmt: skip
    return True


def use_time_code(account: Account, code: str) -> bool:
    """Whether a code is one of the app of the account that was not used yet, nor one after it."""
    codes = TimeCodes.objects.filter(account=account).first()
    if codes is None:
        return False
    try:
        secret = unseal(codes.sealed_secret, _owner(account))
    except UnsealError:
        return False
    period = matching_period(secret, code, time.time())
    if period is None:
        return False
    # One statement: of two requests with the same code at the same time, one changes the row.
    return TimeCodes.objects.filter(account=account, last_period__lt=period).update(last_period=period) == 1


def _owner(account: Account) -> str:
    return f"time codes of {account.pk}"
