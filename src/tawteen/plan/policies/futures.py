"""Futures: what each survey would find, drawn or all of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from tawteen.plan.model_builder import Floats

Outcome = Mapping[str, int]
"""The finding of every uninspected site."""


@dataclass(frozen=True)
class Futures:
    """Futures with their weights (they sum to 1); `batches` numbers the independent samples that they come from.

    `batches` is None where these are all futures there are, with their chances.
    """

    outcomes: tuple[Outcome, ...]
    weights: Floats
    batches: tuple[int, ...] | None

    def first(self, count: int) -> Futures:
        """The first `count` of drawn futures, equally likely."""
        few = self.outcomes[:count]
        batches = None if self.batches is None else self.batches[:count]
        return Futures(few, np.full(len(few), 1.0 / len(few)), batches)


def drawn_futures(
    findings: pl.DataFrame, count: int, seed: int, batches: int = 10, *, decisions: pl.DataFrame | None = None
) -> Futures:
    """`count` futures in `batches` independent samples; the same for the same seed.

    Each sample is stratified by decision and by site (Latin hypercube: McKay, Beckman and Conover 1979): of n futures
    of a sample each has its own n-th of the chances, in random order. Means of the samples are independent of each
    other, and their spread gives the standard error. `count` is rounded up to a multiple of `batches`. `decisions`:
    those of `PolicyInputs`; sites of one decision find its gates open or shut together.
    """
    sites = _Sites(findings, decisions)
    size = -(-count // batches)
    outcomes: list[Outcome] = []
    for batch in range(batches):
        random = np.random.default_rng([seed, batch])
        strata = {name: (random.permutation(size) + random.random(size)) / size for name in (*sites.names, *sites.odds)}
        for i in range(size):
            opened = {name: bool(strata[name][i] < chance) for name, chance in sites.odds.items()}
            outcomes.append(
                {site: _finding_at(sites.findings_of(site, opened), float(strata[site][i])) for site in sites.names}
            )
    number = tuple(batch for batch in range(batches) for _ in range(size))
    return Futures(tuple(outcomes), np.full(len(outcomes), 1.0 / len(outcomes)), number)


def all_futures(findings: pl.DataFrame, decisions: pl.DataFrame | None = None) -> Futures:
    """Every combination of findings with its chance, under every outcome of `decisions`.

    Their number is the product of those of the sites and of two outcomes a decision.
    """
    sites = _Sites(findings, decisions)
    outcomes, weights = [], []
    for all_opened in itertools.product((True, False), repeat=len(sites.odds)):
        opened = dict(zip(sites.odds, all_opened, strict=True))
        likely = float(np.prod([chance if opened[name] else 1.0 - chance for name, chance in sites.odds.items()]))
        for some in itertools.product(*(sites.findings_of(site, opened) for site in sites.names)):
            chance = likely * float(np.prod([chance for _, chance in some]))
            if chance > 0.0:
                outcomes.append({site: finding for site, (finding, _) in zip(sites.names, some, strict=True)})
                weights.append(chance)
    return Futures(tuple(outcomes), np.array(weights), None)


class _Sites:
    """The findings of each site with their chances, once the decisions about it are settled.

    `names` of the sites; `odds`: the chance that the gates of each decision open.
    """

    def __init__(self, findings: pl.DataFrame, decisions: pl.DataFrame | None) -> None:
        rows = {} if decisions is None else decisions.rows_by_key("site", named=True)
        self._decisions = {site: [row["decision"] for row in mine] for site, mine in rows.items()}
        self.odds = {row["decision"]: row["chance"] for mine in rows.values() for row in mine}
        self._rows = findings.rows_by_key("site", named=True)
        self.names = list(dict.fromkeys(findings["site"].to_list()))
        self._settled: dict[tuple[str, bool], list[tuple[int, float]]] = {}

    def findings_of(self, site: str, opened: Mapping[str, bool]) -> list[tuple[int, float]]:
        """Findings of a site with their chances, where each decision opens its gates or not."""
        key = site, all(opened[name] for name in self._decisions.get(site, ()))
        if key not in self._settled:
            self._settled[key] = self._conditional(*key)
        return self._settled[key]

    def _conditional(self, site: str, all_open: bool) -> list[tuple[int, float]]:
        rows = self._rows[site]
        factor = 0.0
        if all_open and any(row["opens"] for row in rows):
            factor = 1.0 / float(np.prod([self.odds[name] for name in self._decisions.get(site, ())]))
        shut = 1.0 - factor * sum(row["chance"] for row in rows if row["opens"])
        return [(row["finding"], row["chance"] * factor if row["opens"] else shut) for row in rows]


def _finding_at(findings: list[tuple[int, float]], share: float) -> int:
    """The finding at `share` (0 … 1) of the cumulated chances."""
    place = int(np.searchsorted(np.cumsum([chance for _, chance in findings]), share, side="right"))
    return findings[min(place, len(findings) - 1)][0]
