"""Investments and their depreciation as formulas; how much of a cost is written off goes by the age of the asset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.appraise.statements.depreciation import life_shares
from tawteen.appraise.statements.investment import PRE_PRODUCTION
from tawteen.appraise.study import Depreciation, InvestmentGroup, Origin
from tawteen.report.live.book import Line
from tawteen.report.live.formula import Formula, either, formula, largest, row, size, smallest, wide
from tawteen.report.live.model import ORIGINS, Model, formula_of, running
from tawteen.report.live.operations import step_of

STRAIGHT = ("straight_line", "straight_line_to_salvage")
"""Methods whose shares are formulas; the shares of the others stand as numbers that may be changed."""


@dataclass(frozen=True)
class Owned:
    """An asset by period, as `appraise.statements.investment.Asset`."""

    item: str
    group: InvestmentGroup | None
    origin: Origin
    paid: Formula
    opening: Formula
    written_off: Line
    proceeds: Formula
    book_sold: Formula
    book: Line
    residual: Formula
    interest: bool = False

    @property
    def before_production(self) -> bool:
        """Whether it is a pre-production item."""
        return self.group == PRE_PRODUCTION


def assets_of(model: Model, sold: Formula) -> list[Owned]:
    """Opening assets and investments; interest of the construction phase comes with the loans."""
    model.inputs.section("live.section.investments")
    model.schedules.section("statements.statement.investment")
    nothing = wide(0.0, model.time.periods)
    found = []
    for old in model.study.opening.fixed_assets:
        key = f"opening.{old.id}"
        value = model.number(key, "book_value", old, old.value, model.study.currency)
        shares = _shares(model, key, old, old.depreciation, sold)
        first = 0 if old.depreciation.begins is None else model.time.index(old.depreciation.begins)
        off = row([value * shares[t - first] if t >= first else 0.0 for t in range(model.time.periods)])
        model.line(model.schedules, "investment", "asset", nothing, name=old.id, part="local", label=model.called(old))
        found.append(
            owned(
                model,
                old.id,
                group=None,
                origin="local",
                paid=nothing,
                opening=value,
                off=off,
                left=None,
                name=model.called(old),
            )
        )
    for one in model.study.investments:
        if one.sunk:
            continue
        key = f"investments.{one.id}"
        amount = model.ask(key, "amount", one, one.amount, "first", unit=one.currency or model.study.currency)
        price = model.price(one, key)
        name = model.called(one)
        paid = model.line(
            model.schedules, "investment", "asset", amount * price, name=one.id, part=one.origin, label=name
        )
        off = written_off(model, key, one, item=one.id, paid=paid, rule=one.depreciation, sold=sold)
        left = None if one.residual is None else model.number(key, "residual", one, one.residual)
        found.append(
            owned(
                model,
                one.id,
                group=one.group,
                origin=one.origin,
                paid=paid,
                opening=formula(0.0),
                off=off,
                left=left,
                name=name,
            )
        )
    return found


def owned(
    model: Model,
    item: str,
    *,
    group: InvestmentGroup | None,
    origin: Origin,
    paid: Formula,
    opening: Formula,
    off: Formula,
    left: Formula | None,
    name: str,
    interest: bool = False,
) -> Owned:
    """The asset with its sale, its book value and what it is worth at the end."""
    nothing = wide(0.0, model.time.periods)
    disposal = next((d for d in model.study.disposals if d.item == item), None)
    sold = None if disposal is None else model.time.index(disposal.period)
    kept = off if sold is None else row([off[t] if t <= sold else 0.0 for t in range(model.time.periods)])
    label = f"{name}: {model.say('statements.item.depreciation')}"
    written = model.schedules.put(label, kept, model.study.currency)
    proceeds, gone = nothing, nothing
    book_label = f"{name}: {model.say('live.book_value')}"
    if disposal is not None and sold is not None:
        asked = model.inputs.number(f"disposals.{item}.proceeds", f"{name}: {model.say('live.input.proceeds')}",
                                    disposal.proceeds, model.study.currency)  # fmt: skip
        upto = opening
        for t in range(sold + 1):
            upto = upto + paid[t] - written[t]
        value = model.schedules.single(f"{name}: {model.say('live.book_sold')}", upto, model.study.currency)
        proceeds = row([asked if t == sold else 0.0 for t in range(model.time.periods)])
        gone = row([value if t == sold else 0.0 for t in range(model.time.periods)])
    change = paid - written if disposal is None else paid - written - gone
    book = model.schedules.put(book_label, running(model.schedules, change, opening), model.study.currency)
    worth: Formula = book[-1]
    if left is not None:
        whole = Formula((f"SUM({paid.span()})",), np.array([paid.values.sum()])) if isinstance(paid, Line) else paid[0]
        worth = left * whole if sold is None else either(size(gone[sold]) > 0.0, book[-1], left * whole)
    return Owned(item, group, origin, paid, opening, written, proceeds, gone, book, worth, interest)


def written_off(
    model: Model, key: str, of: object, *, item: str, paid: Line, rule: Depreciation, sold: Formula
) -> Formula:
    """Depreciation of what is spent by period: each spending by the share of its age.

    A spending is written off from the period after it, never before production.
    """
    periods = model.time.periods
    if rule.method == "none":
        return wide(0.0, periods)
    if rule.method == "depletion":
        return _depleted(model, key, of, item)
    first = model.time.begins if rule.begins is None else model.time.index(rule.begins)
    shares = _shares(model, key, of, rule, sold)
    ages = model.inputs.asked["live.age"]
    begins = np.maximum(np.arange(periods) + 1, first)
    label = f"{model.called(of)}: {model.say('live.written_off_from')}"
    since = model.schedules.put(label, formula_of(begins.astype(float)), look="number")
    texts, values = [], np.zeros(periods)
    share_values = wide(shares, periods).values
    for t in range(periods):
        texts.append(f"SUMPRODUCT({paid.span()},SUMIF({ages.span()},{t}-{since.span()},{shares.span()}))")
        age = t - begins
        values[t] = (paid.values * np.where(age >= 0, share_values[np.maximum(age, 0)], 0.0)).sum()
    return Formula(tuple(texts), values)


def _shares(model: Model, key: str, of: object, rule: Depreciation, sold: Formula) -> Line:
    """Share of the cost written off at each age, in periods from 0 on."""
    periods, step = model.time.periods, float(model.step)
    label = f"{model.called(of)}: {model.say('live.share_by_age')}"
    age = model.inputs.series("live.age", model.say("live.age"), np.arange(periods, dtype=float))
    if rule.method not in STRAIGHT:
        shares = life_shares(rule, model.step, periods, sold.values)
        return model.inputs.series(f"{key}.shares", label, shares)
    life = model.number(key, "life", of, rule.life, model.say("live.years")) * step
    salvage = model.number(key, "salvage", of, rule.salvage)
    if rule.method == "straight_line":
        passed = smallest(largest(life - age, 0.0), 1.0)
        return model.schedules.put(label, (1.0 - salvage) * passed / life, look="factor")
    upto = smallest((age + 1.0) / life, 1.0, 1.0 - salvage)
    start = smallest(age / life, 1.0, 1.0 - salvage)
    return model.schedules.put(label, upto - start, look="factor")


def _depleted(model: Model, key: str, of: object, item: str) -> Formula:
    """What depletion takes, as numbers: it goes by all that is sold after each spending."""
    off = next(a.written_off for a in model.accounts.assets if a.item == item and a.opening == 0.0)
    label = f"{model.called(of)}: {model.say('live.depletion')}"
    return model.inputs.series(f"{key}.depletion", label, off)


def invested(model: Model, owned_all: list[Owned], origin: Origin | None, *, pre_production: bool) -> Formula:
    """Outlays for assets without interest, only those that are (not) pre-production."""
    parts = [
        (a.origin, a.paid)
        for a in owned_all
        if not a.interest and a.before_production == pre_production and isinstance(a.paid, Line)
    ]
    return model.sum(parts, origin)


def investment_lines(model: Model, owned_all: list[Owned]) -> None:
    """Totals of the investment schedule."""
    for item, pre in (("fixed_investment", False), ("pre_production", True)):
        model.line(
            model.schedules, "investment", item, invested(model, owned_all, None, pre_production=pre), look="sum"
        )
        for origin in ORIGINS:
            made = invested(model, owned_all, origin, pre_production=pre)
            model.line(model.schedules, "investment", item, made, part=origin)
    interest = model.sum([(a.origin, a.paid) for a in owned_all if a.interest])
    model.line(model.schedules, "investment", "construction_interest", interest)
    growth = {part: model.known("working_capital", "working_capital_growth", part=part)
              for part in ("total", *ORIGINS)}  # fmt: skip
    for part, made in growth.items():
        model.line(model.schedules, "investment", "working_capital_growth", made, part=part)
    whole = [invested(model, owned_all, None, pre_production=pre) for pre in (False, True)]
    model.line(model.schedules, "investment", "total_investment", whole[0] + whole[1] + interest + growth["total"],
               look="sum")  # fmt: skip
    depreciation = model.sum([(a.origin, a.written_off) for a in owned_all])
    model.line(model.schedules, "investment", "depreciation", depreciation)


def growth_lines(model: Model, held: dict[Origin | None, Line]) -> None:
    """Growth of working capital, in the schedule of working capital."""
    opening = model.accounts.opening_working_capital
    start = model.inputs.number("opening.working_capital", model.say("statements.item.opening_working_capital"),
                                opening, model.study.currency)  # fmt: skip
    for origin in (None, *ORIGINS):
        growth = step_of(held[origin], 0.0 if origin == "foreign" else start)
        model.line(model.schedules, "working_capital", "working_capital_growth", growth, part=origin or "total")
