"""Tables: imports that wait or are being entered, and those on the record, which follow from it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from tawteen.record.limits import RECORD_LIMITS


class PendingImport(models.Model):
    """A file that was compared with what a party sees; seen by that party alone, removed when it is old.

    `differences` are its cells as `tawteen.web.imports.differences` packs them. `compared_size` is the size of the
    record up to which they are compared, `revision` counts comparisons. With a strategy it is being entered: of `cells`
    those before `cells_done` are on the record, in entries from `first_entry` on, but `left` ones that somebody changed
    meanwhile.
    """

    token = models.CharField(max_length=40, primary_key=True)
    party = models.CharField(max_length=RECORD_LIMITS.name_characters, db_index=True)
    person = models.CharField(max_length=RECORD_LIMITS.name_characters)
    file = models.CharField(max_length=RECORD_LIMITS.name_characters)
    sha256 = models.CharField(max_length=64)
    created = models.DateTimeField()
    compared_size = models.BigIntegerField()
    revision = models.IntegerField(default=0)
    counts = models.JSONField()
    kept = models.IntegerField(default=0)
    differences = models.BinaryField()
    strategy = models.CharField(max_length=20, default="")
    beside = models.BooleanField(default=False)
    shared = models.BooleanField(default=False)
    undoes = models.BigIntegerField(null=True)
    cells = models.IntegerField(default=0)
    cells_done = models.IntegerField(default=0)
    first_entry = models.BigIntegerField(null=True)
    left = models.IntegerField(default=0)
    finished = models.BooleanField(default=False)
    claimed_until = models.DateTimeField(null=True)


class ImportRow(models.Model):
    """An import on the record, with all its entries; `undoes` is the number of the import that it takes back."""

    number = models.BigIntegerField(primary_key=True)
    party = models.CharField(max_length=RECORD_LIMITS.name_characters)
    person = models.CharField(max_length=RECORD_LIMITS.name_characters)
    time = models.CharField(max_length=20)
    file = models.CharField(max_length=RECORD_LIMITS.name_characters)
    sha256 = models.CharField(max_length=64)
    strategy = models.CharField(max_length=RECORD_LIMITS.name_characters)
    entries = models.JSONField()
    cells = models.IntegerField()
    undoes = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["party", "number"], name="import_of_party")]
