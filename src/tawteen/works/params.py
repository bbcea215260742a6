"""Numbers that tune how works are spread over time and trainees are counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkParams:
    """What counts as rounding in weeks and persons, and how far ahead steps are listed."""

    week_rounding: float = 1e-6
    """Weeks by which a duration may exceed a step without entering the next: products of durations carry rounding."""
    class_rounding: float = 1e-6
    """Share of a class by which its places may miss a whole number of classes without counting as another."""
    farthest: int = 10_000
    """Steps after which time no longer counts: far beyond any horizon, and few enough to be listed one by one."""


NETWORK = NetworkParams()
