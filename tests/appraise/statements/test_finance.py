"""Loans, sculpted debt and cover ratios against numbers derived by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tawteen.appraise.finance import LoanTerms, annuity_share, debt, month_shares, supported_debt
from tawteen.appraise.statements import Statements, statements
from tawteen.appraise.study import Loan
from tawteen.appraise.study_file import study_of


def course(draw: Any, *, first: int = 12, days: int = 360, repay: Any = 0.0, **terms: Any) -> Any:
    loan = Loan.model_validate({"id": "loan", "interest": 0.1, **terms})
    drawn = np.asarray(draw, dtype=float)
    shares = month_shares(drawn.shape[-1], 12, days)
    return debt(LoanTerms(loan, drawn, np.broadcast_to(repay, drawn.shape), first, -1, shares))


def test_constant_principal() -> None:
    """1000 drawn at the start, four instalments of 250 at the ends of years 1 to 4."""
    loan = course([1000, 0, 0, 0], first=11, kind="constant_principal", instalments=4)
    assert loan.repaid == pytest.approx([250] * 4)
    assert loan.interest == pytest.approx([100, 75, 50, 25])
    assert loan.balance == pytest.approx([750, 500, 250, 0])


def test_annuity_pays_the_same_each_year() -> None:
    """A loan of 1000 at 10 % over three years costs 402.1148 a year."""
    loan = course([1000, 0, 0], first=11, kind="annuity", instalments=3)
    assert loan.service == pytest.approx([402.114804] * 3)
    assert loan.interest == pytest.approx([100, 69.788520, 36.555891])
    assert loan.balance[-1] == pytest.approx(0, abs=1e-9)


def test_annuity_without_interest() -> None:
    assert annuity_share(0.0, 4) == 0.25
    loan = course([1000, 0], first=11, kind="annuity", instalments=2, interest=0.0)
    assert loan.repaid == pytest.approx([500, 500])


def test_half_yearly_instalments_save_interest() -> None:
    """200 repaid by 100 in mid-year and 100 at its end: 10 % on 200 and then on 100, half a year each."""
    loan = course([200], first=5, kind="constant_principal", instalments=2, per_year=2)
    assert loan.interest == pytest.approx([15])
    assert loan.repaid == pytest.approx([200])


def test_grace_fees_and_interest_added() -> None:
    """Half of the interest of the first year is added to the loan; fees are on what is drawn and what still waits."""
    loan = Loan.model_validate(
        {
            "id": "loan",
            "kind": "profile",
            "interest": 0.1,
            "capitalised": 0.5,
            "fee": 0.02,
            "commitment_fee": 0.01,
        }
    )
    terms = LoanTerms(loan, np.array([600.0, 400, 0]), np.array([0.0, 0, 1030]), 0, 0, month_shares(3, 12, 360))
    got = debt(terms)
    assert got.interest == pytest.approx([60, 103, 103])
    assert got.added == pytest.approx([30, 0, 0])
    assert got.paid_interest == pytest.approx([30, 103, 103])
    assert got.fees == pytest.approx([12 + 4, 8, 0])
    assert got.balance == pytest.approx([630, 1030, 0])


def test_true_days_of_a_year() -> None:
    """Drawn at the start of July: 184 of 365 days, against half a year of 30-day months."""
    july = {"kind": "profile", "draw_at": 0.5}
    assert course([1000], days=365, **july).interest == pytest.approx([1000 * 0.1 * 184 / 365])
    assert course([1000], **july).interest == pytest.approx([50])


def test_many_paths_of_a_loan_at_once() -> None:
    paths = np.array([[1000.0, 0, 0], [500, 500, 0]])
    both = course(paths, first=23, kind="annuity", instalments=2)
    for row, path in enumerate(paths):
        alone = course(path, first=23, kind="annuity", instalments=2)
        assert both.balance[row] == pytest.approx(alone.balance)
        assert both.interest[row] == pytest.approx(alone.interest)


def test_sculpted_debt() -> None:
    """130 and 260 at a cover of 1.3 serve 100 and 200: at 10 % a debt of 90.909 + 165.289."""
    assert supported_debt(np.array([130.0, 260.0]) / 1.3, np.full(2, 0.1)) == pytest.approx(100 / 1.1 + 200 / 1.21)


def test_a_period_without_cash_pays_no_interest_of_a_sculpted_debt() -> None:
    assert supported_debt(np.array([0.0, 121.0]), np.full(2, 0.1)) == 0.0
    assert supported_debt(np.array([0.0, 121.0]), np.array([0.0, 0.1])) == pytest.approx(110)


def plant(**more: Any) -> Statements:
    """Costs 1000 in 2027, earns 500 a year in 2028 to 2031 at a cost of 100; no tax."""
    return statements(
        study_of(
            {
                "id": "plant",
                "currency": "LYD",
                "discount": 0.1,
                "horizon": {"start": "2027", "construction": 1, "production": 4},
                "products": [{"id": "p"}],
                "sales": [{"id": "s", "product": "p", "quantity": 50, "price": 10}],
                "costs": [{"id": "c", "category": "labour", "fixed": 100}],
                "investments": [
                    {"id": "i", "group": "machinery", "amount": 1000, "depreciation": {"life": 4}},
                ],
                "equity": [{"id": "e", "amount": 400}],
                **more,
            }
        )
    )


LOAN = {"id": "bank", "kind": "constant_principal", "interest": 0.1, "draw": 600, "draw_at": 1.0, "instalments": 4}


def sculpted(target: float, **more: Any) -> dict[str, Any]:
    return {**{name: value for name, value in LOAN.items() if name != "instalments"}, "kind": "sculpted",
            "target_dscr": target, **more}  # fmt: skip


def test_cover_ratios() -> None:
    """400 a year against 150 and interest of 60, 45, 30, 15 on a loan of 600."""
    result = plant(loans=[LOAN])
    service = np.array([210, 195, 180, 165])
    assert result.line("ratios", "dscr")[1:] == pytest.approx(400 / service)
    worth = sum(400 / 1.1**t for t in (1, 2, 3, 4))
    assert result.line("ratios", "llcr")[1] == pytest.approx(worth / 600)
    assert result.line("ratios", "llcr")[4] == pytest.approx(400 / 1.1 / 150)
    assert result.line("ratios", "dscr")[0] is None
    reasons = result.lines.filter(statement="ratios", item="dscr")["reason"].to_list()
    assert reasons == ["statements.no_debt_service", None, None, None, None]


def test_loan_life_is_shorter_than_project_life() -> None:
    """Two instalments: the loan's life counts the cash of two years, the project's that of four."""
    result = plant(loans=[{**LOAN, "instalments": 2}])
    assert result.line("ratios", "llcr")[1] == pytest.approx((400 / 1.1 + 400 / 1.21) / 600)
    assert result.line("ratios", "plcr")[1] == pytest.approx(sum(400 / 1.1**t for t in (1, 2, 3, 4)) / 600)
    assert result.line("ratios", "plcr")[3] is None


def test_sculpted_loan_holds_its_target_until_it_is_paid() -> None:
    """The same with a profit tax: the target holds with the tax that the interest itself saves."""
    tax = {"brackets": [{"above": 0, "rate": 0.3}]}
    result = plant(loans=[sculpted(1.6)], tax=tax)
    cover = result.line("ratios", "dscr")
    assert cover[1:3] == pytest.approx([1.6, 1.6], abs=1e-7)
    assert result.line("balance", "debt")[-1] == pytest.approx(0)
    assert result.line("income", "income_tax")[1] == pytest.approx(0.3 * (500 - 100 - 250 - 60))


def test_a_debt_that_the_cash_cannot_carry_is_told() -> None:
    result = plant(loans=[sculpted(8.0)])
    left = result.line("balance", "debt")[-1]
    assert left is not None
    assert left > 0
    assert [f.code for f in result.findings] == ["statements.loan_left"]


def test_a_loan_in_foreign_currency_is_restated() -> None:
    """60 USD at 10, then 12: what is owed grows by 120, a loss; interest and instalments are paid at 12."""
    result = plant(
        currencies=[{"code": "USD", "official": {"2027": 10, "2028+": 12}}],
        loans=[{**LOAN, "draw": 60, "currency": "USD"}],
    )
    assert result.line("debt", "loan_balance")[:2] == pytest.approx([600, 45 * 12])
    assert result.line("income", "exchange_loss") == pytest.approx([0, 120, 0, 0, 0])
    assert result.line("debt", "loan_repaid")[1:] == pytest.approx([180] * 4)
    assert result.line("debt", "loan_interest")[1] == pytest.approx(72)
    assert result.line("balance", "total_assets") == pytest.approx(result.line("balance", "total_claims"))
