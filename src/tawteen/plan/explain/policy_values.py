"""What the starts of one site are worth to a policy, recomputed in the futures in which the policy was valued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from tawteen.plan.explain.future_values import FutureValues, begun_sites, policy_inputs
from tawteen.plan.explain.site_policy import FindingPlan, PolicyStart, SitePolicy, SurveyBound, TriedSurvey
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.params import DEFAULTS, ExplainParams
from tawteen.plan.policies.problem import known_from
from tawteen.plan.policy_plan import PolicyPlan


def with_values(
    facts: SitePolicy, policy: PolicyPlan, inputs: PlanInputs, params: ExplainParams = DEFAULTS.explain
) -> SitePolicy:
    """`facts` with what each start is worth and what others could add at most.

    `inputs`: of the case as it is planned. Without figures where the policy starts something at more than
    `params.policy_sites` sites, and where the values that are stored do not come out again.
    """
    begun = begun_sites(policy, dict(inputs.effects.options.select("option", "site").iter_rows()))
    if len(begun) > params.policy_sites:
        return facts
    valuation = _SiteValuation(facts, FutureValues(policy, policy_inputs(inputs, {*begun, facts.site})), params)
    if not all(valuation.futures.holds(number) for number in valuation.numbers(None)[:1]):
        return facts
    valued = replace(
        facts,
        findings=tuple(valuation.finding(plan) for plan in facts.findings),
        starts=tuple(valuation.start(start, None) for start in facts.starts),
    )
    match facts.code:
        case "untouched":
            at_most, count = valuation.most_of_inspected()
            return replace(valued, at_most=at_most, at_most_futures=count)
        case "unsurveyed":
            return replace(valued, bound=valuation.survey_bound(), too_late=valuation.surveys_in_time().is_empty())
        case "surveyed" if facts.information is None:
            worth, count = valuation.survey_worth()
            return replace(valued, survey_worth=worth, survey_futures=count)
    return valued


@dataclass(frozen=True)
class _SiteValuation:
    """One site in the futures of a policy."""

    facts: SitePolicy
    futures: FutureValues
    params: ExplainParams

    def numbers(self, finding: int | None) -> Sequence[int]:
        """The first futures of the policy, or the first with this finding of the site.

        Where the site is not surveyed and shares no decision with others, what a future is elsewhere does not depend on
        its finding, so that the first futures serve for every finding.
        """
        policy, count = self.futures.policy, self.params.policy_futures
        if finding is None or (self.facts.code == "unsurveyed" and not self.facts.decisions):
            return range(min(len(policy.gains), count))
        outcomes = policy.outcomes.filter(pl.col("site") == self.facts.site)["finding"].to_list()[0]
        return [number for number, outcome in enumerate(outcomes) if outcome == finding][:count]

    def finding(self, plan: FindingPlan) -> FindingPlan:
        """The plan of a finding with the worth of its starts, or with what a start could add at most."""
        if plan.starts or not plan.opens or self.facts.code not in ("surveyed", "known"):
            return replace(plan, starts=tuple(self.start(start, plan.finding) for start in plan.starts))
        most = [self._most(number, plan.finding) for number in self.numbers(plan.finding)]
        known = [value for value in most if value is not None]
        if len(known) < len(most) or not known:
            return plan
        return replace(plan, at_most=float(np.mean(known)), at_most_futures=len(known))

    def start(self, start: PolicyStart, finding: int | None) -> PolicyStart:
        """The start with what the futures that have it lose without it."""
        losses = []
        for number in self.numbers(finding):
            place = self.futures.starts(number).get((start.option, finding))
            loss = None if place is None else self.futures.loss_without(number, [place])
            if loss is not None:
                losses.append(loss)
        return replace(start, worth=float(np.mean(losses)), worth_futures=len(losses)) if losses else start

    def survey_worth(self) -> tuple[float | None, int]:
        """What the first futures lose without the survey and all that follows it; and their number."""
        sites = self.futures.keys["site"]
        losses = []
        for number in self.numbers(None):
            mine = [place for place in self.futures.starts(number).values() if sites[place] == self.facts.site]
            losses.append(self.futures.loss_without(number, mine))
        known = [loss for loss in losses if loss is not None]
        return (float(np.mean(known)), len(known)) if known and len(known) == len(losses) else (None, 0)

    def most_of_inspected(self) -> tuple[float | None, int]:
        """The most that any start of an inspected site could add, in the mean over the futures; and their number."""
        own = self.futures.own_starts(self.facts.site, None)
        slopes = [slope for number in self.numbers(None) if (slope := self.futures.slopes(number)) is not None]
        if not own or len(slopes) < len(self.numbers(None)):
            return None, 0
        return float(np.mean([slope[own].max() for slope in slopes])), len(slopes)

    def _most(self, number: int, finding: int) -> float | None:
        """The most that a start after this finding could add to a future, once the site is known."""
        survey = (
            None if self.facts.survey is None else self.futures.starts(number).get((self.facts.survey.option, None))
        )
        if self.facts.survey is not None and survey is None:
            return None
        own = self.futures.own_starts(
            self.facts.site, finding, 0 if survey is None else self.futures.known_from(survey)
        )
        slopes = self.futures.slopes(number)
        return float(slopes[own].max()) if slopes is not None and own else None

    def surveys_in_time(self) -> pl.DataFrame:
        """Starts of the survey of the site that tell something within the horizon (`known_from`)."""
        keys = self.futures.keys.with_row_index("column").cast({"column": pl.Int64})
        return known_from(self.futures.inputs, keys.filter(pl.col("site") == self.facts.site))

    def survey_bound(self) -> SurveyBound | None:
        """The survey of an unsurveyed site in the quarter in which it could add most; None where that is not known.

        What follows a finding is chosen with hindsight, so that the bound holds for every policy that starts everything
        else as this one does.
        """
        surveys = self.surveys_in_time().select("column", "begins", "period")
        bounds = [
            (bound, column, usable_from)
            for column, begins, usable_from in surveys.iter_rows()
            if (bound := self._bound_of(column, begins, usable_from)) is not None
        ]
        if not bounds:
            return None
        bounds.sort(key=lambda row: -row[0].at_most)
        best = bounds[0][0]
        paying = [row for row in bounds if row[0].at_most > 0.0][: self.params.policy_surveys]
        return replace(best, tried=self._tried_in(paying)) if paying else best

    def _tried_in(self, surveys: Sequence[tuple[SurveyBound, int, int]]) -> TriedSurvey:
        """The first of these surveys that every future carries, with the best that was found to follow it."""
        limit: tuple[str, str] | None = None
        for place, (bound, survey, usable_from) in enumerate(surveys):
            refusing = (n for n in self._all_numbers() if self.futures.gain_with(n, (survey,)) is None)
            refused = next(refusing, None)
            if refused is None:
                return replace(self._tried(bound.period, survey, usable_from), survey_limit=limit)
            if not place:
                limit = self.futures.refusing_limit(refused, (survey,))
        return TriedSurvey(None, (), 0.0, 0, None, limit)

    def _all_numbers(self) -> list[int]:
        """The futures in which any finding of the site is looked at."""
        return sorted({number for plan in self.facts.findings for number in self.numbers(plan.finding)})

    def _bound_of(self, survey: int, begins: int, usable_from: int) -> SurveyBound | None:
        """What a start of the survey costs at least, and what it lets decide is worth at most."""
        cost, knowing, count = 0.0, 0.0, len(self.futures.policy.gains)
        for plan in self.facts.findings:
            slopes = [slope for n in self.numbers(plan.finding) if (slope := self.futures.slopes(n)) is not None]
            if not slopes or len(slopes) < len(self.numbers(plan.finding)):
                return None
            own = self.futures.own_starts(self.facts.site, plan.finding, usable_from)
            cost -= plan.chance * float(np.mean([slope[survey] for slope in slopes]))
            knowing += plan.chance * float(np.mean([slope[own].max(initial=0.0) for slope in slopes]))
            count = min(count, len(slopes))
        return SurveyBound(begins, cost, knowing, count)

    def _tried(self, period: int, survey: int, usable_from: int) -> TriedSurvey:
        """The best of a few starts for each finding after this survey, which every future carries."""
        starts, worth, refused, limits = [], 0.0, set[int](), Counter[tuple[str, str]]()
        for plan in self.facts.findings:
            places, numbers = self._promising(plan.finding, usable_from), self.numbers(plan.finding)
            costs, gains = [], []
            for number in numbers:
                cost = self.futures.gain_with(number, (survey,)) or 0.0
                costs.append(cost)
                added = [self.futures.gain_with(number, (survey, place)) for place in places]
                for place in (place for place, gain in zip(places, added, strict=True) if gain is None):
                    refused.add(number)
                    limit = self.futures.refusing_limit(number, (survey, place))
                    limits.update([] if limit is None else [limit])
                gains.append([0.0 if gain is None else gain - cost for gain in added])
            means = np.mean(gains, axis=0) if places else np.zeros(0)
            worth += plan.chance * (float(means.max(initial=0.0)) + float(np.mean(costs)))
            if means.max(initial=0.0) > 0.0:
                key = self.futures.keys.row(places[int(means.argmax())], named=True)
                starts.append((plan.finding, key["planned"], key["period"]))
        most = limits.most_common(1)
        return TriedSurvey(period, tuple(starts), worth, len(refused), most[0][0] if most else None)

    def _promising(self, finding: int, usable_from: int) -> list[int]:
        """The starts after a finding that could add most in the mean, as far as they could add anything."""
        own = self.futures.own_starts(self.facts.site, finding, usable_from)
        slopes = [slope for n in self.numbers(finding) if (slope := self.futures.slopes(n)) is not None]
        if not own or not slopes:
            return []
        means = np.mean([slope[own] for slope in slopes], axis=0)
        order = np.argsort(-means, kind="stable")[: self.params.policy_starts]
        return [own[place] for place in order.tolist() if means[place] > 0.0]
