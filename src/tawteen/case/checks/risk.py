"""Rules about correlations between inputs."""

from __future__ import annotations

import numpy as np
import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.checks.params import PLAUSIBILITY
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.precedents import RATIOS, class_means


def pairs(case: Case) -> list[Finding]:
    """Pairs of inputs that occur twice, and inputs paired with themselves."""
    rows = rows_of(case, "correlations").with_columns(
        pair=pl.concat_str(pl.min_horizontal("one", "other"), pl.max_horizontal("one", "other"), separator=" – ")
    )
    wrong = rows.filter((pl.col("one") == pl.col("other")) | ~pl.col("pair").is_first_distinct())
    return tell(case, "error", "check.correlation_pair", "correlations", wrong.select("at", value="pair"), "other")


def possible(case: Case) -> list[Finding]:
    """Correlations can hold together: the matrix of their scores is positive semi-definite.

    The same matrix as `appraise.risk.correlation.mixing` takes, 2·sin(π·ρ/6) of a rank correlation ρ (Pearson 1907);
    whatever is left out of it for one option is possible too.
    """
    rows = rows_of(case, "correlations").filter(pl.col("one") != pl.col("other"))
    names = sorted({*rows["one"], *rows["other"]})
    place = {name: n for n, name in enumerate(names)}
    table = np.eye(len(names))
    for one, other, rank in rows.select("one", "other", "rank").iter_rows():
        table[place[one], place[other]] = table[place[other], place[one]] = rank
    if not names or np.linalg.eigvalsh(2.0 * np.sin(np.pi * table / 6.0)).min() >= -PLAUSIBILITY.rounding:
        return []
    together = ", ".join(f"{one} – {other} {rank:g}" for one, other, rank in rows.select("one", "other", "rank").rows())
    listed = rows.head(1).select("at", value="rank").with_columns(together=pl.lit(together))
    return tell(case, "error", "check.correlation_impossible", "correlations", listed, "rank")


def silent_classes(case: Case) -> list[Finding]:
    """Precedents of each reference class that options have state cost, duration, output and survival."""
    named = rows_of(case, "options").drop_nulls("reference_class").unique("reference_class", keep="first")
    rows = named.select("at", value="reference_class").join(
        class_means(case).rename({"reference_class": "value"}), on="value", how="left", maintain_order="left"
    )
    missing = [pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in (*RATIOS, "survived")]
    listed = rows.select("at", "value", ratios=pl.concat_str(missing, separator=", ", ignore_nulls=True))
    empty = listed.filter(pl.col("ratios") != "")
    return tell(case, "note", "check.class_silent", "options", empty, "reference_class")
