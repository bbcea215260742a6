"""Futures: what each survey would find, drawn or all of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from tawteen.plan.model_builder import Floats

Finds = Mapping[str, int]
"""The finding of every uninspected site."""


@dataclass(frozen=True)
class Futures:
    """Futures with their weights (they sum to 1); `batches` numbers the independent samples that they come from.

    `batches` is None where these are all futures there are, with their chances.
    """

    finds: tuple[Finds, ...]
    weights: Floats
    batches: tuple[int, ...] | None


def drawn_futures(findings: pl.DataFrame, count: int, seed: int, batches: int = 10) -> Futures:
    """`count` futures in `batches` independent samples; the same for the same seed.

    Each sample is stratified by site (Latin hypercube: McKay, Beckman and Conover 1979): of n futures of a sample each
    has its own n-th of the chances of a site, in random order. Means of the samples are independent of each other, and
    their spread gives the standard error. `count` is rounded up to a multiple of `batches`.
    """
    sites = findings.partition_by("site", maintain_order=True)
    size = -(-count // batches)
    finds: list[dict[str, int]] = []
    for batch in range(batches):
        random = np.random.default_rng([seed, batch])
        drawn = {}
        for one in sites:
            numbers = (random.permutation(size) + random.random(size)) / size
            place = np.searchsorted(np.cumsum(one["chance"].to_numpy()), numbers, side="right")
            drawn[one["site"][0]] = one["finding"].to_numpy()[np.minimum(place, one.height - 1)]
        finds += [{site: int(numbered[i]) for site, numbered in drawn.items()} for i in range(size)]
    number = tuple(batch for batch in range(batches) for _ in range(size))
    return Futures(tuple(finds), np.full(len(finds), 1.0 / len(finds)), number)


def all_futures(findings: pl.DataFrame) -> Futures:
    """Every combination of findings with its chance: their number is the product of those of the sites."""
    sites = findings.partition_by("site", maintain_order=True)
    finds, weights = [], []
    for some in itertools.product(*(one.select("finding", "chance").rows() for one in sites)):
        finds.append({one["site"][0]: finding for one, (finding, _) in zip(sites, some, strict=True)})
        weights.append(float(np.prod([chance for _, chance in some])))
    return Futures(tuple(finds), np.array(weights), None)
