"""The table of snapshots, which follows from the record."""

from __future__ import annotations

from django.db import models

from tawteen.record.limits import RECORD_LIMITS

_NAME = RECORD_LIMITS.name_characters


class SnapshotRow(models.Model):
    """A snapshot that the entry `number` states: what `view` showed at a size of the record."""

    number = models.BigIntegerField(primary_key=True)
    view = models.CharField(max_length=_NAME)
    size = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    party = models.CharField(max_length=_NAME)
    person = models.CharField(max_length=_NAME)
    time = models.CharField(max_length=20)
