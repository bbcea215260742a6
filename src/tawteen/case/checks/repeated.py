"""Rules about what is counted twice: one thing under two ids, rows that add up others."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.checks.params import PLAUSIBILITY
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.names import TOTALS, consonants, fold
from tawteen.case.tables import TABLES

ONE_NAME: dict[str, tuple[str, ...]] = {
    "sites": ("region",), "regions": (), "projects": ("region",), "units": ("party",), "options": ("site", "kind"),
    "lines": ("site", "commodity"), "commodities": (), "supplies": ("region", "commodity", "season"),
    "losses": ("line",), "content_rules": (),
    "capabilities": (), "occupations": (), "courses": (), "trainers": (), "funds": ("party",), "buyers": (),
    "innovations": (), "precedents": ("country",),
}  # fmt: skip
"""Tables whose rows have a name, and the columns in which two rows of one name agree where they are one thing."""

TRANSCRIBED = ("sites", "projects", "units")
"""Tables of Arabic proper names, which are spelled in many ways in Latin letters."""

ALIKE = ("demands", "routes", "finance", "works", "costs")
"""Tables whose rows may share a name, or have none: two that agree in all but their id are one."""

ADDED_UP: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "costs": ("amount", ("option", "currency"), ()),
    "demands": ("quantity", ("commodity", "start", "end", "season"), ()),
    "supplies": ("quantity", ("commodity", "start", "end", "season"), ()),
    "fund_limits": ("amount", ("fund",), ("start", "end")),
    "credit": ("amount", (), ("start", "end")),
}
"""Tables whose amounts add up: the amount, what its rows share, and their span, which a total covers."""

FEWEST_PARTS = {
    **dict.fromkeys(ADDED_UP, PLAUSIBILITY.fewest_parts),
    "demands": PLAUSIBILITY.fewest_flows,
    "supplies": PLAUSIBILITY.fewest_flows,
}
"""Rows that must add up to a row of each table until it counts as their total."""


def same_names(case: Case) -> list[Finding]:
    """No two rows of a table have the same name in the same place, however it is spelled in either language."""
    findings = []
    for table, within in ONE_NAME.items():
        seen: dict[tuple[object, ...], str] = {}
        rows = []
        for row in rows_of(case, table).iter_rows(named=True):
            place = tuple(row[column] for column in within)
            keys = [(*place, *spelling) for spelling in _spellings(row, transcribed=table in TRANSCRIBED)]
            other = next((seen[key] for key in keys if key in seen), None)
            if other is not None:
                rows.append({"at": row["at"], "value": row["name_en"], "other": other})
            for key in keys:
                seen.setdefault(key, row["id"])
        frame = pl.DataFrame(rows, schema={"at": pl.UInt32, "value": pl.String, "other": pl.String})
        findings += tell(case, "warning", "check.same_name", table, frame, "name_en")
    return findings


def _spellings(row: dict[str, object], *, transcribed: bool) -> list[tuple[str, str]]:
    """Forms of a row's names under which it is known again: folded in each language, and its sound."""
    forms = [("en", fold(str(row["name_en"] or ""))), ("ar", fold(str(row["name_ar"] or "")))]
    sound = consonants(str(row["name_en"] or "")) if transcribed else ""
    if len(sound) >= PLAUSIBILITY.fewest_consonants:
        forms.append(("sound", sound))
    return [form for form in forms if form[1]]


def same_rows(case: Case) -> list[Finding]:
    """No two rows agree in everything but their id, where a name alone does not tell that they are one."""
    findings = []
    for table in ALIKE:
        rows = rows_of(case, table)
        alike = [column for column in case[table].columns if column != "id"]
        first = rows.with_columns(other=pl.col("id").first().over(alike))
        listed = first.filter(pl.col("id") != pl.col("other")).select("at", "other", value="id")
        findings += tell(case, "warning", "check.same_row", table, listed, "id")
    return findings


def named_totals(case: Case) -> list[Finding]:
    """No row is called a total."""
    findings = []
    for table, schema in TABLES.items():
        columns = [name for name in ("id", "name_en", "name_ar") if name in schema.columns()]
        rows = rows_of(case, table)
        named = [pl.col(name).map_elements(_is_total, return_dtype=pl.Boolean, skip_nulls=True) for name in columns]
        if columns and rows.height:
            called = rows.filter(pl.any_horizontal(named))
            listed = called.select("at", value=pl.col("name_en" if "name_en" in columns else "id"))
            findings += tell(case, "warning", "check.total_name", table, listed, columns[-1])
    return findings


def _is_total(text: str) -> bool:
    return fold(text).strip(" :.") in TOTALS


def total_rows(case: Case) -> list[Finding]:
    """No amount is the sum of the others that it stands beside, over a span that covers theirs."""
    findings = []
    for table, (amount, group, span) in ADDED_UP.items():
        rows = rows_of(case, table).filter(pl.col(amount) > 0)
        over: list[pl.Expr] = [pl.col(column) for column in group] or [pl.lit(0)]
        rows = rows.with_columns(
            others=pl.col(amount).sum().over(over) - pl.col(amount), count=pl.len().over(over)
        ).filter(pl.col("count") > FEWEST_PARTS[table])
        same = (pl.col(amount) - pl.col("others")).abs() <= PLAUSIBILITY.sum_rounding * pl.col(amount)
        if span:
            start, end = (pl.col(column) for column in span)
            covers_first = start <= start.min().over(over)
            covers_last = end.is_null() | ((end >= end.max().over(over)) & (end.is_null().sum().over(over) == 0))
            same &= covers_first & covers_last
        listed = rows.filter(same).select("at", "others", value=amount)
        findings += tell(case, "warning", "check.total_row", table, listed, amount)
    return findings
