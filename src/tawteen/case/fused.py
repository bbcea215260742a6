"""Chains of operations on small frames, each done as one query."""

from __future__ import annotations

import polars as pl


def fused(chain: pl.LazyFrame) -> pl.DataFrame:
    """The frame that a lazy chain describes, collected in one query, with its steps in the order in which they stand.

    For functions of several joins, filters and groups that are called often: begin with `frame.lazy()`, chain the
    steps, and pass the chain to `fused`. Each step on a frame that is not lazy is a query of its own, and starting a
    query costs more than the work of a step on the few thousand rows of a case. For the same reason the optimiser of
    polars is off: it would take longer than it saves. For one or two steps, operate on the frame itself.
    """
    return chain.collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())
