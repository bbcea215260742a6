"""Reads a study from TOML and reports all its errors at once, field by field."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tawteen.appraise.statements.timing import Timeline
from tawteen.appraise.study import Amounts, Study
from tawteen.case.findings import CaseError, Finding

_SAID = {
    "missing": "setting.needed",
    "extra_forbidden": "study.unknown",
    "literal_error": "setting.choice",
    "greater_than": "setting.bound",
    "greater_than_equal": "setting.bound",
    "less_than": "setting.bound",
    "less_than_equal": "setting.bound",
    "int_type": "setting.whole",
    "int_parsing": "setting.whole",
    "float_type": "setting.number",
    "float_parsing": "setting.number",
    "finite_number": "setting.number",
    "string_type": "setting.text",
    "string_too_short": "setting.length",
    "string_too_long": "setting.length",
    "model_type": "setting.section",
    "tuple_type": "setting.list",
}
_TABLE = "dict[str,float]"
_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
_START = {"year": r"\d{4}", "quarter": r"\d{4}-Q[1-4]"}


def read_study(path: Path) -> Study:
    """Returns the study of a TOML file. Raises CaseError with every finding if it is invalid."""
    file = path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CaseError([Finding("error", "file.missing", file=file, args={"path": file})]) from None
    except UnicodeDecodeError:
        raise CaseError([Finding("error", "study.not_text", file=file)]) from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        position = re.search(r"line (\d+)", str(error))
        lines = text.split("\n")
        row = min(int(position[1]) if position else len(lines), len(lines))
        raise CaseError([Finding("error", "settings.syntax", None, file, row, value=lines[row - 1].strip())]) from None
    return study_of(values, file)


def study_of(values: dict[str, Any], file: str = "") -> Study:
    """Returns the study of nested values as read from TOML. Raises CaseError with every finding."""
    try:
        study = Study.model_validate(values)
    except ValidationError as error:
        findings = [
            _finding(error_details, file) for error_details in error.errors(include_url=False) if _meant(error_details)
        ]
        raise CaseError(findings) from None
    wrong = faults(study, file)
    if any(error_details.severity == "error" for error_details in wrong):
        raise CaseError(wrong)
    return study


def _meant(error: ErrorDetails) -> bool:
    """Returns whether an error concerns the form that was written: amounts are tried as number and as table."""
    last, table = error["loc"][-1], isinstance(error.get("input"), dict)
    return not (last == "float" and table) and not (last == _TABLE and not table)


def _finding(error: ErrorDetails, file: str) -> Finding:
    """Returns an error of pydantic as a finding."""
    steps = [str(s + 1) if isinstance(s, int) else s for s in error["loc"] if s not in ("float", _TABLE)]
    code = _SAID.get(error["type"], "setting.wrong")
    context = error.get("ctx", {})
    bounds = ", ".join(f"{_SIGNS[sign]} {value:g}" for sign, value in context.items() if sign in _SIGNS)
    args = {"limits": bounds or ", ".join(str(v) for v in context.values()).replace(" or ", ", "), "said": error["msg"]}
    given = error.get("input")
    shown = None if error["type"] == "missing" or isinstance(given, dict | list) else str(given)
    return Finding("error", code, None, file, None, ".".join(steps), shown, args)


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
    return list(findings.values())


def _wrong(study: Study, file: str) -> list[Finding]:
    """Returns findings on one study; derived quantities are checked only if its fields are valid."""
    field_findings = [
        finding for check in (_twice, _labels, _references, _rates, _loans, _signs) for finding in check(study, file)
    ]
    return field_findings or [finding for check in (_capacity, _opening) for finding in check(study, file)]


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
    single += [(f"loans.{x.id}.capitalise_until", x.capitalise_until) for x in study.loans]
    single += [(f"disposals.{x.item}", x.period) for x in study.disposals]
    single += [(f"investments.{x.id}.depreciation.begins", x.depreciation.begins or "") for x in study.investments]
    for path, label in single:
        if label and label not in known[:-1]:
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
    if study.country is None:
        return
    items = {x.id for x in (*study.costs, *study.investments)}
    priced = items | {x.id for x in study.sales}
    yield from (_unknown(file, "country.items", x.item) for x in study.country.items if x.item not in items)
    if benefit := study.country.cost_benefit:
        path = "country.cost_benefit"
        yield from (_unknown(file, f"{path}.shadows", x.item) for x in benefit.shadows if x.item not in priced)
        yield from (_unknown(file, f"{path}.loans", x) for x in benefit.loans if x not in {y.id for y in study.loans})


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
    for currency in study.currencies:
        for kind in ("official", "taxed", "parallel"):
            amounts = getattr(currency, kind)
            if amounts is None or (isinstance(amounts, dict) and not {x.rstrip("+") for x in amounts} <= labels):
                continue
            if (time.spread(amounts) <= 0).any():
                yield Finding("error", "study.rate_missing", None, file, None, f"currencies.{kind}", currency.code)


def _loans(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on loans without instalments, or with instalments after the horizon."""
    time = Timeline(study.horizon)
    months = 12 // time.step
    for loan in study.loans:
        path = f"loans.{loan.id}"
        if loan.kind in ("constant_principal", "annuity"):
            if not loan.instalments:
                yield Finding("error", "study.no_instalments", None, file, None, path, loan.id)
            begins = time.labels.index(loan.first) if loan.first in time.labels else time.begins
            ends = begins * months + round(loan.repay_at * months) + (loan.instalments - 1) * 12 // loan.per_year
            if ends > time.periods * months:
                yield Finding("error", "study.loan_long", None, file, None, path, loan.id)


def _signs(study: Study, file: str) -> Iterator[Finding]:
    """Yields findings on negative amounts and on inflation of −100 % or less."""
    for path, entries in _lists(study):
        for entry in entries:
            for name in ("utilisation", "quantity", "draw", "repay", "refund"):
                low = _least(getattr(entry, name, 0.0))
                if low < 0:
                    yield Finding("error", "study.negative", None, file, None, f"{path}.{entry.id}.{name}", f"{low:g}")
            for name in ("inflation", "escalation"):
                low = _least(getattr(entry, name, None) or 0.0)
                if low <= -1:
                    yield Finding("error", "study.inflation", None, file, None, f"{path}.{name}", f"{low:g}")
    if _least(study.inflation) <= -1:
        yield Finding("error", "study.inflation", None, file, None, "inflation", f"{_least(study.inflation):g}")


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
        if most > product.capacity * (1 + 1e-9):
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
    if abs(owned - owed) > 1e-6 * max(1.0, abs(owned)):
        args = {"assets": f"{owned:g}", "claims": f"{owed:g}"}
        yield Finding("error", "study.opening", None, file, None, "opening", None, args)
