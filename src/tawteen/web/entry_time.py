"""The time of an entry as pages write it."""

from __future__ import annotations

from tawteen.report.direction import LRI, PDI


def entry_time(time: str) -> str:
    """Day and time to the second, in UTC: 2026-11-30 12:35:14 UTC; kept in this order within a sentence in Arabic."""
    return f"{LRI}{time.replace('T', ' ').removesuffix('Z')} UTC{PDI}"
