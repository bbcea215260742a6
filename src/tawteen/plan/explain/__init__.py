"""Reasons: why each site is in or out, what a limit is worth, and what a change of mind would cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from tawteen.case.model import Case
from tawteen.plan.explain.reasons import Reason, Reasons
from tawteen.plan.explain.saying import Saying
from tawteen.plan.explain.shortlist import Hurt
from tawteen.plan.programme import Programme, Scenario
from tawteen.plan.scenario import apply
from tawteen.words import Words

__all__ = [
    "Explanation",
    "Hurt",
    "Reason",
    "Reasons",
    "Saying",
    "conflict_in_words",
    "explain",
    "explain_all",
    "limit_values",
    "say",
]

Resolve = Callable[[Case, Scenario], Programme]

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
}


@dataclass(frozen=True)
class Explanation:
    """One site's reason with its arithmetic.

    `terms`: what the worth of the option is made of (part, term, kind, id, amount, rent; see `pricing.parts`).
    `turned`: the programme solved again with the site forced in (or, for one that is in, left out), null if not asked.
    `change`: its value less the value of the programme; null without it or where it is impossible.
    """

    reason: Reason
    terms: pl.DataFrame
    turned: Programme | None = None
    change: float | None = None


def explain(case: Case, programme: Programme, site: str, *, resolve: Resolve | None = None) -> Explanation:
    """Why `site` is in or out of `programme`, planned for `case` (before the programme's scenario).

    With `resolve`, such as `lambda case, scenario: plan(case, scenario=scenario)`, the programme is solved again with
    the site forced in or left out. Raises KeyError for a site that the case does not have.
    """
    reasons = Reasons(case, programme)
    reason = reasons.of(site)
    explanation = Explanation(reason, reasons.terms(site))
    if resolve is None or programme.value is None or reason.status in ("survey", "close"):
        return explanation
    turned = resolve(case, _turned(programme.scenario, site, inside=site in reasons.chosen))
    change = None if turned.value is None else turned.value - programme.value
    return replace(explanation, turned=turned, change=change)


def _turned(scenario: Scenario, site: str, *, inside: bool) -> Scenario:
    """The scenario with the site left out if it is inside, else forced in; what was asked of it before is dropped."""
    must = tuple(other for other in scenario.must if other != site)
    without = tuple(other for other in scenario.without if other != site)
    return replace(scenario, must=must if inside else (*must, site), without=(*without, site) if inside else without)


def say(case: Case, programme: Programme, explanation: Explanation, words: Words) -> list[str]:
    """The sentences of an explanation."""
    saying = Saying(apply(case, programme.scenario), programme, words)
    said = saying.sentences(explanation.reason)
    turned, change = explanation.turned, explanation.change
    if turned is None:
        return said
    inside = explanation.reason.status in ("firm", "conditional")
    if change is None:
        said.append(words.say("why.cannot", {"rules": conflict_in_words(case, turned, words)}))
    else:
        code = f"why.{'taken' if inside else 'forced'}{'_gains' if change > 0 else ''}"
        said.append(words.say(code, {"cost": saying.money(change)}))
    return said


def conflict_in_words(case: Case, programme: Programme, words: Words) -> str:
    """The rules of `programme` that cannot be kept together: what they say, and the id under which to find them."""
    saying = Saying(apply(case, programme.scenario), programme, words)
    said = {rule: saying.name("rules", rule) for rule in programme.conflict}
    known = set(case["rules"]["id"])
    named = [f"{text} ({rule})" if rule in known and text != rule else text for rule, text in said.items()]
    return words.say("limit.and").join(named) or "–"


def explain_all(case: Case, programme: Programme) -> pl.DataFrame:
    """Reasons of all sites, without solving again: one row a site, columns of `FRAME`.

    `worth` and `limit_cost` in discounted currency at the prices of the programme's limits; `best_start` a label.
    """
    reasons = Reasons(case, programme)
    tellers = [Saying(reasons.case, programme, Words(lang)) for lang in ("en", "ar")]
    rows = []
    for site in reasons.case["sites"]["id"]:
        reason = reasons.of(site)
        hurt, change = reason.hurt, reason.change
        english, arabic = (" ".join(teller.sentences(reason)) for teller in tellers)
        start = None if reason.start is None else reasons.case.calendar.label(reason.start)
        rows.append(
            (
                site, reason.code, english, arabic, reason.option, start, reason.worth,
                hurt and hurt.kind, hurt and hurt.id, hurt and hurt.cost, change and change[0], change and change[1],
            )
        )  # fmt: skip
    return pl.DataFrame(rows, schema=FRAME, orient="row")


def limit_values(programme: Programme) -> pl.DataFrame:
    """What limits are worth: kind, id, region, periods (binding), total, highest, period (of the highest).

    `total` is what one more unit in every period would be worth, `highest` what it is worth in the period where it is
    worth most: discounted currency per unit. Balances are left out: their prices are those of the goods. Dearest first.
    """
    price = pl.col("price")
    return (
        programme.limits.filter((price > 0) & (pl.col("kind") != "balance"))
        .sort("period")
        .group_by("kind", "id", "region")
        .agg(
            periods=pl.len().cast(pl.Int64),
            total=price.sum(),
            highest=price.max(),
            period=pl.col("period").get(price.arg_max()),
        )
        .sort(["total", "kind", "id"], descending=[True, False, False])
    )
