"""Statements of a programme: the sums of those of its options, with it, without it, and the difference.

Each option remains a company that pays its own tax; ratios are those of the sums. Sites that the programme
leaves as they are are the same with and without it and are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
import polars as pl

from tawteen.appraise.cash import ProgrammeSchedule
from tawteen.appraise.option_study import option_funding, study_of
from tawteen.appraise.profile import PROFILES, ProfileName
from tawteen.appraise.statements import DIFFERENT, Statements, statements
from tawteen.appraise.statements.accounts import Accounts
from tawteen.appraise.statements.cover import ratio
from tawteen.appraise.statements.discounted import CashFlow, equity, indicators, shareholders, total_capital
from tawteen.appraise.statements.model import LINES, figures, known_or_zero, table
from tawteen.appraise.statements.schedules import NO_BASE, LineKey, StatementLine, cover_rows
from tawteen.appraise.statements.timing import Array
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.one_line import OneLine
from tawteen.effects.model import Effects
from tawteen.progress import ProgressCallback, ProgressEvent

WITH, WITHOUT, GAIN = "with", "without", "incremental"
SUMMED = (*DIFFERENT, "shareholders")
"""Schedules with lines that can be summed over companies."""


@dataclass(frozen=True, repr=False)
class ProgrammeStatements(OneLine):
    """Sums of the statements of the options of a programme, under a named profile.

    Frames:
    - `lines`: scenario (with, without, incremental), and the columns of `Statements.lines`; `name` is of an item that
      options share, such as a fund or a product. Ratios of return and structure are those of `with`, debt cover is that
      of `incremental`: the cash that the programme adds over the debt service that it adds.
    - `indicators`: scenario, basis, indicator, value, reason.
    `options`: the statements of each option. `beside`: what pools cost above their reference price, which funds pay and
    no option bears (the case's currency, in full).
    """

    profile: ProfileName
    options: Mapping[str, Statements]
    lines: pl.DataFrame
    indicators: pl.DataFrame
    notes: tuple[Finding, ...]
    beside: float

    @property
    def companies(self) -> list[Accounts]:
        """Accounts of the options."""
        return [option_statements.accounts for option_statements in self.options.values()]

    @property
    def companies_without(self) -> list[Accounts]:
        """Accounts of the same sites without the programme."""
        return [option.without.accounts for option in self.options.values() if option.without is not None]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Labels of the periods, and of the one after the last."""
        return self.companies[0].time.labels

    def line(self, scenario: str, statement: str, item: str, *, name: str = "", part: str = "total") -> list[float]:
        """Returns the values of one line by period. Raises KeyError for an unknown line."""
        line = self.lines.filter(scenario=scenario, statement=statement, item=item, name=name, part=part)
        if line.is_empty():
            raise KeyError((scenario, statement, item, name, part))
        return line["value"].to_list()


def programme_statements(
    case: Case,
    effects: Effects,
    run: ProgrammeSchedule,
    *,
    profile: ProfileName = "excel",
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
) -> ProgrammeStatements | None:
    """Returns the statements of every option that `run` starts and their sums; None if it starts no option.

    Raises CaseError for an option that cannot start.
    """
    by_option: dict[str, Statements] = {}
    notes: list[Finding] = []
    for n, (option, start) in enumerate(run.starts.items()):
        if stop is not None and stop():
            break
        if progress is not None:
            progress(ProgressEvent("stating", n / len(run.starts), subject=option))
        study = study_of(
            case, effects, option, start, run.throughput, without=run.without, draws=run.draws, profile=profile
        )
        by_option[option] = statements(study)
        if run.draws is None:
            notes += option_funding(case, effects, option, start).notes
    if not by_option:
        return None
    beside = 0.0 if run.draws is None else float(run.draws.filter(pl.col("option").is_null())["amount"].sum())
    return ProgrammeStatements(
        profile,
        by_option,
        _lines(list(by_option.values())),
        _indicators(list(by_option.values()), profile),
        tuple(notes),
        beside,
    )


def _lines(options: list[Statements]) -> pl.DataFrame:
    """Returns the sums of lines over options, by scenario, in the order of the schedules."""
    scenarios = {
        WITH: [option.schedule_lines for option in options],
        WITHOUT: [option.without.schedule_lines for option in options if option.without is not None],
        GAIN: [option.incremental.schedule_lines for option in options if option.incremental is not None],
    }
    companies = [option.accounts for option in options]
    without = [option.without.accounts for option in options if option.without is not None]
    lines = [(scenario, _sums(chain.from_iterable(each))) for scenario, each in scenarios.items() if each]
    lines += [(WITH, _ratios(companies)), (GAIN, list(cover_rows(companies, without)))]
    return pl.concat(
        table(each, companies[0].time.labels).select(pl.lit(scenario).alias("scenario"), *LINES)
        for scenario, each in lines
    )


def _sums(lines: Iterable[StatementLine]) -> list[StatementLine]:
    """Returns the sums of lines of the same key, in the order in which their items first come, then of their names."""
    sums: dict[LineKey, Array] = {}
    for line in lines:
        if line.statement in SUMMED:
            values = known_or_zero(line.values)
            sums[line.key] = sums[line.key] + values if line.key in sums else values
    place: dict[tuple[str, str], int] = {}
    for statement, item, _, _ in sums:
        place.setdefault((statement, item), len(place))
    ordered = sorted(sums.items(), key=lambda one: (place[one[0][:2]], *one[0][2:]))
    return [StatementLine(statement, item, values, name, part) for (statement, item, name, part), values in ordered]


def _ratios(companies: list[Accounts]) -> list[StatementLine]:
    """Returns ratios of return and structure of the sums; NaN for a denominator of 0."""

    def total(figure: Callable[[Accounts], Array]) -> Array:
        return np.asarray(sum(figure(company) for company in companies))

    net, revenue = total(lambda a: a.net_profit), total(lambda a: a.operations.revenue)
    owned, debt = total(lambda a: a.equity_capital), total(lambda a: a.debt)
    ratios_by_item = {
        "return_on_capital": (ratio(net + total(lambda a: a.finance_cost), owned + debt), NO_BASE),
        "return_on_equity": (ratio(net, owned), NO_BASE),
        "net_margin": (ratio(net, revenue), NO_BASE),
        "operating_margin": (ratio(total(lambda a: a.operating_profit), revenue), NO_BASE),
        "debt_share": (ratio(debt, owned + debt), NO_BASE),
    }
    return [StatementLine("ratios", item, values, reason=reason) for item, (values, reason) in ratios_by_item.items()]


def _indicators(options: list[Statements], profile: ProfileName) -> pl.DataFrame:
    """Returns the indicators of the summed cash flows of all options, by scenario."""
    step = options[0].accounts.time.step
    with_programme = [option.accounts for option in options]
    without_programme = [option.without.accounts for option in options if option.without is not None]
    flows = {WITH: [_together([basis(a) for a in with_programme]) for basis in (total_capital, equity, shareholders)]}
    if without_programme:
        flows[WITHOUT] = [_together([basis(a) for a in without_programme]) for basis in (total_capital, equity)]
        flows[GAIN] = [a.less(b) for a, b in zip(flows[WITH], flows[WITHOUT], strict=False)]
    parts = []
    for scenario, each in flows.items():
        scenario_figures = figures([one for cash in each for one in indicators(cash, PROFILES[profile], step)])
        parts.append(scenario_figures.select(pl.lit(scenario).alias("scenario"), pl.all()))
    return pl.concat(parts)


def _together(flows: list[CashFlow]) -> CashFlow:
    """Returns the sum of cash flows of one basis, line by line."""
    lines: dict[str, Array] = {}
    for flow in flows:
        for item, values in flow.lines.items():
            lines[item] = lines[item] + values if item in lines else values
    return CashFlow(flows[0].basis, lines, flows[0].rate)
