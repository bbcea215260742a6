"""Ranges of the inputs of an option, from evidence, estimate class and precedents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from tawteen.appraise.prices import Prices, View, prices
from tawteen.appraise.risk.cash_model import DRIVERS
from tawteen.appraise.risk.distributions import Distribution, Empirical, Lognormal, Triangular, quantile
from tawteen.appraise.risk.estimate import ACCURACY, AS_STATED, estimate_of
from tawteen.appraise.risk.option import energy_of
from tawteen.case.evidence import proposals
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.diagnose.options import options_of
from tawteen.effects.model import Effects
from tawteen.effects.parity import worth
from tawteen.works.corrections import corrections
from tawteen.works.periods import WEEKS_PER_QUARTER
from tawteen.works.schedule import schedule_works

FEWEST = 5
"""Least number of precedents for their spread to replace that of the estimate class."""

Cells = dict[tuple[str, str, str], tuple[float | None, float | None]]


@dataclass(frozen=True)
class InputRanges:
    """Distribution of each input with a known range, and a note on every input.

    A level is corrected once, in the effects, by the median of the reference class; the spread here lies around that
    and comes from one source only, so that nothing is counted twice.
    """

    inputs: dict[str, Distribution]
    notes: tuple[Finding, ...]


def ranges_of(case: Case, effects: Effects, option: str, view: View | None = None) -> InputRanges:
    """Returns the ranges of the inputs of an option for `simulate`; `view` is that of the cash model."""
    cells: Cells = {(t, r, c): (low, high) for t, r, c, low, high in _ranged(case).iter_rows()}
    row = effects.options.filter(pl.col("option") == option).row(0, named=True)
    stated = options_of(case).filter(pl.col("id") == option).row(0, named=True)
    source = _RangeBuilder(case, effects, option, row, stated, cells, prices(case, view))
    ranges = {name: (distribution, note) for name, distribution, note in source.all()}
    silent = [Finding("note", "risk.input_not_varied", args={"input": n}) for n in DRIVERS if n not in ranges]
    notes = (*(note for _, note in ranges.values()), *source.capped(), *silent)
    return InputRanges({name: distribution for name, (distribution, _) in ranges.items()}, notes)


def _ranged(case: Case) -> pl.DataFrame:
    """Returns cells with a range: of the table itself, else of the strongest observation with one."""
    key = pl.concat_str("option", "id", separator="/")
    own = [
        case["costs"].select(pl.lit("costs").alias("table"), row=key, column=pl.lit("amount"), low="low", high="high"),
        case["works"].select(
            pl.lit("works").alias("table"), row=key, column=pl.lit("weeks"), low="weeks_low", high="weeks_high"
        ),
    ]
    seen = proposals(case).select("table", "row", "column", "low", "high")
    known = pl.col("low").is_not_null() | pl.col("high").is_not_null()
    return pl.concat([*own, seen]).filter(known).unique(["table", "row", "column"], keep="first", maintain_order=True)


@dataclass(frozen=True)
class _RangeBuilder:
    """Builds the ranges of the inputs of one option."""

    case: Case
    effects: Effects
    option: str
    row: dict[str, float]
    stated: dict[str, float | str | None]
    cells: Cells
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
        ratios["ramp"] = self._weighed([("options", self.option, "ramp_quarters", self.stated["ramp_quarters"], 1.0)])
        ratios["wages"] = self._weighed([("options", self.option, "wage", self.stated["wage"], 1.0)])
        running = (("fixed_cost", 1.0), ("variable_cost", self.row["capacity"] * self.row["output_reached"]))
        ratios["running"] = self._weighed([("options", self.option, n, self.stated[n], w) for n, w in running])
        ratios["exchange"] = self._exchange()
        for name, (low, high) in ratios.items():
            if low < 1.0 or high > 1.0:
                yield name, Triangular(low, 1.0, high), self._note("risk.from_evidence", name, low, high)

    def capped(self) -> Iterator[Finding]:
        """Yields a note if the evidence does not support the stated estimate class."""
        if self.option in self.case["options"]["id"]:
            code = estimate_of(self.case, self.option).code
            if code != AS_STATED:
                yield Finding("note", code, args={"input": "cost"})

    def _note(self, code: str, name: str, low: float, high: float, **more: object) -> Finding:
        return Finding("note", code, args={"input": name, "low": f"{low:.3g}", "high": f"{high:.3g}", **more})

    def _range(self, table: str, row: str, column: str, current: float) -> tuple[float, float]:
        """Returns low and high of a cell, widened to contain the current value."""
        low, high = self.cells.get((table, row, column), (None, None))
        return min(current if low is None else low, current), max(current if high is None else high, current)

    def _weighed(self, cells: list[tuple[str, str, str, float | str | None, float]]) -> tuple[float, float]:
        """Returns the weighted sums of lows and of highs over values; cells: table, row, column, value, weight."""
        sums = [0.0, 0.0, 0.0]
        for table, row, column, value, weight in cells:
            current = float(value or 0.0)
            low, high = self._range(table, row, column, current)
            for i, number in enumerate((low, current, high)):
                sums[i] += max(number, 0.0) * weight
        return (sums[0] / sums[1], sums[2] / sums[1]) if sums[1] > 0 else (1.0, 1.0)

    def _precedents(self, column: str) -> tuple[float, ...]:
        """Returns values of the reference class over their median; empty for fewer than `FEWEST` members."""
        name = pl.lit(self.stated["reference_class"], pl.String)
        members = self.case["precedents"].filter((pl.col("reference_class") == name).fill_null(False))
        values = members[column].drop_nulls().to_list()
        median = pl.Series(values, dtype=pl.Float64).median()
        if len(values) < FEWEST or not isinstance(median, float) or median <= 0:
            return ()
        return tuple(value / median for value in values)

    def _cost(self) -> tuple[str, Distribution, Finding] | None:
        """Returns the range of cost: of precedents, else the wider of that of the estimate class and that of items.

        The class gives P10 and P90; ranges of items are bounds, and items are fully correlated.
        """
        if self.option not in self.case["options"]["id"] or not self.row["investment"]:
            return None
        past = self._precedents("cost_ratio")
        if past:
            note = self._note("risk.from_precedents", "cost", min(past), max(past), count=len(past))
            return "cost", Empirical(past), note
        estimate = estimate_of(self.case, self.option)
        low, high = ACCURACY[estimate.borne]
        rows = self.case["costs"].filter(pl.col("option") == self.option).select("id", "amount", "currency")
        items = [
            ("costs", f"{self.option}/{item}", "amount", amount, 1.0 / self.case.rate(currency))
            for item, amount, currency in rows.iter_rows()
        ]
        least, most = self._weighed(items)
        by_class, by_items = Lognormal(low, high, 1.0), Triangular(least, 1.0, most)
        if float(np.ptp(quantile(by_items, [0.1, 0.9]))) > high - low:
            return "cost", by_items, self._note("risk.from_evidence", "cost", least, most)
        note = self._note("risk.cost_from_class", "cost", low, high, borne=estimate.borne, stated=estimate.stated)
        return "cost", by_class, note

    def _delay(self) -> tuple[str, Distribution, Finding] | None:
        """Returns the range of delay: quarters beyond the planned and corrected duration of the works."""
        weeks = self._weeks("weeks")
        past = self._precedents("duration_ratio")
        if past and weeks > 0:
            quarters = tuple((ratio - 1.0) * weeks / WEEKS_PER_QUARTER for ratio in past)
            note = self._note("risk.from_precedents", "delay", min(quarters), max(quarters), count=len(past))
            return "delay", Empirical(quarters), note
        low, high = (self._weeks(end) - weeks for end in ("low", "high"))
        if low >= 0 >= high:
            return None
        low, high = min(low, 0.0) / WEEKS_PER_QUARTER, max(high, 0.0) / WEEKS_PER_QUARTER
        return "delay", Triangular(low, 0.0, high), self._note("risk.from_evidence", "delay", low, high)

    def _weeks(self, end: str) -> float:
        """Returns the duration of the works in weeks, all packages at their planned, low or high time, as corrected."""
        works = self.case["works"].filter(pl.col("option") == self.option)
        if not works.height:
            return 0.0
        if end != "weeks":
            rows = [self._range("works", f"{self.option}/{i}", "weeks", w) for i, w in works[["id", "weeks"]].rows()]
            works = works.with_columns(weeks=pl.Series([row[end == "high"] for row in rows], dtype=pl.Float64))
        alone = replace(self.case, tables={**self.case.tables, "works": works})
        own_option = options_of(self.case).filter(pl.col("id") == self.option)
        finish = schedule_works(alone, corrections(self.case, own_option))["finish"].max()
        return float(finish) if isinstance(finish, float) else 0.0

    def _output(self) -> tuple[str, Distribution, Finding] | None:
        """Returns the range of output over expected output: of precedents, else of evidence.

        Uncertain capacity of a line that runs today is the same with and without the option and left out.
        """
        past = () if self.stated["output_reached"] is not None else self._precedents("output_reached")
        if past:
            note = self._note("risk.from_precedents", "output", min(past), max(past), count=len(past))
            return "output", Empirical(past), note
        ends = [
            self._weighed([("options", self.option, column, self.stated[column], 1.0)])
            for column in ("output_reached", "capacity")[: 1 if self.row["takeover"] is not None else 2]
        ]
        low, high = (float(np.prod([pair[end] for pair in ends])) for end in (0, 1))
        if low >= 1.0 >= high:
            return None
        return "output", Triangular(low, 1.0, high), self._note("risk.from_evidence", "output", low, high)

    def _goods(self, rows: pl.DataFrame, side: str) -> tuple[float, float]:
        """Returns the value of goods at their low and high prices over that at current prices."""
        table = worth(self.case, self.prices.premium).filter(pl.col("region") == self.row["region"])
        sums = [0.0, 0.0, 0.0]
        for commodity, quantity in rows.select("commodity", "quantity").iter_rows():
            price = float(table.filter(pl.col("commodity") == commodity)[side][0])
            below, above = self._moves(commodity, price)
            for i, value in enumerate((max(price - below, 0.0), price, price + above)):
                sums[i] += abs(quantity) * value
        return (sums[0] / sums[1], sums[2] / sums[1]) if sums[1] > 0 else (1.0, 1.0)

    def _moves(self, commodity: str, price: float) -> tuple[float, float]:
        """Returns how far a price may fall and rise by that of its border price, else of a supply in the region."""
        good = self.case["commodities"].filter(pl.col("id") == commodity).row(0, named=True)
        for column in ("cif", "fob"):
            if good[column] is not None:
                low, high = self._range("commodities", commodity, column, good[column])
                return (good[column] - low) * (1 + self.prices.premium), (high - good[column]) * (
                    1 + self.prices.premium
                )
        supplies = self.case["supplies"].filter(pl.col("commodity") == commodity).sort("variable_cost")
        own_region = supplies.filter(pl.col("region") == self.row["region"])
        for name, cost in (own_region if own_region.height else supplies)[["id", "variable_cost"]].head(1).iter_rows():
            low, high = self._range("supplies", name, "variable_cost", cost)
            return (price * (1 - low / cost), price * (high / cost - 1)) if cost > 0 else (0.0, 0.0)
        return 0.0, 0.0

    def _exchange(self) -> tuple[float, float]:
        """Returns the range from the official to the parallel rate, over the premium that the view includes."""
        dearer = [rate.parallel / rate.official for rate in self.case.settings.money.rates if rate.parallel]
        if not dearer:
            return 1.0, 1.0
        counted = 1.0 + self.prices.premium
        return min(1.0, 1.0 / counted), max(1.0, max(dearer) / counted)
