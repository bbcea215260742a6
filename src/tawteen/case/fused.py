"""Chains of operations on frames, done in one go."""

from __future__ import annotations

import polars as pl


def fused(chain: pl.LazyFrame) -> pl.DataFrame:
    """The frame that a chain ends in, worked out at once and step by step as it is written.

    Each operation on a frame is a query of its own to polars, which costs as much as a hundred thousand additions; of a
    chain only the whole is. Frames here have few rows, so that reordering the steps would cost more than it saves.
    """
    return chain.collect(engine="in-memory", optimizations=pl.QueryOptFlags.none())
