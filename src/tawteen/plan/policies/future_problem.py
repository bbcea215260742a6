"""The model of one future: what starts do once findings are known, and whether limits carry them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.future_limits import LIMIT_ROWS, FutureLimits, limit_rows
from tawteen.plan.policies.inputs import PolicyInputs
from tawteen.plan.policies.params import POLICY_PARAMS, PolicyParams
from tawteen.plan.policies.problem import policy_problem
from tawteen.plan.problem import Problem
from tawteen.plan.robust.recourse import Recourse
from tawteen.plan.solver import solve_lp


def future_problem(inputs: PolicyInputs) -> Problem:
    """The model of `policy_problem` with whole amounts: in a future, only starts of its findings take place.

    Without common decisions it has the same columns and rows. One model serves all futures: nothing else of it
    depends on the findings.
    """
    certain = inputs.findings.with_columns(chance=pl.lit(1.0))
    return policy_problem(
        replace(inputs, findings=certain, decisions=inputs.decisions.clear()), whole_classes=True
    )  # fmt: skip


def with_whole_classes(problem: Problem) -> Recourse | None:
    """What is left to decide once starts are fixed, whatever is known of sites; None where no class has a size."""
    arrays = problem.arrays
    if not len(arrays.whole):
        return None
    row_lower, row_upper, learned = arrays.row_lower.copy(), arrays.row_upper.copy(), problem.rows["learned"].span
    row_lower[learned], row_upper[learned] = -np.inf, np.inf
    return Recourse(problem, replace(arrays, row_lower=row_lower, row_upper=row_upper))


class FeasibleStarts:
    """Which starts some future could carry, with all the money, seats and trainers that others could ever add."""

    def __init__(
        self, problem: Problem, params: PolicyParams = POLICY_PARAMS, stop: Callable[[], bool] = lambda: False
    ) -> None:
        """`problem`: of `future_problem`. Once `stop` has returned True, further starts count as possible."""
        self._problem, self._params, self._stop = problem, params, stop
        self._limits = FutureLimits(problem, params)
        self._generous: FutureLimits | None = None

    def beyond_limits(self, options: set[str], sample: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """Starts of these options (places among those of the problem) that are alone beyond limits as they are.

        With a `sample` of starts, options of which no start of the sample fails are not looked at further.
        """
        return self._failing(options, self._limits.allow, sample)

    def impossible(
        self, options: set[str], sample: NDArray[np.int64] | None = None, *, thorough: bool = False
    ) -> NDArray[np.int64]:
        """Starts of these options that no future can carry; `sample` as of `beyond_limits`.

        `thorough` asks a linear model with all other starts, in part or whole, which takes a second or two a start.

        A limit in expectation carries a start that is larger than the limit where its finding is unlikely enough; no
        future does. Leaving such starts out lowers the bound, and it still bounds every policy.
        """
        return self._failing(
            options,
            lambda point: (
                self._limits.allow(point)
                or (self._with_all_added().allow(point) and not (thorough and self._infeasible(point)))
            ),
            sample,
        )

    def _failing(
        self, options: set[str], allowed: Callable[[Floats], bool], sample: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        keys = self._problem.columns["start"].keys["option"].to_list()
        if sample is not None:
            options = options & {keys[place] for place in self._places_failing(sample.tolist(), len(keys), allowed)}
        places = [place for place, option in enumerate(keys) if option in options]
        return np.array(self._places_failing(places, len(keys), allowed), dtype=np.int64)

    def _places_failing(self, places: list[int], count: int, allowed: Callable[[Floats], bool]) -> list[int]:
        point, failing = np.zeros(count), []
        for place in places:
            if self._stop():
                break
            point[place] = 1.0
            if not allowed(point):
                failing.append(place)
            point[place] = 0.0
        return failing

    def _infeasible(self, point: Floats) -> bool:
        """Whether no other starts, in part or whole, make this start possible."""
        arrays, lower = self._problem.arrays, self._problem.arrays.lower.copy()
        lower[self._problem.starts] = point
        return solve_lp(replace(arrays, lower=lower, value=np.zeros_like(arrays.value))).outcome == "infeasible"

    def _with_all_added(self) -> FutureLimits:
        if self._generous is None:
            self._generous = FutureLimits(self._problem, self._params, _most_added(self._problem))
        return self._generous


def _most_added(problem: Problem) -> Floats:
    """The most that sales and starts of one future could add to each of the `limit_rows`: of each site its most."""
    arrays = problem.arrays
    part = -arrays.matrix.tocsr()[limit_rows(problem)].minimum(0.0)
    sites = dict(problem.columns["start"].keys.select("option", "site").iter_rows())
    added = np.zeros(part.shape[0])
    for name in ("throughput", "start"):
        block = problem.columns[name]
        site = np.array([sites.get(option, option) for option in block.keys["option"]])
        upper = arrays.upper[block.span]
        entries = part[:, block.span].tocoo()
        if entries.nnz:
            most = (
                pl.DataFrame({"row": entries.row, "site": site[entries.col], "most": entries.data * upper[entries.col]})
                .group_by("row", "site")
                .agg(pl.col("most").max())
                .group_by("row")
                .agg(pl.col("most").sum())
            )
            added[most["row"].to_numpy()] += most["most"].to_numpy()
    return added


@dataclass(frozen=True)
class StartWorths:
    """What each whole start is worth at prices, in discounted currency, if its finding is what there is.

    `gross`: with the goods at their prices and people and money free. `net`: less what it takes at their prices.
    """

    gross: Floats
    net: Floats


def start_worths(problem: Problem, row_price: Floats) -> StartWorths:
    """Worth of the starts of a `future_problem` at the prices of the solved `policy_problem` (the same rows).

    A unit of throughput brings what it sells for at these prices, or is not made.
    """
    arrays = problem.arrays
    price = row_price.copy()
    released = problem.rows["throughput"].span
    for name in ("site", "learned", "throughput"):
        price[problem.rows[name].span] = 0.0
    earned = arrays.value - arrays.matrix.T @ price
    margin = np.maximum(earned[problem.columns["throughput"].span], 0.0)
    brought = arrays.matrix.tocsr()[released][:, problem.starts].T @ margin
    net = earned[problem.starts] - brought
    for name in LIMIT_ROWS:
        price[problem.rows[name].span] = 0.0
    gross = (arrays.value - arrays.matrix.T @ price)[problem.starts] - brought
    return StartWorths(np.asarray(gross), np.asarray(net))
