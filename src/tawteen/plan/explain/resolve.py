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
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.outcome import nothing_of, problem_with, programme_of
from tawteen.plan.decomposition.proof import promising
from tawteen.plan.explain.priced_programme import Part, PricedProgramme, of_options
from tawteen.plan.explain.site_model import SiteModel
from tawteen.plan.model_builder import Floats, MilpArrays
from tawteen.plan.problem import Problem
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.reduced_model import core
from tawteen.plan.solver import solve_mip
from tawteen.plan.status import PlanRequest

Whole = NDArray[np.int64]
Changed = Callable[[Problem, MilpArrays], MilpArrays]
RIVALS = (24, 80)
"""How many rivals are opened: first few, more where these leave no way."""
FEWER = 8
OTHERS = 4
"""Starts that are tried of each rival."""
YEAR = 4
SECONDS = 4.0
ALL = 400
"""Countries with no more possible starts than that are opened as a whole."""
FINE = 1e-7
"""Share of the gain below which two programmes are equal."""
FLOWS = ("import", "export", "transport", "stock", "unmet", "supply")


def as_it_is(_problem: Problem, arrays: MilpArrays) -> MilpArrays:
    """No limit changed."""
    return arrays


@dataclass(frozen=True)
class Question:
    """What is asked of one site (its place): forced in, left out, or free (None), with `part` in play.

    `changed` may widen limits of the model that is solved.
    """

    at: PricedProgramme
    site: int
    inside: bool | None
    part: Part
    changed: Changed = as_it_is

    @property
    def open(self) -> Whole:
        """The sites that are free."""
        return np.append(self.part.rivals, self.site)


def part_of(at: PricedProgramme, site: int, many: int) -> Part:
    """What is in play around a site with so many rivals; the same for all questions, whatever changes."""
    if (site, many) not in at.parts:
        beside = rivals(at, site, many)
        count = len(at.sites.first)
        everything = small(at) and len(beside) + 1 == count
        mine, others = np.arange(count) == site, np.isin(np.arange(count), beside)
        own = promising(at.sites, at.worth, ALL, mine) if everything else _spread(at, site)
        near = promising(at.sites, at.worth if everything else _of_works(at), ALL if everything else OTHERS, others)
        at.parts[site, many] = Part(beside, np.union1d(np.union1d(at.flat, own), near), everything)
    return at.parts[site, many]


@dataclass(frozen=True)
class Resolver:
    """What was found.

    `value` as that of the programme (None where the rivals leave no way); `most` is proven: no such programme is worth
    more. `flat` are its starts. `whole` says that all choices of the site and
    its rivals were weighed to the end, `everything` that these are all choices there are.
    """

    value: float | None
    most: float
    flat: Whole
    whole: bool
    seconds: float
    rivals: int
    inside: bool
    everything: bool = False


def again(
    at: PricedProgramme,
    site: int,
    inside: bool | None,
    *,
    changed: Changed = as_it_is,
    seconds: float = SECONDS,
    many: int | None = None,
) -> Resolver:
    """Solves again with a site (its place) forced in, left out, or free (None), within about `seconds`.

    So `many` rivals are opened; where that is not given few, and more where these leave no way.
    """
    began = time.monotonic()
    found = Resolver(None, _most(at, site, inside), at.flat, False, 0.0, 0, False)
    for count in RIVALS if many is None else (many,):
        left = seconds - (time.monotonic() - began)
        if found.value is not None or left <= 0:
            break
        question = Question(at, site, inside, part_of(at, site, count), changed)
        found = _solved(question, left, found)
    return replace(found, seconds=time.monotonic() - began)


def small(at: PricedProgramme) -> bool:
    """Whether a country is solved again as a whole."""
    return bool(np.isfinite(at.worth).sum() <= ALL)


def _most(at: PricedProgramme, site: int, inside: bool | None) -> float:
    """What a programme with the site in (or out) can be worth at most."""
    known = np.inf if at.programme.bound is None else at.programme.bound
    if inside is None:
        return known
    mine = at.sites.site == site
    works = float(at.worth[mine & at.works].max(initial=-np.inf))
    rest = max(float(at.worth[mine & ~at.works].max(initial=-np.inf)), 0.0)
    return min(known, at.proof.value + at.constant - max(works, rest) + (works if inside else rest))


