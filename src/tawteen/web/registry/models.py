"""Tables that follow from the record: versions of cells, releases, and what each party sees of sites and conflicts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tawteen.record.limits import RECORD_LIMITS

NAME = RECORD_LIMITS.name_characters
"""Characters of a name on the record."""


class CellVersion(models.Model):
    """A value that an entry gave a cell. `key_value` is the value of a column that names a row of a table."""

    number = models.BigIntegerField()
    table = models.CharField(max_length=NAME)
    row = models.CharField(max_length=NAME)
    column = models.CharField(max_length=NAME)
    value = models.JSONField(null=True)
    key_value = models.CharField(max_length=NAME, null=True)
    party = models.CharField(max_length=NAME)
    person = models.CharField(max_length=NAME)
    time = models.CharField(max_length=20)
    replaces = models.JSONField()
    details = models.JSONField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["table", "row", "party"], name="cell_row"),
            models.Index(fields=["table", "column", "key_value"], name="cell_key"),
            models.Index(fields=["party", "table"], name="cell_party"),
            models.Index(fields=["number", "party", "person", "id"], name="cell_author"),
        ]


class ReleaseRow(models.Model):
    """A release of cells of a party to others."""

    number = models.BigIntegerField(primary_key=True)
    party = models.CharField(max_length=NAME)
    table = models.CharField(max_length=NAME)
    row = models.CharField(max_length=NAME)
    column = models.CharField(max_length=NAME)
    receivers = models.JSONField()
    later = models.BooleanField()


class SiteRow(models.Model):
    """A site as a party sees it, to search and filter by. `searched` and `sound` are folded texts.

    `lat` and `lon` are the position in degrees, of which both or none are there.
    """

    party = models.CharField(max_length=NAME)
    site = models.CharField(max_length=NAME)
    name_en = models.CharField(max_length=NAME)
    name_ar = models.CharField(max_length=NAME)
    region = models.CharField(max_length=NAME)
    field = models.CharField(max_length=NAME)
    state = models.CharField(max_length=NAME)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    conflicts = models.IntegerField()
    gates = models.TextField(default=" ")
    grade = models.CharField(max_length=NAME, default="")
    searched = models.TextField()
    sound = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["party", "site"], name="site_of_party")]
        indexes: ClassVar = [
            models.Index(fields=["party", "name_en", "site"], name="site_name_en"),
            models.Index(fields=["party", "name_ar", "site"], name="site_name_ar"),
            models.Index(fields=["party", "region", "state"], name="site_region"),
            models.Index(fields=["party", "conflicts"], name="site_conflicts"),
        ]


class ConflictRow(models.Model):
    """A cell in which a party sees several values stand beside each other."""

    party = models.CharField(max_length=NAME)
    table = models.CharField(max_length=NAME)
    row = models.CharField(max_length=NAME)
    column = models.CharField(max_length=NAME)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["party", "table", "row", "column"], name="conflict_of_party")
        ]
