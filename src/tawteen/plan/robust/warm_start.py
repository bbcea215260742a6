"""Warm start: the basis of a solved linear model, by keys of columns and rows, for the next similar model.

Scenarios have different columns for the same keys. The simplex method started from the basis of the base case needs a
twentieth of the iterations and ends at the same value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.fused import fused
from tawteen.plan.model_builder import Floats, ModelBlock
from tawteen.plan.problem import Problem
from tawteen.plan.solver import Relaxation, Solution, States

Places = NDArray[np.int64]
Named = tuple[pl.DataFrame, NDArray[Any]]
"""Names, and a number for each."""
LOWER, BASIC = 0, 1
KEY_TYPES = (pl.String, pl.Int64)
"""Types of the keys that name a column or row; numbers among the keys are facts of the scenario."""


@dataclass(frozen=True)
class ModelPart:
    """Columns and rows of a planning problem that a linear model contains; −1 marks rows and columns of its own."""

    columns: Places
    rows: Places


@dataclass(frozen=True)
class WarmStart:
    """Keys of each block of columns and of rows, and the state of each (`solver.Relaxation.basis`).

    `prices` are those of the rows, where they were asked for.
    """

    columns: Mapping[str, Named]
    rows: Mapping[str, Named]
    prices: Mapping[str, Named]


def standing(relaxation: Relaxation, model: Problem, part: ModelPart, price: Floats | None = None) -> WarmStart:
    """The warm start from the basis of `relaxation`, which contains `part` of `model`; `price` of its rows."""
    columns, rows = relaxation.basis
    height, width = model.arrays.matrix.shape
    prices = np.zeros(height)
    prices[part.rows] = 0.0 if price is None else price
    return WarmStart(
        _named(model.columns, _spread(columns, part.columns, width, LOWER)),
        _named(model.rows, _spread(rows, part.rows, height, BASIC)),
        {} if price is None else _named(model.rows, prices),
    )


def apply_warm_start(relaxation: Relaxation, model: Problem, part: ModelPart, before: WarmStart) -> None:
    """Sets the basis of a similar model; new columns start at their lower bound and new rows are basic."""
    height, width = model.arrays.matrix.shape
    columns = _gathered(model.columns, before.columns, np.full(width, LOWER, dtype=np.int8))
    rows = _gathered(model.rows, before.rows, np.full(height, BASIC, dtype=np.int8))
    relaxation.set_basis(_taken(columns, part.columns, LOWER), _taken(rows, part.rows, BASIC))


def prices_there(model: Problem, before: WarmStart) -> Floats:
    """Prices of the rows of `model` from a similar model's solution; 0 for rows that it did not have."""
    return _gathered(model.rows, before.prices, np.zeros(model.arrays.matrix.shape[0]))


def solved(relaxation: Relaxation) -> Solution:
    """Solves from the current basis, and again with presolve if that failed."""
    solution = relaxation.solve()
    return relaxation.solve(presolve=True) if solution.outcome == "limit" else solution


def _spread(states: States, places: Places, count: int, default: int) -> States:
    known = places >= 0
    states_of_all = np.full(count, default, dtype=np.int8)
    states_of_all[places[known]] = states[known]
    return states_of_all


def _taken(states: States, places: Places, default: int) -> States:
    return np.where(places >= 0, states[places], default).astype(np.int8)


def _named(blocks: Mapping[str, ModelBlock], numbers: NDArray[Any]) -> dict[str, Named]:
    return {name: (_keys(block), numbers[block.span]) for name, block in blocks.items()}


def _keys(block: ModelBlock) -> pl.DataFrame:
    return pl.DataFrame([column for column in block.keys.iter_columns() if column.dtype in KEY_TYPES])


def _gathered(blocks: Mapping[str, ModelBlock], before: Mapping[str, Named], defaults: NDArray[Any]) -> NDArray[Any]:
    """Numbers of `before` in the order of `blocks`, matched by key; `defaults` where `before` has no such key."""
    for name, block in blocks.items():
        if name not in before or not block.keys.height:
            continue
        keys, (earlier, numbers) = _keys(block), before[name]
        if keys.equals(earlier):
            defaults[block.span] = numbers
        elif keys.columns == earlier.columns and keys.width:
            known = earlier.lazy().with_columns(number=pl.Series(numbers)).unique(keys.columns, keep="first")
            joined = keys.lazy().join(known, on=keys.columns, how="left", nulls_equal=True, maintain_order="left")
            known_numbers = fused(joined.select("number"))["number"]
            known_rows = known_numbers.is_not_null().to_numpy()
            defaults[block.span][known_rows] = known_numbers.drop_nulls().to_numpy()
    return defaults
