"""Financing of an option: its drawings on funds as loans, equity and grants of its study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from tawteen.appraise.finance import LoanTerms, debt, month_shares
from tawteen.appraise.option_periods import StudyPeriods
from tawteen.appraise.params import STATEMENT
from tawteen.appraise.profile import ConventionProfile
from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import Currency, Equity, Grant, IncomeTax, IncomeTaxBracket, Loan, Origin
from tawteen.case.financing import LENDING, financed_by, payable
from tawteen.case.findings import Finding
from tawteen.case.model import Case
from tawteen.effects.model import Effects

OUTLAY_KEY = ("category", "origin", "period")
_KINDS: dict[str, Literal["constant_principal", "annuity"]] = {
    "principal": "constant_principal",
    "bullet": "constant_principal",
    "annuity": "annuity",
}


@dataclass(frozen=True)
class FundContribution:
    """A fund (its row) and the expected drawings of an option on it, by quarter, at constant prices."""

    fund: Mapping[str, Any]
    drawn: Array


@dataclass(frozen=True)
class OptionFunding:
    """Contributions of funds to an option, and notes on them."""

    contributions: tuple[FundContribution, ...]
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class FundingSources:
    """Equity, grants and loans of a study, and their currencies."""

    equity: tuple[Equity, ...]
    grants: tuple[Grant, ...]
    loans: tuple[Loan, ...]
    currencies: tuple[Currency, ...]


def funding_of(
    case: Case, effects: Effects, option: Mapping[str, Any], start: int, draws: pl.DataFrame | None = None
) -> OptionFunding:
    """Returns the funding of an option that starts in period `start`.

    `draws`: drawings of a programme (fund, option, category, origin, period, amount in full). Without `draws` the table
    `finance` states the funding; an option without rows there has none.
    """
    outlays = _outlays(case, effects, option, start)
    if draws is not None:
        paid = draws.filter(pl.col("option") == option["option"]).select("fund", *OUTLAY_KEY, "amount")
        notes: list[Finding] = []
    else:
        paid, notes = _by_rows(case, outlays, option)
    expected = paid.join(
        outlays.select(*OUTLAY_KEY, "weight"), on=list(OUTLAY_KEY), nulls_equal=True, maintain_order="left"
    )
    rows = {row["id"]: row for row in case.filled("funds").iter_rows(named=True)}
    contributions = []
    for (fund,), part in expected.group_by("fund", maintain_order=True):
        drawn = np.zeros(case.settings.time.periods)
        np.add.at(drawn, part["period"].to_numpy(), (part["amount"] * part["weight"]).to_numpy())
        if drawn.any():
            contributions.append(FundContribution(rows[str(fund)], drawn))
    return OptionFunding(tuple(contributions), tuple(notes))


def _outlays(case: Case, effects: Effects, option: Mapping[str, Any], start: int) -> pl.DataFrame:
    """Returns outlays of the option by category, origin and period: full amount, and weight (its expected share)."""
    weight = pl.when("sure").then(1.0).otherwise(option["chance"])
    return (
        effects.outlays.filter((pl.col("option") == option["option"]) & (pl.col("amount") > 0))
        .with_columns(period=(pl.col("quarter") + start).cast(pl.Int64), expected=pl.col("amount") * weight)
        .filter(pl.col("period") < case.settings.time.periods)
        .group_by(OUTLAY_KEY, maintain_order=True)
        .agg(pl.col("amount", "expected").sum())
        .with_columns(
            weight=pl.col("expected") / pl.col("amount"),
            option=pl.lit(option["option"]),
            **{name: pl.lit(option[name], pl.String) for name in ("region", "authority", "field")},
        )
    )


def _by_rows(case: Case, outlays: pl.DataFrame, option: Mapping[str, Any]) -> tuple[pl.DataFrame, list[Finding]]:
    """Returns drawings on funds by the rows of `finance`: shares first, then amounts, then the remainder; and notes."""
    owner = pl.DataFrame({"option": [option["option"]], "site": [option["site"]]})
    finance_rows = financed_by(case, owner)
    allowed = payable(case, outlays.select("category", "region", "authority", "field", "origin").unique())
    exchange_rates = {
        row["id"]: case.rate(row["currency"], row["exchange"] or "official")
        for row in case["funds"].iter_rows(named=True)
    }
    unpaid = outlays["amount"].to_numpy().copy()
    parts, notes = [], []
    order = {"share": 0, "amount": 1, "rest": 2}
    rows = sorted(finance_rows.iter_rows(named=True), key=lambda row: order[_way(row)])
    for row in rows:
        own = allowed.filter(pl.col("fund") == row["fund"]).select("category", "origin", fits=pl.lit(True))
        fits = outlays.join(own, on=["category", "origin"], how="left", nulls_equal=True, maintain_order="left")["fits"]
        open_ = unpaid * fits.fill_null(False).to_numpy()
        if _way(row) == "share":
            paid = np.minimum(row["share"] * outlays["amount"].to_numpy(), open_)
        elif _way(row) == "amount":
            requested, most = row["amount"] / exchange_rates[row["fund"]], float(open_.sum())
            paid = open_ * min(1.0, requested / most) if most > 0 else open_
            if requested > most * (1.0 + STATEMENT.draw_excess):
                args = {"fund": row["fund"], "option": option["option"], "row": row["id"], "asked": f"{requested:,.0f}",
                        "most": f"{most:,.0f}", "currency": case.settings.money.currency}  # fmt: skip
                notes.append(Finding("warning", "finance.beyond_outlays", "finance", value=row["id"], args=args))
        else:
            paid = open_
        unpaid = unpaid - paid
        parts.append(outlays.select(*OUTLAY_KEY, fund=pl.lit(row["fund"]), amount=pl.Series(paid)))
    empty = outlays.select(*OUTLAY_KEY, fund=pl.lit("", pl.String), amount="amount").clear()
    return pl.concat([empty, *parts]).select("fund", *OUTLAY_KEY, "amount"), notes


def _way(row: Mapping[str, Any]) -> str:
    return "share" if row["share"] is not None else "amount" if row["amount"] is not None else "rest"


def funding_sources(
    case: Case, funding: OptionFunding, periods: StudyPeriods, profile: ConventionProfile
) -> FundingSources:
    """Returns contributions of funds as equity, grants and loans, each in its own currency at its stated rate.

    Budgets are equity of the state; loans and supplier credit are loans. Funds of parties other than the host are
    foreign.
    """
    hosts = {party.id for party in case.settings.parties if party.role == "host"}
    equity, grants, loans, codes = [], [], [], []
    for contribution in funding.contributions:
        fund = contribution.fund
        origin: Origin = "local" if fund["party"] in hosts else "foreign"
        kind = fund["exchange"] or "official"
        code = fund["currency"] if fund["currency"] not in (None, case.settings.money.currency) else ""
        own = periods.sums(contribution.drawn) * periods.level / periods.worth(code or None, kind)
        about: dict[str, Any] = {"id": fund["id"], "name_en": fund["name_en"], "name_ar": fund["name_ar"],
                                 "origin": origin, "currency": code, "rate": kind}  # fmt: skip
        if code and code not in codes:
            codes.append(code)
        if fund["terms"] in LENDING:
            loans.append(_loan(about, fund, contribution.drawn, own, periods, profile))
        elif fund["terms"] == "grant":
            grants.append(Grant(**about, amount=periods.amounts(own)))
        else:
            equity.append(Equity(**about, amount=periods.amounts(own)))
    return FundingSources(tuple(equity), tuple(grants), tuple(loans), tuple(periods.currency(code) for code in codes))


def _loan(  # noqa: PLR0917 — one loan: what it is called, its terms, its draws and the calendar
    about: Mapping[str, Any],
    fund: Mapping[str, Any],
    drawn: Array,
    own: Array,
    periods: StudyPeriods,
    profile: ConventionProfile,
) -> Loan:
    """Returns a loan drawn at the end of quarters and repaid by quarter after the grace period and the last drawing."""
    quarters = np.flatnonzero(drawn)
    first = max(int(quarters[0] + round(fund["grace_quarters"])), int(quarters[-1])) + 1
    instalments = round(4 * fund["years"]) if fund["years"] is not None else 0
    way = fund["repayment"] or "principal"
    if way == "bullet" and instalments:
        first, instalments = first + instalments - 1, 1
    placed = (quarters % periods.quarters_per_period + 1) / periods.quarters_per_period
    end = periods.count * periods.quarters_per_period
    inside = first < end
    common: dict[str, Any] = {
        **about,
        "interest": fund["rate"],
        "draw": periods.amounts(own),
        "draw_at": float(np.average(placed, weights=drawn[quarters])),
        "fee": fund["fee"],
        "capitalised": fund["capitalised"],
        "capitalise_until": periods.labels[(min(first, end) - 1) // periods.quarters_per_period]
        if fund["capitalised"]
        else "",
    }
    if not inside or not (instalments or way == "sculpted"):
        return Loan(**common, kind="profile")
    due: dict[str, Any] = {
        "first": periods.labels[first // periods.quarters_per_period],
        "repay_at": (first % periods.quarters_per_period + 1) / periods.quarters_per_period,
    }
    if way == "sculpted":
        return Loan(**common, **due, kind="sculpted", target_dscr=fund["target_dscr"])
    loan = Loan(**common, **due, kind=_KINDS[way], instalments=instalments, per_year=4)
    if first + instalments <= end:
        return loan
    # Instalments due after the horizon remain as debt: the profile states those inside it.
    course = debt(_inside(loan, own, first, periods, profile))
    return Loan(**common, kind="profile", repay=periods.amounts(course.repaid), repay_at=loan.repay_at)


def _inside(loan: Loan, own: Array, first: int, periods: StudyPeriods, profile: ConventionProfile) -> LoanTerms:
    """Returns the terms of the loan, its labels resolved to period numbers."""
    months = 3 * periods.quarters_per_period
    month = periods.case.settings.time.start.month - 1
    until = periods.labels.index(loan.capitalise_until) if loan.capitalise_until else -1
    return LoanTerms(
        loan=loan,
        draw=own,
        repay=np.zeros(periods.count),
        first=3 * first + 2,
        capitalise_until=until,
        shares=month_shares(periods.count, months, profile.days, month if periods.quarters_per_period == 1 else 0),
    )


def tax_of(case: Case) -> IncomeTax:
    """Returns the income tax of the case as that of a study."""
    stated = case.settings.tax
    brackets = [IncomeTaxBracket(above=0.0, rate=stated.rate)] if stated.rate else []
    brackets += [IncomeTaxBracket(above=bracket.above, rate=bracket.rate) for bracket in stated.brackets]
    return IncomeTax(
        brackets=tuple(brackets),
        holiday=stated.holiday,
        carry_forward=stated.carry_forward,
        investment_allowance=stated.investment_allowance,
    )
