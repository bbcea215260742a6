"""Robustness of a programme in many scenarios: its figures, frequency of options, and sites to survey first."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.plan.gains import share_of_losses
from tawteen.plan.params import DEFAULTS, RobustParams
from tawteen.plan.planning import planning_problem
from tawteen.plan.problem import Problem
from tawteen.plan.programme import Programme
from tawteen.plan.robust.column_generation import priced
from tawteen.plan.robust.model import POLICY_RUNS, Robustness
from tawteen.plan.robust.parallel import Stop, sweep
from tawteen.plan.robust.policy_futures import FoundFutures, PolicyTask, run_policy
from tawteen.plan.robust.rechoose import ScenarioChoice, SearchEffort, Starts, choose_anew, good_starts, open_problem
from tawteen.plan.robust.recourse import Recourse, ScenarioOutcome, StartChoice, base_standing, outcome, softened
from tawteen.plan.robust.sampling import Samples, as_planned
from tawteen.plan.robust.shocks import SHOCKS, Shock, shocks_table
from tawteen.plan.robust.value_of_information import OptionWorths, sites_first, survey_first
from tawteen.plan.robust.warm_start import WarmStart
from tawteen.plan.scenario import apply
from tawteen.progress import ProgressCallback, ProgressEvent, ignore


@dataclass(frozen=True)
class ChoiceFrequencies:
    """Shares of the scenarios in which an option is chosen when all is planned anew. They define the core and the rim
    that sentences and docs/method.md explain, so they are no parameters of a profile.
    """

    core: float = 0.8
    """Share from which an option counts as chosen nearly always."""
    rim: float = 0.05
    """Share from which an option counts as chosen at times."""


FREQUENCIES = ChoiceFrequencies()


class Stopped(Exception):  # noqa: N818 - a request of the caller, no error
    """The run was stopped before the first scenario ended."""


@dataclass(frozen=True)
class _FixedTask:
    draws: Samples
    choice: StartChoice
    before: WarmStart


@dataclass(frozen=True)
class _ReplanTask:
    draws: Samples
    allowed: Starts
    held: Starts
    before: WarmStart | None
    effort: SearchEffort


@dataclass(frozen=True)
class _Inputs:
    case: Case
    programme: Programme
    model: Problem
    choice: StartChoice
    draws: Samples
    params: RobustParams


def _run_fixed(piece: _FixedTask) -> list[ScenarioOutcome]:
    return [outcome(drawn, piece.choice, piece.before) for drawn in piece.draws]


def _run_replan(piece: _ReplanTask) -> list[ScenarioChoice | None]:
    return [
        choose_anew(piece.draws.before(i), piece.allowed, piece.held, piece.before, piece.effort)
        for i in range(len(piece.draws))
    ]


def robustness(
    case: Case,
    programme: Programme,
    *,
    scenarios: int = 1000,
    replans: int = 200,
    seed: int = 1,
    seconds: float = math.inf,
    nodes: int = SearchEffort.nodes,
    executor: Executor | None = None,
    shocks: Sequence[Shock] = SHOCKS,
    policy: bool = True,
    progress: ProgressCallback | None = None,
    stop: Stop | None = None,
    params: RobustParams = DEFAULTS.robust,
) -> Robustness:
    """How `programme`, planned for `case` (before its scenario), does when what is uncertain turns out as drawn.

    The programme is held fixed in `scenarios` scenarios with everything but its starts decided anew (`recourse`), and
    chosen anew in `replans` of them among the best starts of each site, before gates are known (`rechoose`): each
    search ends after `nodes`, or sooner after `seconds`, and then the answer depends on the machine. Where it has a
    policy (and `policy` asks for it), this and the single path are carried out in the first `params.policy_scenarios`
    of them, in which surveys find what they do in the futures of the policy (`policy_futures`). Work goes to
    `executor` (see `parallel.processes` and `parallel.cluster`), by default to this process;
    `progress` gets the stages fixed, anew and policy; when `stop` returns True, what is done by then is returned.
    Raises ValueError for a programme without a choice and Stopped when stopped before anything was done.
    """
    began = time.monotonic()
    if programme.value is None or programme.do_nothing is None:
        raise ValueError("a programme without a solution has no robustness")
    tell = progress or ignore
    changed = apply(case, programme.scenario)
    model = planning_problem(changed)
    choice, worths, planned = _choice(model, programme)
    allowed = good_starts(worths, planned, params)
    draws = Samples(changed, scenarios, seed, shocks)
    base = outcome(as_planned(changed), choice)
    before = base_standing(as_planned(changed), choice)
    fixed = [_FixedTask(draws.part(r), choice, before) for r in _parts(scenarios, params)]
    parts = sweep(_run_fixed, fixed, executor, tell=lambda share: tell(ProgressEvent("fixed", share)), stop=stop)
    runs = [result for part in parts if part is not None for result in part]
    if not runs:
        raise Stopped("stopped before the first scenario")
    place = _base_start(changed, allowed, worths, programme.do_nothing, params) if replans else None
    effort = SearchEffort(nodes, seconds, params=params)
    anew = [
        _ReplanTask(draws.part(r), allowed, planned, place, effort) for r in _parts(min(replans, scenarios), params)
    ]
    replanned = sweep(_run_replan, anew, executor, tell=lambda share: tell(ProgressEvent("anew", share)), stop=stop)
    chosen = [result for part in replanned if part is not None for result in part if result is not None]
    facts = _Inputs(changed, programme, model, choice, draws, params)
    beside = _policy_runs(facts, executor, tell, stop) if policy else pl.DataFrame(schema=POLICY_RUNS)
    return replace(_results(facts, base, runs, chosen, time.monotonic() - began), policy_runs=beside)


def _policy_runs(facts: _Inputs, executor: Executor | None, tell: ProgressCallback, stop: Stop | None) -> pl.DataFrame:
    """Policy and single path in the first scenarios, each with what one of the policy's futures finds."""
    policy, count = facts.programme.policy, min(len(facts.draws), facts.params.policy_scenarios)
    none = pl.DataFrame(schema=POLICY_RUNS)
    if policy is None or not count:
        return none
    chosen = facts.choice.chosen
    path = StartChoice({option: facts.choice.starts[option] for option in chosen}, chosen, chosen)
    futures = FoundFutures.of_policy(facts.case, policy)
    tasks = [PolicyTask(facts.draws.part(part), futures, path) for part in _parts(count, facts.params)]
    parts = sweep(run_policy, tasks, executor, tell=lambda share: tell(ProgressEvent("policy", share)), stop=stop)
    return pl.concat([none, *(part for part in parts if part is not None)])


