"""Policies: survey first, then decide by what is found."""

from __future__ import annotations

from tawteen.case.checked import checked_case, require_plannable
from tawteen.case.model import Case
from tawteen.plan.budget import SearchBudget
from tawteen.plan.policies.inputs import prepare_policies
from tawteen.plan.policies.planning import policy_of
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.progress import ProgressCallback
from tawteen.runs.interrupts import Stop, stop_on_interrupt


def plan_policy(
    case: Case,
    *,
    time_limit: float = 60.0,
    seed: int = 1,
    steps: int | None = None,
    futures: int = 200,
    thorough: bool = False,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> PolicyPlan | None:
    """A policy for a case: which sites to survey first, and what to do for each thing that may be found.

    None where the rules of the case cannot be kept in the mean over findings, or where no policy is known in time.
    Within `time_limit` seconds the bound is proved (None where its share of the time does not suffice), the policy is
    improved and carried out in so many `futures`, or fewer (of ten samples, so that their number is rounded up to
    tens), drawn from `seed` and others than those of the search; with `steps` of improvement the clock has no effect,
    and the same seed gives the same policy. `thorough` proves a lower bound, which takes minutes. `stop` is asked now
    and then; once it says True, or after Ctrl-C, the best so far is valued in a few futures (None before a first policy
    is known). Formulas and what is assumed: docs/method.md, Policies.

    Raises CaseError for a case with errors, and for one without sites or options; ValueError for less than one future.
    """
    if futures < 1:
        raise ValueError(f"futures is {futures}, but must be at least 1")
    case = checked_case(case)
    require_plannable(case)
    with stop_on_interrupt(stop) as stop_flag:
        budget = SearchBudget(time_limit, progress, stop_flag, steps)
        return policy_of(prepare_policies(case), seed=seed, budget=budget, futures=futures, thorough=thorough)
