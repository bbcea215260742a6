"""Tables: telephones of surveyors, and attempts of telephones to sign in that failed."""

from __future__ import annotations

from django.db import models

from tawteen.web.accounts.models import NAME_LENGTH


class Phone(models.Model):
    """A telephone that may sign in as the person of an account. Only the hash of its password is kept."""

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    code_hash = models.CharField(max_length=64)
    account = models.CharField(max_length=NAME_LENGTH, db_index=True)
    note = models.CharField(max_length=200)
    created = models.DateTimeField()
    used = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)


class FailedPhoneSignIn(models.Model):
    """An attempt of a telephone to sign in with a wrong password, or a name that no telephone has."""

    name = models.CharField(max_length=NAME_LENGTH, db_index=True)
    time = models.DateTimeField()
