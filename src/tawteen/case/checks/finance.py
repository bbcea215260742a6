"""Rules about the terms of money: loans that can be paid back, shares that come to no more than all, known rates."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.checks.money import outlay_kinds
from tawteen.case.checks.params import PLAUSIBILITY
from tawteen.case.checks.place import working
from tawteen.case.codes import codes
from tawteen.case.financing import LENDING, financed_by, payable
from tawteen.case.findings import Finding
from tawteen.case.model import Case


def amounts_or_shares(case: Case) -> list[Finding]:
    """A row of finance states a share or an amount, not both."""
    both = rows_of(case, "finance").filter(pl.col("share").is_not_null() & pl.col("amount").is_not_null())
    return tell(case, "error", "check.finance_both", "finance", both.select("at", value="amount"), "amount")


def owners(case: Case) -> list[Finding]:
    """A row of finance that names an option and a site names the option's own site."""
    rows = rows_of(case, "finance").drop_nulls(["option", "site"])
    own = case["options"].select(option="id", own="site")
    wrong = rows.join(own, on="option").filter(pl.col("site") != pl.col("own"))
    return tell(
        case, "error", "check.finance_site", "finance", wrong.select("at", "option", "own", value="site"), "site"
    )


def finance_shares(case: Case) -> list[Finding]:
    """Outlays of an option of which the funds together pay more than the whole."""
    if case["finance"]["share"].drop_nulls().is_empty():
        return []
    owner = case["sites"].select("region", "authority", site="id")
    options = working(case).select("id", "site", "field").join(owner, on="site").rename({"id": "option"})
    held = financed_by(case, options).drop_nulls("share")
    anyone = pl.DataFrame({"any_origin": list(codes("origins"))})
    # Who supplies works and training is chosen later: each origin is a possibility.
    outlays = (
        outlay_kinds(case)
        .rename({"id": "option"})
        .join(anyone, how="cross")
        .filter(pl.col("origin").is_null() | (pl.col("origin") == pl.col("any_origin")))
        .with_columns(origin="any_origin")
        .join(options, on="option")
        .select("option", "category", "region", "authority", "field", "origin")
        .unique(maintain_order=True)
    )
    paid = payable(case, outlays).join(held.select("option", "fund", "at", "share"), on=["option", "fund"])
    over = (
        paid.group_by("option", "category", "origin", maintain_order=True)
        .agg(pl.col("at").max(), value=pl.col("share").sum().round(6))
        .filter(pl.col("value") > 1.0 + PLAUSIBILITY.rounding)
        .unique("at", keep="first", maintain_order=True)
    )
    return tell(case, "error", "check.finance_shares", "finance", over, "share")


def loans(case: Case) -> list[Finding]:
    """A loan is paid back, and inside the horizon."""
    lenders = rows_of(case, "funds").filter(pl.col("terms").is_in(LENDING))
    named = lenders.join(case["finance"].select(id="fund").unique(), on="id", how="semi", maintain_order="left")
    sculpted = pl.col("repayment").eq_missing("sculpted")
    open_ended = named.filter(pl.col("years").is_null() & ~sculpted).select("at", value="terms")
    span = pl.col("grace_quarters") + 4 * pl.col("years")
    long = lenders.filter(~sculpted & (span >= case.settings.time.periods)).select(
        "at", "grace_quarters", value="years", periods=pl.lit(case.settings.time.periods)
    )
    return [
        *tell(case, "warning", "check.loan_years", "funds", open_ended, "years"),
        *tell(case, "warning", "check.loan_long", "funds", long, "years"),
    ]


def exchange_kinds(case: Case) -> list[Finding]:
    """The exchange rate that a fund is counted at is stated for its currency."""
    known = {
        (rate.currency, kind)
        for rate in case.settings.money.rates
        for kind in codes("exchange_kinds")
        if getattr(rate, kind) is not None
    }
    home = case.settings.money.currency
    rows = rows_of(case, "funds").drop_nulls(["currency", "exchange"]).filter(pl.col("currency") != home)
    lost = [row["at"] for row in rows.iter_rows(named=True) if (row["currency"], row["exchange"]) not in known]
    listed = rows.filter(pl.col("at").is_in(lost)).select("at", "currency", value="exchange")
    return tell(case, "error", "check.exchange", "funds", listed, "exchange")


def buyer_shares(case: Case) -> list[Finding]:
    """Buyers of a commodity buy no more than all of it."""
    rows = rows_of(case, "buyers")
    goods = rows.with_columns(pl.col("commodities").str.split(";")).explode("commodities", empty_as_null=True)
    goods = goods.with_columns(pl.col("commodities").str.strip_chars())
    over = (
        goods.group_by("commodities", maintain_order=True)
        .agg(pl.col("at").max(), value=pl.col("share").sum().round(6))
        .filter(pl.col("value") > 1.0 + PLAUSIBILITY.rounding)
        .select("at", "value", commodity=pl.col("commodities").fill_null("*"))
        .unique("at", keep="first", maintain_order=True)
    )
    return tell(case, "error", "check.buyer_shares", "buyers", over, "share")
