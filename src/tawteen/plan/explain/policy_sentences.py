"""What a policy does at one site, in words."""

from __future__ import annotations

from tawteen.plan.explain.params import REASON_PARAMS
from tawteen.plan.explain.sentences import SentenceWriter
from tawteen.plan.explain.site_policy import FindingPlan, PolicyStart, Release, SitePolicy, SurveyBound, TriedSurvey
from tawteen.plan.policy_plan import finding_code


def policy_sentences(facts: SitePolicy, writer: SentenceWriter, *, worths: bool = True) -> list[str]:
    """What is done at the site and why, one sentence after another; without `worths` what is done alone."""
    telling = _Telling(facts, writer)
    sentences = [telling.first()]
    if facts.survey is not None:
        sentences += telling.survey(worths=worths)
    sentences += telling.decisions()
    for start in facts.starts[0 if facts.survey is not None else 1 :]:
        sentences.append(telling.start("site_policy.also", start, facts.futures))
    if worths:
        sentences += [sentence for start in facts.starts for sentence in telling.worth(start)]
        sentences += telling.bound(facts.at_most, facts.at_most_futures)
    if facts.code == "unsurveyed":
        return [*sentences, *(telling.unsurveyed(facts.bound) if worths else telling.hopeless())]
    if hopeless := telling.hopeless():
        return [*sentences, *hopeless]
    shown = [plan for plan in facts.findings if worths or plan.starts]
    sentences += [sentence for plan in shown for sentence in telling.finding(plan, worths=worths)]
    if worths and not any(plan.releases for plan in facts.findings):
        sentences += telling.releases("site_policy.released_any", facts.releases)
    return sentences if len(shown) == len(facts.findings) else [*sentences, telling.words.say("site_policy.otherwise")]


