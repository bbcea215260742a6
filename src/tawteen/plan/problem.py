"""The planning problem: the mixed-integer model of a case as arrays, with frames that name its columns and rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.appraise.value import nothing_cost
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.limits.choices import add_starts, add_throughput
from tawteen.plan.limits.goods import add_goods
from tawteen.plan.limits.money import add_money
from tawteen.plan.limits.negligible import without_negligible
from tawteen.plan.limits.pools import add_pools
from tawteen.plan.limits.rules import add_rules
from tawteen.plan.model_builder import MilpArrays, ModelBlock, ModelBuilder, no_columns


@dataclass(frozen=True)
class Problem:
    """The model of docs/method.md; values are in discounted currency.

    `constant` is the value of what no decision changes; the value of a programme is `arrays.value · x + constant`.

    Column blocks: start, throughput, pool_supply, draw, fund_left; with goods import, export, transport, stock, unmet,
    supply; with courses that are taught in classes class, away (places at third parties), empty_seats. Row blocks:
    site, throughput, pool, seats, trainers, outlay, fund, credit, rule; with goods balance, route, import_limit,
    export_limit, uptake; with classes class, taught, sent.
    """

    inputs: PlanInputs
    arrays: MilpArrays
    columns: Mapping[str, ModelBlock]
    rows: Mapping[str, ModelBlock]
    constant: float

    @property
    def starts(self) -> slice:
        """Indices of the start binaries."""
        return self.columns["start"].span


def build_problem(inputs: PlanInputs, only: pl.DataFrame | None = None) -> Problem:
    """The planning problem of `inputs`; with `only` (option, period), no other starts are possible."""
    builder = ModelBuilder()
    return build_around_starts(inputs, builder, add_starts(inputs, builder, only))


def build_around_starts(
    inputs: PlanInputs,
    builder: ModelBuilder,
    starts: pl.DataFrame,
    add_rules: Callable[[PlanInputs, ModelBuilder, pl.DataFrame], None] = add_rules,
) -> Problem:
    """The planning problem of `starts` (see `add_starts`), whose columns `builder` has already.

    `add_rules` adds the rows of the rules.
    """
    throughput = add_throughput(inputs, builder, starts)
    add_goods(inputs, builder, throughput)
    supply = add_pools(inputs, builder, starts)
    add_money(inputs, builder, starts, throughput, supply)
    add_rules(inputs, builder, starts)
    columns, rows = builder.blocks
    constant = -nothing_cost(inputs.case, inputs.effects, inputs.prices)
    return Problem(inputs, without_negligible(builder.arrays(), rows), columns, rows, constant)


def choices(starts: pl.DataFrame) -> pl.Series:
    """What each start is one possible choice of: its site, or one finding of it where starts name findings."""
    names = ["site", "finding"] if "finding" in starts.columns else ["site"]
    return starts.select(choice=pl.struct(names).rank("dense").cast(pl.Int64) - 1)["choice"]


def baseline_model(arrays: MilpArrays, problem: Problem) -> MilpArrays:
    """The linear model of doing nothing: no start, and no rule that could require one."""
    upper, row_lower, row_upper = arrays.upper.copy(), arrays.row_lower.copy(), arrays.row_upper.copy()
    upper[problem.starts] = 0.0
    row_lower[problem.rows["rule"].span] = -np.inf
    row_upper[problem.rows["rule"].span] = np.inf
    return relaxed(replace(arrays, upper=upper, row_lower=row_lower, row_upper=row_upper))


def fix_starts(arrays: MilpArrays, columns: NDArray[np.int64]) -> MilpArrays:
    """The model in which the binaries `columns` are 1 and all others 0: linear but for its `whole` columns."""
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    lower[arrays.integer] = upper[arrays.integer] = 0.0
    lower[columns] = upper[columns] = 1.0
    return replace(arrays, lower=lower, upper=upper, integer=np.zeros_like(arrays.integer))


def required_starts(problem: Problem) -> NDArray[np.bool_]:
    """Starts that a rule may ask for: those that count towards what must at least be reached."""
    arrays = problem.arrays
    place = problem.rows["rule"].span
    coefficients = arrays.matrix.tocsr()[place][np.flatnonzero(np.isfinite(arrays.row_lower[place]))]
    return np.asarray(np.asarray((coefficients > 0).sum(axis=0)).ravel()[arrays.integer] > 0)


def only_required(problem: Problem) -> MilpArrays:
    """The model with no other starts than those that a rule may ask for, and nothing to maximise."""
    arrays, upper = problem.arrays, problem.arrays.upper.copy()
    upper[np.flatnonzero(arrays.integer)[~required_starts(problem)]] = 0.0
    return replace(arrays, upper=upper, value=np.zeros_like(arrays.value))


def relaxed(arrays: MilpArrays) -> MilpArrays:
    """The linear relaxation of the model."""
    return replace(arrays, integer=np.zeros_like(arrays.integer), whole=no_columns())


def independent_columns(arrays: MilpArrays) -> NDArray[np.bool_]:
    """Mask of the columns in connected components without binaries: their optimum does not depend on the starts."""
    height, width = arrays.matrix.shape
    pattern = arrays.matrix.tocoo()
    links = sparse.coo_matrix(
        (np.ones(pattern.nnz, dtype=np.int8), (pattern.row, pattern.col + height)), shape=(height + width,) * 2
    )
    _, label = sparse.csgraph.connected_components(links, directed=False)
    component = label[height:]
    with_binaries = np.unique(component[arrays.integer])
    independent: NDArray[np.bool_] = ~np.isin(component, with_binaries)
    return independent
