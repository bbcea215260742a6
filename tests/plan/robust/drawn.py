"""Cases whose uncertainty is known, and programmes for them."""

from __future__ import annotations

import datetime as dt
from functools import cache

from tests.tiny import tables, tiny

from tawteen.case.model import Case
from tawteen.plan.planning import plan
from tawteen.plan.programme import Programme

RANGED = {
    ("costs", "mill-repair/parts", "amount"): (120_000.0, 150_000.0, 260_000.0),
    ("works", "mill-repair/A", "weeks"): (8.0, 10.0, 20.0),
    ("options", "mill-repair", "capacity"): (2000.0, 3000.0, 3300.0),
    ("commodities", "wheat", "cif"): (200.0, 250.0, 320.0),
}
"""Range and mode by table, row and column: the first two stated by the row itself, the others by evidence."""


def ranged() -> Case:
    """The tiny case with four ranges."""
    changed = tables()
    changed["costs"][0] |= {"low": 120_000.0, "high": 260_000.0}
    changed["works"][0] |= {"weeks_low": 8.0, "weeks_high": 20.0}
    changed["evidence"] = [
        {"id": f"E{i}", "table": table, "row": row, "column": column, "value": f"{mode:g}", "grade": "assumed",
         "low": low, "high": high, "as_of": dt.date(2026, 1, 1)}
        for i, ((table, row, column), (low, mode, high)) in enumerate(RANGED.items()) if table not in ("costs", "works")
    ]  # fmt: skip
    return tiny({name: changed[name] for name in ("costs", "works", "evidence")})


def with_precedents() -> Case:
    """The tiny case with six precedents of the class of its mill, half of which still run; its costs have a range."""
    changed = tables()
    for option in changed["options"]:
        if option["site"] == "mill":
            option["reference_class"] = "food"
    changed["costs"][0] |= {"low": 120_000.0, "high": 260_000.0}
    past = [(1.0, True), (1.5, False), (2.0, None), (1.0, True), (1.5, False), (2.0, None)]
    changed["precedents"] = [
        {"id": f"P{i}", "reference_class": "food", "name_en": "x", "name_ar": "س", "cost_ratio": ratio, "survived": ran}
        for i, (ratio, ran) in enumerate(past)
    ]
    return tiny({name: changed[name] for name in ("options", "costs", "precedents")})


@cache
def programme() -> Programme:
    """The best programme of the tiny case."""
    return plan(tiny(), time_limit=60.0, gap=0.0)
