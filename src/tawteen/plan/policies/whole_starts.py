"""First policies from whole starts: of a programme, and of a search over the model of policies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.policies.futures import Futures
from tawteen.plan.policies.improve import ChangedPolicy, simulated
from tawteen.plan.policies.inputs import PolicyInputs
from tawteen.plan.policies.policy import DecisionPoint, IntendedStart, Policy, Simulation
from tawteen.plan.problem import Problem
from tawteen.plan.search import search
from tawteen.plan.solver import Solution


def policy_of_starts(inputs: PolicyInputs, chosen: Mapping[str, int]) -> ChangedPolicy:
    """The policy that carries chosen options out, each in its period or after its survey, whatever that finds.

    `chosen`: period of the start of each option.
    """
    options = inputs.planned.effects.options
    site_of = dict(options.select("option", "site").iter_rows())
    surveys = dict(options.filter(pl.col("kind") == "survey").select("site", "option").iter_rows())
    numbers = inputs.findings.rows_by_key("site", named=True)
    policy: ChangedPolicy = {}
    for option, period in sorted(chosen.items(), key=lambda item: item[1]):
        if option not in site_of:
            continue
        site = site_of[option]
        if site not in numbers or option == surveys.get(site):
            policy[site, None] = IntendedStart(option, period)
            continue
        if site in surveys:
            policy[site, None] = IntendedStart(surveys[site], period)
        policy.update({(site, row["finding"]): IntendedStart(option, period) for row in numbers[site]})
    return policy


def combined_policy(known_sites: Policy, surveyed_sites: Policy, inputs: PolicyInputs) -> ChangedPolicy:
    """One policy for sites that are known and one for those that are to be surveyed, in the order of periods."""
    uninspected = set(inputs.findings["site"])
    points = [item for item in known_sites.items() if item[0][0] not in uninspected]
    points += [item for item in surveyed_sites.items() if item[0][0] in uninspected]
    return dict(sorted(points, key=lambda item: item[1].period))


def searched_shares(
    problem: Problem, idle: Solution, known: NDArray[np.int64], budget: SearchBudget, *, seed: int, gap: float
) -> pl.DataFrame | None:
    """Whole starts that are best in the mean over findings, as shares (`planning.policy_of_shares`); None where none
    are known when `budget` ends.

    `problem`: of `policy_problem`, `idle`: its best point without starts, `known`: places of starts to begin from.
    Limits hold in the mean over findings alone, so that a future may not carry all of these starts.
    """
    outcome = search(problem, idle, budget, gap=gap, seed=seed, known=problem.starts.start + known)
    if outcome.starts is None:
        return None
    share = np.zeros(problem.starts.stop - problem.starts.start)
    share[outcome.starts - problem.starts.start] = 1.0
    return problem.columns["start"].keys.with_columns(share=pl.Series(share)).filter(pl.col("share") > 0.0)


def most_frequent_starts(simulation: Simulation, policy: Policy, futures: Futures) -> NDArray[np.int64]:
    """Of each decision point, the start that most futures have, where at least half of those with its finding do."""
    begun: dict[DecisionPoint, Counter[int]] = {}
    for starts in simulated(simulation, policy, futures).starts:
        for column in starts:
            begun.setdefault(simulation.point_of[column], Counter())[column] += 1
    frequent = []
    for (site, finding), counts in begun.items():
        having = sum(finding is None or outcome.get(site) == finding for outcome in futures.outcomes)
        if 2 * counts.total() >= having:
            frequent.append(counts.most_common(1)[0][0])
    return np.array(sorted(frequent), dtype=np.int64)
