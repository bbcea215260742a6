"""A study as a workbook with live formulas: whoever changes an input gets the statements that the engine would give.

Spreadsheets recalculate it: every schedule, statement and indicator is a formula that leads back to the inputs. What it
shows before that is what its formulas come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tawteen.appraise.profile import PROFILES, ConventionProfile
from tawteen.appraise.statements import Statements, statements
from tawteen.appraise.study import Study
from tawteen.case.atomic_write import new_workbook
from tawteen.report.workbook_formulas.assets import assets_of, investment_lines
from tawteen.report.workbook_formulas.book import FormulaSheet, FormulaWorkbook, InputSource, Key, Line
from tawteen.report.workbook_formulas.company import Company, balance, cash_plan, income, production_totals
from tawteen.report.workbook_formulas.formula import Formula
from tawteen.report.workbook_formulas.loans import debt_lines, interest_assets, sculpt, sources_of
from tawteen.report.workbook_formulas.model import StudyModel, exchange_rates
from tawteen.report.workbook_formulas.operations import running_of
from tawteen.report.workbook_formulas.returns import CashFlowRows, break_even, cash_flows, indicators, least, ratios
from tawteen.report.workbook_formulas.working_capital import held_of
from tawteen.words import Lang, Words

WITH_PROGRAMME, WITHOUT_PROGRAMME, INCREMENTAL = "with", "without", "incremental"


@dataclass(frozen=True)
class LiveWorkbook:
    """Where things stand in a workbook that was written.

    `lines`: of every line of every statement by scenario (`with`, `without`); `inputs` by key such as
    `sales.flour.price`; `figures`: indicators by scenario (and `incremental`), basis and name.
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
) -> LiveWorkbook:
    """Writes the workbook of a study that has passed `faults`; `sources` gives grade and source of inputs by key.

    OSError where it cannot be written.
    """
    known = statements(study, profile)
    with new_workbook(path) as writer:
        words = Words(lang)
        time = known.accounts.time
        after = PROFILES[known.profile].residual == "after"
        book = FormulaWorkbook(writer, words, time, time.periods + after, sources or {})
        return _LiveWorkbookWriter(book, study, known).write()


@dataclass
class _LiveWorkbookWriter:
    """One workbook from its first sheet to its last."""

    book: FormulaWorkbook
    study: Study
    known: Statements

    def write(self) -> LiveWorkbook:
        title = self.book.words.pick((self.study.name_en, self.study.name_ar)) or self.study.id
        front = self.book.sheet("live.sheet.summary", title=title)
        scenarios = [(WITH_PROGRAMME, self.known)] + (
            [(WITHOUT_PROGRAMME, self.known.without)] if self.known.without else []
        )
        done: list[tuple[StudyModel, list[CashFlowRows]]] = []
        for scenario, result in scenarios:
            beside = done[0][0].inputs if done else None
            done.append(_scenario(self.book, scenario, result, beside))
        returns = self.book.sheet("live.sheet.returns")
        returns.heads(self._labels(after=True))
        figures: dict[tuple[str, str, str], Line] = {}
        for model, flows in done:
            returns.section(f"live.scenario.{model.scenario}")
            for flow in flows if model.scenario == WITH_PROGRAMME else flows[:2]:
                figures |= self._figures(returns, model, flow, model.scenario)
        if len(done) > 1:
            self._gain(returns, done[0], done[1], figures)
        self._front(front, figures)
        inputs = {**(done[1][0].inputs.input_lines if len(done) > 1 else {}), **done[0][0].inputs.input_lines}
        return LiveWorkbook(self.book.lines, inputs, figures)

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
        one: tuple[StudyModel, list[CashFlowRows]],
        other: tuple[StudyModel, list[CashFlowRows]],
        figures: dict[tuple[str, str, str], Line],
    ) -> None:
        """The indicators of the difference between project and doing nothing."""
        model = one[0]
        sheet.section(f"live.scenario.{INCREMENTAL}")
        for have, bare in zip(one[1][:2], other[1][:2], strict=True):
            lines = {
                item: sheet.across(self.book.words.say(f"statements.item.{item}"), _less(line, bare.lines.get(item)))
                for item, line in have.lines.items()
            }
            net = sheet.across(self.book.words.say("statements.item.net_cash_flow"), have.net - bare.net, "sum")
            figures |= self._figures(sheet, model, CashFlowRows(have.basis, net, lines), INCREMENTAL)

    def _front(self, sheet: FormulaSheet, figures: dict[tuple[str, str, str], Line]) -> None:
        say = self.book.words.say
        if notice := self.book.words.pick((self.study.notice_en, self.study.notice_ar)):
            sheet.text(notice)
        sheet.text(say("live.how"))
        for sentence in conventions(self.known.accounts.profile, self.book.words):
            sheet.text(sentence)
        sheet.section("live.section.indicators")
        heads = [say(f"live.column.{c}") for c in ("row", "unit", "live", "delivered", "difference")]
        sheet.table_head(heads)
        bases = dict.fromkeys((scenario, basis) for scenario, basis, _ in figures)
        for scenario, basis in bases:
            sheet.text(f"{say(f'live.scenario.{scenario}')}: {say(f'statements.statement.{basis}')}", "section")
            for name in ("npv", "irr", "mirr", "payback_years"):
                if line := figures.get((scenario, basis, name)):
                    look = "share" if name in ("irr", "mirr") else "money" if name == "npv" else "number"
                    sheet.compared(say(f"statements.indicator.{name}"), line, look)
        dscr = self.book.lines[WITH_PROGRAMME, ("ratios", "dscr", "", "total")]
        sheet.section("statements.statement.ratios")
        sheet.compared(say("live.least_dscr"), least(dscr), "number")
        gap = self.book.lines[WITH_PROGRAMME, ("balance", "total_assets", "", "total")]
        claims = self.book.lines[WITH_PROGRAMME, ("balance", "total_claims", "", "total")]
        text = f"SUMPRODUCT(ABS({gap.span()}-{claims.span()}))"
        sheet.compared(say("live.balance_gap"), Formula((text,), (abs(gap.values - claims.values)).sum(keepdims=True)),
                       "money")  # fmt: skip


