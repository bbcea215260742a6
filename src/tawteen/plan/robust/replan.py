"""Planning again when the works have begun: what is signed or started stays, and each moved start has a price."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.findings import CaseError, Finding
from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.plan.compare import compare
from tawteen.plan.draft import Arrays
from tawteen.plan.planning import GAP, peak_mb, problem_of, relative_gap
from tawteen.plan.problem import Problem, chosen, doing_nothing
from tawteen.plan.programme import Programme, Scenario, Status
from tawteen.plan.result import point, tables
from tawteen.plan.scenario import apply
from tawteen.plan.search import Found, search
from tawteen.plan.solver import Solution, solve_lp
from tawteen.plan.watch import Progress, Watch

Begun = Mapping[str, tuple[str, int] | None]
"""By site: the option that was started and the period, or None where nothing was started after all."""


@dataclass(frozen=True)
class Replan:
    """A programme that follows an earlier one.

    `programme` is the new one; its `bound` holds for programmes with no more moved starts than it has, its `gap` counts
    the price of moves. `kept_value` is what the earlier one would still be worth under the new facts (discounted
    currency, null where it can no longer be carried out). `changes`: site, move (in, out, changed, later, sooner),
    option_before, option, start_before, start (labels), quarters (of shift), worth (what the programme loses where this
    change alone is taken back; null where that cannot be done), penalty (charged for the move). `held`: sites that stay.
    """

    programme: Programme
    kept_value: float | None
    penalty: float
    held: tuple[str, ...]
    changes: pl.DataFrame


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
    arrays, moves = _committed(model, held, meant, today, penalty)
    nothing = solve_lp(doing_nothing(model.arrays, model))
    found = search(replace(model, arrays=arrays), nothing, watch, gap=gap, seed=seed)
    if found.starts is None:
        code = "replan.infeasible" if found.outcome == "infeasible" else "replan.nothing_found"
        raise CaseError([Finding("error", code, args={"sites": ", ".join(sorted(held))})])
    programme = _programme(changed, scenario, model, nothing, found, watch, moves * penalty, seed, gap)
    kept = solve_lp(chosen(model.arrays, _columns(model, before))).value
    changes = _changes(case, earlier, programme, model, meant, penalty)
    return Replan(programme, None if kept is None else kept + model.constant, penalty, tuple(sorted(held)), changes)


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
) -> tuple[Arrays, int]:
    """The model with what stays fixed and a premium of `penalty` on what stays as it was meant; and how many may stay.

    A premium for staying is a price for moving, less the same sum whatever is decided.
    """
    arrays, keys = model.arrays, model.columns["start"].keys
    lower, upper, value = arrays.lower.copy(), arrays.upper.copy(), arrays.value.copy()
    past = np.flatnonzero((keys["period"] < today).to_numpy())
    upper[model.starts.start + past] = 0.0
    for site, start in held.items():
        stays = _columns(model, {site: start})
        if not len(stays):
            args = {"site": site, "option": start[0], "start": model.ground.case.calendar.label(start[1])}
            raise CaseError([Finding("error", "replan.lost", args=args)])
        lower[stays] = upper[stays] = 1.0
    value[_columns(model, meant)] += penalty
    return replace(arrays, lower=lower, upper=upper, value=value), len(meant)


def _programme(
    case: Case, scenario: Scenario, model: Problem, nothing: Solution, found: Found, watch: Watch, charged: float,
    seed: int, gap: float,
) -> Programme:  # fmt: skip
    """The programme of what was found; `charged` is the price of moving every start that may move."""
    assert found.starts is not None and found.value is not None  # noqa: PT018 - both come together
    final = solve_lp(chosen(model.arrays, found.starts))
    does = point(model, final)
    value = float(model.arrays.value @ does.x)
    # found.value = value + penalty for each start that stays; the same is in the bound.
    bound = max(value, found.bound - (found.value - value))
    share = relative_gap(model, nothing, value, bound)
    status: Status = "optimal" if share is not None and share <= 1e-6 else "within_gap"
    if share is None or share > gap:
        status = "optimal" if found.outcome == "optimal" else "interrupted" if watch.stopped else "time_limit"
    return Programme(
        case_id=case.settings.about.id,
        case_hash=case_hash(case),
        scenario=scenario,
        seed=seed,
        status=status,
        value=value + model.constant,
        bound=bound + model.constant,
        do_nothing=None if nothing.value is None else nothing.value + model.constant,
        gap=share,
        seconds=watch.elapsed,
        peak_mb=peak_mb(),
        figures={**found.figures, "moves_charged": charged},
        **tables(model, does, point(model, nothing)),
    )


def _changes(
    case: Case,
    earlier: Programme,
    programme: Programme,
    model: Problem,
    meant: Mapping[str, tuple[str, int]],
    penalty: float,
) -> pl.DataFrame:
    """What moved, with the worth of each move: the model solved with that site as it was and all else as it is now."""
    moves = compare(case, earlier, programme).sites
    before, now = _starts(earlier), _starts(programme)
    value = float(solve_lp(chosen(model.arrays, _columns(model, now))).value or 0.0)
    worths = []
    for site in moves["site"]:
        back = {
            **{s: start for s, start in now.items() if s != site},
            **({site: before[site]} if site in before else {}),
        }
        columns = _columns(model, back)
        possible = len(columns) == len(back)
        undone = solve_lp(chosen(model.arrays, columns)).value if possible else None
        worths.append(None if undone is None else value - undone)
    charged = [penalty if site in meant else 0.0 for site in moves["site"]]
    return moves.with_columns(
        pl.Series("worth", worths, dtype=pl.Float64), pl.Series("penalty", charged, dtype=pl.Float64)
    )
