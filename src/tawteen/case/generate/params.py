"""Assumptions of generated cases: the shares and sizes that make a synthetic country plausible."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GeneratorParams:
    """Shares are of the yearly value added of a site at full output and nominal prices; exceptions are stated."""

    wage_share: float = 0.22
    """Wages of the site's staff; sets the number of jobs."""
    fixed_share: float = 0.12
    """Fixed costs of the plant."""
    variable_share: float = 0.12
    """Variable costs of the plant. The surplus, which pays for the works, is the rest."""
    works_share: float = 0.28
    """Effort of the works packages, share of the investment of an option."""
    sites_at_once: float = 8.0
    """Average sites that every pool of crews can serve at the same time, at least."""
    service_quarters: int = 16
    """Quarters within which the crews could serve a third of all sites; fewer quarters make larger pools."""
    relapse: float = 0.1
    """Chance in a year that the gain of an option on a running line is lost, where no maintenance is part of it."""
    evidence_sites: int = 200
    """Most sites that get evidence."""
    power_seasons: tuple[float, float, float, float] = (1.0, 0.85, 1.15, 0.9)
    """Public demand for power in each calendar quarter, relative to the yearly mean: power is scarce in summer."""


GENERATOR = GeneratorParams()
