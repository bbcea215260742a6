"""Cash and indicators: hand-derived, and tied to the value of a start."""

import numpy as np
import polars as pl
import pytest
from tests.appraise.test_value import rich
from tests.tiny import tables, tiny

from tawteen.appraise import appraise, prices
from tawteen.appraise.appraisal import VIEWS
from tawteen.appraise.rates import SEVERAL, all_rates, internal_rates
from tawteen.appraise.value import discounts, start_values
from tawteen.case.generate import generate
from tawteen.effects import effects_of
from tawteen.words import LANGS, Words


@pytest.fixture(scope="module")
def appraised():
    case = tiny()
    return appraise(case, effects_of(case))


def cash(appraisal, option, view):
    return {r["period"]: r for r in appraisal.cash.filter(option=option, view=view).to_dicts()}


def indicators(appraisal, option, view):
    return appraisal.indicators.filter(option=option, view=view).row(0, named=True)


def test_cash_of_the_mill_in_its_third_quarter(appraised):
    # 1500 t: flour 400 + 20 + 40 = 460; wheat 305 and power 180 as inputs; 8 a tonne and 20,000 fixed, 10,000 of care
    # that ends; 20 new workers at 1200.
    row = cash(appraised, "mill-repair", "financial")[2]
    assert row["sales"] == pytest.approx(1500 * 460)
    assert row["inputs"] == pytest.approx(-1500 * (1.3 * 305 + 0.12 * 180))
    assert row["running"] == pytest.approx(-1500 * 8 - 20_000)
    assert row["wages"] == pytest.approx(-24_000)
    assert row["net_without"] == -10_000
    # The premium of 0.2 falls on CIF and on half of the cost of diesel power; new work at 0.6 of its wage; carbon of
    # 0.06 t at 5 a tonne of flour.
    row = cash(appraised, "mill-repair", "economic")[2]
    assert row["sales"] == pytest.approx(1500 * 540)
    assert row["inputs"] == pytest.approx(-1500 * (1.3 * 355 + 0.12 * 180 * 1.1))
    assert row["running"] == pytest.approx(-1500 * 8.3 - 20_000)
    assert row["wages"] == pytest.approx(-0.6 * 24_000)


def test_investment_by_origin(appraised):
    row = cash(appraised, "mill-repair", "economic")[0]
    assert row["investment_local"] == pytest.approx(-30_000)
    # Parts, and a crew with no local share, at a premium of 0.2.
    assert row["investment_foreign"] == pytest.approx(-(93_750 + 108_000) * 1.2)
    # The electricians of the second quarter have a local share of 0.3.
    row = cash(appraised, "mill-repair", "economic")[1]
    assert row["investment_foreign"] == pytest.approx(-(56_250 * 1.2 + 60_000 * (1 + 0.2 * 0.7)))


def test_working_capital_returns(appraised):
    for option in ("mill-repair", "cables-rehab"):
        rows = cash(appraised, option, "financial")
        assert sum(r["working_capital"] for r in rows.values()) == pytest.approx(0)
        assert rows[1]["working_capital"] < 0 < rows[7]["working_capital"]


def test_net_is_the_sum_of_its_columns(appraised):
    parts = pl.sum_horizontal(pl.exclude("option", "view", "period", "net", "net_without"))
    assert (appraised.cash.select(parts).to_series() - appraised.cash["net"]).abs().max() < 1e-6


def test_taken_over_line_stands_while_it_is_worked_on(appraised):
    rows = cash(appraised, "pasta-more", "financial")
    # 1500 t of flour at 420, 1.35 t of wheat at 265, 0.15 MWh at 60, 10 a tonne, 15,000 fixed, 20 workers.
    without = 1500 * (420 - 1.35 * 265 - 0.15 * 60 - 10) - 15_000 - 24_000
    assert rows[0]["net_without"] == pytest.approx(without)
    # The works of eight weeks leave five of thirteen to the line, whose people are paid throughout.
    margin = 1500 * (420 - 1.35 * 265 - 0.15 * 60 - 10)
    assert rows[0]["net"] == pytest.approx(-80_000 - 40_000 + margin * 5 / 13 - 15_000 - 24_000)
    assert rows[1]["sales"] == pytest.approx(2200 * 420)


@pytest.mark.parametrize("view", VIEWS)
def test_present_value_is_that_of_the_start_and_what_it_makes(view):
    """NPV = c[o, earliest] + margin of its output − margin of the line it takes over − what its pools cost."""
    case = rich()
    effects = effects_of(case)
    appraisal, at = appraise(case, effects), prices(case, view)
    d = discounts(at, 20)
    values = {(o, s): v for o, s, v in start_values(case, effects, at).iter_rows()}
    chosen = effects.options.filter((pl.col("kind") != "as_is") & pl.col("available")).to_dicts()
    assert len(chosen) == 9
    margins = dict(appraisal.indicators.filter(view=view).select("option", "margin").iter_rows())
    # Flour in the east and inputs there, less 10 and carbon: what the running line earns a tonne.
    phi = at.premium
    line = (400 * (1 + phi) + 20) - 1.35 * (250 * (1 + phi) + 15) - 0.15 * 60 - 10 - at.carbon * 0.5 * 0.15
    pool_price = {"mechanical": 900 * (1 + phi), "electrical": 1000 * (1 + 0.7 * phi), "electricians": 2000 * 13 / 6}
    for o in chosen:
        s = o["earliest"]
        total = values[o["option"], s]
        for row in effects.profile.filter(option=o["option"]).to_dicts():
            if s + row["quarter"] < 20:
                total += d[s + row["quarter"]] * row["capacity"] * margins[o["option"]]
                if o["takeover"] is not None and row["quarter"] >= o["takeover"]:
                    total -= d[s + row["quarter"]] * 1500 * line * o["chance"]
        for need in effects.needs.filter(option=o["option"]).to_dicts():
            total -= d[s + need["quarter"]] * need["amount"] * pool_price[need["pool"]]
        assert indicators(appraisal, o["option"], view)["npv"] == pytest.approx(total, rel=1e-9, abs=1e-4), o["option"]


