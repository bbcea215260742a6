"""A case as a folder: `case.toml` and a CSV file for every table that has rows."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tawteen.case.csv_file import raw_csv
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.raw import Raw, table_named
from tawteen.case.settings_file import TOML, toml_of
from tawteen.case.sheets import unknown
from tawteen.case.tables import TABLES

_SUFFIXES = (".csv", ".tsv")


def read_files(folder: Path) -> tuple[dict[str, Raw], bytes | None, list[Finding]]:
    """Raw tables of the folder's CSV files by name, the bytes of `case.toml` if there is one, and findings."""
    raws: dict[str, Raw] = {}
    findings: list[Finding] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _SUFFIXES or path.name.startswith((".", "~")) or not path.is_file():
            continue
        table = table_named(path.stem)
        if table is None:
            findings.append(unknown(path.stem, path.name))
        elif table in raws:
            findings.append(Finding("error", "table.twice", table, path.name, args={"other": raws[table].file}))
        else:
            raw, told = raw_csv(path.read_bytes(), table, path.name)
            findings += told
            if raw:
                raws[table] = raw
    toml = folder / TOML
    return raws, toml.read_bytes() if toml.is_file() else None, findings


def write_folder(case: Case, path: Path) -> None:
    """Writes the case as a folder; files of a case that stands there are replaced, tables without rows removed.

    Everything is written beside first, so no file is ever half-written. UTF-8 with the mark that spreadsheets need to
    show Arabic; numbers with every digit that counts.
    """
    path = Path(path)
    path.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        (beside / TOML).write_text(toml_of(case.settings), encoding="utf-8", newline="\n")
        for name, frame in case.tables.items():
            if frame.height:
                ordered = frame.select(list(TABLES[name].columns()))
                ordered.write_csv(beside / f"{name}.csv", include_bom=True, quote_style="necessary")
        for file in sorted(beside.iterdir()):
            file.replace(path / file.name)
        for name, frame in case.tables.items():
            if not frame.height:
                (path / f"{name}.csv").unlink(missing_ok=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
