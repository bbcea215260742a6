"""Rules about the rules of the case: each can be read, and simple ones do not contradict each other."""

from __future__ import annotations

from itertools import product
from typing import Any

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.checks.place import stopping
from tawteen.case.codes import NO_WORKS, codes
from tawteen.case.findings import Finding
from tawteen.case.model import Case

NEEDS = {
    "at_least": ("value", "measure"),
    "at_most": ("value", "measure"),
    "share": ("value",),
    "after": ("before",),
    "must": (),
    "never": (),
    "one_of": (),
}


def _active(case: Case) -> list[dict[str, Any]]:
    return rows_of(case, "rules").filter(pl.col("active")).to_dicts()


def _listed(cell: str | None) -> set[str]:
    return {part.strip() for part in (cell or "").split(";")} - {""}


def _sites(case: Case, rule: dict[str, Any]) -> set[str]:
    """Sites that a rule speaks of."""
    sites = case["sites"]
    if named := _listed(rule["sites"]):
        sites = sites.filter(pl.col("id").is_in(named))
    for trait in ("region", "authority"):
        if rule[trait] is not None:
            sites = sites.filter(pl.col(trait) == rule[trait])
    return set(sites["id"])


def _kinds(rule: dict[str, Any]) -> set[str]:
    """Kinds of options that a rule speaks of."""
    return _listed(rule["options"]) or set(codes("option_kinds")) - set(NO_WORKS)


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"at": pl.UInt32, "value": pl.String, "other": pl.String})


def complete(case: Case) -> list[Finding]:
    """Rules that lack a cell which their kind requires."""
    findings = []
    for column in ("value", "measure", "before"):
        kinds = [kind for kind, needs in NEEDS.items() if column in needs]
        rows = rows_of(case, "rules").filter(pl.col("active") & pl.col("kind").is_in(kinds) & pl.col(column).is_null())
        findings += tell(case, "error", "check.rule_lacks", "rules", rows.select("at", "kind"), column)
    shares = rows_of(case, "rules").filter(pl.col("active") & (pl.col("kind") == "share") & (pl.col("value") > 1))
    return [*findings, *tell(case, "error", "check.rule_share", "rules", shares.select("at", "value"), "value")]


def empty_rules(case: Case) -> list[Finding]:
    """A rule speaks of some site."""
    rows = [{"at": rule["at"]} for rule in _active(case) if not _sites(case, rule)]
    return tell(case, "warning", "check.rule_empty", "rules", _frame(rows).select("at"), "sites")


def contradictory(case: Case) -> list[Finding]:
    """Sites that one rule requires and another forbids."""
    rules = _active(case)
    musts = [(rule, _sites(case, rule), _kinds(rule)) for rule in rules if rule["kind"] == "must"]
    nevers = [(rule, _sites(case, rule), _kinds(rule)) for rule in rules if rule["kind"] == "never"]
    rows = [
        {"at": must["at"], "value": site, "other": never["id"]}
        for (must, required, kinds), (never, barred, barred_kinds) in product(musts, nevers)
        if kinds <= barred_kinds
        for site in sorted(required & barred)
    ]
    return tell(case, "error", "check.rule_contradiction", "rules", _frame(rows), "sites")


def circles(case: Case) -> list[Finding]:
    """No site waits, by rules of kind after, for one that waits for it: neither could ever start."""
    works = case["options"].filter(~pl.col("kind").is_in(NO_WORKS)).group_by("site").agg("kind")
    kinds = {site: set(listed) for site, listed in works.iter_rows()}
    rules = {rule["at"]: rule for rule in _active(case) if rule["kind"] == "after" and rule["before"] is not None}
    # a site with works of which the rule does not speak need not wait
    waits = [
        (position, site, rule["before"])
        for position, rule in rules.items()
        for site in _sites(case, rule) - {rule["before"]}
        if kinds.get(site, set()) <= _kinds(rule)
    ]
    while True:
        # who waits for nobody, or is waited for by nobody, is in no circle
        waiting, awaited = {site for _, site, _ in waits}, {before for *_, before in waits}
        kept = [wait for wait in waits if wait[2] in waiting and wait[1] in awaited]
        if len(kept) == len(waits):
            break
        waits = kept
    rows = [
        {
            "at": position,
            "value": rule["before"],
            "other": ", ".join(sorted(site for one, site, _ in waits if one == position)),
        }
        for position, rule in rules.items()
        if any(one == position for one, *_ in waits)
    ]
    return tell(case, "warning", "check.rule_circle", "rules", _frame(rows), "before")


def impossible(case: Case) -> list[Finding]:
    """Required sites without an option, or behind a gate that no known task or date opens."""
    options = case["options"].select("site", "kind")
    shut = set(stopping(case).filter(pl.col("shut"))["site"])
    absent, closed = [], []
    for rule in _active(case):
        # a survey needs no option of its own
        if rule["kind"] != "must" or "survey" in (kinds := _kinds(rule)):
            continue
        able = set(options.filter(pl.col("kind").is_in(kinds))["site"])
        named_sites = _sites(case, rule)
        absent += [{"at": rule["at"], "value": site} for site in sorted(named_sites - able)]
        if not kinds & set(NO_WORKS):
            closed += [{"at": rule["at"], "value": site} for site in sorted(named_sites & able & shut)]
    return [
        *tell(case, "error", "check.must_absent", "rules", _frame(absent).drop("other"), "sites"),
        *tell(case, "error", "check.must_shut", "rules", _frame(closed).drop("other"), "sites"),
    ]
