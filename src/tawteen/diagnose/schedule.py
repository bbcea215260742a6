"""The network of works of every option at once: earliest weeks in one forward pass, slack in one backward pass."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case

Weeks = NDArray[np.float64]
Places = NDArray[np.int64]


def schedule_of(case: Case, corrected: pl.DataFrame) -> pl.DataFrame:
    """Earliest start and finish of every work package, in weeks from the start of the works proper.

    `corrected` is what `corrections` returns: the duration ratio stretches weeks and lags alike, so that the whole
    stretches by it. Critical path method, finish to start (Kelley and Walker 1959). Columns of `Diagnosis.schedule`.
    Raises CaseError where packages wait for each other in a circle, or for one that the option does not have.
    """
    works = (
        case.filled("works")
        .join(corrected.select("option", "duration_ratio"), on="option", how="inner", maintain_order="left")
        .with_columns(pl.col("weeks", "lag") * pl.col("duration_ratio"))
        .with_row_index("place")
    )
    before, after = _edges(works)
    weeks, lag = works["weeks"].to_numpy(), works["lag"].to_numpy()
    start, levels = _forward(weeks, lag, before, after, works)
    finish = start + weeks
    ends = works.select("option", finish=pl.Series(finish, dtype=pl.Float64)).select(
        pl.col("finish").max().over("option")
    )
    late = _backward(weeks + lag, before, after, levels, ends["finish"].to_numpy())
    return works.select("option", work="id").with_columns(
        start=pl.Series(start, dtype=pl.Float64),
        finish=pl.Series(finish, dtype=pl.Float64),
        critical=pl.Series(late - finish < 1e-6, dtype=pl.Boolean),
    )


def _edges(works: pl.DataFrame) -> tuple[Places, Places]:
    """Places of the package that comes before and of the one that waits, one pair for each dependency."""
    waits = (
        works.select("option", "id", "place", before=pl.col("after").str.split(";"))
        .explode("before", empty_as_null=True)
        .with_columns(pl.col("before").str.strip_chars())
        .filter(pl.col("before").is_not_null() & (pl.col("before") != ""))
        .join(works.select("option", before="id", first="place"), on=["option", "before"], how="left")
    )
    unknown = waits.filter(pl.col("first").is_null())
    if unknown.height:
        raise CaseError(
            [
                Finding("error", "diagnose.work_unknown", "works", column="after", value=row["before"], args=row)
                for row in unknown.select("option", "before", work="id").to_dicts()
            ]
        )
    return waits["first"].cast(pl.Int64).to_numpy(), waits["place"].cast(pl.Int64).to_numpy()


def _forward(
    weeks: Weeks, lag: Weeks, before: Places, after: Places, works: pl.DataFrame
) -> tuple[Weeks, list[Places]]:
    """Earliest starts, and the edges of each level in the order in which they were settled."""
    waiting = np.bincount(after, minlength=len(weeks))
    settled = waiting == 0
    start, ready = lag.copy(), settled.copy()
    order = np.argsort(before, kind="stable")
    bounds = np.searchsorted(before[order], np.arange(len(weeks) + 1))
    levels: list[Places] = []
    frontier = np.flatnonzero(ready)
    while frontier.size:
        edges = order[_ranges(bounds[frontier], bounds[frontier + 1])]
        levels.append(edges)
        np.maximum.at(start, after[edges], start[before[edges]] + weeks[before[edges]] + lag[after[edges]])
        np.subtract.at(waiting, after[edges], 1)
        touched = np.unique(after[edges])
        frontier = touched[waiting[touched] == 0]
        settled[frontier] = True
    if not settled.all():
        circle = works.filter(pl.Series(~settled)).group_by("option", maintain_order=True).agg("id")
        raise CaseError(
            [
                Finding("error", "diagnose.works_circle", "works", args={"option": option, "works": ", ".join(ids)})
                for option, ids in circle.iter_rows()
            ]
        )
    return start, levels


def _ranges(starts: Places, ends: Places) -> Places:
    """All whole numbers of several ranges, one after the other."""
    lengths = ends - starts
    offsets = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return np.asarray(offsets + np.arange(lengths.sum()), dtype=np.int64)


def _backward(takes: Weeks, before: Places, after: Places, levels: list[Places], ends: Weeks) -> Weeks:
    """Latest finish of each package that does not delay its option; a package `takes` its lag and its weeks."""
    late = ends.astype(np.float64).copy()
    for edges in reversed(levels):
        np.minimum.at(late, before[edges], late[after[edges]] - takes[after[edges]])
    return late
