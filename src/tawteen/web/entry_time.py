"""The time of an entry as pages write it."""

from __future__ import annotations


def entry_time(time: str) -> str:
    """Day and time to the second, in UTC: 2026-11-30 12:35:14 UTC."""
    return time.replace("T", " ").removesuffix("Z") + " UTC"
