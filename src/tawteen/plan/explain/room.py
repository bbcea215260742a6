"""What is left of the limits of a programme, and what one more option would lack.

Prices speak of a little more or less; an option is a whole. One that would gain at the prices may still not fit into
what the others leave of crews, seats, money and letters of credit.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from tawteen.plan.explain.pricing import Market
from tawteen.plan.programme import Programme

SLACK = 1e-6


@dataclass(frozen=True)
class Lack:
    """A limit that has too little left: `kind` (capability, course, fund, credit), id, period, amounts in its units."""

    kind: str
    id: str
    period: int
    wanted: float
    left: float


def lacks(option: str, start: int, programme: Programme, at: Market) -> Lack | None:
    """What the option lacks most, as a share of what it wants, when the others keep what they have."""
    found = [*_pools(option, start, programme, at), *_money(option, start, programme, at)]
    found += _credit(option, start, programme, at)
    short = [lack for lack in found if lack.wanted - lack.left > SLACK * lack.wanted]
    return max(short, key=lambda lack: (lack.wanted - lack.left) / lack.wanted, default=None)


def _limits(programme: Programme, kind: str) -> dict[tuple[str, int], tuple[float, float | None]]:
    rows = programme.limits.filter(pl.col("kind") == kind).select("id", "period", "used", "limit").iter_rows()
    return {(name, period): (used, limit) for name, period, used, limit in rows}


def _needs(option: str, start: int, at: Market) -> pl.DataFrame:
    needs = at.effects.needs.filter((pl.col("option") == option) & (pl.col("amount") > 0))
    return needs.with_columns(period=pl.col("quarter") + start)


def _pools(option: str, start: int, programme: Programme, at: Market) -> list[Lack]:
    """Sources of each pool, with as many seats as trainers are left for."""
    used = _limits(programme, "source")
    busy = _limits(programme, "trainers")
    staff = at.case.filled("trainers").select("id", "headcount", "attrition")
    trainers = {name: (heads, leave) for name, heads, leave in staff.iter_rows()}
    lacking = []
    for need in _needs(option, start, at).iter_rows(named=True):
        period, left = need["period"], 0.0
        sources = at.match.sources.filter(
            (pl.col("pool_kind") == need["pool_kind"]) & (pl.col("pool") == need["pool"])
            & (period >= pl.max_horizontal("first_period", "start")) & (period <= pl.col("end"))
        )  # fmt: skip
        for source in sources.iter_rows(named=True):
            taken = used.get((f"{source['source']}/{need['pool']}", period), (0.0, None))[0]
            room = float("inf") if source["capacity"] is None else source["capacity"] - taken
            if source["trainer_pool"] in trainers and source["trainer_ratio"]:
                heads, leave = trainers[source["trainer_pool"]]
                teaching = busy.get((source["trainer_pool"], period), (0.0, None))[0]
                room = min(room, (heads * (1 - leave) ** (period / 4) - teaching) / source["trainer_ratio"])
            left += max(room, 0.0)
        lacking.append(Lack(need["pool_kind"], need["pool"], period, need["amount"], left))
    return lacking


def _money(option: str, start: int, programme: Programme, at: Market) -> list[Lack]:
    """Outlays paid one after the other from what the funds that may pay have left; nothing is spent twice."""
    calendar = at.case.settings.time.periods
    carried = dict(at.case.filled("funds").select("id", "carry_over").iter_rows())
    limits = _limits(programme, "fund")
    left = {key: (limit or 0.0) - used for key, (used, limit) in limits.items()}
    facts = at.effects.options.row(by_predicate=pl.col("option") == option, named=True)
    outlays = at.effects.outlays.filter(pl.col("option") == option).with_columns(period=pl.col("quarter") + start)
    lacking = []
    for outlay in (
        outlays.filter(pl.col("period") < calendar).sort("period", "category", "origin").iter_rows(named=True)
    ):
        owed, period = outlay["amount"], outlay["period"]
        for fund in _payers({**facts, **outlay}, at):
            free = min(
                (
                    left.get((fund, t), 0.0) / carried[fund] ** (t - period)
                    for t in _until(period, calendar, carried[fund])
                ),
                default=0.0,
            )
            paid = min(owed, max(free, 0.0))
            owed -= paid
            for t in _until(period, calendar, carried[fund]):
                left[fund, t] = left.get((fund, t), 0.0) - paid * carried[fund] ** (t - period)
        payers = _payers({**facts, **outlay}, at)
        name = payers[0] if payers else outlay["category"]
        lacking.append(Lack("fund" if payers else "no_fund", name, period, outlay["amount"], outlay["amount"] - owed))
    return lacking


def _until(period: int, periods: int, carry_over: float) -> range:
    """Periods whose balance a draw in `period` lowers."""
    return range(period, periods if carry_over > 0 else period + 1)


def _payers(wanted: dict[str, object], at: Market) -> list[str]:
    aspects = ("category", "region", "authority", "field", "origin")
    uses = at.case["fund_uses"].iter_rows(named=True)
    return sorted({use["fund"] for use in uses if all(use[a] is None or use[a] == wanted[a] for a in aspects)})


def _credit(option: str, start: int, programme: Programme, at: Market) -> list[Lack]:
    used = _limits(programme, "credit")
    foreign = at.effects.outlays.filter((pl.col("option") == option) & (pl.col("origin") == "foreign"))
    sums = foreign.group_by(period=pl.col("quarter") + start).agg(pl.col("amount").sum())
    return [
        Lack("credit", "credit", period, amount, limit - taken)
        for period, amount in sums.iter_rows()
        for taken, limit in [used.get(("credit", period), (0.0, None))]
        if limit is not None
    ]
