"""The sites as compact arrays: what an option is worth, needs and makes, by quarters from its start."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.appraise.value import start_values, throughput_cost
from tawteen.plan.decomposition.market import Market
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.limits.money import credit_per_unit, fund_income, outlays_by_class, sales_per_unit
from tawteen.plan.model_builder import Floats

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Producers:
    """Options (rows) that make something: `cost` of a unit by period (discounted), `recipe` (options × series: what a
    unit puts into the rows of the model).
    """

    names: pl.Series
    cost: Floats
    recipe: sparse.csr_matrix


@dataclass(frozen=True)
class Sites:
    """Options that can start, sorted by site; `first` holds the first option of each site that has any.

    `value[option, start]` is `c[o,s]`, −inf where it may not start. `capacity[option, quarter]` is counted from its
    start, `needs` (options × (series · quarters)) what it takes. `line` is the row of `running` that it takes over
    (−1: none) from relative quarter `takeover` on with `chance`. `now[line, period]` is the capacity of lines that
    run today. `rules` (rule rows × (options · periods)) is what a start counts for. `line_of_site`, `site_of_line`
    lead from sites to lines and back (−1: none); lines of sites that cannot start anything come after all sites.
    `crew` prices them elsewhere, if anybody does.
    """

    options: pl.DataFrame
    first: Whole
    site: Whole
    value: Floats
    capacity: Floats
    makers: Producers
    needs: sparse.csr_matrix
    needs_back: sparse.csr_matrix
    quarters: int
    line: Whole
    takeover: Whole
    chance: Floats
    running: Producers
    now: Floats
    rules: sparse.csr_matrix
    rules_by_start: sparse.csc_matrix
    line_of_site: Whole
    site_of_line: Whole
    crew: PricingWorkers | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Options and periods."""
        return self.value.shape[0], self.value.shape[1]

    @property
    def count(self) -> int:
        """Sites that can start something or have a line that runs."""
        return max(len(self.first), int(self.site_of_line.max(initial=-1)) + 1)


@dataclass(frozen=True)
class PricingWorkers:
    """Who prices: an executor with a `map` like those of `concurrent.futures`, and the sites in as many parts."""

    executor: Executor
    parts: tuple[Sites, ...]


@dataclass(frozen=True)
class Commitments:
    """What binds a plan beside its case: nothing starts before period `today`, the sites of `held` start as it says or
    not at all, and each start of `meant` (by site: option and period) is worth `premium` more (discounted currency).
    """

    today: int
    held: Mapping[str, tuple[str, int]]
    meant: Mapping[str, tuple[str, int]]
    premium: float


def with_commitments(sites: Sites, terms: Commitments) -> Sites:
    """The same sites with what `terms` close closed, and the premium in what starts are worth."""
    row = dict(sites.options.select("option", "row").iter_rows())
    held = sites.options["site"].is_in(list(terms.held)).to_numpy()
    closed = (np.arange(sites.shape[1]) < terms.today) | held[:, None]
    for option, start in terms.held.values():
        if option in row:
            closed[row[option], start] = False
    value = np.where(closed, -np.inf, sites.value)
    for option, start in terms.meant.values():
        if option in row:
            value[row[option], start] += terms.premium
    return replace(sites, value=value)


def with_workers(sites: Sites, executor: Executor, count: int) -> Sites:
    """The same sites, priced in `count` parts by `executor`."""
    shares = np.array_split(np.arange(len(sites.first)), max(1, min(count, len(sites.first))))
    return replace(sites, crew=PricingWorkers(executor, tuple(subset_of_sites(sites, share) for share in shares)))


