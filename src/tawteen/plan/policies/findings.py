"""What surveys can find: for every site that nobody has inspected, a few findings with their chances."""

from __future__ import annotations

import numpy as np
import polars as pl

from tawteen.case.gates import with_effects
from tawteen.case.model import Case
from tawteen.case.ranges import ranged_cells
from tawteen.diagnose import Diagnosis
from tawteen.plan.distributions import QUANTILE_FUNCTIONS
from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.params import POLICY_PARAMS, PolicyParams

FINDING_SCHEMA = {
    "site": pl.String, "finding": pl.Int64, "chance": pl.Float64, "opens": pl.Boolean, "quantile": pl.Float64,
}  # fmt: skip

RISES = {
    "works": ("weeks", "effort", "lag"),
    "costs": ("amount",),
    "options": ("fixed_cost", "variable_cost", "ramp_quarters", "relapse", "closing_cost", "process_emission"),
    "blockers": ("weeks", "cost"),
}
"""Values of a site that a survey tells and that are higher the worse the plant is."""

FALLS = {
    "options": ("capacity", "output_reached", "ramp_start", "life"),
    "lines": ("nominal", "availability", "performance", "quality"),
}
"""Values of a site that a survey tells and that are lower the worse the plant is."""


def findings(case: Case, diagnosis: Diagnosis, params: PolicyParams = POLICY_PARAMS) -> pl.DataFrame:
    """The findings of every uninspected site: one whose hard gates are unknown or whose state is stale.

    `case` is the case to compute with (`PlanInputs.case`). Columns: site, finding (0, 1, … of the site), chance (they
    sum to 1), opens (all unknown hard gates point out to open, so that works are possible), quantile (of the state of
    the plant, 0 best and 1 worst; null where the finding tells no state).

    The findings of a site that can open are the states of its plant, then that it stays shut. The plant has three
    states where an option that may start there has a value with a range that a survey tells (`plant_cells`), else one.
    A site on which no work is possible whatever is found has a single finding, which opens nothing. Gates and plant of
    a site are taken as independent of each other; sites are independent but for gates of one
    decision (`common_decisions`).
    """
    ranged = set(plant_cells(case)["site"].to_list())
    rows: list[tuple[str, int, float, bool, float | None]] = []
    uninspected = diagnosis.sites.filter("conditional").select("site", "available", "chance")
    for site, available, chance in uninspected.iter_rows():
        opens = chance if available else 0.0
        states = params.states() if site in ranged else ((None, 1.0),)
        possible: list[tuple[float, bool, float | None]] = [(opens * weight, True, q) for q, weight in states]
        possible.append((1.0 - opens, False, None))
        likely = [finding for finding in possible if finding[0] > 0.0]
        rows += [(site, number, *finding) for number, finding in enumerate(likely)]
    return pl.DataFrame(rows, schema=FINDING_SCHEMA, orient="row")


def common_decisions(case: Case, site_findings: pl.DataFrame) -> pl.DataFrame:
    """Unknown decisions about several uninspected sites, whose findings therefore depend on each other.

    Columns: site, decision, chance (that its gates open; 0 where none is stated).
    """
    gates = with_effects(case.filled("blockers")).filter("unsure", pl.col("decision").is_not_null())
    return (
        gates.join(site_findings, on="site", how="semi", maintain_order="left")
        .select("site", "decision", pl.col("chance").fill_null(0.0))
        .unique(maintain_order=True)
        .filter(pl.col("site").len().over("decision") > 1)
    )


def plant_cells(case: Case) -> pl.DataFrame:
    """Cells of options, works, costs, lines and gates with a range that a survey of their site tells.

    Columns: those of `ranged_cells`, and rises (bool: the value is higher the worse the plant is). A line that runs
    today is known by what it makes: options that run it as it is, and its own cells, are not among them. No rows for a
    case that was not made of ranges.
    """
    if case.stated is None:
        return ranged_cells(case).clear().with_columns(rises=pl.lit(True))
    parts = [
        pl.DataFrame({"table": table, "column": list(columns), "rises": rises})
        for rises, names in ((True, RISES), (False, FALLS))
        for table, columns in names.items()
    ]
    cells = ranged_cells(case.stated).join(pl.concat(parts), on=["table", "column"], maintain_order="left")
    known = _rows_of_running_lines(case)
    return cells.filter(pl.col("site").is_not_null()).join(
        known, on=["table", "place"], how="anti", maintain_order="left"
    )  # fmt: skip


def _rows_of_running_lines(case: Case) -> pl.DataFrame:
    """Rows about lines that run today: table, place."""
    running = case["options"].filter(pl.col("kind") == "as_is")
    key = {"options": "id", "works": "option", "costs": "option", "lines": "site"}
    names = {"id": running["id"], "option": running["id"], "site": running["site"]}
    return pl.concat(
        case[table]
        .with_row_index("place")
        .filter(pl.col(column).is_in(names[column].to_list()))
        .select("place", table=pl.lit(table))
        for table, column in key.items()
    )


def plant_values(case: Case, cells: pl.DataFrame, quantile: float, params: PolicyParams = POLICY_PARAMS) -> Floats:
    """The value of each of `cells` (`plant_cells`) in the state `quantile` of its plant.

    All values of a site move together (comonotone): what rises with trouble takes its own quantile, what falls one
    less it. Values are moved so that their mean over the states is the mean that is planned with, and drawn together
    where one of them would leave its range: nothing is corrected twice.
    """
    draw = QUANTILE_FUNCTIONS[case.settings.uncertainty.distribution]
    low, mode, high, mean = (cells[name].to_numpy() for name in ("low", "mode", "high", "mean"))
    rises = cells["rises"].to_numpy()

    def quantiles(q: float) -> Floats:
        return np.asarray(draw(np.where(rises, q, 1.0 - q), low, mode, high))

    states = params.states()
    centre = sum(weight * quantiles(q) for q, weight in states)
    off = np.array([quantiles(q) - centre for q, _ in states])
    up, down = off.max(axis=0), -off.min(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        fits = np.minimum(np.where(up > 0, (high - mean) / up, 1.0), np.where(down > 0, (mean - low) / down, 1.0))
    return np.asarray(mean + np.clip(fits, 0.0, 1.0) * (quantiles(quantile) - centre))
