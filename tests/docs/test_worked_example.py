"""The figures of the worked example in the method follow from its data."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import linprog

METHOD = (Path(__file__).parents[2] / "docs" / "method.md").read_text(encoding="utf-8")
COST, EARNS, FUND = 0.6, np.array([0.9, 0.8, 0.7]), 1.0


def best(fund: float) -> float:
    """The optimum by enumeration of every choice."""
    choices = [np.array(choice) for choice in product((0, 1), repeat=3)]
    return float(max(choice @ (EARNS - COST) for choice in choices if COST * choice.sum() <= fund + 1e-9))


def test_figures_of_the_worked_example() -> None:
    text = METHOD.partition("## A worked example")[2].partition("## Notation")[0]
    relaxed = linprog(COST - EARNS, A_ub=[[COST] * 3], b_ub=[FUND], bounds=[(0, 1)] * 3)
    value, bound, price = best(FUND), -relaxed.fun, -relaxed.ineqlin.marginals[0]
    assert value == pytest.approx(0.3)
    assert f"{bound:.3f}" in text
    assert rf"{(bound - value) / value:.0%}".replace("%", r"\,\%") in text
    assert f"is worth {price:.2f} per unit" in text
    assert best(FUND + 0.2) - value == pytest.approx(0.2)
    assert best(FUND + 0.19) == pytest.approx(value)
