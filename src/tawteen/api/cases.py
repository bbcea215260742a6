"""Cases before anything is computed: read, check, write a template, generate."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from tawteen.case.annotate import annotate as mark_findings
from tawteen.case.changes import SHORT
from tawteen.case.checked import read_checked_case
from tawteen.case.checks import check as check_case
from tawteen.case.example import write_example
from tawteen.case.findings import CaseError, Finding
from tawteen.case.generate import generate as generate_case
from tawteen.case.model import Case
from tawteen.case.prior_options import with_prior_options
from tawteen.case.read import read_case_with_findings
from tawteen.case.tables import TABLES, TITLES
from tawteen.case.template import write_template
from tawteen.progress import ProgressCallback, ProgressEvent
from tawteen.runs.importing import import_into
from tawteen.words import Lang, Words, language

_TYPES = {"String": "text", "Float64": "number", "Int64": "whole number", "Date": "day", "Bool": "yes or no"}


class CaseWarning(UserWarning):
    """A case was read that has warnings; they are in its `findings`."""


def read_case(path: str | Path, *, check: bool = True, progress: ProgressCallback | None = None) -> Case:
    """The case in a folder (`case.toml` and a CSV file per table) or in a workbook.

    Its checks are run unless `check` is False. Raises CaseError with every finding where one is an error; of warnings
    their number is told as a CaseWarning, and all findings are kept in `case.findings`.
    """
    if not check:
        return read_case_with_findings(Path(path))[0]
    case = read_checked_case(Path(path), progress)
    if count := sum(finding.severity == "warning" for finding in case.findings):
        warnings.warn(Words(language()).say("api.warnings", n=count), CaseWarning, stacklevel=2)
    return case


def check(case: Case | str | Path, *, progress: ProgressCallback | None = None) -> Sequence[Finding]:
    """All that is wrong with a case or worth knowing, errors first; `str` of a finding is its sentence with its place.

    A case that cannot be read gives the findings of reading it.
    """
    if isinstance(case, Case):
        return tuple(check_case(case, progress))
    try:
        read, findings = read_case_with_findings(Path(case))
    except CaseError as error:
        return tuple(error.findings)
    return (*findings, *check_case(read, progress))


def annotate(source: str | Path, target: str | Path, lang: Lang | None = None) -> Sequence[Finding]:
    """Checks the case in a workbook or folder, writes a marked copy of it as a workbook, and returns its findings.

    In the copy the cells with findings are coloured, with the sentences in `lang` beside them. Raises FileExistsError
    where `target` is there already, CaseError where `source` is no workbook that can be opened.
    """
    place = Path(target)
    if place.exists():
        raise FileExistsError(place)
    case: Case | None = None
    try:
        case, read = read_case_with_findings(Path(source))
        findings = [*read, *check_case(case)]
    except CaseError as error:
        findings = list(error.findings)
    mark_findings(Path(source), place, findings, Words(lang or language()), case)
    return tuple(findings)


def template(path: str | Path, lang: Lang | None = None) -> Path:
    """Writes an empty workbook with every table, its units and its drop-downs, and returns its path.

    Raises FileExistsError where a file is there already.
    """
    target = Path(path)
    if target.exists():
        raise FileExistsError(target)
    write_template(target, lang or language())
    return target


def init(folder: str | Path, lang: Lang | None = None) -> Case:
    """Writes the example case of five factories into a new folder and returns it.

    Raises FileExistsError where the folder holds anything.
    """
    target = Path(folder)
    write_example(target, lang or language())
    return read_checked_case(target)


def import_case(
    source: str | Path, folder: str | Path, *, mapping: str | Path | None = None, form: str | Path | None = None
) -> Case:
    """Makes a case of a table of plants, of OC4IDS or IATI projects or of answers to an XLSForm, and returns it.

    `folder`: where the case is kept; an earlier import there is brought up to date. `mapping`: a file that says which
    column means what; without one the mapping in the folder is used, or one is proposed and kept there. `form`: the
    XLSForm of answers. Findings are kept on the case; it is not checked, because what the source does not say is still
    missing. Raises CaseError for a source that cannot be read, UsageError where another run writes to the folder.
    """
    files = {"mapping": None if mapping is None else Path(mapping), "form": None if form is None else Path(form)}
    done = import_into(Path(source), Path(folder), **files, today=dt.datetime.now(tz=dt.UTC).date())
    return replace(done.case, findings=tuple(done.findings), path=Path(folder))


def convert(source: str | Path, target: str | Path, *, prior_options: bool = False) -> Case:
    """Writes the case in `source` (a folder or a workbook) as the other kind into `target`, and returns it.

    `prior_options`: with assumed options for idle sites that have none (`Case.with_prior_options`); what was assumed
    stands among the findings.

    Raises CaseError for a case that cannot be read, FileExistsError where something is there already.
    """
    if Path(target).exists():
        raise FileExistsError(target)
    case = read_case(source, check=False)
    if prior_options:
        case, assumed = with_prior_options(case)
        case = replace(case, findings=(*case.findings, *assumed))
    case.write(target)
    return case


def generate(sites: int = 50, *, seed: int = 1, hard: bool = False, progress: ProgressCallback | None = None) -> Case:
    """A synthetic case of so many sites, the same for the same seed; `hard` makes its limits tight.

    `Case.write` keeps it in a folder or workbook.
    """
    if progress is not None:
        progress(ProgressEvent("generating"))
    return generate_case(sites, seed=seed, hard=hard)


def tables(lang: Lang | None = None) -> pl.DataFrame:
    """Every column of every table of a case.

    Columns: table, title, column, label, type, unit, needed, default, refers_to (a table or a list of codes), help.
    """
    k = int((lang or language()) == "ar")
    word = "ar" if k else "en"
    rows = []
    for name, schema in TABLES.items():
        for column, spec in schema.columns().items():
            meta: dict[str, Any] = spec.metadata or {}
            default = meta.get("default")
            row = (name, TITLES[name][k], column, meta[word], _TYPES[type(spec).__name__], meta.get("unit") or None)
            needed = not spec.nullable
            known = meta.get("ref") or meta.get("codes")
            rows.append((*row, needed, None if default is None else str(default), known, meta[f"help_{word}"]))
    names = ("table", "title", "column", "label", "type", "unit", "needed", "default", "refers_to", "help")
    types = {name: pl.Boolean if name == "needed" else pl.String for name in names}
    return pl.DataFrame(rows, schema=types, orient="row")


def short_forms() -> pl.DataFrame:
    """Short forms of `Case.with_changes`: form (as in `fund.X*0.8`), table and column that it changes, key it names."""
    rows = [(form, table, column, "/".join(key)) for form, (table, column, key) in SHORT.items()]
    return pl.DataFrame(rows, schema=dict.fromkeys(("form", "table", "column", "key"), pl.String), orient="row")
