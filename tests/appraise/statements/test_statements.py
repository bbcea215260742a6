"""What the statements count and what they tell, against numbers derived by hand."""

from __future__ import annotations

import itertools
from typing import Any

import polars as pl
import pytest
from tests.appraise.statements.textbook import study

from tawteen.appraise.economic import country_view
from tawteen.appraise.profile import PROFILES
from tawteen.appraise.statements import Statements, statements
from tawteen.appraise.statements.model import indicator_label
from tawteen.appraise.study_file import study_of
from tawteen.words import LANGS, Lang, Words

PLANT: dict[str, Any] = {
    "id": "plant",
    "currency": "LYD",
    "discount": 0.1,
    "horizon": {"start": "2027", "construction": 1, "production": 3},
    "products": [{"id": "p"}],
    "sales": [{"id": "s", "product": "p", "quantity": 100, "price": 36}],
    "costs": [{"id": "ore", "category": "raw_materials", "variable": 1800}],
    "investments": [{"id": "line", "group": "machinery", "amount": 3000, "depreciation": {"life": 3}}],
    "equity": [{"id": "owner", "amount": 3000}],
}


def plant(profile: str = "comfar_iii", **more: Any) -> Statements:
    return statements(study_of({**PLANT, **more}), PROFILES[profile])  # type: ignore[index]


def test_state_buyers_pay_late() -> None:
    """60 days due and 120 days late: half a year of the cost of what is bought, or of sales under Excel."""
    state = {"buyers": [{"id": "state", "kind": "state", "days": 60, "late_days": 120}]}
    sales = [{**PLANT["sales"][0], "buyer": "state", "sales_tax": 0.1}]
    assert plant(**state, sales=sales).line("balance", "receivables")[1:] == pytest.approx([900] * 3)
    excel = plant("excel", **state, sales=sales).line("balance", "receivables")[1:]
    assert excel == pytest.approx([3600 * 1.1 * 180 / 365] * 3)


def test_letters_of_credit_tie_up_cash() -> None:
    """A cover of 40 % over a lead time of 90 days of inputs of 1800 a year: 180, and it returns at the end."""
    costs = [{**PLANT["costs"][0], "credit_cover": 0.4, "credit_days": 90}]
    result = plant(costs=costs)
    assert result.line("balance", "credit_margin") == pytest.approx([0, 180, 180, 180])
    assert result.line("cash_plan", "working_capital_growth") == pytest.approx([0, 180, 0, 0])
    assert result.line("total_capital", "residual_working_capital")[-1] == pytest.approx(180)


def test_a_deficit_is_shown_and_told_and_not_covered() -> None:
    result = plant(equity=[{"id": "owner", "amount": 2000}])
    assert result.line("cash_plan", "cash") == pytest.approx([-1000, 800, 2600, 4400])
    assert result.line("cash_plan", "deficit") == pytest.approx([-1000, 0, 0, 0])
    assert result.line("balance", "deficit_uncovered") == pytest.approx([1000, 0, 0, 0])
    assert [(f.code, f.value, f.args["amount"]) for f in result.findings] == [("statements.deficit", "2027", -1000.0)]


def test_a_plant_that_lacks_nothing_has_nothing_to_tell() -> None:
    assert plant().findings == ()


def test_sunk_money_counts_in_no_flow() -> None:
    old = {"id": "old", "group": "buildings", "amount": 5000, "depreciation": {"life": 5}, "sunk": True}
    result = plant(investments=[*PLANT["investments"], old])
    assert result.line("total_capital", "net_cash_flow") == plant().line("total_capital", "net_cash_flow")
    assert [(f.code, f.value) for f in result.findings] == [("statements.sunk", "old")]


def test_references_of_present_value() -> None:
    """−3000, then 1800 three times: UNIDO and COMFAR leave the first year undiscounted, Excel does not."""
    comfar = -3000 + sum(1800 / 1.1**t for t in (1, 2, 3))
    assert plant().indicator("total_capital", "npv") == pytest.approx(comfar)
    assert plant("excel").indicator("total_capital", "npv") == pytest.approx(comfar / 1.1)
    assert plant("excel").indicator("total_capital", "irr") == pytest.approx(plant().indicator("total_capital", "irr"))


