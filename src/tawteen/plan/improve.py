"""Better points: a first one from the prices of the relaxation, then neighbourhoods of the best, one after another.

Source: relaxation-induced restriction and large neighbourhood search (Shaw 1998; Danna, Rothberg and Le Pape 2005).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.board import Board
from tawteen.plan.core import core
from tawteen.plan.draft import Arrays, Floats
from tawteen.plan.scaling import Scaling
from tawteen.plan.solver import Solution, Talk, solve_mip
from tawteen.plan.watch import Watch

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

FEW = 8
SOME = 24
TURN = 6.0
SIZES = {"chain": 5.0, "any": 5.0, "shift": 2.0, "swap": 5.0, "window": 5.0}


@dataclass(frozen=True)
class Field:
    """Where the search takes place: the model, its relaxation, and what each start is.

    Arrays over starts (in the order of the model's binaries): `columns`, `site` and `option` as numbers, `period`,
    `loss` (what one start costs at the prices of the relaxation), `rank` (0 for the least loss of its site). `kin` says which sites share goods.
    """

    arrays: Arrays
    units: Scaling
    root: Solution
    columns: Places
    site: Places
    option: Places
    period: Places
    loss: Floats
    rank: Places
    kin: Mask


def field_of(arrays: Arrays, units: Scaling, root: Solution, keys: pl.DataFrame, recipe: pl.DataFrame) -> Field:
    """The field of `arrays`, whose binaries `keys` (site, option, period) name."""
    assert root.column_price is not None
    columns = np.flatnonzero(arrays.integer)
    goods = keys.select("site", "option").unique().join(recipe, on="option").select("site", "commodity").unique()
    names = keys["site"].unique(maintain_order=True)
    number = {name: i for i, name in enumerate(names)}
    codes = {name: i for i, name in enumerate(goods["commodity"].unique().sort())}
    touches = np.zeros((len(number), max(len(codes), 1)), dtype=bool)
    for site, commodity in goods.iter_rows():
        touches[number[site], codes[commodity]] = True
    options = {name: i for i, name in enumerate(keys["option"].unique(maintain_order=True))}
    site = np.array([number[s] for s in keys["site"]], dtype=np.int64)
    loss = np.maximum(-root.column_price[columns], 0.0)
    return Field(
        arrays=arrays,
        units=units,
        root=root,
        columns=columns,
        site=site,
        option=np.array([options[o] for o in keys["option"]], dtype=np.int64),
        period=keys["period"].to_numpy().astype(np.int64),
        loss=loss,
        rank=_ranks(site, loss),
        kin=(touches.astype(int) @ touches.T.astype(int)) > 0,
    )


def _ranks(site: Places, loss: Floats) -> Places:
    """Place of each start among those of its site, by loss."""
    order = np.lexsort((loss, site))
    first = np.searchsorted(site[order], site[order])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - first
    return rank


class Improver:
    """Looks for better points until the watch or the board says that it is enough."""

    def __init__(self, place: Field, board: Board, watch: Watch, seed: int, flows: Mask) -> None:
        """`flows` marks the continuous columns that are worth having; the others stay at 0 while searching."""
        self.place = place
        self.board = board
        self.watch = watch
        self.random = np.random.default_rng(seed)
        self.seed = seed
        self.flows = flows
        self.tried = 0
        self.better = 0

    def run(self) -> None:
        """Until it is enough."""
        self._first()
        sizes = dict(SIZES)
        for name in self._turns(list(sizes)):
            if self.board.ended.is_set() or self.watch.left <= 0 or self.watch.stop():
                return
            allowed, free = self._neighbourhood(name, sizes[name])
            solved, improved = self._solve(allowed, seconds=TURN)
            if improved:
                continue
            sizes[name] *= 1.25 if solved else 0.85
            sizes[name] = min(max(sizes[name], 1.0), free)

    def _turns(self, names: list[str]) -> Iterator[str]:
        """Shifts in time first, they are quick; then all kinds, in a new order each round."""
        yield "shift"
        while True:
            yield from (names[i] for i in self.random.permutation(len(names)))

    def _first(self) -> None:
        """A point from the starts that the relaxation likes."""
        place = self.place
        assert place.root.x is not None
        liked = place.root.x[place.columns] > 1e-6
        allowed = liked | (place.rank < FEW)
        self._solve(allowed, seconds=self.watch.left / 3, rough=True)
        if self.board.x is None:
            self._solve(np.ones(len(place.loss), dtype=bool), seconds=self.watch.left, rough=True)

    def _neighbourhood(self, name: str, size: float) -> tuple[Mask, float]:
        """Starts that may be chosen, and the largest size that makes sense."""
        place, random = self.place, self.random
        chosen = self._chosen()
        inside = place.site[chosen]
        sites = place.kin.shape[0]
        k = round(size)
        if name == "shift":
            near = np.zeros(len(place.site), dtype=bool)
            for start in np.flatnonzero(chosen):
                near |= (place.option == place.option[start]) & (abs(place.period - place.period[start]) <= k)
            return near | chosen, float(place.period.max(initial=1))
        free = np.zeros(sites, dtype=bool)
        outside = np.setdiff1d(np.arange(sites), inside)
        if name == "chain":
            seed = random.integers(sites)
            kin = np.flatnonzero(place.kin[seed])
            free[random.permutation(kin)[:k]] = True
        elif name == "swap":
            best = self._best_loss()[outside]
            order = outside[np.argsort(best * random.uniform(0.5, 1.5, len(best)), kind="stable")]
            free[order[: (k + 1) // 2]] = True
            free[random.permutation(inside)[: k // 2 + 1]] = True
        elif name == "window":
            middle = place.period[chosen][random.integers(len(inside))] if len(inside) else 0
            distance = abs(place.period[chosen] - middle)
            free[inside[np.argsort(distance, kind="stable")[:k]]] = True
            free[random.permutation(outside)[: k // 3]] = True
        else:
            free[random.permutation(sites)[:k]] = True
        return (free[place.site] & self._promising()) | chosen, float(sites)

    def _chosen(self) -> Mask:
        assert self.board.x is not None
        return np.asarray(self.board.x[self.place.columns] > 0.5)

    def _best_loss(self) -> Floats:
        best = np.full(self.place.kin.shape[0], np.inf)
        np.minimum.at(best, self.place.site, self.place.loss)
        return best

    def _promising(self) -> Mask:
        """Starts that are among the best of their site and whose loss alone does not exceed what can still be won."""
        hope = self.place.root.bound - self.board.value
        return np.asarray((self.place.loss <= hope) & (self.place.rank < SOME))

    def _solve(self, allowed: Mask, *, seconds: float, rough: bool = False) -> tuple[bool, bool]:
        """Optimises over the allowed starts; says whether that was done to the end, and whether it helped."""
        arrays = self.place.arrays
        upper = np.where(self.flows | arrays.integer, arrays.upper, np.minimum(arrays.upper, arrays.lower))
        upper[self.place.columns[~allowed]] = 0.0
        part = core(arrays, arrays.lower, np.maximum(upper, arrays.lower))
        units = Scaling(self.place.units.rows[part.rows], self.place.units.columns[part.columns], self.place.units.value)
        best = self.board.x
        known = best[part.columns] if best is not None and not rough else None
        gain = max(self.place.root.bound - self.board.floor, 0.0)
        solution = solve_mip(
            part.arrays,
            seconds=min(seconds, self.watch.left),
            gap=gain * (5e-3 if rough else 1e-4),
            seed=self.seed,
            known=known,
            units=units,
            stop=lambda: self.watch.stop() or self.board.ended.is_set(),
            talk=Talk(found=lambda x, value: self._take(part.whole(x), value + part.constant)),
            effort=0.3,
        )
        before = self.board.value
        if solution.x is not None and solution.value is not None:
            self._take(part.whole(solution.x), solution.value + part.constant)
        self.tried += 1
        improved = self.board.value > before or (best is not None and self.board.x is not best)
        self.better += improved
        return solution.outcome in ("optimal", "infeasible"), improved

    def _take(self, x: Floats, value: float) -> None:
        if self.board.found(x, value):
            self.watch.say("search", None, value, self.board.bound)
