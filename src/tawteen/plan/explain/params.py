"""Numbers that shape reasons and their sentences; `plan.params` has those that a profile may replace."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReasonParams:
    """How reasons are worked out in slices, and what their sentences say."""

    cut_multiples: tuple[float, ...] = (1.0, 1.2, 1.5, 2.0, 100.0)
    """Multiples of the cut of cost items that today's prices ask for, tried in turn; the last exceeds the largest cut
    there is."""
    few_options: int = 200
    """Options below which only their own prices are read: saves time."""
    options_at_once: int = 2000
    """Options priced at once: more take more memory."""
    separate_amount: float = 0.95
    """A least amount of a limit below this share of the amount for the best start gets a sentence of its own."""
    units_named: int = 4
    """Units that a sentence names; the others are counted."""
    fraction_count: int = 100
    """Number whose plural form a fraction takes."""
    gap_decimals: int = 2
    """Digits after the point of a gap in percent; a gap that rounds to none is not said."""


REASON_PARAMS = ReasonParams()
