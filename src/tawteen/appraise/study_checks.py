"""Checks of a study beyond its single fields: references, periods, bounds, fields without effect."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from pydantic import BaseModel

from tawteen.appraise.params import CASH_ROUNDING, STATEMENT, STUDY_CHECK
from tawteen.appraise.statements.timing import Timeline
from tawteen.appraise.study import RATE_KINDS, Amounts, Depreciation, Study, WithoutProject
from tawteen.appraise.study_loan_checks import any_amount, loan_effects, loans, sized_loans
from tawteen.case.findings import Finding

_START = {"year": r"\d{4}", "quarter": r"\d{4}-Q[1-4]"}
_NOT_NEGATIVE = (
    "utilisation", "quantity", "price", "amount", "variable", "fixed", "extra_stock", "persons", "draw", "repay",
    "refund", "base", "sweep_above",
)  # fmt: skip
_EITHER_SIGN = ("country.cost_benefit.indirect",)
_FACTOR = Depreciation.model_fields["factor"].default


def faults(study: Study, file: str = "") -> list[Finding]:
    """Returns findings on a study beyond single fields; `statements` needs a study without errors."""
    if not re.fullmatch(_START[study.horizon.period], study.horizon.start):
        return [Finding("error", "study.start", None, file, None, "horizon.start", study.horizon.start)]
    nothing = study.doing_nothing()
    cases = [("", study.model_copy(update={"without": None}))] + ([] if nothing is None else [("without.", nothing)])
    findings: dict[tuple[str, str | None, str | None], Finding] = {}
    for prefix, variant in cases:
        for wrong in _wrong(variant, file):
            key = (wrong.code, wrong.column, wrong.value)
            # A finding of both cases is reported once.
            findings.setdefault(key, replace(wrong, column=f"{prefix}{wrong.column}"))
    return [*findings.values(), *_country_references(study, file)]


def _wrong(study: Study, file: str) -> list[Finding]:
    """Returns findings on one study; derived quantities are checked only if its fields are valid."""
    of_fields = (
        _twice, _too_large, _labels, _references, _rates, loans, _bounds, _brackets, _without_effect, loan_effects
    )  # fmt: skip
    field_findings = [finding for check in of_fields for finding in check(study, file)]
    derived = (_capacity, _opening, _disposals, _owners, sized_loans)
    return field_findings or [finding for check in derived for finding in check(study, file)]


def _lists(study: BaseModel, path: str = "") -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yields path and entries of every list of the study."""
    for name in type(study).model_fields:
        value = getattr(study, name)
        field = f"{path}.{name}" if path else name
        if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            yield field, value
        elif isinstance(value, BaseModel):
            yield from _lists(value, field)


