"""Scenarios: each is a case with drawn values, and the events that occur during the works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import overload

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.case.build import table_of
from tawteen.case.model import Case
from tawteen.case.precedents import RATIOS
from tawteen.case.ranges import expected_case, premium_range
from tawteen.effects.params import EFFECTS
from tawteen.plan.distributions import QUANTILE_FUNCTIONS, triangular
from tawteen.plan.model_builder import Floats
from tawteen.plan.robust.shocks import RECOURSE, SHOCKS, Shock
from tawteen.plan.robust.uncertainties import Uncertainties, unknowns

UNREAD_TABLES = ("evidence", "sources")
ShockHits = Mapping[str, tuple[float, float]]
"""Size and moment (0 … 1) of a shock by what it strikes."""


@dataclass(frozen=True)
class Sample:
    """One scenario. `case` has the drawn values and the outcome of each gate and pilot as a chance of 1 or 0.

    What happens on the way: `slip` quarters by site, `outage` share of output lost by site, `relapse` quarter of
    operation in which an option stops for good, by option, `closed` regions from period until period (exclusive),
    `credit` periods with halved letters of credit, `power` share of power lost by period.
    """

    index: int
    case: Case
    slip: Mapping[str, int]
    outage: Mapping[str, float]
    relapse: Mapping[str, int]
    closed: tuple[tuple[str, int, int], ...]
    credit: tuple[int, int] | None
    power: Mapping[int, float]


def as_planned(case: Case) -> Sample:
    """The scenario with all values as in the case, and gates at their chance."""
    return Sample(-1, case, {}, {}, {}, (), None, {})


class Samples(Sequence[Sample]):
    """`n` scenarios of a case, made when asked for. Scenario i of a seed is the same whatever `n`.

    `random_numbers` (scenarios × unknowns) are uniform in 0 … 1: the quantile that each unknown takes.
    """

    def __init__(self, case: Case, n: int, seed: int, shocks: Sequence[Shock] = SHOCKS) -> None:
        """Numbers from NumPy's PCG64, one stream for each scenario, spawned by seed and index."""
        self.unknowns: Uncertainties = unknowns(case, shocks)
        self.shocks = tuple(shocks)
        self.seed = seed
        self.random_numbers: Floats = np.array(
            [np.random.default_rng([seed, i]).random(self.unknowns.count) for i in range(n)]
        ).reshape(n, self.unknowns.count)[:, self.unknowns.together]
        self.first = 0
        self.case = _carried(expected_case(case))
        self.quantile = QUANTILE_FUNCTIONS[case.settings.uncertainty.distribution]

    def part(self, indices: range) -> Samples:
        """Some consecutive scenarios with their original numbers, for one task of a worker."""
        some = copy(self)
        some.random_numbers, some.first = self.random_numbers[indices.start : indices.stop], self.first + indices.start
        return some

    def __len__(self) -> int:
        return len(self.random_numbers)

    @overload
    def __getitem__(self, index: int) -> Sample: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Sample]: ...
    def __getitem__(self, index: int | slice) -> Sample | Sequence[Sample]:
        if isinstance(index, slice):
            return [self._drawn(i) for i in range(*index.indices(len(self)))]
        return self._drawn(range(len(self))[index])

    def __iter__(self) -> Iterator[Sample]:
        return (self._drawn(i) for i in range(len(self)))

    def before(self, index: int) -> Sample:
        """Scenario `index` as one plans in it: values and prices are as drawn, gates and pilots still a chance.

        Starts do not slip, because they are what is planned; relapse is expected by the survival of the class.
        """
        return self._drawn(index, settled=False)

    def _drawn(self, index: int, *, settled: bool = True) -> Sample:
        sample = self.random_numbers[index]
        shocks = self._drawn_shocks(sample)
        calendar = self.case.calendar
        return Sample(
            index=self.first + index,
            case=self._changed(sample, shocks, settled=settled),
            slip={site: max(round(size), 1) for site, (size, _) in shocks["slip"].items() if settled},
            outage={site: size for site, (size, _) in shocks["outage"].items()},
            relapse=self._relapse(sample) if settled else {},
            closed=tuple((place, *_window(*hit, calendar.periods)) for place, hit in shocks["closure"].items()),
            credit=_window(*shocks["credit"]["country"], calendar.periods) if shocks["credit"] else None,
            power={
                t: shocks["summer_power"][year][0]
                for t in range(calendar.periods)
                if calendar.season(t) == RECOURSE.summer_quarter
                and (year := str((t + calendar.season(0) - 1) // 4)) in shocks["summer_power"]
            },
        )

    @cached_property
    def _numbers(self) -> dict[tuple[str, str, str, str], int]:
        """Number of an unknown by kind, subject, table and column."""
        rows = self.unknowns.frame.select("kind", "subject", "table", "column", "unknown").iter_rows()
        return {(kind, subject, table, column): number for kind, subject, table, column, number in rows}

    @cached_property
    def _stated(self) -> dict[str, dict[str, list[float]]]:
        """Values stated by the precedents of each class, in ascending order."""
        columns = [*RATIOS, "survived"]
        classes = self.case["precedents"].partition_by("reference_class", as_dict=True)
        return {str(k[0]): {c: rows[c].drop_nulls().sort().to_list() for c in columns} for k, rows in classes.items()}

    @cached_property
    def _shock_targets(self) -> dict[str, tuple[list[str], NDArray[np.int64]]]:
        """Targets of each shock, with the index of the unknown that says whether it occurs."""
        hits: dict[str, tuple[list[str], NDArray[np.int64]]] = {}
        whether = self.unknowns.frame.filter((pl.col("kind") == "shock") & (pl.col("table") == "whether"))
        for (column,), rows in whether.group_by("column", maintain_order=True):
            hits[str(column)] = rows["subject"].to_list(), rows["unknown"].to_numpy()
        return hits

    def _drawn_shocks(self, sample: Floats) -> dict[str, ShockHits]:
        hits: dict[str, ShockHits] = {shock.id: {} for shock in SHOCKS}
        known = {shock.id: shock for shock in self.shocks}
        for name, (subjects, numbers) in self._shock_targets.items():
            shock = known[name]
            hit = np.flatnonzero(sample[numbers] < shock.chance)
            size = triangular(sample[numbers[hit] + 1], shock.low, shock.mode, shock.high).tolist()
            moments = sample[numbers[hit] + 2].tolist()
            hits[name] = {subjects[i]: (s, m) for i, s, m in zip(hit.tolist(), size, moments, strict=True)}
        return hits

    def _changed(self, sample: Floats, shocks: Mapping[str, ShockHits], *, settled: bool) -> Case:
        tables = {**self.case.tables, **self._cells(sample)}
        if settled:
            tables["blockers"] = _outcomes(
                tables["blockers"], self._passed(sample, "gate", "blockers"), ["site", "gate"]
            )
            tables["options"] = _outcomes(tables["options"], self._passed(sample, "success", "options"), ["id"])
        tables |= self._precedents(sample, tables["options"], settled=settled)
        if shocks["prices"]:
            factor = 1.0 + shocks["prices"]["country"][0]
            tables["commodities"] = tables["commodities"].with_columns(pl.col("cif", "fob") * factor)
        if shocks["late_buyers"]:
            tables["options"] = _paid_later(tables["options"], shocks["late_buyers"]["country"][0])
        settings = self.case.settings
        if (number := self._numbers.get(("premium", "fx_premium", "value", "fx_premium"))) is not None:
            premium = self.quantile(sample[number], *premium_range(self.case))
            settings = settings.model_copy(
                update={"value": settings.value.model_copy(update={"fx_premium": float(premium)})}
            )
        return Case(settings, tables, {}, computed=True, shared=self.case.shared)

    def _cells(self, sample: Floats) -> dict[str, pl.DataFrame]:
        """The tables whose cells are drawn."""
        cells = self.unknowns.cells
        numbers = (cells[name].to_numpy() for name in ("low", "mode", "high"))
        drawn = cells.select("table", "column", "place").with_columns(
            value=pl.Series(self.quantile(sample[cells["unknown"].to_numpy()], *numbers))
        )
        changed: dict[str, pl.DataFrame] = {}
        for (table, column), rows in drawn.group_by("table", "column", maintain_order=True):
            frame = changed.get(str(table), self.case[str(table)])
            new = frame[str(column)].clone().scatter(rows["place"].to_numpy(), rows["value"])
            changed[str(table)] = frame.with_columns(new)
        return changed

    def _passed(self, sample: Floats, kind: str, table: str) -> pl.DataFrame:
        """Subject, column and whether it passed, of gates or pilots."""
        rows = self.unknowns.frame.filter(pl.col("kind") == kind)
        key = {"gate": ["site", "gate"], "success": ["id"]}[kind]
        frame = self.case.filled(table)
        stated = dict(zip(frame.select(key).iter_rows(), frame["chance"], strict=True))
        keys = list(
            rows.select("subject", "column").iter_rows() if kind == "gate" else rows.select("subject").iter_rows()
        )
        passed = [float(sample[number] < stated[k]) for k, number in zip(keys, rows["unknown"], strict=True)]
        columns = {name: [k[i] for k in keys] for i, name in enumerate(key)}
        schema = {**dict.fromkeys(key, pl.String), "passed": pl.Float64}
        return pl.DataFrame({**columns, "passed": passed}, schema=schema)

    def _precedents(self, sample: Floats, options: pl.DataFrame, *, settled: bool) -> dict[str, pl.DataFrame]:
        """A reference class for each site and class, with one member: the precedent that this scenario repeats.

        Its ratios are the means that the case plans with where too few precedents tell of a spread.

        Where it is not `settled` whether it relapses, others stand beside it that only say who survived.
        """
        rows: list[dict[str, object]] = []
        for site, name in self.unknowns.classes.iter_rows():
            own = {"reference_class": f"{site}|{name}", "name_en": "", "name_ar": ""}
            repeated = {}
            for ratio in RATIOS:
                values = self._stated[name][ratio]
                number = self._numbers.get(("precedent", site, name, ratio))
                if values:
                    mean = float(np.mean(values))
                    repeated[ratio] = mean if number is None else values[int(sample[number] * len(values))]
            rows.append({**own, "id": f"{site}|{name}", **repeated})
            for i, ran in enumerate(() if settled else self._stated[name]["survived"]):
                rows.append({**own, "id": f"{site}|{name}|{i}", "survived": ran})
        known = set(self.unknowns.classes.iter_rows())
        classes = [
            f"{site}|{name}" if (site, name) in known else name
            for site, name in options.select("site", "reference_class").iter_rows()
        ]
        renamed = options.with_columns(pl.Series("reference_class", classes, dtype=pl.String))
        return {"precedents": table_of("precedents", rows), "options": renamed}

    def _relapse(self, sample: Floats) -> dict[str, int]:
        """Quarter of operation in which it stops: the first n with survival^(n/12) below the random number."""
        rates = {name: np.mean(stated["survived"]) for name, stated in self._stated.items() if stated["survived"]}
        relapses = {}
        for option, site, name in self.case["options"].select("id", "site", "reference_class").iter_rows():
            number = self._numbers.get(("survival", site, name, "survived"))
            if number is None or sample[number] <= rates[name]:
                continue
            known = EFFECTS.survival_quarters
            curve = rates[name] ** (np.arange(1, known + 1) / known)
            relapses[option] = int(np.argmax(curve < sample[number])) + 1
        return relapses


def scenarios(case: Case, n: int, seed: int = 1, shocks: Sequence[Shock] = SHOCKS) -> Samples:
    """`n` scenarios of `case`: a sequence of `Sample`, reproducible from `seed`.

    Values with a range follow the distribution of the case (triangular or PERT) around the stated value, with the mean
    that is planned with (`tawteen.case.ranges`); gates and pilots pass by their chance; each site repeats a precedent
    of its class in cost, duration and output, and relapses by the survival of the class; `shocks` are assumed.
    """
    return Samples(case, n, seed, shocks)


def _carried(case: Case) -> Case:
    """The case without tables that the model does not read, because it is sent to every worker process."""
    tables = {name: frame.clear() if name in UNREAD_TABLES else frame for name, frame in case.tables.items()}
    return replace(case, origins={}, tables=tables, stated=None)


def _paid_later(options: pl.DataFrame, days: float) -> pl.DataFrame:
    """Options whose buyers pay `days` later; those of a line that runs pay it later whether or not it is taken over.

    Of an option on such a line only what it makes beyond the line waits longer for its money.
    """
    output = pl.col("capacity") * pl.col("output_reached").fill_null(1.0)
    today = options.filter(pl.col("kind") == "as_is").group_by("site").agg(today=output.sum())
    more = (1.0 - pl.col("today").fill_null(0.0) / output.clip(lower_bound=1e-12)).clip(0.0, 1.0)
    return (
        options.join(today, on="site", how="left", maintain_order="left")
        .with_columns(
            working_capital_days=pl.when(pl.col("working_capital_days") > 0)
            .then(pl.col("working_capital_days") + days * more)
            .otherwise("working_capital_days")
        )
        .drop("today")
    )


def _window(size: float, moment: float, periods: int) -> tuple[int, int]:
    """First period and the one after the last of something that lasts `size` quarters, at any time of the horizon."""
    first = int(moment * periods)
    return first, first + max(round(size), 1)


def _outcomes(frame: pl.DataFrame, passed: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    return (
        frame.join(passed, on=key, how="left", maintain_order="left")
        .with_columns(chance=pl.coalesce("passed", "chance"))
        .drop("passed")
    )
