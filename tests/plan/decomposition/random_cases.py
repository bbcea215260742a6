"""Small random cases: the tiny case with money, credit, crews, roads, prices and rules drawn anew."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import numpy as np
from tests.tiny import SETTINGS, tables, tiny

from tawteen.case.model import Case

Rows = dict[str, list[dict[str, Any]]]
AMOUNTS = {
    "fund_limits": "amount", "credit": "amount", "offers": "capacity", "demands": "quantity", "supplies": "quantity",
    "costs": "amount", "trainers": "headcount", "courses": "seats",
}  # fmt: skip
RULES: tuple[dict[str, Any], ...] = (
    {"kind": "must", "sites": "mill"},
    {"kind": "must", "sites": "cables", "end": dt.date(2027, 9, 30)},
    {"kind": "at_least", "measure": "sites", "value": 2.0},
    {"kind": "at_least", "measure": "jobs", "value": 60.0},
    {"kind": "at_most", "measure": "sites", "value": 1.0},
    {"kind": "at_most", "measure": "investment", "value": 600_000.0},
    {"kind": "after", "sites": "pasta", "before": "mill"},
    {"kind": "after", "sites": "cables", "before": "mill"},
    {"kind": "share", "region": "south", "value": 0.3},
    {"kind": "one_of", "sites": "cables;pasta"},
    {"kind": "never", "sites": "pasta"},
)


def random_case(seed: int) -> Case:
    """The tiny case with amounts multiplied, flags turned and rules added at random; the same for the same seed."""
    rng = np.random.default_rng([seed, 20])
    rows: Rows = copy.deepcopy(tables())
    for table, column in AMOUNTS.items():
        for row in rows[table]:
            if rng.random() < 0.7:
                row[column] *= float(np.exp(rng.uniform(-2.0, 1.0)))
    flour = rows["commodities"][0]
    flour["uptake"] = float(rng.choice([0.02, 0.1, 0.6, 1.0]))
    for good in rows["commodities"][:2]:
        if rng.random() < 0.3:
            good["import_limit"] = float(rng.uniform(1000.0, 12000.0))
    if rng.random() < 0.4:
        rows["funds"][0]["refill"] = float(rng.uniform(0.0, 0.2))
    if rng.random() < 0.3:
        rows["routes"][0]["capacity"] = float(rng.uniform(200.0, 3000.0))
    if rng.random() < 0.3:
        rows["demands"][0]["penalty"] = float(rng.uniform(100.0, 600.0))
    picked = rng.choice(len(RULES), size=int(rng.choice([0, 0, 1, 1, 2])), replace=False)
    rows["rules"] = [{"id": f"r{k}", "text_en": "", "text_ar": "", **RULES[k]} for k in sorted(picked.tolist())]
    value = {**SETTINGS["value"], "view": str(rng.choice(["economic", "financial"]))}
    return tiny(rows, value=value)
