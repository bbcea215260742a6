"""A programme with a policy: the single path first, then what is done for each thing that surveys may find."""

from __future__ import annotations

from dataclasses import replace

from tawteen.plan.budget import SearchBudget
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.policies.findings import findings
from tawteen.plan.policies.inputs import prepare_policies
from tawteen.plan.policies.params import POLICY_PARAMS
from tawteen.plan.policies.planning import policy_of
from tawteen.plan.programme import Programme
from tawteen.plan.solver import NumericalError
from tawteen.progress import ProgressCallback
from tawteen.runs.interrupts import Stop


def can_learn(inputs: PlanInputs) -> bool:
    """Whether a survey may find one thing or another at some site."""
    return findings(inputs.case, inputs.diagnosis)["site"].is_duplicated().any()


def path_seconds(time_limit: float, *, learns: bool) -> float:
    """Seconds of the time limit that the single path may take: a policy that follows has the rest."""
    return time_limit * POLICY_PARAMS.fixed_share if learns else time_limit


def with_policy(
    inputs: PlanInputs,
    programme: Programme,
    *,
    seconds: float,
    steps: int | None = None,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> Programme:
    """`programme` of `inputs` with a policy that is planned within `seconds` (or `steps`), from its seed.

    It stays as it is where it has no solution or was interrupted, where no policy is known in time, and where numbers
    lie too far apart for the solver. Once `stop` returns True, the best policy so far is valued.
    """
    if programme.value is None or programme.status == "interrupted":
        return programme
    budget = SearchBudget(seconds, progress, stop, steps)
    learning = prepare_policies(inputs.case, planned=inputs)
    chosen = dict(programme.sites.drop_nulls("period").select("option", "period").iter_rows())
    try:
        return replace(programme, policy=policy_of(learning, seed=programme.seed, budget=budget, chosen=chosen))
    except NumericalError:
        return programme
