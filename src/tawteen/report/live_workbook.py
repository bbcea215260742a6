"""A study as a workbook with live formulas: whoever changes an input gets the statements that the engine would give.

Spreadsheets recalculate it: every schedule, statement and indicator is a formula that leads back to the inputs. What it
shows before that is what its formulas come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from xlsxwriter.utility import xl_rowcol_to_cell

from tawteen.appraise.economic import country_view
from tawteen.appraise.profile import PROFILES, ConventionProfile
from tawteen.appraise.statements import Statements, statements
from tawteen.appraise.statements.model import indicator_label
from tawteen.appraise.study import ORIGINS, Study
from tawteen.appraise.study_analysis import StudyAnalysis
from tawteen.appraise.study_scenarios import SCENARIO_DRIVERS
from tawteen.case.new_workbook import new_workbook
from tawteen.report.params import THRESHOLDS
from tawteen.report.study_sheets import write_analysis, write_country
from tawteen.report.workbook_formulas.assets import assets_of, investment_lines
from tawteen.report.workbook_formulas.book import Clock, FormulaSheet, FormulaWorkbook, InputSource, Key, Line
from tawteen.report.workbook_formulas.clock import clock_of
from tawteen.report.workbook_formulas.company import Company, balance, cash_plan, income, production_totals
from tawteen.report.workbook_formulas.debt_sizing import loan_cash
from tawteen.report.workbook_formulas.formula import FIRST, SINGLE, Formula, called, either, size, total
from tawteen.report.workbook_formulas.loans import debt_lines, interest_assets, sources_of
from tawteen.report.workbook_formulas.model import StudyModel, exchange_rates
from tawteen.report.workbook_formulas.operations import running_of
from tawteen.report.workbook_formulas.returns import (
    YEARLY_DSCR,
    CashFlowRows,
    added_cover,
    break_even,
    cash_flows,
    indicators,
    least,
    ratios,
)  # fmt: skip
from tawteen.report.workbook_formulas.working_capital import held_of
from tawteen.words import Lang, Words

WITH_PROGRAMME, WITHOUT_PROGRAMME, INCREMENTAL = "with", "without", "incremental"
SWITCH = "switch"


@dataclass(frozen=True)
class LiveWorkbook:
    """Where things stand in a workbook that was written.

    `lines`: of every line of every statement by scenario (`with`, `without`), and the yearly cover of `incremental`;
    `inputs` by key such as `sales.flour.price`; `figures`: indicators by scenario (and `incremental`), basis and name.
    """

    lines: Mapping[tuple[str, Key], Line]
    inputs: Mapping[str, Line]
    figures: Mapping[tuple[str, str, str], Line]


def write_live_workbook(
    study: Study,
    path: Path,
    lang: Lang = "en",
    *,
    profile: ConventionProfile | None = None,
    sources: Mapping[str, InputSource] | None = None,
    analysis: StudyAnalysis | None = None,
) -> LiveWorkbook:
    """Writes the workbook of a study that has passed `faults`; `sources` gives grade and source of inputs by key.

    With `analysis` it has a sheet of it, and one of the country's view where the study states its inputs. OSError where
    it cannot be written.
    """
    known = statements(study, profile)
    with new_workbook(path) as writer:
        words = Words(lang)
        time = known.accounts.time
        after = PROFILES[known.profile].residual == "after"
        book = FormulaWorkbook(writer, words, time, time.periods + after, sources or {})
        live = _LiveWorkbookWriter(book, study, known).write()
        if analysis is not None:
            write_analysis(book.sheet("live.sheet.analysis"), study, analysis)
            if study.country is not None:
                write_country(book.sheet("live.sheet.country"), country_view(known), time.labels[: book.columns])
        return live


@dataclass
class _LiveWorkbookWriter:
    """One workbook from its first sheet to its last."""

    book: FormulaWorkbook
    study: Study
    known: Statements

    def write(self) -> LiveWorkbook:
        say, accounts = self.book.words.say, self.known.accounts
        title = self.book.words.pick((self.study.name_en, self.study.name_ar)) or self.study.id
        front = self.book.sheet("live.sheet.summary", title=title, narrow=False)
        switch = self.book.sheet("live.sheet.scenarios", narrow=False)
        time = self.book.sheet("live.sheet.time")
        time.heads([*accounts.time.labels[: self.book.columns]])
        self.short, self.long = clock_of(self.book, time, accounts)
        self.scenarios = scenario_switch(switch, self.study)
        scenarios = [(WITH_PROGRAMME, self.known)] + (
            [(WITHOUT_PROGRAMME, self.known.without)] if self.known.without else []
        )
        done: list[tuple[Company, list[CashFlowRows]]] = []
        for scenario, result in scenarios:
            beside = done[0][0].model.inputs if done else None
            done.append(self._scenario(scenario, result, beside))
        loan_cash(done[0][0], done[1][0] if len(done) > 1 else None)
        for company, _ in done[1:]:
            loan_cash(company, None)
        returns = self._sheet("live.sheet.returns", self.long)
        returns.heads(self._labels(after=True))
        figures: dict[tuple[str, str, str], Line] = {}
        for company, flows in done:
            model = company.model
            returns.section(f"live.scenario.{model.scenario}")
            for flow in flows if model.scenario == WITH_PROGRAMME else flows[:2]:
                figures |= self._figures(returns, model, flow, model.scenario)
        if len(done) > 1:
            self._gain(returns, done[0], done[1], figures)
            self.book.lines[INCREMENTAL, YEARLY_DSCR] = added_cover(done[0][0], done[1][0], returns)
        broken = self._checks(self.book.sheet("live.sheet.checks"), [company.model for company, _ in done])
        front.single(say("live.scenario_on"), self.scenarios[SWITCH], look="whole")
        front.single(say("live.checks_broken"), broken, look="whole")
        self._front(front, figures)
        inputs = {
            **(done[1][0].model.inputs.input_lines if len(done) > 1 else {}),
            **done[0][0].model.inputs.input_lines,
            **switch.input_lines,
        }
        return LiveWorkbook(self.book.lines, inputs, figures)

    def _sheet(self, code: str, clock: Clock, suffix: str = "", *, narrow: bool = True) -> FormulaSheet:
        """A sheet with a column for each period."""
        sheet = self.book.sheet(code, suffix, narrow=narrow)
        sheet.clock, sheet.currency = clock, money_unit(self.study, self.book.words)
        return sheet

    def _scenario(
        self, scenario: str, result: Statements, beside: FormulaSheet | None
    ) -> tuple[Company, list[CashFlowRows]]:
        """All sheets of the company with, or without, the project."""
        suffix = "" if scenario == WITH_PROGRAMME else f" ({self.book.words.say(f'live.short.{scenario}')})"
        accounts = result.accounts
        labels = accounts.time.labels
        inputs = self._sheet("live.sheet.inputs", self.short, suffix, narrow=False)
        schedules = self._sheet("live.sheet.schedules", self.short, suffix)
        inputs.beside = beside
        for sheet in (inputs, schedules):
            sheet.heads(labels[:-1])
        bare = None if result.without is None else result.without.accounts
        model = StudyModel(scenario, accounts, self.book, inputs, schedules, self.scenarios, bare)
        exchange_rates(model)
        running = running_of(model)
        assets = assets_of(model, running.sold)
        months = self._sheet("live.sheet.loans", self.short, suffix) if model.study.loans else None
        if months is not None:
            months.heads(labels[:-1])
        held = held_of(model, running, assets)
        sources = sources_of(model, months)
        assets += interest_assets(model, sources.loans)
        investment_lines(model, assets)
        debt_lines(model, sources.loans)
        company = Company(model, running, assets, held, sources)
        sheets = {}
        for name in ("tax", "income", "cash", "balance", "discounted", "ratios"):
            long = name == "discounted" and model.after
            sheets[name] = self._sheet(f"live.sheet.{name}", self.long if long else self.short, suffix)
            sheets[name].heads(labels if long else labels[:-1])
        income(company, sheets["income"], sheets["tax"])
        production_totals(company)
        cash_plan(company, sheets["cash"])
        balance(company, sheets["balance"])
        flows = cash_flows(company, sheets["discounted"], self.long)
        ratios(company, sheets["ratios"], cover=bare is None)
        break_even(company, sheets["ratios"])
        return company, flows

    def _labels(self, *, after: bool = False) -> tuple[str, ...]:
        labels = self.known.accounts.time.labels
        return labels if after and self.known.accounts.profile.residual == "after" else labels[:-1]

    def _figures(
        self, sheet: FormulaSheet, model: StudyModel, flow: CashFlowRows, scenario: str
    ) -> dict[tuple[str, str, str], Line]:
        """Indicators of a cash flow, by scenario, basis and name."""
        result = {
            WITH_PROGRAMME: self.known,
            WITHOUT_PROGRAMME: self.known.without,
            INCREMENTAL: self.known.incremental,
        }[scenario]
        rows = None if result is None else result.indicators.filter(basis=flow.basis)
        known = {} if rows is None else dict(zip(rows["indicator"], rows["value"], strict=True))
        figures = indicators(sheet, model, flow, _rate(self.book, model, flow.basis), known)
        return {(scenario, flow.basis, name): line for name, line in figures.items()}

    def _gain(
        self,
        sheet: FormulaSheet,
        one: tuple[Company, list[CashFlowRows]],
        other: tuple[Company, list[CashFlowRows]],
        figures: dict[tuple[str, str, str], Line],
    ) -> None:
        """The project less doing nothing."""
        model = one[0].model
        sheet.section(f"live.scenario.{INCREMENTAL}")
        for have, bare in zip(one[1][:2], other[1][:2], strict=True):
            count = len(have.net)
            lines = {
                item: sheet.add_row(
                    model.line_label(item),
                    line - bare.lines[item] if item in bare.lines else line * 1.0,
                    model.money,
                    count=count,
                )
                for item, line in have.lines.items()
            }
            net = sheet.add_row(model.line_label("net_cash_flow"), have.net - bare.net, model.money, "sum", count=count)
            figures |= self._figures(sheet, model, CashFlowRows(have.basis, net, lines), INCREMENTAL)

    def _checks(self, sheet: FormulaSheet, models: list[StudyModel]) -> Formula:
        """A line for each thing that must hold, 1 where it does not; returns how many do not."""
        say, broken = self.book.words.say, list[Formula]()
        sheet.text(say("live.checks_how"))
        sheet.table_head([say("live.column.row"), "", "", "", say("live.column.broken")])
        for model in models:
            sheet.section(f"live.scenario.{model.scenario}")
            for label, line in _gaps(model):
                most = called("MAX", (Formula(f"MAX({line.span()})", np.array([line.values.max()])),
                                      Formula(f"-MIN({line.span()})", np.array([-line.values.min()]))),
                              np.maximum)  # fmt: skip
                broken.append(
                    sheet.single(say(label), either(most > THRESHOLDS.check_rounding, 1.0, 0.0), look="whole")
                )
        sheet.next += 1
        whole = sheet.single(say("live.checks_broken"), total(broken), look="whole")
        sheet.target.conditional_format(0, SINGLE, sheet.next, SINGLE, {"type": "cell", "criteria": ">", "value": 0,
                                        "format": self.book.looks["wrong"]})  # fmt: skip
        return whole

    def _front(self, sheet: FormulaSheet, figures: dict[tuple[str, str, str], Line]) -> None:
        say = self.book.words.say
        if notice := self.book.words.pick((self.study.notice_en, self.study.notice_ar)):
            sheet.text(notice)
        sheet.text(say("live.how"))
        for sentence in conventions(self.known.accounts.profile, self.book.words):
            sheet.text(sentence)
        sheet.section("live.section.indicators")
        heads = [say(f"live.column.{c}") for c in ("row", "unit", "live", "delivered")]
        sheet.table_head(heads)
        bases = dict.fromkeys((scenario, basis) for scenario, basis, _ in figures)
        for scenario, basis in bases:
            sheet.text(f"{say(f'live.scenario.{scenario}')}: {say(f'statements.statement.{basis}')}", "section")
            several = [name for s, b, name in figures if (s, b) == (scenario, basis) and name.startswith("irr_")]
            for name in ("npv", "npv_ratio", "irr", *several, "mirr", "payback_years"):
                if line := figures.get((scenario, basis, name)):
                    look = "share" if name.startswith(("irr", "mirr")) else "money" if name == "npv" else "number"
                    sheet.compared(indicator_label(name, self.book.words), line, look)
            if several:
                sheet.text(say("appraise.irr_several"), "wrong")
        sheet.section("statements.statement.ratios")
        added = self.book.lines.get((INCREMENTAL, YEARLY_DSCR))
        cover = self.book.lines[WITH_PROGRAMME, YEARLY_DSCR] if added is None else added
        sheet.compared(say("live.least_dscr"), least(cover), "number")
        gap = self.book.lines[WITH_PROGRAMME, ("balance", "total_assets", "", "total")]
        claims = self.book.lines[WITH_PROGRAMME, ("balance", "total_claims", "", "total")]
        text = f"SUMPRODUCT(ABS({gap.span()}-{claims.span()}))"
        sheet.compared(say("live.balance_gap"), Formula(text, abs(gap.values - claims.values).sum(keepdims=True)),
                       "money")  # fmt: skip


def money_unit(study: Study, words: Words) -> str:
    """The unit of the amounts of a study: its currency, or so many of it."""
    return study.currency if study.unit == 1 else f"{words.number(study.unit)} {study.currency}"


def conventions(profile: ConventionProfile, words: Words) -> Iterator[str]:
    """A profile by name, and what it means, as sentences."""
    yield words.say("live.profile", {"profile": words.say(f"statements.profile.{profile.name}")})
    yield words.say(f"live.convention.reference.{profile.reference}")
    yield words.say(f"live.convention.residual.{profile.residual}")
    yield words.say(f"live.convention.receivables.{profile.receivables}", {"days": profile.days})


def _rate(book: FormulaWorkbook, model: StudyModel, basis: str) -> Line:
    """The discount rate of a cash flow; owners have one of their own where the study says so."""
    discount = model.study.discount
    unit = book.words.say("live.share_a_year")
    line = model.inputs.number("discount", book.words.say("live.input.discount"), discount, unit)
    own = model.study.discount_equity
    if basis == "total_capital" or own is None:
        return line
    return model.inputs.number("discount_equity", book.words.say("live.input.discount_equity"), own, unit)


def _gaps(model: StudyModel) -> Iterator[tuple[str, Line]]:
    """Rows of differences that must be zero, by the code of what they prove, on the sheet of schedules."""
    sheet, say = model.schedules, model.say
    sheet.section("live.sheet.checks")
    cash = model.known("cash_plan", "cash")
    gaps = {
        "balance": model.checks["live.check.balance"][0] * 1.0,
        "origins": model.known("cash_plan", "surplus") - total(
            [model.known("cash_plan", "surplus", part=origin) for origin in ORIGINS]
        ),
        "cash": cash - (model.known("balance", "cash_surplus") - model.known("balance", "deficit_uncovered")),
        "costs": model.known("production", "variable_costs") + model.known("production", "fixed_costs")
        - model.known("production", "operating_costs") - model.known("production", "marketing_costs"),
        "profit": model.known("income", "net_profit") - model.known("income", "retained_profit")
        - model.known("income", "dividends"),
    }  # fmt: skip
    scale = sheet.single(say("live.check.scale"), 1.0 + model.known("balance", "total_assets").largest(), look="number")
    gaps |= {
        name: total([size(row) for row in model.checks[f"live.check.{name}"]])
        for name in ("sized", "reserve_target")
        if f"live.check.{name}" in model.checks
    }
    for name, gap in gaps.items():
        relative = Formula(f"({gap.text})", gap.values) / scale
        yield f"live.check.{name}", sheet.add_row(say(f"live.check.{name}"), relative, look="factor")


def scenario_switch(sheet: FormulaSheet, study: Study) -> dict[str, Line]:
    """Writes the scenarios as columns of factors and the switch; returns the factor in force of each driver."""
    say, words = sheet.book.words.say, sheet.book.words
    sheet.text(say("live.scenarios_how"))
    on = sheet.number("scenario", say("live.scenario_on"), 1.0)
    names = [say("live.scenario_base"), *(words.pick((one.name_en, one.name_ar)) or one.id for one in study.scenarios)]
    names += [say("live.scenario_own")]
    last = FIRST + len(names) - 1
    sheet.target.write_row(
        sheet.next, FIRST, [f"{n}. {name}" for n, name in enumerate(names, 1)], sheet.book.looks["head"]
    )
    sheet.next += 1
    allowed = {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": len(names)}
    sheet.target.data_validation(on.row, SINGLE, on.row, SINGLE, allowed)
    factors = {SWITCH: on}
    for driver in SCENARIO_DRIVERS:
        row = sheet.next
        for n, one in enumerate([1.0, *(getattr(one, driver) for one in study.scenarios), 1.0]):
            sheet.target.write_number(row, FIRST + n, one, sheet.book.looks["input"])
        cells = f"{xl_rowcol_to_cell(row, FIRST, True, True)}:{xl_rowcol_to_cell(row, last, True, True)}"
        chosen = Formula(f"INDEX({sheet.name}!{cells},{on.text})", np.array([1.0]))
        factors[driver] = sheet.single(say(f"studies.driver.{driver}"), chosen, look="number")
    return factors
