"""Loans sized to a cover and a limit of gearing, reserve accounts and cash sweeps: values worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.appraise.statements.test_small_studies import BASE, horizon, line, small

from tawteen.appraise.finance import supported_debt
from tawteen.appraise.statements import Statements, statements
from tawteen.appraise.statements.cover import yearly_cover
from tawteen.appraise.statements.debt_sizing import SizedDebt, other_service, project_cash
from tawteen.appraise.study_file import study_of
from tawteen.case.findings import CaseError

LEVEL: dict[str, Any] = {
    "id": "l", "kind": "annuity", "interest": 0.08, "draw": {"2027": 1}, "draw_at": 1.0, "first": "2028",
    "instalments": 5, "target_dscr": 1.4, "sized": True,
}  # fmt: skip
SCULPTED = {**{name: value for name, value in LEVEL.items() if name != "instalments"}, "kind": "sculpted"}
ANNUITY = 0.08 / (1 - 1.08**-5)
YEARS = np.arange(1, 6)


def size(result: Statements) -> SizedDebt:
    (found,) = result.accounts.sizes
    return found


def drawn(result: Statements) -> float:
    return float(line(result, "debt", "loan_drawn").sum())


@pytest.mark.parametrize("loan", [LEVEL, SCULPTED])
def test_a_level_cash_flow_carries_its_present_value_over_the_cover(loan: dict[str, Any]) -> None:
    """700 a year over 1.4 serve 500 a year: at 8 % over five years a debt of 1,996.36."""
    result = small(loans=[loan])
    assert drawn(result) == pytest.approx(500 / ANNUITY, rel=1e-9)
    assert drawn(result) == pytest.approx(1996.355, abs=1e-3)
    assert line(result, "ratios", "dscr")[1:] == pytest.approx(1.4, rel=1e-9)
    assert line(result, "balance", "debt")[-1] == pytest.approx(0, abs=1e-9)
    assert (size(result).binds, size(result).by_gearing) == ("cover", np.inf)


def uneven(**loan: Any) -> Statements:
    """Cash of 700, 600, 650, 700, 800 a year."""
    fixed = {"2029": 100, "2030": 50, "2031": 0}
    cost = {"id": "more", "category": "labour", "fixed": fixed}
    sale = {**BASE["sales"][0], "price": {"2027+": 10, "2032": 11}}
    return small(costs=[BASE["costs"][0], cost], sales=[sale], loans=[{**SCULPTED, **loan}])


CASH = np.array([700.0, 600, 650, 700, 800])


def test_a_sculpted_debt_is_the_present_value_of_the_cash_over_the_cover() -> None:
    result = uneven()
    assert drawn(result) == pytest.approx((CASH / 1.4 * 1.08**-YEARS).sum(), rel=1e-9)
    assert line(result, "ratios", "dscr")[1:] == pytest.approx(1.4, rel=1e-9)


def test_the_weakest_year_sizes_a_level_debt() -> None:
    result = uneven(kind="annuity", instalments=5)
    assert drawn(result) == pytest.approx(600 / 1.4 / ANNUITY, rel=1e-9)
    assert line(result, "ratios", "dscr")[1:] == pytest.approx(CASH / (600 / 1.4), rel=1e-9)


def test_grace_and_tenor_bound_a_sculpted_debt() -> None:
    """Repaid in 2029 to 2031 alone; the interest of 2028 is added at its end: 600, 650, 700 over 1.4 at 8 %."""
    result = uneven(first="2029", last="2031", capitalised=1.0, capitalise_until="2028")
    worth = (CASH[1:4] / 1.4 * 1.08 ** -np.arange(1, 4)).sum()
    assert drawn(result) == pytest.approx(worth / 1.08, rel=1e-9)
    assert line(result, "debt", "loan_added", name="l", part="local").sum() == pytest.approx(0.08 * worth / 1.08)
    assert line(result, "balance", "debt")[4:] == pytest.approx(0, abs=1e-9)


def test_no_period_adds_to_a_sculpted_debt() -> None:
    """No cash in 2029: what is owed must be repaid before it, out of 2028 alone."""
    cost = {"id": "stop", "category": "labour", "fixed": {"2029": 700}}
    result = small(costs=[BASE["costs"][0], cost], loans=[SCULPTED])
    assert drawn(result) == pytest.approx(500 / 1.08, rel=1e-9)
    little = {"id": "stop", "category": "labour", "fixed": {"2029": 686}}
    result = small(costs=[BASE["costs"][0], little], loans=[SCULPTED])
    # 14 over 1.4 pay the interest of 125, which is owed after 500 less interest are repaid.
    assert drawn(result) == pytest.approx((125 + 500) / 1.08, rel=1e-9)
    assert supported_debt(np.array([500.0, 10, 500, 500, 500]), np.full(5, 0.08)) == pytest.approx(625 / 1.08)


def test_gearing_with_interest_fees_and_reserve_of_construction() -> None:
    """D = 0.6 (1000 + 0.08 D + 0.02 D + half a year's service of D)."""
    loan = {**LEVEL, "draw_at": 0.0, "upfront_fee": 0.02, "gearing": 0.6}
    result = small(loans=[loan])
    assert drawn(result) == pytest.approx(600 / (1 - 0.6 * 0.10), rel=1e-9)
    assert (size(result).binds, size(result).by_cover) == ("gearing", pytest.approx(500 / ANNUITY))
    kept = small(loans=[{**loan, "reserve": {"months": 6}}])
    assert drawn(kept) == pytest.approx(600 / (1 - 0.6 * (0.10 + ANNUITY / 2)), rel=1e-9)
    assert line(kept, "balance", "reserve") == pytest.approx(drawn(kept) * ANNUITY / 2 * np.array([1, 1, 1, 1, 1, 0]))


def test_a_sculpted_debt_that_gearing_keeps_smaller_has_a_higher_cover() -> None:
    """600 instead of what the cover of 1.4 would carry: the same profile over the same years."""
    result = uneven(gearing=0.6)
    carried = (CASH / 1.4 * 1.08**-YEARS).sum()
    assert drawn(result) == pytest.approx(600, rel=1e-9)
    assert line(result, "ratios", "dscr")[1:] == pytest.approx(1.4 * carried / 600, rel=1e-9)
    assert line(result, "balance", "debt")[-1] == pytest.approx(0, abs=1e-9)


def test_size_interest_and_tax_are_solved_together() -> None:
    """A quarter of the profit is tax, interest is deducted: at the size found the rule holds with that tax."""
    result = small(loans=[{**SCULPTED, "draw_at": 0.0, "fee": 0.01, "commitment_fee": 0.005}],
                   tax={"brackets": [{"above": 0, "rate": 0.25}]}, construction_interest={"life": 5})  # fmt: skip
    interest, written = line(result, "debt", "loan_interest"), line(result, "income", "depreciation")
    tax = 0.25 * (700 - written - interest)[1:]
    assert line(result, "income", "income_tax")[1:] == pytest.approx(tax, rel=1e-9)
    assert drawn(result) == pytest.approx(((700 - tax) / 1.4 * 1.08**-YEARS).sum(), rel=1e-9)
    assert line(result, "ratios", "dscr")[1:] == pytest.approx(1.4, rel=1e-9)
    assert written[1] == pytest.approx(100 + 0.09 * drawn(result) / 5)


def test_quarters_are_tested_by_year() -> None:
    """Sixteen quarterly payments: 175 a quarter serve 125, at 2 % a quarter."""
    quarters = {"start": "2027-Q1", "period": "quarter", "construction": 4, "production": 20}
    machine = {**BASE["investments"][0], "amount": {"2027-Q1": 1000}}
    loan = {**LEVEL, "draw": {"2027-Q4": 3}, "first": "2028-Q1", "instalments": 16, "per_year": 4}
    result = small(horizon=quarters, investments=[machine], loans=[loan])
    # Interest runs by month inside a quarter and is not compounded there.
    assert drawn(result) == pytest.approx(125 * (1 - 1.02**-16) / 0.02, rel=1e-9)


def test_what_the_project_adds_sizes_its_loan() -> None:
    """100 of the 700 a year are earned without the project."""
    without = {"products": BASE["products"], "sales": [{**BASE["sales"][0], "quantity": 10}]}
    result = small(loans=[LEVEL], without=without)
    assert drawn(result) == pytest.approx(600 / 1.4 / ANNUITY, rel=1e-9)
    assert result.incremental is not None
    rows = result.incremental.lines.filter(statement="ratios", item="dscr")["value"].to_list()
    assert rows[1:6] == pytest.approx([1.4] * 5, rel=1e-9)
    assert line(result, "ratios", "dscr")[1:] == pytest.approx(1.4, rel=1e-9)


def test_gearing_counts_what_the_project_adds() -> None:
    """An old loan runs on in both cases: its interest of the year of construction is no use of the project."""
    old = {"id": "old", "kind": "constant_principal", "interest": 0.1, "opening": 200.0, "first": "2027",
           "instalments": 5, "repay_at": 1.0}  # fmt: skip
    without = {"products": BASE["products"], "sales": [{**BASE["sales"][0], "quantity": 10}], "loans": [old]}
    result = small(loans=[{**LEVEL, "gearing": 0.6}, old], without=without, opening={"cash": 200.0})
    assert size(result).by_gearing == pytest.approx(600, rel=1e-9)
    assert size(result).by_cover == pytest.approx(600 / 1.4 / ANNUITY, rel=1e-9)


def test_a_foreign_loan_is_sized_in_its_own_money() -> None:
    money = [{"code": "USD", "official": {"2027+": 5, "2030+": 8}}]
    result = small(loans=[{**SCULPTED, "currency": "USD", "origin": "foreign"}], currencies=money)
    allowed = 500 / np.array([5, 5, 8, 8, 8])
    assert size(result).amount == pytest.approx((allowed * 1.08**-YEARS).sum(), rel=1e-9)
    assert drawn(result) == pytest.approx(5 * size(result).amount)


# Reserve and sweep


def test_a_reserve_is_filled_out_of_cash_and_pays_what_cash_lacks() -> None:
    """Cash 700 after 500 of service fills 500 by 2030; in 2031 cash of 300 lacks 200."""
    cost = {"id": "stop", "category": "labour", "fixed": {"2031": 400}}
    loan = {**LEVEL, "sized": False, "draw": {"2027": 500 / ANNUITY}, "target_dscr": 1.3,
            "reserve": {"months": 12, "funded": "cash", "interest": 0.1}}  # fmt: skip
    result = small(costs=[BASE["costs"][0], cost], loans=[loan])
    assert line(result, "balance", "reserve") == pytest.approx([0, 200, 400, 500, 300, 0])
    assert line(result, "income", "reserve_interest") == pytest.approx([0, 0, 20, 40, 50, 30])
    assert line(result, "debt", "reserve_target", name="l", part="local") == pytest.approx([0, 500, 500, 500, 500, 0])
    assert line(result, "balance", "total_assets") == pytest.approx(line(result, "balance", "total_claims"))
    bare = small(costs=[BASE["costs"][0], cost], loans=[{**loan, "reserve": None}])
    gap = line(result, "equity", "net_cash_flow") - line(bare, "equity", "net_cash_flow")
    assert gap[:6] == pytest.approx([0, -200, -180, -60, 250, 330])


def test_a_reserve_looks_ahead_by_months() -> None:
    """Nine months are three quarters of the next year; eighteen are the next and half of the one after."""
    loan = {**LEVEL, "sized": False, "target_dscr": 1.3, "draw": {"2027": 100 / ANNUITY}}
    held = line(small(loans=[{**loan, "reserve": {"months": 9}}]), "balance", "reserve")
    assert held == pytest.approx([75, 75, 75, 75, 75, 0])
    held = line(small(loans=[{**loan, "reserve": {"months": 18}}]), "balance", "reserve")
    assert held == pytest.approx([150, 150, 150, 150, 100, 0])


def test_half_the_cash_above_a_threshold_repays_early() -> None:
    """2028: 700 − 120 − 480 = 100; 2029, with 250 owed: 700 − 83.33 − 12.50 − 480 = 124.17."""
    loan = {"id": "l", "kind": "constant_principal", "interest": 0.05, "draw": {"2027": 400}, "draw_at": 1.0,
            "first": "2028", "instalments": 4, "sweep": 0.5, "sweep_above": 480}  # fmt: skip
    result = small(loans=[loan])
    swept = line(result, "debt", "loan_swept")
    assert swept[:3] == pytest.approx([0, 50, (700 - 250 / 3 - 12.5 - 480) / 2])
    assert line(result, "debt", "loan_repaid")[1:3] == pytest.approx([100, 250 / 3])
    assert line(result, "balance", "debt")[2] == pytest.approx(250 - 250 / 3 - swept[2])
    assert line(result, "cash_plan", "loans_swept") == pytest.approx(swept)
    assert line(result, "balance", "total_assets") == pytest.approx(line(result, "balance", "total_claims"))
    assert drawn(result) == pytest.approx(swept.sum() + line(result, "debt", "loan_repaid").sum())


@pytest.mark.parametrize(
    ("loan", "code"),
    [
        ({**LEVEL, "draw": 0.0}, "study.sized_draw"),
        ({**LEVEL, "draw": {"2028": 1}}, "study.sized_draw_late"),
        ({**SCULPTED, "last": "2027"}, "study.last_before_first"),
        ({**LEVEL, "first": "2027", "draw": {"2027": 1}}, "study.sized_first"),
        ({**LEVEL, "sized": False}, "study.no_effect"),
        ({**LEVEL, "sized": False, "target_dscr": 1.3, "gearing": 0.5}, "study.no_effect"),
        ({**LEVEL, "sweep_above": 5}, "study.no_effect"),
        ({**LEVEL, "last": "2030"}, "study.no_effect"),
        ({**LEVEL, "opening": 5.0}, "study.no_effect"),
        ({**LEVEL, "gearing": 60}, "setting.share"),
        ({**LEVEL, "sweep": 50}, "setting.share"),
        ({**LEVEL, "reserve": {"months": 0}}, "setting.bound"),
        ({**LEVEL, "reserve": {"months": 6, "funded": "bank"}}, "setting.choice"),
    ],
)
def test_wrong_loans_are_told(loan: dict[str, Any], code: str) -> None:
    with pytest.raises(CaseError) as wrong:
        small(loans=[loan])
    assert code in {finding.code for finding in wrong.value.findings}


def test_two_sizes_and_a_reserve_without_construction_are_told() -> None:
    for loans, code in (
        ([LEVEL, {**LEVEL, "id": "m"}], "study.sized_twice"),
        ([LEVEL, {**SCULPTED, "id": "m", "sized": False}], "study.sized_beside_sculpted"),
    ):
        with pytest.raises(CaseError) as wrong:
            small(loans=loans)
        assert code in {finding.code for finding in wrong.value.findings}
    loan = {**LEVEL, "sized": False, "target_dscr": 1.3, "reserve": {"months": 6}}
    with pytest.raises(CaseError) as wrong:
        small(horizon={**horizon(6), "construction": 0}, loans=[loan])
    assert "study.reserve_construction" in {finding.code for finding in wrong.value.findings}


def test_cash_that_carries_nothing_is_told() -> None:
    cost = {"id": "c", "category": "labour", "fixed": {"2028+": 1100}}
    result = small(costs=[cost], loans=[LEVEL])
    assert drawn(result) == 0.0
    assert "statements.nothing_sized" in {finding.code for finding in result.findings}


share = st.floats(0.0, 1.0).map(lambda v: round(v, 3))


@st.composite
def sized_studies(draw: st.DrawFn) -> Statements:
    """A loan of any kind to be sized, with fees, tax, reserve and sweep, at a cash that may fall short."""
    kind = draw(st.sampled_from(["annuity", "constant_principal", "sculpted"]))
    loan: dict[str, Any] = {
        "id": "l", "kind": kind, "interest": draw(st.floats(0.0, 0.2)), "draw": {"2027": 2, "2028": 1},
        "draw_at": draw(share), "target_dscr": draw(st.floats(1.0, 2.5)), "sized": True,
        "gearing": draw(st.none() | st.floats(0.2, 1.0)), "fee": draw(st.floats(0, 0.05)),
        "upfront_fee": draw(st.floats(0, 0.05)), "commitment_fee": draw(st.floats(0, 0.02)),
        "first": draw(st.sampled_from(["2029", "2030"])), "capitalised": draw(share),
        "sweep": draw(st.sampled_from([0.0, 0.0, 0.5, 1.0])),
        "reserve": draw(st.none() | st.fixed_dictionaries({"months": st.floats(1, 18), "interest": st.floats(0, 0.1),
                                                           "funded": st.sampled_from(["drawdown", "cash"])})),
    }  # fmt: skip
    loan |= {"last": "2034"} if kind == "sculpted" else {"instalments": draw(st.integers(1, 5))}
    extra = {str(2029 + t): draw(st.floats(0, 500)) for t in range(7)}
    costs = [BASE["costs"][0], {"id": "extra", "category": "labour", "fixed": extra}]
    told = {
        **BASE, "horizon": {"start": "2027", "construction": 2, "production": 7}, "costs": costs, "loans": [loan],
        "tax": {"brackets": [{"above": 0, "rate": draw(st.floats(0, 0.5))}], "carry_forward": 3},
    }  # fmt: skip
    return statements(study_of(told))


@settings(max_examples=60, deadline=None)
@given(sized_studies())
def test_every_size_keeps_its_limits(result: Statements) -> None:
    accounts, sized = result.accounts, size(result)
    (flow,) = accounts.financing.loans
    assert sized.unsettled < 1e-9
    assert drawn(result) == pytest.approx(min(sized.by_cover, sized.by_gearing), rel=1e-9, abs=1e-9)
    assert line(result, "balance", "total_assets") == pytest.approx(line(result, "balance", "total_claims"), abs=1e-6)
    assume(drawn(result) > 1e-6)
    cover = yearly_cover([accounts])
    served = ~np.isnan(cover)
    assert (cover[served] >= sized.loan.target_dscr * (1 - 1e-8)).all()
    if sized.binds == "cover" and not sized.loan.sweep and sized.loan.kind != "sculpted":
        assert cover[served].min() == pytest.approx(sized.loan.target_dscr, rel=1e-8)
    left = project_cash(accounts, None) - other_service(accounts, None)
    for reserve in accounts.reserves:
        assert (reserve.balance >= 0).all()
        assert (reserve.balance <= reserve.target + 1e-9).all()
        assert reserve.balance[-1] == pytest.approx(0, abs=1e-9)
        left = left - np.maximum(reserve.growth, 0.0)
    assert (flow.swept <= sized.loan.sweep * np.maximum(left, 0.0) + 1e-6).all()
    assert (flow.balance >= -1e-9).all()
    assert flow.balance[-1] == pytest.approx(0, abs=1e-6 * max(1.0, drawn(result)))
    if sized.loan.gearing is not None:
        uses = accounts.invested() + accounts.reserve_growth + flow.interest + flow.fees
        owed = flow.balance[1]
        assert owed <= sized.loan.gearing * uses[:2].sum() * (1 + 1e-9) + 1e-9
