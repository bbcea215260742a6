"""Ranges of the inputs of an option, from evidence, estimate class and precedents."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import polars as pl

from tawteen.appraise.prices import Prices, View, prices
from tawteen.appraise.risk.cash_model import DRIVERS
from tawteen.appraise.risk.distributions import Distribution, Empirical, Pert, Triangular
from tawteen.appraise.risk.option import energy_of
from tawteen.case.derived import once_per_case
from tawteen.case.estimate_class import AS_STATED, estimate_of
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.params import ESTIMATE
from tawteen.case.precedents import CORRECTED, tells_spread
from tawteen.case.ranges import expected_case, premium_range, ranged_cells
from tawteen.diagnose.options import options_of
from tawteen.effects.model import Effects
from tawteen.effects.parity import worth
from tawteen.works.corrections import corrections
from tawteen.works.periods import WEEKS_PER_QUARTER
from tawteen.works.schedule import schedule_works

Ends = tuple[float, float, float]
"""Low end, most likely value and high end."""

Cells = dict[tuple[str, str, str], Ends]
"""Ends of the ranged numbers of a case, by table, row and column."""

ONES: Ends = (1.0, 1.0, 1.0)
"""A number that does not vary, over its expected value."""


@dataclass(frozen=True)
class InputRanges:
    """Distribution of each input with a known range, and a note on every input.

    A level is corrected once, in the effects, by the mean of the reference class or of the range; the spread here lies
    around that and comes from one source only, so that nothing is counted twice.
    """

    inputs: dict[str, Distribution]
    notes: tuple[Finding, ...]


def ranges_of(case: Case, effects: Effects, option: str, view: View | None = None) -> InputRanges:
    """Returns the ranges of the inputs of an option for `simulate`; `view` is that of the cash model.

    Ranges are those of `tawteen.case.ranges`, of which the effects have the means: every distribution here is of a
    number over its expected value, and has mean 1 (of a delay: 0 where one chain of works decides).
    """
    case = expected_case(case)
    cells, by_class = _stated_ranges(case.stated or case)
    row = effects.options.filter(pl.col("option") == option).row(0, named=True)
    planned = options_of(case).filter(pl.col("id") == option).row(0, named=True)
    source = _RangeBuilder(case, effects, option, row, planned, cells, by_class, prices(case, view))
    ranges = {name: (distribution, note) for name, distribution, note in source.all()}
    silent = [Finding("note", "risk.input_not_varied", args={"input": n}) for n in DRIVERS if n not in ranges]
    notes = (*(note for _, note in ranges.values()), *source.capped(), *silent)
    return InputRanges({name: distribution for name, (distribution, _) in ranges.items()}, notes)


@once_per_case
def _stated_ranges(case: Case) -> tuple[Cells, frozenset[str]]:
    """Ends and mode of every ranged number by table, row and column; the rows whose range is of an estimate class."""
    ranged = ranged_cells(case)
    cells: Cells = {
        (t, r, c): (low, mode, high)
        for t, r, c, low, mode, high in ranged.select("table", "row", "column", "low", "mode", "high").iter_rows()
    }
    return cells, frozenset(ranged.filter(pl.col("source") == "estimate_class")["row"])


@once_per_case
def _finishes(case: Case, end: int | None) -> dict[str, float]:
    """Returns weeks of the works of each option, as corrected: packages as planned (None), or at one of their ends."""
    works = case["works"]
    if end is not None:
        cells, _ = _stated_ranges(case.stated or case)
        packages = works.select("option", "id", "weeks").iter_rows()
        weeks = [cells.get(("works", f"{o}/{name}", "weeks"), (planned,) * 3)[end] for o, name, planned in packages]
        works = works.with_columns(weeks=pl.Series(weeks, dtype=pl.Float64))
    changed = replace(case, tables={**case.tables, "works": works})
    schedule = schedule_works(changed, corrections(case, options_of(case)))
    return dict(schedule.group_by("option").agg(pl.col("finish").max()).drop_nulls().iter_rows())


@dataclass(frozen=True)
class _RangeBuilder:
    """Builds the ranges of the inputs of one option; `planned` is its row with the values that are planned with."""

    case: Case
    effects: Effects
    option: str
    row: dict[str, float]
    planned: dict[str, float | str | None]
    cells: Cells
    by_class: frozenset[str]
    prices: Prices

    def all(self) -> Iterator[tuple[str, Distribution, Finding]]:
        """Yields name, distribution and note of each input with a range."""
        for varied in (self._cost(), self._delay(), self._output()):
            if varied is not None:
                yield varied
        energy = self.case["commodities"].filter(energy_of(self.case, "id"))["id"].to_list()
        recipe = self.effects.recipe.filter(pl.col("option") == self.option)
        products, used = recipe.filter(pl.col("quantity") > 0), recipe.filter(pl.col("quantity") < 0)
        heats = pl.col("commodity").is_in(energy)
        goods = {"price": products, "inputs": used.filter(~heats), "energy": used.filter(heats)}
        ratios = {name: self._goods(rows, "selling" if name == "price" else "buying") for name, rows in goods.items()}
        ratios["ramp"] = self._of_options("ramp_quarters")
        ratios["wages"] = self._of_options("wage")
        output = self.row["capacity"] * self.row["output_reached"]
        ratios["running"] = self._weighed(
            [
                ("options", self.option, name, self.planned[name], weight)
                for name, weight in (("fixed_cost", 1.0), ("variable_cost", output))
            ]
        )
        ratios["exchange"] = self._exchange()
        for name, ends in ratios.items():
            if ends[0] < ends[2]:
                yield name, self._distributed(ends), self._note("risk.from_evidence", name, ends[0], ends[2])

    def _distributed(self, ends: Ends) -> Distribution:
        """Returns the distribution of the case with these ends."""
        return (Pert if self.case.settings.uncertainty.distribution == "pert" else Triangular)(*ends)

    def _of_options(self, column: str) -> Ends:
        return self._weighed([("options", self.option, column, self.planned[column], 1.0)])

    def capped(self) -> Iterator[Finding]:
        """Yields a note if the evidence does not support the stated estimate class."""
        if self.option in self.case["options"]["id"]:
            code = estimate_of(self.case, self.option).code
            if code != AS_STATED:
                yield Finding("note", code, args={"input": "cost"})

    def _note(self, code: str, name: str, low: float, high: float, **more: object) -> Finding:
        return Finding("note", code, args={"input": name, "low": f"{low:.3g}", "high": f"{high:.3g}", **more})

    def _ends(self, table: str, row: str, column: str, planned: float) -> Ends:
        """Returns the ends of a number and its most likely value; the planned value three times without a range."""
        return self.cells.get((table, row, column), (planned, planned, planned))

    def _weighed(self, cells: list[tuple[str, str, str, float | str | None, float]]) -> Ends:
        """Returns the weighted sums of ends over that of planned values; cells: table, row, column, planned, weight."""
        sums, planned_sum = [0.0, 0.0, 0.0], 0.0
        for table, row, column, value, weight in cells:
            planned = float(value or 0.0)
            planned_sum += planned * weight
            for i, number in enumerate(self._ends(table, row, column, planned)):
                sums[i] += number * weight
        return (sums[0] / planned_sum, sums[1] / planned_sum, sums[2] / planned_sum) if planned_sum > 0 else ONES

    def _precedents(self, column: str) -> tuple[float, ...]:
        """Returns values of the reference class over their mean; empty where the class does not tell the spread."""
        name = pl.lit(self.planned["reference_class"], pl.String)
        members = self.case["precedents"].filter((pl.col("reference_class") == name).fill_null(False))
        if not members.select(tells_spread(pl.col(column))).item():
            return ()
        values = members[column].drop_nulls().to_list()
        mean = sum(values) / len(values)
        return tuple(value / mean for value in values)

    def _cost(self) -> tuple[str, Distribution, Finding] | None:
        """Returns the range of cost: of precedents, else of the items that a reference class may correct.

        Each item has its own range, else that of the estimate class; the items are fully correlated.
        """
        if self.option not in self.case["options"]["id"] or not self.row["investment"]:
            return None
        past = self._precedents("cost_ratio")
        if past:
            note = self._note("risk.from_precedents", "cost", min(past), max(past), count=len(past))
            return "cost", Empirical(past), note
        rows = self.case["costs"].filter((pl.col("option") == self.option) & pl.col("category").is_in(CORRECTED))
        items = rows.select("id", "amount", "currency")
        ends = self._weighed(
            [
                ("costs", f"{self.option}/{item}", "amount", amount, 1.0 / self.case.rate(currency))
                for item, amount, currency in items.iter_rows()
            ]
        )
        if ends[0] >= ends[2]:
            return None
        by_class = all(f"{self.option}/{item}" in self.by_class for item in items["id"])
        estimate = estimate_of(self.case, self.option)
        stated = {"borne": estimate.borne, "stated": estimate.stated} if by_class else {}
        code = "risk.cost_from_class" if by_class else "risk.from_evidence"
        return "cost", self._distributed(ends), self._note(code, "cost", ends[0], ends[2], **stated)

    def _delay(self) -> tuple[str, Distribution, Finding] | None:
        """Returns the range of delay: quarters beyond the planned and corrected duration of the works."""
        weeks = self._weeks(None)
        past = self._precedents("duration_ratio")
        if past and weeks > 0:
            quarters = tuple((ratio - 1.0) * weeks / WEEKS_PER_QUARTER for ratio in past)
            note = self._note("risk.from_precedents", "delay", min(quarters), max(quarters), count=len(past))
            return "delay", Empirical(quarters), note
        low, mode, high = ((self._weeks(end) - weeks) / WEEKS_PER_QUARTER for end in range(3))
        if low >= high:
            return None
        return "delay", self._distributed((low, mode, high)), self._note("risk.from_evidence", "delay", low, high)

    def _weeks(self, end: int | None) -> float:
        """Returns weeks of the works, as corrected: all packages as planned (None), or at one of their `Ends`."""
        return _finishes(self.case, end).get(self.option, 0.0)

    def _output(self) -> tuple[str, Distribution, Finding] | None:
        """Returns the range of output over expected output: of precedents, else of evidence.

        Uncertain capacity of a line that runs today is the same with and without the option and left out.
        """
        past = () if self.planned["output_reached"] is not None else self._precedents("output_reached")
        if past:
            note = self._note("risk.from_precedents", "output", min(past), max(past), count=len(past))
            return "output", Empirical(past), note
        columns = ("output_reached", "capacity")[: 1 if self.row["takeover"] is not None else 2]
        ends = self._product([self._of_options(column) for column in columns])
        if ends[0] >= ends[2]:
            return None
        return "output", self._distributed(ends), self._note("risk.from_evidence", "output", ends[0], ends[2])

    def _product(self, factors: list[Ends]) -> Ends:
        """Returns the ends of a product of independent factors with mean 1, moved so that its mean is 1.

        Ends lie from the mode by the root of the sum of squares of the logarithms: all factors are hardly ever at their
        ends at once.
        """
        varied = [ends for ends in factors if ends[0] < ends[2]]
        if len(varied) < 2 or min(ends[0] for ends in varied) <= 0:
            return varied[0] if varied else ONES
        mode = math.prod(ends[1] for ends in varied)
        below, above = (math.hypot(*(math.log(ends[1] / ends[i]) for ends in varied)) for i in (0, 2))
        low, high = mode * math.exp(-below), mode * math.exp(above)
        weight = ESTIMATE.pert_weight if self.case.settings.uncertainty.distribution == "pert" else 1.0
        mean = (low + weight * mode + high) / (weight + 2.0)
        return low / mean, mode / mean, high / mean

    def _goods(self, rows: pl.DataFrame, side: str) -> Ends:
        """Returns the value of goods at the ends of their prices over that at planned prices."""
        table = worth(self.case, self.prices.premium).filter(pl.col("region") == self.row["region"])
        sums, planned_sum = [0.0, 0.0, 0.0], 0.0
        for commodity, quantity in rows.select("commodity", "quantity").iter_rows():
            price = float(table.filter(pl.col("commodity") == commodity)[side][0])
            planned_sum += abs(quantity) * price
            for i, value in enumerate(self._price_ends(commodity, price)):
                sums[i] += abs(quantity) * max(value, 0.0)
        return (sums[0] / planned_sum, sums[1] / planned_sum, sums[2] / planned_sum) if planned_sum > 0 else ONES

    def _price_ends(self, commodity: str, price: float) -> Ends:
        """Returns a price at the ends of its border price, else of the cost of a supply in the region."""
        good = self.case["commodities"].filter(pl.col("id") == commodity).row(0, named=True)
        for column in ("cif", "fob"):
            if good[column] is not None:
                low, mode, high = self._ends("commodities", commodity, column, good[column])
                shift = price - good[column] * (1 + self.prices.premium)
                foreign = 1 + self.prices.premium
                return shift + low * foreign, shift + mode * foreign, shift + high * foreign
        supplies = self.case["supplies"].filter(pl.col("commodity") == commodity).sort("variable_cost")
        own_region = supplies.filter(pl.col("region") == self.row["region"])
        for name, cost in (own_region if own_region.height else supplies)[["id", "variable_cost"]].head(1).iter_rows():
            if cost > 0:
                low, mode, high = self._ends("supplies", name, "variable_cost", cost)
                return price * low / cost, price * mode / cost, price * high / cost
        return price, price, price

    def _exchange(self) -> Ends:
        """Returns the dearer foreign exchange over the premium that the view includes.

        A view with a premium has its range, whose mean is the premium; one without reckons at the official rate, and
        what the parallel market asks beyond it is its risk.
        """
        if self.prices.premium > 0:
            low, mode, high = premium_range(self.case)
            counted = 1.0 + self.prices.premium
            return (1.0 + low) / counted, (1.0 + mode) / counted, (1.0 + high) / counted
        dearer = [rate.parallel / rate.official for rate in self.case.settings.money.rates if rate.parallel]
        return 1.0, 1.0, max([1.0, *dearer])
