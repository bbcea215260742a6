"""The value of a start against hand-derived numbers and a slow loop written from docs/method.md alone."""

import datetime as dt

import pytest
from tests.tiny import SETTINGS, tables, tiny

from tawteen.appraise import prices
from tawteen.appraise.value import nothing_cost, pool_costs, start_values, throughput_cost
from tawteen.diagnose import diagnose
from tawteen.effects import effects_of
from tawteen.match import match
from tawteen.works import works_network


def rich(**settings):
    """The tiny case with everything that a value can hold: fees, severance, closing, survival, odds of a pilot."""
    changes = {
        "mill-repair": {"reference_class": "food", "severance": 7000.0},
        "cables-rehab": {"chance": 0.9},
        "pasta-more": {"stops_line": False},
    }
    options = [o | changes.get(o["id"], {}) for o in tables()["options"]]
    common = {"name_en": "Close", "name_ar": "إغلاق", "kind": "close"}
    options += [
        {"id": "mill-close", "site": "mill", "severance": 50_000.0, "closing_cost": 2000.0, **common},
        {"id": "pasta-close", "site": "pasta", **common},
    ]
    transfers = [
        {"option": "cables-rehab", "year": 1, "form": "licence", "fee": 40_000.0, "royalty": 0.01},
        {"option": "cables-rehab", "year": 2, "form": "royalty", "royalty": 0.03},
    ]
    past = {"reference_class": "food", "name_en": "Past", "name_ar": "سابقة"}
    precedents = [past | {"id": "a", "survived": True, "cost_ratio": 1.4}, past | {"id": "b", "survived": False}]
    time = {"time": {"start": dt.date(2027, 1, 1), "periods": 20}}
    return tiny({"options": options, "transfers": transfers, "precedents": precedents}, **{**time, **settings})


def slow(case, effects, found, view, start):
    """`c[o,s]`, term by term as docs/method.md puts it; `start` is (option, period)."""
    option, s = start
    value, rates, horizon = case.settings.value, case.settings.discount, case.settings.time.periods
    economic = view == "economic"
    phi = value.fx_premium if economic else 0.0
    r = rates.economic if economic else rates.financial
    d = [(1 + r) ** (-(t + 1) / 4) for t in range(horizon)]
    o = effects.options.filter(option=option).row(0, named=True)
    as_is = effects.options.filter(site=o["site"], kind="as_is").to_dicts()

    def quarter_cost(row):
        weight = value.region_weight.get(row["region"], 1.0)
        wage = row["wage"]
        if economic and value.labour == "shadow_wage":
            wage = row["wage"] * (1 - (1 - value.shadow_wage) * weight)
        if economic and value.labour == "job_value":
            wage = row["wage"] - weight * value.job_value / 4
        return row["fixed_cost"] * (1 + phi * row["foreign_share"]) + row["new_jobs"] * wage

    def origin(row):
        return 1.0 if row["origin"] == "local" else 1 + phi

    total = capital = 0.0
    for row in effects.outlays.filter(option=option).to_dicts():
        if row["category"] in ("civil", "equipment", "works"):
            capital += row["amount"] * origin(row) * o["chance"]
        if row["category"] == "working_capital":
            total -= row["amount"] * o["chance"] * (d[s + row["quarter"]] - d[-1])
        elif not row["pooled"] and (row["category"] != "severance" or not economic):
            total -= d[s + row["quarter"]] * row["amount"] * origin(row) * (1.0 if row["sure"] else o["chance"])
    for row in effects.profile.filter(option=option).to_dicts():
        t = s + row["quarter"]
        if t >= horizon:
            continue
        total -= d[t] * (row["operating"] * quarter_cost(o) + row["fee"] * (1 + phi))
        if not as_is:
            closed = o["kind"] == "close" and row["quarter"] >= o["quarters"]
            total += d[t] * o["care_cost"] * (1.0 if closed else row["operating"])
        if as_is and o["takeover"] is not None and row["quarter"] >= o["takeover"]:
            total += d[t] * quarter_cost(as_is[0]) * o["chance"]
    q = (1 + r) ** 0.25 - 1
    first = horizon if o["operating_from"] is None else s + o["operating_from"]
    if first < horizon:
        annuity = capital * q / (1 - (1 + q) ** (-4 * o["life"]))
        left = max(0, 4 * o["life"] - (horizon - first))
        total += annuity * (1 - (1 + q) ** -left) / q * (1 + q) ** -horizon
    total -= o["closing_cost"] * o["chance"] * d[-1]
    for need in effects.needs.filter(option=option).to_dicts():
        offers = found.sources.filter(pool=need["pool"], pool_kind=need["pool_kind"]).to_dicts()
        best = min(offers, key=lambda offer: offer["price"])
        price = best["price"] * (1 + phi * best["multiplier_foreign"])
        total += (1 - o["chance"]) * d[s + need["quarter"]] * need["amount"] * price
    return total


