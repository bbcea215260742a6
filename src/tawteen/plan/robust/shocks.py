"""What may hit a programme beside what the case itself calls uncertain, and how likely we assume it is.

No register of such events exists for the setting, so every number of this table is **assumed** and is shown as such.
What comes from the case is not here: gates pass with their chance, relapse follows the survival of the reference
class, and the premium on foreign exchange lies between none and that of the parallel market.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

Scope = Literal["country", "region", "site", "summer"]


@dataclass(frozen=True)
class Shock:
    """`chance` that it strikes one `scope` (a summer: in each year); `low`, `mode`, `high` of its size (triangular).

    `unit` of the size: share (lost, or factor of prices less 1), quarters, or days.
    """

    id: str
    scope: Scope
    chance: float
    low: float
    mode: float
    high: float
    unit: str


SHOCKS: tuple[Shock, ...] = (
    Shock("outage", "site", 1.0, 0.0, 0.03, 0.15, "share"),
    Shock("slip", "site", 0.5, 0.5, 1.5, 5.0, "quarters"),
    Shock("prices", "country", 1.0, -0.2, 0.0, 0.3, "share"),
    Shock("closure", "region", 0.15, 1.0, 2.0, 6.0, "quarters"),
    Shock("late_buyers", "country", 0.5, 15.0, 45.0, 120.0, "days"),
    Shock("credit", "country", 0.3, 2.0, 4.0, 8.0, "quarters"),
    Shock("summer_power", "summer", 0.25, 0.2, 0.5, 1.0, "share"),
)
"""Output lost to unplanned outages; start of works slips; prices of everything traded move together; a region is
closed; buyers pay later; letters of credit are halved; summer power is lost."""


@dataclass(frozen=True)
class RecourseParams:
    """Effect of credit and power shocks and cost of shortages, all assumed; docs/method.md states the surcharges."""

    credit_left: float = 0.5
    """Share of the limit on letters of credit that is left while they are halved."""
    summer_quarter: int = 3
    """The calendar quarter in which power runs short."""
    money_surcharge: float = 0.3
    """Surcharge on money that no fund has when it is due and on credit above its limit, share of the amount."""
    pool_surcharge: float = 3.0
    """Price of crews and seats that no source has left, multiple of the price of the pool's dearest source."""
    start_margin: float = 1e-3
    """How far inside 0 and 1 the worth of starts is read, all starts of a site together: a tuning number, no assumption
    on the world."""


RECOURSE = RecourseParams()


def shocks_table(shocks: Sequence[Shock] = SHOCKS) -> pl.DataFrame:
    """Shocks as a frame: shock, scope, chance, low, mode, high, unit."""
    rows = [(s.id, s.scope, s.chance, s.low, s.mode, s.high, s.unit) for s in shocks]
    names = ("shock", "scope", "chance", "low", "mode", "high", "unit")
    types = (pl.String, pl.String, pl.Float64, pl.Float64, pl.Float64, pl.Float64, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(names, types, strict=True)), orient="row")
