"""The first import of a party: a whole case, of which every cell is added."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tawteen.case.checks import check
from tawteen.case.findings import CaseError, Finding
from tawteen.case.hash import case_hash
from tawteen.case.model import SETTINGS, Case, Origin
from tawteen.case.paths import outline_of
from tawteen.case.read import read_case_with_findings
from tawteen.case.stated import StatedCase, StatedTable
from tawteen.case.tables import TABLES
from tawteen.web.access import check_rights
from tawteen.web.imports.applying import claim, rights_to_enter
from tawteen.web.imports.comparison import added_cells
from tawteen.web.imports.differences import no_differences
from tawteen.web.imports.models import PendingImport
from tawteen.web.imports.pending import UploadedFile, keep, unfinished_imports
from tawteen.web.imports.stated_cells import stated_cells, unfit_keys
from tawteen.web.imports.strategies import START
from tawteen.web.log.append import locked_log
from tawteen.web.registry.case_cells import registry_is_empty
from tawteen.web.rights import Person

PUBLIC_CASE_NAME = "public-case-libya"


def sound_case(path: Path) -> tuple[Case, list[Finding]]:
    """The case of a folder or workbook, with warnings and notes. Raises CaseError where it has an error."""
    case, findings = read_case_with_findings(path)
    findings = [*findings, *check(case)]
    if any(finding.severity == "error" for finding in findings):
        raise CaseError(findings)
    return case, findings


def start_import(person: Person, case: Case, file: str, *, shared: bool) -> PendingImport | None:
    """Keeps a case to be entered at once; with `shared` its tables are released to all parties in the end.

    None where the party has begun otherwise meanwhile. Raises CaseError where the record does not take a key, and
    RightEndedError where the person may not import, or not release.
    """
    listed = list(stated_cells(_stated(case), defaults=True))
    unfit = [finding for cells in listed for finding in unfit_keys(cells)]
    if unfit:
        raise CaseError(unfit)
    differences = pl.concat([no_differences(), *map(added_cells, listed)])
    with locked_log() as log:
        check_rights(person, *rights_to_enter(shared=shared))
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
    outline = None if case.path is None else outline_of(case.path)
    return StatedCase(case.path, case.settings, case.origins.get(SETTINGS, Origin(SETTINGS)), tables, (), outline)
