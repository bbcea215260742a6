"""A programme solved again around one site: the site forced in or left out, its rivals free, all else as it stands.

In is a site where an option that works on it starts; a survey alone, or closing it, leaves it out.

Method: large neighbourhood search (Shaw 1998) with one neighbourhood, solved to its end: rivals are the sites whose
choice presses on the same limits, weighed by what moving them loses at today's prices. What comes out keeps every
limit, so the programme with the site is worth at least that; what it is worth at most follows from the bound at the
prices of the proof (weak duality): that bound less what the site's best choice is worth there, plus that of the
choice which is forced.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.outcome import do_nothing_solution, priced_programme_result, problem_with_starts
from tawteen.plan.decomposition.proof import best_starts
from tawteen.plan.explain.lever import Lever
from tawteen.plan.explain.priced_programme import PricedProgramme, SiteNeighbourhood, select_options
from tawteen.plan.explain.site_model import SiteModel
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.problem import Problem
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.programme_tables import FLOWS
from tawteen.plan.reduced_model import reduce_model
from tawteen.plan.solver import Solution, solve_mip
from tawteen.plan.status import PlanRequest
from tawteen.works.periods import QUARTERS_PER_YEAR

Indices = NDArray[np.int64]
Changed = Callable[[Problem, MilpArrays], MilpArrays]


def unchanged(_problem: Problem, arrays: MilpArrays) -> MilpArrays:
    """The arrays as they are: no limit is changed."""
    return arrays


@dataclass(frozen=True)
class ResolveTask:
    """What is asked of one site (its place): forced in, left out, or free (None), with `part` in play.

    `changed` may widen limits of the model that is solved; the bound is then that of the search alone.
    """

    priced: PricedProgramme
    site: int
    inside: bool | None
    part: SiteNeighbourhood
    changed: Changed = unchanged

    @property
    def open(self) -> Indices:
        """The sites that are free."""
        return np.append(self.part.rivals, self.site)


def site_neighbourhood(priced: PricedProgramme, site: int, many: int) -> SiteNeighbourhood:
    """What is in play around a site with so many rivals; the same for all questions, whatever changes."""
    if (site, many) not in priced.neighbourhoods:
        beside = competing_sites(priced, site, many)
        count = len(priced.sites.first)
        everything = is_small(priced) and len(beside) + 1 == count
        mine, others = np.arange(count) == site, np.isin(np.arange(count), beside)
        params, most = priced.params, priced.params.whole_starts
        own = best_starts(priced.sites, priced.worth, most, mine) if everything else _spread_starts(priced, site)
        near = best_starts(
            priced.sites,
            priced.worth if everything else _works_only(priced),
            most if everything else params.rival_starts,
            others,
        )
        priced.neighbourhoods[site, many] = SiteNeighbourhood(
            beside, np.union1d(np.union1d(priced.flat, own), near), everything
        )
    return priced.neighbourhoods[site, many]


@dataclass(frozen=True)
class ResolvedProgramme:
    """What was found.

    `value` as that of the programme (None where the rivals leave no way); `most` is proven: no such programme is worth
    more. `flat` are its starts. `whole` says that all choices of the site and
    its rivals were weighed to the end, `everything` that these are all choices there are.
    """

    value: float | None
    most: float
    flat: Indices
    whole: bool
    seconds: float
    rivals: int
    inside: bool
    everything: bool = False


def resolve_site(
    priced: PricedProgramme,
    site: int,
    inside: bool | None,
    *,
    changed: Changed = unchanged,
    seconds: float | None = None,
    many: int | None = None,
) -> ResolvedProgramme:
    """Solves again with a site (its place) forced in, left out, or free (None), within about `seconds`
    (`params.seconds` where not given).

    `many` rivals are opened; where that is not given `params.rivals`, and `params.more_rivals` where no solution was
    found with these.
    """
    began = time.monotonic()
    params = priced.params
    seconds = params.seconds if seconds is None else seconds
    most = upper_bound(priced, site, inside) if changed is unchanged else np.inf
    result = ResolvedProgramme(None, most, priced.flat, False, 0.0, 0, False)
    for count in (params.rivals, params.more_rivals) if many is None else (many,):
        remaining = seconds - (time.monotonic() - began)
        if result.value is not None or remaining <= 0:
            break
        task = ResolveTask(priced, site, inside, site_neighbourhood(priced, site, count), changed)
        result = _solve_task(task, remaining, result)
    return replace(result, seconds=time.monotonic() - began)


def is_small(priced: PricedProgramme) -> bool:
    """Whether the whole model is solved again, because it has few possible starts."""
    return bool(np.isfinite(priced.worth).sum() <= priced.params.whole_starts)


def upper_bound(priced: PricedProgramme, site: int, inside: bool | None, exempt: Sequence[str] = ()) -> float:
    """Upper bound on the value of a programme with the site in (or out), by weak duality.

    Rules in `exempt` do not bind the site; the bound of the programme says nothing of such programmes.
    """
    known = np.inf if priced.programme.bound is None or exempt else priced.programme.bound
    if inside is None:
        return known
    mine = priced.sites.site == site
    worth = priced.worth[mine]
    free = worth + _rule_charges(priced, mine, exempt)
    works_on = priced.works[mine]
    works = float(free[works_on].max(initial=-np.inf))
    best = max(float(worth.max(initial=-np.inf)), 0.0)
    idle = max(float(free[~works_on].max(initial=-np.inf)), 0.0)
    return min(known, priced.proof.value + priced.constant - best + (works if inside else idle))


def _rule_charges(priced: PricedProgramme, mine: NDArray[np.bool_], rules: Sequence[str]) -> Floats:
    """What some rules charge the starts of the options `mine` at the prices of the proof."""
    block = priced.market.rows["rule"]
    charged = np.where(block.keys["rule"].is_in(list(rules)).to_numpy(), priced.proof.prices[block.span], 0.0)
    if not len(charged):
        return np.zeros((int(mine.sum()), priced.periods))
    return np.asarray((priced.sites.rules.T @ charged).reshape(priced.worth.shape)[mine])


def competing_sites(priced: PricedProgramme, site: int, many: int) -> Indices:
    """Sites whose plans press on the rows that the site's best plan presses on, least loss of moving first."""
    count = len(priced.sites.first)
    mine = np.arange(count) == site
    if is_small(priced):
        return np.flatnonzero(~mine)
    best = best_starts(priced.sites, _works_only(priced), 1, mine)
    near = best_starts(priced.sites, _works_only(priced), priced.params.rival_starts, ~mine)
    others = np.union1d(near, priced.flat[priced.taken != site])
    size = np.abs(priced.proof.prices)
    pressed_by = np.asarray(abs(priced.plans(best).rows).sum(axis=1)).ravel() * size
    theirs = abs(priced.plans(others).rows).tocoo()
    shared = np.zeros(len(others))
    np.add.at(shared, theirs.col, np.minimum(theirs.data * size[theirs.row], pressed_by[theirs.row]))
    pressed = np.zeros(count)
    np.maximum.at(pressed, priced.site_of(others), shared)
    score = pressed - _regret(priced, others)
    score[mine] = -np.inf
    ranked = np.argsort(-score, kind="stable")[:many]
    return np.asarray(ranked[np.isfinite(score[ranked])])


