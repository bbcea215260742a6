"""Table: tours of survey teams, which follow from the record."""

from __future__ import annotations

from django.db import models

from tawteen.record.limits import RECORD_LIMITS

_NAME = RECORD_LIMITS.name_characters


class TourRow(models.Model):
    """A tour as its last act states it; `number` is that of the entry. One that was called off has no stops."""

    tour = models.CharField(max_length=_NAME, primary_key=True)
    number = models.BigIntegerField()
    party = models.CharField(max_length=_NAME, db_index=True)
    person = models.CharField(max_length=_NAME)
    time = models.CharField(max_length=20)
    team = models.CharField(max_length=_NAME)
    first_day = models.CharField(max_length=10)
    last_day = models.CharField(max_length=10)
    stops = models.JSONField()
