"""The front between two aims: how much of one the country gives up for more of the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.case.codes import NO_WORKS
from tawteen.case.findings import CaseError, Finding
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.case.one_line import OneLine
from tawteen.effects.employment import taken_over_persons
from tawteen.effects.parity import parity
from tawteen.plan.fixed_starts import solve_with_starts
from tawteen.plan.inputs import prepare
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.params import DEFAULTS, RobustParams
from tawteen.plan.problem import Problem, baseline_model, build_problem, relaxed
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.reduced_model import reduce_model
from tawteen.plan.robust.rechoose import Starts, good_starts, places
from tawteen.plan.scenario import apply
from tawteen.plan.solver import Stop, solve_lp, solve_mip
from tawteen.plan.tolerances import TOLERANCES
from tawteen.progress import ProgressCallback, ProgressEvent, ignore

FRONT_AIMS = ("value", "jobs", "foreign_exchange", "cash", "share")


@dataclass(frozen=True, repr=False)
class Front(OneLine):
    """Points of which none is better in both aims, of the case with this hash.

    - `points`: point (0 is the best in the first aim), a, b (what the aims come to), bound (no programme with at
      least this b has more a; null for the one with the most b), sites (started), in the units of the aims: value and
      foreign_exchange in discounted
      currency over doing nothing, jobs in persons, cash in currency saved (negative: money paid out), share as a share.
    - `starts`: point, site, option, period.
    """

    case_hash: str
    aim_a: str
    aim_b: str
    points: pl.DataFrame
    starts: pl.DataFrame


@dataclass(frozen=True)
class _FrontPoint:
    starts: Starts
    a: float
    b: float
    bound: float


def pareto(
    case: Case,
    aim_a: str = "value",
    aim_b: str = "jobs",
    points: int = 7,
    *,
    earlier: Programme | None = None,
    scenario: Scenario = Scenario(),  # noqa: B008
    seconds: float = 20.0,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
    params: RobustParams = DEFAULTS.robust,
) -> Front:
    """At most `points` programmes between the best in `aim_a` and the best in `aim_b`.

    Aims: value, jobs (new ones of the works chosen, in full: beyond the idle staff of the site and less the persons of
    a line that is taken over), foreign_exchange (earned or saved), cash (less paid out is better), and `share:REGION`
    of the investment, which can be the second aim only. Each point is the best in the first aim with at
    least so much of the second, in equal steps (ε-constraint method: Haimes, Lasdon and Wismer 1971; ties broken by the
    other aim as in Mavrotas 2009), sought for `seconds` among the best starts of each site at the point's own prices;
    `bound` is proven by the relaxation. Raises CaseError for an aim or region that means nothing, or impossible rules.
    """
    changed = apply(case, scenario)
    _check(changed, aim_a, aim_b)
    tell, stopped = progress or ignore, stop or (lambda: False)
    line = _Line(changed, aim_a, aim_b, seconds=seconds, stop=stopped, params=params)
    own = frozenset() if earlier is None else _starts_of(earlier)
    first = line.best(None, own)
    if first is None:
        raise CaseError([Finding("error", "pareto.none", args={"aim": aim_a})])
    tell(ProgressEvent("front", 1 / points))
    last = line.most(first.starts) if points > 1 else None
    tell(ProgressEvent("front", 2 / points))
    front_points = [first] if last is None else [first, last]
    for k in range(points - 2, 0, -1):
        if stopped() or last is None or last.b <= first.b:
            break
        if (point := line.best(first.b + (last.b - first.b) * k / (points - 1), front_points[-1].starts)) is not None:
            front_points.append(point)
        tell(ProgressEvent("front", (points - k + 1) / points))
    return _front(changed, aim_a, aim_b, front_points)


def _starts_of(programme: Programme) -> Starts:
    rows = programme.sites.filter(pl.col("option").is_not_null() & pl.col("period").is_not_null())
    return frozenset(rows.select("option", "period").iter_rows())


def _check(case: Case, aim_a: str, aim_b: str) -> None:
    for place, aim in enumerate((aim_a, aim_b)):
        name, _, region = aim.partition(":")
        shared = name == "share" and place == 1 and region in case["regions"]["id"]
        if not shared and (aim not in FRONT_AIMS or name == "share"):
            allowed = ", ".join([*FRONT_AIMS[:-1], *(f"share:{r}" for r in case["regions"]["id"])])
            raise CaseError([Finding("error", "pareto.aim", args={"aim": aim, "allowed": allowed})])


class _Line:
    """One case and two aims, as arrays that are solved with one bound after another."""

    def __init__(
        self, case: Case, aim_a: str, aim_b: str, *, seconds: float, stop: Callable[[], bool], params: RobustParams
    ) -> None:
        self.params = params
        self.model, self.foreign = _model(case, params.premium_step)
        self.seconds, self.stop, self.region = seconds, stop, aim_b.partition(":")[2]
        nothing = solve_lp(baseline_model(self.model.arrays, self.model)).x
        if nothing is None:
            raise CaseError([Finding("error", "pareto.none", args={"aim": aim_a})])
        self.a = self._aim(aim_a)
        self.b = self._aim("investment" if self.region else aim_b)
        self.inside = self._aim("inside") if self.region else self.b
        self.nothing = nothing
        self.idle_a, self.idle_b = float(self.a @ nothing), 0.0 if self.region else float(self.b @ nothing)

    def _aim(self, aim: str) -> Floats:
        """Coefficients of all columns, more is better."""
        model = self.model
        if aim == "value":
            return model.arrays.value
        if aim == "foreign_exchange":
            return self.foreign
        options = model.inputs.effects.options
        new = taken_over_persons(options).join(options.select("option", "new_jobs"), on="option")
        net = new.select("option", net=pl.col("new_jobs") - pl.col("persons"))
        keys = model.columns["start"].keys.join(net, on="option", how="left", maintain_order="left")
        works = ~pl.col("kind").is_in(NO_WORKS)
        paid = model.inputs.effects.outlays.group_by("option").agg(paid=pl.col("amount").sum())
        cash = keys.join(paid, on="option", how="left", maintain_order="left")["paid"].fill_null(0.0)
        each = {
            "jobs": keys.select(pl.when(works).then("net").otherwise(0.0)).to_series(),
            "cash": -cash,
            "investment": keys.select(pl.when(works).then("investment").otherwise(0.0)).to_series(),
            "inside": keys.select(
                pl.when(works & (pl.col("region") == self.region)).then("investment").otherwise(0.0)
            ).to_series(),
        }[aim]
        coefficients = np.zeros(model.arrays.matrix.shape[1])
        coefficients[model.starts] = each.to_numpy()
        return coefficients

    def most(self, start: Starts) -> _FrontPoint | None:
        """The most of the second aim.

        Of an aim that flows count for it is the most that is worth no less than doing nothing, where rules allow that:
        a country that buys nothing abroad saves all foreign exchange.
        """
        value, most = self.model.arrays.value, self.inside - self.b if self.region else self.b
        flows = np.delete(most, np.arange(self.model.starts.start, self.model.starts.stop)).any()
        for floor in (float(value @ self.nothing), -np.inf) if flows else (-np.inf,):
            arrays = self.model.arrays if floor == -np.inf else _with_row(self.model.arrays, value, floor)
            if (point := self._sought(arrays, most, self.a, start)) is not None:
                return point
        return None

    def best(self, least: float | None, start: Starts) -> _FrontPoint | None:
        """The best in the first aim with at least `least` of the second, beginning with `start`; None without one."""
        arrays = self.model.arrays if least is None else self._at_least(least)
        return self._sought(arrays, self.a, np.zeros_like(self.b) if self.region else self.b, start)

    def _sought(self, arrays: MilpArrays, first: Floats, second: Floats, start: Starts) -> _FrontPoint | None:
        starts = self.model.starts
        tie_weight = self.params.tie_share * self._size(first) / self._size(second)
        arrays = replace(arrays, value=first + tie_weight * second)
        root = solve_lp(relaxed(arrays), stop=self.stop)
        if root.value is None or root.x is None or root.column_price is None:
            return None
        keys = self.model.columns["start"].keys
        liked = frozenset(
            keys.filter(pl.Series(root.x[starts] > TOLERANCES.positive)).select("option", "period").iter_rows()
        )
        allowed = good_starts(keys.with_columns(worth=pl.Series(root.column_price[starts])), liked | start, self.params)
        gap = self.params.front_gap * abs(root.value - float(arrays.value @ self.nothing))
        best = _best_among(
            arrays, keys, allowed, start, seconds=self.seconds, gap=gap, stop=self.stop, effort=self.params.front_effort
        )
        if best is None:
            return None
        columns, x = best
        picked = frozenset(keys[columns.tolist()].select("option", "period").iter_rows())
        a = float(self.a @ x)
        # At least so much of the second aim leaves the first aim no more than the rest of what both come to together.
        bound = max(root.bound - tie_weight * float(second @ x), a) if first is self.a else np.inf
        return _FrontPoint(picked, a - self.idle_a, self._second(x), bound - self.idle_a)

    def _size(self, aim: Floats) -> float:
        """The most that a start counts in an aim; where none counts, what doing nothing comes to, at least 1."""
        return float(np.abs(aim[self.model.starts]).max(initial=0.0)) or max(abs(float(aim @ self.nothing)), 1.0)

    def _second(self, x: Floats) -> float:
        if not self.region:
            return float(self.b @ x) - self.idle_b
        total = float(self.b @ x)
        return float(self.inside @ x) / total if total > 0 else 0.0

    def _at_least(self, least: float) -> MilpArrays:
        """The model with one more row: the second aim is at least `least`."""
        if self.region:
            return _with_row(self.model.arrays, self.inside - least * self.b, 0.0)
        return _with_row(self.model.arrays, self.b, least + self.idle_b)


def _best_among(
    arrays: MilpArrays, keys: pl.DataFrame, allowed: Starts, start: Starts, *, seconds: float, gap: float,
    seed: int = 1, stop: Stop | None = None, effort: float = DEFAULTS.robust.front_effort,
) -> tuple[NDArray[np.int64], Floats] | None:  # fmt: skip
    """Start columns of the best point found with `allowed` starts, and the point; None where there is none in time.

    Binaries stand first in the arrays, as the problem writes them. The search begins with the starts `start`; it ends
    when it is within `gap` (units of value) of the best that `allowed` permits, or after `seconds`.
    """
    shut = np.setdiff1d(np.arange(keys.height), places(keys, allowed))
    upper = arrays.upper.copy()
    upper[shut] = np.minimum(upper[shut], arrays.lower[shut])
    part = reduce_model(arrays, arrays.lower, upper)
    known = solve_with_starts(arrays, places(keys, start), stop=stop).x
    solution = solve_mip(
        part.arrays, seconds=seconds, gap=gap, seed=seed, stop=stop, effort=effort,
        known=None if known is None else known[part.columns],
    )  # fmt: skip
    point = part.expand(solution.x) if solution.x is not None else known
    if point is None:
        return None
    return np.flatnonzero(arrays.integer & (point > 0.5)), point


def _with_row(arrays: MilpArrays, entries: Floats, floor: float) -> MilpArrays:
    """The model with `entries · x` at least `floor`, less what rounding takes where the floor is the very most."""
    return replace(
        arrays,
        matrix=sparse.csc_matrix(sparse.vstack([arrays.matrix, sparse.csr_matrix(entries[None, :])])),
        row_lower=np.append(arrays.row_lower, floor - 1e-7 * abs(floor) if np.isfinite(floor) else floor),
        row_upper=np.append(arrays.row_upper, np.inf),
    )


def _model(case: Case, premium_step: float) -> tuple[Problem, Floats]:
    """The planning problem, and what each column earns in foreign exchange (discounted, costs negative).

    Everything foreign carries the premium once, so that it is the slope of the value in the premium.
    """
    inputs = prepare(case)
    premium = inputs.prices.premium + premium_step
    dearer = replace(inputs.prices, premium=premium, parity=parity(inputs.case, premium))
    model, other = build_problem(inputs), build_problem(replace(inputs, prices=dearer))
    if model.arrays.value.shape != other.arrays.value.shape:
        raise RuntimeError("a slightly dearer currency changes what can be traded")
    return model, (other.arrays.value - model.arrays.value) / premium_step


def _front(case: Case, aim_a: str, aim_b: str, candidates: list[_FrontPoint]) -> Front:
    """The points that no other beats, by the first aim."""
    front_points: list[_FrontPoint] = []
    for point in sorted(candidates, key=lambda f: (-f.a, -f.b)):
        if all(point.b > other.b + TOLERANCES.positive * max(abs(other.b), 1.0) for other in front_points):
            front_points.append(point)
    owner = dict(case["options"].select("id", "site").iter_rows())
    rows = [
        (i, owner.get(option, option.removesuffix(":survey")), option, period)
        for i, point in enumerate(front_points)
        for option, period in sorted(point.starts)
    ]
    schema = {"point": pl.Int64, "site": pl.String, "option": pl.String, "period": pl.Int64}
    numbers = {"a": pl.Float64, "b": pl.Float64, "bound": pl.Float64, "sites": pl.Int64}
    rows_of_points = [
        (i, point.a, point.b, point.bound if np.isfinite(point.bound) else None, len(point.starts))
        for i, point in enumerate(front_points)
    ]
    return Front(
        case_hash(case), aim_a, aim_b,
        pl.DataFrame(rows_of_points, schema={"point": pl.Int64, **numbers}, orient="row"),
        pl.DataFrame(rows, schema=schema, orient="row"),
    )  # fmt: skip
