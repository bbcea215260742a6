"""What running lines lose: availability × performance × quality."""

from __future__ import annotations

import polars as pl

from tawteen.case.model import Case


def losses_of(case: Case) -> pl.DataFrame:
    """Overall equipment effectiveness and lost output of every line (ISO 22400-2); columns of `Diagnosis.losses`."""
    nominal = pl.col("nominal")
    availability, performance, quality = pl.col("availability"), pl.col("performance"), pl.col("quality")
    oee = availability * performance * quality
    return case["lines"].select(
        pl.col("id").alias("line"),
        "site",
        "commodity",
        "nominal",
        oee=oee,
        lost_availability=nominal * (1 - availability),
        lost_performance=nominal * availability * (1 - performance),
        lost_quality=nominal * availability * performance * (1 - quality),
        output=nominal * oee,
    )
