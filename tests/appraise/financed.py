"""The rich tiny case with money terms: a bank, a loan in dinars, the budget, buyers who pay late, taxes."""

from __future__ import annotations

from typing import Any

from tests.appraise.test_value import rich
from tests.tiny import names, tables

from tawteen.case.build import table_of
from tawteen.case.model import Case

BANK: dict[str, Any] = {
    "id": "bank", **names("Bank", "مصرف"), "party": "host", "terms": "loan", "rate": 0.08, "years": 2.0,
    "grace_quarters": 4.0, "repayment": "principal",
}  # fmt: skip
DINAR = {**BANK, "id": "dinar", "currency": "LYD", "rate": 0.05, "grace_quarters": 0.0}
STATE = {"id": "state", **names("State", "الدولة"), "kind": "state", "commodities": "flour", "share": 0.6,
         "days": 30.0, "late_days": 60.0}  # fmt: skip
SHARES = ({"id": "1", "fund": "bank", "share": 0.5}, {"id": "2", "fund": "budget"})


def financed(
    *rows: dict[str, Any],
    funds: tuple[dict[str, Any], ...] = (BANK, DINAR),
    buyers: tuple[dict[str, Any], ...] = (),
    **settings: Any,
) -> Case:
    """Rows of finance (half by the bank and the rest by the budget where none is given)."""
    case = rich(**settings)
    made = {
        "funds": table_of("funds", [*tables()["funds"], *funds]),
        "finance": table_of("finance", rows or SHARES),
        "buyers": table_of("buyers", buyers),
    }
    return Case(case.settings, {**case.tables, **made})