def _works_only(priced: PricedProgramme) -> Floats:
    """Worth of the starts of works."""
    return np.where(priced.works[:, None], priced.worth, -np.inf)


def _spread_starts(priced: PricedProgramme, site: int) -> Indices:
    """The best starts of works at a site, and those of every option that are best in their year: early starts compete
    otherwise.
    """
    worth = _works_only(priced)
    mine = np.arange(len(priced.sites.first)) == site
    rows = np.flatnonzero(priced.sites.site == site)
    yearly = [
        row * priced.periods + first + int(worth[row, first : first + QUARTERS_PER_YEAR].argmax())
        for row in rows
        for first in range(0, priced.periods, QUARTERS_PER_YEAR)
    ]
    years = np.array([flat for flat in yearly if np.isfinite(worth.ravel()[flat])], dtype=np.int64)
    return np.union1d(years, best_starts(priced.sites, worth, priced.params.rival_starts, mine))


def _regret(priced: PricedProgramme, flat: Indices) -> Floats:
    """Loss of each site if it moves from its choice to the next best among the starts `flat`."""
    count, owner, worth = len(priced.sites.first), priced.site_of(flat), priced.worth.ravel()[flat]
    is_chosen = np.isin(flat, priced.flat)
    isin = np.isin(np.arange(count), priced.taken)
    have, other = np.zeros(count), np.where(isin, 0.0, -np.inf)
    have[owner[is_chosen]] = worth[is_chosen]
    np.maximum.at(other, owner[~is_chosen], worth[~is_chosen])
    return np.maximum(have - other, 0.0)


