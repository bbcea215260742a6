"""Result of the simulation of an option."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.answer import Answer, answered
from tawteen.appraise.rates import NEVER_COSTS, NEVER_PAYS, REASONS

Numbers = NDArray[np.float64]
NO_DEBT_SIMULATED = "risk.no_debt"
NO_RATE = "risk.no_rate"


@dataclass(frozen=True)
class SimulationResult:
    """Simulated net benefit of an option over the site as it is. P10 is the quantile of one path in ten.

    One number a path: `npv` (currency), `irr` per year (NaN with the reason `REASONS[irr_kind]`), `payback` (years
    from the start until cumulated cash stays non-negative; infinite if never), `cover` (least debt service cover ratio;
    None without debt). `requested`: number of paths requested; fewer were run if the simulation was stopped.
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
        """Number of paths that were run."""
        return len(self.npv)

    @property
    def stopped(self) -> bool:
        """Whether the simulation ended early."""
        return self.paths < self.requested

    def npv_at(self, share: float) -> float:
        """Returns the quantile of the net present value at probability `share`."""
        return float(np.quantile(self.npv, share))

    def irr_at(self, share: float) -> Answer:
        """Returns the quantile of the internal rate; paths that never pay count below, those that never cost above.

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
        """Share of paths with a negative net present value."""
        return float((self.npv < 0).mean())

    @property
    def chance_uncovered(self) -> Answer:
        """Share of paths with a least debt service cover ratio below 1."""
        if self.cover is None:
            return answered(np.nan, (True, NO_DEBT_SIMULATED))
        return answered(float((self.cover < 1.0).mean()))

    def expected_shortfall(self, share: float = 0.1) -> float:
        """Returns the mean net present value of the worst `share` of the paths (Rockafellar and Uryasev 2000)."""
        worst = max(1, round(share * self.paths))
        return float(np.partition(self.npv, worst - 1)[:worst].mean())

    @property
    def standard_error(self) -> float:
        """Standard error of the mean net present value."""
        return float(self.npv.std(ddof=min(1, self.paths - 1)) / np.sqrt(self.paths))

    def rates_missing(self) -> dict[str, float]:
        """Returns the share of paths without an internal rate, by reason code."""
        counts = np.bincount(self.irr_kind, minlength=len(REASONS)) / self.paths
        return {reason: float(n) for reason, n in zip(REASONS, counts, strict=True) if reason and n}

    def paid_back(self) -> pl.DataFrame:
        """Returns years and share: the share of paths paid back within so many years from the start."""
        years = np.arange(1.0, np.ceil(self.payback.max(initial=1.0, where=np.isfinite(self.payback))) + 1.0)
        ordered = np.sort(self.payback)
        return pl.DataFrame({"years": years, "share": np.searchsorted(ordered, years, side="right") / self.paths})

    def summary(self) -> pl.DataFrame:
        """Returns columns measure, value, reason (code; null if there is a value)."""
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
