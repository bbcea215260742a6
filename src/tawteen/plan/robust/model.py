"""Result of a robustness analysis."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from tawteen.case.one_line import OneLine
from tawteen.plan.gains import quantile_of, share_of_losses

POLICY_RUNS = {"scenario": pl.Int64, "future": pl.Int64, "policy": pl.Float64, "path": pl.Float64}


def _mean(gains: Sequence[float]) -> float:
    return sum(gains) / len(gains)


FIGURES_OF_BOTH: Mapping[str, Callable[[Sequence[float]], float]] = {
    "expected": _mean,
    **{f"p{share}": partial(quantile_of, share=share / 100) for share in (10, 50, 90)},
    "chance_of_loss": share_of_losses,
}
"""What is read of the gains of the policy and of the single path in the same futures."""


@dataclass(frozen=True, repr=False)
class Robustness(OneLine):
    """A programme under many scenarios. Money in the case's currency; value is over doing nothing, discounted.

    P50 of a figure is reached in half of the scenarios, P80 in four of five: for value at least that much, for cash at
    most that much, for dates no later. Frames:
    - `runs`: scenario, gain, firm_gain (firm part alone), cash (paid for works and all else, undiscounted), short (of
      it what no fund had in time), first, last (period in which the first and last option chosen operates, or null).
    - `figures`: figure (gain, firm_gain, cash, short, first, last), base, mean, p50, p80 (null where not reached).
    - `sites`: site, option, status, start (period planned), operates, operates_p50, operates_p80 (periods, null:
      never), reaches (share of scenarios in which it operates), worth_p50, worth_p80 (of its start at the scenario's
      prices), pays (share of scenarios in which that is above 0), worth (of its start as planned), worth_mean,
      worth_p10, worth_p90 (tenths of the scenarios lie below and above), loses (share in which it is below 0).
    - `options`: site, option, kind, status (in the programme, or null), chosen (share of the replans), robust (core,
      rim or out): a site is core where its option is chosen in four of five replans.
    - `often`: site, chosen (share of the replans in which one of its works is), robust (core, rim, out).
    - `values`: kind (gate or value), subject, site, table, column, source, worth: what knowing it first would add.
    - `surveys`: site, gates, values, worth (of knowing all of the site), cost (of its survey), net, ratio.
    - `policy_runs`: scenario, future (of the policy, whose findings it meets), policy, path (gains of the policy and of
      the single path there); empty where the programme has no policy.
    - `shocks`: shock, scope, chance, low, mode, high, unit: what was assumed beside the case.

    `beats` is the share of scenarios in which the firm part is worth more than doing nothing (null without a firm
    part), `gains` that of the whole; `replans` counts the scenarios in which the choice was made anew. Half of these
    choices are within `replan_gap` of the most that any choice among the starts compared could gain there: by a bound,
    for they are not proven to be best (null where none of them gains).
    """

    case_hash: str
    seed: int
    scenarios: int
    replans: int
    seconds: float
    beats: float | None
    gains: float
    replan_gap: float | None
    runs: pl.DataFrame
    figures: pl.DataFrame
    sites: pl.DataFrame
    options: pl.DataFrame
    often: pl.DataFrame
    values: pl.DataFrame
    surveys: pl.DataFrame
    shocks: pl.DataFrame
    policy_runs: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=POLICY_RUNS))

    @property
    def policy_figures(self) -> pl.DataFrame:
        """Policy and path in the same futures: figure (expected, p10, p50, p90, chance_of_loss), policy, path."""
        if self.policy_runs.is_empty():
            return pl.DataFrame(schema={"figure": pl.String, "policy": pl.Float64, "path": pl.Float64})
        sides = [self.policy_runs[name].to_list() for name in ("policy", "path")]
        rows = [(figure, *(read(gains) for gains in sides)) for figure, read in FIGURES_OF_BOTH.items()]
        return pl.DataFrame(rows, schema={"figure": pl.String, "policy": pl.Float64, "path": pl.Float64}, orient="row")