def test_paybacks() -> None:
    """−3000 + 1800 + 1800: two thirds into the second year of production."""
    assert plant().indicator("total_capital", "payback_years") == pytest.approx(2 + 1200 / 1800)
    poor = plant(sales=[{**PLANT["sales"][0], "price": 20}])
    assert poor.indicator("total_capital", "payback_years") is None
    row = poor.indicators.filter(basis="total_capital", indicator="payback_years").row(0, named=True)
    assert row["reason"] == "statements.never_pays_back"


def test_modified_rate_of_return() -> None:
    """1800 three times carried to the end at 10 % over 3000 spent at the start; the year after is part of COMFAR's."""
    final = 1800 * (1.1**2 + 1.1 + 1)
    assert plant("excel").indicator("total_capital", "mirr") == pytest.approx((final / 3000) ** (1 / 3) - 1)
    assert plant("unido_1991").indicator("total_capital", "mirr") is None


def test_every_internal_rate_is_found() -> None:
    """−1000, 2500, −1540: rates of 10 % and 40 %, closing at the end."""
    result = plant(
        horizon={"start": "2027", "construction": 1, "production": 1},
        investments=[{"id": "line", "group": "land", "amount": 1000, "residual": 0.0}],
        sales=[{**PLANT["sales"][0], "price": 43}],
        closing=[{"id": "clean_up", "amount": 1540}],
    )
    assert result.line("total_capital", "net_cash_flow") == pytest.approx([-1000, 2500, -1540])
    rates = {row["indicator"]: row for row in result.indicators.filter(basis="total_capital").iter_rows(named=True)}
    assert rates["irr"]["value"] is None
    assert rates["irr"]["reason"] == "appraise.irr_several"
    assert [rates["irr_1"]["value"], rates["irr_2"]["value"]] == pytest.approx([0.1, 0.4])


def test_flows_that_never_turn_have_no_rate() -> None:
    result = plant(sales=[])
    row = result.indicators.filter(basis="total_capital", indicator="irr").row(0, named=True)
    assert (row["value"], row["reason"]) == (None, "appraise.irr_never_pays")
    assert "statements.no_sales" in {f.code for f in result.findings}
    assert set(result.line("ratios", "net_margin")) == {None}


def test_with_without_and_the_difference() -> None:
    """Without the project 200 of idle wages and 50 of care a year; with it they are gone from production on."""
    idle = {
        "costs": [
            {"id": "idle_wages", "category": "care", "fixed": {"2027+": 200}},
            {"id": "care", "category": "care", "fixed": {"2027+": 50}},
        ]
    }
    waiting = {"id": "idle_wages", "category": "care", "fixed": {"2027": 250}}
    result = plant(costs=[*PLANT["costs"], waiting], without=idle)
    assert result.without is not None
    assert result.incremental is not None
    assert result.without.profile == result.profile
    assert result.without.line("total_capital", "net_cash_flow") == pytest.approx([-250, -250, -250, -250, 0])
    net = result.incremental.lines.filter(statement="total_capital", item="net_cash_flow")["value"].to_list()
    assert net == pytest.approx([-3000, 2050, 2050, 2050, 0])
    npv = result.incremental.indicators.filter(basis="total_capital", indicator="npv")["value"][0]
    assert npv == pytest.approx(sum(v / 1.1**t for t, v in enumerate(net)))
    care = result.incremental.lines.filter(statement="production", item="cost", name="care")["value"].to_list()
    assert care == pytest.approx([-50, -50, -50, -50])


