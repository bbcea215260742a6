"""The state that all parts of a live workbook share: study, inputs, prices and the lines written so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.engine import sculpted_debt_service
from tawteen.appraise.statements.timing import Spread, Timeline
from tawteen.appraise.study import Amounts, ClosingCost, Cost, Investment, Origin, RateKind, Sale, Study
from tawteen.report.workbook_formulas.book import FormulaSheet, FormulaWorkbook, Key, Line
from tawteen.report.workbook_formulas.formula import PRODUCT_RANK, SUM_RANK, Formula, formula, total, wide

Priced = Sale | Cost | Investment | ClosingCost
ORIGINS: tuple[Origin, ...] = ("local", "foreign")


@dataclass
class StudyModel:
    """One scenario of a study (`with` or `without` the project) on its sheets."""

    scenario: str
    accounts: Accounts
    book: FormulaWorkbook
    inputs: FormulaSheet
    schedules: FormulaSheet
    _levels: dict[str, Formula] = field(default_factory=dict)
    _rates: dict[str, Formula] = field(default_factory=dict)
    sculpting: dict[str, Line] = field(default_factory=dict)

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
    def operating(self) -> Formula:
        """1 in start-up and production, else 0."""
        return formula_of(self.time.operating)

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
        shown = self.say(f"statements.item.{item}")
        if label:
            shown = f"{shown}: {label}"
        if part != "total":
            shown = f"{shown} ({self.say(f'statements.part.{part}')})"
        put = sheet.add_row(shown, content, self.unit(look), look)
        key: Key = (statement, item, name, part)
        self.book.lines[self.scenario, key] = put
        return put

    def unit(self, look: str) -> str:
        """Unit of a line, by its number format."""
        return self.study.currency if look in ("money", "sum") else ""

    def known(self, statement: str, item: str, name: str = "", part: str = "total") -> Line:
        """A line written before."""
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
            label = f"{name}: {self.say('live.level')}"
            grown = (1.0 + inflation) ** (1.0 / self.step)
            texts = ["1", *(f"{self.schedules.next_row_cell(t - 1)}*{grown.texts[t]}" for t in range(1, len(grown)))]
            values = np.cumprod(np.concatenate([[1.0], grown.values[1:]]))
            self._levels[key] = self.schedules.add_row(
                label, Formula(tuple(texts), values, PRODUCT_RANK), look="factor"
            )
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
            self._rates[key] = self.book.lines[self.scenario, ("exchange_rates", f"rate_{kind}", currency, "total")] = (
                rate
            )
        return self._rates[key]

    # Sums

    def sum(self, parts: Sequence[tuple[Origin, Formula]], origin: Origin | None = None) -> Formula:
        """Sum of parts of an origin, in every period."""
        return wide(total([part for where, part in parts if origin in (None, where)]), self.time.periods)

    @cached_property
    def sculpted(self) -> dict[str, np.ndarray]:
        """Debt service that sculpted loans may take in their own currency, as the engine solved it with the tax."""
        allowed = sculpted_debt_service(self.accounts)
        flows = {f.loan.id: f for f in self.accounts.financing.loans if f.loan.kind == "sculpted"}
        periods = np.arange(self.time.periods)
        firsts = {name: self.time.index(f.loan.first) if f.loan.first else self.time.begins
                  for name, f in flows.items()}  # fmt: skip
        return {name: np.where(periods >= firsts[name], allowed[name] / f.rate, 0.0) for name, f in flows.items()}


def exchange_rates(model: StudyModel) -> None:
    """Every rate that the flows of the study can name, among the inputs."""
    kinds: tuple[RateKind, ...] = ("official", "taxed", "parallel")
    for one in model.study.currencies:
        for kind in kinds:
            if getattr(one, kind) is not None:
                model.rate(one.code, kind)


def formula_of(values: np.ndarray) -> Formula:
    """Numbers as formulas."""
    return Formula(tuple(formula(float(v)).texts[0] for v in values), np.asarray(values, dtype=np.float64), SUM_RANK)


def summed(line: Line, first: int, last: int) -> Formula:
    """Sum of some periods of a written line."""
    return Formula((f"SUM({line.span(first, last)})",), np.array([line.values[first : last + 1].sum()]))


def running(sheet: FormulaSheet, change: Formula, opening: Formula | float = 0.0) -> Formula:
    """Running total in the next row of `sheet`: the total of the period before plus the change."""
    opened = formula(opening)
    texts = [(opened + change[0]).texts[0]]
    texts += [f"{sheet.next_row_cell(t - 1)}+{_bracket(change[t])}" for t in range(1, len(change))]
    return Formula(tuple(texts), np.cumsum(change.values) + opened.values[0], SUM_RANK)


def _bracket(one: Formula) -> str:
    return one.texts[0] if one.binds >= 1 else f"({one.texts[0]})"
