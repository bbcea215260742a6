"""Rules: what the parties want whatever it is worth, held against what was picked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from tawteen.case.codes import NO_WORKS
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.solution import ClaimedSolution

Row = dict[str, Any]
ROW = {"id": pl.String, "period": pl.Int64, "used": pl.Float64, "allowed": pl.Float64}


def check_rules(claim: ClaimedSolution, checks: Checks) -> None:
    """Every rule that is switched on."""
    rows = [
        (rule["id"], period, used, allowed)
        for rule in claim.case.filled("rules").filter(pl.col("active")).iter_rows(named=True)
        for period, used, allowed in rule_rows_held(claim, rule)
    ]
    checks.at_most("rule", pl.DataFrame(rows, schema=ROW, orient="row"))


def rule_rows_held(claim: ClaimedSolution, rule: Row) -> Iterator[tuple[int | None, float, float]]:
    """(period, used, allowed) of each thing that a rule asks of the picks."""
    facts = claim.effects.options.select("option", "region", "authority", "quarters", "jobs", "investment")
    picks = claim.picks.join(facts, on="option").with_columns(
        end=pl.col("start") + pl.col("quarters"), sites=pl.lit(1.0)
    )
    yield from _held(claim, rule, picks)


def listed(cell: str | None) -> list[str]:
    """Parts of a cell that holds several."""
    return [part.strip() for part in (cell or "").split(";") if part.strip()]


def of_kind(rule: Row) -> pl.Expr:
    """Whether `kind` is one that the rule speaks of."""
    kinds = listed(rule["options"])
    return pl.col("kind").is_in(kinds) if kinds else ~pl.col("kind").is_in(NO_WORKS)


def in_place(rule: Row) -> pl.Expr:
    """Whether `site`, `region` and `authority` are those that the rule speaks of."""
    chosen = pl.lit(True)
    if sites := listed(rule["sites"]):
        chosen &= pl.col("site").is_in(sites)
    for place in ("region", "authority"):
        if rule[place]:
            chosen &= (pl.col(place) == rule[place]).fill_null(False)
    return chosen


def _held(claim: ClaimedSolution, rule: Row, picks: pl.DataFrame) -> Iterator[tuple[int | None, float, float]]:
    """(period, used, allowed) of each thing that the rule asks."""
    among = picks.filter(of_kind(rule) & in_place(rule))
    measure = rule["measure"] or "sites"
    total = float(among[measure].fill_null(0.0).sum())
    value = rule["value"]
    match rule["kind"]:
        case "must":
            yield from _must(claim, rule, among)
        case "never":
            yield None, float(among.height), 0.0
        case "one_of":
            yield None, float(among.height), 1.0 if value is None else value
        case "at_most":
            yield None, total, value
        case "at_least":
            yield None, -total, -value
        case "share":
            everything = picks.filter(of_kind(rule))[measure].fill_null(0.0).sum()
            yield None, value * float(everything), total
        case "after":
            before = picks.filter((pl.col("site") == rule["before"]) & ~pl.col("kind").is_in(NO_WORKS))
            ready = float(before["end"][0]) if before.height else float(claim.periods)
            for start in among.filter(pl.col("site") != rule["before"])["start"]:
                yield start, ready, float(start)


def _must(claim: ClaimedSolution, rule: Row, among: pl.DataFrame) -> Iterator[tuple[int | None, float, float]]:
    sites = listed(rule["sites"])
    if not sites:
        options = claim.effects.options.filter(
            of_kind(rule) & in_place(rule) & (pl.col("latest") >= pl.col("earliest"))
        )
        sites = options["site"].unique().sort().to_list()
    last = claim.periods - 1 if rule["end"] is None else claim.case.calendar.period(rule["end"])
    starts = dict(among.select("site", "start").iter_rows())
    for site in sites:
        start = starts.get(site, claim.periods + last)
        yield None, float(start), float(last)
