"""What each chosen site adds to the value, at the prices that balance the programme."""

from __future__ import annotations

import polars as pl

from tawteen.appraise.prices import Prices, prices
from tawteen.appraise.value import start_values, throughput_cost
from tawteen.case.model import Case
from tawteen.effects.model import Effects
from tawteen.match.model import Match
from tawteen.plan.programme import Programme


def gains(case: Case, programme: Programme, effects: Effects, match: Match) -> dict[str, float]:
    """Gain by chosen site, in discounted currency of the case's view.

    The value `c` of its option at its start (docs/method.md), less what its works and training cost at reference
    prices, plus its throughput at the programme's balance prices less the cost of throughput.
    """
    view = prices(case)
    picked = programme.sites.filter(pl.col("option").is_not_null() & (pl.col("status") != "as_is")).select(
        "option", site="id", period=pl.col("period").cast(pl.Int64)
    )
    value = start_values(case, effects, view).join(picked, on=["option", "period"]).select("site", gain="value")
    parts = [value, _margin(case, programme, effects, view, picked), _pools(effects, match, view, picked)]
    sums = pl.concat(parts).group_by("site").agg(pl.col("gain").sum())
    return dict(zip(sums["site"], sums["gain"], strict=True))


def _factors(view: Prices) -> pl.DataFrame:
    periods = view.case.settings.time.periods
    return pl.DataFrame(
        {"period": range(periods), "d": [view.discount(t) for t in range(periods)]},
        schema={"period": pl.Int64, "d": pl.Float64},
    )


def _margin(case: Case, programme: Programme, effects: Effects, view: Prices, picked: pl.DataFrame) -> pl.DataFrame:
    """site, gain: output less inputs at balance prices, less the cost of throughput."""
    keys = ["commodity", "region", "period"]
    balance = programme.limits.filter(pl.col("kind") == "balance").select(
        pl.col("period").cast(pl.Int64), "region", "price", commodity="id"
    )
    run = programme.throughput.select("option", pl.col("period").cast(pl.Int64), run="amount").join(
        picked.select("site", "option"), on="option"
    )
    regions = effects.options.select("option", "region")
    goods = (
        run.join(regions, on="option").join(effects.recipe, on="option").join(balance, on=keys, how="left")
        .select("site", gain=pl.col("run") * pl.col("quantity") * pl.col("price").fill_null(0.0))
    )  # fmt: skip
    cost = run.join(throughput_cost(case, effects, view), on="option").join(_factors(view), on="period")
    return pl.concat([goods, cost.select("site", gain=-pl.col("run") * pl.col("cost") * pl.col("d"))])


def _pools(effects: Effects, match: Match, view: Prices, picked: pl.DataFrame) -> pl.DataFrame:
    """site, gain: works and training in full at the price of the pool's cheapest source, as a cost."""
    cheapest = match.sources.sort("price").unique(["pool_kind", "pool"], keep="first", maintain_order=True).select(
        "pool_kind", "pool", unit=pl.col("price") * (1 + view.premium * pl.col("multiplier_foreign"))
    )  # fmt: skip
    needs = effects.needs.join(picked.rename({"period": "start"}), on="option").with_columns(
        period=(pl.col("start") + pl.col("quarter")).cast(pl.Int64)
    )
    return (
        needs.join(cheapest, on=["pool_kind", "pool"]).join(_factors(view), on="period")
        .select("site", gain=-pl.col("amount") * pl.col("unit") * pl.col("d"))
    )  # fmt: skip
