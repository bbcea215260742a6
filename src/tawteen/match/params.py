"""Numbers that tune how needs and offers are matched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MatchParams:
    """Which sources are listed for a need, and from which size a need counts."""

    sources_listed: int = 3
    """Sources listed for each need, the cheapest first."""
    least_gap: float = 1e-9
    """Part of a need, in the unit of its capability or in seats, up to which it counts as covered."""


MATCH = MatchParams()
