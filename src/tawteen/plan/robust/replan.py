"""Planning again when the works have begun: what is signed or started stays, and each moved start has a price."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case
from tawteen.plan.compare import Comparison, compare
from tawteen.plan.draft import Block
from tawteen.plan.planning import problem_of
from tawteen.plan.problem import Problem, chosen, doing_nothing
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.result import point, tables
from tawteen.plan.scenario import apply
from tawteen.plan.search import Found, search
from tawteen.plan.solver import Solution, solve_lp
from tawteen.plan.verdict import GAP, Asked, blank_programme, relative_gap, status
from tawteen.plan.watch import Progress, Watch

Begun = Mapping[str, tuple[str, int] | None]
"""By site: the option that was started and the period, or None where nothing was started after all."""


@dataclass(frozen=True)
class Replan:
    """A programme that follows an earlier one.

    `programme` is the new one; its `bound` holds for programmes with no more moved starts than it has, its `gap` counts
    the price of moves. `kept_value` is what the earlier one would still be worth under the new facts (discounted
    currency, null where it can no longer be carried out). `changes`: site, move (in, out, changed, later, sooner),
    option_before, option, start_before, start (labels), quarters (of shift), worth (what the programme loses where
    this change alone is taken back; null where that cannot be done), penalty (charged for the move). `held`: sites
    that stay. `moves`: the two programmes side by side.
    """

    programme: Programme
    kept_value: float | None
    penalty: float
    held: tuple[str, ...]
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
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
) -> Replan:
    """The best programme of `case`, as it is known now, from the quarter `today` (a period) on.

    What `earlier` starts before today and what it starts on the sites `signed` stays as it was; `begun` says where life
    went otherwise. Nothing new starts before today. Every other start of `earlier` that does not stay as it was, later,
    sooner, otherwise or not at all, costs `penalty` (discounted currency). New facts are in `case` itself, or come as a
    `scenario`; it replaces that of the earlier programme. Raises CaseError for a start that stays but that the new
    facts do not allow, and where the rules cannot be kept.
    """
    watch = Watch(time_limit, progress, stop)
    watch.say("problem")
    changed = apply(case, scenario)
    model = problem_of(changed)
    before = _starts(earlier)
    held = {site: start for site, start in before.items() if start[1] < today or site in signed}
    for site, start in (begun or {}).items():
        held.pop(site, None)
        if start is not None:
            held[site] = start
    meant = {site: start for site, start in before.items() if site not in held and site not in (begun or {})}
    open_, kept_columns = _committed(model, held, meant, today, penalty)
    nothing = solve_lp(doing_nothing(model.arrays, model))
    idle = replace(nothing, x=None if nothing.x is None else nothing.x[kept_columns])
    found = search(open_, idle, watch, gap=gap, seed=seed)
    if found.starts is not None:
        found = replace(found, starts=kept_columns[found.starts])
    if found.starts is None:
        code = "replan.infeasible" if found.outcome == "infeasible" else "replan.nothing_found"
        raise CaseError([Finding("error", code, args={"sites": ", ".join(sorted(held)) or "–"})])
    programme = _programme(Asked(scenario, seed, gap), model, nothing, found, watch)
    programme = replace(programme, case_id=earlier.case_id)
    kept = solve_lp(chosen(model.arrays, _columns(model, before))).value
    moves = compare(case, earlier, programme)
    changes = _changes(moves.sites, earlier, programme, model, charged=dict.fromkeys(meant, penalty))
    worth = None if kept is None else kept + model.constant
    return Replan(programme, worth, penalty, tuple(sorted(held)), changes, moves)


def _starts(programme: Programme) -> dict[str, tuple[str, int]]:
    """What is started where and when."""
    rows = programme.sites.filter(pl.col("option").is_not_null() & pl.col("period").is_not_null())
    return {site: (option, period) for site, option, period in rows.select("id", "option", "period").iter_rows()}


def _columns(model: Problem, starts: Mapping[str, tuple[str, int]]) -> NDArray[np.int64]:
    """Columns of those starts that the model has."""
    keys = model.columns["start"].keys
    wanted = set(starts.values())
    named = zip(keys["option"], keys["period"], strict=True)
    return np.array([model.starts.start + i for i, start in enumerate(named) if start in wanted], dtype=np.int64)


def _committed(
    model: Problem,
    held: Mapping[str, tuple[str, int]],
    meant: Mapping[str, tuple[str, int]],
    today: int,
    penalty: float,
) -> tuple[Problem, NDArray[np.int64]]:
    """The model of what is still open, and which columns of the whole one it has.

    Nothing new starts before today; a site that stays has its one start left and must take it; `penalty` is a premium
    on what stays as it was meant: a price for moving, less the same sum whatever is decided.
    """
    arrays, keys = model.arrays, model.columns["start"].keys
    value, row_lower = arrays.value.copy(), arrays.row_lower.copy()
    value[_columns(model, meant)] += penalty
    may = np.array(keys.select((pl.col("period") >= today) & ~pl.col("site").is_in(list(held))).to_series())
    rows = model.rows["site"]
    for site, start in held.items():
        stays = _columns(model, {site: start})
        if not len(stays):
            args = {"site": site, "option": start[0], "start": model.ground.case.calendar.label(start[1])}
            raise CaseError([Finding("error", "replan.lost", args=args)])
        may[stays - model.starts.start] = True
        row_lower[rows.first + rows.keys["site"].to_list().index(site)] = 1.0
    keep = np.ones(arrays.matrix.shape[1], dtype=bool)
    keep[model.starts] = may
    left = np.flatnonzero(keep)
    blocks = {
        name: Block(int(keep[: block.first].sum()), block.keys.filter(pl.Series(keep[block.span])))
        for name, block in model.columns.items()
    }
    part = replace(
        arrays,
        matrix=sparse.csc_matrix(arrays.matrix[:, left]),
        value=value[left],
        lower=arrays.lower[left],
        upper=arrays.upper[left],
        integer=arrays.integer[left],
        row_lower=row_lower,
    )
    return replace(model, arrays=part, columns=blocks), left


def _programme(asked: Asked, model: Problem, nothing: Solution, found: Found, watch: Watch) -> Programme:
    """The programme of what was found, with its own value: premiums for staying are in the search alone."""
    starts = np.zeros(0, np.int64) if found.starts is None else found.starts
    does = point(model, solve_lp(chosen(model.arrays, starts)))
    value = float(model.arrays.value @ does.x)
    premiums = (value if found.value is None else found.value) - value
    bound = max(value, found.bound - premiums)
    share = relative_gap(model, nothing, value, bound)
    ended = found.outcome == "optimal"
    filled: dict[str, Any] = {**tables(model, does, point(model, nothing)), "figures": found.figures}
    return replace(
        blank_programme(model, nothing, asked, watch),
        status=status(share, asked.gap, watch, ended=ended, proved=ended),
        value=value + model.constant,
        bound=bound + model.constant,
        gap=share,
        **filled,
    )


def _changes(
    moves: pl.DataFrame, earlier: Programme, programme: Programme, model: Problem, *, charged: Mapping[str, float]
) -> pl.DataFrame:
    """What moved, with the worth of each move: the model solved with that site as it was and all else as it is now."""
    before, now = _starts(earlier), _starts(programme)
    value = solve_lp(chosen(model.arrays, _columns(model, now))).value
    worths = []
    for site in moves["site"]:
        back = {other: start for other, start in now.items() if other != site}
        if site in before:
            back[site] = before[site]
        columns = _columns(model, back)
        undone = solve_lp(chosen(model.arrays, columns)).value if len(columns) == len(back) else None
        worths.append(None if undone is None or value is None else value - undone)
    return moves.with_columns(
        pl.Series("worth", worths, dtype=pl.Float64),
        pl.Series("penalty", [charged.get(site, 0.0) for site in moves["site"]], dtype=pl.Float64),
    )
