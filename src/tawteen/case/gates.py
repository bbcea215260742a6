"""Which gates count for the works on a site, and how old the state of a site may be: the one place that decides."""

from __future__ import annotations

import polars as pl

from tawteen.case.codes import DECISIVE_GATES, SOFT_GATES
from tawteen.case.derived import once_per_tables
from tawteen.case.model import Case

HARD = ~pl.col("gate").is_in(SOFT_GATES)
"""An unknown one that counts makes works conditional."""

UNKNOWN = pl.col("state") == "unknown"

COUNTS = (pl.col("state") != "open") & (
    pl.col("stops").is_in(["now", "next"]) | (UNKNOWN & pl.col("gate").is_in(DECISIVE_GATES))
)
"""Rows of `blockers` that keep works from starting at once. Who does not know a decisive gate cannot know that it stops
no one, so that an unknown one counts whatever `stops` says."""


FIRST_OF_DECISION = pl.col("decision").is_null() | pl.col("decision").is_first_distinct().over("site", "unsure")
"""Of rows with the columns of `with_effects`: gates of one site and one decision open together, so that the chance of
the first of them is that of all.
"""


def with_effects(gates: pl.DataFrame) -> pl.DataFrame:
    """Rows of `blockers` with what each does to the works on its site, in six more columns (bool).

    `hard`; `counts`: it keeps works from starting at once. Of those that count, else false: `shut`: no known way opens
    it, or its date or chance is unknown; `before`: its task precedes the works; `waits`: the works start no sooner than
    its date; `unsure`: the options of the site are conditional on it.
    """
    closed, authority = pl.col("state") == "closed", pl.col("opens_by") == "authority"
    nobody = (pl.col("opens_by") == "none") | (authority & pl.col("open_date").is_null())
    unsure = UNKNOWN & pl.col("hard")
    return gates.with_columns(hard=HARD, counts=COUNTS).with_columns(
        shut=pl.col("counts") & ((closed & nobody) | (unsure & pl.col("chance").is_null())),
        before=pl.col("counts") & (closed | unsure),
        waits=pl.col("counts") & (closed | unsure) & authority,
        unsure=pl.col("counts") & unsure,
    )


@once_per_tables(lambda: ("sites", "lines", "settings.time"))
def states_of_sites(case: Case) -> pl.DataFrame:
    """How old the known state of each site is: site, state_as_of (null where no date is stated), stale (bool).

    The date is the oldest that the site and its lines state. A state is stale when it is more than
    `time.state_years` older than the start of the horizon; one without a date is not.
    """
    years = case.settings.time.state_years
    limit = pl.lit(case.settings.time.start).dt.offset_by(f"-{years}y")
    lines = case["lines"].group_by("site").agg(line_as_of=pl.col("state_as_of").min())
    return (
        case["sites"]
        .select("state_as_of", site="id")
        .join(lines, on="site", how="left", maintain_order="left")
        .select("site", state_as_of=pl.min_horizontal("state_as_of", "line_as_of"))
        .with_columns(stale=(pl.col("state_as_of") < limit).fill_null(False))
    )
