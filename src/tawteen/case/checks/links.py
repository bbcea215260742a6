"""Rules about references between tables."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.findings import Finding
from tawteen.case.model import SETTINGS, Case
from tawteen.case.names import closest
from tawteen.case.params import MESSAGE
from tawteen.case.settings import repeated_entries
from tawteen.case.settings_file import HOME
from tawteen.case.tables import TABLES


def references(case: Case) -> list[Finding]:
    """Cells that name a row of another table which does not exist."""
    findings, named_by = [], dict[str, list[str]]()
    for table, schema in TABLES.items():
        for column, spec in schema.columns().items():
            target = (spec.metadata or {}).get("ref")
            if target is None or case[table][column].is_null().all():
                continue
            if case[target].is_empty():
                named_by.setdefault(target, []).append(table)
                continue
            named = _named(rows_of(case, table), column, bool((spec.metadata or {}).get("many")))
            (key,) = TABLES[target].primary_key()
            lost = named.join(case[target].select(value=key), on="value", how="anti")
            findings += _lost_names(case, table, column, lost, target)
    # An empty table is one fault, however many rows name something in it.
    return [
        *(_empty_table(case, target, list(dict.fromkeys(tables))) for target, tables in named_by.items()),
        *findings,
    ]


def _empty_table(case: Case, target: str, tables: list[str]) -> Finding:
    file = case.origins[target].file if target in case.origins else None
    return Finding("error", "check.empty_table", target, file or None, args={"target": target, "tables": tables})


def _lost_names(case: Case, table: str, column: str, lost: pl.DataFrame, target: str) -> list[Finding]:
    """One finding a name that is lost in a column, at its first row, with the known name that it is most like."""
    if lost.is_empty():
        return []
    keys = case[target][TABLES[target].primary_key()[0]].to_list()
    first = lost.group_by("value", maintain_order=True).agg(pl.col("at").first()).with_columns(target=pl.lit(target))
    near = {value: closest(value, keys) for value in first["value"].head(MESSAGE.rule_findings)}
    likely = first.filter(pl.col("value").is_in([value for value, guess in near.items() if guess]))
    guessed = likely.with_columns(guess=pl.col("value").replace_strict(near, default="", return_dtype=pl.String))
    others = first.join(likely, on="value", how="anti")
    return [
        *tell(case, "error", "check.reference_like", table, guessed, column),
        *tell(case, "error", "check.reference", table, others, column),
    ]


def _named(rows: pl.DataFrame, column: str, many: bool) -> pl.DataFrame:
    """Names in a column: at, value; a cell of several is split."""
    named = rows.select("at", value=column).drop_nulls("value")
    if not many:
        return named
    split = named.with_columns(pl.col("value").str.split(";")).explode("value", empty_as_null=True)
    return split.with_columns(pl.col("value").str.strip_chars()).filter(pl.col("value") != "")


def predecessors(case: Case) -> pl.DataFrame:
    """Edges of the works: at, option, id, value (the package that comes first)."""
    rows = rows_of(case, "works")
    return _named(rows, "after", many=True).join(rows.select("at", "option", "id"), on="at", maintain_order="left")


def parties(case: Case) -> list[Finding]:
    """Units and funds belong to a party of the case."""
    known = [party.id for party in case.settings.parties]
    findings = []
    for table in ("units", "funds"):
        lost = rows_of(case, table).filter(~pl.col("party").is_in(known)).select("at", value="party")
        listed = lost.with_columns(parties=pl.lit(", ".join(known)))
        findings += tell(case, "error", "check.party", table, listed, "party")
    return findings


def weights(case: Case) -> list[Finding]:
    """Regions that the settings weigh exist."""
    known = set(case["regions"]["id"])
    return [
        Finding("error", "check.weight", SETTINGS, column="value.region_weight", value=region,
                args={"value": region, "known": ", ".join(sorted(known))})
        for region in case.settings.value.region_weight
        if region not in known
    ]  # fmt: skip


def repeated_settings(case: Case) -> list[Finding]:
    """Entries that occur twice in a list of the settings; such settings are refused when the file is read."""
    findings = []
    for path, first, value in repeated_entries(case.settings):
        code = "setting.home_rate" if first == HOME else "setting.repeated"
        args = {"column": path, "value": value, "first": first, "first_row": ""}
        findings.append(Finding("error", code, SETTINGS, column=path, value=value, args=args))
    return findings


def paid_works(case: Case) -> list[Finding]:
    """An investment item is paid with a work package of its own option."""
    rows = rows_of(case, "costs").drop_nulls("work").select("at", "option", value="work")
    lost = rows.join(case["works"].select("option", value="id"), on=["option", "value"], how="anti")
    return tell(case, "error", "check.cost_work", "costs", lost, "work")


def order_of_works(case: Case) -> list[Finding]:
    """A work package comes after packages of its own option."""
    packages = case["works"].select("option", value="id")
    lost = predecessors(case).join(packages, on=["option", "value"], how="anti").drop("id")
    return tell(case, "error", "check.after", "works", lost, "after")


def circles(case: Case) -> list[Finding]:
    """Work packages that wait for themselves through others."""
    edges = predecessors(case)
    while True:
        # who waits for nobody, or is waited for by nobody, is in no circle
        waits = edges.join(edges.select("option", value="id"), on=["option", "value"], how="semi")
        kept = waits.join(waits.select("option", id="value"), on=["option", "id"], how="semi")
        if kept.height == edges.height:
            break
        edges = kept
    round_trip = edges.sort("at").group_by("option", maintain_order=True)
    rows = round_trip.agg(pl.col("at").first(), pl.col("id").unique(maintain_order=True).str.join(", ").alias("value"))
    return tell(case, "error", "check.circle", "works", rows, "after")


def currencies(case: Case) -> list[Finding]:
    """Every currency in use has a rate."""
    money = case.settings.money
    known = [money.currency, *(rate.currency for rate in money.rates)]
    findings = []
    for table in ("costs", "funds"):
        rows = rows_of(case, table).select("at", value="currency").drop_nulls("value")
        findings += tell(case, "error", "check.currency", table, rows.filter(~pl.col("value").is_in(known)), "currency")
    return findings
