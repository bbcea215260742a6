"""Planning again after works have begun: signed or started sites stay, and each moved start has a penalty."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.case.build import table_of
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.case.one_line import OneLine
from tawteen.plan.budget import SearchBudget
from tawteen.plan.compare import Comparison, compare
from tawteen.plan.decomposition.planning import plan_country
from tawteen.plan.decomposition.sites import Commitments
from tawteen.plan.fixed_starts import price_with_starts
from tawteen.plan.inputs import prepare
from tawteen.plan.model_builder import ModelBlock
from tawteen.plan.params import DEFAULTS, SearchParams
from tawteen.plan.planning import planning_problem
from tawteen.plan.problem import Problem, baseline_model, build_problem
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.reduced_model import reduce_model
from tawteen.plan.result import priced_point, result_tables
from tawteen.plan.robust.gain_causes import GainCauses, gain_causes
from tawteen.plan.robust.local_search import keeps_rules
from tawteen.plan.robust.recourse import Recourse
from tawteen.plan.robust.surveyed import finished_surveys, without_required_surveys
from tawteen.plan.scenario import apply
from tawteen.plan.search import SearchOutcome, search
from tawteen.plan.solver import Outcome, Solution, solve_lp, solve_mip
from tawteen.plan.stated_bound import with_bound_by_prices
from tawteen.plan.status import GAP, PlanRequest, judged_programme
from tawteen.progress import ProgressCallback

Starts = Mapping[str, tuple[str, int]]
"""By site: an option and the period in which it starts."""

Begun = Mapping[str, tuple[str, int] | None]
"""By site: the option that was started and the period, or None where nothing was started after all."""


HELD = "replan:held"
"""Id of the rule that keeps what stays: no rule of the case, so that its price proves no bound of the case."""


@dataclass(frozen=True, repr=False)
class Replan(OneLine):
    """A programme that follows an earlier one.

    `case` is the case it is of: as stated, without rules that ask for surveys which are done. `programme` is the new
    one; its `bound` holds for programmes with no more moved starts than it has, its `gap` counts the price of moves.
    `kept_value` is what the earlier one would still be worth under the new facts (discounted currency, null where it
    can no longer be carried out). `held`: sites that stay. `surveyed`: sites whose survey is done, so that they are
    free for works; what it cost is in the gain of the earlier programme and not in that of the new one. `causes`: what
    the gain changed by. `changes`: site, move (in, out, changed, later, sooner), option_before, option, start_before,
    start (labels), quarters (of shift), worth (what the programme loses where this change alone is taken back; null
    where that cannot be done), penalty (charged for the move). `moves`: the two programmes side by side.
    """

    case: Case
    programme: Programme
    kept_value: float | None
    penalty: float
    held: tuple[str, ...]
    surveyed: tuple[str, ...]
    causes: GainCauses
    changes: pl.DataFrame
    moves: Comparison


def replan(
    case: Case,
    earlier: Programme,
    *,
    today: int,
    penalty: float,
    begun: Begun | None = None,
    signed: Collection[str] = (),
    scenario: Scenario = Scenario(),  # noqa: B008
    time_limit: float = 60.0,
    gap: float = GAP,
    seed: int = 1,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
    steps: int | None = None,
    params: SearchParams = DEFAULTS,
) -> Replan:
    """The best programme of `case`, as it is known now, from the quarter `today` (a period) on.

    What `earlier` starts before today and what it starts on the sites `signed` stays as it was; `begun` says which
    sites began otherwise (option and period, or None). No other option starts before today. Every other start of
    `earlier` that does not stay as it was, later, sooner, otherwise or not at all, costs `penalty` (discounted
    currency). Up to `params.whole_model_sites` sites the whole model is searched, above that it is decomposed, and with
    `steps` the run ends after so many of the search, as for `plan`. New facts are in `case` itself, or come as a
    `scenario`; it replaces that of the earlier programme. Raises CaseError for a case of another id or of quarters that
    are counted from another day, for a start that stays but that the new facts do not allow, and where the rules cannot
    be kept.
    """
    _require_its_case(case, earlier)
    budget = SearchBudget(time_limit, progress, stop, steps)
    budget.report("problem")
    surveyed = finished_surveys(apply(case, scenario), earlier, today)
    case = without_required_surveys(case, surveyed)
    changed = apply(case, scenario)
    planned = _starts(earlier)
    before = {site: start for site, start in planned.items() if site not in surveyed}
    committed = {site: start for site, start in before.items() if start[1] < today or site in signed}
    for site, start in (begun or {}).items():
        committed.pop(site, None)
        if start is not None:
            committed[site] = start
    meant = {site: start for site, start in before.items() if site not in committed and site not in (begun or {})}
    terms = Commitments(today, committed, meant, penalty)
    sought = _whole if changed["sites"].height <= params.whole_model_sites else _priced
    request = PlanRequest(scenario, seed, gap, params)
    model, nothing, outcome = sought(changed, earlier, terms, request, budget)
    if outcome.starts is None:
        code = "replan.infeasible" if outcome.outcome == "infeasible" else "replan.nothing_found"
        raise CaseError([Finding("error", code, args={"sites": ", ".join(sorted(committed)) or "–"})])
    programme = _programme(request, model, nothing, outcome, budget)
    programme = with_bound_by_prices(programme, model.inputs)
    moves = compare(case, earlier, programme)
    worths = _Worths(model)
    kept_value = worths.value(planned)
    return Replan(
        case, programme, kept_value, penalty, tuple(sorted(committed)), tuple(surveyed),
        _causes(worths, earlier, programme, begun or {}, surveyed, seconds=params.robust.earlier_share * time_limit),
        _changes(moves.sites, _starts(programme), before, worths, charged=dict.fromkeys(meant, penalty)), moves,
    )  # fmt: skip


def _require_its_case(case: Case, earlier: Programme) -> None:
    """Raises CaseError where the programme is of another case, or its quarters are not those of the case."""
    if case.settings.about.id != earlier.case_id:
        args = {"programme": earlier.case_id, "case": case.settings.about.id}
        raise CaseError([Finding("error", "replan.other_case", args=args)])
    for period, start in earlier.sites.drop_nulls(["period", "start"]).select("period", "start").iter_rows():
        if case.calendar.label(period) != start:
            args = {"planned": start, "case": case.calendar.label(period)}
            raise CaseError([Finding("error", "replan.other_quarters", args=args)])


def _whole(
    case: Case, _earlier: Programme, terms: Commitments, request: PlanRequest, budget: SearchBudget
) -> tuple[Problem, Solution, SearchOutcome]:
    """The whole model, its solution of doing nothing, and the outcome of the search on these terms.

    The search begins from the earlier programme: what it finds is no worse, however short its time.
    """
    model = planning_problem(case)
    open_, kept_columns = _committed(model, terms)
    nothing = _nothing(model)
    idle = replace(nothing, x=None if nothing.x is None else nothing.x[kept_columns])
    known = _columns(open_, {**terms.preferred, **terms.fixed})
    outcome = search(open_, idle, budget, gap=request.gap, seed=request.seed, known=known, params=request.params)
    if outcome.starts is not None:
        outcome = replace(outcome, starts=kept_columns[outcome.starts])
    return model, nothing, outcome


def _priced(
    case: Case, earlier: Programme, terms: Commitments, request: PlanRequest, budget: SearchBudget
) -> tuple[Problem, Solution, SearchOutcome]:
    """The same of many sites, from prices; the model has starts of the earlier programme and of the new one alone."""
    known = {**terms.preferred, **terms.fixed}
    small = _with(case, set(known.values()) | set(_starts(earlier).values()))
    _check_held(small, terms.fixed)
    begun = replace(earlier, sites=_as_known(earlier.sites, known))
    planned = plan_country(
        _obliged(case, terms.fixed, small), time_limit=budget.remaining, seed=request.seed, gap=request.gap,
        start=begun, commitments=terms, progress=budget.progress, stop=budget.should_stop, steps=budget.steps,
        params=request.params,
    )  # fmt: skip
    if planned.value is None or planned.bound is None:
        outcome: Outcome = "infeasible" if planned.status == "infeasible" else "limit"
        return small, _nothing(small), SearchOutcome(None, None, np.inf, outcome)
    model = _with(case, set(_starts(earlier).values()) | set(_starts(planned).values()) | set(terms.fixed.values()))
    columns = _columns(model, _starts(planned))
    figures = {name: value for name, value in planned.figures.items() if name != "prices"}
    outcome = "optimal" if planned.status == "optimal" else "limit"
    search_outcome = SearchOutcome(
        columns, planned.value - model.constant, planned.bound - model.constant, outcome, figures,
        prices=planned.bound_prices.filter(pl.col("id") != HELD),
    )  # fmt: skip
    return model, _nothing(model), search_outcome


def _with(case: Case, starts: Collection[tuple[str, int]]) -> Problem:
    """The problem of `case` with these starts alone."""
    only = pl.DataFrame(sorted(starts), schema={"option": pl.String, "period": pl.Int64}, orient="row")
    return build_problem(prepare(case), only)


def _nothing(model: Problem) -> Solution:
    return solve_lp(baseline_model(model.arrays, model))


def _as_known(sites: pl.DataFrame, known: Mapping[str, tuple[str, int]]) -> pl.DataFrame:
    """Sites of a programme with the starts that are `known` to have begun or to be planned."""
    option, period = ([known.get(site, (None, None))[i] for site in sites["id"]] for i in (0, 1))
    return sites.with_columns(
        pl.Series("option", option, dtype=pl.String), pl.Series("period", period, dtype=sites.schema["period"])
    )


def _obliged(case: Case, committed: Mapping[str, tuple[str, int]], model: Problem) -> Case:
    """The case with the rule that every site which stays starts, whatever its kind: it has one start left."""
    if not committed:
        return case
    options = [option for option, _ in committed.values()]
    kinds = model.inputs.effects.options.filter(pl.col("option").is_in(options))["kind"].unique().sort()
    rule = {"id": HELD, "kind": "at_least", "measure": "sites", "value": float(len(committed)),
            "sites": ";".join(committed), "options": ";".join(kinds), "text_en": "", "text_ar": ""}  # fmt: skip
    rules = pl.concat([case["rules"], table_of("rules", [rule])])
    return replace(case, tables={**case.tables, "rules": rules})


def _check_held(model: Problem, committed: Mapping[str, tuple[str, int]]) -> None:
    """Raises CaseError for a start that stays but cannot."""
    for site, start in committed.items():
        if not len(_columns(model, {site: start})):
            args = {"site": site, "option": start[0], "start": model.inputs.case.calendar.label(start[1])}
            raise CaseError([Finding("error", "replan.lost", args=args)])


def _starts(programme: Programme) -> dict[str, tuple[str, int]]:
    """Option, site and period of each start."""
    rows = programme.sites.filter(pl.col("option").is_not_null() & pl.col("period").is_not_null())
    return {site: (option, period) for site, option, period in rows.select("id", "option", "period").iter_rows()}


def _columns(model: Problem, starts: Mapping[str, tuple[str, int]]) -> NDArray[np.int64]:
    """Indices of those starts that are columns of the model."""
    keys = model.columns["start"].keys
    start_set = set(starts.values())
    named = zip(keys["option"], keys["period"], strict=True)
    return np.array([model.starts.start + i for i, start in enumerate(named) if start in start_set], dtype=np.int64)


def _committed(model: Problem, terms: Commitments) -> tuple[Problem, NDArray[np.int64]]:
    """The model of what is still open, and which columns of the whole one it has.

    Nothing new starts before today; a site that stays has its one start left and must take it; the penalty is a premium
    on what stays as it was meant: a price for moving, less the same sum whatever is decided.
    """
    _check_held(model, terms.fixed)
    arrays, keys = model.arrays, model.columns["start"].keys
    value, row_lower = arrays.value.copy(), arrays.row_lower.copy()
    value[_columns(model, terms.preferred)] += terms.premium
    may = np.array(
        keys.select((pl.col("period") >= terms.today) & ~pl.col("site").is_in(list(terms.fixed))).to_series()
    )
    rows = model.rows["site"]
    for site, start in terms.fixed.items():
        may[_columns(model, {site: start}) - model.starts.start] = True
        row_lower[rows.first + rows.keys["site"].to_list().index(site)] = 1.0
    keep = np.ones(arrays.matrix.shape[1], dtype=bool)
    keep[model.starts] = may
    open_columns = np.flatnonzero(keep)
    blocks = {
        name: ModelBlock(int(keep[: block.first].sum()), block.keys.filter(pl.Series(keep[block.span])))
        for name, block in model.columns.items()
    }
    part = replace(
        arrays,
        matrix=sparse.csc_matrix(arrays.matrix[:, open_columns]),
        value=value[open_columns],
        lower=arrays.lower[open_columns],
        upper=arrays.upper[open_columns],
        integer=arrays.integer[open_columns],
        row_lower=row_lower,
        whole=np.flatnonzero(np.isin(open_columns, arrays.whole)),
    )
    return replace(model, arrays=part, columns=blocks), open_columns


def _programme(
    request: PlanRequest, model: Problem, nothing: Solution, outcome: SearchOutcome, budget: SearchBudget
) -> Programme:
    """The programme of what was found, with its own value: premiums for staying are in the search alone."""
    starts = np.zeros(0, np.int64) if outcome.starts is None else outcome.starts
    does = priced_point(model, price_with_starts(model, starts))
    value = float(model.arrays.value @ does.x)
    premiums = (value if outcome.value is None else outcome.value) - value
    tables = result_tables(model, does, priced_point(model, nothing))
    if outcome.prices is not None:
        tables["bound_prices"] = outcome.prices
    return judged_programme(
        model, nothing, request, budget, tables, outcome.figures,
        value=value, bound=max(value, outcome.bound - premiums), ended=outcome.outcome == "optimal",
    )  # fmt: skip


class _Worths:
    """Values of starts under the new facts, all else decided as is best."""

    def __init__(self, model: Problem) -> None:
        self.model, self._recourse = model, Recourse(model, model.arrays)

    def value(self, starts: Starts) -> float | None:
        """Discounted value; None where the starts are not all possible, or break a rule or a limit."""
        columns = _columns(self.model, starts)
        ones = np.zeros(self.model.starts.stop - self.model.starts.start)
        ones[columns - self.model.starts.start] = 1.0
        if len(columns) != len(starts) or not keeps_rules(self.model, ones):
            return None
        value = self._recourse.value(ones)
        return None if value is None else value + self.model.constant

    def together(self, starts: Starts, begun: Starts, seconds: float) -> dict[str, tuple[str, int]]:
        """Those of the starts that the new facts still allow, and `begun`: all where they can be carried out together,
        else the most valuable ones that are found in `seconds` and that can.

        Where nothing is found, such as where rules ask for more, all are returned.
        """
        keys = self.model.columns["start"].keys
        known = set(keys.select("option", "period").iter_rows())
        possible = {site: start for site, start in starts.items() if start in known} | dict(begun)
        if self.value(possible) is not None:
            return possible
        arrays = self.model.arrays
        lower, upper = arrays.lower.copy(), arrays.upper.copy()
        open_columns = _columns(self.model, possible)
        lower[_columns(self.model, begun)] = 1.0
        upper[np.setdiff1d(np.arange(self.model.starts.start, self.model.starts.stop), open_columns)] = 0.0
        part = reduce_model(arrays, lower, upper)
        solution = solve_mip(part.arrays, seconds=seconds)
        if solution.x is None:
            return possible
        taken = part.expand(solution.x)
        return {
            site: start for site, start in possible.items() if (taken[_columns(self.model, {site: start})] > 0.5).all()
        }


def _causes(
    worths: _Worths,
    earlier: Programme,
    programme: Programme,
    begun: Begun,
    surveyed: Collection[str],
    *,
    seconds: float,
) -> GainCauses:
    """The gain of the earlier programme, carried over to the new one by one cause after another.

    `seconds`: each search may take for the earlier starts that can be carried out together, where not all can.
    """
    known = worths.together(_starts(earlier), {}, seconds)
    late = {site: start for site, start in begun.items() if start is not None}
    in_time = worths.together({site: start for site, start in known.items() if site not in begun}, late, seconds)
    learned, timely = worths.value(known), worths.value(in_time)
    free = worths.value({site: start for site, start in in_time.items() if site not in surveyed})
    left_out = len(_starts(earlier).keys() - known.keys())
    return gain_causes(earlier, programme, learned=learned, timely=timely, free=free, left_out=left_out)


def _changes(
    moves: pl.DataFrame, now: Starts, before: Starts, worths: _Worths, *, charged: Mapping[str, float]
) -> pl.DataFrame:
    """What moved, with the worth of each move: the model solved with the site as it was and all else as it is now."""
    value, taken_back = worths.value(now), []
    for site in moves["site"]:
        back = {other: start for other, start in now.items() if other != site}
        if site in before:
            back[site] = before[site]
        undone = worths.value(back)
        taken_back.append(None if undone is None or value is None else value - undone)
    return moves.with_columns(
        pl.Series("worth", taken_back, dtype=pl.Float64),
        pl.Series("penalty", [charged.get(site, 0.0) for site in moves["site"]], dtype=pl.Float64),
    )
