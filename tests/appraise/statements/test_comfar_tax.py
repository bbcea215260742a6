"""Tables 22 and 23 of the COMFAR III reference manual, by the arithmetic alone and through a whole study."""

from __future__ import annotations

import numpy as np
import pytest
from tests.appraise.statements.textbook import expected, study

from tawteen.appraise.statements import statements
from tawteen.appraise.statements.tax import bracket_tax, income_tax, losses_used
from tawteen.appraise.study import IncomeTaxBracket

TABLES = expected("comfar_tax")
GRADUATED, LOSSES = TABLES["graduated_tax"], TABLES["loss_carry_forward"]
BRACKETS = [
    IncomeTaxBracket(above=a, rate=r) for a, r in zip(GRADUATED["lower_limits"], GRADUATED["rates"], strict=True)
]


@pytest.mark.parametrize("case", GRADUATED["cases"], ids=lambda c: c["origin"])
def test_graduated_tax(case: dict[str, float]) -> None:
    assert bracket_tax(np.array([case["profit"]]), BRACKETS) == pytest.approx([case["tax"]])
    assert bracket_tax(np.array([case["profit"]]), BRACKETS[::-1]) == pytest.approx([case["tax"]])


def test_graduated_tax_of_a_study() -> None:
    result = statements(study("comfar_tax", "brackets"))
    cases = GRADUATED["cases"]
    assert study("comfar_tax", "brackets").tax.brackets == tuple(BRACKETS)
    assert result.line("income", "gross_profit") == pytest.approx([c["profit"] for c in cases])
    assert result.line("income", "income_tax") == pytest.approx([c["tax"] for c in cases])


def test_losses_carried_forward() -> None:
    profits = np.array(LOSSES["profits"], dtype=float)
    used = losses_used(profits, LOSSES["years"])
    assert used == pytest.approx(np.array(LOSSES["deductible_loss"], dtype=float))
    tax = income_tax(profits, used, [IncomeTaxBracket(above=0, rate=LOSSES["rate"])], np.zeros(6, dtype=bool))
    assert tax == pytest.approx(np.array(LOSSES["tax"], dtype=float))


def test_losses_carried_forward_of_a_study() -> None:
    result = statements(study("comfar_tax", "losses"))
    lines = {
        "gross_profit": "profits",
        "losses_used": "deductible_loss",
        "taxable_profit": "taxable",
        "income_tax": "tax",
    }
    for item, key in lines.items():
        assert result.line("income", item) == pytest.approx(LOSSES[key])


def test_fifty_of_the_first_loss_expire() -> None:
    profits = np.array(LOSSES["profits"], dtype=float)
    assert -profits[:2].sum() - losses_used(profits, 3).sum() == pytest.approx(50)
    assert losses_used(profits, 6).sum() == pytest.approx(-profits[:2].sum())


def test_many_paths_at_once() -> None:
    """Hand-derived: a second path without losses uses none."""
    paths = np.array([LOSSES["profits"], [10.0, 20, 30, 40, 50, 60]], dtype=float)
    used = losses_used(paths, 3)
    assert used[0] == pytest.approx(losses_used(paths[0], 3))
    assert not used[1].any()
