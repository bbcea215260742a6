"""Investments and their depreciation as formulas; how much of a cost is written off goes by the age of the asset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tawteen.appraise.statements.investment import PRE_PRODUCTION
from tawteen.appraise.study import Depreciation, InvestmentGroup, OpeningAsset, Origin
from tawteen.report.workbook_formulas.book import Line
from tawteen.report.workbook_formulas.formula import (
    Formula,
    before,
    either,
    formula,
    largest,
    row,
    size,
    smallest,
    upward,
    wide,
)  # fmt: skip
from tawteen.report.workbook_formulas.model import ORIGINS, StudyModel, formula_of, running
from tawteen.report.workbook_formulas.operations import step_of


@dataclass(frozen=True)
class AssetRows:
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


def assets_of(model: StudyModel, sold: Formula) -> list[AssetRows]:
    """Opening assets and investments; interest of the construction phase comes with the loans."""
    model.inputs.section("live.section.investments")
    model.schedules.section("statements.statement.investment")
    nothing = wide(0.0, model.time.periods)
    assets = []
    for old in model.study.opening.fixed_assets:
        key = f"opening.{old.id}"
        value = model.number(key, "book_value", old, old.value, model.study.currency)
        off = _opening_written_off(model, key, old, value, sold)
        model.line(model.schedules, "investment", "asset", nothing, name=old.id, part="local", label=model.called(old))
        assets.append(
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
        off = written_off(model, key, one, paid=paid, rule=one.depreciation, sold=sold)
        left = None if one.residual is None else model.number(key, "residual", one, one.residual)
        assets.append(
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
    return assets


def owned(
    model: StudyModel,
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
) -> AssetRows:
    """The asset with its sale, its book value and its value at the end."""
    nothing = wide(0.0, model.time.periods)
    disposal = next((d for d in model.study.disposals if d.item == item), None)
    sold = None if disposal is None else model.time.index(disposal.period)
    kept = off if sold is None else row([off[t] if t <= sold else 0.0 for t in range(model.time.periods)])
    label = f"{name}: {model.say('statements.item.depreciation')}"
    written = model.schedules.add_row(label, kept, model.study.currency)
    proceeds, gone = nothing, nothing
    book_label = f"{name}: {model.say('live.book_value')}"
    if disposal is not None and sold is not None:
        label = f"{name}: {model.say('live.input.proceeds')}"
        key = f"disposals.{item}.proceeds"
        proceeds_input = model.inputs.number(key, label, disposal.proceeds, model.study.currency)
        upto = opening
        for t in range(sold + 1):
            upto = upto + paid[t] - written[t]
        value = model.schedules.single(f"{name}: {model.say('live.book_sold')}", upto, model.study.currency)
        proceeds = row([proceeds_input if t == sold else 0.0 for t in range(model.time.periods)])
        gone = row([value if t == sold else 0.0 for t in range(model.time.periods)])
    change = paid - written if disposal is None else paid - written - gone
    book = model.schedules.add_row(book_label, running(model.schedules, change, opening), model.study.currency)
    worth: Formula = book[-1]
    if left is not None:
        whole = Formula((f"SUM({paid.span()})",), np.array([paid.values.sum()])) if isinstance(paid, Line) else paid[0]
        worth = left * whole if sold is None else either(size(gone[sold]) > 0.0, book[-1], left * whole)
    return AssetRows(item, group, origin, paid, opening, written, proceeds, gone, book, worth, interest)


def written_off(model: StudyModel, key: str, item: object, *, paid: Line, rule: Depreciation, sold: Formula) -> Formula:
    """Depreciation of what is spent by period: each spending by the share of its age.

    A spending is written off from the period after it, never before production.
    """
    periods = model.time.periods
    if rule.method == "none":
        return wide(0.0, periods)
    first = model.time.begins if rule.begins is None else model.time.index(rule.begins)
    begins = np.maximum(np.arange(periods) + 1, first)
    if rule.method == "depletion":
        return _depleted(model, key, item, rule, paid=paid, begins=begins, sold=sold)
    shares = _shares(model, key, item, rule)
    ages = model.inputs.input_lines["live.age"]
    label = f"{model.called(item)}: {model.say('live.written_off_from')}"
    since = model.schedules.add_row(label, formula_of(begins.astype(float)), look="number")
    texts, values = ["0"], np.zeros(periods)
    for t in range(1, periods):
        # Only what was paid before: a loan sculpted to the tax of a period must not hang on what it repays later.
        upto = f"{paid.span(0, t - 1)},SUMIF({ages.span()},{t}-{since.span(0, t - 1)},{shares.span()})"
        texts.append(f"SUMPRODUCT({upto})")
        age = t - begins
        values[t] = (paid.values * np.where(age >= 0, shares.values[np.maximum(age, 0)], 0.0)).sum()
    return Formula(tuple(texts), values)


def _opening_written_off(model: StudyModel, key: str, old: OpeningAsset, value: Line, sold: Formula) -> Formula:
    """Depreciation of an asset that is there from the start."""
    rule, periods = old.depreciation, model.time.periods
    if rule.method == "none":
        return wide(0.0, periods)
    first = 0 if rule.begins is None else model.time.index(rule.begins)
    if rule.method == "depletion":
        begins = np.array([first])
        return _depleted(model, key, old, rule, paid=value, begins=begins, sold=sold)
    shares = _shares(model, key, old, rule)
    return row([value * shares[t - first] if t >= first else 0.0 for t in range(periods)])


def _shares(model: StudyModel, key: str, item: object, rule: Depreciation) -> Line:
    """Share of the cost written off at each age, in periods from 0 on."""
    periods, step = model.time.periods, float(model.step)
    label = f"{model.called(item)}: {model.say('live.share_by_age')}"
    age = model.inputs.series("live.age", model.say("live.age"), np.arange(periods, dtype=float))
    life = model.number(key, "life", item, rule.life, model.say("live.years")) * step
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


def _declining(
    model: StudyModel, label: str, life: Formula, *, salvage: Formula, factor: Formula, switch: bool
) -> Line:
    """A fixed share of what is left of each unit of cost, down to salvage; each cell looks at those before it."""
    sheet, cells = model.schedules, list[Formula]()
    for t in range(model.time.periods):
        gone = f"SUM({sheet.next_row_cell(0)}:{sheet.next_row_cell(t - 1).rpartition('!')[2]})" if t else "0"
        book = formula(1.0) - Formula((gone,), np.array([sum(float(one.values[0]) for one in cells)]))
        taken = book * smallest(1.0, factor / life)
        if switch:
            rest = largest(taken, (book - salvage) / largest(life - float(t), 1.0))
            taken = either(life > float(t), rest, book)
        cells.append(smallest(taken, largest(0.0, book - salvage)))
    return sheet.add_row(label, row(cells), look="factor")


def _depleted(
    model: StudyModel, key: str, item: object, rule: Depreciation, *, paid: Line, begins: np.ndarray, sold: Formula
) -> Formula:
    """What depletion takes: of each spending the share of its stock that is sold from its first period on.

    `begins`: the first period of each spending; the stock lasts `life` years of full sales.
    """
    sheet, periods = model.schedules, model.time.periods
    stock = model.number(key, "life", item, rule.life, model.say("live.years")) * float(model.step)
    kept = 1.0 - model.number(key, "salvage", item, rule.salvage)
    name = model.called(item)
    used = sheet.add_row(f"{name}: {model.say('live.sold_so_far')}", running(sheet, sold), look="number")
    # Sold before a spending begins to be written off; what begins after the last period is never.
    earlier = row([used[min(b, periods) - 1] if b > 0 else 0.0 for b in begins])
    label = f"{name}: {model.say('live.sold_before')}"
    remaining = (
        sheet.add_row(label, earlier, look="number") if len(begins) > 1 else sheet.single(label, earlier, look="number")
    )
    cells = []
    for t in range(periods):
        last = min(t, len(begins) - 1)
        spent, since = (x.span(0, last) if len(begins) > 1 else x.texts[0] for x in (paid, remaining))
        gone, whole = f"({used.texts[t]}-{since})", f"({stock.texts[0]})"
        text = f"SUMPRODUCT({spent},({gone}>0)*({gone}<{whole})*{gone}/{whole}+({gone}>={whole}))"
        share = np.clip((used.values[t] - remaining.values[: last + 1]) / stock.values[0], 0.0, 1.0)
        cells.append(kept * Formula((text,), np.array([(paid.values[: last + 1] * share).sum()])))
    so_far = sheet.add_row(f"{name}: {model.say('live.depleted_so_far')}", row(cells), model.study.currency)
    return so_far - before(so_far)


def invested(model: StudyModel, owned_all: list[AssetRows], origin: Origin | None, *, pre_production: bool) -> Formula:
    """Outlays for assets without interest, only those that are (not) pre-production."""
    parts = [
        (a.origin, a.paid)
        for a in owned_all
        if not a.interest and a.before_production == pre_production and isinstance(a.paid, Line)
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
    whole = [invested(model, owned_all, None, pre_production=pre) for pre in (False, True)]
    model.line(model.schedules, "investment", "total_investment", whole[0] + whole[1] + interest + growth["total"],
               look="sum")  # fmt: skip
    depreciation = model.sum([(a.origin, a.written_off) for a in owned_all])
    model.line(model.schedules, "investment", "depreciation", depreciation)


def growth_lines(model: StudyModel, held: dict[Origin | None, Line]) -> None:
    """Growth of working capital, in the schedule of working capital."""
    opening = model.accounts.opening_working_capital
    start = model.inputs.number("opening.working_capital", model.say("statements.item.opening_working_capital"),
                                opening, model.study.currency)  # fmt: skip
    for origin in (None, *ORIGINS):
        growth = step_of(held[origin], 0.0 if origin == "foreign" else start)
        model.line(model.schedules, "working_capital", "working_capital_growth", growth, part=origin or "total")