def _parts(n: int, params: RobustParams) -> list[range]:
    """The scenarios of each task. Tasks do not depend on the workers, so neither do the results."""
    size = params.scenarios_per_task
    return [range(first, min(first + size, n)) for first in range(0, n, size)]


def _base_start(
    case: Case, allowed: Starts, worths: pl.DataFrame, nothing: float, params: RobustParams
) -> WarmStart | None:
    """Where the linear model over `allowed` starts stands when all is as planned and `nothing` is what idling gives."""
    model = open_problem(as_planned(case), allowed)
    keys = ["option", "period"]
    thought = model.columns["start"].keys.join(worths, on=keys, how="left", maintain_order="left")["worth"].to_numpy()
    linear = priced(model, None, nothing - model.constant, thought, params)
    return None if linear is None else linear.standing


def _choice(model: Problem, programme: Programme) -> tuple[StartChoice, pl.DataFrame, Starts]:
    """The programme as a choice with the best start of every other option, all starts with what each is worth (option,
    site, period, worth), and the programme's own.
    """
    keys = model.columns["start"].keys
    started = programme.sites.filter(pl.col("option").is_in(keys["option"].implode()) & pl.col("period").is_not_null())
    planned = frozenset(started.select("option", "period").iter_rows())
    named = zip(keys["option"], keys["period"], strict=True)
    fixed = np.array([float(start in planned) for start in named])
    worth = Recourse(model, softened(model)[0]).worth(fixed)
    if worth is None:
        raise RuntimeError("the programme does not fit its case")
    best = keys.with_columns(worth=pl.Series(worth)).sort("worth", descending=True, maintain_order=True)
    starts = dict(best.unique("option", keep="first", maintain_order=True).select("option", "period").iter_rows())
    firm = started.filter(pl.col("status").is_in(["firm", "close"]))["option"]
    choice = StartChoice({**starts, **dict(planned)}, frozenset(option for option, _ in planned), frozenset(firm))
    return choice, best.select("option", "site", "period", "worth"), planned


