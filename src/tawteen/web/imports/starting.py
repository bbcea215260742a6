"""The first import of a party: a whole case, of which every cell is added."""

from __future__ import annotations

import polars as pl

from tawteen.case.findings import CaseError
from tawteen.case.hash import case_hash
from tawteen.case.model import SETTINGS, Case, Origin
from tawteen.case.stated import StatedCase, StatedTable
from tawteen.case.tables import TABLES
from tawteen.web.imports.applying import claim
from tawteen.web.imports.comparison import added_cells
from tawteen.web.imports.differences import no_differences
from tawteen.web.imports.models import PendingImport
from tawteen.web.imports.pending import UploadedFile, keep, unfinished_imports
from tawteen.web.imports.stated_cells import stated_cells, unfit_keys
from tawteen.web.imports.strategies import START
from tawteen.web.log.append import locked_log
from tawteen.web.registry.case_cells import registry_is_empty
from tawteen.web.rights import Person


def start_import(person: Person, case: Case, file: str, *, shared: bool) -> PendingImport | None:
    """Keeps a case to be entered at once; with `shared` its tables are released to all parties in the end.

    None where the party has begun otherwise meanwhile. Raises CaseError where the record does not take a key.
    """
    listed = list(stated_cells(_stated(case), defaults=True))
    unfit = [finding for cells in listed for finding in unfit_keys(cells)]
    if unfit:
        raise CaseError(unfit)
    differences = pl.concat([no_differences(), *map(added_cells, listed)])
    with locked_log() as log:
        begun = unfinished_imports().filter(party=person.party).exists()
        if begun or not registry_is_empty(person.party):
            return None
        pending = keep(person, UploadedFile(file, case_hash(case)), differences, log.size)
        pending.strategy, pending.shared, pending.claimed_until = START, shared, claim()
        pending.save(update_fields=["strategy", "shared", "claimed_until"])
    return pending


def _stated(case: Case) -> StatedCase:
    """A case as if a file stated all of it."""
    tables = {}
    for name, frame in case.tables.items():
        origin = case.origins.get(name)
        rows = origin.rows if origin is not None and len(origin.rows) == frame.height else (None,) * frame.height
        file = name if origin is None else origin.file
        tables[name] = StatedTable(frame, file, rows, tuple(TABLES[name].columns()), frozenset(), whole=True)
    return StatedCase(case.path, case.settings, case.origins.get(SETTINGS, Origin(SETTINGS)), tables, ())
