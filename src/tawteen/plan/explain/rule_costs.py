"""What each active rule of a case costs: how much more a programme could be worth without it.

Method: the rule's rows lose their limits, all else stays. The relaxation of that model, solved from the basis of the
last one, bounds what any programme without the rule is worth; where its solution has whole starts and whole classes of
courses, it is that programme and the cost is exact. Elsewhere a search that begins from the programme raises what is
known to be possible and lowers the bound. Above `whole_model_sites` sites only the bound at the prices of the
programme's proof is stated, in which the rule has no price (weak duality).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.value import nothing_cost
from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.dual import lagrangian_bound
from tawteen.plan.decomposition.market import build_market
from tawteen.plan.decomposition.sites import build_sites
from tawteen.plan.decomposition.sizes import typical_sizes
from tawteen.plan.earlier_starts import earlier_starts
from tawteen.plan.explain.priced_programme import PRICES, startable
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.model_builder import MilpArrays
from tawteen.plan.outlook import no_rows
from tawteen.plan.params import DEFAULTS, SearchParams
from tawteen.plan.problem import Problem, baseline_model, build_problem, relaxed
from tawteen.plan.programme import Programme
from tawteen.plan.reduced_model import reduce_model
from tawteen.plan.search import open_model, search
from tawteen.plan.solver import Relaxation, Solution, solve_lp, solve_mip
from tawteen.plan.status import GAP
from tawteen.plan.tolerances import TOLERANCES

Stop = Callable[[], bool]


@dataclass(frozen=True)
class RuleCost:
    """What the programme is worth less for a rule: at least and at most, in discounted currency.

    At least 0 is always true, because the programme stays possible without the rule. `at_most` is None where no finite
    bound is known.
    """

    at_least: float
    at_most: float | None


NO_COST = RuleCost(0.0, 0.0)
"""Cost of a rule without rows: it limits no start of this case."""


def rule_costs(
    inputs: PlanInputs, programme: Programme, params: SearchParams = DEFAULTS, *, stop: Stop | None = None
) -> pl.DataFrame:
    """What each active rule costs: rows and columns of `plan.outlook.RuleCosts`, in the order of the case.

    `inputs` are those of the case under the programme's scenario. Each rule is dropped alone: the costs of several do
    not add up. Takes about `params.rules.seconds`; a rule that was not reached in that time has no figures, and above
    `params.whole_model_sites` sites no rule has any where no prices are kept with the programme. No rows where the
    programme has no value.
    """
    rules = inputs.case.filled("rules").filter("active")["id"].to_list()
    if programme.value is None or not rules:
        return no_rows("rule_costs")
    large = inputs.case["sites"].height > params.whole_model_sites
    prepared = None if large or not params.rules.seconds else _RuleSearch(inputs, programme, params)
    # The clock starts when the model stands: on a loaded machine that alone may take as long as the search.
    budget = SearchBudget(params.rules.seconds, None, stop)
    if large:
        costs = _by_prices(inputs, programme, rules, budget)
    else:
        costs = {} if prepared is None else prepared.run(rules, budget)
    rows = [
        (rule, costs[rule].at_least, costs[rule].at_most) if rule in costs else (rule, None, None) for rule in rules
    ]
    return pl.DataFrame(rows, schema=no_rows("rule_costs").schema, orient="row")


class _RuleSearch:
    """The kept model of one programme, in which one rule after the other is dropped."""

    def __init__(self, inputs: PlanInputs, programme: Programme, params: SearchParams) -> None:
        self.programme, self.params = programme, params
        self.problem = build_problem(inputs)
        self.rules = self.problem.rows["rule"].keys["rule"]
        self.baseline = solve_lp(baseline_model(self.problem.arrays, self.problem))
        self.part = open_model(self.problem, self.baseline, params.branch)
        self.value = (programme.value or 0.0) - self.problem.constant
        self.dust = TOLERANCES.objective * (abs(self.value) + abs(self.problem.constant))

    def run(self, rules: list[str], budget: SearchBudget) -> dict[str, RuleCost]:
        """The cost of each rule that was reached: first a bound on each, then a search, the largest bounds first."""
        roots = self._relaxations(budget)
        costs = {rule: NO_COST for rule in rules if not len(self._rows(rule))}
        costs |= {rule: self._at_root(root) for rule, root in roots.items()}
        excess = {rule: (costs[rule].at_most or 0.0) - costs[rule].at_least for rule in roots}
        open_rules = sorted((rule for rule in excess if excess[rule] > self.dust), key=lambda rule: -excess[rule])
        left = sum(excess[rule] for rule in open_rules)
        for rule in open_rules:
            if budget.exhausted or budget.should_stop():
                break
            share = SearchBudget(budget.remaining * excess[rule] / left, None, budget.should_stop)
            costs[rule], left = self._searched(rule, roots[rule], share), left - excess[rule]
        return costs

    def _relaxations(self, budget: SearchBudget) -> dict[str, Solution]:
        """The solved relaxation without each rule that holds a row; those that the time does not reach are left out."""
        part = self.part
        relaxation = Relaxation(relaxed(part.arrays))
        place = {int(row): index for index, row in enumerate(part.rows)}
        roots: dict[str, Solution] = {}
        for rule in self.rules.unique(maintain_order=True):
            rows = np.array([place[row] for row in self._rows(rule).tolist() if row in place], dtype=np.int64)
            free = np.full(len(rows), np.inf)
            relaxation.limit(rows, -free, free)
            solution = relaxation.solve(seconds=budget.remaining, stop=budget.should_stop, presolve=not roots)
            relaxation.limit(rows, part.arrays.row_lower[rows], part.arrays.row_upper[rows])
            if solution.outcome != "optimal":
                break
            roots[rule] = solution
        return roots

    def _at_root(self, root: Solution) -> RuleCost:
        """The cost of a rule by the relaxation without it: exact where all starts and classes in it are whole."""
        assert root.x is not None
        numbers = root.x[self.part.arrays.discrete]
        whole = np.abs(numbers - np.round(numbers)).max(initial=0.0) <= TOLERANCES.integrality
        possible = root.value if whole and root.value is not None else -np.inf
        return self._cost(max(possible + self.part.constant, self.value), root.bound + self.part.constant)

    def _searched(self, rule: str, root: Solution, budget: SearchBudget) -> RuleCost:
        """The cost of a rule after a search without it, which begins from the programme and from what the relaxation
        likes.
        """
        without = replace(self.problem, arrays=self._without(rule))
        known = self._rounded(without, root, budget)
        outcome = search(
            without,
            self.baseline,
            budget,
            gap=GAP,
            seed=self.programme.seed,
            known=known,
            root=root,
            params=self.params,
        )
        best_known = self.value if outcome.value is None else outcome.value
        return self._cost(best_known, min(outcome.bound, root.bound + self.part.constant))

    def _rounded(self, without: Problem, root: Solution, budget: SearchBudget) -> NDArray[np.int64]:
        """Columns of the best starts among those of the programme and those that the relaxation uses.

        This is relaxation-induced neighbourhood search (Danna, Rothberg and Le Pape 2005) with the programme as the
        point to begin from, at most half of the budget long.
        """
        part, known = open_model(without, self.baseline, self.params.branch), earlier_starts(without, self.programme)
        assert root.x is not None
        starts = np.flatnonzero(part.arrays.integer)
        liked = (root.x[starts] > TOLERANCES.positive) | np.isin(part.columns[starts], known)
        upper = part.arrays.upper.copy()
        upper[starts[~liked]] = 0.0
        reduced = reduce_model(part.arrays, part.arrays.lower, upper)
        gain = max(self.value - (self.baseline.value or 0.0), 0.0)
        solution = solve_mip(
            reduced.arrays,
            seconds=budget.remaining / 2,
            gap=GAP * gain,
            seed=self.programme.seed,
            stop=budget.should_stop,
        )
        value = -np.inf if solution.value is None else solution.value + reduced.constant + part.constant
        if solution.x is None or value <= self.value:
            return known
        return np.asarray(part.columns[starts[part.expand(reduced.expand(solution.x))[part.columns[starts]] > 0.5]])

    def _cost(self, best_known: float, bound: float) -> RuleCost:
        """Cost of a rule without which a value of `best_known` is possible and no more than `bound` is."""
        at_least = max(best_known - self.value, 0.0)
        at_most = max(bound - self.value, at_least)
        return RuleCost(*(amount if amount > self.dust else 0.0 for amount in (at_least, at_most)))

    def _rows(self, rule: str) -> NDArray[np.int64]:
        return np.asarray(self.problem.rows["rule"].first + np.flatnonzero((self.rules == rule).to_numpy()))

    def _without(self, rule: str) -> MilpArrays:
        arrays = self.problem.arrays
        row_lower, row_upper = arrays.row_lower.copy(), arrays.row_upper.copy()
        row_lower[self._rows(rule)], row_upper[self._rows(rule)] = -np.inf, np.inf
        return replace(arrays, row_lower=row_lower, row_upper=row_upper)


def _by_prices(inputs: PlanInputs, programme: Programme, rules: list[str], budget: SearchBudget) -> dict[str, RuleCost]:
    """The most that each rule may cost, at the prices kept with the programme; empty where none are kept.

    The bound of the programme itself is of no use here: a search may have proved it with the rule.
    """
    market = build_market(replace(inputs, effects=startable(inputs.effects)))
    kept = programme.figures.get(PRICES)
    if kept is None or len(kept) != len(market.arrays.row_lower):
        return {}
    sites, keys = build_sites(market), market.rows["rule"]
    typical, prices = typical_sizes(sites, market), np.asarray(kept, dtype=np.float64)
    value = (programme.value or 0.0) + nothing_cost(inputs.case, inputs.effects, inputs.prices)
    unpriced: float | None = None
    costs: dict[str, RuleCost] = {}
    for rule in rules:
        rows = keys.first + np.flatnonzero((keys.keys["rule"] == rule).to_numpy())
        if not len(rows):
            costs[rule] = NO_COST
            continue
        if budget.exhausted or budget.should_stop():
            continue
        without = prices.copy()
        without[rows] = 0.0
        if np.any(prices[rows]):
            bound = lagrangian_bound(sites, market, typical, without).value
        else:
            unpriced = bound = lagrangian_bound(sites, market, typical, prices).value if unpriced is None else unpriced
        costs[rule] = RuleCost(0.0, max(bound - value, 0.0) if np.isfinite(bound) else None)
    return costs


__all__ = ["RuleCost", "rule_costs"]
