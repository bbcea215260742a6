"""The critical path method for the works of all options at once: one forward and one backward pass."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.works.params import NETWORK

Weeks = NDArray[np.float64]
Indices = NDArray[np.int64]


def schedule_works(case: Case, corrected: pl.DataFrame) -> pl.DataFrame:
    """Earliest start and finish of every work package, in weeks from the start of the works proper.

    `corrected` is what `corrections` returns: the duration ratio multiplies weeks and lags alike. Critical path method
    with finish-to-start dependencies (Kelley and Walker 1959). Columns of `WorksNetwork.schedule`.
    Raises CaseError where packages wait for each other in a circle, or for one that the option does not have.
    """
    works = (
        case.filled("works")
        .join(corrected.select("option", "duration_ratio"), on="option", how="inner", maintain_order="left")
        .with_columns(pl.col("weeks", "lag") * pl.col("duration_ratio"))
        .with_row_index("index")
    )
    predecessor, successor = _edges(works)
    weeks, lag = works["weeks"].to_numpy(), works["lag"].to_numpy()
    start, levels = _forward(weeks, lag, predecessor, successor, works)
    finish = start + weeks
    ends = works.select("option", finish=pl.Series(finish, dtype=pl.Float64)).select(
        pl.col("finish").max().over("option")
    )
    late = _backward(weeks + lag, predecessor, successor, levels, ends["finish"].to_numpy())
    return works.select("option", work="id").with_columns(
        start=pl.Series(start, dtype=pl.Float64),
        finish=pl.Series(finish, dtype=pl.Float64),
        critical=pl.Series(late - finish < NETWORK.week_rounding, dtype=pl.Boolean),
    )


def _edges(works: pl.DataFrame) -> tuple[Indices, Indices]:
    """Indices of the package that comes before and of the one that waits, one pair for each dependency."""
    waits = (
        works.select("option", "id", "index", before=pl.col("after").str.split(";"))
        .explode("before", empty_as_null=True)
        .with_columns(pl.col("before").str.strip_chars())
        .filter(pl.col("before").is_not_null() & (pl.col("before") != ""))
        .join(works.select("option", before="id", first="index"), on=["option", "before"], how="left")
    )
    unknown = waits.filter(pl.col("first").is_null())
    if unknown.height:
        raise CaseError(
            [
                Finding("error", "diagnose.work_unknown", "works", column="after", value=row["before"], args=row)
                for row in unknown.select("option", "before", work="id").to_dicts()
            ]
        )
    return waits["first"].cast(pl.Int64).to_numpy(), waits["index"].cast(pl.Int64).to_numpy()


def _forward(
    weeks: Weeks, lag: Weeks, predecessor: Indices, successor: Indices, works: pl.DataFrame
) -> tuple[Weeks, list[Indices]]:
    """Earliest start (weeks) of each package, and the dependencies of each topological level."""
    waiting = np.bincount(successor, minlength=len(weeks))
    settled = waiting == 0
    start, ready = lag.copy(), settled.copy()
    order = np.argsort(predecessor, kind="stable")
    bounds = np.searchsorted(predecessor[order], np.arange(len(weeks) + 1))
    levels: list[Indices] = []
    frontier = np.flatnonzero(ready)
    while frontier.size:
        edges = order[_ranges(bounds[frontier], bounds[frontier + 1])]
        levels.append(edges)
        first, second = predecessor[edges], successor[edges]
        np.maximum.at(start, second, start[first] + weeks[first] + lag[second])
        np.subtract.at(waiting, second, 1)
        touched = np.unique(second)
        frontier = touched[waiting[touched] == 0]
        settled[frontier] = True
    if not settled.all():
        cyclic = works.filter(pl.Series(~settled)).group_by("option", maintain_order=True).agg("id")
        raise CaseError(
            [
                Finding("error", "diagnose.works_circle", "works", args={"option": option, "works": ", ".join(ids)})
                for option, ids in cyclic.iter_rows()
            ]
        )
    return start, levels


def _ranges(starts: Indices, ends: Indices) -> Indices:
    """The concatenated integers of the half-open ranges from `starts` to `ends`."""
    lengths = ends - starts
    offsets = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return np.asarray(offsets + np.arange(lengths.sum()), dtype=np.int64)


def _backward(durations: Weeks, predecessor: Indices, successor: Indices, levels: list[Indices], ends: Weeks) -> Weeks:
    """Latest finish (weeks) of each package that does not delay its option; `durations` are weeks with lag."""
    late = ends.astype(np.float64).copy()
    for edges in reversed(levels):
        np.minimum.at(late, predecessor[edges], late[successor[edges]] - durations[successor[edges]])
    return late
