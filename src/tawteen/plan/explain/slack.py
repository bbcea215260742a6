"""What is left of the limits of a programme, and what one more option would lack.

Prices speak of a little more or less; an option is a whole. One that would gain at the prices may still not fit into
what the others leave of crews, seats, money and letters of credit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.financing import TRAITS
from tawteen.effects.additions import additions
from tawteen.match.sources import ACADEMY, THIRD_PARTY, sources_by_period
from tawteen.plan.explain.shadow_prices import ShadowPrices
from tawteen.plan.held_classes import first_places, held_classes
from tawteen.plan.programme import Programme
from tawteen.plan.tolerances import TOLERANCES

Row = dict[str, Any]


@dataclass(frozen=True)
class Shortage:
    """A limit that has too little left: `kind` (capability, course, fund, credit), id, period, amounts in its units."""

    kind: str
    id: str
    period: int
    needed: float
    left: float


@dataclass(frozen=True)
class NewClasses:
    """Whole classes that one more option would add to a course: the course, the `period` in which they begin.

    `places` are those of the new classes (none where its people fit into classes that are held already), `empty` those
    that it leaves free of them; one place takes `share` seat-quarters in each of `quarters` quarters.
    """

    course: str
    period: int
    places: float
    empty: float
    share: float
    quarters: int


class Slack:
    """What the chosen options leave of the limits."""

    def __init__(self, programme: Programme, shadow: ShadowPrices) -> None:
        self.programme, self.shadow = programme, shadow
        self.periods = shadow.case.settings.time.periods

    def shortage(self, option: str, start: int) -> Shortage | None:
        """The limit of which the option lacks the largest share of its need, when the others keep what they take."""
        shortages = [*self._pools(option, start), *self._money(option, start), *self._credit(option, start)]
        lacking = [lack for lack in shortages if lack.needed - lack.left > TOLERANCES.shortage * lack.needed]
        return max(lacking, key=lambda lack: (lack.needed - lack.left) / lack.needed, default=None)

    def needs(self, option: str) -> list[Row]:
        """What an option takes of pools, by quarters from its start."""
        return self._needs.rows(option)

    def new_classes(self, option: str, start: int) -> list[NewClasses]:
        """Of each course with whole classes in which an option trains, what it would add to those that are held."""
        added = []
        for row in self._first_places.rows(option):
            period, size = start + row["begins"], row["size"]
            lacking = max(row["places"] - self._empty_places.get((row["course"], period), 0.0), 0.0)
            places = math.ceil(lacking / size - TOLERANCES.shortage) * size
            added.append(
                NewClasses(row["course"], period, places, max(places - lacking, 0.0), row["share"], row["quarters"])
            )
        return added

    def elsewhere(self, course: str, period: int) -> bool:
        """Whether a third party teaches a course in a period, one by one."""
        return any(source["source"] == THIRD_PARTY for source in self._sources.get(("course", course, period), ()))

    def outlays(self, option: str) -> list[Row]:
        """What must be paid for an option, by quarters from its start."""
        return self._outlays.rows(option)

    def trainer_ratios(self, course: str) -> dict[str, float]:
        """Trainers that one seat of a course takes, by the stock of trainers that teach it."""
        return {
            source["trainer_pool"]: source["trainer_ratio"]
            for source in self.shadow.match.sources.filter(pool_kind="course", pool=course).iter_rows(named=True)
            if source["trainer_pool"] in self._trainers and source["trainer_ratio"]
        }

    def used_additions(self, option: str) -> tuple[tuple[str, str], ...]:
        """Courses and pools of trainers (kind, id) that an option adds to, and of which more is used than there was."""
        added = additions(self.shadow.case, self.shadow.effects).filter(pl.col("option") == option)
        pools = added.select("pool_kind", "pool").unique(maintain_order=True).iter_rows()
        return tuple((kind, pool) for kind, pool in pools if self._used_beyond_own(kind, pool))

    def _used_beyond_own(self, kind: str, pool: str) -> bool:
        """Whether the programme ever uses more of a course's seats, or trainers of a pool, than stand without it."""
        if kind == "trainers":
            heads, leave = self._trainers[pool]
            own = [heads * (1 - leave) ** (period / 4) for period in range(self.periods)]
            limits, name = self._limits("trainers"), pool
        else:
            seats = self.shadow.case.filled("courses").filter(id=pool)["seats"].item()
            own, limits, name = [seats] * self.periods, self._limits("source"), f"{self._providers[pool]}/{pool}"
        used = [limits.get((name, period), (0.0, None))[0] for period in range(self.periods)]
        return any(taken > amount * (1 + TOLERANCES.shortage) for taken, amount in zip(used, own, strict=True))

    def carried(self, fund: str) -> bool:
        """Whether money that a fund does not spend stays in it."""
        return self._carried[fund] > 0

    def region(self, option: str) -> str:
        """Where an option's site lies."""
        return str(self._facts[option]["region"])

    def left(self, kind: str, id_: str, first: int) -> float:
        """The least that is left of a limit of trade or a route from a period on; infinite where it has none."""
        rows = self.programme.limits.filter(
            (pl.col("kind") == kind) & (pl.col("id") == id_) & (pl.col("period") >= first)
        )
        slack = (pl.col("limit") - pl.col("used")) * (-1.0 if kind == "uptake" else 1.0)
        least = rows.select(slack.min()).item()
        return float("inf") if least is None else float(least)

    def _limits(self, kind: str) -> dict[tuple[str, int], tuple[float, float | None]]:
        if kind not in self._read:
            rows = self.programme.limits.filter(pl.col("kind") == kind).select("id", "period", "used", "limit")
            self._read[kind] = {(name, period): (used, limit) for name, period, used, limit in rows.iter_rows()}
        return self._read[kind]

    @cached_property
    def _read(self) -> dict[str, dict[tuple[str, int], tuple[float, float | None]]]:
        return {}

    @cached_property
    def _needs(self) -> RowsByOption:
        needs = self.shadow.effects.needs.filter(pl.col("amount") > 0)
        key = ("option", "quarter", "pool_kind", "pool")
        return RowsByOption(needs.group_by(key, maintain_order=True).agg(pl.col("amount").sum()))

    @cached_property
    def _first_places(self) -> RowsByOption:
        return RowsByOption(first_places(self.shadow.case, self.shadow.effects))

    @cached_property
    def _empty_places(self) -> dict[tuple[str, int], float]:
        held = held_classes(self.shadow.case, self.shadow.effects, self.programme)
        return {
            (course, period): empty for course, period, empty in held.select("course", "period", "empty").iter_rows()
        }

    @cached_property
    def _outlays(self) -> RowsByOption:
        return RowsByOption(self.shadow.effects.outlays.sort("option", "quarter", "category", "origin"))

    @cached_property
    def _sources(self) -> dict[tuple[str, str, int], list[Row]]:
        supplying: dict[tuple[str, str, int], list[Row]] = {}
        for row in sources_by_period(self.shadow.match.sources, self.periods).iter_rows(named=True):
            supplying.setdefault((row["pool_kind"], row["pool"], row["period"]), []).append(row)
        return supplying

    @cached_property
    def _trainers(self) -> dict[str, tuple[float, float]]:
        staff = self.shadow.case.filled("trainers").select("id", "headcount", "attrition")
        return {name: (heads, leave) for name, heads, leave in staff.iter_rows()}

    @cached_property
    def _facts(self) -> dict[str, Row]:
        facts = self.shadow.effects.options.select("option", "region", "authority", "field")
        return {row["option"]: row for row in facts.iter_rows(named=True)}

    @cached_property
    def _uses(self) -> list[Row]:
        return list(self.shadow.case["fund_uses"].iter_rows(named=True))

    @cached_property
    def _carried(self) -> dict[str, float]:
        return dict(self.shadow.case.filled("funds").select("id", "carry_over").iter_rows())

    def _pools(self, option: str, start: int) -> list[Shortage]:
        """Sources of each pool, with as many seats as trainers are left for."""
        lacking = []
        in_classes = {new.course: new for new in self.new_classes(option, start)}
        for need in self.needs(option):
            kind, pool, period = need["pool_kind"], need["pool"], start + need["quarter"]
            amount = need["amount"]
            if kind == "course" and pool in in_classes:
                amount = in_classes[pool].places * in_classes[pool].share
            available = sum(
                max(self._left_at(source, period), 0.0) for source in self._sources.get((kind, pool, period), ())
            )
            lacking.append(Shortage(kind, pool, period, amount, available))
        return lacking

    def _left_at(self, source: Row, period: int) -> float:
        used = self._limits("source").get((f"{source['source']}/{source['pool']}", period), (0.0, None))[0]
        available = float("inf") if source["capacity"] is None else source["capacity"] - used
        if source["pool_kind"] == "course" and source["source"] == self._providers.get(source["pool"]):
            available += self._added.get(("course", source["pool"], period), 0.0)
        if source["trainer_pool"] in self._trainers and source["trainer_ratio"]:
            heads, leave = self._trainers[source["trainer_pool"]]
            teaching = self._limits("trainers").get((source["trainer_pool"], period), (0.0, None))[0]
            heads_left = heads * (1 - leave) ** (period / 4)
            heads_left += self._added.get(("trainers", source["trainer_pool"], period), 0.0)
            available = min(available, (heads_left - teaching) / source["trainer_ratio"])
        return float(available)

    @cached_property
    def _added(self) -> dict[tuple[str, str, int], float]:
        """Seats and trainers that the programme's starts add, by kind, pool and period."""
        picks = self.programme.sites.drop_nulls(["option", "period"]).select("option", begun="period")
        rows = (
            additions(self.shadow.case, self.shadow.effects)
            .join(picks, on="option")
            .with_columns(period=pl.col("begun") + pl.col("quarter"))
            .group_by("pool_kind", "pool", "period")
            .agg(pl.col("amount").sum())
        )
        return {(kind, pool, period): amount for kind, pool, period, amount in rows.iter_rows()}

    @cached_property
    def _providers(self) -> dict[str, str]:
        courses = self.shadow.case["courses"].select("id", pl.col("unit").fill_null(ACADEMY))
        return dict(courses.iter_rows())

    def _money(self, option: str, start: int) -> list[Shortage]:
        """Outlays paid one after the other from what the funds that may pay have left; nothing is spent twice."""
        rooms: dict[str, NDArray[np.float64]] = {}
        lacking = []
        for outlay in self.outlays(option):
            period, owed = start + outlay["quarter"], outlay["amount"]
            if period >= self.periods:
                continue
            payers = self.payers(option, outlay)
            for fund in payers:
                if fund not in rooms:
                    rooms[fund] = self._rooms(fund).copy()
                # A draw lowers the balance of its period and, of what is carried over, those after it.
                share = self._carried[fund]
                room = rooms[fund][period : None if share > 0 else period + 1]
                kept = share ** np.arange(len(room))
                paid = min(owed, max(float((room / kept).min()), 0.0))
                owed -= paid
                room -= paid * kept
            name = payers[0] if payers else outlay["category"]
            kind = "fund" if payers else "no_fund"
            lacking.append(Shortage(kind, name, period, outlay["amount"], outlay["amount"] - owed))
        return lacking

    def _rooms(self, fund: str) -> NDArray[np.float64]:
        """What a fund has left by period."""
        if fund not in self._rooms_of_funds:
            limits = (self._limits("fund").get((fund, period), (0.0, None)) for period in range(self.periods))
            self._rooms_of_funds[fund] = np.array([(limit or 0.0) - used for used, limit in limits])
        return self._rooms_of_funds[fund]

    @cached_property
    def _rooms_of_funds(self) -> dict[str, NDArray[np.float64]]:
        return {}

    def payers(self, option: str, outlay: Row) -> list[str]:
        """The funds that may pay an outlay of an option."""
        traits = {**self._facts[option], "category": outlay["category"], "origin": outlay["origin"]}
        key = tuple(traits[a] for a in TRAITS)
        if key not in self._known:
            fits = (use["fund"] for use in self._uses if all(use[a] is None or use[a] == traits[a] for a in TRAITS))
            self._known[key] = sorted(set(fits))
        return self._known[key]

    @cached_property
    def _known(self) -> dict[tuple[Any, ...], list[str]]:
        return {}

    def _credit(self, option: str, start: int) -> list[Shortage]:
        sums: dict[int, float] = {}
        for outlay in self.outlays(option):
            if outlay["origin"] == "foreign":
                sums[start + outlay["quarter"]] = sums.get(start + outlay["quarter"], 0.0) + outlay["amount"]
        used = self._limits("credit")
        return [
            Shortage("credit", "credit", period, amount, limit - drawn)
            for period, amount in sums.items()
            for drawn, limit in [used.get(("credit", period), (0.0, None))]
            if limit is not None
        ]


class RowsByOption:
    """Rows of a frame by option, read when they are asked for."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame.sort("option", maintain_order=True)
        spans = self.frame.with_row_index("first").group_by("option").agg(pl.col("first").min(), count=pl.len())
        self.spans = {option: (first, count) for option, first, count in spans.iter_rows()}

    def rows(self, option: str) -> list[Row]:
        """The rows of one option."""
        first, count = self.spans.get(option, (0, 0))
        return self.frame.slice(first, count).to_dicts()
