"""Indicators of the cash flow of options: net present value, rate of return, payback, foreign exchange."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.cash import OptionCash
from tawteen.appraise.finance import annuity_share
from tawteen.appraise.flows import Grid
from tawteen.appraise.params import SIMULATION
from tawteen.appraise.prices import Prices
from tawteen.appraise.rates import internal_rates
from tawteen.appraise.value import discounts
from tawteen.case.model import Case
from tawteen.effects.employment import taken_over_persons
from tawteen.effects.model import Effects
from tawteen.works.periods import QUARTERS_PER_YEAR


def indicators_of(case: Case, effects: Effects, prices: Prices, cash: OptionCash) -> pl.DataFrame:
    """Returns `Appraisal.indicators` of one view: those of the net benefit of each option over its site as it is."""
    gain = cash.gain
    rates, reasons = internal_rates(gain)
    options = cash.options
    trade = abroad(case, effects)
    foreign = (
        effects.outlays.filter((pl.col("category") != "working_capital") & (pl.col("origin") != "local"))
        .group_by("option")
        .agg(investment_foreign=pl.col("amount").sum())
    )
    return (
        options.with_columns(
            view=pl.lit(prices.view),
            npv=pl.Series(gain @ discounts(prices, gain.shape[1]), dtype=pl.Float64),
            irr=pl.Series(rates, dtype=pl.Float64).fill_nan(None),
            irr_reason=pl.Series(reasons, dtype=pl.String),
            payback_quarters=_payback(gain - cash.with_it["residual"], options["start"].to_numpy()),
            margin=pl.col("revenue") - pl.col("input_cost") - pl.col("unit_cost"),
        )
        .join(trade, on="option", how="left", maintain_order="left")
        .join(foreign, on="option", how="left", maintain_order="left")
        .join(taken_over_persons(effects.options), on="option", how="left", maintain_order="left")
        .with_columns(pl.col("investment_foreign", "foreign_exchange").fill_null(0.0))
        .with_columns(new_jobs=pl.col("new_jobs") - pl.col("persons"))
        .select(
            "option",
            "view",
            "npv",
            "irr",
            "payback_quarters",
            "investment",
            "investment_foreign",
            "local_content",
            "jobs",
            "new_jobs",
            "foreign_exchange",
            "margin",
            "irr_reason",
        )
    )


def _payback(gain: Grid, start: NDArray[np.int64]) -> pl.Series:
    """Returns quarters from the start until cumulated cash is and stays non-negative; null if never."""
    total = np.cumsum(gain, axis=1)
    short = total < -SIMULATION.payback_dust * np.abs(total).max(axis=1, keepdims=True, initial=0.0)
    last = np.where(short.any(axis=1), gain.shape[1] - 1 - short[:, ::-1].argmax(axis=1), start - 1)
    quarters = pl.Series(last + 2 - start, dtype=pl.Int64)
    quarters = quarters.set(pl.Series(~short.any(axis=1), dtype=pl.Boolean), 0)
    return quarters.set(pl.Series(last == gain.shape[1] - 1, dtype=pl.Boolean), None)


def abroad(case: Case, effects: Effects) -> pl.DataFrame:
    """Columns option, foreign_exchange (net per year at full output), local_content (share; null without sales).

    Foreign exchange at market prices: products at CIF where they replace imports, else at FOB, less inputs that are
    traded (CIF, less the local parts of the last year of a technology transfer) and the foreign share of running cost.
    An option that takes a running line over counts what it earns or saves beyond the line. Technology fees, which end,
    are left to the cash.

    Local content is the build-down rule of trade agreements, (value − foreign materials) / value, widened by us to
    all that is foreign in a year: inputs, running cost, and the annuity of foreign investment over the economic life
    at the economic rate; between 0 and 1. It is Tawteen's own rule, not that of an agreement.
    """
    traded = case["commodities"].select("cif", commodity="id", border=pl.coalesce("cif", "fob", 0.0))
    local = (
        case["transfers"]
        .drop_nulls("local_share")
        .sort("year")
        .group_by("option")
        .agg(local_parts=pl.col("local_share").last())
    )
    quantity = pl.col("quantity")
    unit = (
        effects.recipe.join(traded, on="commodity")
        .join(local, on="option", how="left")
        .group_by("option")
        .agg(
            sold=(quantity * pl.col("border")).filter(quantity > 0).sum(),
            bought=(-quantity * pl.col("cif").fill_null(0.0) * (1 - pl.col("local_parts").fill_null(0.0)))
            .filter(quantity < 0)
            .sum(),
        )
    )
    output = pl.col("capacity") * pl.col("output_reached") * QUARTERS_PER_YEAR
    running = output * pl.col("variable_cost") + QUARTERS_PER_YEAR * pl.col("fixed_cost")
    spent = output * pl.col("bought") + running * pl.col("foreign_share")
    sales = output * pl.col("sold")
    options = (
        effects.options.join(unit, on="option", how="left", maintain_order="left")
        .join(_annuities(case, effects), on="option", how="left", maintain_order="left")
        .with_columns(pl.col("sold", "bought", "annuity").fill_null(0.0))
        .with_columns(earned=sales - spent)
    )
    lines = options.filter(pl.col("kind") == "as_is").group_by("site").agg(replaced=pl.col("earned").sum())
    replaced = pl.when(pl.col("takeover").is_not_null()).then(pl.col("replaced")).fill_null(0.0)
    return options.join(lines, on="site", how="left", maintain_order="left").select(
        "option",
        foreign_exchange=pl.col("earned") - replaced,
        local_content=pl.when(sales > 0).then((1 - (spent + pl.col("annuity")) / sales).clip(0.0, 1.0)),
    )


def _annuities(case: Case, effects: Effects) -> pl.DataFrame:
    """Returns option and annuity: foreign investment as a level cost over its economic life, currency a year."""
    rate = case.settings.discount.economic
    return (
        effects.outlays.filter((pl.col("category") != "working_capital") & (pl.col("origin") != "local"))
        .group_by("option")
        .agg(pl.col("amount").sum())
        .join(effects.options.select("option", "life"), on="option")
        .select("option", annuity=pl.col("amount") * annuity_share(rate, pl.col("life")))
    )