def subset_of_sites(sites: Sites, keep: Whole) -> Sites:
    """Some sites (sorted) with the lines that they run; lines of the others stand still."""
    rows = np.flatnonzero(np.isin(sites.site, keep))
    periods = sites.shape[1]
    site = np.searchsorted(keep, sites.site[rows])
    starts = (rows[:, None] * periods + np.arange(periods)).ravel()
    needs, rules = sites.needs[rows], sparse.csr_matrix(sites.rules_by_start[:, starts])
    own = sites.line_of_site[keep]
    of_line = len(keep) + np.arange(len(sites.now))
    of_line[own[own >= 0]] = np.flatnonzero(own >= 0)
    now = sites.now.copy()
    others = np.setdiff1d(sites.line_of_site, own)
    now[others[others >= 0]] = 0.0
    return replace(
        sites,
        options=sites.options[rows],
        first=np.flatnonzero(np.diff(site, prepend=-1)),
        site=site,
        value=sites.value[rows],
        capacity=sites.capacity[rows],
        makers=Producers(sites.makers.names[rows], sites.makers.cost[rows], sites.makers.recipe[rows]),
        needs=needs,
        needs_back=sparse.csr_matrix(needs.T),
        line=sites.line[rows],
        takeover=sites.takeover[rows],
        chance=sites.chance[rows],
        now=now,
        rules=rules,
        rules_by_start=sparse.csc_matrix(rules),
        line_of_site=own,
        site_of_line=of_line,
        crew=None,
    )


def sites_of(market: Market) -> Sites:
    """The sites of the market's case."""
    inputs, periods = market.inputs, market.inputs.periods
    starts = market.starts
    options = (
        starts.select("option", "site").unique(maintain_order=True).sort("site", "option")
        .with_row_index("row").cast({"row": pl.Int64})
    )  # fmt: skip
    placed = starts.join(options.select("option", "row"), on="option", maintain_order="left")
    value = np.full((options.height, periods), -np.inf)
    value[placed["row"].to_numpy(), placed["period"].to_numpy()] = _values(market)
    needs, quarters, unpaid = _needs(market, options)
    value[_beyond_pay(unpaid, options, periods)] = -np.inf
    running = (
        inputs.effects.options.filter(pl.col("kind") == "as_is")
        .select("option", "site").with_row_index("line").cast({"line": pl.Int64})
    )  # fmt: skip
    facts = options.join(
        inputs.effects.options.select("option", "takeover", "chance"), on="option", maintain_order="left"
    ).join(running.select("site", "line"), on="site", how="left", maintain_order="left")
    takes = facts["takeover"].is_not_null() & facts["line"].is_not_null()
    own = facts.unique("site", maintain_order=True)["line"].fill_null(-1).to_numpy()
    of_line = len(own) + np.arange(running.height)
    of_line[own[own >= 0]] = np.flatnonzero(own >= 0)
    flat = placed["row"].to_numpy() * periods + placed["period"].to_numpy()
    rules = _rules(market, flat, options.height * periods)
    site = options["site"].rank("dense").to_numpy().astype(np.int64) - 1 if options.height else np.zeros(0, np.int64)
    return Sites(
        options=options,
        first=np.flatnonzero(np.diff(site, prepend=-1)),
        site=site,
        value=value,
        capacity=_capacity(inputs, options),
        makers=_makers(market, options["option"]),
        needs=needs,
        needs_back=sparse.csr_matrix(needs.T),
        quarters=quarters,
        line=facts["line"].fill_null(-1).to_numpy() * takes.to_numpy() - ~takes.to_numpy(),
        takeover=facts["takeover"].fill_null(0).cast(pl.Int64).to_numpy(),
        chance=facts["chance"].to_numpy(),
        running=_makers(market, running["option"]),
        now=_capacity(inputs, running.rename({"line": "row"})),
        rules=rules,
        rules_by_start=sparse.csc_matrix(rules),
        line_of_site=own,
        site_of_line=of_line,
    )


def _values(market: Market) -> Floats:
    """Values of the starts, in their order."""
    inputs = market.inputs
    with np.errstate(over="ignore", invalid="ignore"):
        values = start_values(inputs.case, inputs.effects, inputs.prices)
    joined = market.starts.select("option", "period").join(
        values, on=["option", "period"], how="left", maintain_order="left"
    )
    return joined["value"].to_numpy()


def _rules(market: Market, flat: Whole, width: int) -> sparse.csr_matrix:
    entries = market.rule_starts.tocoo()
    return sparse.csr_matrix((entries.data, (entries.row, flat[entries.col])), shape=(entries.shape[0], width))


