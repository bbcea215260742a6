"""What every part of a live workbook works on: the study, its inputs, prices and the lines that stand already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.engine import sculpted_principal, sweeps
from tawteen.appraise.statements.timing import Spread, Timeline
from tawteen.appraise.study import RATE_KINDS, Amounts, ClosingCost, Cost, Investment, Origin, RateKind, Sale, Study
from tawteen.report.workbook_formulas.book import Clock, FormulaSheet, FormulaWorkbook, Line
from tawteen.report.workbook_formulas.formula import Formula, either, formula, total, wide

Priced = Sale | Cost | Investment | ClosingCost


@dataclass
class StudyModel:
    """One scenario of a study (`with` or `without` the project) on its sheets.

    `without`: the accounts without the project, of the scenario with it where there are any.
    """

    scenario: str
    accounts: Accounts
    book: FormulaWorkbook
    inputs: FormulaSheet
    schedules: FormulaSheet
    scenarios: Mapping[str, Line] = field(default_factory=dict)
    without: Accounts | None = None
    _levels: dict[str, Formula] = field(default_factory=dict)
    _rates: dict[str, Formula] = field(default_factory=dict)
    sculpting: dict[str, Line] = field(default_factory=dict)
    sweeping: dict[str, Line] = field(default_factory=dict)
    checks: dict[str, list[Line]] = field(default_factory=dict)

    @property
    def study(self) -> Study:
        """The study of this scenario."""
        return self.accounts.study

    @property
    def profile(self) -> ConventionProfile:
        """Its conventions."""
        return self.accounts.profile

    @property
    def time(self) -> Timeline:
        """Its periods."""
        return self.accounts.time

    @property
    def step(self) -> int:
        """Periods of a year."""
        return self.time.step

    @property
    def clock(self) -> Clock:
        """Rows that place a period."""
        return self.schedules.clock

    @property
    def money(self) -> str:
        """Unit of amounts."""
        return self.schedules.currency

    def scaled(self, values: Formula, *drivers: str) -> Formula:
        """Values under the scenario that is switched on."""
        for driver in drivers:
            values = values * self.scenarios[driver]
        return values

    def before(self, values: Formula, first: Formula | float = 0.0) -> Formula:
        """What stood one period earlier; `first` in the first period."""
        opened, whole = formula(first), wide(values, self.time.periods)
        earlier = either(self.clock.number.equals(1.0), opened, whole.moved(0.0))
        return Formula(earlier.text, whole.moved(float(opened.values[0])).values)

    @property
    def after(self) -> bool:
        """Whether residual values have a period of their own."""
        return self.profile.residual == "after"

    def say(self, code: str) -> str:
        """A sentence in the workbook's language."""
        return self.book.words.say(code)

    def called(self, one: object) -> str:
        """Name of an item of the study."""
        names = (str(getattr(one, "name_en", "")), str(getattr(one, "name_ar", "")))
        return self.book.words.pick(names) or str(getattr(one, "id", ""))

    def ask(
        self, key: str, input_name: str, item: object, amounts: Amounts, single: Spread = "every", *, unit: str = ""
    ) -> Line:
        """An input by period of an item of the study."""
        label = f"{self.called(item)}: {self.say(f'live.input.{input_name}')}"
        return self.inputs.amounts(f"{key}.{input_name}", label, amounts, single, unit)

    def number(self, key: str, input_name: str, item: object, value: float, unit: str = "") -> Line:
        """An input of one number of an item of the study."""
        label = f"{self.called(item)}: {self.say(f'live.input.{input_name}')}"
        return self.inputs.number(f"{key}.{input_name}", label, value, unit)

    def line(
        self,
        sheet: FormulaSheet,
        statement: str,
        item: str,
        content: Formula | float,
        *,
        name: str = "",
        part: str = "total",
        label: str = "",
        look: str = "money",
    ) -> Line:
        """A line of a statement, kept under its key."""
        put = sheet.add_row(self.line_label(item, label, part), content, self.unit(look), look)
        return self.keep(statement, item, part, put, name)

    def line_label(self, item: str, label: str = "", part: str = "total") -> str:
        """Words before a line of a statement."""
        shown = self.say(f"statements.item.{item}")
        if label:
            shown = f"{shown}: {label}"
        return f"{shown} ({self.say(f'statements.part.{part}')})" if part != "total" else shown

    def keep(self, statement: str, item: str, part: str, line: Line, name: str = "") -> Line:
        """Keeps a line under its key."""
        self.book.lines[self.scenario, (statement, item, name, part)] = line
        return line

    def unit(self, look: str) -> str:
        """Unit of a line by how it looks."""
        return self.money if look in ("money", "sum") else ""

    def known(self, statement: str, item: str, name: str = "", part: str = "total") -> Line:
        """A line that stands already."""
        return self.book.lines[self.scenario, (statement, item, name, part)]

    # Prices

    def price(self, one: Priced, key: str) -> Formula:
        """Price level times exchange rate of an item."""
        return self.level(one, key) * self.rate(one.currency, one.rate)

    def level(self, one: Priced, key: str) -> Formula:
        """Price level of an item: that of its currency, or its own."""
        if one.escalation is not None:
            return self._level(key, self.called(one), one.escalation)
        foreign = [known for known in self.study.currencies if known.code == one.currency]
        if foreign:
            return self._level(f"currencies.{one.currency}", one.currency, foreign[0].inflation)
        return self._level("study", self.study.currency, self.study.inflation)

    def _level(self, key: str, name: str, growth: Amounts) -> Formula:
        if key not in self._levels:
            inflation = self.inputs.amounts(f"{key}.inflation", f"{name}: {self.say('live.input.inflation')}", growth)
            grown = (1.0 + inflation) ** (1.0 / self.clock.step)
            before = Formula(self.schedules.next_row_cell(-1), np.zeros(len(grown)))
            level = either(self.clock.number.equals(1.0), 1.0, before * grown)
            values = np.cumprod(np.concatenate([[1.0], grown.values[1:]]))
            label = f"{name}: {self.say('live.level')}"
            self._levels[key] = self.schedules.add_row(label, Formula(level.text, values), look="factor")
        return self._levels[key]

    def rate(self, currency: str, kind: RateKind) -> Formula:
        """Units of the study's currency for one of `currency`."""
        if currency in ("", self.study.currency):
            return formula(1.0)
        key = f"currencies.{currency}.{kind}"
        if key not in self._rates:
            one = next(c for c in self.study.currencies if c.code == currency)
            label = f"{currency}: {self.say(f'live.input.rate_{kind}')}"
            rate = self.inputs.amounts(key, label, getattr(one, kind), "every", self.study.currency)
            line = self.line(self.schedules, "exchange_rates", f"rate_{kind}", self.scaled(rate, "exchange"),
                             name=currency, label=currency, look="factor")  # fmt: skip
            self._rates[key] = line
        return self._rates[key]

    # Sums

    def sum(self, parts: Sequence[tuple[Origin, Formula]], origin: Origin | None = None) -> Formula:
        """Sum of parts of an origin, in every period."""
        return wide(total([part for where, part in parts if origin in (None, where)]), self.time.periods)

    @cached_property
    def sculpted(self) -> dict[str, np.ndarray]:
        """Principal that sculpted loans may repay in their own currency, as the engine solved it with the tax."""
        return self._own_money(sculpted_principal(self.accounts, self.without, self.accounts.sizes))

    @cached_property
    def swept(self) -> dict[str, np.ndarray]:
        """Cash that repays loans early in their own currency, as the engine solved it with the tax."""
        return self._own_money(sweeps(self.accounts, self.without))

    def _own_money(self, amounts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        rates = {f.loan.id: f.rate for f in self.accounts.financing.loans}
        return {name: np.asarray(values / rates[name]) for name, values in amounts.items()}


def exchange_rates(model: StudyModel) -> None:
    """Every rate that the flows of the study can name, among the inputs."""
    for one in model.study.currencies:
        for kind in RATE_KINDS:
            if getattr(one, kind) is not None:
                model.rate(one.code, kind)
