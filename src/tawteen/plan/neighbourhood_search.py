"""Better points: a first one from the prices of the relaxation, then neighbourhoods of the best, one after another.

Source: relaxation-induced restriction and large neighbourhood search (Shaw 1998; Danna, Rothberg and Le Pape 2005).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.incumbent import Incumbent
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.params import NeighbourhoodParams
from tawteen.plan.problem import choices
from tawteen.plan.reduced_model import reduce_model
from tawteen.plan.scaling import Scaling
from tawteen.plan.solver import Callbacks, Solution, solve_mip
from tawteen.plan.tolerances import TOLERANCES

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class SearchSpace:
    """Where the search takes place: the model, its relaxation, and what each start is.

    MilpArrays over starts (in the order of the model's binaries): `columns`, `site` and `option` as numbers, `period`,
    `loss` (what one start costs at the prices of the relaxation), `rank` (0 for the least loss of its choice). `kin`
    says which sites share goods, `matters` lists sites where a wrong start would be felt, `missed` is what leaving a
    site out costs at those prices.
    """

    arrays: MilpArrays
    units: Scaling
    root: Solution
    columns: Places
    site: Places
    option: Places
    period: Places
    loss: Floats
    rank: Places
    kin: Mask
    matters: Places
    missed: Floats
    params: NeighbourhoodParams


def search_space(
    arrays: MilpArrays,
    units: Scaling,
    root: Solution,
    *,
    keys: pl.DataFrame,
    recipe: pl.DataFrame,
    missed: Floats,
    gain: float,
    params: NeighbourhoodParams,
) -> SearchSpace:
    """The field of `arrays`, whose binaries `keys` (site, option, period) name.

    `missed` by site, in the order in which the sites come in `keys`; `gain` is the most that can be won.
    """
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
    kin = (touches.astype(int) @ touches.T.astype(int)) > 0
    worst = np.zeros(len(number))
    np.maximum.at(worst, site, loss)
    return SearchSpace(
        arrays=arrays,
        units=units,
        root=root,
        columns=columns,
        site=site,
        option=np.array([options[o] for o in keys["option"]], dtype=np.int64),
        period=keys["period"].to_numpy().astype(np.int64),
        loss=loss,
        rank=_ranks(choices(keys).to_numpy(), loss),
        kin=kin,
        matters=np.flatnonzero(np.maximum(worst, missed) > params.relevant_share * max(gain, 0.0)),
        missed=missed,
        params=params,
    )


def _ranks(choice: Places, loss: Floats) -> Places:
    """Rank of each start by loss among those of its choice, from 0."""
    order = np.lexsort((loss, choice))
    first = np.searchsorted(choice[order], choice[order])
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - first
    return rank


class NeighbourhoodSearch:
    """Large neighbourhood search until the budget is exhausted or the gap of the incumbent is reached."""

    def __init__(self, place: SearchSpace, incumbent: Incumbent, budget: SearchBudget, seed: int, flows: Mask) -> None:
        """`flows` marks the continuous columns that are worth having; the others stay at 0 while searching."""
        self.place = place
        self.incumbent = incumbent
        self.budget = budget
        self.random = np.random.default_rng(seed)
        self.seed = seed
        self.flows = flows

    def run(self) -> None:
        """Until it is enough."""
        self._first()
        sizes: dict[str, float] = dict(self.place.params.sizes)
        for name in self._turns(list(sizes)):
            finished = self.incumbent.x is None or self.incumbent.finished.is_set()
            if finished or self.budget.exhausted or self.budget.should_stop():
                return
            improved, growth = self._solve(
                self._neighbourhood(name, round(sizes[name])), seconds=self.place.params.seconds
            )
            if not improved:
                most = float(len(self.place.matters)) if name != "shift" else self.place.params.shift_quarters
                sizes[name] = min(max(sizes[name] * growth, 1.0), max(most, 1.0))
            self.budget.count_step()

    def _turns(self, names: list[str]) -> Iterator[str]:
        """Shifts in time first, they are quick; then all kinds, in a new order each round."""
        yield "shift"
        while True:
            yield from (names[i] for i in self.random.permutation(len(names)))

    def _first(self) -> None:
        """A point from the starts that the relaxation likes."""
        place = self.place
        assert place.root.x is not None
        liked = place.root.x[place.columns] > TOLERANCES.integrality
        allowed = liked | (place.rank < place.params.first_starts)
        self._solve(allowed, seconds=self.budget.remaining / 3, rough=True)
        if self.incumbent.x is None and not self.incumbent.finished.is_set():
            self._solve(np.ones(len(place.loss), dtype=bool), seconds=self.budget.remaining, rough=True)

    def _neighbourhood(self, name: str, size: int) -> Mask:
        """Starts that may be chosen: all that are now, and others near them or of a few sites."""
        place, random, chosen = self.place, self.random, self._chosen()
        if name == "shift":
            near = chosen.copy()
            for start in np.flatnonzero(chosen):
                near |= (place.option == place.option[start]) & (abs(place.period - place.period[start]) <= size)
            return near
        candidates = np.flatnonzero(chosen & np.isin(place.site, place.matters))
        inside = place.site[candidates]
        outside = np.setdiff1d(place.matters, inside)
        if name == "chain" and len(place.matters):
            kin = np.flatnonzero(place.kin[random.choice(place.matters)])
            free = random.permutation(np.intersect1d(kin, place.matters))[:size]
        elif name == "swap":
            tempting = self._best_loss()[outside] * random.uniform(0.5, 1.5, len(outside))
            entering = outside[np.argsort(tempting, kind="stable")][: (size + 1) // 2]
            free = np.concatenate([entering, random.permutation(inside)[: size // 2 + 1]])
        elif name == "window" and len(candidates):
            distance = abs(place.period[candidates] - place.period[random.choice(candidates)])
            near_in_time = inside[np.argsort(distance, kind="stable")][:size]
            free = np.concatenate([near_in_time, random.permutation(outside)[: size // 3]])
        elif name == "costly" and len(place.matters):
            lost = self._lost(chosen)[place.matters]
            lost = lost + 1e-3 * max(lost.sum(), 1.0)
            free = random.choice(place.matters, min(size, len(lost)), replace=False, p=lost / lost.sum())
        else:
            free = random.permutation(place.matters)[:size]
        return np.asarray((np.isin(place.site, free) & self._promising()) | chosen)

    def _chosen(self) -> Mask:
        assert self.incumbent.x is not None
        return np.asarray(self.incumbent.x[self.place.columns] > 0.5)

    def _lost(self, chosen: Mask) -> Floats:
        """Share of each site in the difference between the relaxation and the incumbent (discounted currency)."""
        lost = np.maximum(self.place.missed, 0.0)
        lost[self.place.site[chosen]] = self.place.loss[chosen]
        return lost

    def _best_loss(self) -> Floats:
        best = np.full(self.place.kin.shape[0], np.inf)
        np.minimum.at(best, self.place.site, self.place.loss)
        return best

    def _promising(self) -> Mask:
        """The best starts of each site, and those whose loss is small compared with the remaining gap."""
        hope = max(self.place.root.bound - self.incumbent.value, 0.0)
        params = self.place.params
        return np.asarray((self.place.rank < params.candidate_starts) | (self.place.loss <= params.reach * hope))

    def _solve(self, allowed: Mask, *, seconds: float, rough: bool = False) -> tuple[bool, float]:
        """Optimises over the allowed starts; returns whether the incumbent improved and the factor on the next size."""
        arrays, params = self.place.arrays, self.place.params
        upper = np.where(self.flows | arrays.integer, arrays.upper, np.minimum(arrays.upper, arrays.lower))
        upper[self.place.columns[~allowed]] = 0.0
        part = reduce_model(arrays, arrays.lower, np.maximum(upper, arrays.lower))
        units = Scaling(
            self.place.units.rows[part.rows], self.place.units.columns[part.columns], self.place.units.value
        )
        best, before = self.incumbent.x, self.incumbent.value
        known = best[part.columns] if best is not None and not rough else None
        # Seconds of this thread's own work: what others do on the machine must not make neighbourhoods look too large.
        began = time.thread_time()
        counted = None if self.budget.steps is None else params.nodes

        def is_over(_value: float, _bound: float) -> bool:
            return self.incumbent.finished.is_set() or (counted is None and time.thread_time() - began > seconds)

        gain = max(self.place.root.bound - self.incumbent.baseline_value, 0.0)
        solution = solve_mip(
            part.arrays,
            seconds=self.budget.remaining,
            gap=gain * (params.rough_gap if rough else params.fine_gap),
            seed=self.seed,
            known=known,
            units=units,
            # The flag is looked at by the clock: where steps are counted, only somebody who wants to stop may set it.
            stop=self.budget.should_stop
            if counted
            else lambda: self.budget.should_stop() or self.incumbent.finished.is_set(),
            callbacks=Callbacks(
                on_solution=lambda x, value: self._take(part.expand(x), value + part.constant), on_progress=is_over
            ),
            effort=params.effort,
            nodes=counted,
        )
        if solution.x is not None and solution.value is not None:
            self._take(part.expand(solution.x), solution.value + part.constant)
        if solution.outcome not in ("optimal", "infeasible"):
            return self.incumbent.value > before, params.shrink
        return self.incumbent.value > before, params.grow_fast if solution.nodes <= 1 else params.grow

    def _take(self, x: Floats, value: float) -> None:
        if self.incumbent.update(x, value):
            self.budget.report("search", None, value, self.incumbent.bound, starts=self.incumbent.starts())
