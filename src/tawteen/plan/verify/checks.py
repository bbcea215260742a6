"""Counting checks and collecting what does not hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from tawteen.case.findings import Finding
from tawteen.case.model import Calendar
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES


@dataclass
class Checks:
    """What was checked, by kind of limit, and what was found.

    A limit holds when `used ≤ allowed + relative · size` of the tolerances, size being the largest of used and allowed
    (and of the sums they are differences of) at that limit's id over all periods, and at least `least_size`.
    `nothing` says that it is the solution of doing nothing that is being checked.
    """

    calendar: Calendar
    nothing: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    measured: dict[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def broken(self) -> bool:
        """Whether something does not hold."""
        return any(finding.severity == "error" for finding in self.findings)

    def at_most(self, limit: str, rows: pl.DataFrame) -> None:
        """Hold `used ≤ allowed` on rows of id, period (null or absent: none), used, allowed (null: no limit), size."""
        rows = rows.with_columns(pl.lit(None, pl.Int64).alias("period")) if "period" not in rows.columns else rows
        rows = rows.with_columns(pl.lit(0.0).alias("size")) if "size" not in rows.columns else rows
        self.measured[limit] = rows.select("id", "period", "used", "allowed")
        rows = rows.filter(pl.col("allowed").is_not_null())
        self.counts[limit] = self.counts.get(limit, 0) + rows.height
        size = pl.max_horizontal(pl.col("used").abs(), pl.col("allowed").abs(), "size").max().over("id")
        size = pl.max_horizontal(size, pl.lit(CHECK_TOLERANCES.least_size))
        broken = rows.filter(pl.col("used") > pl.col("allowed") + CHECK_TOLERANCES.relative * size)
        for row in broken.sort("id", "period").iter_rows(named=True):
            self.report(limit, row["id"], row["period"], row["used"], row["allowed"])

    def measured_rows(self) -> pl.DataFrame:
        """What was measured of limits from above: kind, id, period, measured, allowed (null where no limit).

        Of balances the sides are what leaves and what enters: they allow nothing of themselves. Uptake is a limit from
        below, held with both sides turned.
        """
        parts = [
            rows.select(
                kind=pl.lit(kind), id=pl.col("id").cast(pl.String), period=pl.col("period").cast(pl.Int64),
                measured=pl.col("used").cast(pl.Float64) * (-1.0 if kind == "uptake" else 1.0),
                allowed=pl.lit(None, pl.Float64) if kind == "balance"
                else pl.col("allowed").cast(pl.Float64) * (-1.0 if kind == "uptake" else 1.0),
            )
            for kind, rows in self.measured.items()
        ]  # fmt: skip
        return pl.concat(parts)

    def equal(self, limit: str, rows: pl.DataFrame) -> None:
        """Hold `used = allowed`, both ways, counting each row once."""
        before = self.counts.get(limit, 0)
        size = pl.max_horizontal(pl.col("used").abs(), pl.col("allowed").abs())
        self.at_most(limit, rows.with_columns(size=size))
        swapped = rows.with_columns(used=-pl.col("used"), allowed=-pl.col("allowed"), size=size)
        count_before = len(self.findings)
        self.at_most(limit, swapped)
        self.findings[count_before:] = [_turned(f) for f in self.findings[count_before:]]
        self.counts[limit] = before + rows.height

    def none_of(self, limit: str, rows: pl.DataFrame) -> None:
        """Reports every row (id, period): none may exist."""
        self.counts[limit] = self.counts.get(limit, 0) + max(rows.height, 1)
        for row in rows.iter_rows(named=True):
            self.report(limit, row["id"], row.get("period"))

    def proves(self, limit: str, name: str, proof: float, stated: float | None, *, in_play: float) -> float | None:
        """What prices prove, None where it is not finite; it is held against what is stated, within the tolerance of
        money in play. Where a limit is broken already, prices have nothing left to prove.
        """
        self.counts[limit] = 1
        recomputed = proof if math.isfinite(proof) else None
        if recomputed is None or stated is None:
            agrees = recomputed is None and stated is None
        else:
            agrees = abs(recomputed - stated) <= CHECK_TOLERANCES.money * in_play
        if not self.broken and not agrees:
            self.report(limit, name, None, stated, recomputed)
        return recomputed

    def report(
        self, limit: str, name: str, period: int | None = None, used: float | None = None, allowed: float | None = None
    ) -> None:
        """Adds a finding; its sentence is `verify.LIMIT`."""
        when = "–" if period is None else self.calendar.label(period)
        args = {"limit": limit, "id": name, "period": when, "used": used, "allowed": allowed, "nothing": self.nothing}
        self.findings.append(Finding("error", f"verify.{limit}", value=name, args=args))


def _turned(finding: Finding) -> Finding:
    args: Mapping[str, object] = finding.args
    signs = {key: -value for key in ("used", "allowed") if isinstance(value := args[key], float)}
    return Finding(finding.severity, finding.code, value=finding.value, args={**args, **signs})
