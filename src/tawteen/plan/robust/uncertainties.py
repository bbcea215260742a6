"""The uncertain quantities of a case with the source of each range; scenarios are drawn from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.model import Case
from tawteen.case.precedents import RATIOS, tells_spread
from tawteen.case.ranges import CHANCES, premium_range, ranged_cells
from tawteen.diagnose.gates import gates_of
from tawteen.plan.robust.shocks import SHOCKS, Shock

UNCERTAINTY_SCHEMA = {
    "unknown": pl.Int64, "kind": pl.String, "subject": pl.String, "site": pl.String, "table": pl.String,
    "column": pl.String, "source": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Uncertainties:
    """Everything that is drawn; number i of `frame` has the i-th random number of a scenario.

    Frames:
    - `frame`: unknown (its number), kind (value, gate, success, precedent, survival, premium, shock), subject (site,
      row, commodity, region or year it is about), site (null where it is about none), table, column (of a value; the
      gate of a gate; the ratio of a precedent; the shock's id), source (evidence, table, precedents, case, assumed).
    - `cells`: unknown, table, column, place (row of the table), low, mode, high. The cells of one unknown move
      together: an error in what is assumed of a site's works is an error in all of them.
    - `together`: for each unknown the one whose random number it has: its own, or for gates of one decision that of the
      first of them.
    - `classes`: site, reference_class of every class that a site's options have.
    """

    frame: pl.DataFrame
    cells: pl.DataFrame
    classes: pl.DataFrame

    together: NDArray[np.int64]

    @property
    def count(self) -> int:
        """Number of unknowns."""
        return self.frame.height


def unknowns(case: Case, shocks: Sequence[Shock] = SHOCKS) -> Uncertainties:
    """The unknowns of `case`: ranges of values, chances of gates and pilots, precedents, and `shocks`.

    Ranges are those of `tawteen.case.ranges`, whose means the plan takes: the mean of what is drawn is what is planned.
    The spread of cost, duration and output has one source: the past where enough precedents of a class state a ratio,
    else the ranges of the case around what the mean of the class corrects. Both at once would count it twice.
    """
    cells = _cells(case)
    keys = ["subject", "site", "table", "column", "source"]
    values = cells.select(keys).unique(maintain_order=True).with_columns(kind=pl.lit("value"))
    classes = _classes(case)
    parts = [values, _gates(case), _pilots(case), _precedents(case, classes), _premium(case), _shocks(case, shocks)]
    names = [name for name in UNCERTAINTY_SCHEMA if name != "unknown"]
    frame = pl.concat([part.select(pl.col(name).cast(UNCERTAINTY_SCHEMA[name]) for name in names) for part in parts])
    frame = frame.with_row_index("unknown").select(pl.col(name).cast(kind) for name, kind in UNCERTAINTY_SCHEMA.items())
    numbered = cells.join(
        frame.filter(pl.col("kind") == "value").select("unknown", *keys),
        on=keys,
        nulls_equal=True,
        maintain_order="left",
    ).select("unknown", "table", "column", "place", "low", "mode", "high")
    return Uncertainties(frame, numbered, classes, _together(case, frame))


def _cells(case: Case) -> pl.DataFrame:
    """Every cell that has a range, but chances: drawn is whether what they are chances of comes about."""
    chance = pl.struct("table", "column").is_in([{"table": t, "column": c} for t, c in sorted(CHANCES)])
    return ranged_cells(case).filter(~chance)


def _gates(case: Case) -> pl.DataFrame:
    """Unknown hard gates that are in force and have a stated chance."""
    rests = gates_of(case).filter(pl.col("unsure") & pl.col("chance").is_not_null())
    return rests.select(
        "site", subject="site", kind=pl.lit("gate"), table=pl.lit("blockers"), column="gate", source=pl.lit("case")
    )


def _together(case: Case, frame: pl.DataFrame) -> NDArray[np.int64]:
    """The first unknown of the decision of each gate, and itself for every other unknown."""
    decided = case["blockers"].select("decision", subject="site", column="gate", kind=pl.lit("gate"))
    return (
        frame.select("kind", "subject", "column", "unknown")
        .join(decided, on=["kind", "subject", "column"], how="left", maintain_order="left")
        .select(
            pl.when(pl.col("decision").is_null()).then("unknown").otherwise(pl.col("unknown").first().over("decision"))
        )
        .to_series()
        .to_numpy()
    )


def _pilots(case: Case) -> pl.DataFrame:
    """Options that may fail even behind open gates."""
    return (
        case.filled("options")
        .filter(pl.col("chance") < 1)
        .select(
            "site", subject="id", kind=pl.lit("success"), table=pl.lit("options"), column=pl.lit("chance"),
            source=pl.lit("case"),
        )
    )  # fmt: skip


def _classes(case: Case) -> pl.DataFrame:
    """Reference classes of each site that have a precedent: what happened to others happens to each site anew."""
    known = case["precedents"]["reference_class"].unique()
    return (
        case["options"]
        .filter(pl.col("reference_class").is_in(known.implode()))
        .select("site", "reference_class")
        .unique(maintain_order=True)
    )


def _precedents(case: Case, classes: pl.DataFrame) -> pl.DataFrame:
    """A ratio of each site and class whose precedents tell its spread (`tells_spread`), and whether it goes on."""
    by_site = classes.join(_stated_spread(case), on="reference_class", maintain_order="left")
    columns = {"subject": pl.col("site"), "table": pl.col("reference_class"), "source": pl.lit("precedents")}
    parts = [by_site.filter(r).select("site", **columns, kind=pl.lit("precedent"), column=pl.lit(r)) for r in RATIOS]
    ends = by_site.filter(pl.col("survived") < 1)
    return pl.concat([*parts, ends.select("site", **columns, kind=pl.lit("survival"), column=pl.lit("survived"))])


def _stated_spread(case: Case) -> pl.DataFrame:
    """For each class: whether its precedents give a spread for each ratio (bool), and the share that survived."""
    spreads = [tells_spread(pl.col(ratio)).alias(ratio) for ratio in RATIOS]
    survived = pl.col("survived").cast(pl.Float64).mean()
    return case["precedents"].group_by("reference_class").agg(*spreads, survived)


def _premium(case: Case) -> pl.DataFrame:
    low, _, high = premium_range(case)
    rows = [("premium", "fx_premium", None, "value", "fx_premium", "case")] if low < high else []
    names = ("kind", "subject", "site", "table", "column", "source")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


def _shocks(case: Case, shocks: Sequence[Shock]) -> pl.DataFrame:
    """Three numbers for each possible target of a shock: whether, how hard, and when it occurs."""
    rows = [
        {"kind": "shock", "subject": subject, "site": subject if shock.scope == "site" else None, "table": part,
         "column": shock.id, "source": "assumed"}
        for shock in shocks for subject in shock_targets(case, shock) for part in ("whether", "size", "when")
    ]  # fmt: skip
    names = ("kind", "subject", "site", "table", "column", "source")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))


def shock_targets(case: Case, shock: Shock) -> list[Any]:
    """Possible targets of a shock, by its scope."""
    match shock.scope:
        case "site":
            return case["options"]["site"].unique(maintain_order=True).to_list()
        case "region":
            return case["regions"]["id"].to_list()
        case "summer":
            return [str(year) for year in range(-(-case.calendar.periods // 4) + 1)]
        case _:
            return ["country"]
