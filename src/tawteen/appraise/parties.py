"""What each party has with a programme and without it, and the transfer after which all gain the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.finance import annuity_share
from tawteen.appraise.option_finance import OUTLAY_KEY
from tawteen.appraise.prices import Prices, prices
from tawteen.case.financing import LENDING
from tawteen.case.model import Case
from tawteen.case.settings import Party
from tawteen.effects.model import Effects
from tawteen.match.model import Match

GIVEN = ("grant", "budget")
"""Terms of funds whose money is not paid back."""
SALES = ("exports", "works", "training", "goods")
"""Items that are sales of a party, of which it keeps its margin."""
ITEM_ORDER = ("value", *SALES, "funds")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ProgrammeTrade:
    """What a programme starts, moves, buys and draws, in the tables of `plan.programme.Programme`.

    `starts`: option, start (period). `value`, `do_nothing`: discounted, in the view of the case.
    """

    starts: pl.DataFrame
    value: float
    do_nothing: float
    flows: pl.DataFrame
    nothing_flows: pl.DataFrame
    supply: pl.DataFrame
    draws: pl.DataFrame


def party_results(case: Case, effects: Effects, match: Match, trade: ProgrammeTrade) -> pl.DataFrame:
    """Returns party, without, with, gain, transfer: currency, discounted at the rate of the case's view.

    Gain is with less without. The transfer (paid to the party, below zero by it) leaves each host and partner the same
    gain; it is null for a donor, where there is no joint gain, or where the margin of a partner's sales is not stated.
    Where several parties are hosts, what each of them has is not told apart and is null.
    """
    accounts = party_accounts(case, effects, match, trade)
    sums = accounts.group_by("party", maintain_order=True).agg(pl.col("without").sum(), pl.col("with").sum())
    hosts = [party.id for party in case.settings.parties if party.role == "host"]
    results = (
        pl.DataFrame({"party": [party.id for party in case.settings.parties]}, schema={"party": pl.String})
        .join(sums, on="party", how="left", maintain_order="left")
        .with_columns(pl.col("without", "with").fill_null(0.0))
    )
    if len(hosts) > 1:
        single = ~pl.col("party").is_in(hosts)
        results = results.with_columns(pl.when(single).then(pl.col("without", "with")))
    results = results.with_columns(gain=pl.col("with") - pl.col("without"))
    return results.with_columns(transfer=_equal_gains(case, accounts, results))


def party_accounts(case: Case, effects: Effects, match: Match, trade: ProgrammeTrade) -> pl.DataFrame:
    """Returns party, item, without, with: what the parties earn, one row for each item that is not zero.

    Items (docs/method.md, Parties): value (of the host), exports, works, training, goods (sales of the others, times
    the margin where it is stated), funds (what is lent or given, and comes back).
    """
    priced = prices(case)
    hosts = [party for party in case.settings.parties if party.role == "host"]
    others = {party.id: party for party in case.settings.parties if party.role != "host"}
    rows: list[tuple[str, str, float, float]] = []
    for item, party, without, with_it in _sales(case, effects, match, trade, priced):
        if party in others:
            margin = others[party].margin
            kept = 1.0 if margin is None else margin
            rows.append((party, item, kept * without, kept * with_it))
    lent = _funds(case, effects, trade, priced)
    rows += [(party, "funds", 0.0, worth) for party, worth in lent.items() if party in others]
    if len(hosts) == 1:
        received = -sum(worth for party, worth in lent.items() if party in others) * (1.0 + priced.premium)
        rows += [(hosts[0].id, "value", trade.do_nothing, trade.value), (hosts[0].id, "funds", 0.0, received)]
    frame = pl.DataFrame(rows, schema=no_accounts().schema, orient="row")
    place = {party.id: n for n, party in enumerate(case.settings.parties)}
    order = {item: n for n, item in enumerate(ITEM_ORDER)}
    return (
        frame.group_by("party", "item", maintain_order=True)
        .agg(pl.col("without", "with").sum())
        .filter((pl.col("without") != 0) | (pl.col("with") != 0))
        .sort(
            pl.col("party").replace_strict(place, return_dtype=pl.Int64),
            pl.col("item").replace_strict(order, return_dtype=pl.Int64),
        )
    )


def no_accounts() -> pl.DataFrame:
    """Returns the table of `party_accounts` without rows."""
    return pl.DataFrame(schema={"party": pl.String, "item": pl.String, "without": pl.Float64, "with": pl.Float64})


def without_margin(case: Case, accounts: pl.DataFrame) -> list[Party]:
    """Returns the parties whose sales `accounts` counts in full, because their margin is not stated."""
    sellers = set(accounts.filter(pl.col("item").is_in(SALES))["party"])
    return [party for party in case.settings.parties if party.id in sellers and party.margin is None]


def _equal_gains(case: Case, accounts: pl.DataFrame, results: pl.DataFrame) -> pl.Series:
    """Returns for each row of `results` what it is paid so that all that share gain the same, or nulls."""
    sharing = {party.id for party in case.settings.parties if party.role != "donor"}
    gains = results.filter(pl.col("party").is_in(list(sharing)))["gain"]
    joint = float(gains.sum())
    if len(gains) < 2 or gains.null_count() or joint <= 0 or without_margin(case, accounts):
        return pl.Series("transfer", [None] * results.height, dtype=pl.Float64)
    equal = joint / len(gains)
    paid = [equal - gain if party in sharing else None for party, gain in results.select("party", "gain").iter_rows()]
    return pl.Series("transfer", paid, dtype=pl.Float64)


def _sales(
    case: Case, effects: Effects, match: Match, trade: ProgrammeTrade, priced: Prices
) -> Iterator[tuple[str, str, float, float]]:
    """Yields item, party, and its discounted sales without and with the programme."""
    partners = [party.id for party in case.settings.parties if party.role == "partner"]
    if len(partners) == 1:
        # `partner` of supplies, imports and outlays names no party: with several partners it is not known whose it is.
        without, with_it = (_exports(case, flows, priced) for flows in (trade.nothing_flows, trade.flows))
        yield "exports", partners[0], without, with_it
        yield "goods", partners[0], 0.0, _goods(effects, trade, priced)
    owners = dict(case["units"].select("id", "party").iter_rows())
    shares = _expected_share(effects, trade)
    paid = (
        trade.supply.join(
            match.sources.select("pool_kind", "pool", "source", "price").unique(["pool_kind", "pool", "source"]),
            on=["pool_kind", "pool", "source"],
            how="left",
        )
        .join(shares, on=["pool_kind", "pool", "period"], how="left")
        .with_columns(worth=pl.col("amount") * pl.col("price").fill_null(0.0) * pl.col("share").fill_null(1.0))
    )
    for kind, source, worth in _discounted(paid, priced, "pool_kind", "source").iter_rows():
        if source in owners:
            yield ("training" if kind == "course" else "works"), owners[source], 0.0, worth


def _exports(case: Case, flows: pl.DataFrame, priced: Prices) -> float:
    """Returns what the partner sells to the host: its supplies, and its stated share of imports at CIF."""
    supplies = case.filled("supplies").filter(pl.col("partner")).select("id", price="variable_cost")
    imports = case["commodities"].drop_nulls(["partner_share", "cif"])
    imports = imports.select("id", price=pl.col("cif") * pl.col("partner_share"))
    total = 0.0
    for kind, sold in (("supply", supplies), ("import", imports)):
        rows = flows.filter(pl.col("kind") == kind).join(sold, on="id", how="inner")
        total += float(_discounted(rows.with_columns(worth=pl.col("amount") * pl.col("price")), priced)["worth"].sum())
    return total


def _goods(effects: Effects, trade: ProgrammeTrade, priced: Prices) -> float:
    """Returns what the partner is paid for goods of the options started, expected."""
    rows = _outlays(effects, trade).filter((pl.col("origin") == "partner") & ~pl.col("pooled"))
    return float(_discounted(rows.with_columns(worth=pl.col("expected")), priced)["worth"].sum())


def _weight() -> pl.Expr:
    """Returns the chance with which something is paid, from the columns sure and chance."""
    return pl.when("sure").then(1.0).otherwise(pl.col("chance"))


def _outlays(effects: Effects, trade: ProgrammeTrade) -> pl.DataFrame:
    """Returns outlays of the options started with period and expected: times the chance where not sure."""
    return (
        effects.outlays.join(trade.starts, on="option")
        .join(effects.options.select("option", "chance"), on="option")
        .with_columns(period=pl.col("start") + pl.col("quarter"), expected=pl.col("amount") * _weight())
    )


def _expected_share(effects: Effects, trade: ProgrammeTrade) -> pl.DataFrame:
    """Returns pool_kind, pool, period, share: expected over full needs; what a shut gate stops is not paid."""
    needs = (
        effects.needs.join(trade.starts, on="option")
        .join(effects.options.select("option", "chance"), on="option")
        .with_columns(period=pl.col("start") + pl.col("quarter"))
    )
    return (
        needs.group_by("pool_kind", "pool", "period")
        .agg(share=(pl.col("amount") * _weight()).sum() / pl.col("amount").sum())
        .with_columns(pl.col("share").fill_nan(1.0))
    )


def _discounted(rows: pl.DataFrame, priced: Prices, *keys: str) -> pl.DataFrame:
    """Returns the discounted sum of `worth` by `keys`, of rows inside the horizon."""
    periods = priced.case.settings.time.periods
    factors = {t: priced.discount(t) for t in range(periods)}
    inside = rows.filter(pl.col("period").is_between(0, periods - 1))
    factor = pl.col("period").replace_strict(factors, return_dtype=pl.Float64)
    worths = inside.select(*keys, worth=pl.col("worth") * factor)
    return worths.group_by(*keys).agg(pl.col("worth").sum()).sort(*keys) if keys else worths.select(pl.sum("worth"))


def _funds(case: Case, effects: Effects, trade: ProgrammeTrade, priced: Prices) -> dict[str, float]:
    """Returns by party what its funds are worth to it: repaid and paid on them less what they pay out.

    Shares in a company (equity) are left out: what they earn is not stated.
    """
    periods = case.settings.time.periods
    factors = np.array([priced.discount(t) for t in range(periods)])
    funds = {row["id"]: row for row in case.filled("funds").iter_rows(named=True)}
    worth: dict[str, float] = {}
    for (fund, _), part in expected_draws(effects, trade).group_by("fund", "option", maintain_order=True):
        row = funds[str(fund)]
        inside = part.filter(pl.col("period") < periods)
        drawn = np.zeros(periods)
        np.add.at(drawn, inside["period"].to_numpy(), inside["expected"].to_numpy())
        if row["terms"] in LENDING:
            net = debt_service(row, drawn) - drawn
        elif row["terms"] in GIVEN:
            net = -drawn
        else:
            continue
        worth[row["party"]] = worth.get(row["party"], 0.0) + float(net @ factors)
    return worth


def expected_draws(effects: Effects, trade: ProgrammeTrade) -> pl.DataFrame:
    """Returns fund, option, period, expected: drawings weighted like the outlays that they pay."""
    outlays = _outlays(effects, trade).group_by("option", *OUTLAY_KEY).agg(
        share=pl.col("expected").sum() / pl.col("amount").sum()
    )  # fmt: skip
    share = pl.col("share").fill_nan(None).fill_null(1.0)
    return (
        trade.draws.join(outlays, on=["option", *OUTLAY_KEY], how="left", nulls_equal=True, maintain_order="left")
        .with_columns(expected=pl.col("amount") * share)
        .sort("fund", "option", "period", maintain_order=True)
    )


def debt_service(fund: Mapping[str, Any], drawn: Array) -> Array:
    """Returns what a lender is paid by quarter: principal, interest and fees, and at the end what is still owed.

    `drawn` at the ends of quarters. The first instalment follows the grace and the last drawing; a sculpted loan, whose
    instalments follow the cash of its option, counts with equal principal.
    """
    quarters = np.flatnonzero(drawn)
    if not len(quarters):
        return np.zeros_like(drawn)
    first = max(int(quarters[0] + round(fund["grace_quarters"])), int(quarters[-1])) + 1
    count = 0 if fund["years"] is None else round(4 * fund["years"])
    if fund["repayment"] == "bullet" and count:
        first, count = first + count - 1, 1
    rate, balance = fund["rate"] / 4.0, 0.0
    paid = fund["fee"] * drawn
    for t in range(len(drawn)):
        interest = balance * rate
        left = first + count - t
        repaid = 0.0
        if first <= t < first + count:
            share = annuity_share(rate, left) - rate if fund["repayment"] == "annuity" else 1.0 / left
            repaid = balance * share
        added = interest * fund["capitalised"] if t < first else 0.0
        paid[t] += repaid + interest - added
        balance += added + drawn[t] - repaid
    paid[-1] += balance
    return np.asarray(paid)
