"""Programmes: plan, plan again, and what is asked of a programme."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tawteen.api.results import PlanComparison, PlanResult, SiteExplanation
from tawteen.case.changes import change_case
from tawteen.case.checked import checked_case, require_plannable
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.plan.compare import compare as compare_programmes
from tawteen.plan.compare import require_same_terms
from tawteen.plan.explain import Reasons, explain_all, explain_policies, limit_values, planned_by_prices
from tawteen.plan.explain import explain as explain_site
from tawteen.plan.model_file import ModelSize
from tawteen.plan.params import DEFAULTS, SearchParams
from tawteen.plan.planning import plan as plan_case
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.robust.file import write_analysis
from tawteen.plan.robust.front import Front
from tawteen.plan.robust.front import pareto as front_of
from tawteen.plan.robust.gain_causes import GainCauses
from tawteen.plan.robust.model import Robustness
from tawteen.plan.robust.reassess import Reassessment
from tawteen.plan.robust.reassess import reassess as reassess_programme
from tawteen.plan.robust.replan import replan as plan_again
from tawteen.plan.robust.robustness import robustness
from tawteen.plan.status import GAP
from tawteen.plan.verify import Verification
from tawteen.plan.verify import verify as verify_programme
from tawteen.progress import ProgressCallback
from tawteen.report.report import report as write_report
from tawteen.runs.delivery import claim
from tawteen.runs.interrupts import Stop, stop_on_interrupt
from tawteen.runs.load import load_programme, read_whole
from tawteen.runs.model_file import write_whole_model
from tawteen.runs.outlook import simulated, with_outlook
from tawteen.runs.planning import SearchRequest, deliver, planned
from tawteen.runs.programme_folder import CASE, DELIVERED, FRONT, PAGE, ROBUSTNESS
from tawteen.runs.sites import site_id
from tawteen.runs.usage_error import UsageError
from tawteen.runs.verified import require_verified
from tawteen.words import Lang, language


def plan(
    case: Case,
    *,
    time_limit: float = 60.0,
    seed: int = 1,
    gap: float = GAP,
    changes: Iterable[str] = (),
    must: Iterable[str] = (),
    without: Iterable[str] = (),
    start: PlanResult | None = None,
    fixed: bool = False,
    steps: int | None = None,
    scenarios: int = 0,
    executor: Executor | None = None,
    params: SearchParams = DEFAULTS,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> PlanResult:
    """The best programme found for a case, with a proven bound, and a policy that learns.

    The programme is a single path. Where surveys may find one thing or another, it takes half of the time at most, and
    the rest goes to a `policy`: which sites are surveyed first, and what is done for each thing that may be found;
    `fixed` leaves it out.

    The search ends after `time_limit` seconds, or at a `gap` to the bound (share of the gain), or after `steps` of
    search, with which the same seed gives the same programme. `changes` (such as `fund.X*0.8`), `must` and `without`
    (sites by id or name) make a scenario, kept with the programme. `start`: an earlier programme, than which none worse
    is returned where its starts are possible here. `params` tune the search (`read_params` reads a profile of them) and
    never change what a programme is worth. `stop` is asked from time to time; once it says True, or after Ctrl-C, the
    best so far is returned, marked as interrupted; a second Ctrl-C raises KeyboardInterrupt. The programme is then
    simulated in so many `scenarios`, which gives it an `outlook`: expected value, P10, P90, chance of loss. Rules that
    contradict each other give an infeasible programme with the rules in conflict. Raises CaseError for a case with
    errors, for one without sites or options, for a scenario that does not fit it, and for a programme that does not
    pass its verification.
    """
    case = checked_case(case)
    sites = [tuple(_site(case, site) for site in listed) for listed in (must, without)]
    scenario = Scenario(tuple(changes), *sites)
    require_plannable(case)
    request = SearchRequest(
        scenario, time_limit, seed, gap, None if start is None else start.programme, fixed, steps, executor, params
    )
    with stop_on_interrupt(stop) as stop_flag:
        programme, _ = planned(case, request, progress=progress, stop=stop_flag)
        require_verified(case, programme, progress)
        if scenarios and programme.value is not None and programme.status != "interrupted":
            outlook = params.outlook.with_scenarios(scenarios)
            result = simulated(
                case, programme, outlook, params.robust, executor=executor, progress=progress, stop=stop_flag
            )
            programme = with_outlook(case, programme, result, params=params, stop=stop_flag).programme
    return PlanResult(case, programme)


def write_model(
    case: Case,
    path: str | Path,
    *,
    changes: Iterable[str] = (),
    must: Iterable[str] = (),
    without: Iterable[str] = (),
    progress: ProgressCallback | None = None,
) -> ModelSize:
    """Writes the whole model of a case as an MPS file for any solver, and returns its size.

    `changes`, `must` and `without` make a scenario as of `plan`. The model is to be maximised; its optimum is the value
    of the best programme, in discounted currency. Columns are named `block:id:place:period`, such as
    `start:mill-repair:mill:2028-Q3`. An earlier model at `path` is replaced. Raises UsageError where `path` does not
    end in .mps or its folder does not exist, CaseError as `plan` does.
    """
    case = checked_case(case)
    sites = [tuple(_site(case, site) for site in listed) for listed in (must, without)]
    return write_whole_model(case, Path(path), Scenario(tuple(changes), *sites), progress)


def read_result(folder: str | Path) -> PlanResult:
    """The programme and the case that `tawteen plan` or `PlanResult.save` left in a folder.

    Raises CaseError or UsageError where one of them is not there or cannot be read.
    """
    place = Path(folder)
    case, findings = read_whole(place / CASE)
    return PlanResult(checked_case(case, findings), load_programme(place))


def verify(result: PlanResult, *, progress: ProgressCallback | None = None) -> Verification:
    """Recomputes every limit and the value of a programme from it and its case alone; `holds` says whether all hold."""
    return verify_programme(result.case, result.programme, progress)


def explain(
    result: PlanResult,
    site: str,
    *,
    time_limit: float = 1.0,
    params: SearchParams = DEFAULTS,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> SiteExplanation:
    """Why a site (its id or its name) is in or out, what the other way costs, and what would have to change.

    Where the programme has a policy, its sentences begin with what this does at the site (`explanation.policy`): all
    other is about the single path. `time_limit`: seconds for solving again; 0 explains by the prices of the programme
    alone, and from `params.explain.whole_seconds` on the whole programme is planned again where it is small. Raises
    CaseError for a site that the case does not have.
    """
    site, programme, limits = _site(result.case, site), result.programme, params.explain
    few = result.case["sites"].height <= limits.whole_sites
    thorough = time_limit >= limits.whole_seconds
    whole = thorough and few and not planned_by_prices(programme)

    def resolve(case: Case, scenario: Scenario) -> Programme:
        return plan_case(
            case, scenario=scenario, time_limit=time_limit, seed=programme.seed, stop=stop, progress=progress,
            params=params,
        )  # fmt: skip

    explanation = explain_site(
        result.case, programme, site, seconds=time_limit, resolve=resolve if whole else None,
        check=_holds if thorough else None, params=params.explain,
    )  # fmt: skip
    return SiteExplanation(result, site, explanation)


def _holds(case: Case, programme: Programme) -> bool:
    return verify_programme(case, programme).holds


def reasons(result: PlanResult) -> pl.DataFrame:
    """Why every site is in or out, without solving again: one row a site, with the reason in both languages.

    `reason_en`, `reason_ar` and all that goes with them are about the single path; `policy_code`, `survey_start`,
    `value_of_information`, `policy_en` and `policy_ar` say what the policy does there (null without one).
    """
    inferred = Reasons(result.case, result.programme)
    path, policies = (table(result.case, result.programme, inferred) for table in (explain_all, explain_policies))
    return path.join(policies, on="site", how="left", maintain_order="left")


def limit_worths(result: PlanResult) -> pl.DataFrame:
    """What one more unit of each limit is worth, dearest first: discounted currency per unit.

    Columns as of `tawteen.plan.explain.limit_values`: kind, id, region, periods, total, highest, period, by_period.
    """
    return limit_values(result.programme)


def _site(case: Case, text: str) -> str:
    """The id of a site called by id or name. Raises CaseError where none or several have that name."""
    try:
        return site_id(case, text)
    except UsageError as error:
        raise CaseError(list(error.findings)) from error


def compare(before: PlanResult, after: PlanResult) -> PlanComparison:
    """What moves from one programme to another, and what it costs. Their cases may differ in their figures.

    Raises CaseError for programmes of different cases.
    """
    first, second = before.programme.case_id, after.programme.case_id
    if first != second:
        raise CaseError([Finding("error", "cli.other_case", args={"first": first, "second": second})])
    comparison = compare_programmes(before.case, before.programme, after.programme, case_b=after.case)
    return PlanComparison(before, after, comparison)


def report(
    result: PlanResult,
    out: str | Path,
    lang: Lang | None = None,
    *,
    robustness: Robustness | None = None,
    front: Front | None = None,
    progress: ProgressCallback | None = None,
) -> Path:
    """Writes programme, case, page, workbook and pictures into the folder `out` and returns the page.

    `robustness` and `front` are what `robust` and `pareto` found of this programme. Raises UsageError where the folder
    holds files that Tawteen did not write, ValueError for a programme without a solution.
    """
    if result.value is None:
        raise ValueError(f"no report of a programme without a solution ({result.status})")
    folder = Path(out)
    with claim(folder, DELIVERED) as results:
        deliver(results, result.case, result.programme, outline=result.outline, progress=progress)
        with results.staged(whole=False) as staged:
            for name, study in ((ROBUSTNESS, robustness), (FRONT, front)):
                if study is not None:
                    write_analysis(study, staged / name)
            write_report(
                result.case, result.programme, staged, lang or language(), progress=progress,
                outline=result.outline, robustness=robustness, front=front,
            )  # fmt: skip
    return folder / PAGE


def robust(
    result: PlanResult,
    *,
    scenarios: int = 1000,
    replans: int = 200,
    seed: int = 1,
    nodes: int = 50,
    each: float = math.inf,
    executor: Executor | None = None,
    params: SearchParams = DEFAULTS,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> Robustness:
    """What a programme comes to in many scenarios, what stays chosen, and what to survey first.

    `replans` of the `scenarios` are chosen anew, each with a search of `nodes`, or of `each` seconds if that is sooner.
    """
    with stop_on_interrupt(stop) as stop_flag:
        return robustness(
            result.case, result.programme, scenarios=scenarios, replans=replans, seed=seed, nodes=nodes, seconds=each,
            executor=executor, progress=progress, stop=stop_flag, params=params.robust,
        )  # fmt: skip


def reassess(result: PlanResult, case: Case | None = None, *, changes: Iterable[str] = ()) -> Reassessment:
    """What a change does to a programme, told without planning again: the changed `case`, or `changes` of its own.

    `verdict` is `unread` (planning reads nothing of it), `stands` (nothing needs to move), `open` (another programme
    may now be worth more, by `to_win` at most) or `lost` (the starts cannot all be carried out). Raises CaseError for
    what does not fit the case, ValueError for a programme without a solution.
    """
    changed = result.case if case is None else checked_case(case)
    return reassess_programme(result.case, result.programme, change_case(changed, changes))


@dataclass(frozen=True, eq=False)
class ReplanResult(PlanResult):
    """A programme that follows an earlier one.

    `changes`: what moves and what each move is worth (see `tawteen.plan.robust.replan.Replan`). `kept_value`: what the
    earlier programme would still be worth under the new facts. `held`: sites that stay as they were. `surveyed`: sites
    whose survey is done. `causes`: what the gain changed by: learning, time, decision.
    """

    changes: pl.DataFrame
    kept_value: float | None
    held: tuple[str, ...]
    surveyed: tuple[str, ...]
    causes: GainCauses

    __repr__ = PlanResult.__repr__


def replan(
    result: PlanResult,
    *,
    today: str,
    penalty: float = 0.0,
    signed: Sequence[str] = (),
    not_begun: Sequence[str] = (),
    case: Case | None = None,
    changes: Iterable[str] = (),
    time_limit: float = 60.0,
    seed: int = 1,
    params: SearchParams = DEFAULTS,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> ReplanResult:
    """Plans again from a quarter on (`today`, such as 2028-Q1): what is `signed` or begun stays as it was.

    Sites `not_begun` were to begin before, and did not. Each other start that moves costs `penalty`. New facts, such
    as what surveys found, come as a `case` or as `changes` of the one planned; a site whose survey is done is free for
    works. Raises CaseError for what does not fit the case or can no longer be kept, ValueError for a quarter that is
    none.
    """
    known, planned = case or result.case, result.scenario
    require_same_terms(result.case, known)
    signed, late = ([_site(known, site) for site in sites] for sites in (signed, not_begun))
    with stop_on_interrupt(stop) as stop_flag:
        outcome = plan_again(
            known, result.programme, today=known.calendar.parse(today), penalty=penalty, signed=signed,
            begun=dict.fromkeys(late), scenario=Scenario((*planned.set, *changes), planned.must, planned.without),
            time_limit=time_limit, seed=seed, progress=progress, stop=stop_flag, params=params,
        )  # fmt: skip
    require_verified(outcome.case, outcome.programme, progress)
    return ReplanResult(
        outcome.case, outcome.programme, outcome.changes, outcome.kept_value, outcome.held, outcome.surveyed,
        outcome.causes,
    )  # fmt: skip


def pareto(
    result: PlanResult,
    *,
    aim: str = "value",
    against: str = "jobs",
    points: int = 7,
    each: float = 20.0,
    params: SearchParams = DEFAULTS,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
) -> Front:
    """How much of one aim is given up for more of another, in at most `points` programmes of `each` seconds.

    Aims: value, jobs, foreign_exchange, cash, and `share:REGION` as the second. Raises CaseError for another aim.
    """
    with stop_on_interrupt(stop) as stop_flag:
        return front_of(
            result.case, aim, against, points, earlier=result.programme, scenario=result.scenario, seconds=each,
            progress=progress, stop=stop_flag, params=params.robust,
        )  # fmt: skip
