"""The programme: what was decided, its proof, and everything `verify` and `report` need beside the case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from tawteen.case.one_line import OneLine
from tawteen.plan.outlook import Outlook
from tawteen.plan.policy_plan import PolicyPlan

VERSION = 8
"""Version of the file. Older ones are read: see `UPGRADES` in `programme_file`."""

Status = Literal["optimal", "within_gap", "time_limit", "step_limit", "interrupted", "infeasible", "unproved"]


@dataclass(frozen=True)
class Scenario:
    """Changes to the case before planning, as typed: `set` such as `fund.X*0.8`, `must` and `without` site ids."""

    set: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Programme(OneLine):
    """A solved plan. Written as one JSON object: `sites` a list of rows, other tables objects of equally long lists.

    Money in the case's currency at price-year prices, discounted values at the start of period 0.
    `bound_by_prices` is the bound that the prices of `bound_prices` prove without any search, null where there are
    none or where they prove no finite one; `bound` may be lower: then the rest rests on the search tree of the solver.

    Tables:

    - `sites`: id, option (null when nothing is done), kind, status (firm, conditional, survey, close, as_is, out),
      start (label such as 2028-Q1, or null), period, chance, operates (label of first operation or null),
      units (list of {unit, capability, amount}).
    - `throughput`: option, period, amount (as_is options too).
    - `flows`: kind (import, export, transport, stock, unmet, supply), id (commodity; route id for transport;
      demand id for unmet; supply id for supply), commodity, region (of the flow; origin for transport), period, amount.
    - `supply`: pool_kind, pool, source, period, amount.
    - `draws`: fund, option (null for a pool's premium above its reference price), category, origin, period, amount.
    - `nothing_throughput`, `nothing_flows`: the same two tables of doing nothing.
    - `limits`: kind (balance, route, import, export, uptake, source, trainers, fund, credit, rule), id, region, period,
      used, limit (null when none), price (worth of one more unit, discounted currency ≥ 0).
    - `bound_prices`: kind (balance, pool, seats, trainers, fund, credit, rule), id, place (region, kind of pool, site
      of a rule), period, price: the prices of what sites share, by which `verify` proves the bound again.
    - `nothing_prices`: commodity, region, period, price: the balance prices that prove doing nothing optimal.

    `outlook` is what is expected of it in scenarios (None where that was not simulated); see `tawteen.plan.outlook`.
    `policy` says what is done for each thing that surveys may find (None where none was planned); see
    `tawteen.plan.policy_plan`.
    """

    case_id: str
    case_hash: str
    scenario: Scenario
    seed: int
    status: Status
    value: float | None
    bound: float | None
    do_nothing: float | None
    gap: float | None
    seconds: float
    peak_mb: float
    sites: pl.DataFrame
    throughput: pl.DataFrame
    flows: pl.DataFrame
    supply: pl.DataFrame
    draws: pl.DataFrame
    nothing_throughput: pl.DataFrame
    nothing_flows: pl.DataFrame
    limits: pl.DataFrame
    nothing_prices: pl.DataFrame
    bound_prices: pl.DataFrame
    bound_by_prices: float | None = None
    conflict: tuple[str, ...] = ()
    figures: dict[str, Any] = field(default_factory=dict)
    outlook: Outlook | None = None
    policy: PolicyPlan | None = None
    version: int = VERSION
