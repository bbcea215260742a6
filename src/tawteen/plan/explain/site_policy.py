"""What a policy does at one site: its survey, what follows each finding, and what starts without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import polars as pl

from tawteen.plan.policy_plan import PolicyPlan

Row = Mapping[str, Any]
POOLED_BY_COURSE = ["solution", "pool_kind", "pool", "period"]
SiteState = Literal["surveyed", "known", "unsurveyed", "started", "untouched"]
"""What a policy does at a site: see `SitePolicy.code`."""


@dataclass(frozen=True)
class PolicyStart:
    """An option or survey that starts in some futures.

    `futures`: their number; `period`: the median quarter of its start in them, between `earliest` and `latest`.
    `worth`: what these futures lose in the mean without it, everything else starting as it does; None where that was
    not worked out. `worth_futures`: number of the futures, the first of these, that it was worked out in.
    """

    option: str
    futures: int
    period: int
    earliest: int
    latest: int
    worth: float | None = None
    worth_futures: int = 0


@dataclass(frozen=True)
class Release:
    """A start at another site that takes place more often where nothing starts here (`ReleasedTo`).

    `futures_with` and `futures_without`: the futures compared, those in which it could start.
    """

    site: str
    option: str
    period: int
    share_with: float
    share_without: float
    futures_with: int
    futures_without: int


@dataclass(frozen=True)
class FindingPlan:
    """What follows one finding of a site.

    `futures`: number of the futures with it. `starts`: what starts after it, the most frequent first. `at_most`: where
    nothing does, the most that any start of the site could add to these futures in the mean, everything else starting
    as it does (below 0: every start loses); None where that was not worked out or no start is possible. It was worked
    out in `at_most_futures` of them. `releases`: where nothing starts, what starts elsewhere more often then.
    """

    finding: int
    chance: float
    opens: bool
    quantile: float | None
    futures: int
    starts: tuple[PolicyStart, ...]
    at_most: float | None = None
    at_most_futures: int = 0
    releases: tuple[Release, ...] = ()


@dataclass(frozen=True)
class TriedSurvey:
    """What was tried of a survey that the policy does not make, beside all that it starts.

    `period`: quarter in which the survey begins; None where limits or rules refuse it in every quarter that was tried,
    and the rest is empty but for `survey_limit`. `starts`: finding, option and quarter of what follows each finding
    where something is worth it. `worth`: what it all adds in the mean, the cost of the survey taken off; starts that
    limits do not carry in a future add nothing there.
    `refused`: the number of futures in which a limit or rule refuses a start that was tried; `limit`: kind and id of
    what refused most often. `survey_limit`: what refuses the survey in the quarter in which it could add most, where
    that is not `period`.
    """

    period: int | None
    starts: tuple[tuple[int, str, int], ...]
    worth: float
    refused: int
    limit: tuple[str, str] | None
    survey_limit: tuple[str, str] | None = None


@dataclass(frozen=True)
class SurveyBound:
    """Why a survey that the policy does not make cannot pay, or how much it could at most.

    Of the best quarter to begin it, in the mean over `futures` futures and with everything else starting as it does:
    the survey costs at least `cost`, and what it lets decide is worth at most `knowing`. `tried`: where it could pay by
    that, the best that was found.
    """

    period: int
    cost: float
    knowing: float
    futures: int
    tried: TriedSurvey | None = None

    @property
    def at_most(self) -> float:
        """The most that it could add."""
        return self.knowing - self.cost


@dataclass(frozen=True)
class SitePolicy:
    """What a policy does at one site.

    `code`: surveyed; known (what is there is known without a survey); unsurveyed; started (works or closing without a
    finding); untouched (inspected, and nothing starts). `starts`: what starts without a finding, the survey aside.
    `team`: sources that survey it, those who do most first. `rule`: the first rule that asks for the survey.
    `information`: what the survey is worth to the policy, its cost taken off, in its first `information_futures`; None
    where that was not worked out. `survey_worth`: what the futures lose in the mean without the survey and what follows
    it, everything else starting as it does, in `survey_futures` of them. `decisions`: decisions about it that settle
    gates of other sites too, with their number of sites. `releases`: what starts elsewhere more often after any of the
    findings after which nothing starts here. `at_most`: of an untouched site, as in `FindingPlan`. `bound`:
    of an unsurveyed site. `too_late`: of one where no survey tells anything that can be used within the horizon.
    """

    site: str
    code: SiteState
    futures: int
    survey: PolicyStart | None
    team: tuple[str, ...]
    rule: str | None
    starts: tuple[PolicyStart, ...]
    findings: tuple[FindingPlan, ...]
    information: float | None
    information_futures: int
    survey_worth: float | None = None
    survey_futures: int = 0
    decisions: tuple[tuple[str, int], ...] = ()
    releases: tuple[Release, ...] = ()
    at_most: float | None = None
    at_most_futures: int = 0
    bound: SurveyBound | None = None
    too_late: bool = False


@dataclass(frozen=True)
class SitePolicies:
    """The sites of a policy, from what is stored of it.

    `options`: rows of the effects of options by option; `needs`: those of the effects (option, quarter, pool_kind,
    pool, amount); `decisions`: site, decision of unknown gates that one decision opens for several sites.
    """

    policy: PolicyPlan
    options: Mapping[str, Row]
    needs: pl.DataFrame
    decisions: pl.DataFrame

    def of_site(self, site: str, rule: str | None = None) -> SitePolicy:
        """What the policy does at a site; `rule`: the one that asks for its survey, where one does."""
        everything = self._starts.get((site, None), ())
        surveys = [start for start in everything if self._is_survey(start.option)]
        survey = surveys[0] if surveys else None
        others = tuple(start for start in everything if not self._is_survey(start.option))
        findings = self._findings(site)
        return SitePolicy(
            site=site,
            code=self._code(site, survey, others),
            futures=len(self.policy.gains),
            survey=survey,
            team=() if survey is None else self._team(survey.option),
            rule=rule if survey is not None else None,
            starts=others,
            findings=findings,
            information=self._information.get(site),
            information_futures=self.policy.information_futures,
            decisions=tuple(self._decisions.get(site, ())),
            releases=self._releases(site, None),
        )

    def _code(self, site: str, survey: PolicyStart | None, others: tuple[PolicyStart, ...]) -> SiteState:
        if survey is not None:
            return "surveyed"
        if others:
            return "started"
        if site not in self._outcomes:
            return "untouched"
        return "unsurveyed" if site in self._surveyable else "known"

    def _is_survey(self, option: str) -> bool:
        return option in self.options and self.options[option]["kind"] == "survey"

    @cached_property
    def _surveyable(self) -> set[str]:
        return {row["site"] for row in self.options.values() if row["kind"] == "survey"}

    @cached_property
    def _outcomes(self) -> dict[str, list[int]]:
        return dict(self.policy.outcomes.select("site", "finding").iter_rows())

    @cached_property
    def _information(self) -> dict[str, float]:
        return dict(self.policy.information.select("site", "value_of_information").iter_rows())

    @cached_property
    def _decisions(self) -> dict[str, list[tuple[str, int]]]:
        counts = dict(self.decisions.group_by("decision").len().iter_rows())
        by_site: dict[str, list[tuple[str, int]]] = {}
        for site, decision in self.decisions.select("site", "decision").iter_rows():
            by_site.setdefault(site, []).append((decision, counts[decision]))
        return by_site

    @cached_property
    def _starts(self) -> dict[tuple[str, int | None], tuple[PolicyStart, ...]]:
        """What starts at each site under each finding, the most frequent first."""
        weights = Counter(self.policy.solutions)
        periods: dict[tuple[str, int | None, str], Counter[int]] = {}
        for course, option, finding, period in self.policy.starts.select(
            "solution", "option", "finding", "period"
        ).iter_rows():
            if option in self.options and weights[course]:
                key = (self.options[option]["site"], finding, option)
                periods.setdefault(key, Counter())[period] += weights[course]
        stated = self.policy.policy.select("site", "finding", "option", "period").iter_rows()
        medians = {(site, finding, option): period for site, finding, option, period in stated}
        starts: dict[tuple[str, int | None], list[PolicyStart]] = {}
        for (site, finding, option), counts in periods.items():
            start = PolicyStart(option, counts.total(), medians[site, finding, option], min(counts), max(counts))
            starts.setdefault((site, finding), []).append(start)
        return {key: tuple(sorted(some, key=lambda s: (-s.futures, s.option))) for key, some in starts.items()}

    def _findings(self, site: str) -> tuple[FindingPlan, ...]:
        counts = Counter(self._outcomes.get(site, ()))
        return tuple(
            FindingPlan(
                row["finding"], row["chance"], row["opens"], row["quantile"], counts[row["finding"]],
                self._starts.get((site, row["finding"]), ()), releases=self._releases(site, row["finding"]),
            )
            for row in self.policy.findings.filter(pl.col("site") == site).iter_rows(named=True)
        )  # fmt: skip

    def _releases(self, site: str, finding: int | None) -> tuple[Release, ...]:
        """What starts elsewhere more often with this finding (None: with any after which nothing starts)."""
        rows = self.policy.released_to.filter(
            pl.col("site") == site, pl.col("finding").eq_missing(pl.lit(finding, pl.Int64))
        ).sort(["least", "to_site"], descending=[True, False])
        return tuple(
            Release(row["to_site"], row["option"], row["period"], row["share_with"], row["share_without"],
                    row["futures_with"], row["futures_without"])
            for row in rows.iter_rows(named=True)
        )  # fmt: skip

    def _team(self, survey: str) -> tuple[str, ...]:
        """Sources that make the survey, those who do most first, from the supply of the courses that have it.

        What the sources of a pool supply in a quarter is counted to all who need it then, in proportion.
        """
        if not self.policy.flows:
            units = self.policy.first_stage.filter(pl.col("option") == survey)["units"].to_list()
            amounts = [(part["unit"], part["amount"]) for part in (units[0] if units else ())]
            return tuple(dict.fromkeys(unit for unit, _ in sorted(amounts, key=lambda pair: -pair[1])))
        weights = pl.DataFrame(
            list(Counter(self.policy.solutions).items()),
            schema={"solution": pl.Int64, "weight": pl.Int64},
            orient="row",
        )
        begun = self.policy.starts.filter(pl.col("option") == survey).join(weights, on="solution")
        needed = (
            begun.select("solution", "option", "weight", start="period")
            .join(self.needs, on="option")
            .with_columns(period=pl.col("start") + pl.col("quarter"), need=pl.col("amount"))
            .select(*POOLED_BY_COURSE, "weight", "need")
        )
        supply = self.policy.flows["supply"].join(
            needed.select(POOLED_BY_COURSE).unique(), on=POOLED_BY_COURSE, how="semi"
        )
        shares = supply.with_columns(share=pl.col("amount") / pl.col("amount").sum().over(POOLED_BY_COURSE))
        worked = (
            needed.join(shares, on=POOLED_BY_COURSE)
            .group_by("source")
            .agg(amount=(pl.col("weight") * pl.col("need") * pl.col("share")).sum())
            .sort(["amount", "source"], descending=[True, False])
        )
        return tuple(worked["source"])
