"""The value of a start by its terms: the summands of `c[o,s]` (docs/method.md, Value of an option)."""

from __future__ import annotations

import numpy as np
import polars as pl

from tawteen.appraise.flows import OptionFlows
from tawteen.appraise.prices import Prices
from tawteen.appraise.value import credit, discounts, working_capital_cost

TERM_SCHEMA = {"option": pl.String, "start": pl.Int64, "term": pl.String, "amount": pl.Float64}


def value_terms(pairs: pl.DataFrame, flows: OptionFlows, prices: Prices) -> pl.DataFrame:
    """The terms of the value of some starts.

    `pairs` has the columns option and start (period). Returns option, start, term (outlays, running, fees, care,
    working_capital, residual, closing, refund, saved) and amount: currency discounted to the start of period 0, costs
    negative; terms of 0 are left out.
    """
    grids = {
        "outlays": flows.local + flows.foreign,
        "running": flows.fixed + flows.labour,
        "fees": flows.fees,
        "care": flows.care,
        "refund": flows.released,
        "saved": flows.saved_fixed + flows.saved_labour,
    }
    placed = pairs.select("option", "start").join(flows.options.select("option", "place"), on="option")
    option, start = placed["place"].to_numpy(), placed["start"].to_numpy()
    periods = flows.capacity.shape[1]
    factors = discounts(prices, periods)
    # d[s+τ] = d[τ]·(1+r)^(−s/4): a start in s has the first T−s quarters of the same discounted flows.
    later = (1.0 + prices.rate) ** (-start / 4)
    amounts = {
        term: np.cumsum(grid * factors, axis=1)[option, periods - 1 - start] * later for term, grid in grids.items()
    }
    closing = flows.column("closing_cost") * flows.column("chance") * factors[-1]
    amounts["working_capital"] = working_capital_cost(flows, factors)[option, start]
    amounts["residual"] = credit(flows, prices, periods)[option, start] * factors[-1]
    amounts["closing"] = -closing[option, 0]
    frames = [
        placed.select("option", "start", term=pl.lit(term), amount=pl.Series(amount))
        for term, amount in amounts.items()
    ]
    return pl.concat(frames).cast(TERM_SCHEMA).filter(pl.col("amount") != 0)  # type: ignore[arg-type]
