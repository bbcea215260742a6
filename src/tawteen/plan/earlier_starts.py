"""The starts of an earlier programme among those of a planning problem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.problem import Problem
from tawteen.plan.programme import Programme


@dataclass(frozen=True)
class KnownStarts:
    """Starts to begin from where no whole programme is known: a table `sites` with option and period."""

    sites: pl.DataFrame

    @classmethod
    def from_pairs(cls, starts: Iterable[tuple[str, int]]) -> KnownStarts:
        """The starts that a `ProgressEvent` tells."""
        return cls(pl.DataFrame(list(starts), {"option": pl.String, "period": pl.Int64}, orient="row"))


def earlier_starts(model: Problem, start: Programme | KnownStarts | None) -> NDArray[np.int64]:
    """Columns of the starts of an earlier programme that are possible in this problem."""
    if start is None:
        return np.zeros(0, dtype=np.int64)
    keys = model.columns["start"].keys.select("option", "period").with_row_index("place").cast({"place": pl.Int64})
    placed = start.sites.drop_nulls(["option", "period"]).join(keys, on=["option", "period"])
    return np.asarray(placed["place"].sort().to_numpy() + model.starts.start, dtype=np.int64)
