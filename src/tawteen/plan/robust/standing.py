"""Where a linear model stood when it was solved, by what its columns and rows are: a start for the next one like it.

A scenario changes dates and therefore which columns there are; what a column is stays. The simplex method begun where
the base case ended needs a twentieth of the steps, and ends at the same value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.draft import Block
from tawteen.plan.problem import Problem
from tawteen.plan.solver import Relaxation, Solution, States

Places = NDArray[np.int64]
LOWER, BASIC = 0, 1
NAMES = (pl.String, pl.Int64)
"""Types of the keys that name a column or row; numbers among the keys are facts of the scenario."""


@dataclass(frozen=True)
class Part:
    """Which columns and rows of a planning problem a linear model has; −1 for those that are its own."""

    columns: Places
    rows: Places


@dataclass(frozen=True)
class Standing:
    """Keys of each block of columns and of rows, and the state of each (`solver.Relaxation.state`)."""

    columns: Mapping[str, tuple[pl.DataFrame, States]]
    rows: Mapping[str, tuple[pl.DataFrame, States]]


def standing(relaxation: Relaxation, model: Problem, part: Part) -> Standing:
    """Where `relaxation`, which has `part` of `model`, stands."""
    columns, rows = relaxation.state
    height, width = model.arrays.matrix.shape
    return Standing(
        _named(model.columns, _spread(columns, part.columns, width, LOWER)),
        _named(model.rows, _spread(rows, part.rows, height, BASIC)),
    )


def stand(relaxation: Relaxation, model: Problem, part: Part, before: Standing) -> None:
    """Stands `relaxation` where a model like it stood; what was not there is at its lower bound, or loose."""
    height, width = model.arrays.matrix.shape
    columns = _gathered(model.columns, before.columns, width, LOWER)
    rows = _gathered(model.rows, before.rows, height, BASIC)
    relaxation.begin(_taken(columns, part.columns, LOWER), _taken(rows, part.rows, BASIC))


def solved(relaxation: Relaxation) -> Solution:
    """The solution, begun afresh where the place it stood at led nowhere."""
    found = relaxation.solve()
    return relaxation.solve(presolve=True) if found.outcome == "limit" else found


def _spread(states: States, places: Places, count: int, default: int) -> States:
    known = places >= 0
    whole = np.full(count, default, dtype=np.int8)
    whole[places[known]] = states[known]
    return whole


def _taken(whole: States, places: Places, default: int) -> States:
    return np.where(places >= 0, whole[places], default).astype(np.int8)


def _named(blocks: Mapping[str, Block], states: States) -> dict[str, tuple[pl.DataFrame, States]]:
    return {name: (_keys(block), states[block.span]) for name, block in blocks.items()}


def _keys(block: Block) -> pl.DataFrame:
    return block.keys.select(name for name, kind in block.keys.schema.items() if kind in NAMES)


def _gathered(
    blocks: Mapping[str, Block], before: Mapping[str, tuple[pl.DataFrame, States]], count: int, default: int
) -> States:
    whole = np.full(count, default, dtype=np.int8)
    for name, block in blocks.items():
        if name not in before or not block.keys.height:
            continue
        keys, (earlier, states) = _keys(block), before[name]
        if keys.equals(earlier):
            whole[block.span] = states
        elif keys.columns == earlier.columns and keys.width:
            known = earlier.with_columns(state=pl.Series(states)).unique(keys.columns, keep="first")
            found = keys.join(known, on=keys.columns, how="left", nulls_equal=True, maintain_order="left")
            whole[block.span] = found["state"].fill_null(default).to_numpy()
    return whole
