"""Rules about evidence and ranges."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.codes import codes
from tawteen.case.evidence import observations, proposals
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.ranges import OWN_RANGES
from tawteen.case.tables import TABLES


def _placed(case: Case) -> pl.DataFrame:
    """Observations with `at`, their place in the table evidence, and `cell`, what they are about."""
    seen = observations(case).join(rows_of(case, "evidence").select("at", "id"), on="id")
    return seen.with_columns(cell=pl.concat_str("table", "row", "column", separator=" / "))


def subjects(case: Case) -> list[Finding]:
    """Evidence is about a cell that exists."""
    seen = _placed(case)
    columns = seen.filter(~pl.col("known")).select("at", "cell", value="column")
    rows = seen.filter(pl.col("known") & ~pl.col("found")).select("at", "cell", value="row")
    return [
        *tell(case, "warning", "check.evidence_column", "evidence", columns, "column"),
        *tell(case, "warning", "check.evidence_row", "evidence", rows, "row"),
    ]


def figures(case: Case) -> list[Finding]:
    """Observed values that the cell cannot hold."""
    seen = _placed(case).filter(pl.col("known") & pl.col("value").is_not_null() & pl.col("said").is_null())
    parts = {"check.evidence_number": pl.col("numeric"), "check.evidence_value": ~pl.col("numeric")}
    listed = {code: seen.filter(which).select("at", "cell", "value") for code, which in parts.items()}
    return [f for code, rows in listed.items() for f in tell(case, "warning", code, "evidence", rows, "value")]


def _units(table: str, column: str) -> tuple[str, set[str]]:
    """Unit of a column, and all its forms with a unit of goods or a currency in place of the general word."""
    unit = str((TABLES[table].columns()[column].metadata or {}).get("unit") or "")
    general = unit.replace("capability unit", "unit")
    return unit, {unit, general, *(general.replace("unit", code) for code in codes("units"))}


def units(case: Case) -> list[Finding]:
    """Evidence is in the unit of its column; currencies are checked as text, since money is money of its row."""
    seen = _placed(case).filter(pl.col("known") & pl.col("unit").is_not_null())
    rows = []
    for (table, column), group in seen.group_by("table", "column", maintain_order=True):
        unit, forms = _units(str(table), str(column))
        named = group.with_columns(
            plain=pl.col("unit").str.strip_chars().str.replace(r"^[A-Z]{3}\b", unit.split("/", maxsplit=1)[0])
            if unit.startswith(("currency", "money"))
            else pl.col("unit").str.strip_chars()
        )
        wrong = named.filter(~pl.col("plain").is_in(forms))
        rows.append(wrong.select("at", "cell", value="unit", expected=pl.lit(unit)))
    return tell(case, "warning", "check.evidence_unit", "evidence", pl.concat(rows), "unit") if rows else []


def contradictions(case: Case) -> list[Finding]:
    """Observations of one cell agree."""
    return _findings_of(case, "check.conflict", pl.col("conflict"))


def differences(case: Case) -> list[Finding]:
    """The value of a cell is the one that its strongest, then newest observation proposes."""
    return _findings_of(case, "check.differs", pl.col("differs") & ~pl.col("conflict"))


def _findings_of(case: Case, code: str, which: pl.Expr) -> list[Finding]:
    selected = proposals(case).filter(which)
    first = _placed(case).group_by("table", "row", "column").agg(pl.col("at").min())
    rows = selected.join(first, on=["table", "row", "column"])
    listed = rows.select(
        "at", "current", "grade", "as_of", value="proposed",
        cell=pl.concat_str("table", "row", "column", separator=" / "),
    )  # fmt: skip
    return tell(case, "warning", code, "evidence", listed, "value")


def ranges(case: Case) -> list[Finding]:
    """Low is not above high, and a value lies between."""
    tables = [(name, rows_of(case, name), low, value, high) for name, value, low, high in OWN_RANGES]
    tables.append(("evidence", _placed(case).drop("value"), "low", "number", "high"))
    findings = []
    for name, rows, low, value, high in tables:
        named = rows.select("at", low=low, value=value, high=high)
        turned = named.filter(pl.col("low") > pl.col("high"))
        beyond = named.filter((pl.col("low") <= pl.col("high")).fill_null(True)).filter(
            (pl.col("value") < pl.col("low")).fill_null(False) | (pl.col("value") > pl.col("high")).fill_null(False)
        )
        findings += tell(case, "error", "check.range", name, turned.drop("value"), low)
        findings += tell(case, "warning", "check.beyond", name, beyond, "value" if name == "evidence" else value)
    return findings
