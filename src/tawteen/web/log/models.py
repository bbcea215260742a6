"""Tables: the entries of the record, what follows from them about keys, signed checkpoints, heartbeats."""

from __future__ import annotations

from django.db import models

RECORD_TABLE = "record_log"


class RecordRow(models.Model):
    """An entry as the canonical bytes that are hashed; all else about it follows from them."""

    number = models.BigIntegerField(primary_key=True)
    line = models.BinaryField()

    class Meta:
        db_table = RECORD_TABLE


class HolderKey(models.Model):
    """A verifier key that an entry states of the workspace or a party; follows from the entries."""

    number = models.BigIntegerField(primary_key=True)
    holder = models.CharField(max_length=200)
    verifier = models.TextField()


class StoredCheckpoint(models.Model):
    """A checkpoint that the workspace signed, with the roots of its complete subtrees, from which the next goes on."""

    size = models.BigIntegerField(primary_key=True)
    peaks = models.BinaryField()
    note = models.TextField()


class WorkerHeartbeat(models.Model):
    """When a process last wrote that its `service` goes on: see `tawteen.web.log.heartbeats`."""

    worker = models.CharField(max_length=200, primary_key=True)
    service = models.CharField(max_length=20, default="worker")
    time = models.DateTimeField()


class RebuiltMigration(models.Model):
    """A migration that was applied when the derived tables were made from the whole record."""

    app = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
