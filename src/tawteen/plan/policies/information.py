"""What knowing is worth: a policy beside the best known one without any survey, and itself without one survey."""

from __future__ import annotations

import copy
from collections.abc import Callable

import polars as pl

from tawteen.plan.model_builder import Floats
from tawteen.plan.policies.futures import Futures
from tawteen.plan.policies.improve import simulated
from tawteen.plan.policies.policy import DecisionPoint, IntendedStart, Policy, Simulation
from tawteen.plan.policy_plan import policy_schema


def without_surveys(simulation: Simulation) -> Simulation:
    """The same simulation in which nothing is surveyed: only what needs no survey may start."""
    fewer = copy.copy(simulation)
    known = set(simulation.known_at_once)
    fewer.columns = {
        key: column
        for key, column in simulation.columns.items()
        if not simulation.is_survey[column] and (key[1] is None or key[0] in known)
    }
    return fewer


def startable(simulation: Simulation, policy: Policy) -> dict[DecisionPoint, IntendedStart]:
    """The intended starts of the policy that the simulation allows in some period, in their order."""
    possible = {(site, finding, option) for site, finding, option, _ in simulation.columns}
    return {point: start for point, start in policy.items() if (*point, start.option) in possible}


def surveyed_sites(simulation: Simulation, policy: Policy) -> list[str]:
    """Sites that the policy surveys, in its order."""
    surveys = {(site, option) for (site, _, option, _), c in simulation.columns.items() if simulation.is_survey[c]}
    return [site for (site, _), start in policy.items() if (site, start.option) in surveys]


def with_useful_surveys(simulation: Simulation, policy: Policy) -> dict[DecisionPoint, IntendedStart]:
    """The policy without surveys that no rule asks for and after which nothing is intended, whatever they find."""
    decided = {site for site, finding in policy if finding is not None}
    useless = set(surveyed_sites(simulation, policy)) - decided - _required_surveys(simulation)
    return {point: start for point, start in policy.items() if point[0] not in useless or point[1] is not None}


def _required_surveys(simulation: Simulation) -> set[str]:
    return {simulation.point_of[c][0] for c in simulation.required_starts if simulation.is_survey[c]}


def information_by_site(
    simulation: Simulation, policy: Policy, futures: Futures, gains: Floats, *, nothing: float,
    ended: Callable[[], bool],
) -> pl.DataFrame:  # fmt: skip
    """What each survey of the policy is worth to it (`Information`), as far as it is worked out before `ended`.

    `gains`: of the policy, first in the same futures. Rules that ask for a survey are not held against the policy
    without it: what they cost is then a value below 0.
    """
    rows = []
    having = float(gains[: len(futures.outcomes)] @ futures.weights)
    for site in surveyed_sites(simulation, policy):
        if ended():
            break
        fewer = {point: start for point, start in policy.items() if point != (site, None)}
        lacking = float(simulated(simulation, fewer, futures).values @ futures.weights) - nothing
        rows.append((site, having, lacking, having - lacking))
    return pl.DataFrame(rows, schema=policy_schema("information"), orient="row")