def rivals(at: PricedProgramme, site: int, many: int) -> Whole:
    """Sites whose plans press on the rows that the site's best plan presses on, least loss of moving first."""
    count = len(at.sites.first)
    mine = np.arange(count) == site
    if small(at):
        return np.flatnonzero(~mine)
    best = promising(at.sites, _of_works(at), 1, mine)
    near = promising(at.sites, _of_works(at), OTHERS, ~mine)
    others = np.union1d(near, at.flat[at.taken != site])
    size = np.abs(at.proof.prices)
    pressed_by = np.asarray(abs(at.plans(best).rows).sum(axis=1)).ravel() * size
    theirs = abs(at.plans(others).rows).tocoo()
    shared = np.zeros(len(others))
    np.add.at(shared, theirs.col, np.minimum(theirs.data * size[theirs.row], pressed_by[theirs.row]))
    pressed = np.zeros(count)
    np.maximum.at(pressed, at.site_of(others), shared)
    score = pressed - _regret(at, others)
    score[mine] = -np.inf
    ranked = np.argsort(-score, kind="stable")[:many]
    return np.asarray(ranked[np.isfinite(score[ranked])])


def _of_works(at: PricedProgramme) -> Floats:
    """Worth of the starts of works."""
    return np.where(at.works[:, None], at.worth, -np.inf)


def _spread(at: PricedProgramme, site: int) -> Whole:
    """The best starts of works at a site, and those of every option that are best in their year: early starts compete
    otherwise.
    """
    worth = _of_works(at)
    mine = np.arange(len(at.sites.first)) == site
    rows = np.flatnonzero(at.sites.site == site)
    yearly = [
        row * at.periods + first + int(worth[row, first : first + YEAR].argmax())
        for row in rows
        for first in range(0, at.periods, YEAR)
    ]
    years = np.array([flat for flat in yearly if np.isfinite(worth.ravel()[flat])], dtype=np.int64)
    return np.union1d(years, promising(at.sites, worth, OTHERS, mine))


def _regret(at: PricedProgramme, flat: Whole) -> Floats:
    """What each site loses when it moves from what it does to its next best among the starts `flat`."""
    count, owner, worth = len(at.sites.first), at.site_of(flat), at.worth.ravel()[flat]
    taken = np.isin(flat, at.flat)
    isin = np.isin(np.arange(count), at.taken)
    have, other = np.zeros(count), np.where(isin, 0.0, -np.inf)
    have[owner[taken]] = worth[taken]
    np.maximum.at(other, owner[~taken], worth[~taken])
    return np.maximum(have - other, 0.0)