def _results(
    facts: _Inputs,
    base: ScenarioOutcome,
    runs: list[ScenarioOutcome],
    chosen: list[ScenarioChoice],
    seconds: float,
) -> Robustness:
    figures = pl.DataFrame(
        [(r.index, r.gain, r.firm_gain, r.cash, r.short, r.first, r.last) for r in runs],
        schema={"scenario": pl.Int64, "gain": pl.Float64, "firm_gain": pl.Float64, "cash": pl.Float64,
                "short": pl.Float64, "first": pl.Int64, "last": pl.Int64},
        orient="row",
    )  # fmt: skip
    options = facts.model.inputs.effects.options
    values, surveys = _surveys(facts, runs)
    often, sites = _often(facts, chosen)
    firm = facts.choice.firm
    return Robustness(
        case_hash=case_hash(facts.case),
        seed=facts.draws.seed,
        scenarios=len(runs),
        replans=len(chosen),
        seconds=seconds,
        beats=float((figures["firm_gain"] > 0.0).mean()) if firm else None,  # type: ignore[arg-type]
        gains=float((figures["gain"] > 0.0).mean()),  # type: ignore[arg-type]
        replan_gap=_gap(chosen),
        runs=figures,
        figures=_figures(figures, base, firm=bool(firm)),
        sites=_sites(facts, base, runs, options),
        options=often,
        often=sites,
        values=values,
        surveys=surveys,
        shocks=shocks_table(facts.draws.shocks),
    )


FIGURE_P80 = {"gain": 0.2, "firm_gain": 0.2, "cash": 0.8, "short": 0.8, "first": 0.8, "last": 0.8}
"""Figures with the quantile that is their P80: value is reached from above, cash and dates from below."""


def quantile(values: Sequence[float | int | None], share: float) -> float | None:
    """The value below which `share` of the values lie, by order; null stands for never and is the largest."""
    ordered = sorted(values, key=lambda v: (v is None, v or 0.0))
    place = min(max(int(np.ceil(share * len(ordered))) - 1, 0), len(ordered) - 1)
    value = ordered[place]
    return None if value is None else float(value)


def _figures(figures: pl.DataFrame, base: ScenarioOutcome, *, firm: bool) -> pl.DataFrame:
    rows = []
    for name, p80 in FIGURE_P80.items():
        values = figures[name].to_list()
        known = [v for v in values if v is not None]
        mean = float(np.mean(known)) if len(known) == len(values) and name not in ("first", "last") else None
        if name != "firm_gain" or firm:
            rows.append((name, getattr(base, name), mean, quantile(values, 0.5), quantile(values, p80)))
    schema = {"figure": pl.String, **dict.fromkeys(("base", "mean", "p50", "p80"), pl.Float64)}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _sites(facts: _Inputs, base: ScenarioOutcome, runs: list[ScenarioOutcome], options: pl.DataFrame) -> pl.DataFrame:
    owner = dict(options.select("option", "site").iter_rows())
    status = dict(facts.programme.sites.select("option", "status").drop_nulls().iter_rows())
    rows = []
    for option in sorted(facts.choice.chosen, key=lambda o: (owner[o], o)):
        dates = [r.operates.get(option) for r in runs]
        worth = [r.worth[option] for r in runs]
        rows.append(
            (
                owner[option], option, status.get(option), facts.choice.starts[option], base.operates.get(option),
                quantile(dates, 0.5), quantile(dates, 0.8),
                sum(d is not None for d in dates) / len(runs) if option in base.operates else None,
                quantile(worth, 0.5), quantile(worth, 0.2), sum(w > 0 for w in worth) / len(runs),
                base.worth[option], float(np.mean(worth)), quantile(worth, 0.1), quantile(worth, 0.9),
                share_of_losses(worth),
            )
        )  # fmt: skip
    period_columns, number_columns = (
        ("start", "operates", "operates_p50", "operates_p80"),
        ("reaches", "worth_p50", "worth_p80", "pays", "worth", "worth_mean", "worth_p10", "worth_p90", "loses"),
    )
    schema = {**dict.fromkeys(("site", "option", "status"), pl.String), **dict.fromkeys(period_columns, pl.Int64)}
    return pl.DataFrame(
        rows, schema={**schema, **dict.fromkeys(number_columns, pl.Float64)}, orient="row", strict=False
    )


