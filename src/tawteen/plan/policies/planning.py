"""Planning a policy: the bound, a first policy, its improvement, and its value in futures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl
from scipy import stats

from tawteen.case.one_line import OneLine
from tawteen.plan.budget import SearchBudget
from tawteen.plan.gains import SimulatedGains
from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.bound import policy_bound, without_starts
from tawteen.plan.policies.future_problem import FeasibleStarts, future_problem, start_worths
from tawteen.plan.policies.futures import Futures, drawn_futures
from tawteen.plan.policies.improve import Simulated, improved, simulated
from tawteen.plan.policies.inputs import PolicyInputs
from tawteen.plan.policies.policy import DecisionPoint, IntendedStart, Simulation
from tawteen.plan.policies.problem import policy_problem
from tawteen.plan.tolerances import TOLERANCES


@dataclass(frozen=True, repr=False)
class PolicyPlan(SimulatedGains, OneLine):
    """A policy with its value in futures and the bound on all policies. Money in the case's currency, discounted.

    `gains`: value over doing nothing in each of the futures drawn from `seed`; findings alone differ between them.
    `half_width`: half of the interval of their mean (`PolicyParams.confidence`). `bound`: upper bound on the expected
    gain of any policy. `do_nothing`: value of doing nothing. `gap`: (bound − expected) / bound, and `gap_interval`: the
    same at both ends of the interval of the mean (None where the bound is no gain). `first_stage`: what is done in any
    future before the committee decides again: site, option, kind, period, order. `policy`: site, finding (null: decided
    without one), chance (of the finding), option, futures (share of those with this finding in which it starts), period
    (median of its start in them). `rules_missed`: share of futures in which a rule that asks for starts is not
    fulfilled.
    """

    seed: int
    gains: tuple[float, ...]
    half_width: float
    bound: float
    do_nothing: float
    first_stage: pl.DataFrame
    policy: pl.DataFrame
    rules_missed: float

    @property
    def gap(self) -> float | None:
        """What the policy may lack to the best one, share of the bound."""
        return self._gap(self.expected)

    @property
    def gap_interval(self) -> tuple[float, float] | None:
        """The gap at both ends of the interval of the mean."""
        least, most = self._gap(self.expected + self.half_width), self._gap(self.expected - self.half_width)
        return None if least is None or most is None else (least, most)

    def _gap(self, mean: float) -> float | None:
        small = TOLERANCES.no_gain * max(abs(self.do_nothing), 1.0)
        return (self.bound - mean) / self.bound if np.isfinite(self.bound) and self.bound > small else None


def policy_of(
    inputs: PolicyInputs, *, seed: int, budget: SearchBudget, futures: int | None = None, thorough: bool = False
) -> PolicyPlan | None:
    """A policy for prepared inputs; None where the rules cannot be kept in the mean over findings.

    It is improved within `budget`, with whose steps the same seed gives the same policy, and then valued in `futures`
    other futures. `thorough`: see `policy_bound`. Where one decision opens gates of several sites, the policy draws no
    conclusion from one site about another: its value is right, and could be higher.
    """
    params, drawing = inputs.params, partial(drawn_futures, inputs.findings, decisions=inputs.decisions)
    budget.report("prices", 0.0)
    model, future = policy_problem(inputs), future_problem(inputs)
    bound = policy_bound(inputs, problem=model, future=future, thorough=thorough)
    if inputs.decisions.height:  # prices are of the rows that a future has
        model = policy_problem(replace(inputs, decisions=inputs.decisions.clear()))
    # The first policy is led by starts that the limits carry as they are, without what sales could add to funds.
    _, guide = without_starts(model, params.large_starts, FeasibleStarts(future).beyond_limits)
    if guide.x is None or guide.row_price is None:
        return None
    simulation = Simulation(inputs, start_worths(future, guide.row_price), future)
    shares = model.columns["start"].keys.with_columns(share=pl.Series(guide.x[model.starts]))
    policy = policy_of_shares(shares.filter(pl.col("share") > TOLERANCES.integrality), params.least_share)
    if not budget.exhausted:
        tried = drawing(params.search_futures, seed + params.search_seed, 1)
        policy = dict(improved(simulation, policy, tried, budget, seed))
    budget.report("simulating")
    drawn = drawing(futures or params.futures, seed, params.batches)
    simulated_policy = simulated(simulation, policy, drawn)
    gains = simulated_policy.values - bound.nothing
    missed = float(np.mean([bool(rules) for rules in simulated_policy.unmet_rules]))
    return PolicyPlan(
        seed, tuple(gains.tolist()), _half_width(gains, drawn, params.confidence), bound.bound - bound.nothing,
        bound.nothing, _first_stage(simulation, simulated_policy), _done(simulation, simulated_policy, drawn), missed,
    )  # fmt: skip


def policy_of_shares(starts: pl.DataFrame, least: float) -> dict[DecisionPoint, IntendedStart]:
    """The policy that starts at each point the option with the largest share, where all its options have `least`.

    `starts`: planned, site, finding, period, share. Its period is the one in which half of the share of the option is
    reached; what comes sooner stands first.
    """
    key = ["site", "finding"]
    begun = pl.col("share").cum_sum() >= 0.5 * pl.col("share").sum() - TOLERANCES.integrality
    options = (
        starts.sort("period", maintain_order=True)
        .group_by(*key, "planned", maintain_order=True)
        .agg(period=pl.col("period").filter(begun).first(), share=pl.col("share").sum())
        .filter(pl.col("share").sum().over(key) >= least - TOLERANCES.integrality)
        .sort("share", descending=True, maintain_order=True)
        .unique(key, keep="first", maintain_order=True)
        .sort("period", "share", descending=[False, True], maintain_order=True)
    )
    rows = options.select("site", "finding", "planned", "period").iter_rows()
    return {(site, finding): IntendedStart(option, period) for site, finding, option, period in rows}


def _half_width(gains: Floats, drawn: Futures, confidence: float) -> float:
    """Half of the interval of the mean, from the means of independent samples (Student's t)."""
    batch = np.array(drawn.batches)
    means = np.array([gains[batch == number].mean() for number in np.unique(batch)])
    if len(means) < 2:
        return float("inf")
    quantile = float(stats.t.ppf(0.5 + confidence / 2.0, len(means) - 1))
    return quantile * float(np.std(means, ddof=1)) / float(np.sqrt(len(means)))


def _first_stage(simulation: Simulation, simulated_policy: Simulated) -> pl.DataFrame:
    """What starts in every future before the committee decides again, without a finding."""
    columns = [c for c in simulated_policy.starts[0] if simulation.point_of[c][1] is None]
    frame = simulation.keys[columns].filter(pl.col("period") < simulation.first_stage_end)
    return frame.select("site", "kind", "period", option="planned").with_row_index("order", 1)


def _done(simulation: Simulation, simulated_policy: Simulated, drawn: Futures) -> pl.DataFrame:
    """What starts under which finding, in which share of the futures that have it, and when."""
    rows = [
        (column, drawn.weights[number]) for number, starts in enumerate(simulated_policy.starts) for column in starts
    ]  # fmt: skip
    begun = pl.DataFrame(rows, schema={"column": pl.Int64, "weight": pl.Float64}, orient="row")
    keys = simulation.keys.with_row_index("column").cast({"column": pl.Int64}).drop("chance")
    weights: dict[DecisionPoint, float] = {(site, None): 1.0 for site in simulation.keys["site"].unique()}
    for outcome, weight in zip(drawn.outcomes, drawn.weights, strict=True):
        for point in outcome.items():
            weights[point] = weights.get(point, 0.0) + float(weight)
    chances = simulation.inputs.findings.select("site", "finding", "chance")
    done = (
        begun.join(keys, on="column", maintain_order="left")
        .group_by("site", "finding", option="planned")
        .agg(pl.col("weight").sum(), pl.col("period").median().round().cast(pl.Int64))
        .sort("site", "finding", "option", nulls_last=False)
        .join(chances, on=["site", "finding"], how="left", maintain_order="left")
    )
    whole = [weights[site, finding] for site, finding in done.select("site", "finding").iter_rows()]
    return done.select(
        "site", "finding", "chance", "option", futures=pl.col("weight") / pl.Series(whole, dtype=pl.Float64),
        period="period",
    )  # fmt: skip