def job_value():
    return SETTINGS["value"] | {"labour": "job_value", "job_value": 900.0, "region_weight": {"south": 1.5}}


@pytest.mark.parametrize("view", ["economic", "financial"])
@pytest.mark.parametrize(
    "settings",
    [{}, {"value": job_value()}, {"value": SETTINGS["value"] | {"region_weight": {"south": 1.3}}}],
    ids=["shadow wage", "job value", "regions"],
)
def test_every_start_is_worth_what_the_slow_loop_says(view, settings):
    case = rich(**settings)
    effects = effects_of(case)
    found = match(case, works_network(case, diagnose(case)))
    values = start_values(case, effects, prices(case, view))
    starts = {
        (o["option"], s)
        for o in effects.options.filter(available=True).to_dicts()
        for s in range(o["earliest"], o["latest"] + 1)
        if o["kind"] != "as_is"
    }
    assert set(values.select("option", "period").iter_rows()) == starts
    assert {o for o, _ in starts} >= {"mill-close", "pasta-close", "mill:survey", "cables-rehab", "pasta-more"}
    for option, s, value in values.iter_rows():
        assert value == pytest.approx(slow(case, effects, found, view, (option, s)), rel=1e-9, abs=1e-6), (option, s)


def value_of(option, period, view="economic", **settings):
    case = tiny(**settings)
    return start_values(case, effects_of(case), prices(case, view)).filter(option=option, period=period)["value"].item()


def test_a_survey_costs_its_money_at_the_end_of_its_quarter():
    assert value_of("mill:survey", 0) == pytest.approx(-20_000 * 1.08**-0.25)
    assert value_of("mill:survey", 3) == pytest.approx(-20_000 / 1.08)
    assert value_of("mill:survey", 3, "financial") == pytest.approx(-20_000 / 1.12)


def test_works_in_the_last_quarter_only_cost_and_stop_the_line():
    # Drives for 80,000 from the partner at a premium of 0.2 in the last of 8 quarters. The people and the fixed cost of
    # the line stay while it stands. The option never runs, so that nothing is credited.
    assert value_of("pasta-more", 7) == pytest.approx(-80_000 * 1.2 / 1.08**2)


def test_no_interest_is_no_special_case():
    zero = {"discount": {"economic": 0.0, "financial": 0.0}}
    # Drives 80,000 and 40 person-weeks at 1000 make a capital of 120,000 for 8 years; it runs 7 of 32 quarters.
    expected = -80_000 - 7 * (16_000 + 20 * 1250) + 7 * (15_000 + 20 * 1200) + 120_000 * 25 / 32
    assert value_of("pasta-more", 0, "financial", **zero) == pytest.approx(expected)


def test_throughput_costs_running_and_carbon():
    case = tiny()
    effects = effects_of(case)
    cost = dict(throughput_cost(case, effects, prices(case)).iter_rows())
    # 300 with 30 % foreign at a premium of 0.2; 1 MWh of 0.5 t at 5.
    assert cost["cables-rehab"] == pytest.approx(300 * 1.06 + 5 * 0.5)
    assert cost["pasta-now"] == pytest.approx(10 + 5 * 0.5 * 0.15)
    financial = dict(throughput_cost(case, effects, prices(case, "financial")).iter_rows())
    assert financial["cables-rehab"] == 300


def test_sources_at_the_prices_of_the_view():
    case = tiny()
    found = match(case, works_network(case, diagnose(case)))
    costs = {
        (p, s): u for p, s, u in pool_costs(found, prices(case)).select("pool", "source", "unit_price").iter_rows()
    }
    assert costs["electrical", "ENG"] == pytest.approx(1000 * (1 + 0.2 * 0.7))
    assert costs["mechanical", "third_party"] == pytest.approx(1500 * 1.2)
    assert costs["electricians", "academy"] == pytest.approx(2000 * 13 / 6)


def test_doing_nothing_costs_care_and_the_running_line():
    case = tiny()
    factors = sum(1.08 ** (-(t + 1) / 4) for t in range(8))
    # Two standing sites at 10,000; the running one 15,000 and 20 workers at 0.6 of 1200.
    expected = (20_000 + 15_000 + 20 * 720) * factors
    assert nothing_cost(case, effects_of(case), prices(case)) == pytest.approx(expected)
