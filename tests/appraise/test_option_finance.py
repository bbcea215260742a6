"""Money terms of the case in the study of an option: who pays, on which terms, what tax takes, when buyers pay."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.appraise.financed import BANK, DINAR, STATE, financed
from tests.appraise.test_option_study import CHOSEN, figure, run
from tests.appraise.test_value import rich

from tawteen.appraise import appraise
from tawteen.appraise.cash import ProgrammeSchedule
from tawteen.appraise.economic import country_view
from tawteen.appraise.option_study import option_funding, study_of
from tawteen.appraise.programme_cash import programme_cash
from tawteen.appraise.programme_statements import SUMMED, programme_statements
from tawteen.appraise.statements import statements
from tawteen.appraise.statements.cover import NO_SERVICE, yearly_cover
from tawteen.appraise.study_file import faults
from tawteen.effects import effects_of

TAXED = {"tax": {"rate": 0.2, "carry_forward": 5}, "dividends": {"payout": 0.5}}


def spent(study):
    """All outlays of the study and its working capital."""
    held = next((c.extra_stock for c in study.costs if c.id == "working_capital"), {})
    return sum(sum(one.amount.values()) for one in study.investments) + max(held.values(), default=0.0)


def test_half_by_the_bank_and_the_rest_by_the_budget():
    case = financed()
    study = study_of(case, effects_of(case), "cables-rehab")
    (loan,), (equity,) = study.loans, study.equity
    # What is conditional is financed with its chance, as it is spent.
    assert sum(loan.draw.values()) == pytest.approx(spent(study) / 2)
    assert sum(equity.amount.values()) == pytest.approx(spent(study) / 2)
    assert (loan.kind, loan.interest, loan.instalments, loan.origin) == ("constant_principal", 0.08, 8, "local")
    quarters = study_of(case, effects_of(case), "cables-rehab").loans[0].draw
    first, last = next(iter(quarters)), list(quarters)[-1]
    labels = [case.calendar.label(t) for t in range(20)]
    assert labels.index(loan.first) == max(labels.index(first) + 4, labels.index(last)) + 1
    assert not faults(study)


def test_debt_cover_and_return_on_equity_come_out_with_a_loan_and_say_why_not_without():
    case = financed()
    told = statements(study_of(case, effects_of(case), "cables-rehab"))
    covers = yearly_cover([told.accounts])
    assert np.nanmin(covers) > 1
    assert min(v for v in told.line("ratios", "llcr") if v is not None) > 1
    assert max(v for v in told.line("ratios", "return_on_equity") if v is not None) > 0
    # Interest of 8 % below what the money earns: the owners earn more than the whole.
    assert told.indicator("equity", "npv") > told.indicator("total_capital", "npv")
    bare = rich()
    alone = statements(study_of(bare, effects_of(bare), "cables-rehab"))
    assert alone.accounts.study.loans == ()
    assert set(alone.lines.filter(statement="ratios", item="dscr")["reason"]) == {NO_SERVICE}


def test_finance_and_buyers_leave_the_gain_before_tax_to_the_appraisal():
    case = financed(buyers=({**STATE, "days": 5.0, "late_days": 0.0},))
    effects = effects_of(case)
    found = appraise(case, effects).indicators.filter(view="financial")
    # The mill in the east states no working capital, so that what its buyers owe beyond today comes on top; closed,
    # they pay what they owe.
    east = pl.col("option").str.starts_with("pasta-")
    for option, npv in found.filter(~east).select("option", "npv").iter_rows():
        study = study_of(case, effects, option)
        assert not faults(study), option
        assert figure(statements(study), "npv") == pytest.approx(npv, rel=1e-9, abs=1e-4), option


@pytest.mark.parametrize("profile", ["excel", "comfar_iii", "unido_1991"])
@pytest.mark.parametrize("period", ["quarter", "year"])
def test_balances_hold_with_everything(profile, period):
    money = {"currency": "USD", "inflation": 0.03,
             "rates": [{"currency": "LYD", "official": 6.37, "parallel": 8.7, "inflation": 0.08}]}  # fmt: skip
    case = financed(
        {"id": "1", "fund": "bank", "share": 0.4}, {"id": "2", "fund": "dinar", "amount": 300_000.0},
        {"id": "3", "fund": "budget"},
        funds=({**BANK, "capitalised": 1.0, "fee": 0.01, "repayment": "annuity"}, {**DINAR, "exchange": "parallel"}),
        buyers=(STATE,), money=money, **TAXED,
    )  # fmt: skip
    effects = effects_of(case)
    for option in ("mill-repair", "mill-new", "cables-rehab", "pasta-more"):
        study = study_of(case, effects, option, profile=profile, period=period)
        assert not faults(study), option
        told = statements(study)
        for one in (told, told.without):
            assert one.line("balance", "total_assets") == pytest.approx(one.line("balance", "total_claims"))
    lent = next(loan for loan in study.loans if loan.id == "dinar")
    # The dinars that the row states, by the time they are drawn a little dearer.
    assert sum(lent.draw.values()) == pytest.approx(300_000, rel=0.1)
    flow = next(f for f in told.accounts.financing.loans if f.loan.id == "dinar")
    assert flow.exchange.sum() < 0


def test_inflation_changes_prices_not_what_is_gained():
    money = {"currency": "USD", "inflation": 0.05, "rates": [{"currency": "LYD", "official": 6.37}]}
    case, real = financed(money=money), financed()
    study = study_of(case, effects_of(case), "mill-new")
    assert study.discount == pytest.approx(1.12 * 1.05 - 1)
    sales = statements(study).line("income", "sales")
    constant = statements(study_of(real, effects_of(real), "mill-new")).line("income", "sales")
    assert sales[-1] == pytest.approx(constant[-1] * 1.05 ** (19 / 4))


def test_late_buyers_first_take_up_the_working_capital_that_is_stated():
    case = financed(buyers=(STATE,))
    study = study_of(case, effects_of(case), "mill-new")
    assert {sale.id: sale.buyer for sale in study.sales} == {"flour:state": "state", "flour": ""}
    told = statements(study)
    bare = statements(study_of(rich(), effects_of(rich()), "mill-new"))
    owed = np.array(told.line("working_capital", "receivables"))
    stated = np.array(bare.line("working_capital", "net_working_capital"))
    held = np.array(told.line("working_capital", "net_working_capital"))
    assert owed.max() == pytest.approx(0.6 * 4 * max(told.line("income", "sales")) * 90 / 365)
    assert held == pytest.approx(np.maximum(stated, owed))
    assert figure(told, "npv") < figure(bare, "npv")


def test_tax_is_told_and_is_no_cost_of_the_plan():
    plain, case = financed(), financed(**TAXED)
    one, other = (statements(study_of(c, effects_of(c), "cables-rehab")) for c in (plain, case))
    tax = np.array(other.line("income", "income_tax"))
    profit = np.array(other.line("income", "gross_profit")).reshape(-1, 4).sum(axis=1)
    assert tax.sum() == pytest.approx(0.2 * (profit[profit > 0].sum() + profit[profit < 0].sum()))
    gain = np.array(one.line("total_capital", "net_cash_flow")) - np.array(other.line("total_capital", "net_cash_flow"))
    assert gain == pytest.approx(tax)
    assert appraise(case, effects_of(case)).indicators.equals(appraise(plain, effects_of(plain)).indicators)


def test_what_is_due_after_the_horizon_is_left_as_a_debt():
    case = financed(funds=({**BANK, "years": 4.5, "grace_quarters": 8.0}, DINAR))
    study = study_of(case, effects_of(case), "cables-rehab")
    assert not faults(study)
    told = statements(study)
    lent, repaid = sum(study.loans[0].draw.values()), sum(told.line("debt", "loan_repaid"))
    paid = 20 - case.calendar.parse(next(iter(study.loans[0].repay)))
    assert repaid == pytest.approx(lent * paid / 18)
    assert "statements.loan_left" in {f.code for f in told.findings}
    assert told.line("equity", "debt_left")[-1] == pytest.approx(repaid - lent)


@pytest.mark.parametrize("kind", ["bullet", "sculpted"])
def test_other_repayments(kind):
    case = financed(funds=({**BANK, "repayment": kind, "target_dscr": 1.5}, DINAR))
    told = statements(study_of(case, effects_of(case), "cables-rehab"))
    repaid = [v for v in told.line("debt", "loan_repaid") if v]
    assert (len(repaid) == 1) == (kind == "bullet")
    assert sum(repaid) == pytest.approx(sum(told.line("debt", "loan_drawn")))


def test_nearer_rows_hold_and_too_much_money_is_said():
    case = financed(
        {"id": "1", "fund": "budget"}, {"id": "2", "fund": "dinar", "site": "mill", "share": 0.3},
        {"id": "3", "fund": "bank", "option": "mill-new", "amount": 9e9},
    )  # fmt: skip
    effects = effects_of(case)
    paid = {
        o: {p.fund["id"] for p in option_funding(case, effects, o).contributions}
        for o in ("mill-new", "mill-repair", "pasta-more")
    }
    assert paid == {"mill-new": {"bank"}, "mill-repair": {"dinar"}, "pasta-more": {"budget"}}
    (note,) = option_funding(case, effects, "mill-new").notes
    assert (note.code, note.value) == ("finance.beyond_outlays", "3")
    study = study_of(case, effects, "mill-new")
    assert sum(study.loans[0].draw.values()) == pytest.approx(spent(study))


def test_the_country_is_filled_from_what_the_case_states():
    case = financed(**TAXED)
    effects = effects_of(case)
    view = country_view(statements(study_of(case, effects, "cables-rehab")))
    assert view.reason is None
    levels = dict(view.indicators.filter(indicator="npv").select("basis", "value").iter_rows())
    # Imported cable replaced with a premium of a fifth on foreign exchange.
    assert levels["economic"] > levels["financial"]
    persons = view.lines.filter(statement="employment", item="persons")["value"]
    row = effects.options.row(by_predicate=pl.col("option") == "cables-rehab", named=True)
    assert persons.max() <= row["jobs"]
    tonnes = view.lines.filter(statement="carbon")["value"]
    made = effects.profile.filter(option="cables-rehab")["capacity"]
    assert tonnes.max() == pytest.approx(made.max() * 0.5)


@pytest.mark.parametrize("option", ["mill-close", "mill:survey", "pasta:survey"])
def test_cost_benefit_of_an_option_is_what_the_appraisal_makes_of_it(option):
    """Works without output, on a site that stands still and on one that runs: the line of today is in neither."""
    case = rich()
    effects = effects_of(case)
    view = country_view(statements(study_of(case, effects, option)))
    levels = dict(view.indicators.filter(indicator="npv").select("basis", "value").iter_rows())
    row = appraise(case, effects).indicators.row(
        by_predicate=(pl.col("option") == option) & (pl.col("view") == "economic"), named=True
    )
    assert levels["economic"] == pytest.approx(row["npv"])
    assert levels["with_indirect"] == pytest.approx(row["npv"])


def drawn(effects, starts):
    """Every outlay drawn half from the bank and half from the budget, as a programme says it: in full."""
    rows = effects.outlays.join(starts.rename({"period": "start"}), on="option").select(
        "option", "category", "origin", period=(pl.col("quarter") + pl.col("start")).cast(pl.Int64),
        amount=pl.col("amount") / 2,
    )  # fmt: skip
    rows = rows.group_by("option", "category", "origin", "period").agg(pl.col("amount").sum())
    return pl.concat([rows.with_columns(fund=pl.lit(f)) for f in ("bank", "budget")])


def test_programme_with_its_financing_is_the_sum_of_its_options():
    case = financed(**TAXED)
    effects = effects_of(case)
    throughput, before = run(case)
    draws = drawn(effects, CHOSEN)
    told = programme_statements(case, effects, ProgrammeSchedule(dict(CHOSEN.iter_rows()), throughput, before, draws))
    cash = programme_cash(case, effects, CHOSEN, throughput, before)
    total = cash.group_by("period", maintain_order=True).agg(pl.col("net", "net_without").sum())
    taxed = np.array(told.line("with", "total_capital", "net_cash_flow")) + told.line("with", "income", "income_tax")
    # Idle staff are paid in both cases; the appraisal leaves them out, the statements show them.
    assert (taxed + 15_000).tolist() == pytest.approx(total["net"].to_list())
    bare = np.array(told.line("without", "total_capital", "net_cash_flow"))
    bare += told.line("without", "income", "income_tax")
    assert (bare + 15_000).tolist() == pytest.approx(total["net_without"].to_list())
    # What is drawn and paid in is what is spent, gates weighed by their chance.
    spent_ = np.array(told.line("with", "investment", "fixed_investment")) + told.line(
        "with", "investment", "pre_production"
    )
    paid = np.array(told.line("with", "cash_plan", "loans_drawn")) + told.line("with", "cash_plan", "equity_paid")
    held = max(told.line("with", "working_capital", "net_working_capital"))
    assert paid.sum() == pytest.approx(spent_.sum() + held)
    for scenario in ("with", "without"):
        assert told.line(scenario, "balance", "total_assets") == pytest.approx(
            told.line(scenario, "balance", "total_claims")
        )
    gain = np.array(told.line("with", "equity", "net_cash_flow")) - told.line("without", "equity", "net_cash_flow")
    assert told.line("incremental", "equity", "net_cash_flow") == pytest.approx(gain.tolist())
    figures = told.indicators.filter(scenario="incremental", indicator="npv")
    assert figures["basis"].to_list() == ["total_capital", "equity"]
    assert None not in figures["value"].to_list()


def test_lines_of_a_programme_are_the_sums_of_the_frames_of_its_options():
    case = financed(**TAXED)
    effects = effects_of(case)
    throughput, before = run(case)
    schedule = ProgrammeSchedule(dict(CHOSEN.iter_rows()), throughput, before, drawn(effects, CHOSEN))
    programme = programme_statements(case, effects, schedule)
    key = ["statement", "item", "name", "part", "period", "label"]
    scenarios = {
        "with": [one.lines for one in programme.options.values()],
        "without": [one.without.lines for one in programme.options.values()],
        "incremental": [one.incremental.lines for one in programme.options.values()],
    }
    for scenario, frames in scenarios.items():
        expected = pl.concat(frames).filter(pl.col("statement").is_in(SUMMED)).group_by(key).agg(pl.col("value").sum())
        stated = programme.lines.filter(pl.col("scenario") == scenario, pl.col("statement").is_in(SUMMED))
        both = stated.join(expected, on=key, how="full", validate="1:1")
        assert both.height == stated.height == expected.height
        assert both["value"].to_list() == pytest.approx(both["value_right"].to_list(), rel=1e-12, abs=1e-6)


def test_a_line_is_the_same_from_the_frame_of_differences_and_by_its_key():
    case = financed(**TAXED)
    one = statements(study_of(case, effects_of(case), "pasta-more"))
    for view in (one, one.without, one.incremental):
        lines = view.lines.group_by("statement", "item", "name", "part", maintain_order=True).agg("value")
        for statement, item, name, part, values in lines.iter_rows():
            assert view.line(statement, item, name=name, part=part) == values
