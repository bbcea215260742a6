"""Expected capacity, operation and fees of every option, by quarter from its start."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.model import Case
from tawteen.effects.params import EFFECTS
from tawteen.effects.parity import at_port
from tawteen.works import WorksNetwork
from tawteen.works.periods import steps_begun

Grid = NDArray[np.float64]
"""One option a row, in the order of `Effects.options`; one quarter a column."""


def profile_of(case: Case, network: WorksNetwork, base: pl.DataFrame, recipe: pl.DataFrame) -> pl.DataFrame:
    """Columns of `Effects.profile`: a row for every option and quarter, in the order of `base`."""
    periods = case.settings.time.periods
    since = np.arange(periods)[None, :] - base["operating_from"].fill_null(periods).to_numpy()[:, None]
    known = EFFECTS.survival_quarters
    survival = base["survival"].to_numpy()[:, None] ** (np.clip(since, 0, known) / known)
    odds = (base["chance"] * base["success"]).to_numpy()[:, None]
    operating = np.where(since >= 0, odds * survival, 0.0)
    reached = (base["capacity"] * base["output_reached"]).to_numpy()[:, None]
    own_stop, line_stop = _stops(network, base, periods)
    full = reached * _released(case, network, base, periods) * (1.0 - own_stop)
    capacity = operating * _relapsed(full, base, since)
    per_quarter, per_unit = _fees(case, base, recipe, since)
    fee = operating * per_quarter + capacity * per_unit
    return pl.DataFrame(
        {
            "option": base["option"].gather(np.repeat(np.arange(base.height), periods)),
            "quarter": np.tile(np.arange(periods), base.height),
            "capacity": capacity.ravel(),
            "operating": operating.ravel(),
            "fee": fee.ravel(),
            "displaced": _displaced(base, line_stop, periods).ravel(),
        },
        schema={
            "option": pl.String,
            "quarter": pl.Int64,
            "capacity": pl.Float64,
            "operating": pl.Float64,
            "fee": pl.Float64,
            "displaced": pl.Float64,
        },
    )


def _stops(network: WorksNetwork, base: pl.DataFrame, periods: int) -> tuple[Grid, Grid]:
    """Shares of each quarter in which works stop what the option runs, and the line that runs today."""
    stops = network.stops.filter(pl.col("quarter") < periods).join(
        base.with_row_index("place").select("option", "place"), on="option"
    )
    grids = np.zeros((base.height, periods)), np.zeros((base.height, periods))
    for grid, column in zip(grids, ("new_line", "old_line"), strict=True):
        grid[stops["place"].to_numpy(), stops["quarter"].to_numpy()] = stops[column].to_numpy()
    return grids


def _displaced(base: pl.DataFrame, line_stop: Grid, periods: int) -> Grid:
    """Share of the line that runs today which an option takes, with the chance of its gates."""
    taken = np.arange(periods)[None, :] >= base["takeover"].fill_null(periods).to_numpy()[:, None]
    on_line = (base["has_as_is"].fill_null(False) & base["works"]).to_numpy()[:, None]
    share = np.where(taken, 1.0, np.where(on_line, line_stop, 0.0))
    return np.asarray(base["chance"].to_numpy()[:, None] * share)


def _relapsed(full: Grid, base: pl.DataFrame, since: NDArray[np.int64]) -> Grid:
    """Output of which the gain over the line that runs today relapses with a constant chance a year."""
    today = base.filter(pl.col("kind") == "as_is").group_by("site").agg(
        today=(pl.col("capacity") * pl.col("output_reached")).sum()
    )  # fmt: skip
    rows = base.join(today, on="site", how="left", maintain_order="left")
    lost = pl.when(pl.col("maintained").fill_null(False) | pl.col("today").is_null()).then(0.0).otherwise("relapse")
    yearly = rows.select(lost.fill_null(0.0)).to_series().to_numpy()[:, None]
    kept = (1.0 - yearly) ** (np.maximum(since, 0) / 4.0)
    basis = np.minimum(full, rows["today"].fill_null(0.0).to_numpy()[:, None])
    return np.asarray(basis + (full - basis) * kept)


def _released(case: Case, network: WorksNetwork, base: pl.DataFrame, periods: int) -> Grid:
    """Share of capacity that may run: each package's share ramps up from the quarter after the package ends."""
    stages = _stages(case, network, base)
    place = stages["place"].to_numpy()
    quarters = stages["ramp_quarters"].to_numpy()[:, None]
    first = stages["ramp_start"].to_numpy()[:, None]
    n = np.arange(periods)[None, :] - stages["since"].to_numpy()[:, None]
    # Divided only while it ramps up, so that a ramp of almost no time overflows nowhere.
    done = np.divide(n, quarters, out=np.ones(n.shape), where=(n >= 0) & (n < quarters))
    ramp = first + (1.0 - first) * done
    grid = np.zeros((base.height, periods))
    np.add.at(grid, place, np.where(n >= 0, stages["share"].to_numpy()[:, None] * ramp, 0.0))
    return np.minimum(grid, 1.0)


def _stages(case: Case, network: WorksNetwork, base: pl.DataFrame) -> pl.DataFrame:
    """Place (row of `base`), since (relative quarter), share (of capacity), ramp_quarters, ramp_start."""
    columns = ("place", "since", "share", "ramp_quarters", "ramp_start")
    placed = base.with_row_index("place").filter(pl.col("operating_from").is_not_null())
    stated = (
        case["works"]
        .filter(pl.col("releases") > 0)
        .select("option", share="releases", work="id")
        .join(network.schedule.select("option", "work", "finish"), on=["option", "work"])
        .join(placed.filter("works"), on="option")
        .with_columns(since=pl.max_horizontal(steps_begun(pl.col("before") + pl.col("finish")), 1))
    )
    rest = placed.join(stated, on="option", how="anti").with_columns(
        since="operating_from",
        share=pl.lit(1.0),
        ramp_quarters=pl.when(pl.col("kind") == "as_is").then(0.0).otherwise("ramp_quarters"),
    )
    return pl.concat([stated.select(columns), rest.select(columns)])


def _fees(case: Case, base: pl.DataFrame, recipe: pl.DataFrame, since: NDArray[np.int64]) -> tuple[Grid, Grid]:
    """Technology fee while it operates, a quarter of the year's in each; royalty per unit of capacity.

    A royalty is a share of what a unit of throughput makes, at the port's market price.
    """
    year = np.where(since >= 0, since // 4 + 1, 0)
    worth = (
        recipe.filter(pl.col("quantity") > 0)
        .join(at_port(case), on="commodity", how="left", maintain_order="left")
        .group_by("option")
        .agg(worth=(pl.col("quantity") * pl.col("price")).sum())
    )
    rows = (
        case.filled("transfers")
        .join(base.with_row_index("place").filter(pl.col("kind") != "as_is").select("place", "option"), on="option")
        .join(worth, on="option", how="left")
        .select("place", "year", fee=pl.col("fee") / 4, royalty=pl.col("royalty") * pl.col("worth").fill_null(0.0))
    )
    place = rows["place"].to_numpy()
    due = year[place] == rows["year"].to_numpy()[:, None]
    grids = np.zeros(year.shape), np.zeros(year.shape)
    for grid, column in zip(grids, ("fee", "royalty"), strict=True):
        np.add.at(grid, place, np.where(due, rows[column].to_numpy()[:, None], 0.0))
    return grids