def _often(facts: _Inputs, chosen: list[ScenarioChoice]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Frequency of each option, and of each site with any works, in the scenarios chosen anew."""
    options = facts.model.inputs.effects.options.filter("available", pl.col("kind") != "as_is")
    status = facts.programme.sites.select("option", "status").drop_nulls()
    counted = pl.DataFrame({"option": [o for choice in chosen for o in choice.options]}, schema={"option": pl.String})
    times = counted.group_by("option").agg(times=pl.len())
    share = (pl.col("times").fill_null(0) / max(len(chosen), 1)).alias("chosen")
    each = (
        options.select("site", "option", "kind")
        .join(times, on="option", how="left", maintain_order="left")
        .join(status, on="option", how="left", maintain_order="left")
        .with_columns(share)
    )
    works = (
        each.filter(~pl.col("kind").is_in(["survey"])).group_by("site", maintain_order=True).agg(pl.col("times").sum())
    )
    sites = works.with_columns(share).with_columns(robust=_robust()).sort(["chosen", "site"], descending=[True, False])
    return (
        each.with_columns(robust=_robust())
        .select("site", "option", "kind", "status", "chosen", "robust")
        .sort(["chosen", "option"], descending=[True, False]),
        sites.select("site", "chosen", "robust"),
    )


def _gap(chosen: list[ScenarioChoice]) -> float | None:
    """In half of the replans the choice is proven to be within this share of the most that could be gained."""
    gaps = [
        (choice.bound - choice.value) / (choice.bound - choice.value + choice.gain)
        for choice in chosen
        if choice.gain > 0
    ]
    return quantile(gaps, 0.5) if gaps else None


def _robust() -> pl.Expr:
    core, rim = pl.col("chosen") >= FREQUENCIES.core, pl.col("chosen") >= FREQUENCIES.rim
    return pl.when(core).then(pl.lit("core")).when(rim).then(pl.lit("rim")).otherwise(pl.lit("out"))


def _surveys(facts: _Inputs, runs: list[ScenarioOutcome]) -> tuple[pl.DataFrame, pl.DataFrame]:
    case, effects = facts.model.inputs.case, facts.model.inputs.effects
    works = effects.options.filter(
        pl.col("option").is_in(list(facts.choice.starts)) & ~pl.col("kind").is_in(["survey", "close"])
    ).select("option", "site")
    worth = np.array([[run.worth[option] for option in works["option"]] for run in runs]).reshape(
        len(runs), works.height
    )
    quantiles = facts.draws.random_numbers[[run.index for run in runs]]
    blockers = case["blockers"].drop_nulls("chance")
    chances = {(site, gate): chance for site, gate, chance in blockers.select("site", "gate", "chance").iter_rows()}
    costs = dict(case.filled("sites").select("id", "survey_cost").iter_rows())
    known, worths = facts.draws.unknowns, OptionWorths(works, worth)
    return (
        survey_first(known, quantiles, worths, chances, facts.params),
        sites_first(known, quantiles, worths, chances, costs, params=facts.params),
    )
