"""A programme as it stands, in arrays: what is chosen, the prices that prove its bound, and what every start is worth.

Prices of the linear model behind the chosen starts speak of the next unit only: where lumps leave a little too much of
something, it is worth nothing there and all who make it seem to lose. Reasons of large programmes therefore use the
prices that prove the bound, at which nearly all that is chosen gains and nearly all that is left out loses.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.appraise.value import nothing_cost
from tawteen.case.codes import NO_WORKS
from tawteen.effects.model import Effects
from tawteen.plan.budget import SearchBudget
from tawteen.plan.decomposition.columns import PlanColumns, start_columns
from tawteen.plan.decomposition.dual import LagrangianBound, lagrangian_bound
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.proof import initial_dual
from tawteen.plan.decomposition.sites import SiteArrays
from tawteen.plan.decomposition.sizes import typical_sizes
from tawteen.plan.explain.market_prices import market_prices
from tawteen.plan.explain.site_model import SiteModel
from tawteen.plan.limits.pools import own_seats
from tawteen.plan.model_builder import Floats
from tawteen.plan.params import DEFAULTS, ExplainParams
from tawteen.plan.programme import Programme

Indices = NDArray[np.int64]
MADE_BY_PRICES = "bound_excess"
"""A figure that programmes have which were planned by prices."""
PRICES = "prices"
"""A figure of such programmes: the prices of their search, one for each row of the market."""


@dataclass(frozen=True)
class SiteNeighbourhood:
    """What is in play around a site: `rivals` that are free beside it, and all starts (`flat`): those of the programme,
    of the site and of its rivals. `everything` says that these are all there are.
    """

    rivals: Indices
    flat: Indices
    everything: bool


@dataclass(frozen=True)
class PricedProgramme:
    """`flat` are the starts chosen (option · periods + start); `proof` the prices, worths of starts and what they
    prove, without the constant of the problem.

    `neighbourhoods` (by site and number of rivals) and `models` (by the starts that they contain) are cached between
    re-solves; those of a slightly changed case start from the bases of `similar`.
    """

    programme: Programme
    market: Market
    sites: SiteArrays
    flat: Indices
    proof: LagrangianBound
    params: ExplainParams = DEFAULTS.explain
    similar: PricedProgramme | None = field(default=None, repr=False)
    neighbourhoods: dict[tuple[int, int], SiteNeighbourhood] = field(default_factory=dict, repr=False)
    models: dict[bytes, SiteModel] = field(default_factory=dict, repr=False)

    @property
    def periods(self) -> int:
        """Quarters of the horizon."""
        return self.sites.shape[1]

    @property
    def worth(self) -> Floats:
        """Worth of every start at the prices of the proof."""
        return self.proof.priced.worth

    @cached_property
    def names(self) -> list[str]:
        """Ids of the sites that can start something, in the order of `sites.first`."""
        return self.sites.options["site"].gather(self.sites.first).to_list()

    @cached_property
    def place(self) -> dict[str, int]:
        """Place of each site that can start something."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def works(self) -> NDArray[np.bool_]:
        """Whether each option (row of the sites) works on its site."""
        kinds = self.sites.options.join(
            self.market.inputs.effects.options.select("option", "kind"), on="option", maintain_order="left"
        )
        return ~kinds["kind"].is_in(NO_WORKS).to_numpy()

    @cached_property
    def taken(self) -> Indices:
        """Site of each chosen start."""
        return np.asarray(self.sites.site[self.flat // self.periods])

    @cached_property
    def constant(self) -> float:
        """What is paid whatever is decided, as in `Problem.constant`."""
        inputs = self.market.inputs
        return -nothing_cost(inputs.case, inputs.effects, inputs.prices)

    def plans(self, flat: Indices) -> PlanColumns:
        """Activities of starts in the rows of the market, at the priced throughput."""
        return start_columns(
            self.sites,
            self.market,
            flat,
            self.proof.priced,
            self.sites.line_capacity * self.proof.priced.line_utilisation,
        )

    def site_of(self, flat: Indices) -> Indices:
        """Sites of starts."""
        return np.asarray(self.sites.site[flat // self.periods])


def price_programme(
    programme: Programme, market: Market, sites: SiteArrays, prices: Floats, params: ExplainParams = DEFAULTS.explain
) -> PricedProgramme:
    """The programme at `prices` (one for each row of the market)."""
    rows = programme.sites.drop_nulls(["option", "period"]).select("option", "period")
    placed = rows.join(sites.options.select("option", "row"), on="option")
    flat = np.unique(placed["row"].to_numpy() * sites.shape[1] + placed["period"].to_numpy()).astype(np.int64)
    proof = lagrangian_bound(sites, market, typical_sizes(sites, market), prices)
    return PricedProgramme(programme, market, sites, flat, proof, params)


def startable(effects: Effects) -> Effects:
    """The same without outlays and needs of options that can never start: they may be longer than the horizon."""
    may = effects.options.filter(pl.col("available") & (pl.col("latest") >= pl.col("earliest")))["option"].implode()
    kept = pl.col("option").is_in(may)
    return replace(effects, outlays=effects.outlays.filter(kept), needs=effects.needs.filter(kept))


def select_options(effects: Effects, options: pl.Series) -> Effects:
    """The rows of some options alone."""
    kept = pl.col("option").is_in(options.implode())
    return Effects(**{part.name: getattr(effects, part.name).filter(kept) for part in fields(Effects)})


def planned_by_prices(programme: Programme) -> bool:
    """Whether a programme was planned by decomposition, whose prices are more informative than those of its limits."""
    return MADE_BY_PRICES in programme.figures


def proof_prices(
    programme: Programme, market: Market, sites: SiteArrays, params: ExplainParams = DEFAULTS.explain
) -> Floats:
    """Prices that prove a bound near the programme's: those of its search, else made from those that it states with its
    bound, else found anew by smoothing.
    """
    kept = programme.figures.get(PRICES)
    if kept is not None and len(kept) == len(market.arrays.row_lower):
        return np.asarray(kept, dtype=np.float64)
    if programme.bound_prices.height:
        return market_prices(market, programme.bound_prices)
    return initial_dual(market, sites, SearchBudget(params.pricing_seconds)).proof.prices


def prices_as_limits(market: Market, prices: Floats) -> pl.DataFrame:
    """Prices of the market's rows as rows of `Programme.limits`, without what is used and allowed."""
    named = {"balance": "commodity", "fund": "fund", "credit": "", "trainers": "trainer_pool", "rule": "rule",
             "route": "route", "uptake": "commodity"}  # fmt: skip
    named |= {"import_limit": "commodity", "export_limit": "commodity"}
    parts = [_source_prices(market, prices)]
    for block, key in named.items():
        if block not in market.rows:
            continue
        place = market.rows[block]
        keys = place.keys
        parts.append(
            keys.select(
                kind=pl.lit(block.removesuffix("_limit")),
                id=pl.col(key) if key else pl.lit(block),
                region=pl.col("region") if "region" in keys.columns else pl.lit(None, pl.String),
                period=pl.col("period") if "period" in keys.columns else pl.lit(None, pl.Int64),
                price=np.abs(prices[place.span]),
            )
        )
    whole = pl.concat([part.cast({"period": pl.Int64}) for part in parts])
    unknown = pl.lit(None, pl.Float64)
    return whole.with_columns(used=unknown, limit=unknown).select(
        "kind", "id", "region", "period", "used", "limit", "price"
    )


def _source_prices(market: Market, prices: Floats) -> pl.DataFrame:
    """Price of each limited source of a pool: what the pool pays above the source's cost."""
    place, arrays = market.columns["pool_supply"], market.arrays
    earns = arrays.value[place.span] - (arrays.matrix.T @ prices)[place.span]
    rent = np.where(np.isfinite(arrays.upper[place.span]), np.maximum(earns, 0.0), 0.0)
    block = market.rows["seats"]
    seats = block.keys.with_columns(of_seats=np.abs(prices[block.span])).rename({"course": "pool"})
    taught = seats.join(own_seats(market.inputs).select("pool", "source"), on="pool").with_columns(
        pool_kind=pl.lit("course")
    )
    priced = place.keys.with_columns(rent=rent).join(
        taught, on=["pool_kind", "pool", "source", "period"], how="left", maintain_order="left"
    )
    return priced.select(
        kind=pl.lit("source"), id=pl.format("{}/{}", "source", "pool"), region=pl.lit(None, pl.String),
        period="period", price=pl.col("rent") + pl.col("of_seats").fill_null(0.0),
    )  # fmt: skip