class _Telling:
    """The sentences of one site."""

    def __init__(self, facts: SitePolicy, writer: SentenceWriter) -> None:
        self.facts, self.writer, self.words = facts, writer, writer.words

    def first(self) -> str:
        """What is done at the site before anything is found there."""
        args = {"site": self.writer.name("sites", self.facts.site)}
        if self.facts.survey is not None:
            decides = any(plan.opens for plan in self.facts.findings)
            code = "site_policy.surveyed" if decides else "site_policy.surveyed_anyway"
            return self.start(code, self.facts.survey, self.facts.futures)
        if self.facts.code == "started":
            return self.start("site_policy.started", self.facts.starts[0], self.facts.futures)
        return self.words.say(f"site_policy.{self.facts.code}", args)

    def start(self, code: str, start: PolicyStart, futures: int, **more: str) -> str:
        """A start with its quarter, and in which share of the futures it takes place."""
        label = self.writer.case.calendar.label
        dates = {"start": label(start.period), "earliest": label(start.earliest), "latest": label(start.latest)}
        when = "site_policy.when" if start.earliest == start.latest else "site_policy.when_between"
        share = {"share": self._share(start.futures / futures)}
        args = {
            "site": self.writer.name("sites", self.facts.site),
            "option": self.writer.option(start.option),
            "when": self.words.say(when, dates),
            "often": "" if start.futures == futures else self.words.say("site_policy.often", share),
        }  # fmt: skip
        return self.words.say(code, {**args, **more})

    def survey(self, *, worths: bool) -> list[str]:
        """Who makes the survey, what it settles for others, which rule asks for it, and what knowing is worth."""
        facts, sentences = self.facts, list[str]()
        if facts.team:
            names = [self.writer.source(unit) for unit in facts.team[: REASON_PARAMS.units_named]]
            sentences.append(self.words.say("site_policy.team", {"units": self.words.say("limit.and").join(names)}))
        if facts.rule is not None:
            sentences.append(self.words.say("site_policy.asked", {"rule": self.writer.name("rules", facts.rule)}))
        if not worths:
            return sentences
        if facts.information is not None:
            code = "site_policy.knowing_gain" if facts.information > 0.0 else "site_policy.knowing_loss"
            args = {"worth": self.writer.money(facts.information), "mean": self._mean(facts.information_futures)}
            return [*sentences, self.words.say(code, args)]
        sentences.append(self.words.say("site_policy.knowing_unknown"))
        if facts.survey_worth is not None:
            code = "site_policy.survey_gain" if facts.survey_worth > 0.0 else "site_policy.survey_loss"
            args = {"worth": self.writer.money(facts.survey_worth), "mean": self._mean(facts.survey_futures)}
            sentences.append(self.words.say(code, args))
        return sentences

    def decisions(self) -> list[str]:
        """Which decisions settle gates of other sites too."""
        return [
            self.words.say("site_policy.decision", {"decision": decision}, count)
            for decision, count in self.facts.decisions
        ]

    def finding(self, plan: FindingPlan, *, worths: bool) -> list[str]:
        """What follows a finding, and what that is worth."""
        args = {
            "finding": self.words.say(f"policy.finding.{finding_code(plan.opens, plan.quantile)}"),
            "chance": self._share(plan.chance),
        }
        if not plan.futures:
            return [self.words.say("site_policy.unseen", args)]
        if not plan.starts:
            code = "site_policy.nothing" if plan.opens else "site_policy.impossible"
            sentences = [self.words.say(code, args)]
            if worths:
                sentences += self.bound(plan.at_most, plan.at_most_futures)
                sentences += self.releases("site_policy.released", plan.releases)
            return sentences
        sentences = []
        for start in plan.starts:
            sentences.append(self.start("site_policy.follows", start, plan.futures, **args))
            sentences += self.worth(start) if worths else []
        return sentences

    def releases(self, code: str, releases: tuple[Release, ...]) -> list[str]:
        """Where money and crews go that are released."""
        sentences = []
        for release in releases[: REASON_PARAMS.units_named]:
            place = {"option": self.writer.option(release.option), "site": self.writer.name("sites", release.site)}
            shares = {
                "with_share": self._share(release.share_with),
                "without_share": self._share(release.share_without),
            }
            start = self.writer.case.calendar.label(release.period)
            named = self.words.say("site_policy.option_at_site", place)
            counts = {
                "count_with": self.words.number(release.futures_with),
                "count_without": self.words.number(release.futures_without),
            }
            sentences.append(self.words.say(code, {"name": named, "start": start, **shares, **counts}))
        return sentences

    def worth(self, start: PolicyStart) -> list[str]:
        """What futures lose without a start."""
        if start.worth is None:
            return []
        code = "site_policy.worth" if start.worth >= 0.0 else "site_policy.worth_loss"
        return [
            self.words.say(code, {"worth": self.writer.money(start.worth), "mean": self._mean(start.worth_futures)})
        ]

    def bound(self, at_most: float | None, futures: int) -> list[str]:
        """What any start could add at most, or loses at least."""
        if at_most is None:
            return []
        code, towards = ("site_policy.at_most", "up") if at_most > 0.0 else ("site_policy.loses", "down")
        return [self.words.say(code, {"worth": self.writer.money(at_most, towards), "mean": self._mean(futures)})]

    def hopeless(self) -> list[str]:
        """That no works are possible whatever is found, where it is so."""
        if not self.facts.findings or any(plan.opens for plan in self.facts.findings):
            return []
        return [self.words.say("site_policy.hopeless")]

    def unsurveyed(self, bound: SurveyBound | None) -> list[str]:
        """Why the site is not surveyed."""
        if sentences := self.hopeless():
            return sentences
        if bound is None:
            return [self.words.say("site_policy.too_late" if self.facts.too_late else "site_policy.unbounded")]
        args = {
            "cost": self.writer.money(bound.cost, "down"),
            "knowing": self.writer.money(bound.knowing, "up"),
            "start": self.writer.case.calendar.label(bound.period),
            "mean": self._mean(bound.futures),
        }
        if bound.at_most <= 0.0:
            return [self.words.say("site_policy.cannot_pay", args)]
        sentences = [self.words.say("site_policy.could_pay", args)]
        return sentences if bound.tried is None else [*sentences, *self._tried(bound.tried, bound.futures)]

    def _tried(self, tried: TriedSurvey, futures: int) -> list[str]:
        sentences = []
        if tried.survey_limit is not None:
            sentences.append(
                self.words.say("site_policy.survey_refused", {"limit": self.writer.limit(*tried.survey_limit)})
            )
        if tried.period is None:
            return [*sentences, self.words.say("site_policy.no_quarter")]
        label = self.writer.case.calendar.label
        findings = {plan.finding: plan for plan in self.facts.findings}
        follows = self.words.say("limit.and").join(
            self.words.say("site_policy.tried_start", {
                "option": self.writer.option(option), "start": label(period),
                "finding": self.words.say(
                    f"policy.finding.{finding_code(findings[finding].opens, findings[finding].quantile)}"
                ),
            })
            for finding, option, period in tried.starts
        )  # fmt: skip
        args = {"start": label(tried.period), "worth": self.writer.money(tried.worth), "follows": follows}
        args["mean"] = self._mean(futures)
        if tried.worth > 0.0:
            return [*sentences, self.words.say("site_policy.tried_gain", args)]
        if tried.limit is not None:
            refused = {**args, "limit": self.writer.limit(*tried.limit), "refused": self.words.number(tried.refused)}
            return [*sentences, self.words.say("site_policy.tried_refused", refused, futures)]
        return [*sentences, self.words.say("site_policy.tried_loss", args)]

    def _mean(self, futures: int) -> str:
        return self.words.say("site_policy.mean", n=futures)

    def _share(self, share: float) -> str:
        return self.words.percent(share, 0 if share >= 0.1 or round(share, 3) == round(share, 2) else 1)
