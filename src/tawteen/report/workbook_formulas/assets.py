"""Investments and their depreciation as formulas; how much of a cost is written off goes by the age of the asset."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tawteen.appraise.statements.investment import PRE_PRODUCTION
from tawteen.appraise.study import ORIGINS, Depreciation, InvestmentGroup, OpeningAsset, Origin
from tawteen.report.workbook_formulas.book import Line
from tawteen.report.workbook_formulas.formula import Formula, either, formula, largest, smallest, upward, wide
from tawteen.report.workbook_formulas.model import StudyModel


@dataclass(frozen=True)
class AssetRows:
    """An asset by period, as `appraise.statements.investment.Asset`; `residual` is one number for its end."""

    item: str
    group: InvestmentGroup | None
    origin: Origin
    paid: Formula
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


@dataclass(frozen=True)
class _Owned:
    """What an asset is before its sale: its names, what was paid, and the rule by which it is written off."""

    key: str
    item: str
    source: object
    name: str
    paid: Line
    rule: Depreciation
    opening: Formula


def assets_of(model: StudyModel, sold: Formula) -> list[AssetRows]:
    """Opening assets and investments; interest of the construction phase comes with the loans."""
    model.inputs.section("live.section.investments")
    model.schedules.section("statements.statement.investment")
    assets = []
    for old in model.study.opening.fixed_assets:
        key, name = f"opening.{old.id}", model.called(old)
        value = model.number(key, "book_value", old, old.value, model.money)
        paid = model.line(model.schedules, "investment", "asset", 0.0, name=old.id, part="local", label=name)
        owned = _Owned(key, old.id, old, name, paid, old.depreciation, value)
        assets.append(_owned(model, owned, sold, group=None, origin="local", left=None))
    for one in model.study.investments:
        if one.sunk:
            continue
        key, name = f"investments.{one.id}", model.called(one)
        amount = model.ask(key, "amount", one, one.amount, "first", unit=one.currency or model.money)
        spent = model.scaled(amount, "investment") * model.price(one, key)
        paid = model.line(model.schedules, "investment", "asset", spent, name=one.id, part=one.origin, label=name)
        left = None if one.residual is None else model.number(key, "residual", one, one.residual)
        owned = _Owned(key, one.id, one, name, paid, one.depreciation, formula(0.0))
        assets.append(_owned(model, owned, sold, group=one.group, origin=one.origin, left=left))
    return assets


def interest_asset(model: StudyModel, key: str, loan: object, *, item: str, label: str, paid: Line,
                   rule: Depreciation, origin: Origin) -> AssetRows:  # fmt: skip
    """Interest of the construction phase; no stock is sold of it: depletion goes by time. It has no residual value."""
    owned = _Owned(key, item, loan, label, paid, rule, formula(0.0))
    rows = _owned(model, owned, wide(1.0, model.time.periods), group="pre_production", origin=origin, left=None)
    return replace(rows, interest=True)


def _owned(model: StudyModel, one: _Owned, sold: Formula, *, group: InvestmentGroup | None, origin: Origin,
           left: Formula | None) -> AssetRows:  # fmt: skip
    """The asset with its sale, its book value and what it is worth at the end."""
    disposal = next((d for d in model.study.disposals if d.item == one.item), None)
    sheet, nothing = model.schedules, formula(0.0)
    label = f"{one.name}: {model.say('statements.item.depreciation')}"
    book_label = f"{one.name}: {model.say('live.book_value')}"
    if disposal is None:
        written = sheet.add_row(label, _written_off(model, one, sold), model.money)
        book = sheet.running(book_label, one.paid - written, one.opening)
        worth: Formula = book[-1] if left is None else left * one.paid.sum()
        return AssetRows(one.item, group, origin, one.paid, written, nothing, nothing, book, worth)
    when = model.inputs.number(f"disposals.{one.item}.period", f"{one.name}: {model.say('live.input.sold_in')}",
                               float(model.time.index(disposal.period) + 1))  # fmt: skip
    price = model.inputs.number(f"disposals.{one.item}.proceeds", f"{one.name}: {model.say('live.input.proceeds')}",
                                disposal.proceeds, model.money)  # fmt: skip
    until, in_sale = model.clock.number <= when, model.clock.number.equals(when)
    early = sheet.add_row(f"{one.name}: {model.say('live.paid_before_sale')}", one.paid * until, model.money)
    later = sheet.add_row(f"{one.name}: {model.say('live.paid_after_sale')}", one.paid - early, model.money)
    early_off = _written_off(model, replace(one, paid=early), sold) * until
    first = sheet.add_row(f"{label} ({model.say('live.before_sale')})", early_off, model.money)
    later_off = _written_off(model, replace(one, paid=later, opening=formula(0.0)), sold)
    second = sheet.add_row(f"{label} ({model.say('live.after_sale')})", later_off, model.money)
    written = sheet.add_row(label, first + second, model.money)
    proceeds = sheet.add_row(f"{one.name}: {model.say('statements.item.disposals')}", price * in_sale, model.money)
    change = (one.paid - written).values
    stood = np.concatenate([[0.0], np.cumsum(change)[:-1]]) + one.opening.values[0]
    before = either(model.clock.number.equals(1.0), one.opening, Formula(sheet.next_row_cell(-1, 1), stood))
    held = Formula(before.text, stood) + (one.paid - written)
    gone = sheet.add_row(
        f"{one.name}: {model.say('live.book_sold')}", in_sale * Formula(f"({held.text})", held.values), model.money
    )
    book = sheet.running(book_label, one.paid - written - gone, one.opening)
    worth = book[-1] if left is None else left * later.sum()
    return AssetRows(one.item, group, origin, one.paid, written, proceeds, gone, book, worth)


def _written_off(model: StudyModel, one: _Owned, sold: Formula) -> Formula:
    """Depreciation of what is spent by period: each spending by the share of its age.

    A spending is written off from the period after it, never before production; an opening asset from the start.
    """
    rule = one.rule
    if rule.method == "none":
        return formula(0.0)
    is_old = isinstance(one.source, OpeningAsset)
    begin = (
        0
        if is_old and rule.begins is None
        else model.time.begins
        if rule.begins is None
        else model.time.index(rule.begins)
    )
    first = model.number(one.key, "begins", one.source, float(begin + 1))
    if rule.method == "depletion":
        return _depleted(model, one, first, sold, is_old=is_old)
    shares = _shares(model, one.key, one.source, rule)
    number, ages = model.clock.number, model.clock.number.span()
    if is_old:
        return one.opening * _by_age(number - first + 1.0, shares, ages)
    label = f"{one.name}: {model.say('live.written_off_from')}"
    since = model.schedules.add_row(label, largest(number + 1.0, first), look="whole")
    # Only what was paid before: a loan sculpted to the tax of a period must not hang on what it repays later.
    text = f"SUMPRODUCT({one.paid.until(-1)},SUMIF({ages},{number.text}-{since.until(-1)}+1,{shares.span()}))"
    age = number.values[:, None] - since.values[None, :]
    inside = (age >= 0) & (np.arange(len(number))[None, :] < np.arange(len(number))[:, None])
    share = np.where(inside, shares.values[np.clip(age, 0, len(number) - 1).astype(int)], 0.0)
    return Formula(text, share @ one.paid.values)


def _by_age(age: Formula, shares: Line, ages: str) -> Formula:
    """Share written off at an age from 1 on."""
    known = np.where(age.values >= 1, shares.values[np.clip(age.values - 1, 0, len(shares) - 1).astype(int)], 0.0)
    return Formula(f"SUMIF({ages},{age.text},{shares.span()})", known)


def _shares(model: StudyModel, key: str, item: object, rule: Depreciation) -> Line:
    """Share of the cost written off at each age, from the first period on."""
    whole = _whole_shares(model, key, item, rule)
    if rule.first_part == 1.0:
        return whole
    part = model.number(key, "first_part", item, rule.first_part)
    label = f"{model.called(item)}: {model.say('live.share_with_part')}"
    return model.schedules.add_row(label, part * whole + (1.0 - part) * model.before(whole), look="factor")


def _whole_shares(model: StudyModel, key: str, item: object, rule: Depreciation) -> Line:
    """Share of the cost written off at each age, of a life that begins with a period."""
    label = f"{model.called(item)}: {model.say('live.share_by_age')}"
    age = model.clock.number - 1.0
    life = _life(model, key, item, rule)
    salvage = model.number(key, "salvage", item, rule.salvage)
    if rule.method == "straight_line":
        passed = smallest(largest(life - age, 0.0), 1.0)
        return model.schedules.add_row(label, (1.0 - salvage) * passed / life, look="factor")
    if rule.method == "sum_of_years":
        whole = upward(life)
        digits = whole * life - whole * (whole - 1.0) / 2.0
        return model.schedules.add_row(label, (1.0 - salvage) * largest(life - age, 0.0) / digits, look="factor")
    if rule.method == "declining_balance":
        factor = model.number(key, "factor", item, rule.factor)
        return _declining(model, label, life, salvage=salvage, factor=factor, switch=rule.switch)
    upto = smallest((age + 1.0) / life, 1.0, 1.0 - salvage)
    start = smallest(age / life, 1.0, 1.0 - salvage)
    return model.schedules.add_row(label, upto - start, look="factor")


def _life(model: StudyModel, key: str, item: object, rule: Depreciation) -> Line:
    """Life in periods."""
    years = model.number(key, "life", item, rule.life, model.say("live.years"))
    label = f"{model.called(item)}: {model.say('live.life_in_periods')}"
    return model.schedules.single(label, years * model.clock.step, look="number")


def _declining(
    model: StudyModel, label: str, life: Formula, *, salvage: Formula, factor: Formula, switch: bool
) -> Line:
    """A fixed share of what is left of each unit of cost, down to salvage; with a switch to straight line."""
    sheet, periods = model.schedules, model.time.periods
    books, shares = np.zeros(periods), np.zeros(periods)
    left, rate, kept, whole = 1.0, factor.values[0] / life.values[0], salvage.values[0], life.values[0]
    for t in range(periods):
        taken = left * min(1.0, rate)
        if switch:
            taken = max(taken, (left - kept) / max(whole - t, 1.0)) if whole > t else left
        books[t], shares[t] = left, min(taken, max(0.0, left - kept))
        left -= shares[t]
    first = model.clock.number.equals(1.0)
    before = Formula(f"{sheet.next_row_cell(-1)}-{sheet.next_row_cell(-1, 1)}", books, 1)
    book = sheet.add_row(f"{label} ({model.say('live.book_before')})",
                     Formula(either(first, 1.0, before).text, books), look="factor")  # fmt: skip
    taken_now = book * smallest(1.0, factor / life)
    if switch:
        age = model.clock.number - 1.0
        straight = (book - salvage) / largest(life - age, 1.0)
        taken_now = either(life > age, largest(taken_now, straight), book)
    share = smallest(taken_now, largest(0.0, book - salvage))
    return sheet.add_row(label, Formula(share.text, shares), look="factor")


def _depleted(model: StudyModel, one: _Owned, first: Line, sold: Formula, *, is_old: bool) -> Formula:
    """What depletion takes: of each spending the share of its stock that is sold from its first period on."""
    sheet, number, periods = model.schedules, model.clock.number, model.time.periods
    stock = _life(model, one.key, one.source, one.rule)
    salvage = model.number(one.key, "salvage", one.source, one.rule.salvage)
    used = sheet.running(f"{one.name}: {model.say('live.sold_so_far')}", sold, look="number", unit="")
    since = first if is_old else largest(number + 1.0, first)
    # Sold before a spending begins to be written off; what begins after the last period is never.
    place = smallest(since - 1.0, model.clock.periods)
    known = np.concatenate([[0.0], used.values])[np.clip(place.values, 0, periods).astype(int)]
    looked_up = either(place < 1.0, 0.0, Formula(f"INDEX({used.span()},{largest(place, 1.0).text})", known))
    label = f"{one.name}: {model.say('live.sold_before')}"
    if is_old:
        before = sheet.single(label, looked_up, look="number")
        share = smallest(largest((used - before) / stock, 0.0), 1.0)
        so_far = one.opening * (1.0 - salvage) * share
    else:
        earlier = sheet.add_row(label, Formula(looked_up.text, known), look="number")
        gone, whole = f"({used.text}-{earlier.until()})", f"({stock.text})"
        spent = f"{one.paid.until()},({gone}>0)*({gone}<{whole})*{gone}/{whole}+({gone}>={whole})"
        taken = np.clip((used.values[:, None] - earlier.values[None, :]) / stock.values[0], 0.0, 1.0)
        paid_by_then = np.tril(np.ones((periods, periods))) * one.paid.values[None, :]
        so_far = (1.0 - salvage) * Formula(f"SUMPRODUCT({spent})", (taken * paid_by_then).sum(axis=1))
    total_taken = sheet.add_row(f"{one.name}: {model.say('live.depleted_so_far')}", so_far, model.money)
    return total_taken - model.before(total_taken)


def invested(model: StudyModel, owned_all: list[AssetRows], origin: Origin | None, *, pre_production: bool) -> Formula:
    """Outlays for assets without interest, only those that are (not) pre-production."""
    parts = [
        (a.origin, a.paid)
        for a in owned_all
        if not a.interest and a.before_production == pre_production and a.group is not None
    ]
    return model.sum(parts, origin)


def investment_lines(model: StudyModel, owned_all: list[AssetRows]) -> None:
    """Totals of the investment schedule."""
    for item, pre in (("fixed_investment", False), ("pre_production", True)):
        model.line(
            model.schedules, "investment", item, invested(model, owned_all, None, pre_production=pre), look="sum"
        )
        for origin in ORIGINS:
            part_values = invested(model, owned_all, origin, pre_production=pre)
            model.line(model.schedules, "investment", item, part_values, part=origin)
    interest = model.sum([(a.origin, a.paid) for a in owned_all if a.interest])
    model.line(model.schedules, "investment", "construction_interest", interest)
    growth = {part: model.known("working_capital", "working_capital_growth", part=part)
              for part in ("total", *ORIGINS)}  # fmt: skip
    for part, part_values in growth.items():
        model.line(model.schedules, "investment", "working_capital_growth", part_values, part=part)
    whole = [
        model.known("investment", item) for item in ("fixed_investment", "pre_production", "construction_interest")
    ]
    model.line(model.schedules, "investment", "total_investment", whole[0] + whole[1] + whole[2] + growth["total"],
               look="sum")  # fmt: skip
    depreciation = model.sum([(a.origin, a.written_off) for a in owned_all])
    model.line(model.schedules, "investment", "depreciation", depreciation)


def growth_lines(model: StudyModel, held: dict[Origin | None, Line]) -> None:
    """Growth of working capital, in the schedule of working capital."""
    opening = model.accounts.opening_working_capital
    start = model.inputs.number("opening.working_capital", model.say("statements.item.opening_working_capital"),
                                opening, model.money)  # fmt: skip
    for origin in (None, *ORIGINS):
        growth = held[origin] - model.before(held[origin], 0.0 if origin == "foreign" else start)
        model.line(model.schedules, "working_capital", "working_capital_growth", growth, part=origin or "total")
