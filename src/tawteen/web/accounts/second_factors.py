"""The second factors of an account: passkeys, codes of an app, and recovery codes for when these are lost."""

from __future__ import annotations

from django.db import transaction

from tawteen.case.names import DIGITS
from tawteen.web.accounts.codes import hash_of_code, new_code
from tawteen.web.accounts.models import Account, Passkey, RecoveryCode, TimeCodes
from tawteen.web.accounts.time_codes import use_time_code
from tawteen.web.params import SIGN_IN


def has_second_factor(account: Account) -> bool:
    """Whether an account signs in with more than a password."""
    return (
        TimeCodes.objects.filter(account=account).exists() or Passkey.objects.filter(account=account).exists()
    )  # fmt: skip


def use_code(account: Account, typed: str) -> bool:
    """Whether a code is one of the app, or a recovery code; it can then not be used again."""
    code = "".join(character for character in typed.translate(DIGITS) if character.isalnum())
    if len(code) == SIGN_IN.code_digits and code.isdigit():
        return use_time_code(account, code)
    deleted, _ = RecoveryCode.objects.filter(account=account, code_hash=hash_of_code(code)).delete()
    return deleted == 1


def new_recovery_codes(account: Account) -> list[str]:
    """Recovery codes in place of those that there were."""
    codes = [new_code() for _ in range(SIGN_IN.recovery_codes)]
    with transaction.atomic():
        RecoveryCode.objects.filter(account=account).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(account=account, code_hash=hash_of_code(code)) for code in codes
        )  # fmt: skip
    return codes


def remove_recovery_codes_alone(account: Account) -> None:
    """Removes recovery codes where no factor is left whose place they could take."""
    if not has_second_factor(account):
        RecoveryCode.objects.filter(account=account).delete()


def remove_second_factors(account: Account) -> None:
    """Removes all second factors and recovery codes of an account."""
    for model in (TimeCodes, Passkey, RecoveryCode):
        model.objects.filter(account=account).delete()
