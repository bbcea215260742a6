"""Tables: telephones of surveyors and their failed sign-ins; submissions and files, which follow from the record."""

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


class SubmissionRow(models.Model):
    """A submission as its last act left it; follows from the acts `submission`.

    `variant`: hash of the filled form; one instance with other answers is another row. `first` and `number`: the first
    and the last of its acts. `fault` and `notes`: findings as JSON, `reason`: why somebody settled it by hand.
    """

    number = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField()
    party = models.CharField(max_length=200)
    person = models.CharField(max_length=200)
    time = models.CharField(max_length=20)
    form = models.CharField(max_length=200)
    instance = models.CharField(max_length=200)
    variant = models.CharField(max_length=64)
    site = models.CharField(max_length=200)
    state = models.CharField(max_length=20)
    replaces = models.CharField(max_length=200)
    device_time = models.CharField(max_length=200)
    fault = models.TextField()
    notes = models.TextField()
    reason = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "instance", "variant"], name="submission_variant")]
        indexes = [models.Index(fields=["party", "state"], name="submission_state")]


class FileRow(models.Model):
    """A file of a submission, or one that was added to a row; follows from the acts `submission` and `document`.

    `number`: of the entry that said which row it shows. `table` and `row` are empty where it shows none; `instance` is
    empty for a document.
    """

    number = models.BigIntegerField()
    party = models.CharField(max_length=200)
    person = models.CharField(max_length=200)
    time = models.CharField(max_length=20)
    table = models.CharField(max_length=200)
    row = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    media = models.CharField(max_length=200)
    caption = models.TextField()
    instance = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["table", "row"], name="file_row"),
            models.Index(fields=["party", "instance"], name="file_instance"),
        ]
