"""Seats of courses and trainers that options add once they operate, from the definitions of the case."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.verify.solution import ClaimedSolution

Grid = NDArray[np.float64]


def added_by_options(claim: ClaimedSolution) -> pl.DataFrame:
    """option, quarter, pool_kind (course or trainers), pool, amount: by quarter from the start of each option.

    What an option adds is there as far as the option is expected to operate; of trainers so many leave each year as of
    their pool.
    """
    leaves = dict(claim.case.filled("trainers").select("id", "attrition").iter_rows())
    rows = [(*row, "course", 0.0) for row in claim.case["added_seats"].select("option", "course", "seats").iter_rows()]
    rows += [
        (option, pool, headcount, "trainers", leaves.get(pool, 0.0))
        for option, pool, headcount in claim.case["added_trainers"]
        .select("option", "trainer_pool", "headcount")
        .iter_rows()
    ]
    first = dict(claim.effects.options.select("option", "operating_from").iter_rows())
    added = []
    for option, pool, full, kind, leave in rows:
        share = claim.effects.profile.filter(pl.col("option") == option).select("quarter", "operating")
        for quarter, operating in share.iter_rows():
            if operating > 0:
                stays = (1.0 - leave) ** (max(quarter - (first[option] or 0), 0) / 4)
                added.append((option, quarter, kind, pool, full * operating * stays))
    schema = {"option": pl.String, "quarter": pl.Int64, "pool_kind": pl.String, "pool": pl.String,
              "amount": pl.Float64}  # fmt: skip
    return pl.DataFrame(added, schema=schema, orient="row")


def added_by_picks(claim: ClaimedSolution) -> dict[tuple[str, str], Grid]:
    """What the options that are picked add to each pool (kind, id), by period."""
    added_amounts: dict[tuple[str, str], Grid] = {}
    for kind, pool, period, amount in (
        claim.shifted(added_by_options(claim)).select("pool_kind", "pool", "period", "amount").iter_rows()
    ):
        added_amounts.setdefault((kind, pool), np.zeros(claim.periods))[period] += amount
    return added_amounts


def most_added(claim: ClaimedSolution) -> dict[tuple[str, str], float]:
    """What all options together could add to each pool in any period, an upper bound."""
    most: dict[tuple[str, str], float] = {}
    each = added_by_options(claim).group_by("option", "pool_kind", "pool").agg(pl.col("amount").max())
    for kind, pool, amount in each.select("pool_kind", "pool", "amount").iter_rows():
        most[kind, pool] = most.get((kind, pool), 0.0) + amount
    return most


def providers(claim: ClaimedSolution) -> dict[str, str]:
    """Who provides each course, and so teaches the seats that options add to it."""
    return {course: unit or "academy" for course, unit in claim.case["courses"].select("id", "unit").iter_rows()}
