"""Parties and uncovered losses as the report shows them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tawteen.appraise.parties import party_results
from tawteen.appraise.prices import prices
from tawteen.appraise.programme_cash import programme_cash
from tawteen.plan.trade import trade_of
from tawteen.report.parties import parties
from tawteen.report.risk_flags import losing_parties, uncovered_losses


def with_parties(read):
    return replace(read, parties=party_results(read.case, read.effects, read.match, trade_of(read.programme)))


def test_each_party_has_its_items_and_their_sum(read):
    (exhibit,) = parties(with_parties(read))
    for (party,), rows in exhibit.table.group_by("party", maintain_order=True):
        whole = rows.filter(item="all")
        assert whole.height == 1, party
        assert rows.filter(pl.col("item") != "all")["gain"].sum() == pytest.approx(whole["gain"][0])
    host = exhibit.table.filter(party="host", item="value")
    assert host.select("without", "with").row(0) == (-32_000_000.0, -30_000_000.0)
    # The partner of the tiny case states no margin: that, and which imports are its own, is said.
    assert "margin" in exhibit.note[0]
    assert "partner_share" in exhibit.note[0]
    assert exhibit.table["transfer"].null_count() == exhibit.table.height
    assert set(exhibit.table.filter(item="works")["party"]) == {"partner"}


def test_a_loss_that_no_grant_covers_is_named(read):
    chosen = read.chosen.filter(pl.col("site") == "mill").select("option", "period")
    cash = programme_cash(
        read.case, read.effects, chosen, read.programme.throughput, read.programme.nothing_throughput, view="financial"
    )
    factors = [prices(read.case, "financial").discount(t) for t in range(read.periods)]
    gains = [w - o for w, o in cash.sort("period").select("net", "net_without").iter_rows()]
    loss = -sum(g * f for g, f in zip(gains, factors, strict=True))
    named = {flag.subject: flag.value for flag in uncovered_losses(read)}
    assert named.keys() == ({"mill"} if loss > 0 else set())
    # A grant that pays what is lost covers it; one that is taken back brings a loss that is named.
    draws = read.programme.draws.head(1).with_columns(fund=pl.lit("gift"), period=pl.lit(0, pl.Int64))
    given = read.case["funds"].head(1).with_columns(id=pl.lit("gift"), terms=pl.lit("grant"))
    case = replace(read.case, tables={**read.case.tables, "funds": pl.concat([read.case["funds"], given])})
    for beyond, expected in ((1.0, set()), (-1_000.0, {"mill"})):
        gift = draws.with_columns(amount=pl.lit((loss + beyond) / factors[0]))
        programme = replace(read.programme, draws=pl.concat([read.programme.draws, gift]))
        flags = uncovered_losses(replace(read, case=case, programme=programme))
        assert {flag.subject for flag in flags} == expected
        assert all(flag.raised and flag.value == pytest.approx(-beyond) for flag in flags)


def test_a_grant_covers_a_conditional_start_with_its_chance(read):
    """What is lost is expected: of a grant of 100 for works that go on with a chance of a half, 50 count."""
    started = read.programme.sites.filter(id="mill")
    outlay = read.effects.outlays.filter(pl.col("option") == started["option"][0], ~pl.col("sure")).head(1)
    halved = read.effects.options.with_columns(
        chance=pl.when(pl.col("option") == started["option"][0]).then(0.5).otherwise(pl.col("chance"))
    )
    draw = read.programme.draws.head(1).with_columns(
        fund=pl.lit("gift"), option=outlay["option"], category=outlay["category"], origin=outlay["origin"],
        period=outlay["quarter"].cast(pl.Int64) + started["period"][0],
    )  # fmt: skip
    given = read.case["funds"].head(1).with_columns(id=pl.lit("gift"), terms=pl.lit("grant"))
    case = replace(read.case, tables={**read.case.tables, "funds": pl.concat([read.case["funds"], given])})
    effects = replace(read.effects, options=halved)
    before, after = (
        sum(flag.value for flag in uncovered_losses(replace(read, case=case, effects=effects, programme=programme)))
        for programme in (
            replace(read.programme, draws=pl.concat([read.programme.draws, draw.with_columns(amount=pl.lit(amount))]))
            for amount in (-1_000_000.0, -3_000_000.0)
        )
    )
    factor = prices(case, "financial").discount(int(draw["period"][0]))
    assert after - before == pytest.approx(0.5 * 2_000_000.0 * factor)


def test_a_loss_of_rounding_is_none_and_one_of_half_a_million_is_one_in_a_case_kept_in_millions(read):
    parties = with_parties(read).parties
    for with_it, expected in ((-32_000_000.0 - 7e-9, set()), (-32_000_000.4, {"host"})):
        host = pl.col("party") == "host"
        moved = parties.with_columns(
            pl.when(host).then(with_it).otherwise(pl.col("without")).alias("with"),
            gain=pl.when(host).then(with_it + 32_000_000.0).otherwise(0.0),
        )
        assert {flag.subject for flag in losing_parties(replace(read, parties=moved))} == expected


def test_a_party_without_a_margin_sells_less_and_one_with_it_loses(read):
    stated = with_parties(read)
    losing = replace(stated, parties=stated.parties.with_columns(gain=pl.lit(-5.0)))
    codes = {flag.subject: flag.code for flag in losing_parties(losing)}
    assert codes == {"host": "party_loses", "partner": "party_sells_less"}
    parties_of = [party.model_copy(update={"margin": 0.1}) for party in read.case.settings.parties]
    case = replace(read.case, settings=read.case.settings.model_copy(update={"parties": tuple(parties_of)}))
    told = losing_parties(replace(losing, case=case))
    assert {flag.code for flag in told} == {"party_loses"}
