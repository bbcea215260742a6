"""Whether people, money, credit and places carry starts of one future, with what is known from earlier answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.policies.params import POLICY_PARAMS, PolicyParams
from tawteen.plan.problem import Problem
from tawteen.plan.solver import Relaxation
from tawteen.plan.tolerances import TOLERANCES

Indices = NDArray[np.int64]

LIMIT_ROWS = ("pool", "seats", "trainers", "outlay", "fund", "credit")
LIMIT_COLUMNS = ("pool_supply", "draw", "fund_left")


class FutureLimits:
    """Whether people, money and credit suffice for starts, whatever is made and sold.

    Sales that refill funds are left out, so that no start rests on them; goods limit no start, because what is made may
    be less than a start allows. Courses are taught by the seat: whole classes take more (`with_whole_classes`).

    Most questions are answered by earlier ones. What takes no more of any limit than starts that were carried is
    carried, because supply, money and places may be left unused; what breaks the same limits in the same mixture as
    starts that were not carried is not (a Farkas certificate: the dual ray of the infeasible linear model).
    """

    def __init__(self, problem: Problem, params: PolicyParams = POLICY_PARAMS, more: Floats | None = None) -> None:
        """`problem`: of `future_problem`; `more` is added to the upper limits of the rows `LIMIT_ROWS`."""
        self._earlier = params.kept_answers - 1
        arrays = problem.arrays
        rows, columns = limit_rows(problem), _joined([problem.columns[name].span for name in LIMIT_COLUMNS])
        part = arrays.matrix.tocsr()[rows].tocsc()
        self._takes = sparse.csc_matrix(part[:, problem.starts])
        self._lower = arrays.row_lower[rows]
        self._upper = arrays.row_upper[rows] + (0.0 if more is None else more)
        self._rows = np.arange(len(rows))
        self._supply = part[:, columns]
        self._column_lower, self._column_upper = arrays.lower[columns], arrays.upper[columns]
        self._relaxation = Relaxation(
            MilpArrays(
                self._supply, np.zeros(len(columns)), self._column_lower, self._column_upper,
                np.zeros(len(columns), dtype=bool), self._lower, self._upper,
            )
        )  # fmt: skip
        self._carried = np.zeros((0, len(rows)))
        self._rays, self._least = np.zeros((0, len(rows))), np.zeros(0)

    def allow(self, starts: Floats) -> bool:
        """Whether all limits can be kept, now and later, with these starts and no others."""
        return self.carry(self._takes @ starts)

    def used(self, starts: Sequence[int]) -> Floats:
        """What the starts at these places take of each limit."""
        first, last = self._takes.indptr[:-1], self._takes.indptr[1:]
        parts = [slice(first[start], last[start]) for start in starts]
        row = np.concatenate([np.zeros(0, dtype=np.int64), *(self._takes.indices[part] for part in parts)])
        amount = np.concatenate([np.zeros(0), *(self._takes.data[part] for part in parts)])
        return np.bincount(row, amount, len(self._rows)).astype(np.float64)

    def carry(self, used: Floats) -> bool:
        """Whether all limits can be kept when so much is taken of each."""
        if (used <= self._carried + TOLERANCES.zero).all(axis=1).any():
            return True
        if (self._rays @ used > self._least).any():
            return False
        self._relaxation.limit(self._rows, self._lower - used, self._upper - used)
        if self._relaxation.objective() is not None:
            self._carried = np.vstack([used, self._carried[: self._earlier]])
            return True
        self._keep_ray(used)
        return False

    def _keep_ray(self, used: Floats) -> None:
        """Keeps the certificate that `used` cannot be carried, where the solver has one that holds in these units."""
        ray = self._relaxation.dual_ray()
        for y in () if ray is None else (ray, -ray):
            price = np.where(np.where(y > 0, np.isfinite(self._lower), np.isfinite(self._upper)), y, 0.0)
            size = float(np.abs(price).max(initial=0.0)) or 1.0
            price = price / size
            earned = self._supply.T @ price
            earned[np.abs(earned) < TOLERANCES.feasibility] = 0.0
            with np.errstate(invalid="ignore"):
                ends = np.maximum(earned * self._column_lower, earned * self._column_upper)
            most = float(np.where(earned == 0.0, 0.0, ends).sum())
            side = np.where(price > 0, self._lower, self._upper)
            least_supply = float(np.where(price != 0.0, side, 0.0) @ price)
            least = least_supply - most
            margin = TOLERANCES.feasibility * (abs(least_supply) + abs(most) + float(np.abs(price) @ np.abs(used)))
            if np.isfinite(least) and price @ used < least - margin:
                self._rays = np.vstack([-price, self._rays[: self._earlier]])
                self._least = np.append(-least + margin, self._least[: self._earlier])
                return


def limit_rows(problem: Problem) -> Indices:
    """Indices of the rows `LIMIT_ROWS`."""
    return _joined([problem.rows[name].span for name in LIMIT_ROWS])


def _joined(spans: list[slice]) -> Indices:
    return np.concatenate([np.arange(span.start, span.stop) for span in spans])
