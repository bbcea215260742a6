"""What a chair reads first: what to do until the committee meets, what to expect of it, and what to find out."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tawteen.case.committee import next_meeting
from tawteen.report.bilingual import Both, bilingual, join_items, join_sentences
from tawteen.report.params import LAYOUT, THRESHOLDS
from tawteen.report.policy_headline import policy_expected, policy_knowing, policy_now
from tawteen.report.red_flags import all_flags
from tawteen.report.report_data import PLANNED_STATUSES, ReportData
from tawteen.report.risk_flags import raised_sentences
from tawteen.report.robustness import field_name, owner_name
from tawteen.report.rule_costs import rule_cost_sentences
from tawteen.report.spoken import each, money, names


def headline(study: ReportData) -> list[Both]:
    """Paragraphs in the order in which they are read: what to do now, what to expect, what to find out,
    what rules cost, warnings.

    With a policy the first of them are its own; what the single path comes to is told as what it is.
    """
    policy = study.programme.policy
    if policy is None:
        return [paragraph for part in (now, expected, find_out, rules, warnings) if any(paragraph := part(study))]
    first = [part(study, policy) for part in (policy_now, policy_expected, policy_knowing)]
    path = join_sentences([bilingual("headline.path"), expected(study)]) if study.programme.outlook else ("", "")
    return [paragraph for paragraph in (*first, path, rules(study), warnings(study)) if any(paragraph)]


def now(study: ReportData) -> Both:
    """What starts and what is inspected before the next meeting of the committee.

    No works are advised where the programme is expected to lose against doing nothing.
    """
    meeting = next_meeting(study.case)
    dates = each(study, lambda words: words.day(meeting.date))
    sentences = [bilingual("headline.until_assumed" if meeting.assumed else "headline.until", date=dates)]
    begun = study.programme.sites.filter(pl.col("period").is_not_null() & (pl.col("period") < meeting.quarters))
    works = begun.filter(pl.col("status").is_in(PLANNED_STATUSES)).sort("period", "id")["id"].to_list()
    waits = bool(works) and study.expected_to_lose
    if waits:
        sentences.append(bilingual("headline.wait", len(works), sites=names(study, _dearest(study, works))))
    for status in (*(() if waits else PLANNED_STATUSES), "survey", "close"):
        sites = begun.filter(pl.col("status") == status).sort("period", "id")["id"].to_list()
        if sites:
            ranked = _first(study, sites) if status == "survey" else _dearest(study, sites)
            sentences.append(bilingual(f"headline.{status}", len(ranked), sites=names(study, ranked)))
        elif status == "firm":
            sentences.append(bilingual("headline.no_start"))
    return join_sentences(sentences)


def _dearest(study: ReportData, sites: Sequence[str]) -> list[str]:
    """Sites in the order of what their start is worth."""
    return sorted(sites, key=lambda site: (-study.worth.get(site, 0.0), site))


def _first(study: ReportData, sites: Sequence[str]) -> list[str]:
    """Sites to survey, those first of which knowing is worth most."""
    worth = {} if study.robustness is None else dict(study.robustness.surveys.select("site", "net").iter_rows())
    return sorted(sites, key=lambda site: (-worth.get(site, 0.0), site))


def expected(study: ReportData) -> Both:
    """Expected value with P10 and P90, and the chance of loss; that it was not simulated where it was not.

    Of few scenarios no tenth can be told: the least and the greatest gain stand in the place of P10 and P90.
    """
    outlook = study.programme.outlook
    if outlook is None:
        return bilingual("headline.not_simulated")
    size, p10, p90 = (money(study, value) for value in (abs(outlook.expected), outlook.p10, outlook.p90))
    turn = "same" if size == money(study, 0.0) else "gain" if outlook.expected > 0 else "loss"
    if outlook.scenarios == 1:
        return bilingual(f"headline.only_{turn}", currency=study.currency, size=size)
    if outlook.scenarios < THRESHOLDS.quantile_scenarios:
        low, high = (money(study, end(outlook.gains)) for end in (min, max))
        amounts = bilingual(f"headline.few_{turn}", outlook.scenarios, currency=study.currency, size=size, low=low,
                            high=high)  # fmt: skip
    else:
        amounts = bilingual(f"headline.expected_{turn}", currency=study.currency, size=size, p10=p10, p90=p90)
    losses = round(outlook.chance_of_loss * outlook.scenarios)
    count = each(study, lambda words: words.number(losses))
    chance = each(study, lambda words: words.percent(outlook.chance_of_loss, 0))
    return join_sentences(
        [amounts, bilingual("headline.loss" if losses else "headline.no_loss", outlook.scenarios, count=count,
                            chance=chance)]
    )  # fmt: skip


def find_out(study: ReportData) -> Both:
    """Gates and values of which knowing first is worth most."""
    if study.robustness is None:
        return "", ""
    worth = study.robustness.values.filter(pl.col("worth") > 0).sort("worth", descending=True).head(LAYOUT.sites_named)
    items: list[Both] = []
    for site, table, column, subject in worth.select("site", "table", "column", "subject").iter_rows():
        field = (field_name(table, column, "en"), field_name(table, column, "ar"))
        about = study.name("sites", site) if site else owner_name(study, table, subject)
        items.append(bilingual("headline.item", field=field, about=about))
    return bilingual("headline.find_out", items=join_items(items)) if items else ("", "")


def rules(study: ReportData) -> Both:
    """What the dearest rules cost; empty where none costs anything that matters."""
    return join_sentences(rule_cost_sentences(study))


def warnings(study: ReportData) -> Both:
    """The red flags that are raised, as many as the table of flags shows, in one sentence."""
    flags = [flag for flag in all_flags(study) if flag.raised]
    if not flags:
        return bilingual("headline.no_flag")
    return bilingual("headline.flags", len(flags), flags=raised_sentences(study, flags))
