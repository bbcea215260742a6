"""Small studies with one right value each, worked out by hand: cover, residual values, shares, shadow prices."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from tawteen.appraise.economic import country_view
from tawteen.appraise.statements import Statements, statements
from tawteen.appraise.study_file import study_of
from tawteen.case.findings import CaseError

BASE: dict[str, Any] = {
    "id": "x",
    "currency": "LYD",
    "profile": "comfar_iii",
    "discount": 0.1,
    "horizon": {"start": "2027", "construction": 1, "production": 5},
    "products": [{"id": "p"}],
    "sales": [{"id": "s", "product": "p", "quantity": 100, "price": 10}],
    "investments": [{"id": "m", "group": "machinery", "amount": {"2027": 1000}, "depreciation": {"life": 10}}],
    "costs": [{"id": "c", "category": "raw_materials", "variable": 300}],
    "equity": [{"id": "e", "amount": 1000}],
}


def small(**more: Any) -> Statements:
    return statements(study_of({**BASE, **more}))


def horizon(production: int) -> dict[str, Any]:
    return {"start": "2027", "construction": 1, "production": production}


def line(result: Statements, statement: str, item: str, **which: str) -> np.ndarray:
    return np.array([np.nan if v is None else v for v in result.line(statement, item, **which)])


def test_the_life_of_a_loan_ends_with_its_last_instalment() -> None:
    loan = {"id": "l", "kind": "annuity", "interest": 0.04, "draw": {"2027": 500}, "draw_at": 1.0, "first": "2028",
            "instalments": 4}  # fmt: skip
    result = small(horizon=horizon(12), loans=[loan])
    assert line(result, "ratios", "llcr")[1] == pytest.approx(700 * (1 - 1.04**-4) / 0.04 / 500)
    assert line(result, "debt", "loan_balance")[4:].tolist() == [0.0] * 9


def test_a_devalued_loan_is_discounted_in_one_money() -> None:
    """Cover is 1.4 in every year of the sculpted loan in dollars, so that it is 1.4 over its life at any start."""
    labels = [str(2027 + t) for t in range(9)]
    official = {label: 5 * 1.15**t for t, label in enumerate(labels)}
    loan = {"id": "l", "origin": "foreign", "currency": "USD", "kind": "sculpted", "interest": 0.08,
            "draw": {"2027": 340.241794753}, "draw_at": 1.0, "first": "2028", "target_dscr": 1.4}  # fmt: skip
    result = small(profile="excel", horizon=horizon(8), loans=[loan],
                   currencies=[{"code": "USD", "official": official}])  # fmt: skip
    assert line(result, "ratios", "dscr")[1:] == pytest.approx(1.4, rel=1e-6)
    assert line(result, "ratios", "llcr")[1:] == pytest.approx(1.4, rel=1e-6)


@pytest.mark.parametrize("interest", [0.0, 0.2])
@pytest.mark.parametrize("basis", ["total_capital"])
def test_interest_is_no_asset_of_the_project(interest: float, basis: str) -> None:
    loan = {"id": "l", "kind": "constant_principal", "interest": interest, "draw": {"2027": 500}, "first": "2028",
            "instalments": 4}  # fmt: skip
    result = small(loans=[loan], construction_interest={"life": 10})
    assert result.indicator(basis, "npv") == pytest.approx(1935.79, abs=5e-3)
    assert line(result, "balance", "total_assets") == pytest.approx(line(result, "balance", "total_claims"))


def test_a_share_of_dividends_is_a_share_of_all() -> None:
    equity = [{"id": "a", "amount": 300, "share": 0.3}, {"id": "b", "amount": 500}, {"id": "c", "amount": 200}]
    result = small(equity=equity, distribution={"payout": 1.0})
    for name, paid in {"a": 180.0, "b": 300.0, "c": 120.0}.items():
        assert line(result, "income", "dividends", name=name)[1:] == pytest.approx(paid)


def test_both_rates_of_a_flow_that_turns_twice() -> None:
    result = small(closing=[{"id": "clean_up", "amount": 3100}])
    shown = result.indicators.filter(basis="total_capital")["indicator"].to_list()
    assert {"irr_1", "irr_2"} <= set(shown)
    net = line(result, "total_capital", "net_cash_flow")
    for name in ("irr_1", "irr_2"):
        rate = result.indicator("total_capital", name)
        assert rate is not None
        assert (net * (1 + rate) ** -np.arange(len(net))).sum() == pytest.approx(0, abs=1e-6)


def test_a_rate_of_1900_percent_is_found() -> None:
    item = {**BASE["investments"][0], "amount": {"2027": 50}, "residual": 0.0}
    sale = {**BASE["sales"][0], "quantity": {"2028": 100}}
    result = small(sales=[sale], costs=[], investments=[item])
    assert result.indicator("total_capital", "irr") == pytest.approx(19.0)


def test_sculpted_loans_share_the_cash_until_all_are_repaid() -> None:
    def loan(name: str, amount: float) -> dict[str, Any]:
        return {"id": name, "kind": "sculpted", "interest": 0.08, "draw": {"2027": amount}, "draw_at": 1.0,
                "target_dscr": 1.4}  # fmt: skip

    result = small(horizon=horizon(8), loans=[loan("a", 300), loan("b", 1500)])
    cover, debt = line(result, "ratios", "dscr"), line(result, "balance", "debt")
    owing = debt > 1e-6
    assert cover[1:][owing[1:]] == pytest.approx(1.4, abs=1e-7)
    assert debt[-1] == pytest.approx(0, abs=1e-6)


def test_a_later_loan_leaves_the_cash_to_the_first() -> None:
    first = {"id": "a", "kind": "sculpted", "interest": 0.08, "draw": {"2027": 900}, "draw_at": 1.0, "target_dscr": 1.4}
    later = {**first, "id": "b", "first": "2030"}
    result = small(horizon=horizon(8), loans=[first, later])
    assert line(result, "debt", "loan_repaid", name="b", part="local")[1:3] == pytest.approx(0)
    assert line(result, "ratios", "dscr")[1:3] == pytest.approx(1.4, abs=1e-7)


COUNTRY: dict[str, Any] = {
    "investments": [{"id": "m", "group": "machinery", "amount": {"2027": 200}, "currency": "USD", "origin": "foreign",
                     "depreciation": {"life": 10}}],
    "costs": [{"id": "c", "category": "raw_materials", "variable": 60, "currency": "USD", "origin": "foreign",
               "stock_days": 360}],
    "currencies": [{"code": "USD", "official": 5}],
    "country": {"discount": 0.1, "cost_benefit": {"conversion": 0.8}},
}  # fmt: skip


def test_what_comes_in_at_a_shadow_price_leaves_at_it() -> None:
    view = country_view(small(**COUNTRY))
    economic = {(item, name): values for item, name, values in
                view.lines.filter(statement="economic").group_by("item", "name").agg("value").iter_rows()}  # fmt: skip
    assert economic["asset", "m"][0] == pytest.approx(-1250)
    assert economic["residual_assets", "m"][-1] == pytest.approx(625)
    assert economic["growth_stock", "c"][1] == pytest.approx(-375)
    assert economic["residual_stock", "c"][-1] == pytest.approx(375)


def test_cost_benefit_is_of_what_the_project_adds() -> None:
    """A quarter of the sales and of the cost in dollars stands without it: 60 × 5 / 0.8 less as much of 15."""
    cost = {**COUNTRY["costs"][0], "variable": 15, "stock_days": 0}
    without = {"products": BASE["products"], "sales": [{**BASE["sales"][0], "quantity": 25}], "costs": [cost]}
    view = country_view(small(**COUNTRY, without=without))
    rows = view.lines.filter(statement="economic", label="2028").select("item", "value")
    found = dict(rows.group_by("item").agg(pl.col("value").sum()).iter_rows())
    assert found["sale"] == pytest.approx(1000 - 250)
    assert found["cost"] == pytest.approx(-375 + 93.75)
    assert found["growth_stock"] == pytest.approx(-375)


def test_a_shadow_price_may_be_of_an_item_without_the_project() -> None:
    idle = {"id": "idle", "category": "care", "fixed": 10}
    benefit = {"shadows": [{"item": "idle", "factor": 0.5}]}
    told = {**BASE, "country": {"discount": 0.1, "cost_benefit": benefit}}
    view = country_view(statements(study_of({**told, "without": {"costs": [idle]}})))
    assert view.lines.filter(statement="economic", name="idle")["value"].to_list()[1] == pytest.approx(5.0)
    with pytest.raises(CaseError):
        study_of(told)


def test_a_machine_sold_leaves_at_its_shadow_price() -> None:
    view = country_view(small(**COUNTRY, disposals=[{"item": "m", "period": "2030", "proceeds": 400}]))
    sold = view.lines.filter(statement="economic", item="disposals")["value"].to_list()
    assert sold[3] == pytest.approx(500)


def test_net_present_value_per_unit_of_investment() -> None:
    """700 a year after 1,000: investments are all that is spent on assets, not the losses of single years."""
    result = small(costs=[{"id": "c", "category": "labour", "fixed": {"2028+": 300, "2030": 1500}}])
    npv = result.indicator("total_capital", "npv")
    assert npv is not None
    assert result.indicator("total_capital", "npv_ratio") == pytest.approx(npv / 1000)
    owners = result.indicator("shareholders", "npv")
    assert owners is not None
    assert result.indicator("shareholders", "npv_ratio") == pytest.approx(owners / 1000)


def test_rounding_is_no_outlay_of_a_modified_rate() -> None:
    """0.1 + 0.2 − 0.3 leaves −5.6e-17 somewhere: what never costs anything has no modified rate either."""
    costs = [{"id": str(n), "category": "labour", "fixed": {"2028+": v}} for n, v in enumerate((0.1, 0.2, -0.0))]
    sale = {**BASE["sales"][0], "quantity": {"2028": 0.3, "2029+": 3}, "price": 1}
    result = small(investments=[], costs=costs, sales=[sale], equity=[])
    assert line(result, "total_capital", "net_cash_flow")[1] != 0
    row = result.indicators.filter(basis="total_capital", indicator="mirr").row(0, named=True)
    assert row["value"] is None
    assert row["reason"]


def test_what_is_bought_again_after_its_sale_is_written_off() -> None:
    item = {"id": "m", "group": "machinery", "amount": {"2027": 1000, "2030": 500}, "depreciation": {"life": 5}}
    result = small(investments=[item], disposals=[{"item": "m", "period": "2029", "proceeds": 700}])
    assert line(result, "investment", "depreciation") == pytest.approx([0, 200, 200, 0, 100, 100])
    assert line(result, "income", "disposal_gain")[2] == pytest.approx(100)
    assert line(result, "balance", "fixed_assets") == pytest.approx([1000, 800, 0, 500, 400, 300])
    kept = small(investments=[{**item, "residual": 0.1}], disposals=[{"item": "m", "period": "2029", "proceeds": 700}])
    assert line(kept, "total_capital", "residual_assets")[-1] == pytest.approx(50)


def test_receivables_with_sales_tax_carry_the_tax_owed() -> None:
    """Buyers owe 73 days of 1,100 with tax; the tenth that is tax is owed to the state."""
    sale = {"id": "s", "product": "p", "quantity": 100, "price": 10, "sales_tax": 0.1, "buyer": "b"}
    result = small(profile="excel", sales=[sale], buyers=[{"id": "b", "days": 73}])
    assert line(result, "balance", "receivables")[1] == pytest.approx(220)
    assert line(result, "balance", "tax_payable")[1] == pytest.approx(20)
    untaxed = small(profile="excel", sales=[{**sale, "sales_tax": 0.0}], buyers=[{"id": "b", "days": 73}])
    assert result.indicator("total_capital", "npv") == pytest.approx(untaxed.indicator("total_capital", "npv"))


def test_a_half_first_year_moves_depreciation_by_half_a_year() -> None:
    item = {**BASE["investments"][0], "depreciation": {"life": 4, "first_part": 0.5}}
    off = line(small(investments=[item]), "investment", "depreciation")
    assert off == pytest.approx([0, 125, 250, 250, 250, 125])
    digits = {"method": "sum_of_years", "life": 2, "first_part": 0.25}
    off = line(small(investments=[{**item, "depreciation": digits}]), "investment", "depreciation")
    assert off[:4] == pytest.approx([0, 2000 / 12, 500 + 1000 / 12, 250])


def test_the_first_year_undiscounted_and_all_values_in_the_last() -> None:
    result = small(profile="year_zero")
    flows = [-1000, 700, 700, 700, 700, 700 + 500]
    assert line(result, "total_capital", "net_cash_flow") == pytest.approx(flows)
    assert result.indicator("total_capital", "npv") == pytest.approx(sum(f / 1.1**t for t, f in enumerate(flows)))


def test_interest_is_a_margin_over_a_base_rate() -> None:
    loan = {"id": "l", "kind": "constant_principal", "interest": 0.02, "base": {"2027+": 0.05, "2029+": 0.08},
            "draw": {"2027": 400}, "draw_at": 1.0, "first": "2028", "instalments": 4}  # fmt: skip
    result = small(loans=[loan])
    assert line(result, "debt", "loan_interest") == pytest.approx([0, 28, 30, 20, 10, 0])


def test_tax_on_inputs_waits_for_tax_on_sales() -> None:
    """100 on the machine; 80 less 30 a year are due on sales: two years take the claim."""
    machine = {**BASE["investments"][0], "input_tax": 0.1}
    cost = {**BASE["costs"][0], "input_tax": 0.1}
    sale = {**BASE["sales"][0], "sales_tax": 0.08}
    result = small(investments=[machine], costs=[cost], sales=[sale])
    assert line(result, "balance", "tax_credit") == pytest.approx([100, 50, 0, 0, 0, 0])
    untaxed = small()
    gap = line(result, "total_capital", "net_cash_flow") - line(untaxed, "total_capital", "net_cash_flow")
    assert gap == pytest.approx([-100, 50, 50, 0, 0, 0, 0])
    assert line(result, "balance", "total_assets") == pytest.approx(line(result, "balance", "total_claims"))
