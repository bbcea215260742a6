"""The start of each site that its reason speaks of, with its arithmetic, worked out for all sites at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from tawteen.plan.explain.pricing import PAIR, PART, Market, parts
from tawteen.plan.explain.worths import Worths
from tawteen.plan.verify.choice import IDLE_KINDS

INVESTED = ("outlays", "residual")
SLICE = 2000
HAIR = 1e-6
"""A rent below this share of what is in play is none."""
Pair = tuple[str, int]


@dataclass(frozen=True)
class Hurt:
    """The limit that costs an option most: `kind` (balance, capability, course, fund, credit, rule), id, cost."""

    kind: str
    id: str
    cost: float


class Shortlist:
    """`best`: option and start by site, the one chosen or the one that comes nearest to paying; `parts` as priced."""

    def __init__(self, of: Worths, at: Market, chosen: Mapping[str, Pair]) -> None:
        self.at = at
        self.best = {**_nearest(of, at), **chosen}
        self.parts = priced(list(self.best.values()), at)

    @cached_property
    def _sums(self) -> dict[str, tuple[float, float, float, float]]:
        spent = -spending()
        amount = pl.col("amount")
        sums = self.parts.group_by("option").agg(
            worth=amount.sum(), rent=pl.col("rent").sum(), spent=spent,
            scale=amount.filter(amount.is_finite()).abs().sum(),
        )  # fmt: skip
        return {option: (worth, rent, cost, scale) for option, worth, rent, cost, scale in sums.iter_rows()}

    def worth(self, option: str) -> float:
        """Worth at the prices, against leaving the site as it is."""
        return self._sums[option][0]

    def rent(self, option: str) -> float:
        """What it owes to scarcity."""
        return self._sums[option][1]

    def spent(self, option: str) -> float:
        """What is spent before it runs, scarcity included, less the capital that is left at the end."""
        return self._sums[option][2]

    @cached_property
    def _rents(self) -> dict[str, list[Hurt]]:
        sums = (
            self.parts.filter(pl.col("kind").is_not_null())
            .group_by("option", "kind", "id")
            .agg(pl.col("rent").sum())
            .sort(["option", "rent", "kind", "id"], descending=[False, True, False, False])
        )
        found: dict[str, list[Hurt]] = {}
        for option, kind, id_, rent in sums.iter_rows():
            if rent > HAIR * self._sums[option][3]:
                found.setdefault(option, []).append(Hurt(kind, id_, rent))
        return found

    def hurts(self, option: str) -> list[Hurt]:
        """The limits that cost it more than a hair of what is in play, the costliest first."""
        return self._rents.get(option, [])

    def hurt(self, option: str) -> Hurt | None:
        """The limit with the largest rent."""
        return next(iter(self.hurts(option)), None)

    @cached_property
    def _by_option(self) -> dict[tuple[object, ...], pl.DataFrame]:
        return self.parts.partition_by("option", as_dict=True)

    def of(self, option: str) -> pl.DataFrame:
        """The parts of one option."""
        return self._by_option[option,]


def priced(pairs: list[Pair], at: Market) -> pl.DataFrame:
    """Parts of some pairs, at most a few thousand at a time."""
    frame = pl.DataFrame(pairs, schema={"option": pl.String, "start": pl.Int64}, orient="row")
    made = [parts(some, at) for some in frame.iter_slices(SLICE)] if frame.height else [parts(frame, at)]
    return pl.concat(made).select(PART)


def spending() -> pl.Expr:
    """What is spent before an option runs, less the capital that is left at the end: a negative amount."""
    invested = (pl.col("part") == "term") & pl.col("term").is_in(INVESTED)
    return pl.col("amount").filter(invested | pl.col("part").is_in(["pool", "fund", "credit"])).sum()


def _nearest(of: Worths, at: Market) -> dict[str, Pair]:
    """By site: the start worth most, else the one that loses the least of its cost.

    Works come before surveys and closing. The smallest loss in money would always be the smallest and latest start.
    """
    flat = np.flatnonzero(of.may)
    worth, spent = of.worth.ravel()[flat], of.spent.ravel()[flat]
    lost = ~np.isfinite(worth)
    per_cost = np.where(lost, 0.0, worth) / np.maximum(np.where(lost, 1.0, spent), 1.0)
    rank = np.where(lost, -np.inf, np.where(worth >= 0, worth + 1.0, per_cost))
    row, start = np.divmod(flat, of.worth.shape[1])
    facts = of.sites.options.join(at.effects.options.select("option", "kind"), on="option", maintain_order="left")
    idle = facts["kind"].is_in(IDLE_KINDS).to_numpy()[row]
    site = of.sites.site[row]
    order = np.lexsort((start, row, -rank, idle, site))
    first = order[np.unique(site[order], return_index=True)[1]]
    names = facts.select("site", "option")
    rows = names[row[first]].iter_rows()
    return {name: (option, int(t)) for (name, option), t in zip(rows, start[first], strict=True)}


__all__ = ["PAIR", "Hurt", "Pair", "Shortlist", "priced", "spending"]