def _solve_task(task: ResolveTask, seconds: float, before: ResolvedProgramme) -> ResolvedProgramme:
    priced, part = task.priced, task.part
    before = replace(before, rivals=len(part.rivals))
    site_model = open_site_model(task)
    model, flat = site_model.model, start_indices(priced, site_model.model)
    arrays = task.changed(model, model.arrays)
    current = site_model.solve(model.starts.start + np.flatnonzero(np.isin(flat, priced.flat)))
    if current.x is None:
        return before
    lower, upper = _fixed_bounds(task, model, arrays, flat, current.x)
    reduced = reduce_model(_forced_in(task, model, arrays), lower, upper)
    gain = (priced.programme.value or 0.0) - (priced.programme.do_nothing or 0.0)
    solution = solve_mip(
        reduced.arrays,
        seconds=seconds,
        gap=max(priced.params.gap * gain, 1.0),
        known=current.x[reduced.columns] if task.inside is None else None,
        effort=0.0,
    )
    if solution.x is None:
        impossible = part.everything and solution.outcome == "infeasible"
        return replace(before, whole=impossible, everything=part.everything, most=-np.inf) if impossible else before
    picked = model.starts.start + np.flatnonzero(reduced.expand(solution.x)[model.starts] > 0.5)
    final = site_model.solve(picked, None if task.changed is unchanged else arrays)
    if final.value is None:
        return before
    starts = np.sort(flat[picked - model.starts.start])
    return replace(
        before,
        value=final.value + model.constant,
        flat=starts,
        whole=solution.outcome == "optimal",
        inside=bool(np.any((priced.site_of(starts) == task.site) & priced.works[starts // priced.periods])),
        everything=part.everything,
        most=_bounded(before.most, solution, reduced.constant + model.constant) if part.everything else before.most,
    )


def _bounded(most: float, solution: Solution, constant: float) -> float:
    """The lower of the known upper bound and that of a search that weighed everything there is."""
    bound = max(solution.bound, -np.inf if solution.value is None else solution.value)
    return min(most, bound + constant)


def open_site_model(task: ResolveTask) -> SiteModel:
    """The model around the site, kept for the next question; it begins where that of the unchanged case stands."""
    priced, key = task.priced, task.part.flat.tobytes()
    if key not in priced.models:
        model = problem_with_starts(_reduced_market(priced, task.part.flat), priced.sites, task.part.flat)
        free = np.flatnonzero(np.isin(priced.site_of(start_indices(priced, model)), task.open))
        basis = None if priced.similar is None or key not in priced.similar.models else priced.similar.models[key].state
        priced.models[key] = SiteModel(model, model.arrays, model.starts.start + free, basis)
    return priced.models[key]


def _reduced_market(priced: PricedProgramme, flat: Indices) -> Market:
    """The market with the effects of lines that run and of options with a start in play: others put nothing in."""
    inputs = priced.market.inputs
    names = priced.sites.options["option"].gather(np.unique(flat // priced.periods))
    lines = inputs.effects.options.filter(pl.col("kind") == "as_is")["option"]
    effects = select_options(inputs.effects, pl.concat([names, lines]))
    return replace(priced.market, inputs=replace(inputs, effects=effects))


def start_indices(priced: PricedProgramme, model: Problem) -> Indices:
    """Places (option · periods + start) of the starts of a model, in its order."""
    rows = priced.sites.options.select("option", "row")
    keys = model.columns["start"].keys.join(rows, on="option", maintain_order="left")
    return (keys["row"] * priced.periods + keys["period"]).to_numpy()


def _forced_in(task: ResolveTask, model: Problem, arrays: MilpArrays) -> MilpArrays:
    """The model in which the site must start an option, if that is requested."""
    if not task.inside:
        return arrays
    row_lower = arrays.row_lower.copy()
    keys = model.rows["site"]
    row_lower[keys.first + keys.keys["site"].to_list().index(task.priced.names[task.site])] = 1.0
    return replace(arrays, row_lower=row_lower)


def _fixed_bounds(
    task: ResolveTask, model: Problem, arrays: MilpArrays, flat: Indices, current: Floats
) -> tuple[Floats, Floats]:
    """Bounds that fix all other sites, their throughput, and the goods that no open site touches.

    Where everything is in play, flows stay open too: goods may share a route or a fund.
    """
    priced, lower, upper = task.priced, arrays.lower.copy(), arrays.upper.copy()
    owner = priced.site_of(flat)
    shut = model.starts.start + np.flatnonzero(~np.isin(owner, task.open))
    lower[shut] = upper[shut] = 1.0
    if task.inside is not None:
        works = priced.works[flat // priced.periods]
        against = (owner == task.site) & (~works if task.inside else works)
        upper[model.starts.start + np.flatnonzero(against)] = 0.0
    facts, recipe = model.inputs.effects.options.select("option", "site"), model.inputs.effects.recipe
    free = pl.Series([priced.names[i] for i in task.open], dtype=pl.String)
    makers = facts.filter(pl.col("site").is_in(free.implode()))["option"]
    touched = recipe.filter(pl.col("option").is_in(makers.implode()))["commodity"].unique()
    fixed_blocks = [("throughput", "option", makers), *((block, "commodity", touched) for block in FLOWS)]
    for block, key, open_ in () if task.part.everything else fixed_blocks:
        if block in model.columns:
            place = model.columns[block]
            fixed = place.span.start + np.flatnonzero(~place.keys[key].is_in(open_.implode()).to_numpy())
            lower[fixed] = upper[fixed] = np.clip(current[fixed], lower[fixed], upper[fixed])
    return lower, upper


@dataclass(frozen=True)
class ForcedComparison:
    """The best programmes found with a site in and with it out.

    `site_start` are the option and start of the site where it is in, `last_start` the last period in which that option
    may start. `exempt` are rules that keep it out and do not bind it in the programme with it.
    """

    within: ResolvedProgramme
    without: ResolvedProgramme
    site_start: tuple[str, int] = ("", 0)
    exempt: tuple[Lever, ...] = ()
    last_start: int | None = None

    @property
    def cost(self) -> float | None:
        """Value of the programme without the site less that with it (negative for a gain); None without one."""
        if self.within.value is None or self.without.value is None:
            return None
        return self.without.value - self.within.value

    def cost_range(self, value: float, *, inside: bool) -> tuple[float, float | None]:
        """What a programme with the opposite choice is worth less than one of `value`: at least and at most.

        Negative for a gain. At most is None where no such programme was found; at least is infinite where there is
        none. `inside`: whether the site is in the programme of `value`.
        """
        turned = self.without if inside else self.within
        if turned.value is None:
            return value - turned.most, None
        return value - max(turned.most, turned.value), value - turned.value

    @property
    def whole(self) -> bool:
        """Whether the cost is exact for the choices of the site and its rivals, with all other sites fixed."""
        return self.within.whole and self.without.whole

    @property
    def exact(self) -> bool:
        """Whether it is exact without any condition."""
        return self.whole and self.within.everything and self.without.everything


def compare_forced(priced: PricedProgramme, site: int, *, seconds: float | None = None) -> ForcedComparison:
    """The site (its place) forced in, and left out; each within about `seconds`, with the same rivals.

    Where the time is too short for them, fewer rivals are opened: an exact answer among few says more.
    """
    within = resolve_site(priced, site, True, seconds=seconds)
    if within.value is not None and not within.whole:
        fewer = resolve_site(priced, site, True, seconds=seconds, many=priced.params.fewer_rivals)
        within = fewer if fewer.whole and fewer.value is not None else within
    without = resolve_site(priced, site, False, seconds=seconds, many=within.rivals)
    within, without = (
        _no_worse_than_known(priced, site, side, inside) for side, inside in ((within, True), (without, False))
    )
    return (
        ForcedComparison(within, without)
        if within.value is None
        else ForcedComparison(within, without, start_of_site(priced, site, within))
    )


def _no_worse_than_known(
    priced: PricedProgramme, site: int, side: ResolvedProgramme, inside: bool
) -> ResolvedProgramme:
    """What was found on one side, or the programme itself where it is of that side and worth more."""
    known = priced.programme.value
    chosen = bool(np.any((priced.taken == site) & priced.works[priced.flat // priced.periods]))
    if known is None or chosen != inside or (side.value is not None and side.value >= known):
        return side
    return replace(side, value=known, flat=priced.flat, inside=chosen)


def start_of_site(priced: PricedProgramme, site: int, solution: ResolvedProgramme) -> tuple[str, int]:
    """The option and start of works at a site (its place) in what was found. Raises ValueError where there is none."""
    mine = solution.flat[(priced.site_of(solution.flat) == site) & priced.works[solution.flat // priced.periods]]
    if not len(mine):
        raise ValueError(f"site {priced.names[site]} does not start")
    return priced.sites.options["option"][int(mine[0] // priced.periods)], int(mine[0] % priced.periods)


def resolved_programme(priced: PricedProgramme, solution: ResolvedProgramme) -> Programme:
    """What was found as a programme for the case with the scenario applied, so that it can be verified.

    Raises ValueError where nothing was found.
    """
    if solution.value is None:
        raise ValueError("nothing was found")
    model = problem_with_starts(priced.market, priced.sites, solution.flat)
    programme = priced_programme_result(
        model,
        solution.most - model.constant,
        do_nothing_solution(priced.market, priced.sites),
        request=PlanRequest(Scenario(), priced.programme.seed, 0.0),
        budget=SearchBudget(0.0),
        figures={},
    )
    return replace(programme, seconds=solution.seconds)
