"""One arithmetic: an option as a study, and the cash of a programme, come to what the appraisal says."""

import numpy as np
import polars as pl
import pytest
from tests.appraise.test_value import rich
from tests.tiny import tables, tiny

from tawteen.appraise import appraise, prices
from tawteen.appraise.cash import CASH_LINES, cash_of
from tawteen.appraise.option_study import study_of
from tawteen.appraise.programme_cash import programme_cash
from tawteen.appraise.statements import statements
from tawteen.appraise.study_file import faults
from tawteen.case.findings import CaseError
from tawteen.effects import effects_of


@pytest.fixture(scope="module")
def made():
    case = rich()
    return case, effects_of(case)


def figure(told, name):
    return told.incremental.indicators.filter(basis="total_capital", indicator=name)["value"][0]


def test_every_option_study_comes_to_its_appraisal(made):
    case, effects = made
    found = appraise(case, effects).indicators.filter(view="financial")
    assert found.height == 9
    for option, npv, irr in found.select("option", "npv", "irr").iter_rows():
        study = study_of(case, effects, option)
        assert not faults(study), option
        told = statements(study)
        assert told.profile == "excel"
        assert figure(told, "npv") == pytest.approx(npv, rel=1e-9, abs=1e-4), option
        if irr is not None:
            assert figure(told, "irr") == pytest.approx(irr, abs=1e-8), option


def test_with_and_without_are_the_cash_of_the_appraisal(made):
    case, effects = made
    cash = appraise(case, effects).cash.filter(option="pasta-more", view="financial")
    told = statements(study_of(case, effects, "pasta-more"))
    with_it = told.line("total_capital", "net_cash_flow")
    assert with_it == pytest.approx(cash["net"].to_list())
    assert told.without.line("total_capital", "net_cash_flow") == pytest.approx(cash["net_without"].to_list())


def test_balances_hold_with_and_without(made):
    case, effects = made
    for option in ("mill-repair", "cables-rehab", "pasta-more"):
        told = statements(study_of(case, effects, option))
        for one in (told, told.without):
            assert one.line("balance", "total_assets") == pytest.approx(one.line("balance", "total_claims"))


def test_years_hold_the_same_money(made):
    case, effects = made
    for option in ("mill-new", "pasta-more"):
        quarters = statements(study_of(case, effects, option))
        years = statements(study_of(case, effects, option, period="year"))
        for statement, item in (("income", "sales"), ("income", "variable_costs"), ("investment", "total_investment")):
            by_quarter = np.array(quarters.line(statement, item)).reshape(-1, 4).sum(axis=1)
            assert years.line(statement, item) == pytest.approx(by_quarter.tolist())
        assert years.line("working_capital", "net_working_capital") == pytest.approx(
            quarters.line("working_capital", "net_working_capital")[3::4]
        )


def test_a_conditional_option_counts_with_its_chance():
    case = tiny()
    study = study_of(case, effects_of(case), "cables-rehab")
    paid = {one.id: sum(one.amount.values()) for one in study.investments}
    # The survey is spent for sure, the machines with the chance of the gate.
    assert paid["survey:local"] == pytest.approx(20_000)
    assert paid["equipment:foreign"] == pytest.approx(0.7 * 700_000)
    assert "chance" not in study.model_dump()


def test_payroll_of_idle_staff_is_paid_in_both_cases():
    case = tiny()
    told = statements(study_of(case, effects_of(case), "mill-repair"))
    assert set(told.line("production", "cost", name="idle_wages", part="local")) == {15_000.0}
    gone = told.incremental.lines.filter(statement="production", name="idle_wages")
    assert gone["value"].abs().max() == 0
    # Care of 10,000 a quarter ends when the mill runs.
    assert told.line("production", "cost", name="care", part="local")[2] == 0
    assert told.without.line("production", "cost", name="care", part="local")[2] == 10_000


CHOSEN = pl.DataFrame({"option": ["mill-repair", "pasta-more", "cables-rehab"], "period": [1, 3, 2]})


def run(case):
    """A programme that runs below what it could, and what happens without it."""
    throughput = [("mill-repair", t, 1200.0 + 10 * t) for t in range(4, 20)]
    throughput += [("pasta-more", t, 1900.0) for t in range(4, 20)] + [("pasta-now", t, 1400.0) for t in range(3)]
    throughput += [("cables-rehab", t, 100.0) for t in range(7, 20)]
    columns = {"option": pl.String, "period": pl.Int64, "amount": pl.Float64}
    before = [("pasta-now", t, 1450.0 - 20 * t) for t in range(20)]
    return (pl.DataFrame(rows, schema=columns, orient="row") for rows in (throughput, before))


def test_programme_cash_is_the_sum_of_option_statements(made):
    case, effects = made
    throughput, before = run(case)
    cash = programme_cash(case, effects, CHOSEN, throughput, before)
    assert cash.height == 3 * 20
    total = cash.group_by("period", maintain_order=True).agg(pl.col("net", "net_without").sum())
    told = [
        statements(study_of(case, effects, option, start, throughput, without=before))
        for option, start in CHOSEN.iter_rows()
    ]
    with_it = sum(np.array(one.line("total_capital", "net_cash_flow")) for one in told)
    without = sum(np.array(one.without.line("total_capital", "net_cash_flow")) for one in told)
    # Idle staff are paid in both cases; the appraisal leaves them out, the statements show them.
    idle = 15_000.0
    assert (with_it + idle).tolist() == pytest.approx(total["net"].to_list())
    assert (without + idle).tolist() == pytest.approx(total["net_without"].to_list())
    # The programme sells what it makes: 1,220 t of flour in the south, 1,400 t in the east, in its third quarter.
    sales = cash.filter(period=2)["sales"].sum()
    assert sales == pytest.approx(1400 * 420)


def test_a_programme_at_full_throughput_is_the_appraisal(made):
    """At the starts and outputs of the appraisal, the cash of the programme is that of each option alone."""
    case, effects = made
    alone = cash_of(case, effects, prices(case, "economic"))
    starts = alone.options.select("option", period="start")
    profile = effects.profile.join(starts.rename({"period": "start"}), on="option", how="left")
    run = profile.select("option", period=pl.col("quarter") + pl.col("start").fill_null(0), amount="capacity")
    for option in ("mill-new", "cables-rehab"):
        one = starts.filter(pl.col("option") == option)
        cash = programme_cash(case, effects, one, run, run, view="economic")
        place = alone.options["option"].to_list().index(option)
        for name in CASH_LINES:
            assert cash[name].to_list() == pytest.approx(alone.with_it[name][place].tolist()), (option, name)


@pytest.mark.parametrize(("option", "code"), [("nobody", "risk.option_unknown"), ("pasta-now", "risk.option_unknown")])
def test_what_is_no_option_is_said(option, code):
    case = tiny()
    with pytest.raises(CaseError) as told:
        study_of(case, effects_of(case), option)
    assert told.value.findings[0].code == code


def test_an_option_that_cannot_start_is_said():
    options = [{**o, "latest": __import__("datetime").date(2020, 1, 1)} if o["id"] == "mill-repair" else o
               for o in tables()["options"]]  # fmt: skip
    case = tiny({"options": options})
    with pytest.raises(CaseError) as told:
        study_of(case, effects_of(case), "mill-repair")
    assert told.value.findings[0].code == "risk.option_unavailable"
