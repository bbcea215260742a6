"""A whole case in the registry of a party by one act: without the comparison that the page makes."""

from __future__ import annotations

from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.web.accounts.models import PartyRow
from tawteen.web.imports.strategies import START
from tawteen.web.log.append import NewEntry, locked_log
from tawteen.web.registry.case_cells import case_cells
from tawteen.web.rights import Person


def enter_case(person: Person, case: Case, *, shared: bool = False) -> None:
    """Appends the cells of a case as an import of a person; `shared` releases its tables to all parties."""
    cells = list(case_cells(case))
    with locked_log() as log:
        content = {"sha256": case_hash(case), "strategy": START, "cells": cells}
        log.append(NewEntry(person.name, person.party, "import", ("case.toml",), content))
        parties = sorted(PartyRow.objects.values_list("party", flat=True))
        for table in dict.fromkeys(cell["table"] for cell in cells) if shared else ():
            released = {"to": parties, "later": False}
            log.append(NewEntry(person.name, person.party, "release", (table, "*", "*"), released))
