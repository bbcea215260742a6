"""Statements of a study: schedules, income, cash, balance, discounted cash flow, ratios, with and without."""

from __future__ import annotations

import polars as pl

from tawteen.appraise.profile import PROFILES, ConventionProfile
from tawteen.appraise.statements.discounted import (
    CashFlow,
    equity,
    indicators,
    shareholders,
    total_capital,
)
from tawteen.appraise.statements.engine import accounts_of, statement_findings
from tawteen.appraise.statements.model import LINES, IncrementalStatements, Statements, figures, table
from tawteen.appraise.statements.schedules import COVERS, cover_rows, rows
from tawteen.appraise.study import Study
from tawteen.case.fused import fused

__all__ = ["IncrementalStatements", "Statements", "statements"]

DIFFERENT = (
    "total_capital", "equity", "income", "cash_plan", "balance", "production", "investment", "sales", "working_capital",
    "debt",
)  # fmt: skip
"""Schedules with lines that can be subtracted from each other; ratios cannot."""


def statements(study: Study, profile: ConventionProfile | None = None) -> Statements:
    """Returns all statements of a study under `profile` (by default its own), and of its do-nothing alternative.

    The study must have passed `tawteen.appraise.study_file.faults`.
    """
    profile = profile or PROFILES[study.profile]
    accounts = accounts_of(study, profile)
    nothing = study.doing_nothing()
    without = None if nothing is None else statements(nothing, profile)
    covers = list(cover_rows([accounts], [] if without is None else [without.accounts]))
    lines = table([*rows(accounts), *covers], accounts.time.labels)
    flows = [total_capital(accounts), equity(accounts), shareholders(accounts)]
    return Statements(
        profile=profile.name,
        accounts=accounts,
        lines=lines,
        indicators=figures(
            [indicator for flow in flows for indicator in indicators(flow, profile, accounts.time.step)]
        ),
        findings=statement_findings(accounts),
        without=without,
        incremental=None if without is None else _incremental(lines, flows[:2], without, profile),
    )


def _incremental(
    lines: pl.DataFrame, flows: list[CashFlow], without: Statements, profile: ConventionProfile
) -> IncrementalStatements:
    """Returns the difference line by line, the debt cover of what is added, and the indicators of its cash flows."""
    keys = ["statement", "item", "name", "part", "period", "label"]
    different = pl.col("statement").is_in(DIFFERENT)
    with_it = lines.lazy().filter(different).select(*keys, "value")
    without_it = without.lines.lazy().filter(different).select(*keys, minus="value")
    difference = fused(
        with_it.join(without_it, on=keys, how="full", coalesce=True, maintain_order="left_right").select(
            *keys,
            value=pl.col("value").fill_null(0.0) - pl.col("minus").fill_null(0.0),
            reason=pl.lit(None, pl.String),
        )
    )
    bare = [total_capital(without.accounts), equity(without.accounts)]
    gained = [
        CashFlow(
            with_flow.basis,
            {
                item: values - without_flow.lines[item] if item in without_flow.lines else values
                for item, values in with_flow.lines.items()
            },
            with_flow.rate,
        )
        for with_flow, without_flow in zip(flows, bare, strict=True)
    ]
    step = without.accounts.time.step
    covers = lines.filter((pl.col("statement") == "ratios") & pl.col("item").is_in(COVERS))
    return IncrementalStatements(
        pl.concat([difference.select(*LINES), covers]),
        figures([indicator for cash in gained for indicator in indicators(cash, profile, step)]),
    )
