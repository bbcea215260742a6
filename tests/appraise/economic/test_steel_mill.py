"""Steel mill worked out by hand after COMFAR III: value added, foreign exchange, cost-benefit at its levels."""

from __future__ import annotations

from typing import Any

import pytest
from tests.appraise.statements.textbook import expected, study

from tawteen.appraise.economic import CountryView, country_view
from tawteen.appraise.statements import Statements, statements
from tawteen.appraise.study import Carbon, Study

EXPECTED: dict[str, Any] = expected("steel_mill")["expected"]
INCOME = {"income_tax": "income_tax", "dividends": "dividends", "financial_costs": "finance_cost"}
ADDED = {
    "value_of_output": "value_of_output",
    "material_input": "material_input",
    "GDVA": "gross_domestic_value_added",
    "investment_adj": "investment_adjusted",
    "NDVA": "net_domestic_value_added",
    "NNVA": "net_national_value_added",
    "domestic_wages": "domestic_wages",
    "dividends_and_interest_home": "dividends_and_interest_home",
    "government": "government",
    "others": "others",
}
EXCHANGE = {"net_fx_flow": "net_flow", "fx_inflows": "inflows", "fx_outflows": "outflows"}
LEVELS = ("financial", "adjusted_market", "economic", "with_indirect")


@pytest.fixture(scope="module")
def mill() -> Statements:
    return statements(study("steel_mill"))


@pytest.fixture(scope="module")
def view(mill: Statements) -> CountryView:
    return country_view(mill)


def line(view: CountryView, schedule: str, item: str, name: str = "") -> list[float]:
    kept = view.lines.filter(statement=schedule, item=item, name=name)
    assert kept.height >= 4
    return kept["value"].to_list()


def test_every_expected_figure_is_looked_at() -> None:
    assert EXPECTED.keys() == INCOME.keys() | ADDED.keys() | EXCHANGE.keys() | {"repatriated", "cba_net"}
    assert EXPECTED["cba_net"].keys() == {*LEVELS, "economic_border_numeraire"}


@pytest.mark.parametrize("key", INCOME)
def test_financial_schedules(mill: Statements, key: str) -> None:
    assert mill.line("income", INCOME[key]) == pytest.approx(EXPECTED[key])


@pytest.mark.parametrize("key", ADDED)
def test_value_added(view: CountryView, key: str) -> None:
    assert line(view, "value_added", ADDED[key]) == pytest.approx(EXPECTED[key])


@pytest.mark.parametrize("key", EXPECTED["repatriated"])
def test_repatriated(view: CountryView, key: str) -> None:
    item = "repatriated" if key == "total" else f"repatriated_{key}"
    assert line(view, "value_added", item) == pytest.approx(EXPECTED["repatriated"][key])


@pytest.mark.parametrize("key", EXCHANGE)
def test_foreign_exchange(view: CountryView, key: str) -> None:
    assert line(view, "foreign_exchange", EXCHANGE[key]) == pytest.approx(EXPECTED[key])


@pytest.mark.parametrize("level", LEVELS)
def test_cost_benefit_at_each_level(view: CountryView, level: str) -> None:
    net = line(view, level, "net_cash_flow")
    assert net[:4] == pytest.approx(EXPECTED["cba_net"][level])
    assert net[4:] == [0.0]
    npv = view.indicators.filter(basis=level, indicator="npv")["value"][0]
    assert npv == pytest.approx(sum(v / 1.08**t for t, v in enumerate(net)))


def changed(**country: object) -> Study:
    whole = study("steel_mill")
    assert whole.country is not None
    return whole.model_copy(update={"country": whole.country.model_copy(update=country)})


def test_border_prices_as_numeraire() -> None:
    country = study("steel_mill").country
    assert country is not None
    assert country.cost_benefit is not None
    border = country.cost_benefit.model_copy(update={"numeraire": "border"})
    view = country_view(statements(changed(cost_benefit=border)))
    net = line(view, "economic", "net_cash_flow")
    assert net[:4] == pytest.approx(EXPECTED["cba_net"]["economic_border_numeraire"])


def test_carbon_counts_among_effects_on_others() -> None:
    """Hand-derived: 2 t a year at 3 cost 6 in each year of production, at the last level only."""
    view = country_view(statements(changed(carbon=Carbon(emission=2.0, price=3.0))))
    assert line(view, "carbon", "emission") == [0.0, 2.0, 2.0, 2.0]
    assert line(view, "with_indirect", "net_cash_flow")[:4] == pytest.approx(
        [v - (6.0 if t else 0.0) for t, v in enumerate(EXPECTED["cba_net"]["with_indirect"])]
    )
    assert line(view, "economic", "net_cash_flow")[:4] == pytest.approx(EXPECTED["cba_net"]["economic"])


def test_a_net_earner_has_no_value_added_per_foreign_exchange(view: CountryView) -> None:
    row = view.indicators.filter(indicator="per_foreign_exchange").row(0, named=True)
    assert row["value"] is None
    assert row["reason"] == "country.earns_exchange"


def test_a_study_without_a_country_says_so() -> None:
    view = country_view(statements(study("unido_1991_garment")))
    assert view.reason == "country.not_stated"
    assert view.lines.is_empty()


def test_shares_of_value_added_come_to_all_of_it(view: CountryView) -> None:
    parts = ("domestic_wages", "dividends_and_interest_home", "government", "others")
    total = [sum(period) for period in zip(*(line(view, "value_added", p) for p in parts), strict=True)]
    assert total == pytest.approx(EXPECTED["NNVA"])


def test_employment_by_skill_and_origin() -> None:
    """Hand-derived: 20 unskilled and 5 skilled from home, 2 from abroad; 1900 invested for 25 jobs."""
    whole = study("steel_mill")
    persons = {"workers": 20.0, "engineers": 5.0, "experts": 2.0}
    costs = tuple(c.model_copy(update={"persons": persons.get(c.id, 0.0)}) for c in whole.costs)
    view = country_view(statements(whole.model_copy(update={"costs": costs})))
    for item, count in (("persons", 27), ("persons_unskilled", 20), ("persons_skilled", 5), ("persons_abroad", 2)):
        assert line(view, "employment", item) == [0, count, count, count]
    assert view.indicators.filter(indicator="investment_per_job")["value"][0] == pytest.approx(1900 / 25)


def test_nobody_at_work_is_no_zero(view: CountryView) -> None:
    row = view.indicators.filter(indicator="investment_per_job").row(0, named=True)
    assert (row["value"], row["reason"]) == (None, "country.no_persons")
