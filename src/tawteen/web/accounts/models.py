"""Tables: accounts, sessions, failed sign-ins, invitations; roles and parties, which follow from the record."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

NAME_LENGTH = 60
"""Characters of the name of an account or of a party."""


class Account(AbstractBaseUser):
    """A person who may sign in. `name` is who the record says did something; it is never given to another person."""

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    folded_name = models.CharField(max_length=NAME_LENGTH, unique=True)
    full_name = models.CharField(max_length=200)
    party = models.CharField(max_length=NAME_LENGTH)
    created = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "party"]


class AccountSession(AbstractBaseSession):
    """A session, with the account that is signed in and what the browser calls itself."""

    session_key = models.CharField(max_length=40, primary_key=True)
    account = models.BigIntegerField(null=True, db_index=True)
    browser = models.CharField(max_length=200)
    begun = models.DateTimeField(null=True)

    class Meta:
        db_table = "accounts_session"

    @classmethod
    def get_session_store_class(cls) -> type[object]:  # type: ignore[override]
        """The store of these sessions."""
        from tawteen.web.accounts.sessions import SessionStore  # noqa: PLC0415 - the store needs this model

        return SessionStore


class FailedSignIn(models.Model):
    """An attempt to sign in with a wrong password or code, or a name that nobody has; `browser`: one that is known."""

    folded_name = models.CharField(max_length=NAME_LENGTH, db_index=True)
    step = models.CharField(max_length=10, default="password")
    time = models.DateTimeField()
    browser = models.CharField(max_length=40, default="")


class TimeCodes(models.Model):
    """The secret from which an app computes codes of an account, sealed; and the period of the last code used."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True)
    sealed_secret = models.CharField(max_length=200)
    last_period = models.BigIntegerField()
    created = models.DateTimeField()


class Passkey(models.Model):
    """A public key with which a device or a security key of a person signs in (WebAuthn)."""

    account = models.ForeignKey(Account, models.CASCADE)
    name = models.CharField(max_length=NAME_LENGTH)
    credential = models.CharField(max_length=2_000, unique=True)
    public_key = models.BinaryField()
    signatures = models.BigIntegerField()
    created = models.DateTimeField()
    used = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code that takes the place of a second factor once. Only its hash is kept."""

    account = models.ForeignKey(Account, models.CASCADE)
    code_hash = models.CharField(max_length=64)


class Invitation(models.Model):
    """An invitation that its holder can use once. Only the hash of its code is kept."""

    code_hash = models.CharField(max_length=64, unique=True)
    party = models.CharField(max_length=NAME_LENGTH)
    roles = models.JSONField()
    unit = models.CharField(max_length=200, default="")
    note = models.CharField(max_length=200)
    invited_by = models.CharField(max_length=NAME_LENGTH)
    inviting_party = models.CharField(max_length=NAME_LENGTH)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)
    withdrawn = models.DateTimeField(null=True)


class SignInReset(models.Model):
    """A code with which the person of an account chooses a new password once. Only its hash is kept."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True)
    code_hash = models.CharField(max_length=64, unique=True)
    number = models.BigIntegerField()
    expires = models.DateTimeField()


class ResetRow(models.Model):
    """That the sign-in of a person was reset, by whom and why, and whether the code was used; follows from acts."""

    number = models.BigIntegerField(primary_key=True)
    person = models.CharField(max_length=200, db_index=True)
    party = models.CharField(max_length=200)
    by = models.CharField(max_length=200)
    reason = models.TextField()
    time = models.DateTimeField()
    renewed = models.DateTimeField(null=True)


class PartyRule(models.Model):
    """Whether a party requires a second factor of its people; follows from the act `require`."""

    party = models.CharField(max_length=200, primary_key=True)
    second_factor = models.BooleanField()


class RoleRow(models.Model):
    """A role that a person has; follows from the acts `grant` and `end`."""

    number = models.BigIntegerField(primary_key=True)
    person = models.CharField(max_length=200, db_index=True)
    role = models.CharField(max_length=200)
    party = models.CharField(max_length=200)
    unit = models.CharField(max_length=200, null=True)
    granted_by = models.CharField(max_length=200, default="")
    granting_party = models.CharField(max_length=200, default="")
    ended = models.BigIntegerField(null=True)


class PartyRow(models.Model):
    """A party and its names; follows from cells of the table `parties`."""

    party = models.CharField(max_length=200, primary_key=True)
    name_en = models.CharField(max_length=200)
    name_ar = models.CharField(max_length=200)
