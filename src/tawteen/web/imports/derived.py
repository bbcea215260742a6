"""Keeps the list of imports as the record says."""

from __future__ import annotations

from tawteen.record.entry import Entry
from tawteen.web.imports.models import ImportRow
from tawteen.web.imports.strategies import UNDO
from tawteen.web.log.derived import DerivedTables

IMPORT_ACT = "import"


def _apply_import(entry: Entry) -> None:
    if entry.act != IMPORT_ACT:
        return
    content, basis = entry.content, entry.based_on[0] if entry.based_on else None
    if content.get("part", 1) > 1 and basis is not None:
        row = ImportRow.objects.filter(number=basis, party=entry.party).first()
        if row is not None:
            row.entries = [*row.entries, entry.number]
            row.cells += len(content["cells"])
            row.save(update_fields=["entries", "cells"])
            return
    ImportRow.objects.create(
        number=entry.number, party=entry.party, person=entry.person, time=entry.time, file=entry.subject[0],
        sha256=content["sha256"], strategy=content["strategy"], entries=[entry.number], cells=len(content["cells"]),
        undoes=basis if content["strategy"] == UNDO else None,
    )  # fmt: skip


def _clear_imports() -> None:
    ImportRow.objects.all().delete()


DERIVED_IMPORTS = DerivedTables(_clear_imports, _apply_import)
