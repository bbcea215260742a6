"""The case as it would be known once surveys have told what they can find."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from tawteen.case.gates import states_of_sites, with_effects
from tawteen.case.model import Case
from tawteen.plan.policies.findings import plant_cells, plant_values
from tawteen.plan.policies.params import POLICY_PARAMS, PolicyParams


def known_case(case: Case, site_findings: pl.DataFrame, params: PolicyParams = POLICY_PARAMS) -> Case:
    """`case` (to compute with) as it is known once the sites of `site_findings` have been surveyed.

    `site_findings` has a row of `findings` for each of these sites: site, opens, quantile. Their unknown hard gates are
    closed: opened by their task, or by their authority at its stated date, where the finding opens, else by nothing.
    Their state counts as seen at the start of the horizon, and the values of their plant are those of its state. Other
    sites stay as they are.
    """
    tables = {**case.tables, **_seen(case, site_findings), "blockers": _gates(case, site_findings)}
    for quantile, rows in site_findings.drop_nulls("quantile").group_by("quantile", maintain_order=True):
        cells = plant_cells(case).filter(pl.col("site").is_in(rows["site"].to_list()))
        values = cells.with_columns(value=pl.Series(plant_values(case, cells, float(str(quantile[0])), params)))
        for (table, column), changed in values.group_by("table", "column", maintain_order=True):
            frame = tables[str(table)]
            new = frame[str(column)].clone().scatter(changed["place"].to_numpy(), changed["value"])
            tables[str(table)] = frame.with_columns(new)
    return replace(case, tables=tables)


def _seen(case: Case, site_findings: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Sites and lines with the state of the surveyed sites seen no earlier than at the start of the horizon."""
    stale = states_of_sites(case).filter("stale").join(site_findings, on="site", how="semi")["site"].to_list()
    start = pl.lit(case.settings.time.start)
    renewed = {}
    for table, site in (("sites", "id"), ("lines", "site")):
        old = pl.col(site).is_in(stale) & (pl.col("state_as_of") < start)
        renewed[table] = case[table].with_columns(state_as_of=pl.when(old).then(start).otherwise("state_as_of"))
    return renewed


def _gates(case: Case, site_findings: pl.DataFrame) -> pl.DataFrame:
    """Blockers with the unknown hard gates of the surveyed sites closed: what opens them depends on the finding.

    A gate that counted while it was unknown stops the site now: a survey that finds it shut finds it in the way.
    """
    columns = case["blockers"].columns
    unsure = (
        with_effects(case.filled("blockers"))["unsure"]
        & case["blockers"]["site"].is_in(site_findings["site"].implode())
    ).alias("told")
    dated = (pl.col("opens_by") == "authority") & pl.col("open_date").is_not_null()
    opener = pl.when(~pl.col("opens")).then(pl.lit("none")).when(dated).then(pl.lit("authority")).otherwise(
        pl.lit("works")
    )  # fmt: skip
    return (
        case["blockers"]
        .with_columns(unsure)
        .join(site_findings.select("site", "opens"), on="site", how="left", maintain_order="left")
        .with_columns(
            state=pl.when("told").then(pl.lit("closed")).otherwise("state"),
            stops=pl.when("told").then(pl.lit("now")).otherwise("stops"),
            opens_by=pl.when("told").then(opener).otherwise("opens_by"),
        )
        .select(columns)
    )
