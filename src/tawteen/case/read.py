"""Reads a case, whatever it is kept in, and says everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

from tawteen.case.findings import CaseError, Finding
from tawteen.case.folder import read_files
from tawteen.case.intervals import with_intervals
from tawteen.case.model import SETTINGS, Case, Origin, empty_tables
from tawteen.case.outline import check_outline
from tawteen.case.paths import outline_of
from tawteen.case.raw import Raw
from tawteen.case.settings import Settings
from tawteen.case.settings_file import TOML, read_rows, read_toml, toml_lines
from tawteen.case.sheets import SettingSheet, read_sheets
from tawteen.case.size_limits import unreadable
from tawteen.case.typed import typed, without_notes
from tawteen.case.workbook_file import LIMITS


def read_case(path: Path) -> Case:
    """The case in a folder of CSV files with `case.toml`, or in a workbook (XLSX).

    Raises CaseError with every finding about files, columns, types, bounds, codes, needed cells and keys.
    """
    return read_case_with_findings(path)[0]


def read_case_with_findings(path: Path) -> tuple[Case, list[Finding]]:
    """The case, and the warnings and notes about how it was read. Raises CaseError as `read_case`."""
    case, findings = read_with_notes(path)
    return case, without_notes(findings)


def read_with_notes(path: Path) -> tuple[Case, list[Finding]]:
    """As `read_case_with_findings`, with a note about people's own columns of notes, which a case does not keep.

    Of a case that cannot be read nothing is kept, so its notes go untold.
    """
    path = Path(path)
    try:
        settings, raws, findings, origin = opened(path)
    except OSError as error:
        raise CaseError([unreadable(path, error)]) from error
    tables, origins = empty_tables(), {SETTINGS: origin}
    for name, raw in raws.items():
        tables[name], origins[name], cell_findings = typed(raw, hijri=settings is not None and settings.time.hijri)
        findings += cell_findings
    tables["evidence"] = with_intervals(tables["evidence"], findings)
    findings += check_outline(outline_of(path))
    if settings is None or any(f.severity == "error" for f in findings):
        raise CaseError(without_notes(findings))
    return Case(settings, tables, MappingProxyType(origins), path=path), _notes_told_once(findings)


def _notes_told_once(findings: list[Finding]) -> list[Finding]:
    """The findings, with one in place of those about every single column of notes."""
    kept = without_notes(findings)
    columns = [finding for finding in findings if finding not in kept]
    if not columns:
        return kept
    counts = [int(finding.args["count"]) for finding in columns]
    files = ", ".join(f"{finding.file} ({count})" for finding, count in zip(columns, counts, strict=True))
    return [*kept, Finding("note", "column.notes", args={"count": sum(counts), "files": files})]


def opened(path: Path) -> tuple[Settings | None, dict[str, Raw], list[Finding], Origin]:
    """Settings, raw tables, findings, and where the settings stand. Raises CaseError and OSError."""
    if path.is_dir():
        raws, toml, findings = read_files(path)
        origin = Origin(TOML, lines={} if toml is None else toml_lines(toml))
        settings, wrong = (None, None) if toml is None else read_toml(toml)
    else:
        if path.name == TOML:
            raise CaseError([Finding("error", "file.toml", file=path.name, args={"folder": str(path.parent)})])
        if path.stat().st_size > LIMITS.file:
            args = {"size": round(path.stat().st_size / 1e6), "most": round(LIMITS.file / 1e6)}
            raise CaseError([Finding("error", "file.too_large", file=path.name, args=args)])
        raws, sheet, findings = read_sheets(path.read_bytes(), path.name)
        stated = sheet or SettingSheet(f"{path.name} / {SETTINGS}", [])
        origin = Origin(stated.file, lines={key: row for row, key, _ in reversed(stated.rows) if key})
        settings, wrong = (None, None) if sheet is None else read_rows(sheet.rows, sheet.file)
        if sheet is None and any(f.severity == "error" and f.file == path.name for f in findings):
            return None, {}, findings, origin
    if wrong is None:
        already_found = any(finding.file == origin.file and finding.severity == "error" for finding in findings)
        wrong = [] if already_found else [Finding("error", "settings.missing", file=origin.file)]
    return settings, raws, [*wrong, *findings], origin
