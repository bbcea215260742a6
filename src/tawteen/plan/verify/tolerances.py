"""Tolerances of the independent check: by how much a programme may differ from what is recomputed.

They are the check's own, apart from those of planning, so that no change there loosens what is checked.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckTolerances:
    """Tolerances without unit, unless a line says otherwise. A larger one lets more pass."""

    relative: float = 1e-6
    """Share of the size of a limit that counts as rounding; and the amount, in the unit of a good, up to which a route
    may carry what it is not made for."""
    money: float = 1e-9
    """Share of the money in play by which a value or a bound may miss what is recomputed: sums in double precision
    agree to 1e-15 of it, and a larger share is soon more than the gain."""
    least_size: float = 1e-3
    """Smallest size of a limit that its rounding is a share of, in units of the limit."""
    limit: float = 1e-5
    """Share of the size of a limit by which its row of the table of limits may miss what is measured."""
    unit: float = 1e-5
    """Share of the largest amount at a site by which the amount of a unit may miss what its supply comes to."""
    gain: float = 2e-6
    """Share of the money in play: a programme whose gain is above it states a gap where it states a bound."""
    gap: float = 1e-4
    """Share of the gap by which the stated one may miss."""
    disproved: float = 1e-6
    """Share of the money in play by which prices that prove doing nothing optimal may miss: more is no rounding."""
    unproved: float = 1e-8
    """The same below which doing nothing counts as proved optimal."""
    limit_value: float = 1e-8
    """Share of the money in play by which the value at the prices of limits may miss the value of the programme, and
    what the price of a limit makes of the part that is not used may miss 0."""
    margin: float = 1e-4
    """Share of the prices that a margin is a difference of by which it may miss."""
    classes: float = 1e-5
    """Part of a class by which what is supplied of a course may miss a whole number of classes."""
    rounding: float = 1e-9
    """Share of what pools cost, and part of a week, that counts as rounding of sums."""
    party: float = 1e-9
    """Share of the money in play by which a result of a party may miss."""
    courses_at_delivery: int = 10
    """Courses of the futures of a policy whose flows are recomputed before a programme is delivered; the command
    `verify` recomputes all."""
    options_at_once: int = 400
    """Options whose starts are valued at a time: of thousands, all together would fill the memory. It changes no
    figure."""


CHECK_TOLERANCES = CheckTolerances()
