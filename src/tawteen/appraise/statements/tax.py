"""Income tax: brackets, holiday, losses carried forward until they expire."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tawteen.appraise.statements.timing import Array
from tawteen.appraise.study import IncomeTaxBracket


def bracket_tax(profit: Array, brackets: Sequence[IncomeTaxBracket]) -> Array:
    """Returns the tax on taxable profits of a year by brackets. Source: COMFAR III reference manual, table 22."""
    tax = np.zeros_like(profit, dtype=np.float64)
    ordered = sorted(brackets, key=lambda bracket: bracket.above)
    tops = [*(bracket.above for bracket in ordered[1:]), np.inf]
    for bracket, top in zip(ordered, tops, strict=False):
        tax += bracket.rate * np.clip(profit - bracket.above, 0.0, top - bracket.above)
    return tax


def losses_used(profit: Array, years: int) -> Array:
    """Returns losses of the previous `years` set against the profit of each year, oldest first; (…, years).

    Older losses expire. Source: COMFAR III reference manual, table 23.
    """
    used = np.zeros_like(profit, dtype=np.float64)
    unused_losses = np.maximum(-profit, 0.0).astype(np.float64)
    for year in range(profit.shape[-1]):
        room = np.maximum(profit[..., year], 0.0)
        for before in range(max(0, year - years), year):
            offset = np.minimum(room - used[..., year], unused_losses[..., before])
            used[..., year] += offset
            unused_losses[..., before] -= offset
    return used


def income_tax(profit: Array, used: Array, brackets: Sequence[IncomeTaxBracket], free: Array) -> Array:
    """Returns the tax of each year on profit less losses used; 0 in the years that are `free`."""
    taxable = np.maximum(profit - used, 0.0)
    return np.asarray(np.where(free, 0.0, bracket_tax(taxable, brackets)))
