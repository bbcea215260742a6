"""What the simulation returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.answer import Answer, answered
from tawteen.appraise.rates import NEVER_COSTS, NEVER_PAYS, REASONS

Numbers = NDArray[np.float64]
NO_DEBT = "risk.no_debt"
NO_RATE = "risk.no_rate"


@dataclass(frozen=True)
class SimulationResult:
    """An option on many paths, of its gain over the site as it is. P10 is what one path in ten stays below.

    One number a path: `npv` (currency), `irr` per year (NaN with the reason `REASONS[irr_kind]`), `payback` (years
    from the start until nothing is owed any more; infinite when never), `cover` (least debt service cover ratio; None
    without debt). `requested`: paths that were wanted; fewer were run where somebody stopped it.
    """

    option: str
    view: str
    inputs: tuple[str, ...]
    seed: int
    requested: int
    npv: Numbers
    irr: Numbers
    irr_kind: NDArray[np.int8]
    payback: Numbers
    cover: Numbers | None

    @property
    def paths(self) -> int:
        """Paths that were run."""
        return len(self.npv)

    @property
    def stopped(self) -> bool:
        """Whether it ended early."""
        return self.paths < self.requested

    def npv_at(self, share: float) -> float:
        """Present value that `share` of the paths stay below."""
        return float(np.quantile(self.npv, share))

    def irr_at(self, share: float) -> Answer:
        """Internal rate that `share` of the paths stay below; those that never pay lie below, never cost above, all.

        Paths with several rates or one outside of what is searched do not count. Not calculable where the path at
        this share has no rate, or none has.
        """
        codes = [REASONS.index(NEVER_PAYS), REASONS.index(NEVER_COSTS)]
        ends = np.where(self.irr_kind == codes[0], -np.inf, np.where(self.irr_kind == codes[1], np.inf, self.irr))
        counted = ends[~np.isnan(ends)]
        if not len(counted):
            return answered(np.nan, (True, NO_RATE))
        value = float(np.quantile(counted, share, method="inverted_cdf"))
        return answered(value, (value == -np.inf, NEVER_PAYS), (value == np.inf, NEVER_COSTS))

    @property
    def chance_of_loss(self) -> float:
        """Share of paths with a present value below zero."""
        return float((self.npv < 0).mean())

    @property
    def chance_uncovered(self) -> Answer:
        """Share of paths on which some payment to the lender is not covered: a cover ratio below one."""
        if self.cover is None:
            return answered(np.nan, (True, NO_DEBT))
        return answered(float((self.cover < 1.0).mean()))

    def expected_shortfall(self, share: float = 0.1) -> float:
        """Mean present value of the worst `share` of the paths (Rockafellar and Uryasev 2000)."""
        worst = max(1, round(share * self.paths))
        return float(np.partition(self.npv, worst - 1)[:worst].mean())

    @property
    def standard_error(self) -> float:
        """Of the mean present value."""
        return float(self.npv.std(ddof=min(1, self.paths - 1)) / np.sqrt(self.paths))

    def rates_missing(self) -> dict[str, float]:
        """Share of the paths without an internal rate, by the code of the reason."""
        counts = np.bincount(self.irr_kind, minlength=len(REASONS)) / self.paths
        return {reason: float(n) for reason, n in zip(REASONS, counts, strict=True) if reason and n}

    def paid_back(self) -> pl.DataFrame:
        """Columns years, share: of the paths that owe nothing any more after so many years from the start."""
        years = np.arange(1.0, np.ceil(self.payback.max(initial=1.0, where=np.isfinite(self.payback))) + 1.0)
        ordered = np.sort(self.payback)
        return pl.DataFrame({"years": years, "share": np.searchsorted(ordered, years, side="right") / self.paths})

    def summary(self) -> pl.DataFrame:
        """Columns measure, value, reason (code, null where there is a value)."""
        single = {
            "npv_mean": float(self.npv.mean()),
            **{f"npv_p{p}": self.npv_at(p / 100) for p in (10, 50, 90)},
            "chance_of_loss": self.chance_of_loss,
            "expected_shortfall": self.expected_shortfall(),
        }
        rows = [(name, answered(value)) for name, value in single.items()]
        rows += [(f"irr_p{p}", self.irr_at(p / 100)) for p in (10, 50, 90)]
        rows += [("chance_uncovered", self.chance_uncovered)]
        return pl.DataFrame(
            [(name, float(a.value), str(a.reason) or None) for name, a in rows],
            schema={"measure": pl.String, "value": pl.Float64, "reason": pl.String},
            orient="row",
        ).with_columns(pl.col("value").fill_nan(None))
