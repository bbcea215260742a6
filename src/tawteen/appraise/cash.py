"""Cash flow of each option by quarter, with the option and without it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from tawteen.appraise.flows import Grid, OptionFlows, flows_of
from tawteen.appraise.prices import Prices
from tawteen.appraise.value import credit, throughput_cost
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.effects.parity import worth

CASH_LINES = (
    "investment_local",
    "investment_foreign",
    "working_capital",
    "sales",
    "inputs",
    "running",
    "wages",
    "fees",
    "residual",
)


@dataclass(frozen=True)
class ProgrammeSchedule:
    """Start period of each chosen option of a programme, and the throughput of all options.

    `throughput` (with the programme) and `without` (do-nothing alternative): columns option, period, amount (units of
    throughput); an option that is not listed produces 0. `draws`: columns fund, option, category, origin, period,
    amount (currency), or None if the programme states none.
    """

    starts: Mapping[str, int]
    throughput: pl.DataFrame
    without: pl.DataFrame
    draws: pl.DataFrame | None = None


@dataclass(frozen=True)
class OptionCash:
    """Cash of the options that may start, in one view: grids of one row an option, one column a period; costs negative.

    `options`: columns of `OptionFlows.options`, and start (period), revenue, input_cost and unit_cost (currency per
    unit of throughput at the prices of the view). `with_it`: one grid for each of `CASH_LINES`; `without`: cash of the
    site as it is.
    """

    options: pl.DataFrame
    with_it: dict[str, Grid]
    without: Grid

    @property
    def net(self) -> Grid:
        """Net cash: the sum of all columns of `with_it`."""
        return np.asarray(sum(self.with_it.values()))

    @property
    def gain(self) -> Grid:
        """Net benefit: net cash with the option less cash without it."""
        return self.net - self.without


def cash_of(case: Case, effects: Effects, prices: Prices, run: ProgrammeSchedule | None = None) -> OptionCash:
    """Returns the cash of each available option at its earliest start, parity prices and full expected throughput.

    With a `run`, returns that of its chosen options, at its starts and throughput. Needs of pools are paid at the
    reference price of the pool. Wages of idle staff are the same with and without the option and left out.
    """
    periods = case.settings.time.periods
    flows = flows_of(case, effects, prices)
    margins = margins_of(case, effects, prices)
    options = flows.options.join(margins, on="option", how="left", maintain_order="left").with_columns(start="earliest")
    startable = options["available"].to_numpy()
    if run is not None:
        starts = pl.col("option").replace_strict(run.starts, default=0, return_dtype=pl.Int64)
        options, startable = options.with_columns(start=starts), options["option"].is_in(list(run.starts)).to_numpy()
    line_today = today_of(effects, options, margins)
    shift = _Shift(options["start"].to_numpy(), periods)
    line_share_kept, staff_kept = 1.0 - shift(flows.taken_over), 1.0 - shift(flows.replaced)
    output, line_share, line_share_without = shift(flows.capacity), line_share_kept, np.ones_like(line_share_kept)
    if run is not None:
        output = _throughput_grid(run.throughput, options["option"], periods)
        line_share, line_share_without = (
            _share_run(effects, options, frame, periods) for frame in (run.throughput, run.without)
        )
    standing_care = np.where(options["runs"], 0.0, options["care_cost"])[:, None]
    variable, fixed = _each(line_today, "unit_cost"), _each(options, "as_is_fixed")
    with_it = {
        "investment_local": shift(flows.local) + shift(flows.pooled_local),
        "investment_foreign": shift(flows.foreign) + shift(flows.pooled_foreign),
        "working_capital": _working_capital(options, periods),
        "sales": output * _each(options, "revenue") + line_share * _each(line_today, "revenue"),
        "inputs": -output * _each(options, "input_cost") - line_share * _each(line_today, "input_cost"),
        "running": -output * _each(options, "unit_cost")
        + shift(flows.fixed)
        + shift(flows.care)
        - standing_care
        - line_share * variable
        - staff_kept * fixed,
        "wages": shift(flows.labour) - staff_kept * _each(options, "as_is_labour"),
        "fees": shift(flows.fees),
        "residual": _residual(flows, prices, options, periods),
    }
    margin = _each(line_today, "revenue") - _each(line_today, "input_cost") - variable
    without = line_share_without * margin - fixed - _each(options, "as_is_labour") - standing_care
    return OptionCash(
        options.filter(startable), {name: grid[startable] for name, grid in with_it.items()}, without[startable]
    )


def _throughput_grid(throughput: pl.DataFrame, names: pl.Series, periods: int) -> Grid:
    """Returns throughput as a grid: one row for each of `names`, one column a period."""
    place = {name: i for i, name in enumerate(names)}
    rows = throughput.filter(pl.col("option").is_in(list(place)) & pl.col("period").is_between(0, periods - 1))
    grid = np.zeros((len(place), periods))
    np.add.at(
        grid,
        (np.array([place[name] for name in rows["option"]], dtype=np.int64), rows["period"].to_numpy()),
        rows["amount"].to_numpy(),
    )
    return grid


def _share_run(effects: Effects, options: pl.DataFrame, throughput: pl.DataFrame, periods: int) -> Grid:
    """Returns, by option and period, the throughput of the line that runs today on its site, over its full output."""
    lines = effects.options.filter(pl.col("kind") == "as_is")
    full = dict(zip(lines["site"], lines["capacity"] * lines["output_reached"], strict=True))
    run = dict(zip(lines["site"], _throughput_grid(throughput, lines["option"], periods), strict=True))
    nothing = np.zeros(periods)
    return np.array([run[site] / full[site] if full.get(site) else nothing for site in options["site"]]).reshape(
        options.height, periods
    )


def margins_of(case: Case, effects: Effects, prices: Prices) -> pl.DataFrame:
    """Columns option, revenue, input_cost, unit_cost: currency per unit of throughput, at prices of its region."""
    quantity = pl.col("quantity")
    valued = (
        effects.recipe.join(effects.options.select("option", "region"), on="option")
        .join(worth(case, prices.premium), on=["commodity", "region"], how="left")
        .group_by("option")
        .agg(
            revenue=(quantity * pl.col("selling")).filter(quantity > 0).sum(),
            input_cost=(-quantity * pl.col("buying")).filter(quantity < 0).sum(),
        )
    )
    return (
        throughput_cost(case, effects, prices)
        .rename({"cost": "unit_cost"})
        .join(valued, on="option", how="left", maintain_order="left")
        .with_columns(pl.col("revenue", "input_cost").fill_null(0.0))
    )


class _Shift:
    """Shifts grids by quarter from the start of each option to grids by period; quarters after the horizon are cut."""

    def __init__(self, start: np.ndarray, periods: int) -> None:
        quarter = np.arange(periods)[None, :] - start[:, None]
        self._inside = quarter >= 0
        self._quarter = np.maximum(quarter, 0)

    def __call__(self, grid: Grid) -> Grid:
        return np.where(self._inside, np.take_along_axis(grid, self._quarter, axis=1), 0.0)


def _each(frame: pl.DataFrame, column: str) -> Grid:
    return np.asarray(frame[column].to_numpy()[:, None], dtype=np.float64)


def today_of(effects: Effects, options: pl.DataFrame, margins: pl.DataFrame) -> pl.DataFrame:
    """Revenue, input_cost, unit_cost and running cost of the line that runs today, a row for each option.

    Currency per quarter at full output; zero for a site that stands still. The fixed cost of the line is part of
    running, its labour cost is the column as_is_labour.
    """
    money = pl.col("revenue", "input_cost", "unit_cost")
    lines = (
        effects.options.filter(pl.col("kind") == "as_is")
        .join(margins, on="option")
        .with_columns(money * pl.col("capacity") * pl.col("output_reached"))
        .group_by("site")
        .agg(money.sum())
    )
    return (
        options.select("site", "as_is_fixed")
        .join(lines, on="site", how="left", maintain_order="left")
        .with_columns(pl.col("revenue", "input_cost", "unit_cost").fill_null(0.0))
        .with_columns(running=pl.col("unit_cost") + pl.col("as_is_fixed"))
    )


def _working_capital(options: pl.DataFrame, periods: int) -> Grid:
    """Returns working capital by option and period: paid in the quarter before operation, recovered in the last."""
    amount = (options["working_capital"] * options["chance"]).to_numpy()
    paid = (options["start"] + options["operating_from"].fill_null(1) - 1).to_numpy()
    grid = np.zeros((options.height, periods))
    inside = paid < periods
    np.subtract.at(grid, (np.flatnonzero(inside), paid[inside]), amount[inside])
    grid[inside, -1] += amount[inside]
    return grid


def _residual(flows: OptionFlows, prices: Prices, options: pl.DataFrame, periods: int) -> Grid:
    """Returns the residual value of capital less the cost of closing, by option, in the last period."""
    start = np.clip(options["start"].to_numpy(), 0, periods - 1)
    residual_value = credit(flows, prices, periods)[np.arange(options.height), start]
    grid = np.zeros((options.height, periods))
    grid[:, -1] = residual_value - (options["closing_cost"] * options["chance"]).to_numpy()
    return grid
