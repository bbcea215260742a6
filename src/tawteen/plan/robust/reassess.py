"""What a change of the case does to an earlier programme, told without planning again.

Two answers are certain: planning reads nothing of what changed; or the same starts can still be carried out, and
prices, which bound the value of every programme of the changed case (weak duality), leave others no more to win than
before. Else the answer says how much there may be to win, or that the starts are lost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy import sparse

from tawteen.case.findings import CaseError, Finding
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.case.one_line import OneLine
from tawteen.plan.bound_prices import bound_prices, prices_by_seat
from tawteen.plan.compare import require_same_terms
from tawteen.plan.earlier_starts import earlier_starts
from tawteen.plan.fixed_starts import solve_with_starts
from tawteen.plan.inputs import PlanInputs, prepare
from tawteen.plan.magnitude import refusing_magnitudes
from tawteen.plan.model_builder import MilpArrays
from tawteen.plan.params import DEFAULTS
from tawteen.plan.policies.inputs import prepare_policies
from tawteen.plan.problem import Problem, baseline_model, build_problem
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.scenario import apply
from tawteen.plan.solver import solve_lp
from tawteen.plan.tolerances import TOLERANCES
from tawteen.plan.verify.bound import bound_at_prices
from tawteen.words import Words

VERDICTS = ("unread", "stands", "open", "lost", "unknown")
DIRECTIONS = ("more", "less", "same")
"""In which direction a gain changes."""


@dataclass(frozen=True, repr=False)
class Reassessment(OneLine):
    """The single path of an earlier programme in a changed case. Money is discounted, in the currency of the case.

    `verdict`: `unread`, planning reads nothing of what changed, and every figure stays; `stands`, the same starts can
    be carried out and no other programme can be worth more beyond them than could before; `open`, they can and another
    one may now be worth more; `lost`, they cannot all be carried out; `unknown`, which of these was not found out in
    the time of the solver. `value_before`, `value`: what the starts are worth, all else settled as is best, before and
    now (null where lost or unknown); `do_nothing_before`, `do_nothing`: what doing nothing is worth. `bound_before`,
    `bound`: what no programme is worth more than, as prices show (null where they show nothing finite): those of the
    earlier proof and, where they leave more to win, those of the relaxed model of the changed case, if it is small.
    `policy_unread`: whether what a policy is planned from is the same too; null where the earlier programme has none.
    """

    verdict: str
    value_before: float
    value: float | None
    do_nothing_before: float
    do_nothing: float
    bound_before: float | None
    bound: float | None
    policy_unread: bool | None

    @property
    def change(self) -> float | None:
        """What the change adds to the gain of the starts over doing nothing."""
        return (
            None if self.value is None else self.value - self.do_nothing - (self.value_before - self.do_nothing_before)
        )

    @property
    def to_win_before(self) -> float | None:
        """What another programme could be worth more at most, before the change."""
        return None if self.bound_before is None else max(self.bound_before - self.value_before, 0.0)

    @property
    def to_win(self) -> float | None:
        """What another programme can be worth more at most; without a value, more than doing nothing."""
        kept = self.do_nothing if self.value is None else self.value
        return None if self.bound is None else max(self.bound - kept, 0.0)


def reassess(case: Case, earlier: Programme, changed: Case) -> Reassessment:
    """The programme `earlier` of `case` in the case as it is `changed`, both before its scenario.

    Raises CaseError where the programme is of another case, where its scenario does not fit the changed one, where
    currency, price year, view or horizon differ, or where numbers are too far apart for the solver; ValueError for a
    programme without a solution.
    """
    if earlier.value is None:
        raise ValueError(f"a programme without a solution ({earlier.status})")
    planned, now = (apply(one, earlier.scenario) for one in (case, changed))
    if case_hash(planned) != earlier.case_hash:
        raise CaseError([Finding("error", "verify.hash", args={"key": earlier.case_id})])
    require_same_terms(planned, now)
    before, after = (build_problem(prepare(one, earlier.scenario)) for one in (case, changed))
    policy_unread = None if earlier.policy is None else _same_policies(before.inputs, after.inputs)
    bound_before, nothing_before = earlier.bound_by_prices, earlier.do_nothing or 0.0
    if _same_problem(before, after):
        # The model is the same to the last number: so are its best programmes and all that is proved of them.
        same = (earlier.value, earlier.value, nothing_before, nothing_before, bound_before, bound_before)
        return Reassessment("unread", *same, policy_unread)
    with refusing_magnitudes(after):
        nothing = (solve_lp(baseline_model(after.arrays, after)).value or 0.0) + after.constant
        without, value = _value(after, earlier)
        bound = _bound(after, earlier.bound_prices)
        held = Reassessment(without, earlier.value, value, nothing_before, nothing, bound_before, bound, policy_unread)
        if _verdict(held) != "stands" and changed["sites"].height <= DEFAULTS.whole_model_sites:
            held = replace(held, bound=_lower(bound, _relaxed_bound(after)))
    return replace(held, verdict=_verdict(held))


def reads_same(case: Case, changed: Case, scenario: Scenario, *, policies: bool) -> bool:
    """Whether planning reads the same of two cases, and what `policies` are planned from.

    Raises CaseError where the scenario does not fit one of them, and where their terms differ as in `reassess`.
    """
    require_same_terms(case, changed)
    before, after = (build_problem(prepare(one, scenario)) for one in (case, changed))
    return _same_problem(before, after) and (not policies or _same_policies(before.inputs, after.inputs))


def _bound(problem: Problem, prices: pl.DataFrame) -> float | None:
    """What prices show of every programme; None where they show nothing finite."""
    inputs = problem.inputs
    if prices.is_empty():
        return None
    bound = bound_at_prices(inputs.case, inputs.effects, inputs.match, inputs.prices, prices)
    return bound if math.isfinite(bound) else None


def _relaxed_bound(problem: Problem) -> float | None:
    """What the prices of the model show in which starts may be parts; None where its time ends."""
    relaxed = solve_lp(problem.arrays, seconds=DEFAULTS.robust.reassess_seconds)
    if relaxed.row_price is None:
        return None
    return _bound(problem, bound_prices(problem.rows, prices_by_seat(problem, relaxed.row_price)))


def _lower(one: float | None, other: float | None) -> float | None:
    return min((bound for bound in (one, other) if bound is not None), default=None)


def _verdict(held: Reassessment) -> str:
    """Without a value what it is; else whether the starts leave others no more to win than before."""
    if held.value is None:
        return held.verdict
    if held.to_win is None or held.to_win_before is None:
        return "open"
    rounding = TOLERANCES.objective * max(abs(held.value), abs(held.value_before))
    return "stands" if held.to_win <= held.to_win_before + rounding else "open"


def _value(problem: Problem, earlier: Programme) -> tuple[str, float | None]:
    """The best value with the starts of the programme; without one, whether they are lost or it is unknown."""
    columns = earlier_starts(problem, earlier)
    meant = earlier.sites.filter(pl.col("option").is_not_null() & pl.col("period").is_not_null())
    if len(columns) != meant.height:
        return "lost", None
    solution = solve_with_starts(problem.arrays, columns, seconds=DEFAULTS.robust.reassess_seconds)
    if solution.outcome == "optimal" and solution.value is not None:
        return "open", solution.value + problem.constant
    return "lost" if solution.outcome == "infeasible" else "unknown", None


def _same_problem(one: Problem, other: Problem) -> bool:
    """Whether two problems are the same, with the same names of columns and rows."""
    return (
        one.constant == other.constant
        and _same_arrays(one.arrays, other.arrays)
        and all(
            mine.keys() == theirs.keys() and all(mine[name].keys.equals(theirs[name].keys) for name in mine)
            for mine, theirs in ((one.columns, other.columns), (one.rows, other.rows))
        )
    )


def _same_arrays(one: MilpArrays, other: MilpArrays) -> bool:
    for name, mine in vars(one).items():
        theirs = getattr(other, name)
        if sparse.issparse(mine):
            if mine.shape != theirs.shape or (mine != theirs).nnz:
                return False
        elif isinstance(mine, np.ndarray) and not np.array_equal(mine, theirs):
            return False
    return True


def _same_policies(one: PlanInputs, other: PlanInputs) -> bool:
    """Whether policies are planned from the same findings, decisions and known cases."""
    mine, theirs = (prepare_policies(inputs.case, planned=inputs) for inputs in (one, other))
    return (
        one.case.settings.committee == other.case.settings.committee
        and mine.findings.equals(theirs.findings)
        and mine.decisions.equals(theirs.decisions)
        and all(
            _same_problem(build_problem(first), build_problem(second))
            for first, second in zip(mine.known, theirs.known, strict=True)
        )
    )


def say_reassessment(reassessed: Reassessment, currency: str, words: Words) -> list[str]:
    """What the change does, in sentences."""

    def money(amount: float) -> str:
        return f"{words.number(round(amount) + 0.0, 0)} {currency}"

    sentences = [words.say(f"reassess.{reassessed.verdict}")]
    if reassessed.change is not None and reassessed.verdict != "unread":
        direction = "same" if round(reassessed.change) == 0 else "more" if reassessed.change > 0 else "less"
        sentences.append(words.say(f"reassess.worth.{direction}", {"amount": money(abs(reassessed.change))}))
    if reassessed.verdict != "unread":
        if reassessed.to_win is None:
            sentences.append(words.say("reassess.no_bound"))
        else:
            code = "reassess.to_win.lost" if reassessed.value is None else "reassess.to_win"
            sentences.append(words.say(code, {"amount": money(reassessed.to_win)}))
    if reassessed.policy_unread is not None:
        sentences.append(words.say("reassess.policy_unread" if reassessed.policy_unread else "reassess.policy_read"))
    return sentences
