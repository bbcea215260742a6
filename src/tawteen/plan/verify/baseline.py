"""Doing nothing is proved optimal by weak duality: prices alone bound what any way of doing nothing could be worth.

Put a price π ≥ 0 on each balance (discounted currency per unit) and pay it for what enters, charge it for what leaves.
Whatever the prices, the cheapest answer to them, found flow by flow in closed form, costs no more than any feasible
plan (Lagrangian relaxation; Geoffrion 1974, Mathematical Programming Study 2). Where the bound meets the stored plan,
that plan is optimal.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.verify.goods import capacity, uptake_floors
from tawteen.plan.verify.objective import idle_cost, throughput_cost
from tawteen.plan.verify.solution import ClaimedSolution, demanded, in_force, supplied

Grid = NDArray[np.float64]
Row = dict[str, Any]


class _Market:
    """One commodity: its prices by region (rows) and period (columns), and the flows that answer to them."""

    def __init__(self, claim: ClaimedSolution, good: Row, prices: pl.DataFrame) -> None:
        self.good = good
        self.regions = claim.case["regions"]["id"].to_list()
        self.periods = claim.periods
        self.d = np.array([claim.prices.discount(t) for t in range(self.periods)])
        index = {region: i for i, region in enumerate(self.regions)}
        parity = {
            region: (imported, exported)
            for region, imported, exported in claim.prices.parity.filter(pl.col("commodity") == good["id"])
            .select("region", "import_price", "export_price")
            .iter_rows()
        }
        inf = float("inf")
        self.imports = np.outer([_or(parity[r][0], inf) for r in self.regions], self.d)
        self.exports = np.outer([_or(parity[r][1], -inf) for r in self.regions], self.d)
        self.routes = [
            (index[row["from_region"]], index[row["to_region"]], row["cost"] * good["mass"] * self.d, row["capacity"])
            for row in claim.case["routes"].iter_rows(named=True)
            if good["carries"] is not None and row["carries"] == good["carries"]
        ]
        self.holding = good["holding_cost"] * self.d if good["storable"] else None
        self.price = np.zeros((len(self.regions), self.periods))
        for region, period, price in prices.select("region", "period", "price").iter_rows():
            self.price[index[region], period] = price
        self._settle()

    def free_routes(self) -> list[tuple[int, int, Grid]]:
        return [(a, b, cost) for a, b, cost, limit in self.routes if limit is None or self.good["mass"] == 0]

    def _settle(self) -> None:
        """Move the prices no further than needed so that no flow without limit would earn by growing for ever."""
        reach = self._cheapest(self.imports)
        self.exports = np.where(self.exports > reach + 1e-12 * np.abs(reach), -np.inf, self.exports)
        unlimited = self.good["export_limit"] is None
        floor = np.maximum(0.0, self.exports) if unlimited else np.zeros_like(self.price)
        raised = np.maximum(self.price, self._dearest(floor))
        ceiling = self.imports if self.good["import_limit"] is None else np.full_like(self.price, np.inf)
        self.price = self._cheapest(np.minimum(raised, ceiling))

    def _cheapest(self, grid: Grid) -> Grid:
        """The largest prices below `grid` at which neither moving nor keeping pays."""
        grid = grid.copy()
        for _ in range(len(self.regions) + 1):
            before = grid.copy()
            for a, b, cost in self.free_routes():
                grid[b] = np.minimum(grid[b], grid[a] + cost)
            for t in range(1, self.periods if self.holding is not None else 0):
                assert self.holding is not None
                grid[:, t] = np.minimum(grid[:, t], grid[:, t - 1] + self.holding[t - 1])
            if np.array_equal(before, grid):
                break
        return grid

    def _dearest(self, grid: Grid) -> Grid:
        """The smallest prices above `grid` at which neither moving nor keeping pays."""
        grid = grid.copy()
        for _ in range(len(self.regions) + 1):
            before = grid.copy()
            for a, b, cost in self.free_routes():
                grid[a] = np.maximum(grid[a], grid[b] - cost)
            for t in range(self.periods - 1 if self.holding is not None else 0, 0, -1):
                assert self.holding is not None
                grid[:, t - 1] = np.maximum(grid[:, t - 1], grid[:, t] - self.holding[t - 1])
            if np.array_equal(before, grid):
                break
        return grid

    def least_cost(self, demand: pl.DataFrame, floors: dict[int, float]) -> float:
        """Cheapest answer of trade, transport and unmet demand, with what demand pays at these prices."""
        total = 0.0
        index = {region: i for i, region in enumerate(self.regions)}
        rows = list(demand.select("region", "period", "quantity", "penalty").iter_rows())
        missed: dict[int, list[tuple[float, float]]] = {t: [] for t in range(self.periods)}
        for region, t, quantity, penalty in rows:
            price = self.price[index[region], t]
            total += price * quantity
            missed[t].append((penalty * self.d[t] - price, quantity))
        margin = (self.imports - self.price).min(axis=0)
        limit = _or(self.good["import_limit"], float("inf"))
        for t in range(self.periods):
            total += _cover(
                [*missed[t], (max(margin[t], 0.0) if limit == np.inf else margin[t], limit)], floors.get(t, 0.0)
            )
        if self.good["export_limit"] is not None:
            total -= self.good["export_limit"] * float(np.maximum(0.0, (self.exports - self.price).max(axis=0)).sum())
        return total

    def earns_on(self, a: int, b: int, cost: Grid) -> Grid:
        """What moving one unit from region a to b earns, by period."""
        earned: Grid = np.maximum(0.0, self.price[b] - self.price[a] - cost)
        return earned


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _cover(offers: list[tuple[float, float]], floor: float) -> float:
    """Least cost of Σ cost·z with 0 ≤ z ≤ limit and Σ z ≥ floor: all that earns, then the cheapest up to the floor."""
    total = taken = 0.0
    for cost, limit in sorted(offers):
        if not np.isfinite(cost):
            continue
        z = limit if cost < 0 else min(limit, max(0.0, floor - taken))
        total += cost * z
        taken += z
    return total


def nothing_bound(claim: ClaimedSolution, prices: pl.DataFrame) -> float:
    """An upper bound on the value of doing nothing, from balance prices (commodity, region, period, price)."""
    goods, settled = goods_bound(claim, prices)
    return goods + _line_rents(claim, settled) - idle_cost(claim.effects, claim.prices)


def goods_bound(claim: ClaimedSolution, prices: pl.DataFrame) -> tuple[float, pl.DataFrame]:
    """What trade, transport, stocks, existing supply and demand are worth at most, and the prices after settling.

    `prices`: commodity, region, period, price. What options make and take at these prices is not in it.
    """
    goods = {row["id"]: row for row in claim.case.filled("commodities").iter_rows(named=True)}
    by_good = {key[0]: frame for key, frame in _known(claim, prices).partition_by("commodity", as_dict=True).items()}
    empty = prices.clear()
    markets = {name: _Market(claim, row, by_good.get(name, empty)) for name, row in goods.items()}
    floors: dict[str, dict[int, float]] = {}
    for commodity, t, floor in uptake_floors(claim).iter_rows():
        floors.setdefault(commodity, {})[t] = floor
    demands = {key[0]: frame for key, frame in demanded(claim.case).partition_by("commodity", as_dict=True).items()}
    no_demand = demanded(claim.case).clear()
    cost = sum(m.least_cost(demands.get(name, no_demand), floors.get(name, {})) for name, m in markets.items())
    settled = _settled(markets)
    return _route_rents(claim, markets) + _supply_rents(claim, settled) - cost, settled


def _known(claim: ClaimedSolution, prices: pl.DataFrame) -> pl.DataFrame:
    """The prices of regions and periods that the case has; others are reported as unknown references."""
    return prices.filter(
        pl.col("region").is_in(claim.case["regions"]["id"].implode()) & (pl.col("period") < claim.periods)
    )


def trade_rents(claim: ClaimedSolution, prices: pl.DataFrame) -> pl.DataFrame:
    """What one more unit of a limited route, import or export earns at balance prices.

    Returns kind, id, period, margin, and scale: the size of the prices that it is a difference of. Imports of goods
    whose market takes up home output slowly are left out: their margin depends on that limit too.
    """
    goods = {row["id"]: row for row in claim.case.filled("commodities").iter_rows(named=True)}
    by_good = {key[0]: frame for key, frame in _known(claim, prices).partition_by("commodity", as_dict=True).items()}
    slow = set(uptake_floors(claim)["commodity"])
    rows: list[tuple[str, str, int, float, float]] = []
    markets = {name: _Market(claim, row, by_good.get(name, prices.clear())) for name, row in goods.items()}
    for name, market in markets.items():
        scale = np.maximum(market.price.max(axis=0, initial=0.0), 1e-9)
        for kind, margin in (("import", market.price - market.imports), ("export", market.exports - market.price)):
            limit = market.good[f"{kind}_limit"]
            if limit is not None and limit > 0 and not (kind == "import" and name in slow):
                best = np.maximum(margin.max(axis=0, initial=-np.inf), 0.0)
                rows += [(kind, name, t, float(best[t]), float(scale[t])) for t in range(claim.periods)]
    index = {region: i for i, region in enumerate(claim.case["regions"]["id"])}
    for route in claim.case["routes"].filter(pl.col("capacity") > 0).iter_rows(named=True):
        best, scale = _best_on_route(claim, markets, route, index)
        rows += [("route", route["id"], t, float(best[t]), float(scale[t])) for t in range(claim.periods)]
    schema = {"kind": pl.String, "id": pl.String, "period": pl.Int64, "margin": pl.Float64, "scale": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _best_on_route(
    claim: ClaimedSolution, markets: dict[str, _Market], route: Row, index: dict[str, int]
) -> tuple[Grid, Grid]:
    """What a tonne on a route earns at most by period, of the goods that it carries, and the size of prices."""
    best, scale = np.zeros(claim.periods), np.full(claim.periods, 1e-9)
    for market in markets.values():
        mass = market.good["mass"]
        if market.good["carries"] == route["carries"] and mass > 0:
            ends = index[route["from_region"]], index[route["to_region"]]
            best = np.maximum(best, market.earns_on(*ends, route["cost"] * mass * market.d) / mass)
            scale = np.maximum(scale, market.price.max(axis=0) / mass)
    return best, scale


def _settled(markets: dict[str, _Market]) -> pl.DataFrame:
    """The settled prices: commodity, region, period, price."""
    rows = [
        (name, region, t, float(market.price[i, t]))
        for name, market in markets.items()
        for i, region in enumerate(market.regions)
        for t in range(market.periods)
    ]
    schema = {"commodity": pl.String, "region": pl.String, "period": pl.Int64, "price": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _route_rents(claim: ClaimedSolution, markets: dict[str, _Market]) -> float:
    """What limited routes earn: the best of the goods they carry, per tonne."""
    index = {region: i for i, region in enumerate(claim.case["regions"]["id"])}
    limited = claim.case["routes"].filter(pl.col("capacity").is_not_null())
    return math.fsum(
        route["capacity"] * float(_best_on_route(claim, markets, route, index)[0].sum())
        for route in limited.iter_rows(named=True)
    )


def _supply_rents(claim: ClaimedSolution, prices: pl.DataFrame) -> float:
    """What existing supply earns at the prices."""
    d = (1.0 + claim.prices.rate) ** (-(pl.col("period") + 1) / 4)
    cost = pl.col("variable_cost") * (1 + claim.prices.premium * pl.col("foreign_share")) * d
    earned = pl.max_horizontal(pl.lit(0.0), pl.col("price") - cost) * pl.col("quantity")
    return float(supplied(claim.case).join(prices, on=["commodity", "region", "period"]).select(earned).sum().item())


def _line_rents(claim: ClaimedSolution, prices: pl.DataFrame) -> float:
    """What running lines earn at the prices, the best first where letters of credit are limited."""
    effects, goods = claim.effects, claim.case.filled("commodities")
    opened = pl.when(pl.col("credit") & (pl.col("quantity") < 0)).then(
        -pl.col("quantity") * pl.col("cif").fill_null(0.0)
    )
    margin = (
        effects.recipe.join(effects.options.select("option", "region"), on="option")
        .join(prices, on=["commodity", "region"])
        .join(goods.select(commodity="id", credit="credit", cif="cif"), on="commodity")
        .group_by("option", "period")
        .agg(sales=(pl.col("price") * pl.col("quantity")).sum(), credit=opened.fill_null(0.0).sum())
    )
    d = (1.0 + claim.prices.rate) ** (-(pl.col("period") + 1) / 4)
    lines = (
        capacity(claim)
        .join(margin, on=["option", "period"])
        .join(throughput_cost(effects, claim.prices), on="option")
        .with_columns(earns=pl.col("sales") - pl.col("cost") * d)
        .filter((pl.col("earns") > 0) & (pl.col("capacity") > 0))
    )
    limits = (
        in_force(claim.case["credit"], claim.case.calendar, "amount").group_by("period").agg(pl.col("amount").sum())
    )
    left = dict(limits.iter_rows())
    total = 0.0
    per_credit = pl.col("earns") / pl.max_horizontal(pl.col("credit"), pl.lit(1e-300))
    for t, earns, takes, most in (
        lines.sort(per_credit, descending=True).select("period", "earns", "credit", "capacity").iter_rows()
    ):
        amount = min(most, left[t] / takes) if t in left and takes > 0 else most
        total += earns * amount
        if t in left:
            left[t] -= amount * takes
    return total