def _twice(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on repeated ids; the economic view needs distinct ids of sales, costs and investments."""
    kinds = [(path, entries) for path, entries in _lists(study) if "id" in type(entries[0]).model_fields]
    if study.country is not None:
        kinds.append(("sales, costs, investments", (*study.sales, *study.costs, *study.investments)))
    reported = set()
    for path, entries in kinds:
        for name, count in Counter(entry.id for entry in entries).items():
            if count > 1 and name not in reported:
                reported.add(name)
                yield Finding("error", "study.twice", None, file, None, path, name)
    for path, code, names in (
        ("currencies", "study.currency_twice", [x.code for x in study.currencies]),
        ("disposals", "study.disposal_twice", [x.item for x in study.disposals]),
    ):
        repeated = [name for name, count in Counter(names).items() if count > 1]
        yield from (Finding("error", code, None, file, None, path, name) for name in repeated)


def _numbers(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Yields path and value of every number of the study."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _numbers(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _numbers(part, f"{path}.{name}")
    elif isinstance(value, tuple):
        for n, part in enumerate(value, 1):
            yield from _numbers(part, f"{path}.{n}")
    elif isinstance(value, int | float):
        yield path, value


def _too_large(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on numbers whose sums would lose their units."""
    for path, value in _numbers(study):
        if abs(value) > STUDY_CHECK.largest:
            yield Finding(
                "error", "study.too_large", None, file, None, path, f"{value:g}", {"most": f"{STUDY_CHECK.largest:g}"}
            )


def _amounts(model: BaseModel, path: str) -> Iterator[tuple[str, Amounts]]:
    """Yields path and amounts of every table by period."""
    for name in type(model).model_fields:
        value, field = getattr(model, name), f"{path}.{name}" if path else name
        if isinstance(value, dict):
            yield field, value
        elif isinstance(value, BaseModel):
            yield from _amounts(value, field)
        elif isinstance(value, tuple):
            for n, entry in enumerate(value, 1):
                if isinstance(entry, BaseModel):
                    yield from _amounts(entry, f"{field}.{n}")


def _labels(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on periods outside the horizon."""
    known = Timeline(study.horizon).labels
    args = {"first": known[0], "last": known[-2]}
    for path, amounts in _amounts(study, ""):
        for label in amounts if isinstance(amounts, dict) else ():
            if label.rstrip("+") not in known[:-1]:
                yield Finding("error", "study.period", None, file, None, path, label, args)
    single = [(f"loans.{x.id}.first", x.first) for x in study.loans]
    single += [(f"loans.{x.id}.last", x.last) for x in study.loans]
    single += [(f"loans.{x.id}.capitalise_until", x.capitalise_until) for x in study.loans]
    single += [(f"investments.{x.id}.depreciation.begins", x.depreciation.begins or "") for x in study.investments]
    stated = [(path, label) for path, label in single if label]
    stated += [(f"disposals.{x.item}", x.period) for x in study.disposals]
    for path, label in stated:
        if label not in known[:-1]:
            yield Finding("error", "study.period", None, file, None, path, label, args)


def _references(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on references to unknown items."""
    products, buyers = {p.id for p in study.products}, {b.id for b in study.buyers}
    references = [(f"sales.{s.id}.product", s.product, products) for s in study.sales]
    references += [(f"sales.{s.id}.buyer", s.buyer, buyers) for s in study.sales if s.buyer]
    references += [(f"costs.{c.id}.product", c.product, products) for c in study.costs if c.product]
    yield from (_unknown(file, path, name) for path, name, known in references if name not in known)
    owned = {x.id for x in study.investments if not x.sunk} | {x.id for x in study.opening.fixed_assets}
    yield from (_unknown(file, "disposals.item", d.item) for d in study.disposals if d.item not in owned)


def _country_references(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on economic inputs of items that stand neither with nor without the project."""
    if study.country is None:
        return
    companies: list[Study | WithoutProject] = [study] if study.without is None else [study, study.without]
    items = {x.id for company in companies for x in (*company.costs, *company.investments)}
    priced = items | {x.id for company in companies for x in company.sales}
    loans = {x.id for company in companies for x in company.loans}
    yield from (_unknown(file, "country.items", x.item) for x in study.country.items if x.item not in items)
    if benefit := study.country.cost_benefit:
        path = "country.cost_benefit"
        yield from (_unknown(file, f"{path}.shadows", x.item) for x in benefit.shadows if x.item not in priced)
        yield from (_unknown(file, f"{path}.loans", x) for x in benefit.loans if x not in loans)


def _unknown(file: str, path: str, name: str) -> Finding:
    return Finding("error", "study.reference", None, file, None, path, name)


def _rates(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on missing exchange rates and on rates that are not positive."""
    known = {c.code: c for c in study.currencies}
    for path, entries in _lists(study):
        for entry in entries:
            currency = getattr(entry, "currency", "")
            if currency in ("", study.currency):
                continue
            kind = getattr(entry, "rate", "official")
            if currency not in known or getattr(known[currency], kind) is None:
                args = {"currency": currency, "rate": kind}
                yield Finding("error", "study.no_rate", None, file, None, f"{path}.{entry.id}", currency, args)
    time = Timeline(study.horizon)
    labels = {x.rstrip("+") for x in time.labels[:-1]}
    if study.currency in known:
        yield Finding("error", "study.own_currency", None, file, None, "currencies", study.currency)
    for currency in study.currencies:
        for kind in RATE_KINDS:
            amounts = getattr(currency, kind)
            if amounts is None or (isinstance(amounts, dict) and not {x.rstrip("+") for x in amounts} <= labels):
                continue
            if (time.spread(amounts) <= 0).any():
                yield Finding("error", "study.rate_missing", None, file, None, f"currencies.{kind}", currency.code)


def _bounds(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on amounts by period that are negative, on shares and rates above 1, on prices that vanish."""
    for path, entries in _lists(study):
        for entry in entries:
            place = f"{path}.{entry.id}" if hasattr(entry, "id") else path
            for name in _NOT_NEGATIVE if path not in _EITHER_SIGN else ():
                yield from _negative(file, f"{place}.{name}", getattr(entry, name, None))
            for name in ("inflation", "escalation"):
                yield from _growth(file, f"{path}.{name}", getattr(entry, name, None))
            for name in ("utilisation", "base"):
                yield from _above_one(file, f"{place}.{name}", getattr(entry, name, None))
    yield from _growth(file, "inflation", study.inflation)
    yield from _above_one(file, "distribution.payout", study.distribution.payout)
    single = {"distribution.payout": study.distribution.payout, "distribution.fixed": study.distribution.fixed,
              "tax.allowance": study.tax.allowance}  # fmt: skip
    if study.country is not None and study.country.carbon is not None:
        single["country.carbon.price"] = study.country.carbon.price
    for path, amounts in single.items():
        yield from _negative(file, path, amounts)


def _negative(file: str, path: str, amounts: Amounts | None) -> Iterator[Finding]:
    if isinstance(amounts, float | dict) and (low := _least(amounts)) < 0:
        yield Finding("error", "study.negative", None, file, None, path, f"{low:g}")


def _growth(file: str, path: str, amounts: Amounts | None) -> Iterator[Finding]:
    if isinstance(amounts, float | dict) and (low := _least(amounts)) <= -1:
        yield Finding("error", "study.inflation", None, file, None, path, f"{low:g}")
    yield from _above_one(file, path, amounts)


def _above_one(file: str, path: str, amounts: Amounts | None) -> Iterator[Finding]:
    """Yields a finding on a share or a rate a year above 1: most often a percentage."""
    high = max(amounts.values(), default=0.0) if isinstance(amounts, dict) else amounts
    if high is not None and high > 1:
        percent, limits = meant_percent(high), {"limits": "≤ 1"}
        code = "setting.share" if percent else "setting.bound"
        yield Finding("error", code, None, file, None, path, f"{high:g}", {**limits, **percent})


def meant_percent(value: float) -> dict[str, str]:
    """Returns what a number above 1 in the place of a share means, and the share if a percentage was meant."""
    if not 1 < value <= 100:
        return {}
    return {"percent": f"{value:g}", "share": f"{value / 100:g}", "read": f"{100 * value:g}"}


def _brackets(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on brackets of income tax with the same limit."""
    for above, count in Counter(bracket.above for bracket in study.tax.brackets).items():
        if count > 1:
            yield Finding("error", "study.bracket_twice", None, file, None, "tax.brackets", f"{above:g}")


def _without_effect(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on fields of costs and investments that the rest of their item makes ineffective."""
    wrong: list[tuple[bool, str, str]] = []
    for cost in study.costs:
        path = f"costs.{cost.id}"
        wrong += [
            (cost.credit_days > 0 and not cost.credit_cover, f"{path}.credit_days", "credit_cover"),
            (cost.credit_cover > 0 and not cost.credit_days, f"{path}.credit_cover", "credit_days"),
        ]
    for investment in study.investments:
        rule, path = investment.depreciation, f"investments.{investment.id}.depreciation"
        declining = rule.method == "declining_balance"
        wrong += [
            (rule.switch and not declining, f"{path}.switch", 'method = "declining_balance"'),
            (rule.factor != _FACTOR and not declining, f"{path}.factor", 'method = "declining_balance"'),
            (rule.first_part != 1 and rule.method in {"depletion", "none"}, f"{path}.first_part", "method, by time"),
        ]
    for applies, path, needs in wrong:
        if applies:
            yield Finding("error", "study.no_effect", None, file, None, path, None, {"needs": needs})


def _least(amounts: Amounts) -> float:
    return min(amounts.values(), default=0.0) if isinstance(amounts, dict) else amounts


def _capacity(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on sales beyond capacity."""
    time = Timeline(study.horizon)
    for product in study.products:
        if product.capacity is None:
            continue
        full = sum(time.spread(s.quantity, "production") for s in study.sales if s.product == product.id)
        most = float(np.max(full * time.spread(product.utilisation, "production")))
        if most > product.capacity * (1 + CASH_ROUNDING.dust):
            args = {"sold": f"{most:g}"}
            path = f"products.{product.id}.capacity"
            yield Finding("error", "study.beyond_capacity", None, file, None, path, f"{product.capacity:g}", args)


def _opening(study: Study, file: str) -> Iterator[Finding]:
    """Yields a finding if the claims of the opening balance differ from its assets."""
    opening = study.opening
    owned = sum(x.value for x in opening.fixed_assets) + opening.stocks + opening.receivables + opening.cash
    rates = {c.code: c for c in study.currencies}
    owed = opening.payables + opening.equity + opening.retained
    for loan in study.loans:
        if loan.opening:
            currency = rates.get(loan.currency)
            rate = getattr(currency, loan.rate) if currency else 1.0
            owed += loan.opening * (rate if isinstance(rate, float) else Timeline(study.horizon).spread(rate)[0])
    if abs(owned - owed) > STATEMENT.opening_gap * max(1.0, abs(owned)):
        args = {"assets": f"{owned:g}", "claims": f"{owed:g}"}
        yield Finding("error", "study.opening", None, file, None, "opening", None, args)


def _disposals(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on items that are sold before anything was paid for them."""
    time = Timeline(study.horizon)
    bought = {x.id: np.cumsum(time.spread(x.amount, "first")) for x in study.investments}
    for disposal in study.disposals:
        paid = bought.get(disposal.item)
        if paid is not None and paid[time.index(disposal.period)] <= 0:
            path = f"disposals.{disposal.item}"
            yield Finding("error", "study.sold_before", None, file, None, path, disposal.period)


def _owners(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on dividends that reach no owner, and on shares of dividends above 1."""
    shares = [x.share for x in study.equity if x.share is not None]
    if sum(shares) > 1 + CASH_ROUNDING.dust:
        yield Finding("error", "study.shares_above", None, file, None, "equity.share", f"{sum(shares):g}")
    rules = study.distribution
    if not (any_amount(rules.payout) or any_amount(rules.fixed)):
        return
    by_capital = any(x.share is None and any_amount(x.amount) for x in study.equity)
    if not by_capital and not shares:
        path = "distribution.payout" if any_amount(rules.payout) else "distribution.fixed"
        yield Finding("error", "study.no_owners", None, file, None, path)
    elif not by_capital and sum(shares) < 1 - CASH_ROUNDING.dust:
        yield Finding("error", "study.shares_below", None, file, None, "equity.share", f"{sum(shares):g}")