def test_present_value_at_the_internal_rate_is_nothing(appraised):
    found = appraised.indicators.drop_nulls("irr")
    assert found.height >= 6
    for option, view, rate in found.select("option", "view", "irr").iter_rows():
        rows = appraised.cash.filter(option=option, view=view)
        gain = (rows["net"] - rows["net_without"]).to_list()
        assert sum(g * (1 + rate) ** (-(t + 1) / 4) for t, g in enumerate(gain)) == pytest.approx(0, abs=1e-3)


def test_reasons_without_rate_are_said(appraised):
    survey = indicators(appraised, "mill:survey", "economic")
    assert (survey["irr"], survey["payback_quarters"], survey["local_content"]) == (None, None, None)
    assert ((appraised.indicators["irr"].is_null()) == (appraised.indicators["irr_reason"].is_not_null())).all()
    for lang in LANGS:
        assert Words(lang).say(survey["irr_reason"]) != survey["irr_reason"]


def test_payback_is_the_quarter_from_which_nothing_is_owed():
    case = tiny()
    appraisal = appraise(case, effects_of(case))
    rows = cash(appraisal, "cables-rehab", "financial")
    total, covered = 0.0, None
    for period, row in rows.items():
        total += row["net"] - row["net_without"] - row["residual"]
        covered = None if total < 0 else covered or period + 1
    assert indicators(appraisal, "cables-rehab", "financial")["payback_quarters"] == covered == 6


def test_money_abroad_and_local_content(appraised):
    row = indicators(appraised, "mill-repair", "financial")
    # 12,000 t a year: flour at 400 replaces imports, 1.3 t of wheat at 250 is imported.
    assert row["foreign_exchange"] == pytest.approx(12_000 * (400 - 1.3 * 250))
    assert row["margin"] == pytest.approx(460 - 1.3 * 305 - 0.12 * 180 - 8)
    # Foreign investment of 150,000 + 168,000 over 12 years at 8 %.
    annuity = 318_000 * 0.08 / (1 - 1.08**-12)
    sales, wheat = 12_000 * 400, 12_000 * 1.3 * 250
    assert row["local_content"] == pytest.approx(1 - (wheat + annuity) / sales)
    assert (row["jobs"], row["new_jobs"], row["investment"]) == (30, 20, pytest.approx(358_000))


def test_local_parts_of_a_transfer_raise_local_content():
    steps = [{"option": "mill-repair", "year": y, "form": "kits", "local_share": s} for y, s in ((2, 0.5), (1, 0.1))]
    case = tiny({"transfers": steps})
    row = indicators(appraise(case, effects_of(case)), "mill-repair", "economic")
    assert row["foreign_exchange"] == pytest.approx(12_000 * (400 - 0.5 * 1.3 * 250))


def test_what_is_not_traded_is_worth_what_is_paid_for_it():
    goods = [
        {k: v for k, v in c.items() if k not in ("cif", "fob") or c["id"] != "flour"} for c in tables()["commodities"]
    ]
    case = tiny({"commodities": goods})
    appraisal = appraise(case, effects_of(case))
    assert cash(appraisal, "mill-repair", "financial")[2]["sales"] == pytest.approx(1500 * 900)
    assert indicators(appraisal, "mill-repair", "financial")["foreign_exchange"] == pytest.approx(-12_000 * 1.3 * 250)


def test_flow_with_two_rates_has_none_but_both_are_known():
    # (v − 1/1.1)(v − 1/1.2) scaled: rates of 10 and 20 % a quarter.
    flows = np.array([[-100.0, 230.0, -132.0]])
    rates, reasons = internal_rates(flows)
    assert np.isnan(rates[0])
    assert reasons == [SEVERAL]
    assert all_rates(flows[0]) == pytest.approx([1.1**4 - 1, 1.2**4 - 1])


def test_a_whole_country_comes_out_finite():
    case = generate(150, seed=3)
    effects = effects_of(case)
    appraisal = appraise(case, effects)
    numbers = [
        start_values(case, effects, prices(case)).select("value"),
        appraisal.cash.drop("option", "view"),
        appraisal.indicators.select("npv", "margin", "foreign_exchange"),
        effects.profile.drop("option"),
        effects.outlays.select("amount"),
    ]
    for frame in numbers:
        assert frame.height > 100
        assert frame.select(pl.all().cast(pl.Float64).is_finite().all()).row(0) == (True,) * frame.width
    assert set(effects.options.filter(available=True)["kind"]) >= {
        "repair",
        "modernise",
        "rehabilitate",
        "as_is",
        "survey",
    }


@pytest.mark.parametrize(
    "emptied",
    [
        tuple(tables()),
        ("options", "recipes", "works", "costs", "cadres"),
        ("units", "offers", "courses", "cadres"),
        ("regions", "commodities"),
    ],
)
def test_cases_with_empty_tables_are_appraised(emptied):
    case = tiny({name: [] for name in emptied}, parties=[])
    effects = effects_of(case)
    appraisal = appraise(case, effects)
    starting = effects.options.filter((pl.col("kind") != "as_is") & pl.col("available"))
    assert appraisal.cash.height == starting.height * 8 * 2
    assert start_values(case, effects, prices(case)).height >= starting.height
