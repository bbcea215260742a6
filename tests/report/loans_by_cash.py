"""Studies whose loan hangs on their cash: sized, sculpted, swept, with a reserve."""

from __future__ import annotations

from typing import Any

from tawteen.appraise.study import Study
from tawteen.appraise.study_file import study_of as parsed


def by_cash(**loan: Any) -> Study:
    """A mill of ten years with a loan that hangs on its cash: fees, tax, interest of construction, a dear year."""
    terms = {"id": "bank", "interest": 0.02, "base": {"2027+": 0.05, "2030+": 0.06}, "draw": {"2027": 2, "2028": 1},
             "draw_at": 0.5, "first": "2029", "target_dscr": 1.35, "fee": 0.01, "upfront_fee": 0.015,
             "commitment_fee": 0.005, **loan}  # fmt: skip
    return parsed({
        "id": "mill", "currency": "LYD", "profile": "excel", "discount": 0.1,
        "horizon": {"start": "2027", "construction": 2, "production": 10},
        "products": [{"id": "flour", "utilisation": {"2029": 0.7, "2030+": 0.9}}],
        "sales": [{"id": "flour", "product": "flour", "quantity": 1000, "price": 1.5}],
        "investments": [{"id": "line", "group": "machinery", "amount": {"2027": 1200, "2028": 500},
                         "depreciation": {"life": 10}}],
        "costs": [{"id": "wheat", "category": "raw_materials", "variable": 650, "stock_days": 30},
                  {"id": "staff", "category": "labour", "fixed": {"2028": 20, "2029+": 150, "2032": 250}}],
        "equity": [{"id": "owner", "amount": {"2027": 1200, "2028": 900}}],
        "loans": [terms], "tax": {"brackets": [{"above": 0, "rate": 0.2}], "carry_forward": 5},
        "construction_interest": {"life": 5},
        "currencies": [{"code": "EUR", "official": {"2027+": 5.0, "2031+": 6.0}}],
    })  # fmt: skip


RESERVE = {"months": 7, "interest": 0.03}
OUT_OF_CASH = {"months": 15, "interest": 0.03, "funded": "cash"}
BY_CASH: dict[str, dict[str, Any]] = {
    "level": {"kind": "annuity", "instalments": 16, "per_year": 2, "sized": True, "reserve": RESERVE},
    "equal, geared, swept": {"kind": "constant_principal", "instalments": 8, "sized": True, "gearing": 0.5,
                             "sweep": 0.4, "sweep_above": 50, "reserve": OUT_OF_CASH},
    "sculpted": {"kind": "sculpted", "sized": True, "last": "2036", "gearing": 0.4, "reserve": RESERVE,
                 "capitalised": 0.5},
    "sculpted, foreign, swept": {"kind": "sculpted", "sized": True, "currency": "EUR", "origin": "foreign",
                                 "sweep": 0.3},
    "stated, swept": {"kind": "annuity", "instalments": 8, "draw": {"2027": 900}, "sweep": 0.5, "target_dscr": 1.3},
}  # fmt: skip
