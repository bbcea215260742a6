"""The first sentences of a programme with a policy: what is done first, what waits, and what knowing is worth."""

from __future__ import annotations

import polars as pl

from tawteen.case.committee import next_meeting
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.report.bilingual import Both, bilingual, join_items, join_sentences
from tawteen.report.params import LAYOUT, THRESHOLDS
from tawteen.report.report_data import ReportData
from tawteen.report.spoken import each, money, names


def policy_now(study: ReportData, policy: PolicyPlan) -> Both:
    """What starts and what is inspected before the committee decides again, and which decisions wait for findings."""
    sentences = [_until(study)]
    first, worths = policy.first_stage, _worths(policy)
    works = first.filter(~pl.col("kind").is_in(["survey", "close"]))["site"].to_list()
    surveys = sorted(first.filter(kind="survey")["site"].to_list(), key=lambda site: (-worths.get(site, 0.0), site))
    closed = first.filter(kind="close")["site"].to_list()
    for code, sites in (("firm", works), ("survey", surveys), ("close", closed)):
        if sites:
            sentences.append(bilingual(f"headline.{code}", len(sites), sites=names(study, sites)))
        elif code == "firm":
            sentences.append(bilingual("headline.no_start"))
    decided, surveyed = _decided_by_finding(policy), _surveyed(study, policy)
    waiting = {"policy_waits": decided & surveyed, "policy_known_at_once": decided - surveyed}
    for code, some in waiting.items():
        if some:
            ranked = sorted(some, key=lambda site: (-worths.get(site, 0.0), site))
            sentences.append(bilingual(f"headline.{code}", len(ranked), sites=names(study, ranked)))
    return join_sentences(sentences)


def _until(study: ReportData) -> Both:
    """The time before the next decision: until the meeting that is stated, or the first quarter where none is."""
    meeting = next_meeting(study.case)
    if meeting.assumed:
        return bilingual("headline.policy_first_quarter", quarter=study.case.calendar.label(0))
    return bilingual("headline.until", date=each(study, lambda words: words.day(meeting.date)))


def policy_expected(study: ReportData, policy: PolicyPlan) -> Both:
    """Expected gain of the policy with P10, P90 and chance of loss, and how much better any policy could be."""
    size, p10, p90 = (money(study, value) for value in (abs(policy.expected), policy.p10, policy.p90))
    turn = "same" if size == money(study, 0.0) else "gain" if policy.expected > 0 else "loss"
    count = len(policy.gains)
    if count >= THRESHOLDS.quantile_scenarios:
        sentences = [bilingual(f"headline.policy_{turn}", currency=study.currency, size=size, p10=p10, p90=p90)]
    else:
        sentences = [bilingual(f"headline.policy_few_{turn}", currency=study.currency, size=size)]
    losses = round(policy.chance_of_loss * count)
    number, chance = (
        each(study, lambda words: words.number(losses)), each(study, lambda words: words.percent(losses / count, 0))
    )  # fmt: skip
    sentences.append(
        bilingual("headline.policy_loses" if losses else "headline.policy_never_loses", count, count=number,
                  chance=chance)
    )  # fmt: skip
    sentences.append(_bound(study, policy))
    return join_sentences([*sentences, bilingual("headline.policy_futures")])


def _bound(study: ReportData, policy: PolicyPlan) -> Both:
    """What no policy can be expected to exceed, proven or estimated."""
    if policy.bound is None or policy.bound_half_width is None:
        return bilingual("headline.policy_unproved")
    bound = money(study, policy.bound)
    if not policy.bound_is_estimated:
        return bilingual("headline.policy_bound", bound=bound, currency=study.currency)
    width = money(study, policy.bound_half_width)
    return bilingual(
        "headline.policy_bound_estimated", len(policy.sampled_bounds), bound=bound, width=width,
        currency=study.currency,
    )  # fmt: skip


def policy_knowing(study: ReportData, policy: PolicyPlan) -> Both:
    """What knowing is worth, as a whole and of the surveys that matter most."""
    worth, surveyed = policy.value_of_information, _surveyed(study, policy)
    if not surveyed:
        depends = _decided_by_finding(policy)
        return bilingual("headline.policy_no_survey" if depends else "headline.policy_nothing_to_learn")
    alone = money(study, policy.expected - worth)
    if money(study, worth) == money(study, 0.0):
        sentences = [bilingual("headline.policy_knowing_same", len(surveyed))]
    else:
        code = "headline.policy_knowing" if worth > 0.0 else "headline.policy_knowing_loss"
        sentences = [bilingual(code, worth=money(study, abs(worth)), alone=alone, currency=study.currency)]
    most = policy.information.filter(pl.col("value_of_information") > 0.0).sort(
        ["value_of_information", "site"], descending=[True, False]
    )
    items = [
        bilingual("headline.policy_survey", about=study.name("sites", site), worth=money(study, value))
        for site, value in most.head(LAYOUT.sites_named).select("site", "value_of_information").iter_rows()
    ]
    if items:
        valued, count = policy.information.height, policy.information_futures
        if valued < len(surveyed):
            known = each(study, lambda words: words.number(valued))
            every = each(study, lambda words: words.number(len(surveyed)))
            sentences.append(
                bilingual("headline.policy_surveys_known", count, items=join_items(items), known=known, all=every)
            )
        else:
            sentences.append(bilingual("headline.policy_surveys", count, items=join_items(items)))
    return join_sentences(sentences)


def _decided_by_finding(policy: PolicyPlan) -> set[str]:
    """Sites at which what starts depends on what is found there."""
    return set(policy.policy.filter(pl.col("finding").is_not_null())["site"])


def _surveyed(study: ReportData, policy: PolicyPlan) -> set[str]:
    """Sites that are surveyed in some future."""
    surveys = study.effects.options.filter(pl.col("kind") == "survey")["option"].to_list()
    return set(policy.policy.filter(pl.col("option").is_in(surveys))["site"])


def _worths(policy: PolicyPlan) -> dict[str, float]:
    return dict(policy.information.select("site", "value_of_information").iter_rows())
