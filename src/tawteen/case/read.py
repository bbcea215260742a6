"""Reads a case, whatever it is kept in, and says everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from tawteen.case.findings import CaseError, Finding
from tawteen.case.folder import read_files
from tawteen.case.model import Case, Origin, empty_tables
from tawteen.case.raw import Raw
from tawteen.case.settings import Settings
from tawteen.case.settings_file import TOML, read_rows, read_toml
from tawteen.case.sheets import SETTINGS_SHEET, read_sheets
from tawteen.case.typed import typed


def read_case(path: Path) -> Case:
    """The case in a folder of CSV files with `case.toml`, or in a workbook (XLSX).

    Raises CaseError with every finding about files, columns, types, bounds, codes, needed cells and keys.
    """
    return read_case_with_findings(path)[0]


def read_case_with_findings(path: Path) -> tuple[Case, list[Finding]]:
    """The case, and the warnings and notes about how it was read. Raises CaseError as `read_case`."""
    path = Path(path)
    try:
        settings, raws, findings = _opened(path)
    except OSError as error:
        raise CaseError([_unreadable(path, error)]) from error
    tables, origins = empty_tables(), dict[str, Origin]()
    for name, raw in raws.items():
        tables[name], origins[name], told = typed(raw)
        findings += told
    if settings is None or any(f.severity == "error" for f in findings):
        raise CaseError(findings)
    return Case(settings, tables, MappingProxyType(origins)), findings


def _opened(path: Path) -> tuple[Settings | None, dict[str, Raw], list[Finding]]:
    if path.is_dir():
        raws, toml, findings = read_files(path)
        where = TOML
        settings, wrong = (None, None) if toml is None else read_toml(toml)
    else:
        raws, rows, findings = read_sheets(path.read_bytes(), path.name)
        where = f"{path.name} / {SETTINGS_SHEET}"
        settings, wrong = (None, None) if rows is None else read_rows(rows, where)
        if rows is None and any(f.code == "file.not_workbook" for f in findings):
            return None, {}, findings
    if wrong is None:
        wrong = [Finding("error", "settings.missing", file=where)]
    return settings, raws, [*wrong, *findings]


def _unreadable(path: Path, error: OSError) -> Finding:
    code = "file.missing" if isinstance(error, FileNotFoundError) else "file.unreadable"
    return Finding("error", code, file=path.name, args={"path": str(path), "said": error.strerror or str(error)})