def _capacity(inputs: PlanInputs, options: pl.DataFrame) -> Floats:
    profile = inputs.effects.profile.filter((pl.col("capacity") > 0) & (pl.col("quarter") < inputs.periods)).join(
        options.select("option", "row"), on="option"
    )
    capacity = np.zeros((options.height, inputs.periods))
    capacity[profile["row"].to_numpy(), profile["quarter"].to_numpy()] = profile["capacity"].to_numpy()
    return capacity


def _makers(market: Market, names: pl.Series) -> Producers:
    """Unit cost and what a unit puts into goods, funds that sales refill, and credit."""
    inputs, effects = market.inputs, market.inputs.effects
    rows = pl.DataFrame({"option": names}).with_row_index("row").cast({"row": pl.Int64})
    region = effects.options.select("option", "region")
    parts = []
    if "balance" in market.series:
        made = effects.recipe.join(region, on="option").join(market.series["balance"], on=["commodity", "region"])
        parts.append(made.select("option", "series", value="quantity"))
    refill = fund_income(inputs).filter(pl.col("refill") > 0).select("fund", "refill").unique()
    refilled = sales_per_unit(inputs).join(refill, how="cross").join(market.series["fund"], on="fund")
    parts.append(refilled.select("option", "series", value=-pl.col("sales") * pl.col("refill")))
    if "credit" in market.series:
        at = market.series["credit"]["series"][0]
        parts.append(credit_per_unit(inputs).select("option", pl.lit(at, pl.Int64).alias("series"), value="credit"))
    entries = pl.concat(parts).join(rows, on="option")
    recipe = sparse.csr_matrix(
        (entries["value"].to_numpy(), (entries["row"].to_numpy(), entries["series"].to_numpy())),
        shape=(rows.height, len(market.places)),
    )
    cost = rows.join(
        throughput_cost(inputs.case, effects, inputs.prices), on="option", how="left", maintain_order="left"
    )["cost"].fill_null(0.0).to_numpy()  # fmt: skip
    return Producers(names, np.outer(cost, inputs.discount_factors()["discount"].to_numpy()), recipe)


def _needs(market: Market, options: pl.DataFrame) -> tuple[sparse.csr_matrix, int, pl.DataFrame]:
    """What options take of pools, money and credit; and option, quarter of outlays that nobody may pay."""
    inputs, rows = market.inputs, options.select("option", "row")
    spent = outlays_by_class(inputs)
    parts = [
        inputs.effects.needs.filter(pl.col("amount") > 0)
        .join(market.series["pool"], on=["pool_kind", "pool"])
        .select("option", "series", "quarter", "amount"),
        spent.join(market.series["outlay"], on="class").select("option", "series", "quarter", "amount"),
    ]
    if "credit" in market.series:
        at = market.series["credit"]["series"][0]
        foreign = inputs.effects.outlays.filter(pl.col("origin") == "foreign")
        parts.append(foreign.select("option", pl.lit(at, pl.Int64).alias("series"), "quarter", "amount"))
    entries = pl.concat([part.cast({"quarter": pl.Int64}) for part in parts]).join(rows, on="option")
    quarters = int(entries["quarter"].max() or 0) + 1  # type: ignore[arg-type]
    place = entries["series"].to_numpy() * quarters + entries["quarter"].to_numpy()
    matrix = sparse.csr_matrix(
        (entries["amount"].to_numpy(), (entries["row"].to_numpy(), place)),
        shape=(rows.height, len(market.places) * quarters),
    )
    unpaid = spent.filter(pl.col("class") == "").join(rows, on="option").select("row", "quarter")
    return matrix, quarters, unpaid


def _beyond_pay(unpaid: pl.DataFrame, options: pl.DataFrame, periods: int) -> NDArray[np.bool_]:
    """Starts whose outlays fall, inside the horizon, on no fund."""
    wrong = np.zeros((options.height, periods), dtype=bool)
    for row, quarter in unpaid.iter_rows():
        wrong[row, : max(periods - quarter, 0)] = True
    return wrong
