"""Reasons: why each site is in or out, the value of each limit, and the cost of the opposite choice."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from tawteen.case.model import Case
from tawteen.case.one_line import OneLine
from tawteen.plan.explain.counterfactuals import Counterfactual, exception, smallest_change
from tawteen.plan.explain.delay_sentences import delay_sentences
from tawteen.plan.explain.forced_choice import compare_alone, compare_whole, search_rivals, tighten_bound
from tawteen.plan.explain.policy_sentences import policy_sentences
from tawteen.plan.explain.priced_programme import planned_by_prices
from tawteen.plan.explain.reasons import Reason, Reasons
from tawteen.plan.explain.resolve import ForcedComparison, is_small, resolved_programme
from tawteen.plan.explain.sentences import SentenceWriter
from tawteen.plan.explain.shortlist import BindingLimit
from tawteen.plan.explain.single_changes import levers_of, smallest_single_change
from tawteen.plan.explain.site_choices import SiteChoices
from tawteen.plan.explain.site_policy import SitePolicies, SitePolicy
from tawteen.plan.explain.start_delay import STARTED, DelayingLimit, DelaySearch, StartDelay, start_delays
from tawteen.plan.params import DEFAULTS, ExplainParams
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.scenario import apply
from tawteen.words import Words

__all__ = [
    "BindingLimit",
    "Counterfactual",
    "DelayingLimit",
    "Explanation",
    "ForcedComparison",
    "Reason",
    "Reasons",
    "SentenceWriter",
    "StartDelay",
    "conflict_in_words",
    "explain",
    "explain_all",
    "explain_policies",
    "limit_values",
    "planned_by_prices",
    "say",
]

Resolve = Callable[[Case, Scenario], Programme]
Check = Callable[[Case, Programme], bool]

FRAME = {
    "site": pl.String,
    "reason_code": pl.String,
    "reason_en": pl.String,
    "reason_ar": pl.String,
    "best_option": pl.String,
    "best_start": pl.String,
    "worth": pl.Float64,
    "limit_kind": pl.String,
    "limit_id": pl.String,
    "limit_cost": pl.Float64,
    "change": pl.String,
    "change_share": pl.Float64,
    "delay_en": pl.String,
    "delay_ar": pl.String,
    "delay_code": pl.String,
    "delay_kind": pl.String,
    "delay_id": pl.String,
    "delay_least": pl.Float64,
    "delay_amount": pl.Float64,
    "delay_start": pl.String,
    "delay_worth": pl.Float64,
}


@dataclass(frozen=True, repr=False)
class Explanation(OneLine):
    """One site's reason with its arithmetic.

    - `policy`: what the policy does at the site; None for a programme without one. All else is about the single path.
    - `terms`: the parts of the option's worth (part, term, kind, id, amount, rent; see `value_parts.parts`).
    - `delay`: what delays the start of a site that is in the programme; null for others.
    - `forced`: the best programmes found with the site and without it. All sites are free where they have few starts;
      else all others keep their choices, and the site's competitors are free where time was left and the answer open.
      Null if not asked for.
    - `keeps_limits`: whether the caller's check finds every limit kept in the programme with the opposite choice for
      the site; null without a check.
    - `counterfactual`: the least change with which a re-solve chooses the site; null where the site is in the programme
      or no change that was tried suffices. `tried_in_time`: whether all changes were tried before time ended; false
      where none was sought. `largest_cut`: the largest cut of cost items among them, share; `widest_share`: the widest
      part of what the site takes of a limit among them, share.
    - `opposite`: the whole programme solved again with the site forced in (or left out, if it is in); null if not asked
      for. `change`: the value of the best programme found with the opposite choice minus the programme's; null where
      none was found.
    """

    reason: Reason
    terms: pl.DataFrame
    policy: SitePolicy | None = None
    delay: StartDelay | None = None
    forced: ForcedComparison | None = None
    keeps_limits: bool | None = None
    counterfactual: Counterfactual | None = None
    tried_in_time: bool = False
    largest_cut: float = DEFAULTS.explain.largest_cut
    widest_share: float = DEFAULTS.explain.widest_share
    opposite: Programme | None = None
    change: float | None = None


def explain(
    case: Case,
    programme: Programme,
    site: str,
    *,
    seconds: float = 0.0,
    resolve: Resolve | None = None,
    check: Check | None = None,
    params: ExplainParams = DEFAULTS.explain,
) -> Explanation:
    """Why `site` (its id) is in or out of `programme`, planned for `case` (before the programme's scenario).

    Where the programme has a policy, the explanation has what this does at the site too; with `seconds`, what its
    starts are worth is worked out in the same futures.

    `seconds` is the time for the opposite choice of the site (`forced_choice`) and for changes that bring it in; 0 for
    none. `check`, such as `lambda case, programme: verify(case, programme).holds`, checks the re-solved programme.
    `resolve`, such as `lambda case, scenario: plan(case, scenario=scenario)`, solves the whole programme again with the
    opposite choice, unless the comparison was exact already. Raises KeyError for a site that the case does not have.
    """
    reasons = Reasons(case, programme, params=params)
    reason = reasons.reason(site)
    began = time.monotonic()
    explanation = Explanation(reason, reasons.terms(site), _site_policy(reasons, site, values=seconds > 0.0))
    if explanation.policy is not None:
        seconds = max(seconds - (time.monotonic() - began), params.path_share * seconds)
    if programme.value is None:
        return explanation
    if reason.status in STARTED:
        explanation = replace(explanation, delay=DelaySearch(reasons, [site]).site_delay(site))
    if seconds and site in reasons.priced.place and reasons.works(site):
        explanation = _search_around(explanation, reasons, site, seconds, check)
    done = explanation.forced is not None and explanation.forced.exact
    if resolve is None or reason.status in ("survey", "close") or done:
        return explanation
    opposite = resolve(case, _opposite(programme.scenario, site, inside=site in reasons.chosen))
    nearby = explanation.forced and (
        explanation.forced.without if site in reasons.chosen else explanation.forced.within
    )
    values = [side.value for side in (opposite, nearby) if side and side.value is not None]
    change = max(values) - programme.value if values else None
    return replace(explanation, opposite=opposite, change=change)


def site_policies(reasons: Reasons) -> SitePolicies | None:
    """What the policy of the programme does at its sites; None for a programme without one."""
    policy = reasons.programme.policy
    if policy is None:
        return None
    # Imported where a policy is: its modules load others that nothing else here needs.
    from tawteen.plan.policies.findings import common_decisions  # noqa: PLC0415

    decisions = common_decisions(reasons.case, policy.findings)
    return SitePolicies(policy, reasons.options, reasons.effects.needs, decisions)


def _site_policy(reasons: Reasons, site: str, *, values: bool) -> SitePolicy | None:
    """What the policy does at one site; with `values` what that is worth."""
    policies, policy = site_policies(reasons), reasons.programme.policy
    if policies is None or policy is None:
        return None
    facts = policies.of_site(site, reasons.requiring_rule(site, f"{site}:survey"))
    if not values:
        return facts
    from tawteen.plan.explain.policy_values import with_values  # noqa: PLC0415

    return with_values(facts, policy, reasons.inputs, reasons.params)


def _search_around(
    explanation: Explanation, reasons: Reasons, site: str, seconds: float, check: Check | None
) -> Explanation:
    """The explanation with the other choice and the smallest change, searched for `seconds`."""
    place, ends = reasons.priced.place[site], time.monotonic() + seconds
    inside = explanation.reason.status in STARTED
    way: Counterfactual | None = None
    if is_small(reasons.priced):
        comparison = compare_whole(reasons, place, seconds=seconds)
        if not inside:
            left = ends - time.monotonic()
            way = smallest_change(reasons.priced, reasons, place, comparison, seconds=left)
            way = exception(reasons, comparison) if way is None else way
        tried_in_time = time.monotonic() <= ends
    else:
        levers = () if inside else levers_of(reasons, site, reasons.shortlist.best[site])
        choices = SiteChoices(reasons, site, levers)
        comparison = tighten_bound(reasons, choices, compare_alone(reasons, choices, place), place)
        if not inside:
            way = smallest_single_change(reasons, choices, ends=ends)
        tried_in_time = time.monotonic() <= ends
        comparison = search_rivals(reasons, comparison, place, seconds=ends - time.monotonic())
    begins = reasons.options.get(comparison.site_start[0])
    comparison = replace(comparison, last_start=None if begins is None else begins["latest"])
    held = _keeps_limits(reasons, site, comparison, check)
    explanation = replace(explanation, forced=comparison, keeps_limits=held)
    at_most = comparison.cost_range(reasons.programme.value or 0.0, inside=inside)[1]
    if inside or (at_most is not None and at_most <= 0 and not comparison.exempt):
        return explanation
    params = reasons.params
    return replace(
        explanation,
        counterfactual=way,
        tried_in_time=tried_in_time,
        largest_cut=params.largest_cut,
        widest_share=params.widest_share,
    )


def _keeps_limits(reasons: Reasons, site: str, comparison: ForcedComparison, check: Check | None) -> bool | None:
    """Whether `check` finds every limit kept in the programme with the opposite choice; None without a check of it."""
    turned = comparison.without if site in reasons.chosen else comparison.within
    unchecked = comparison.exempt or len(reasons.priced.names) > reasons.params.checked_sites
    if check is None or turned.value is None or unchecked:
        return None
    return check(reasons.case, resolved_programme(reasons.priced, turned))


def _opposite(scenario: Scenario, site: str, *, inside: bool) -> Scenario:
    """The scenario with the site left out if it is inside, else forced in; what was asked of it before is dropped."""
    must = tuple(other for other in scenario.must if other != site)
    without = tuple(other for other in scenario.without if other != site)
    return replace(scenario, must=must if inside else (*must, site), without=(*without, site) if inside else without)


def say(case: Case, programme: Programme, explanation: Explanation, words: Words) -> list[str]:
    """The sentences of an explanation: what the policy does, where there is one, and then of the single path."""
    writer = SentenceWriter(apply(case, programme.scenario), programme, words)
    path = _path_sentences(case, programme, explanation, writer)
    if explanation.policy is None:
        return path
    return [*policy_sentences(explanation.policy, writer), words.say("site_policy.single_path"), *path]


def _path_sentences(case: Case, programme: Programme, explanation: Explanation, writer: SentenceWriter) -> list[str]:
    """The sentences on the single path."""
    words = writer.words
    known = _turned(explanation) is not None
    searched = explanation.counterfactual is not None or explanation.tried_in_time
    sentences = writer.sentences(explanation.reason, changes=not searched, worth=not known)
    if explanation.delay is not None:
        sentences += delay_sentences(explanation.delay, writer)
    if explanation.reason.status in STARTED and (who := writer.who(explanation.reason.site)) is not None:
        sentences.append(who)
    sentences += _opposite_sentences(case, explanation, writer)
    forced = explanation.forced
    exempt = forced is not None and bool(forced.exempt)
    if explanation.counterfactual is not None:
        rule, smallest = explanation.reason.args.get("rule"), explanation.tried_in_time
        sentences.append(writer.counterfactual(explanation.counterfactual, rule, smallest=smallest))
        if forced is not None and not forced.exact and not exempt:
            lever = explanation.counterfactual.lever
            shared = lever is not None and lever.kind != "rule"
            sentences.append(words.say("way.around_shared" if shared else "way.around"))
        if not explanation.tried_in_time:
            sentences.append(words.say("way.unfinished"))
    elif forced is not None and exempt:
        at_least, at_most = forced.cost_range(programme.value or 0.0, inside=False)
        if (at_most or 0.0) > 0:
            fails = "why.exception_fails" if at_least > 0 else "why.exception_alone"
            sentences.append(words.say(fails, n=len(forced.exempt)))
    elif explanation.tried_in_time:
        tried = {"cut": words.percent(explanation.largest_cut, 0), "share": words.percent(explanation.widest_share, 0)}
        sentences.append(words.say("why.no_way", tried))
        if forced is not None and not forced.exact:
            sentences.append(words.say("way.around_none"))
    return sentences


def _turned(explanation: Explanation) -> float | None:
    """Value of the best programme found around the site with the opposite choice."""
    forced, inside = explanation.forced, explanation.reason.status in STARTED
    return None if forced is None else (forced.without if inside else forced.within).value


def _opposite_sentences(case: Case, explanation: Explanation, writer: SentenceWriter) -> list[str]:
    """Sentences on the cost of the opposite choice: of the best programme found, and as far as it is proven."""
    words, opposite, forced = writer.words, explanation.opposite, explanation.forced
    inside = explanation.reason.status in STARTED
    known = _turned(explanation)
    if opposite is not None and opposite.status == "infeasible" and known is None:
        rules = conflict_in_words(case, opposite, words)
        return [
            words.say("why.cannot", {"rules": rules}, len(opposite.conflict))
            if opposite.conflict
            else words.say("why.cannot_limits")
        ]
    if opposite is not None and opposite.status != "infeasible":
        sentences = writer.opposite(opposite, forced, inside=inside)
    else:
        rule = explanation.reason.args.get("rule")
        gained = forced is not None and bool(forced.exempt) and explanation.counterfactual is not None
        sentences = [] if forced is None or gained else writer.forced(forced, inside=inside, rule=rule)
    if explanation.keeps_limits is not None:
        sentences.append(words.say("resolve.held" if explanation.keeps_limits else "resolve.not_held"))
    return sentences


def conflict_in_words(case: Case, programme: Programme, words: Words) -> str:
    """The rules of `programme` that cannot be kept together: text and id of each."""
    saying = SentenceWriter(apply(case, programme.scenario), programme, words)
    rule_texts = {rule: saying.name("rules", rule) for rule in programme.conflict}
    known = set(case["rules"]["id"])
    named = [f"{text} ({rule})" if rule in known and text != rule else text for rule, text in rule_texts.items()]
    return words.say("limit.and").join(named) or "–"


def explain_all(case: Case, programme: Programme, reasons: Reasons | None = None) -> pl.DataFrame:
    """Reasons of all sites, without solving again: one row a site, columns of `FRAME`.

    `delay_kind`, `delay_id`: the limit, date or rule that delays the start of a chosen site; `delay_amount` more of it
    brings the start to `delay_start`, worth `delay_worth`; `delay_least` already brings it forward (see `start_delay`;
    null where nothing delays it, and beyond the most valuable sites of a large programme). `delay_en` and `delay_ar`
    say so; `reason_en` and `reason_ar` end with them.
    `worth` and `limit_cost` in discounted currency at the prices of the programme's limits; `best_start` a label.
    `reasons` are those of the programme, where they are known already.
    """
    reasons = reasons or Reasons(case, programme)
    reasons.shortlist.everything()
    tellers = [SentenceWriter(reasons.case, programme, Words(lang)) for lang in ("en", "ar")]
    delayed = start_delays(reasons) if programme.value is not None else {}
    label = reasons.case.calendar.label
    rows = []
    for site in reasons.case["sites"]["id"]:
        reason = reasons.reason(site)
        hurt, change = reason.binding_limit, next(iter(reason.changes), None)
        delay = delayed.get(site)
        delays = [" ".join(delay_sentences(delay, teller, scope=False)) if delay else "" for teller in tellers]
        english, arabic = (
            " ".join(filter(None, [*teller.sentences(reason), sentence]))
            for teller, sentence in zip(tellers, delays, strict=True)
        )
        start = None if reason.start is None else label(reason.start)
        limit = next(iter(delay.limits), None) if delay else None
        rows.append(
            (
                site, reason.code, english, arabic, reason.option, start, reason.worth,
                hurt and hurt.kind, hurt and hurt.id, hurt and hurt.cost,
                change and change.kind, change and change.share,
                *(sentence or None for sentence in delays), delay and delay.code,
                limit and limit.kind, limit and limit.id, limit and limit.least,
                limit and limit.amount, limit and label(limit.start), limit and limit.worth,
            )
        )  # fmt: skip
    return pl.DataFrame(rows, schema=FRAME, orient="row")


POLICY_FRAME = {
    "site": pl.String,
    "policy_code": pl.String,
    "survey_start": pl.String,
    "value_of_information": pl.Float64,
    "policy_en": pl.String,
    "policy_ar": pl.String,
}


def explain_policies(case: Case, programme: Programme, reasons: Reasons | None = None) -> pl.DataFrame:
    """What the policy does at every site, from what is stored of it: columns of `POLICY_FRAME`.

    `survey_start`: label of the median quarter of the survey. `value_of_information`: currency; null where it was not
    worked out. No rows for a programme without a policy. `reasons` are those of the programme, where they are known.
    """
    reasons = reasons or Reasons(case, programme)
    policies = site_policies(reasons)
    tellers = [SentenceWriter(reasons.case, programme, Words(lang)) for lang in ("en", "ar")]
    if policies is None:
        return pl.DataFrame(schema=POLICY_FRAME)
    rows = []
    for site in reasons.case["sites"]["id"]:
        facts = policies.of_site(site, reasons.requiring_rule(site, f"{site}:survey"))
        start = None if facts.survey is None else reasons.case.calendar.label(facts.survey.period)
        texts = (" ".join(policy_sentences(facts, teller, worths=False)) for teller in tellers)
        rows.append((site, facts.code, start, facts.information, *texts))
    return pl.DataFrame(rows, schema=POLICY_FRAME, orient="row")


def limit_values(programme: Programme, limits: pl.DataFrame | None = None) -> pl.DataFrame:
    """What limits are worth: kind, id, region, periods (binding), total, highest, period (of the highest), by_period.

    `total` is what one more unit in every period would be worth, `highest` what it is worth in the period where it is
    worth most, `by_period` what it is worth in each (period, price; without those where it is worth nothing):
    discounted currency per unit. Balances are left out: their prices are those of the goods. Dearest first.
    `limits`: other prices than those of the programme, such as `Reasons.limits`, at which its reasons are told.
    """
    price = pl.col("price")
    return (
        (programme.limits if limits is None else limits)
        .filter((price > 0) & (pl.col("kind") != "balance"))
        .sort("period")
        .group_by("kind", "id", "region")
        .agg(
            periods=pl.len().cast(pl.Int64),
            total=price.sum(),
            highest=price.max(),
            period=pl.col("period").get(price.arg_max()),
            by_period=pl.struct("period", "price"),
        )
        .sort(["total", "kind", "id"], descending=[True, False, False])
    )
