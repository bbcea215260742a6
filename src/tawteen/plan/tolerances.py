"""Numerical tolerances of planning: below which difference two numbers count as equal, and which entries are left out.

They guard against rounding in double precision (relative accuracy about 1e-16) and in the solver (feasibility 1e-7),
so they are no parameters of a profile: a user has no reason to change them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tolerances:
    """Tolerances without unit, unless a line says otherwise."""

    gap_margin: float = 0.999
    """Share of the requested gap at which the search ends: leaves room for rounding between units of money."""
    improvement: float = 1e-9
    """Smallest improvement of the objective that counts, share of its value."""
    proven_gap: float = 1e-6
    """Largest gap, as a share of the gain, that is reported as optimal."""
    no_gain: float = 1e-6
    """Gain below which no gap is stated, share of the money in play."""
    stated_money: float = 1e-6
    """Difference of two figures of a programme's file that counts as rounding, share of its value; and of two gaps."""
    stated_gain: float = 1e3
    """Multiple of that difference from which on a gain of a programme's file has a gap."""
    outlook: float = 1e-9
    """Difference of two figures of an outlook that counts as rounding, share of the largest amount beside it."""
    objective: float = 1e-9
    """Difference of bound and value that is rounding, share of the money in play."""
    zero: float = 1e-12
    """Model coefficients below this are set to 0 (in units of the case)."""
    feasibility: float = 1e-6
    """Largest violation of a row that counts as rounding: relative to its limit, absolute below a limit of 1."""
    flow: float = 1e-9
    """Flows below this share of the usual amount of their block are left out of a programme."""
    series_spread: float = 1e3
    """Multiple of the median series of a block up to which a larger series sets the usual amount of `flow`."""
    entry: float = 1e-10
    """Coefficients of a start below this share of the median coefficient of their block of rows are left out."""
    supply: float = 1e-9
    """A source is left out if all money of all funds buys less than this share of a usual need from it."""
    impossible_need: float = 1e3
    """A start is left out if its need is this many times its limit and this many times the usual need."""
    integrality: float = 1e-6
    """Distance from 0 or 1 up to which the value of a binary counts as whole, and from 0 as not chosen."""
    positive: float = 1e-9
    """Value of a start or flow from which it counts as used, and relative difference of two aims."""
    exponent: float = 40.0
    """Exponents are cut at this absolute value: the logistic function is constant beyond it in double precision."""
    start_value: float = 1e-7
    """Difference of two values of a site that counts as none, share of the programme's gain."""
    shortage: float = 1e-6
    """Smallest shortage of a limit that is stated, and smallest increase that is searched, share of the need."""
    price: float = 1e-9
    """Difference of two prices of a limit that counts as rounding, share of the larger."""
    site_prices: float = 1e-13
    """What rounding can come to where sites are priced, share of all their values: it is added to their bound."""
    rent: float = 1e-6
    """Smallest shadow price of a limit that is stated, share of the money in play for the option."""
    rule: float = 1e-9
    """Relative excess over the value of a rule that counts as rounding."""
    whole_amount: float = 1e-9
    """Excess over a whole number up to which an amount (people, seats, percent) is not rounded up to the next one."""


TOLERANCES = Tolerances()
