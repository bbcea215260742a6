"""Table: up to which entry of the record each person has seen what changed."""

from __future__ import annotations

from django.db import models

from tawteen.web.accounts.models import NAME_LENGTH


class SeenChanges(models.Model):
    """The last entry whose changes a person has seen. It says nothing about the mission and is on no record."""

    person = models.CharField(max_length=NAME_LENGTH, primary_key=True)
    number = models.BigIntegerField()
