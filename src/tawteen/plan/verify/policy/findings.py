"""What surveys may find and what the case is then, derived for the check alone (docs/method.md, Policies)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import betaincinv

from tawteen.case.gates import states_of_sites, with_effects
from tawteen.case.model import Case
from tawteen.case.params import ESTIMATE
from tawteen.case.ranges import ranged_cells
from tawteen.diagnose import Diagnosis

PLANT_STATES = ((0.1, 0.3), (0.5, 0.4), (0.9, 0.3))
"""Quantile and chance of each state of a plant."""
WORSE_WHEN_HIGHER = {
    "works": ("weeks", "effort", "lag"), "costs": ("amount",), "blockers": ("weeks", "cost"),
    "options": ("fixed_cost", "variable_cost", "ramp_quarters", "relapse", "closing_cost", "process_emission"),
}  # fmt: skip
WORSE_WHEN_LOWER = {
    "options": ("capacity", "output_reached", "ramp_start", "life"),
    "lines": ("nominal", "availability", "performance", "quality"),
}
SCHEMA = {"site": pl.String, "finding": pl.Int64, "chance": pl.Float64, "opens": pl.Boolean, "quantile": pl.Float64}
Grid = NDArray[np.float64]


def derived_findings(case: Case, diagnosis: Diagnosis) -> pl.DataFrame:
    """Findings of every uninspected site: site, finding, chance, opens, quantile."""
    ranged = frozenset(told_cells(case)["site"])
    rows = []
    for site, available, chance in diagnosis.sites.filter("conditional").select("site", "available", "chance").rows():
        opens = chance if available else 0.0
        states = PLANT_STATES if site in ranged else ((None, 1.0),)
        outcomes = [(opens * weight, True, quantile) for quantile, weight in states] + [(1.0 - opens, False, None)]
        rows += [(site, n, *outcome) for n, outcome in enumerate(one for one in outcomes if one[0] > 0.0)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def joint_decisions(case: Case, findings: pl.DataFrame) -> set[str]:
    """Uninspected sites with an unknown gate about which one decision with others decides."""
    return {*decided_together(case, findings)[0]}


def decided_together(case: Case, findings: pl.DataFrame) -> tuple[dict[str, list[str]], dict[str, float]]:
    """Decisions about unknown gates of several uninspected sites: those about each site, and the chance of each."""
    gates = with_effects(case.filled("blockers")).filter("unsure", pl.col("decision").is_not_null())
    pairs = gates.join(findings, on="site", how="semi").select("site", "decision", pl.col("chance").fill_null(0.0))
    shared = pairs.unique(["site", "decision"], keep="first", maintain_order=True).filter(pl.len().over("decision") > 1)
    about: dict[str, list[str]] = {}
    for site, decision in shared.select("site", "decision").iter_rows():
        about.setdefault(site, []).append(decision)
    return about, dict(shared.select("decision", "chance").iter_rows())


def told_cells(case: Case) -> pl.DataFrame:
    """Ranged cells that a survey of their site tells, with `rises`: the value is higher the worse the plant is."""
    if case.stated is None:
        return ranged_cells(case).clear().with_columns(rises=pl.lit(True))
    kinds_told = [
        (table, column, rises)
        for rises, columns_of in ((True, WORSE_WHEN_HIGHER), (False, WORSE_WHEN_LOWER))
        for table, columns in columns_of.items()
        for column in columns
    ]
    kinds = pl.DataFrame(
        kinds_told, schema={"table": pl.String, "column": pl.String, "rises": pl.Boolean}, orient="row"
    )
    cells = ranged_cells(case.stated).join(kinds, on=["table", "column"]).filter(pl.col("site").is_not_null())
    running = case["options"].filter(pl.col("kind") == "as_is")
    owners = {"options": ("id", "id"), "works": ("option", "id"), "costs": ("option", "id"), "lines": ("site", "site")}
    for table, (column, of_running) in owners.items():
        known = case[table].with_row_index("place").filter(pl.col(column).is_in(running[of_running].implode()))
        ours = pl.col("table") == table
        cells = cells.filter(~(ours & pl.col("place").is_in(known["place"].implode())))
    return cells.sort("table", "column", "place")


def case_once_told(case: Case, findings: pl.DataFrame) -> Case:
    """`case` once the sites of `findings` (one row each) are known to be as it says."""
    tables = dict(case.tables)
    start = pl.lit(case.settings.time.start)
    stale = states_of_sites(case).filter("stale").join(findings, on="site", how="semi")["site"].to_list()
    for table, column in (("sites", "id"), ("lines", "site")):
        old = pl.col(column).is_in(stale) & (pl.col("state_as_of") < start)
        tables[table] = tables[table].with_columns(state_as_of=pl.when(old).then(start).otherwise("state_as_of"))
    tables["blockers"] = _told_gates(case, findings)
    ranged = told_cells(case)
    for (quantile,), rows in findings.drop_nulls("quantile").group_by("quantile"):
        cells = ranged.filter(pl.col("site").is_in(rows["site"].implode()))
        values = _values(case, cells, float(quantile))
        for (table, column), part in cells.with_columns(value=pl.Series(values)).group_by("table", "column"):
            frame = tables[str(table)]
            tables[str(table)] = frame.with_columns(
                frame[str(column)].clone().scatter(part["place"].to_numpy(), part["value"])
            )
    return replace(case, tables=tables)


def _told_gates(case: Case, findings: pl.DataFrame) -> pl.DataFrame:
    """An unknown gate is shut now; its task or its authority opens it where the finding opens, else nothing does."""
    blockers = case["blockers"]
    rows = blockers.with_columns(unsure=with_effects(case.filled("blockers"))["unsure"]).join(
        findings.select("site", "opens"), on="site", how="left", maintain_order="left"
    )
    settled = pl.col("unsure") & pl.col("opens").is_not_null()
    waits = (pl.col("opens_by") == "authority") & pl.col("open_date").is_not_null()
    by = pl.when(waits).then(pl.lit("authority")).otherwise(pl.lit("works"))
    return rows.with_columns(
        state=pl.when(settled).then(pl.lit("closed")).otherwise("state"),
        stops=pl.when(settled).then(pl.lit("now")).otherwise("stops"),
        opens_by=pl.when(settled & ~pl.col("opens")).then(pl.lit("none")).when(settled).then(by).otherwise("opens_by"),
    ).select(blockers.columns)


def _values(case: Case, cells: pl.DataFrame, quantile: float) -> Grid:
    """Values of the cells in one state of their plant: their mean over the states is the one planned with."""
    rises = cells["rises"].to_numpy()
    low, mode, high, mean = (cells[name].to_numpy() for name in ("low", "mode", "high", "mean"))
    pert = case.settings.uncertainty.distribution == "pert"

    def quantiles(share: float) -> Grid:
        return _quantiles(np.where(rises, share, 1.0 - share), low, mode, high, pert=pert)

    middle = sum(weight * quantiles(share) for share, weight in PLANT_STATES)
    away = np.array([quantiles(share) - middle for share, _ in PLANT_STATES])
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.where(away.max(axis=0) > 0, (high - mean) / away.max(axis=0), 1.0)
        below = np.where(away.min(axis=0) < 0, (mean - low) / -away.min(axis=0), 1.0)
    kept = np.clip(np.minimum(above, below), 0.0, 1.0)
    return np.asarray(mean + kept * (quantiles(quantile) - middle))


def _quantiles(share: Grid, low: Grid, mode: Grid, high: Grid, *, pert: bool) -> Grid:
    width = high - low
    if pert:
        weight = ESTIMATE.pert_weight
        alpha = 1.0 + weight * (mode - low) / width
        return np.asarray(low + width * betaincinv(alpha, weight + 2.0 - alpha, share))
    rising, falling = low + np.sqrt(share * width * (mode - low)), high - np.sqrt((1 - share) * width * (high - mode))
    return np.where(share * width < mode - low, rising, falling)
