"""Compared files that wait for a decision of their party, until they are old."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import polars as pl
from django.db.models import QuerySet

from tawteen.case.stated import StatedCase
from tawteen.record.limits import RECORD_LIMITS
from tawteen.web.imports.comparison import compare
from tawteen.web.imports.differences import kind_counts, packed
from tawteen.web.imports.models import PendingImport
from tawteen.web.log.append import log_size
from tawteen.web.params import SECRETS, UPLOAD
from tawteen.web.rights import Person
from tawteen.web.visibility import PartyView


@dataclass(frozen=True)
class UploadedFile:
    """A file as it was sent: what it is called, its hash, and the last entry that was seen in it, if it says so."""

    name: str
    sha256: str
    exported: int | None = None


def compare_upload(person: Person, stated: StatedCase, file: UploadedFile) -> PendingImport:
    """Compares a file with what the party of a person sees, and keeps what differs."""
    size = log_size()
    comparison = compare(stated, PartyView(person.party), file.exported)
    return keep(person, file, comparison.differences, size, kept=comparison.kept)


def keep(
    person: Person,
    file: UploadedFile,
    differences: pl.DataFrame,
    size: int,
    *,
    kept: int = 0,
    undoes: int | None = None,
) -> PendingImport:
    """Stores differences at a size of the record; the oldest ones of the party make place."""
    waiting = waiting_imports(person.party).order_by("-created").values_list("token", flat=True)
    PendingImport.objects.filter(token__in=list(waiting[UPLOAD.waiting - 1 :])).delete()
    return PendingImport.objects.create(
        token=secrets.token_urlsafe(SECRETS.import_token), party=person.party, person=person.name,
        file=file.name[: RECORD_LIMITS.name_characters], sha256=file.sha256, created=datetime.now(UTC),
        compared_size=size, counts=kind_counts(differences), kept=kept, differences=packed(differences), undoes=undoes,
    )  # fmt: skip


def waiting_imports(party: str) -> QuerySet[PendingImport]:
    """Compared files of a party about which nobody has decided."""
    return PendingImport.objects.filter(party=party, strategy="")


def unfinished_imports() -> QuerySet[PendingImport]:
    """Imports of which not all cells are on the record."""
    return PendingImport.objects.exclude(strategy="").filter(finished=False)


def remove_old_imports() -> None:
    """Removes compared files that have waited too long, and what is kept of finished imports."""
    oldest = datetime.now(UTC) - timedelta(days=UPLOAD.kept_days)
    unfinished = unfinished_imports().values_list("token", flat=True)
    PendingImport.objects.filter(created__lt=oldest).exclude(token__in=list(unfinished)).delete()
