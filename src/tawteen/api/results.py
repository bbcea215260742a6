"""What `plan`, `compare` and `explain` return: a programme that knows its case, and what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from tawteen.api.html import comparison_html, explanation_html, plan_html
from tawteen.case.model import Case
from tawteen.case.paths import outline_of
from tawteen.plan.compare import Comparison, say_moves
from tawteen.plan.explain import Explanation, say
from tawteen.plan.outlook import Outlook
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.programme import Programme, Scenario, Status
from tawteen.progress import ProgressCallback
from tawteen.report.overview import figures
from tawteen.report.report import study
from tawteen.report.report_data import ReportData
from tawteen.runs.delivery import claim
from tawteen.runs.planning import deliver
from tawteen.runs.programme_folder import CASE, PROGRAMME
from tawteen.words import Lang, Words, language

if TYPE_CHECKING:
    from tawteen.plan.robust.front import Front
    from tawteen.plan.robust.model import Robustness
    from tawteen.plan.verify import Verification


@dataclass(frozen=True, eq=False, repr=False)
class PlanResult:
    """A programme with the case that it was planned for (before the changes of its `scenario`).

    Tables are polars frames with the columns of `tawteen.plan.programme.Programme`; money is in the case's currency,
    values are discounted to the start of the horizon.
    """

    case: Case
    programme: Programme

    @property
    def status(self) -> Status:
        """How the search ended: optimal, within_gap, time_limit, step_limit, interrupted or infeasible."""
        return self.programme.status

    @property
    def value(self) -> float | None:
        """Discounted value of the programme; None where none was found."""
        return self.programme.value

    @property
    def bound(self) -> float | None:
        """What no programme can exceed; None where it is not proven."""
        return self.programme.bound

    @property
    def do_nothing(self) -> float | None:
        """Value of the do-nothing alternative."""
        return self.programme.do_nothing

    @property
    def gain(self) -> float | None:
        """Value less that of the do-nothing alternative; None where either is unknown."""
        value, nothing = self.programme.value, self.programme.do_nothing
        return None if value is None or nothing is None else value - nothing

    @property
    def gap(self) -> float | None:
        """Distance to the bound as a share of the gain."""
        return self.programme.gap

    @property
    def outlook(self) -> Outlook | None:
        """What it comes to in scenarios: expected, p10, p50, p90, chance_of_loss, red_flags; None without scenarios."""
        return self.programme.outlook

    @property
    def policy(self) -> PolicyPlan | None:
        """What is done for each thing that surveys may find, and its value in futures; None where none was planned."""
        return self.programme.policy

    @property
    def scenario(self) -> Scenario:
        """Changes of the case that the programme was planned under."""
        return self.programme.scenario

    @property
    def sites(self) -> pl.DataFrame:
        """One row a site: id, option, kind, status, start, period, chance, operates, units."""
        return self.programme.sites

    @property
    def throughput(self) -> pl.DataFrame:
        """What each option makes: option, period, amount."""
        return self.programme.throughput

    @property
    def flows(self) -> pl.DataFrame:
        """Imports, exports, transport, stocks, unmet demand: kind, id, commodity, region, period, amount."""
        return self.programme.flows

    @property
    def supply(self) -> pl.DataFrame:
        """Who works and trains: pool_kind, pool, source, period, amount."""
        return self.programme.supply

    @property
    def draws(self) -> pl.DataFrame:
        """Who pays: fund, option, category, origin, period, amount."""
        return self.programme.draws

    @property
    def limits(self) -> pl.DataFrame:
        """Limits and their shadow prices: kind, id, region, period, used, limit, price."""
        return self.programme.limits

    @cached_property
    def report_data(self) -> ReportData:
        """What the exhibits of the report read, worked out once."""
        return study(self.case, self.programme, self.outline)

    @property
    def outline(self) -> Path | None:
        """File of the borders that the map shows, beside the case; it need not exist. None for a case without files."""
        return None if self.case.path is None else outline_of(self.case.path)

    def summary(self, lang: Lang | None = None) -> pl.DataFrame:
        """The figures at the head of the report: figure (code), label, value, unit, text (where it is no number)."""
        words = Words(lang or language())
        rows = [
            (figure.key, words.pick(figure.label), figure.value, figure.unit, words.pick(figure.explanation) or None)
            for figure in (figures(self.report_data) if self.value is not None else [])
        ]
        schema = {"figure": pl.String, "label": pl.String, "value": pl.Float64, "unit": pl.String, "text": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.col("unit").replace("", None))

    def save(self, folder: str | Path) -> Path:
        """Writes programme and case into `folder`, where `tawteen verify`, `explain` and `read_result` find them.

        What an earlier result left there is removed, its report too. Returns the folder. Raises UsageError where
        programme or case of somebody else stand there, CaseError for a programme that does not pass the independent
        check.
        """
        target = Path(folder)
        with claim(target, (PROGRAMME, CASE), foreign=True) as results:
            deliver(results, self.case, self.programme, outline=self.outline)
        return target

    def report(
        self,
        out: str | Path,
        lang: Lang | None = None,
        *,
        robustness: Robustness | None = None,
        front: Front | None = None,
        progress: ProgressCallback | None = None,
    ) -> Path:
        """Writes programme, case, page, workbook and pictures into `out` and returns the page.

        `robustness` and `front` are what `robust` and `pareto` found of this programme. Raises UsageError where the
        folder holds files that Tawteen did not write, ValueError for a programme without a solution.
        """
        from tawteen.api.studies import report  # noqa: PLC0415 - it needs this module

        return report(self, out, lang, robustness=robustness, front=front, progress=progress)

    def verify(self) -> Verification:
        """Recomputes every limit and the value from case and programme alone."""
        from tawteen.api.studies import verify  # noqa: PLC0415

        return verify(self)

    def explain(self, site: str, *, time_limit: float = 60.0) -> SiteExplanation:
        """Why a site is in or out, what the other way costs, and what would have to change."""
        from tawteen.api.studies import explain  # noqa: PLC0415

        return explain(self, site, time_limit=time_limit)

    def compare(self, after: PlanResult) -> PlanComparison:
        """What moves from this programme to another one, and what it costs."""
        from tawteen.api.studies import compare  # noqa: PLC0415

        return compare(self, after)

    def __repr__(self) -> str:
        value = "no solution" if self.value is None else f"value {self.value:,.0f}, gain {self.gain or 0.0:,.0f}"
        gap = "" if self.gap is None else f", gap {self.gap:.2%}"
        works = self.sites.filter(pl.col("status").is_in(["firm", "conditional"])).height
        return f"PlanResult({self.programme.case_id!r}, {self.status}, {value}{gap}, sites that start: {works})"

    def _repr_html_(self) -> str:
        return plan_html(self, Words(language(), self.case.settings.digits))


@dataclass(frozen=True, eq=False, repr=False)
class PlanComparison:
    """What moves from `before` to `after`. The frames are those of `tawteen.plan.compare.Comparison`."""

    before: PlanResult
    after: PlanResult
    comparison: Comparison

    @property
    def sites(self) -> pl.DataFrame:
        """Sites that move: site, move, option_before, option, start_before, start, quarters."""
        return self.comparison.sites

    @property
    def figures(self) -> pl.DataFrame:
        """Figures of both: figure, before, after, difference."""
        return self.comparison.figures

    @property
    def funds(self) -> pl.DataFrame:
        """Money drawn from each fund: fund, before, after, difference."""
        return self.comparison.funds

    @property
    def limits(self) -> pl.DataFrame:
        """Worth of one more unit of each limit: kind, id, region, before, after, difference."""
        return self.comparison.limits

    def sentences(self, lang: Lang | None = None) -> Sequence[str]:
        """One sentence for each site that moves."""
        words = Words(lang or language(), self.before.case.settings.digits)
        return say_moves(self.before.case, self.before.programme, self.comparison, words)

    def __repr__(self) -> str:
        value = self.figures.filter(figure="value")["difference"].item()
        change = "" if value is None else f", value {value:+,.0f}"
        return f"PlanComparison(sites that move: {self.sites.height}{change})"

    def _repr_html_(self) -> str:
        return comparison_html(self, Words(language(), self.before.case.settings.digits))


@dataclass(frozen=True, eq=False, repr=False)
class SiteExplanation:
    """Why a site is in or out of a programme; `explanation` holds the arithmetic."""

    result: PlanResult
    site: str
    explanation: Explanation

    @property
    def terms(self) -> pl.DataFrame:
        """What the worth of the site's option is made of: part, term, kind, id, amount, rent."""
        return self.explanation.terms

    def sentences(self, lang: Lang | None = None) -> Sequence[str]:
        """The explanation in sentences."""
        words = Words(lang or language(), self.result.case.settings.digits)
        return say(self.result.case, self.result.programme, self.explanation, words)

    def __str__(self) -> str:
        return " ".join(self.sentences())

    def __repr__(self) -> str:
        return f"SiteExplanation({self.site!r}, {self.explanation.reason.code})"

    def _repr_html_(self) -> str:
        return explanation_html(self)
