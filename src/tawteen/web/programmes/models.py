"""Tables: runs, which follow from the record; how far each is, what it was asked, and the files that it made."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tawteen.record.limits import RECORD_LIMITS

NAME_CHARACTERS = RECORD_LIMITS.name_characters
"""Characters of a name on the record."""


class RunRow(models.Model):
    """A run as the acts `run` of the record state it: `number` and `ended` are those of its first and last entry."""

    run = models.CharField(max_length=NAME_CHARACTERS, primary_key=True)
    number = models.BigIntegerField()
    view = models.CharField(max_length=NAME_CHARACTERS, db_index=True)
    command = models.CharField(max_length=NAME_CHARACTERS)
    snapshot = models.BigIntegerField()
    person = models.CharField(max_length=NAME_CHARACTERS)
    party = models.CharField(max_length=NAME_CHARACTERS)
    time = models.CharField(max_length=20)
    state = models.CharField(max_length=NAME_CHARACTERS)
    ended = models.BigIntegerField(null=True)
    ended_time = models.CharField(max_length=20, null=True)
    parameters = models.CharField(max_length=64, null=True)
    result = models.CharField(max_length=64, null=True)


class RunProgress(models.Model):
    """How far a run is.

    `attempt` counts the processes that take it up: what one of them writes counts while it is the last one. `failures`
    are those that ended without a result. `task` is that of the queue, `heartbeat` the last one of the process by the
    clock of the database, `seconds` the work of all of them. `gain` over doing nothing and `left` to the bound are
    those of the best programme so far, `history` says how they became so (`gap_chart`), `kept` are its starts, from
    which another attempt goes on; one that is `given_up` only makes a programme of them. `summary` are the figures of
    the result that lists show, `findings` what is wrong with it.
    """

    run = models.CharField(max_length=NAME_CHARACTERS, primary_key=True)
    parameters = models.JSONField()
    task = models.UUIDField(null=True)
    attempt = models.IntegerField(default=0)
    failures = models.IntegerField(default=0)
    heartbeat = models.DateTimeField(null=True)
    cancelled = models.BooleanField(default=False)
    given_up = models.BooleanField(default=False)
    stage = models.CharField(max_length=40, default="")
    share = models.FloatField(null=True)
    gain = models.FloatField(null=True)
    left = models.FloatField(null=True)
    seconds = models.FloatField(default=0.0)
    history = models.JSONField(default=list)
    kept = models.JSONField(null=True)
    summary = models.JSONField(null=True)
    findings = models.JSONField(default=list)


class RunFile(models.Model):
    """A file that a run made. Files are in the database: several servers share it, and a backup holds all of it."""

    run = models.CharField(max_length=NAME_CHARACTERS)
    name = models.CharField(max_length=NAME_CHARACTERS)
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "name"], name="file_of_run")]
