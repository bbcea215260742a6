"""Prices of limits that leave something over: none, unless what is left is carried over to where it is scarce."""

from __future__ import annotations

import polars as pl
import pytest
from tests.plan.planned import programme
from tests.tiny import tables, tiny

from tawteen.appraise.prices import prices
from tawteen.case.ranges import expected_case
from tawteen.diagnose import diagnose
from tawteen.effects import effects_of
from tawteen.match import match
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.limit_prices import _check_unused
from tawteen.plan.verify.solution import ClaimedSolution, claimed_solutions
from tawteen.works import works_network

LATER_PRICE = 5.0


def claim(carry_over: float) -> ClaimedSolution:
    funds = [{**fund, "carry_over": carry_over} for fund in tables()["funds"]]
    case = expected_case(tiny({"funds": funds}))
    network = works_network(case, diagnose(case))
    return claimed_solutions(
        case, programme(), effects_of(case), match(case, network), prices(case), lead=network.lead
    )[0]  # fmt: skip


def reported(carry_over: float, kind: str, name: str, price: float) -> list[tuple[str, str]]:
    """What is found where one of ten units is used at `price`, and all are used in the next quarter."""
    limits = pl.DataFrame(
        [(kind, name, 0, 1.0, 10.0, price), (kind, name, 1, 10.0, 10.0, LATER_PRICE)],
        ["kind", "id", "period", "used", "limit", "price"],
        orient="row",
    )
    solution = claim(carry_over)
    checks = Checks(solution.case.calendar)
    _check_unused(solution, limits, 1.0, checks)
    return [(finding.code, str(finding.value)) for finding in checks.findings]


@pytest.mark.parametrize("carry_over", [1.0, 0.5])
def test_money_that_is_saved_has_the_price_of_the_quarter_it_is_saved_for(carry_over: float) -> None:
    fund = tables()["funds"][0]["id"]
    assert reported(carry_over, "fund", fund, carry_over * LATER_PRICE) == []
    for wrong in (0.0, carry_over * LATER_PRICE + 0.01):
        assert reported(carry_over, "fund", fund, wrong) == [("verify.limit_prices", f"fund/{fund}")]


def test_what_cannot_be_saved_has_no_price_where_it_is_left_over() -> None:
    fund = tables()["funds"][0]["id"]
    assert reported(0.0, "fund", fund, LATER_PRICE) == [("verify.limit_prices", f"fund/{fund}")]
    assert reported(1.0, "credit", "credit", LATER_PRICE) == [("verify.limit_prices", "credit/credit")]
    assert reported(1.0, "credit", "credit", 0.0) == reported(0.0, "fund", fund, 0.0) == []