def conventions(profile: ConventionProfile, words: Words) -> Iterator[str]:
    """Sentences on the name and rules of a convention profile."""
    yield words.say("live.profile", {"profile": words.say(f"statements.profile.{profile.name}")})
    yield words.say(f"live.convention.reference.{profile.reference}")
    yield words.say(f"live.convention.residual.{profile.residual}")
    yield words.say(f"live.convention.receivables.{profile.receivables}", {"days": profile.days})


def _less(line: Line, other: Line | None) -> Formula:
    return line - other if other is not None else line * 1.0


def _rate(book: FormulaWorkbook, model: StudyModel, basis: str) -> Line:
    """The discount rate of a cash flow; owners have one of their own where the study says so."""
    discount = model.study.discount
    unit = book.words.say("live.share_a_year")
    line = model.inputs.number("discount", book.words.say("live.input.discount"), discount, unit)
    own = model.study.discount_equity
    if basis == "total_capital" or own is None:
        return line
    return model.inputs.number("discount_equity", book.words.say("live.input.discount_equity"), own, unit)


def _scenario(
    book: FormulaWorkbook, scenario: str, result: Statements, beside: FormulaSheet | None
) -> tuple[StudyModel, list[CashFlowRows]]:
    """All sheets of one scenario."""
    suffix = "" if scenario == WITH_PROGRAMME else f" ({book.words.say(f'live.short.{scenario}')})"
    accounts = result.accounts
    labels = accounts.time.labels
    inputs, schedules = book.sheet("live.sheet.inputs", suffix), book.sheet("live.sheet.schedules", suffix)
    inputs.beside = beside
    for sheet in (inputs, schedules):
        sheet.heads(labels[:-1])
    model = StudyModel(scenario, accounts, book, inputs, schedules)
    exchange_rates(model)
    running = running_of(model)
    assets = assets_of(model, running.sold)
    months = _months(book, suffix, accounts.time.periods * 12 // model.step) if model.study.loans else None
    held = held_of(model, running)
    sources = sources_of(model, months)
    assets += interest_assets(model, sources.loans)
    investment_lines(model, assets)
    debt_lines(model, sources.loans)
    company = Company(model, running, assets, held, sources)
    sheets = {}
    for name in ("tax", "income", "cash", "balance", "discounted", "ratios"):
        sheets[name] = book.sheet(f"live.sheet.{name}", suffix)
        heads = labels if name == "discounted" and model.after else labels[:-1]
        years = range(1, -(-accounts.time.periods // model.step) + 1)
        sheets[name].heads([f"{model.say('live.year')} {y}" for y in years] if name == "tax" else heads)
    income(company, sheets["income"], sheets["tax"])
    production_totals(company)
    cash_plan(company, sheets["cash"])
    balance(company, sheets["balance"])
    flows = cash_flows(company, sheets["discounted"])
    ratios(company, sheets["ratios"])
    sculpt(model, sources.loans, model.known("debt", "available"))
    break_even(company, sheets["ratios"])
    return model, flows


def _months(book: FormulaWorkbook, suffix: str, count: int) -> FormulaSheet:
    sheet = book.sheet("live.sheet.loans", suffix)
    sheet.heads([f"{book.words.say('live.month')} {m + 1}" for m in range(count)])
    return sheet
