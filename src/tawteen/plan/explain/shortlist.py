"""The start of each site that its reason speaks of, with its arithmetic, worked out for all sites at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from tawteen.case.codes import NO_WORKS
from tawteen.plan.explain.params import REASON_PARAMS
from tawteen.plan.explain.priced_programme import select_options
from tawteen.plan.explain.shadow_prices import ShadowPrices
from tawteen.plan.explain.start_values import StartValues
from tawteen.plan.explain.value_parts import PAIR, PART, parts
from tawteen.plan.tolerances import TOLERANCES

INVESTED = ("outlays", "residual")
Pair = tuple[str, int]


@dataclass(frozen=True)
class BindingLimit:
    """The limit that costs an option most: `kind` (balance, capability, course, fund, credit, rule), id, cost."""

    kind: str
    id: str
    cost: float


class Shortlist:
    """`best`: option and start by site, the one chosen or the one that comes nearest to paying.

    Its arithmetic is worked out for those that are asked for, or for all at once (`everything`).
    """

    def __init__(self, start_values: StartValues, shadow: ShadowPrices, chosen: Mapping[str, Pair]) -> None:
        self.shadow, self._start_values = shadow, start_values
        self.best = {**_best_start_by_site(start_values, shadow), **chosen}
        self._start = dict(self.best.values())
        self._row = {option: row for row, option in enumerate(start_values.sites.options["option"])}
        self._parts: dict[str, pl.DataFrame] = {}
        self._sums: dict[str, tuple[float, float, float]] = {}
        self._rents: dict[str, list[BindingLimit]] = {}

    def everything(self) -> None:
        """Works out all of them at once."""
        self._work_out(list(self._start.items()))

    def _work_out(self, pairs: list[Pair]) -> None:
        breakdown = value_breakdown(pairs, self.shadow)
        amount = pl.col("amount")
        sums = breakdown.group_by("option").agg(
            rent=pl.col("rent").sum(), spent=-spending(), scale=amount.filter(amount.is_finite()).abs().sum()
        )
        self._sums |= {option: (rent, cost, scale) for option, rent, cost, scale in sums.iter_rows()}
        self._parts |= {str(key[0]): part for key, part in breakdown.partition_by("option", as_dict=True).items()}
        rents = (
            breakdown.filter(pl.col("kind").is_not_null())
            .group_by("option", "kind", "id")
            .agg(pl.col("rent").sum())
            .sort(["option", "rent", "kind", "id"], descending=[False, True, False, False])
        )
        for option, kind, id_, rent in rents.iter_rows():
            if rent > TOLERANCES.rent * self._sums[option][2]:
                self._rents.setdefault(option, []).append(BindingLimit(kind, id_, rent))

    def _known(self, option: str) -> tuple[float, float, float]:
        if option not in self._sums:
            self._work_out([(option, self._start[option])])
        return self._sums[option]

    def worth(self, option: str) -> float:
        """Worth at the prices, against leaving the site as it is."""
        return float(self._start_values.worth[self._row[option], self._start[option]])

    def rent(self, option: str) -> float:
        """What it owes to scarcity."""
        return self._known(option)[0]

    def spent(self, option: str) -> float:
        """What is spent before it runs, scarcity included, less the capital that is left at the end."""
        return self._known(option)[1]

    def binding_limits(self, option: str) -> list[BindingLimit]:
        """The limits that cost it more than `TOLERANCES.rent` of the money in play, the costliest first."""
        self._known(option)
        return self._rents.get(option, [])

    def binding_limit(self, option: str) -> BindingLimit | None:
        """The limit with the largest rent."""
        return next(iter(self.binding_limits(option)), None)

    def parts(self, option: str) -> pl.DataFrame:
        """The parts of one option."""
        self._known(option)
        return self._parts[option]


def value_breakdown(pairs: list[Pair], shadow: ShadowPrices) -> pl.DataFrame:
    """Parts of some pairs, at most a few thousand at a time."""
    frame = pl.DataFrame(pairs, schema={"option": pl.String, "start": pl.Int64}, orient="row")
    shadow = _select_prices(shadow, frame["option"]) if frame.height < REASON_PARAMS.few_options else shadow
    frames = (
        [parts(some, shadow) for some in frame.iter_slices(REASON_PARAMS.options_at_once)]
        if frame.height
        else [parts(frame, shadow)]
    )
    return pl.concat(frames).select(PART)


def _select_prices(shadow: ShadowPrices, options: pl.Series) -> ShadowPrices:
    """The same prices beside the facts of some options and of the lines at their sites."""
    facts = shadow.effects.options
    sites = facts.filter(pl.col("option").is_in(options.implode()))["site"]
    mine = facts.filter(pl.col("site").is_in(sites.implode()))["option"]
    return replace(shadow, effects=select_options(shadow.effects, mine))


def spending() -> pl.Expr:
    """What is spent before an option runs, less the capital that is left at the end: a negative amount."""
    invested = (pl.col("part") == "term") & pl.col("term").is_in(INVESTED)
    return pl.col("amount").filter(invested | pl.col("part").is_in(["pool", "fund", "credit"])).sum()


def _best_start_by_site(start_values: StartValues, shadow: ShadowPrices) -> dict[str, Pair]:
    """By site: the start worth most, else the one that loses the least of its cost.

    Works come before surveys and closing. The smallest loss in money would always be the smallest and latest start.
    """
    flat = np.flatnonzero(start_values.may)
    worth, spent = start_values.worth.ravel()[flat], start_values.spent.ravel()[flat]
    lost = ~np.isfinite(worth)
    per_cost = np.where(lost, 0.0, worth) / np.maximum(np.where(lost, 1.0, spent), 1.0)
    rank = np.where(lost, -np.inf, np.where(worth >= 0, worth + 1.0, per_cost))
    row, start = np.divmod(flat, start_values.worth.shape[1])
    facts = start_values.sites.options.join(
        shadow.effects.options.select("option", "kind"), on="option", maintain_order="left"
    )
    idle = facts["kind"].is_in(NO_WORKS).to_numpy()[row]
    site = start_values.sites.site[row]
    order = np.lexsort((start, row, -rank, idle, site))
    first = order[np.unique(site[order], return_index=True)[1]]
    names = facts.select("site", "option")
    rows = names[row[first]].iter_rows()
    return {name: (option, int(t)) for (name, option), t in zip(rows, start[first], strict=True)}


__all__ = ["PAIR", "BindingLimit", "Pair", "Shortlist", "spending", "value_breakdown"]
