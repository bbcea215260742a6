"""Rules on the risk of a programme: chances of loss, concentration, unknown gates, old states, parties, rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from tawteen.appraise.parties import expected_draws, without_margin
from tawteen.appraise.prices import prices
from tawteen.appraise.programme_cash import programme_cash
from tawteen.case.codes import DECISIVE_GATES
from tawteen.plan.gains import share_of_losses
from tawteen.plan.trade import trade_of
from tawteen.report.bilingual import Both, bilingual, join_list
from tawteen.report.params import THRESHOLDS
from tawteen.report.report_data import PLANNED_STATUSES, ReportData
from tawteen.words import Words
from tawteen.works.periods import DAYS_PER_YEAR


@dataclass(frozen=True)
class RedFlag:
    """One rule: its value, the threshold, and whether it is raised; None where it cannot be told.

    `subject`: site, party or rule that it is about; None for the whole programme.
    """

    code: str
    label: Both
    value: float | None
    threshold: float
    unit: str
    raised: bool | None
    why: Both
    subject: str | None = None


def programme_loss(study: ReportData) -> list[RedFlag]:
    """The programme is worth less than doing nothing in more than half of the scenarios."""
    chance = None if study.robustness is None else share_of_losses(study.robustness.runs["gain"].to_list())
    count = 0 if study.robustness is None else study.robustness.scenarios
    return [
        RedFlag(
            "programme_loss", bilingual("red_flags.programme_loss"), chance, THRESHOLDS.chance_of_loss, "share",
            None if chance is None else chance > THRESHOLDS.chance_of_loss,
            bilingual("red_flags.programme_loss_why", count) if count else bilingual("red_flags.not_simulated"),
        )
    ]  # fmt: skip


def site_loss(study: ReportData) -> list[RedFlag]:
    """A start loses in more than half of the scenarios in which it is tried."""
    if study.robustness is None:
        return []
    starts = study.robustness.sites.filter(pl.col("status").is_in(PLANNED_STATUSES))
    losing = starts.filter(pl.col("loses") > THRESHOLDS.chance_of_loss).sort(
        ["loses", "site"], descending=[True, False]
    )
    return [
        RedFlag(
            "site_loss", _about(study, "red_flags.site_loss", site), loses, THRESHOLDS.chance_of_loss, "share", True,
            bilingual("red_flags.site_loss_why"), site,
        )
        for site, loses in losing.select("site", "loses").iter_rows()
    ]  # fmt: skip


def concentration(study: ReportData) -> list[RedFlag]:
    """One site carries more than a quarter of the gain."""
    gain = study.gain or 0.0
    works = set(study.chosen.filter(pl.col("status").is_in(PLANNED_STATUSES))["site"])
    worth = {site: amount for site, amount in study.worth.items() if site in works}
    if not worth or gain <= 0:
        return []
    site = max(worth, key=lambda one: (worth[one], one))
    share = worth[site] / gain
    return [
        RedFlag(
            "one_site", _about(study, "red_flags.one_site", site), share, THRESHOLDS.gain_of_one_site,
            "share", share > THRESHOLDS.gain_of_one_site, bilingual("red_flags.one_site_why"), site,
        )
    ]  # fmt: skip


def unknown_gates(study: ReportData) -> list[RedFlag]:
    """A firm start with an unknown title, explosives, contamination, control or market."""
    gates = study.diagnosis.gates
    shut = gates.filter((pl.col("state") == "unknown") & pl.col("gate").is_in(DECISIVE_GATES))
    firm = study.chosen.filter(pl.col("status") == "firm")["site"]
    unknown = shut.filter(pl.col("site").is_in(firm.implode())).group_by("site", maintain_order=True).len()
    flags = [
        RedFlag(
            "firm_unknown", _about(study, "red_flags.firm_unknown", site), float(count), 0.0, "", True,
            bilingual("red_flags.firm_unknown_why"), site,
        )
        for site, count in unknown.iter_rows()
    ]  # fmt: skip
    label = bilingual("red_flags.firm_unknown_none")
    return flags or [RedFlag("firm_unknown", label, 0.0, 0.0, "", False, bilingual("red_flags.firm_unknown_why"))]


def old_states(study: ReportData) -> list[RedFlag]:
    """What is known of a chosen site is older than the case allows, or undated."""
    time = study.case.settings.time
    works = study.chosen.filter(pl.col("status").is_in(PLANNED_STATUSES))["site"]
    sites = study.diagnosis.sites.filter(pl.col("site").is_in(works.implode())).sort("site")
    flags = []
    for site, as_of, stale in sites.select("site", "state_as_of", "stale").iter_rows():
        years = _years(as_of, time.start)
        if years is None or stale:
            why = "red_flags.old_state_why" if years is not None else "red_flags.undated_state_why"
            flags.append(
                RedFlag(
                    "old_state", _about(study, "red_flags.old_state", site), years,
                    float(time.state_years), "years", True,
                    bilingual(why), site,
                )
            )  # fmt: skip
    return flags


def _years(as_of: dt.date | None, start: dt.date) -> float | None:
    return None if as_of is None else (start - as_of).days / DAYS_PER_YEAR


def losing_parties(study: ReportData) -> list[RedFlag]:
    """A host or partner that is worse off with the programme than without it; donors give on purpose.

    Of a party whose margin is not stated only its sales are known: that they fall is said, not that it loses.
    """
    giving = [party.id for party in study.case.settings.parties if party.role == "donor"]
    dust = THRESHOLDS.rounding * pl.max_horizontal(pl.col("with").abs(), pl.col("without").abs())
    losing = study.parties.filter((pl.col("gain") < -dust) & ~pl.col("party").is_in(giving)).sort("gain")
    sellers = {party.id for party in without_margin(study.case, study.party_accounts)}
    flags = []
    for party, gain in losing.select("party", "gain").iter_rows():
        code = "party_sells_less" if party in sellers else "party_loses"
        label = bilingual(f"red_flags.{code}", party=study.name("parties", party))
        why = bilingual(f"red_flags.{code}_why")
        flags.append(RedFlag(code, label, gain, 0.0, "currency", True, why, party))
    return flags


def uncovered_losses(study: ReportData) -> list[RedFlag]:
    """A start that loses money at market prices, more than the grants that it draws cover, both expected."""
    works = study.chosen.filter(pl.col("status").is_in(PLANNED_STATUSES))
    cash = programme_cash(
        study.case, study.effects, works.select("option", "period"), study.programme.throughput,
        study.programme.nothing_throughput, view="financial",
    ).select("site", "period", amount=pl.col("net") - pl.col("net_without"))  # fmt: skip
    trade = trade_of(study.programme)
    if trade is None:
        return []
    gifts = study.case["funds"].filter(pl.col("terms") == "grant")["id"]
    drawn = (
        expected_draws(study.effects, trade)
        .filter(pl.col("fund").is_in(gifts.implode()))
        .join(works.select("option", "site"), on="option")
        .select("site", "period", amount="expected")
    )
    market = prices(study.case, "financial")
    factors = {t: market.discount(t) for t in range(study.periods)}
    worth = pl.col("amount") * pl.col("period").replace_strict(factors, return_dtype=pl.Float64)
    losses = (
        pl.concat([part.select("site", pl.col("period").cast(pl.Int64), "amount") for part in (cash, drawn)])
        .group_by("site")
        .agg(loss=-worth.sum(), size=worth.abs().sum())
        .filter(pl.col("loss") > THRESHOLDS.rounding * pl.col("size"))
        .sort(["loss", "site"], descending=[True, False])
        .select("site", "loss")
    )
    return [
        RedFlag(
            "uncovered_loss", _about(study, "red_flags.uncovered_loss", site), loss, 0.0, "currency", True,
            bilingual("red_flags.uncovered_loss_why"), site,
        )
        for site, loss in losses.iter_rows()
    ]  # fmt: skip


def dear_rules(study: ReportData) -> list[RedFlag]:
    """A rule that costs more than a tenth of the gain, or anything where nothing is gained; unknown where it may."""
    gain = max(study.gain or 0.0, 0.0)
    limit = THRESHOLDS.cost_of_rule * gain
    costs = study.rule_costs.sort(["at_least", "at_most"], descending=True, nulls_last=True)
    flags = []
    for rule, at_least, at_most in costs.select("rule", "at_least", "at_most").iter_rows():
        label = bilingual("red_flags.dear_rule", rule=study.name("rules", rule))
        if (at_least or 0.0) > limit:
            code, value, threshold, unit = (
                ("dear_rule", at_least / gain, THRESHOLDS.cost_of_rule, "share") if gain
                else ("rule_without_gain", at_least, 0.0, "currency")
            )  # fmt: skip
            flags.append(RedFlag(code, label, value, threshold, unit, True, bilingual(f"red_flags.{code}_why"), rule))
        elif at_most is None or at_most > limit:
            why = bilingual("red_flags.dear_rule_open")
            flags.append(RedFlag("dear_rule", label, None, THRESHOLDS.cost_of_rule, "share", None, why, rule))
    return flags


RISK_RULES: tuple[Callable[[ReportData], list[RedFlag]], ...] = (
    programme_loss, site_loss, concentration, unknown_gates, old_states, losing_parties, uncovered_losses, dear_rules,
)  # fmt: skip


def _about(study: ReportData, code: str, site: str) -> Both:
    return bilingual(code, site=study.name("sites", site))


def raised_sentences(study: ReportData, flags: list[RedFlag]) -> Both:
    """The raised flags by rule, each rule once with the sites it names, as one sentence in each language."""
    by_rule: dict[str, list[RedFlag]] = {}
    for flag in flags:
        if flag.raised:
            by_rule.setdefault(flag.code, []).append(flag)
    return join_list([_counted(study, code, group) for code, group in by_rule.items()])


def _counted(study: ReportData, code: str, group: list[RedFlag]) -> Both:
    first = group[0]
    shown: Any = {}
    for k, lang in enumerate(("en", "ar")):
        words = Words("ar" if lang == "ar" else "en", study.case.settings.digits)
        value = first.value or 0.0
        shown[k] = words.percent(value, 0) if first.unit == "share" else words.compact(value)
    years = f"{study.case.settings.time.state_years:g}"
    return bilingual(f"red_flags.short.{code}", len(group), value=(shown[0], shown[1]), years=years)
