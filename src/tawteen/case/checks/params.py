"""Thresholds of the plausibility checks: from which size on a number of a case is questioned."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlausibilityParams:
    """A number beyond a threshold gives a warning or a note, never an error. Larger ratios and distances warn less."""

    region_margin: float = 8.0
    """Degrees of longitude and latitude around the centres of regions within which sites, and other centres, may lie;
    only of a case without an outline."""
    far_km: float = 600.0
    """Distance in km of a site from the centre of its region above which a nearer region is proposed."""
    nearer_times: float = 3.0
    """How many times as near the centre of that other region must be."""
    least_fund_share: float = 1e-4
    """A fund never above this share of the usual cost item is probably stated in another unit of money."""
    unit_ratio: float = 1e4
    """Numbers of one kind that differ by more than this factor are probably stated in different units."""
    wage_ratio: float = 100.0
    """Wages that differ by more than this factor are probably of different periods or units of money."""
    jobs_ratio: float = 1e3
    """Jobs of options that differ by more than this factor are probably mistyped."""
    cost_ratio: float = 100.0
    """A fee or a cost of closing above so many times the investment of its option is questioned."""
    coast_km: float = 40.0
    """Distance in km from the outline within which a place may lie outside of it: outlines are drawn roughly."""
    fewest_rows: int = 3
    """Rows of a column, or of a group in it, from which their median counts as usual."""
    loss_rounding: float = 0.005
    """Difference of a factor of a line from what its losses leave that counts as rounding."""
    sum_rounding: float = 1e-6
    """Relative difference of an amount from the sum of others that counts as rounding."""
    price_ratio: float = 300.0
    """Prices of one capability that differ by more than this factor are probably of different units."""
    fewest_consonants: int = 8
    """Letters of the sound of a name from which two names that share it are rarely of two things."""
    fewest_parts: int = 2
    """Rows that must add up to an amount of money until it counts as their total."""
    fewest_flows: int = 3
    """As `fewest_parts`, for demands and supplies: two quantities often add up to a third by chance."""
    rounding: float = 1e-9
    """Rounding of sums of shares (above 1) and of eigenvalues (below 0) that is not reported."""


PLAUSIBILITY = PlausibilityParams()
