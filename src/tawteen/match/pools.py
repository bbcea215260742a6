"""Who can close which need, at what price, and what nobody covers."""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.match.model import Match
from tawteen.match.params import MATCH
from tawteen.match.sources import THIRD_PARTY, sources_of
from tawteen.works import WorksNetwork

POOL = ("pool_kind", "pool")


def match(case: Case, network: WorksNetwork) -> Match:
    """Needs of the options against what units, the academy and third parties offer (`docs/method.md`, Needs)."""
    offered = sources_of(case)
    sources = offered.lazy()
    needs = network.needs.lazy().group_by("option", "quarter", *POOL, maintain_order=True).agg(pl.col("amount").sum())
    peaks = needs.group_by("option", *POOL, maintain_order=True).agg(peak=pl.col("amount").max())
    return Match(
        pools=fused(_pools(case, sources)),
        sources=offered,
        assignments=fused(_assignments(peaks, sources)),
        gaps=fused(_gaps(needs, sources)),
        load=fused(_load(needs, sources, case.settings.time.periods)),
    )


def cheapest_sources(sources: pl.DataFrame) -> pl.DataFrame:
    """The cheapest source of each pool at market prices: its row of `Match.sources`, which come by price."""
    return sources.unique(list(POOL), keep="first", maintain_order=True)


def _pools(case: Case, sources: pl.LazyFrame) -> pl.LazyFrame:
    capabilities = case["capabilities"].lazy().select(pool_kind=pl.lit("capability"), pool="id")
    courses = case["courses"].lazy().select(pool_kind=pl.lit("course"), pool="id")
    offered = sources.group_by(POOL).agg(
        reference_price=pl.col("price").min(), sources=pl.col("source").len().cast(pl.Int64)
    )
    return (
        pl.concat([capabilities, courses])
        .join(offered, on=POOL, how="left", maintain_order="left")
        .with_columns(pl.col("sources").fill_null(0))
    )


def _assignments(peaks: pl.LazyFrame, sources: pl.LazyFrame) -> pl.LazyFrame:
    """The best sources of each need: the cheapest first, then the soonest, then the largest."""
    covers = (
        pl.when(pl.col("capacity").is_null())
        .then(1.0)
        .otherwise(pl.min_horizontal(pl.col("capacity") / pl.col("peak"), 1.0))
    )
    offers = sources.select(*POOL, "source", "price", "first_period", "capacity")
    return (
        peaks.join(offers, on=POOL, maintain_order="left_right")
        .with_columns(covers=covers)
        .sort("option", *POOL, "price", "first_period", -pl.col("covers"), "source")
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("option", *POOL))
        .filter(pl.col("rank") <= MATCH.sources_listed)
        .select("option", *POOL, "rank", "source", "price", "first_period", "covers")
    )


def _gaps(needs: pl.LazyFrame, sources: pl.LazyFrame) -> pl.LazyFrame:
    """What is missing when an option has all sources of a pool to itself, whenever they offer.

    A third party that is not proven covers nothing: what it says that it can do stands beside what is missing.
    """
    unproven = (pl.col("source") == THIRD_PARTY) & (pl.col("standing") != "proven")
    limits = sources.group_by(POOL).agg(
        unlimited=(pl.col("capacity").is_null() & ~unproven).any(),
        capacity=pl.col("capacity").filter(~unproven).sum(),
        offered=unproven.any(),
    )
    return (
        needs.join(limits, on=POOL, how="left", maintain_order="left")
        .filter(~pl.col("unlimited").fill_null(False))
        .with_columns(amount=pl.col("amount") - pl.col("capacity").fill_null(0.0))
        .filter(pl.col("amount") > MATCH.least_gap)
        .group_by("option", *POOL, maintain_order=True)
        .agg(
            third_party=pl.when(pl.col("offered").fill_null(False)).then("amount").otherwise(0.0).sum(),
            amount=pl.col("amount").sum(),
        )
    )


def _load(needs: pl.LazyFrame, sources: pl.LazyFrame, periods: int) -> pl.LazyFrame:
    """Load of limited sources: the needs of all options of a pool, shared among them by their capacity."""
    load = needs.group_by(POOL).agg(need=pl.col("amount").sum() / periods)
    capacity = pl.col("capacity")
    return (
        sources.filter(capacity > 0)
        .join(load, on=POOL, how="left", maintain_order="left")
        .with_columns(need=pl.col("need").fill_null(0.0) * capacity / capacity.sum().over(POOL))
        .select("source", *POOL, "capacity", "need", load=pl.col("need") / capacity)
    )
