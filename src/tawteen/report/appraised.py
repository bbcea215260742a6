"""One option with everything that is told about it: its study and statements, its risk, its evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from tawteen.appraise import appraise
from tawteen.appraise.cash import ProgrammeSchedule
from tawteen.appraise.model import Appraisal
from tawteen.appraise.option_study import option_funding, study_of
from tawteen.appraise.profile import ProfileName
from tawteen.appraise.risk import CashModel, SimulationResult, cash_model, simulate
from tawteen.appraise.risk.correlation import stated
from tawteen.appraise.risk.ranges import ranges_of
from tawteen.appraise.risk.sensitivity import tornado
from tawteen.appraise.single_option import narrowed
from tawteen.appraise.statements import Statements, statements
from tawteen.appraise.statements.cover import service
from tawteen.appraise.statements.timing import Array, price_level
from tawteen.appraise.study import Study
from tawteen.case.estimate_class import EstimateClass, estimate_of
from tawteen.case.evidence import coverage
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.case.one_line import OneLine
from tawteen.case.ranges import expected_case
from tawteen.effects.model import Effects
from tawteen.progress import ProgressCallback

GAIN_ITEMS = {
    "investment": ("fixed_investment", "pre_production"),
    "working_capital": ("working_capital_growth", "residual_working_capital"),
    "operation": ("sales", "subsidies", "operating_costs", "marketing_costs", "income_tax"),
    "at_end": ("residual_assets", "closing", "disposals"),
}
"""Parts of the gain, of which lines of the cash flow of total capital."""


@dataclass(frozen=True, repr=False)
class Appraised(OneLine):
    """An option as an investor reads of it; money of the financial view unless said otherwise."""

    case: Case
    effects: Effects
    option: dict[str, Any]
    site: dict[str, Any]
    study: Study
    statements: Statements
    indicators: dict[str, dict[str, Any]]
    risk: SimulationResult
    swings: pl.DataFrame
    notes: tuple[Finding, ...]
    estimate: EstimateClass

    @property
    def id(self) -> str:
        """The option."""
        return str(self.option["option"])

    @cached_property
    def _gain(self) -> pl.DataFrame:
        """Cash flow of total capital with the option less without it."""
        if self.statements.incremental is None:
            raise ValueError(f"{self.id} has no study without it")
        return self.statements.incremental.lines.filter(pl.col("statement") == "total_capital")

    @cached_property
    def yearly(self) -> pl.DataFrame:
        """Gain over the site as it is, by calendar year and part: year, part, amount (currency)."""
        part = {item: name for name, items in GAIN_ITEMS.items() for item in items}
        return (
            self._gain.filter(pl.col("item").is_in(list(part)))
            .with_columns(part=pl.col("item").replace_strict(part), year=pl.col("label").str.slice(0, 4).cast(pl.Int64))
            .group_by("year", "part", maintain_order=True)
            .agg(amount=pl.col("value").sum())
            .sort("year", "part")
        )

    @cached_property
    def cumulated(self) -> pl.DataFrame:
        """Cumulated gain at the end of each year: year, plain and discounted (currency)."""
        net = self._gain.filter(pl.col("item") == "net_cash_flow")
        time = self.statements.accounts.time
        ahead = self.statements.accounts.profile.ahead
        factors = (1.0 + self.study.discount) ** (-(np.arange(net.height) + ahead) / time.step)
        return (
            net.with_columns(
                year=pl.col("label").str.slice(0, 4).cast(pl.Int64), worth=pl.col("value") * pl.Series(factors)
            )
            .with_columns(plain=pl.col("value").cum_sum(), discounted=pl.col("worth").cum_sum())
            .group_by("year", maintain_order=True)
            .agg(pl.col("plain", "discounted").last())
        )

    @cached_property
    def grades(self) -> dict[str, float]:
        """Share of the numbers of the site by the grade of their evidence."""
        grades = coverage(self.case).filter(pl.col("site") == self.site["id"])
        return {} if grades.is_empty() else grades.drop("site", "values").row(0, named=True)


def appraised(
    case: Case,
    effects: Effects,
    option: str,
    *,
    paths: int = 10_000,
    seed: int = 1,
    profile: ProfileName = "excel",
    appraisal: Appraisal | None = None,
    run: ProgrammeSchedule | None = None,
    known: Statements | None = None,
    model: CashModel | None = None,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
) -> Appraised:
    """Study, statements and risk of an option. Raises CaseError where it is none that may start.

    With a `run`, statements are of the start and throughput a programme gave it; its risk is that of the option alone.
    `known` are those statements, `model` is the cash model in the financial view, where the caller has them.
    """
    case = expected_case(case)
    start = None if run is None else run.starts[option]
    throughput, without, draws = (None, None, None) if run is None else (run.throughput, run.without, run.draws)
    result = known
    if result is None:
        study = study_of(case, effects, option, start, throughput, without=without, draws=draws, profile=profile)
        result = statements(study)
    row = effects.options.row(by_predicate=pl.col("option") == option, named=True)
    single_appraisal = appraisal or appraise(case, narrowed(effects, [option]))
    mine = single_appraisal.indicators.filter(pl.col("option") == option)
    if model is None:
        model = cash_model(case, effects, option, "financial")
    ranges = ranges_of(case, effects, option, "financial")
    return Appraised(
        case=case,
        effects=effects,
        option=row,
        site=case["sites"].row(by_predicate=pl.col("id") == row["site"], named=True),
        study=result.accounts.study,
        statements=result,
        indicators={one["view"]: one for one in mine.iter_rows(named=True)},
        risk=simulate(
            model,
            ranges.inputs,
            stated(case, ranges.inputs),
            paths=paths,
            seed=seed,
            debt_service=_owed(result, 0 if start is None else start - row["earliest"]),
            progress=progress,
            stop=stop,
        ),
        swings=tornado(model, ranges.inputs),
        notes=(*ranges.notes, *(option_funding(case, effects, option, start).notes if draws is None else ())),
        estimate=estimate_of(case, option),
    )


def _owed(result: Statements, later: int) -> Array | None:
    """What is paid to lenders by period at constant prices; none without a loan.

    The simulation starts the option as early as it may: a programme that starts it so many periods `later` pays later.
    """
    accounts = result.accounts
    if not accounts.financing.loans:
        return None
    inflation = accounts.time.spread(accounts.study.inflation)
    owed = np.maximum(service(accounts), 0.0) / price_level(inflation, accounts.time.step)
    return np.concatenate([owed[later:], np.zeros(later)])
