"""Numbers that tune how works are spread over time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkParams:
    """What counts as rounding in weeks, and how far ahead steps are listed."""

    week_rounding: float = 1e-6
    """Weeks by which a duration may exceed a step without entering the next: products of durations carry rounding."""
    farthest: int = 10_000
    """Steps after which time no longer counts: far beyond any horizon, and few enough to be listed one by one."""


NETWORK = NetworkParams()
