"""A case as a folder: `case.toml` and a CSV file for every table that has rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from tawteen.case.atomic_write import folder_beside
from tawteen.case.cells import DOUBTFUL, without_negative_zero
from tawteen.case.csv_file import FORMULA, raw_csv
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.case.raw import Raw, table_named, table_with_headings
from tawteen.case.settings_file import TOML, toml_of
from tawteen.case.sheets import renamed, unknown
from tawteen.case.size_limits import SIZE_LIMITS, read_within
from tawteen.case.tables import TABLES

_SUFFIXES = (".csv", ".tsv")


def read_files(folder: Path) -> tuple[dict[str, Raw], bytes | None, list[Finding]]:
    """Raw tables of the folder's CSV files by name, the bytes of `case.toml` if there is one, and findings."""
    raws: dict[str, Raw] = {}
    findings: list[Finding] = []
    strangers: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in _SUFFIXES or path.name.startswith((".", "~")) or not path.is_file():
            continue
        table = table_named(path.stem)
        if table is None:
            strangers.append(path)
        elif table in raws:
            findings.append(Finding("error", "table.twice", table, path.name, args={"other": raws[table].file}))
        else:
            try:
                data = read_within(path, SIZE_LIMITS.file_bytes)
            except CaseError as error:
                findings += error.findings
                continue
            raw, file_findings = raw_csv(data, table, path.name)
            findings += file_findings
            if raw:
                raws[table] = raw
    for path in strangers:
        likely = _likely_table(path, [table for table in TABLES if table not in raws])
        if likely is None:
            findings.append(unknown(path.stem, path.name))
        else:
            raws[likely.table] = likely
            findings.append(renamed(path.stem, path.name, likely.table, f"{likely.table}.csv"))
    return raws, _settings_bytes(folder / TOML, findings), findings


def _settings_bytes(path: Path, findings: list[Finding]) -> bytes | None:
    """The bytes of `case.toml`; None where there is none, or with a finding where it is too long to be read."""
    try:
        return read_within(path, SIZE_LIMITS.settings_bytes) if path.is_file() else None
    except CaseError as error:
        findings += error.findings
        return None


def _likely_table(path: Path, missing: Sequence[str]) -> Raw | None:
    """The rows of a file of another name whose headings are those of a missing table, as rows of that table."""
    if not missing or path.stat().st_size > SIZE_LIMITS.file_bytes:
        return None
    raw, _ = raw_csv(path.read_bytes(), missing[0], path.name)
    table = None if raw is None else table_with_headings(raw.cells, missing)
    return None if raw is None or table is None else replace(raw, table=table)


def _csv_columns(frame: pl.DataFrame) -> list[pl.Expr]:
    """Columns as they are written where their text could be taken for something else.

    A number such as 9.125, which could be 9125, becomes 9.1250; a text that a spreadsheet would calculate, such as
    =1+1, gets an apostrophe before it, which `raw_csv` takes away again.
    """
    columns = []
    for column in frame.iter_columns():
        text = pl.col(column.name).cast(pl.String)
        if column.dtype == pl.Float64 and column.cast(pl.String).str.contains(DOUBTFUL).any():
            columns.append(pl.when(text.str.contains(DOUBTFUL)).then(text + "0").otherwise(text).alias(column.name))
        elif column.dtype == pl.String and column.str.contains(FORMULA).any():
            columns.append(text.str.replace(FORMULA, "'$0").alias(column.name))
    return columns


def write_folder(case: Case, path: Path) -> None:
    """Writes the case as a folder; files of a case that stands there are replaced, tables without rows removed.

    A new folder appears whole. In one that stands there no file is ever half-written; commands that write into one
    exchange it as a whole (`runs.delivery`). UTF-8 with the mark that spreadsheets need to show Arabic; numbers with
    every digit that counts.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with folder_beside(path) as beside:
        (beside / TOML).write_text(toml_of(case.settings), encoding="utf-8", newline="\n")
        for name, frame in case.tables.items():
            if frame.height:
                columns = frame.select(list(TABLES[name].columns()))
                ordered = columns.with_columns(without_negative_zero(pl.col(pl.Float64)))
                written = ordered.with_columns(_csv_columns(ordered))
                written.write_csv(beside / f"{name}.csv", include_bom=True, quote_style="necessary")
        if not path.exists():
            beside.rename(path)
            return
        for file in sorted(beside.iterdir()):
            file.replace(path / file.name)
        for name, frame in case.tables.items():
            if not frame.height:
                (path / f"{name}.csv").unlink(missing_ok=True)
