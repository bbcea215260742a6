"""What each party has with and without a programme, by hand on the tiny case."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.tiny import SETTINGS, names, tables, tiny

from tawteen.appraise.parties import ProgrammeTrade, debt_service, party_accounts, party_results
from tawteen.appraise.prices import prices
from tawteen.case.build import case_of
from tawteen.case.settings import Settings
from tawteen.diagnose import diagnose
from tawteen.effects import effects_of
from tawteen.match import match
from tawteen.plan.outlook import no_rows
from tawteen.works import works_network

EXPORT = {"id": "mill-abroad", **names("Flour of the partner", "دقيق الشريك"), "region": "south", "commodity": "flour",
          "quantity": 2000.0, "variable_cost": 500.0, "foreign_share": 1.0, "partner": True}  # fmt: skip
FLOW = {"kind": pl.String, "id": pl.String, "commodity": pl.String, "region": pl.String, "period": pl.Int64,
        "amount": pl.Float64}  # fmt: skip
DRAW = {"fund": pl.String, "option": pl.String, "category": pl.String, "origin": pl.String, "period": pl.Int64,
        "amount": pl.Float64}  # fmt: skip
SUPPLY = {"pool_kind": pl.String, "pool": pl.String, "source": pl.String, "period": pl.Int64, "amount": pl.Float64}


def rows(schema, *values):
    return pl.DataFrame(list(values), schema=schema, orient="row")


def case_with(margin=None, share=None):
    parties = [dict(party) for party in SETTINGS["parties"]]
    if margin is not None:
        parties[1]["margin"] = margin
    changed = {"supplies": [*tables()["supplies"], EXPORT]}
    if share is not None:
        changed["commodities"] = [
            {**row, "partner_share": share} if row["id"] == "flour" else row for row in tables()["commodities"]
        ]
    return case_of(Settings(**{**SETTINGS, "parties": parties}), {**tables(), **changed})


def trade(value=1_000_000.0):
    """The mill is repaired in the first quarter; the partner's flour is bought in quarters 0 and 3, then in 0 alone."""
    sold = [("supply", "mill-abroad", "flour", "south", t, 1000.0) for t in (0, 3)]
    brought = ("import", "flour", "flour", "east", 1, 200.0)
    return ProgrammeTrade(
        starts=pl.DataFrame({"option": ["mill-repair"], "start": [0]}, schema={"option": pl.String, "start": pl.Int64}),
        value=value, do_nothing=0.0, flows=rows(FLOW, sold[0], brought), nothing_flows=rows(FLOW, *sold, brought),
        supply=rows(SUPPLY, ("capability", "mechanical", "ENG", 1, 120.0)),
        draws=rows(DRAW, ("line", "mill-repair", "spares", "foreign", 0, 10_000.0)),
    )  # fmt: skip


def results_of(case, programme_trade):
    effects = effects_of(case)
    matched = match(case, works_network(case, diagnose(case)))
    return tuple(work(case, effects, matched, programme_trade) for work in (party_results, party_accounts))


def test_sales_that_the_programme_takes_stand_beside_what_it_pays():
    case = case_with(margin=0.25)
    found, accounts = results_of(case, trade())
    assert found.schema == no_rows("parties").schema
    d = prices(case).discount
    # A quarter of 1000 t at 500 in quarters 0 and 3 without, in 0 with; 120 weeks at 900 in quarter 1; a line of 10,000
    # that is drawn in quarter 0, bears nothing, and is owed at the end of the horizon.
    before, after = 0.25 * 500_000 * (d(0) + d(3)), 0.25 * 500_000 * d(0)
    works, lent = 0.25 * 120 * 900 * d(1), 10_000 * (d(7) - d(0))
    items = {(party, item): (a, b) for party, item, a, b in accounts.iter_rows()}
    assert items["partner", "exports"] == pytest.approx((before, after))
    assert items["partner", "works"] == pytest.approx((0.0, works))
    assert items["partner", "funds"] == pytest.approx((0.0, lent))
    by_party = {row["party"]: row for row in found.iter_rows(named=True)}
    assert by_party["partner"]["gain"] == pytest.approx(after + works + lent - before)
    # The country counts foreign money with its premium of a fifth.
    assert by_party["host"]["with"] == pytest.approx(1_000_000 - 1.2 * lent)
    assert by_party["host"]["without"] == 0.0
    gains = [row["gain"] + row["transfer"] for row in by_party.values()]
    assert gains[0] == pytest.approx(gains[1])
    assert sum(row["transfer"] for row in by_party.values()) == pytest.approx(0.0, abs=1e-6)


def test_without_a_margin_sales_count_in_full_and_no_transfer_is_told():
    with_margin, _ = results_of(case_with(margin=1.0), trade())
    found, _ = results_of(case_with(), trade())
    assert found["gain"].to_list() == with_margin["gain"].to_list()
    assert found["transfer"].to_list() == [None, None]
    assert with_margin["transfer"].null_count() == 0


def test_parties_that_lose_together_have_no_transfer():
    found, _ = results_of(case_with(margin=0.5), trade(value=-5_000_000.0))
    assert found["transfer"].to_list() == [None, None]


def test_imports_count_by_the_stated_share_alone():
    case = case_with(margin=1.0, share=0.5)
    _, known = results_of(case, trade())
    _, unknown = results_of(case_with(margin=1.0), trade())
    sales = [frame.filter(item="exports")["with"][0] for frame in (known, unknown)]
    assert sales[0] - sales[1] == pytest.approx(0.5 * 200 * 400 * prices(case).discount(1))


def test_a_lender_gets_principal_interest_and_what_is_owed_at_the_end():
    fund = {"grace_quarters": 1.0, "years": 0.5, "repayment": None, "rate": 0.08, "fee": 0.01, "capitalised": 0.0}
    drawn = np.array([100.0, 0.0, 0.0, 0.0, 0.0])
    # Interest of 2 a quarter, two instalments of 50 from quarter 2 on.
    assert debt_service(fund, drawn) == pytest.approx([1.0, 2.0, 52.0, 51.0, 0.0])
    assert debt_service({**fund, "years": None}, drawn) == pytest.approx([1.0, 2.0, 2.0, 2.0, 102.0])
    level = debt_service({**fund, "repayment": "annuity"}, drawn)
    assert level[2] == pytest.approx(level[3])
    assert level[2] == pytest.approx(100 * 0.02 / (1 - 1.02**-2))
    assert debt_service({**fund, "capitalised": 1.0}, drawn)[2:4] == pytest.approx([51 + 2.04, 51 + 1.02])


def test_a_case_without_parties_has_no_rows():
    case = tiny()
    bare = case_of(Settings(**{**SETTINGS, "parties": []}), tables())
    assert results_of(bare, trade())[0].is_empty()
    assert results_of(case, trade())[0].height == 2