def test_residual_values_closing_and_sales_of_assets() -> None:
    """Land 500 sold for 700 in 2029: a gain of 200; machinery fetches a fifth of its cost; clean-up costs 90."""
    result = plant(
        investments=[
            {**PLANT["investments"][0], "residual": 0.2},
            {"id": "land", "group": "land", "amount": 500},
        ],
        disposals=[{"item": "land", "period": "2029", "proceeds": 700}],
        closing=[{"id": "clean_up", "amount": 90}],
    )
    assert result.line("income", "disposal_gain") == pytest.approx([0, 0, 200, 0])
    assert result.line("total_capital", "disposals") == pytest.approx([0, 0, 700, 0, 0])
    assert result.line("total_capital", "net_cash_flow")[-1] == pytest.approx(600 - 90)
    assert result.line("balance", "fixed_assets") == pytest.approx([3500, 2500, 1000, 0])


def test_an_existing_company_starts_from_its_balance() -> None:
    """Stocks of 300 are there; 90 days of inputs need 450, so 150 are bought."""
    result = plant(
        costs=[{**PLANT["costs"][0], "stock_days": 90}],
        horizon={"start": "2027", "construction": 0, "production": 3},
        opening={
            "stocks": 300,
            "cash": 100,
            "fixed_assets": [{"id": "hall", "value": 600, "depreciation": {"life": 6}}],
            "equity": 900,
            "retained": 100,
        },
    )
    assert result.line("working_capital", "working_capital_growth") == pytest.approx([150, 0, 0])
    assert result.line("cash_plan", "cash")[0] == pytest.approx(100 + 1800 - 150)
    assert result.line("balance", "fixed_assets") == pytest.approx([3000 + 500, 2000 + 400, 1000 + 300])
    assert result.line("balance", "total_assets") == pytest.approx(result.line("balance", "total_claims"))


def test_tax_holiday_begins_with_production() -> None:
    """A profit of 800 a year at 25 %: the first of three years of production is free."""
    result = plant(tax={"holiday": 1, "brackets": [{"above": 0, "rate": 0.25}]})
    assert result.line("income", "income_tax") == pytest.approx([0, 0, 200, 200])


def test_an_investment_allowance_is_a_loss_to_carry() -> None:
    """Half of 3000 is deducted in 2027: 1500 less 800 in 2028, 700 of 800 in 2029."""
    result = plant(tax={"carry_forward": 3, "investment_allowance": 0.5, "brackets": [{"above": 0, "rate": 0.25}]})
    assert result.line("income", "income_tax") == pytest.approx([0, 0, 25, 200])


def test_quarters_are_taxed_by_year() -> None:
    """A loss of one quarter and profits of three are one profit of the year, taxed in its last quarter."""
    result = statements(
        study_of(
            {
                **PLANT,
                "horizon": {"start": "2027-Q1", "period": "quarter", "construction": 0, "production": 4},
                "investments": [],
                "costs": [],
                "sales": [{**PLANT["sales"][0], "price": {"2027-Q2+": 36}}],
                "tax": {"brackets": [{"above": 0, "rate": 0.1}]},
            }
        )
    )
    assert result.line("income", "sales") == pytest.approx([0, 900, 900, 900])
    assert result.line("income", "income_tax") == pytest.approx([0, 0, 0, 270])
    assert result.accounts.time.labels[:4] == ("2027-Q1", "2027-Q2", "2027-Q3", "2027-Q4")


def test_quarters_are_discounted_by_quarters() -> None:
    """1000 spent, 1100 a year later: an internal rate of 10 % a year, and nothing over at that rate."""
    result = statements(
        study_of(
            {
                **PLANT,
                "horizon": {"start": "2027-Q1", "period": "quarter", "construction": 1, "production": 4},
                "investments": [{"id": "line", "group": "land", "amount": 1000, "residual": 0.0}],
                "costs": [],
                "sales": [{**PLANT["sales"][0], "quantity": {"2028-Q1": 100}, "price": 44}],
            }
        )
    )
    assert result.indicator("total_capital", "irr") == pytest.approx(0.1)
    assert result.indicator("total_capital", "npv") == pytest.approx(0.0, abs=1e-9)