def _solved(asked: Question, seconds: float, before: Resolver) -> Resolver:
    at, part = asked.at, asked.part
    before = replace(before, rivals=len(part.rivals))
    around = around_of(asked)
    model, flat = around.model, flat_of(at, around.model)
    arrays = asked.changed(model, model.arrays)
    now = around.solve(model.starts.start + np.flatnonzero(np.isin(flat, at.flat)))
    if now.x is None:
        return before
    lower, upper = _closed(asked, model, arrays, flat, now.x)
    left = core(_ruled(asked, model, arrays), lower, upper)
    gain = (at.programme.value or 0.0) - (at.programme.do_nothing or 0.0)
    found = solve_mip(
        left.arrays,
        seconds=seconds,
        gap=max(FINE * gain, 1.0),
        known=now.x[left.columns] if asked.inside is None else None,
        effort=0.0,
    )
    if found.x is None:
        return before
    picked = model.starts.start + np.flatnonzero(left.whole(found.x)[model.starts] > 0.5)
    final = around.solve(picked, None if asked.changed is as_it_is else arrays)
    if final.value is None:
        return before
    taken = np.sort(flat[picked - model.starts.start])
    return replace(
        before,
        value=final.value + model.constant,
        flat=taken,
        whole=found.outcome == "optimal",
        inside=bool(np.any((at.site_of(taken) == asked.site) & at.works[taken // at.periods])),
        everything=part.everything,
    )


def around_of(asked: Question) -> SiteModel:
    """The model around the site, kept for the next question; it begins where that of the unchanged case stands."""
    at, key = asked.at, asked.part.flat.tobytes()
    if key not in at.models:
        model = problem_with(_in_play(at, asked.part.flat), at.sites, asked.part.flat)
        free = np.flatnonzero(np.isin(at.site_of(flat_of(at, model)), asked.open))
        stood = None if at.like is None or key not in at.like.models else at.like.models[key].state
        at.models[key] = SiteModel(model, model.arrays, model.starts.start + free, stood)
    return at.models[key]


def _in_play(at: PricedProgramme, flat: Whole) -> Market:
    """The market with the effects of lines that run and of options with a start in play: others put nothing in."""
    inputs = at.market.inputs
    names = at.sites.options["option"].gather(np.unique(flat // at.periods))
    lines = inputs.effects.options.filter(pl.col("kind") == "as_is")["option"]
    effects = of_options(inputs.effects, pl.concat([names, lines]))
    return replace(at.market, inputs=replace(inputs, effects=effects))


def flat_of(at: PricedProgramme, model: Problem) -> Whole:
    """Places (option · periods + start) of the starts of a model, in its order."""
    rows = at.sites.options.select("option", "row")
    keys = model.columns["start"].keys.join(rows, on="option", maintain_order="left")
    return (keys["row"] * at.periods + keys["period"]).to_numpy()


def _ruled(asked: Question, model: Problem, arrays: MilpArrays) -> MilpArrays:
    """The model in which the site starts something, where that is asked."""
    if not asked.inside:
        return arrays
    row_lower = arrays.row_lower.copy()
    keys = model.rows["site"]
    row_lower[keys.first + keys.keys["site"].to_list().index(asked.at.names[asked.site])] = 1.0
    return replace(arrays, row_lower=row_lower)


def _closed(asked: Question, model: Problem, arrays: MilpArrays, flat: Whole, now: Floats) -> tuple[Floats, Floats]:
    """Bounds with which other sites, what they make, and goods that no open site touches stay as they are."""
    at, lower, upper = asked.at, arrays.lower.copy(), arrays.upper.copy()
    owner = at.site_of(flat)
    shut = model.starts.start + np.flatnonzero(~np.isin(owner, asked.open))
    lower[shut] = upper[shut] = 1.0
    if asked.inside is not None:
        works = at.works[flat // at.periods]
        against = (owner == asked.site) & (~works if asked.inside else works)
        upper[model.starts.start + np.flatnonzero(against)] = 0.0
    facts, recipe = model.inputs.effects.options.select("option", "site"), model.inputs.effects.recipe
    free = pl.Series([at.names[i] for i in asked.open], dtype=pl.String)
    makers = facts.filter(pl.col("site").is_in(free.implode()))["option"]
    touched = recipe.filter(pl.col("option").is_in(makers.implode()))["commodity"].unique()
    still = [("throughput", "option", makers), *((block, "commodity", touched) for block in FLOWS)]
    for block, key, open_ in still:
        if block in model.columns:
            place = model.columns[block]
            fixed = place.span.start + np.flatnonzero(~place.keys[key].is_in(open_.implode()).to_numpy())
            lower[fixed] = upper[fixed] = np.clip(now[fixed], lower[fixed], upper[fixed])
    return lower, upper


@dataclass(frozen=True)
class Forced:
    """The best programmes found with a site in and with it out, the same rivals free in both.

    `begins` are the option and start of the site where it is in.
    """

    within: Resolver
    without: Resolver
    begins: tuple[str, int] = ("", 0)

    @property
    def cost(self) -> float | None:
        """What having the site in costs against having it out (a gain negative); None where there is no way."""
        if self.within.value is None or self.without.value is None:
            return None
        return self.without.value - self.within.value

    @property
    def whole(self) -> bool:
        """Whether the cost is exact among the choices of the site and its rivals, all else as it stands."""
        return self.within.whole and self.without.whole

    @property
    def exact(self) -> bool:
        """Whether it is exact without any condition."""
        return self.whole and self.within.everything and self.without.everything


def forced(at: PricedProgramme, site: int, *, seconds: float = SECONDS) -> Forced:
    """The site (its place) forced in, and left out; each within about `seconds`, with the same rivals.

    Where the time is too short for them, fewer rivals are opened: an exact answer among few says more.
    """
    within = again(at, site, True, seconds=seconds)
    if within.value is not None and not within.whole:
        fewer = again(at, site, True, seconds=seconds, many=FEWER)
        within = fewer if fewer.whole and fewer.value is not None else within
    without = again(at, site, False, seconds=seconds, many=within.rivals)
    return Forced(within, without) if within.value is None else Forced(within, without, best_start(at, site, within))


def best_start(at: PricedProgramme, site: int, found: Resolver) -> tuple[str, int]:
    """The option and start of works at a site (its place) in what was found. Raises ValueError where there is none."""
    mine = found.flat[(at.site_of(found.flat) == site) & at.works[found.flat // at.periods]]
    if not len(mine):
        raise ValueError(f"site {at.names[site]} does not start")
    return at.sites.options["option"][int(mine[0] // at.periods)], int(mine[0] % at.periods)


def programme_of_again(at: PricedProgramme, found: Resolver) -> Programme:
    """What was found as a programme for the case with the scenario applied, so that it can be verified.

    Raises ValueError where nothing was found.
    """
    if found.value is None:
        raise ValueError("nothing was found")
    model = problem_with(at.market, at.sites, found.flat)
    made = programme_of(
        model,
        found.most - model.constant,
        nothing_of(at.market, at.sites),
        asked=PlanRequest(Scenario(), at.programme.seed, 0.0),
        watch=SearchBudget(0.0),
        figures={},
    )
    return replace(made, seconds=found.seconds)
