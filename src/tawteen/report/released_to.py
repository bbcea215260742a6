"""Where money and crews go that a finding releases."""

from __future__ import annotations

import polars as pl

from tawteen.plan.policy_plan import PolicyPlan, finding_code
from tawteen.report.bilingual import Both, bilingual, join_list
from tawteen.report.exhibit import (
    ColumnFormat,
    Exhibit,
    number_column,
    quarter_column,
    share_column,
    text_column,
    with_words,
)
from tawteen.report.lists import code_label
from tawteen.report.report_data import ReportData

RELEASE_COLUMNS: dict[str, ColumnFormat] = {
    "site": text_column("column.released_at"), "finding": text_column("column.finding"),
    "to_site": text_column("column.goes_to"), "option": text_column("column.what_starts_there"),
    "period": quarter_column("column.started_by"), "share_with": share_column("column.share_with_finding", 0),
    "share_without": share_column("column.share_without_finding", 0),
    "futures_with": number_column("column.futures_compared"), "shared": text_column("column.needed_by_both"),
}  # fmt: skip


def released_to(study: ReportData, planned: PolicyPlan) -> list[Exhibit]:
    """One row for each start that a finding at another site makes likelier; none where chance may explain it."""
    if planned.released_to.is_empty():
        return []
    facts = {(site, finding): (opens, quantile) for site, finding, _, opens, quantile in planned.findings.iter_rows()}
    rows = planned.released_to.sort(["least", "site", "to_site"], descending=[True, False, False])
    findings = [
        bilingual("policy.every_idle_finding")
        if finding is None
        else bilingual(f"policy.finding.{finding_code(*facts[site, finding])}")
        for site, finding in rows.select("site", "finding").iter_rows()
    ]
    shared = [_shared(study, planned, *pair) for pair in rows.select("site", "to_site").iter_rows()]
    starting = [_started(study, option) for option in rows["option"]]
    table = with_words(with_words(with_words(rows, "finding", findings), "shared", shared), "option", starting)
    return [
        Exhibit(
            "released_to", "money", bilingual("exhibit.released_to"), bilingual("exhibit.released_to_note"),
            bilingual("exhibit.released_to_origin"),
            study.named(table, site="sites", to_site="sites"), RELEASE_COLUMNS, limit=100,
            inputs=("blockers", "works", "costs", "programme.policy"),
        )
    ]  # fmt: skip


def _started(study: ReportData, option: str) -> Both:
    """What starts: an option by its name, a survey that the case does not name by its kind."""
    return study.names["options"].get(option) or code_label("option_kinds", "survey")


def _shared(study: ReportData, planned: PolicyPlan, site: str, other: str) -> Both:
    """Money and pools that are held for conditional starts of both sites."""
    held = planned.reserves.select("site", "kind", "pool")
    mine, its = ({row[1:] for row in held.filter(pl.col("site") == name).iter_rows()} for name in (site, other))
    pools = sorted(mine & its, key=lambda pair: (pair[0] != "money", pair[1] or ""))
    return join_list(
        [bilingual("policy.money") if kind == "money" else study.name("pools", pool) for kind, pool in pools]
    )