def test_each_flow_takes_its_own_exchange_rate() -> None:
    """Inputs of 100 USD at the parallel 8, exports of 100 USD at the official 5."""
    result = plant(
        currencies=[{"code": "USD", "official": 5, "parallel": 8, "taxed": 6}],
        sales=[{**PLANT["sales"][0], "quantity": 10, "price": 10, "currency": "USD", "origin": "foreign"}],
        costs=[
            {"id": "ore", "category": "raw_materials", "fixed": 100, "currency": "USD", "rate": "parallel"},
            {"id": "gas", "category": "energy", "fixed": 100, "currency": "USD", "rate": "taxed"},
        ],
    )
    assert result.line("sales", "sale", name="s", part="foreign")[1:] == pytest.approx([500] * 3)
    assert result.line("production", "cost", name="ore", part="local")[1:] == pytest.approx([800] * 3)
    assert result.line("production", "cost", name="gas", part="local")[1:] == pytest.approx([600] * 3)


def test_prices_grow_by_inflation_or_their_own_escalation() -> None:
    result = plant(inflation=0.1, costs=[{**PLANT["costs"][0], "escalation": {"2028": 0.5}}])
    assert result.line("income", "sales") == pytest.approx([0, 3960, 4356, 4791.6])
    assert result.line("income", "variable_costs") == pytest.approx([0, 2700, 2700, 2700])


def test_dividends_by_class() -> None:
    """Profit of 800: 5 % preferred on 1000, and half of the profit to ordinary shares by 2000 and 1000 paid in."""
    equity = [{"id": "bank", "amount": 1000, "preferred": 0.05}, {"id": "owner", "amount": 2000, "origin": "foreign"}]
    result = plant(equity=equity, distribution={"payout": 0.5})
    assert result.line("income", "dividends", name="bank")[1:] == pytest.approx([50 + 400 / 3] * 3)
    assert result.line("cash_plan", "dividends", part="foreign")[1:] == pytest.approx([800 / 3] * 3)


def test_wide_schedules_in_both_languages() -> None:
    result = statements(study("unido_1991_garment"))
    for lang in LANGS:
        wide = result.wide("income", Words(lang))
        assert wide.columns[3:] == [str(year) for year in range(1991, 2008)]
        assert wide.height == result.wide("income").height
        assert wide["item"][0] == {"en": "Sales", "ar": "المبيعات"}[lang]


@pytest.mark.parametrize("lang", LANGS)
def test_everything_shown_has_a_label(lang: Lang) -> None:
    words = Words(lang)
    results = [statements(study(*name)) for name in (("unido_1991_garment",), ("steel_mill",))]
    costs = [{**PLANT["costs"][0], "stock_days": 9, "credit_cover": 1, "credit_days": 9, "payable_days": 9}]
    country = {"discount": 0.1, "cost_benefit": {}, "carbon": {"emission": 1, "price": 1}}
    buyers = {"buyers": [{"id": "b", "days": 9}], "sales": [{**PLANT["sales"][0], "buyer": "b"}]}
    days = {"work_in_progress_days": 9, "finished_days": 9, "cash_days": 9}
    results.append(plant(costs=costs, country=country, working_capital=days, **buyers))
    frames = [f for r in results for f in (r.lines, country_view(r).lines)]
    for frame, column in itertools.product(frames, ("statement", "item", "part")):
        for code in frame[column].unique():
            assert words.say(f"statements.{column}.{code}") != f"statements.{column}.{code}"
    for found in [f for r in results for f in (r.indicators, country_view(r).indicators)]:
        for name in found["indicator"]:
            assert not indicator_label(name, words).startswith("statements.")
        for reason in found["reason"].drop_nulls():
            assert words.say(reason) != reason
    for name in PROFILES:
        assert words.say(f"statements.profile.{name}") != f"statements.profile.{name}"
    for frame in frames:
        assert frame.filter(pl.col("value").is_null() & pl.col("reason").is_null()).is_empty()
