"""Sensitivity analysis: tornado, switching values, goal seek, Sobol indices."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.answer import NOT_FINITE, Answer, answered
from tawteen.appraise.params import CASH_ROUNDING, SIMULATION
from tawteen.appraise.risk.cash_model import DRIVERS, CashModel
from tawteen.appraise.risk.distributions import Distribution, quantile
from tawteen.appraise.risk.simulation import Inputs, checked

Numbers = NDArray[np.float64]
NO_ROOT = "risk.no_switch"
NOTHING_VARIES = "risk.nothing_varies"


def tornado(model: CashModel, inputs: Inputs, tail: float = 0.1) -> pl.DataFrame:
    """Returns the net present value with each input at its low and high, others as planned; largest swing first.

    Columns input, low, high (quantiles at `tail` and 1 − `tail`), npv_low, npv_high, npv (deterministic), swing.
    """
    checked(inputs)
    ends = {name: quantile(distribution, [tail, 1 - tail]) for name, distribution in inputs.items()}
    values = {name: np.full(2 * len(ends) + 1, DRIVERS[name].neutral) for name in ends}
    for place, (name, pair) in enumerate(ends.items()):
        values[name][2 * place : 2 * place + 2] = pair
    npv = model.npv(values)
    rows = [
        (name, *map(float, pair), *map(float, npv[2 * i : 2 * i + 2]), float(npv[-1]))
        for i, (name, pair) in enumerate(ends.items())
    ]
    columns = ("input", "low", "high", "npv_low", "npv_high", "npv")
    frame = pl.DataFrame(rows, schema={c: pl.String if c == "input" else pl.Float64 for c in columns}, orient="row")
    swing = (pl.col("npv_high") - pl.col("npv_low")).abs()
    return frame.with_columns(swing=swing).sort("swing", "input", descending=[True, False])


def goal_seek(
    function: Callable[[Numbers], Numbers], low: float, high: float, *, target: float = 0.0, near: float | None = None
) -> Answer:
    """Returns the argument in [`low`, `high`] with `function` (of an array) equal to `target`, nearest to `near`.

    A grid search brackets the roots, Brent's method (1973) solves them. Not calculable if the function does not cross
    the target inside the range.
    """
    from scipy.optimize import brentq  # noqa: PLC0415 - takes a third of a second to load

    points = np.linspace(low, high, SIMULATION.seek_points)
    values = np.asarray(function(points)) - target
    if not np.isfinite(values).all():
        return answered(np.nan, (True, NOT_FINITE))
    hits = points[values == 0]
    crossed = np.flatnonzero(values[:-1] * values[1:] < 0)
    roots = [
        brentq(
            lambda x: float(function(np.array([x]))[0]) - target,
            *points[i : i + 2],
            xtol=SIMULATION.seek_tolerance,
        )
        for i in crossed
    ]
    solutions = np.sort(np.concatenate([hits, roots]))
    if not len(solutions) or len(hits) == SIMULATION.seek_points:
        return answered(np.nan, (True, NO_ROOT))
    return answered(solutions[np.abs(solutions - (low if near is None else near)).argmin()])


def switching(model: CashModel) -> pl.DataFrame:
    """Returns the switching value of each input: its value with a net present value of 0, all others deterministic.

    Columns input, neutral, value (null with the code `reason`), change (value less neutral), low, high (searched).
    """
    rows = []
    for name, driver in DRIVERS.items():
        low, high = _searched(model, name)
        answer = goal_seek(lambda x, n=name: model.npv({n: x}), low, high, near=driver.neutral)  # type: ignore[misc]
        value = float(answer.value)
        rows.append((name, driver.neutral, value, value - driver.neutral, low, high, str(answer.reason) or None))
    names = ("input", "neutral", "value", "change", "low", "high", "reason")
    schema = {n: pl.String if n in {"input", "reason"} else pl.Float64 for n in names}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("value", "change").fill_nan(None))


def _searched(model: CashModel, name: str) -> tuple[float, float]:
    """Returns the searched range of an input: up to ten times the plan, all shares, delays up to the horizon."""
    if name == "delay":
        return -model.early * 4.0 / model.per_year, model.periods * 4.0 / model.per_year
    driver = DRIVERS[name]
    return driver.least, min(driver.most, 10.0)


def sobol(
    function: Callable[[Mapping[str, Numbers]], Numbers],
    inputs: Mapping[str, Distribution],
    n: int = 4096,
    seed: int = 1,
) -> pl.DataFrame:
    """Returns the Sobol indices of each input: share of variance explained alone (first) and with others (total).

    Saltelli's sampling with n·(inputs + 2) runs, `n` a power of two; columns input, first, total, reason. The inputs
    are treated as independent: indices are not defined for correlated ones (Sobol 2001; Saltelli et al.
    2010). Of a cash model: `sobol(model.npv, inputs)`. Null with a reason if the function is constant.
    """
    from scipy.stats import sobol_indices  # noqa: PLC0415 - takes half a second to load

    def rows(points: Numbers) -> Numbers:
        together = SIMULATION.sobol_rows
        parts = [points[:, i : i + together] for i in range(0, points.shape[1], together)]
        return np.concatenate([function(dict(zip(inputs, part, strict=True))) for part in parts])[None, :]

    spread = rows(np.array([quantile(d, np.linspace(0.01, 0.99, 99)) for d in inputs.values()]).reshape(-1, 99))
    # Products of matrices round differently from row to row.
    if not inputs or np.ptp(spread) <= CASH_ROUNDING.constant * np.abs(spread).max():
        first = total = [None] * len(inputs)
        reasons: list[str | None] = [NOTHING_VARIES] * len(inputs)
    else:
        dists = [_Quantiles(distribution) for distribution in inputs.values()]
        indices = sobol_indices(func=rows, n=n, dists=dists, rng=np.random.default_rng(seed))
        first, total = indices.first_order.ravel().tolist(), indices.total_order.ravel().tolist()
        reasons = [None] * len(inputs)
    return pl.DataFrame(
        {"input": list(inputs), "first": first, "total": total, "reason": reasons},
        schema={"input": pl.String, "first": pl.Float64, "total": pl.Float64, "reason": pl.String},
    )


class _Quantiles:
    """Adapter of a distribution to the interface of scipy."""

    def __init__(self, distribution: Distribution) -> None:
        self._distribution = distribution

    def ppf(self, share: Numbers) -> Numbers:
        """Returns the quantile at probability `share`."""
        return quantile(self._distribution, share)
