"""The options of all sites as arrays: values, needs, capacity and recipes, by quarter from the start."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.appraise.value import start_values, throughput_cost
from tawteen.effects.additions import additions
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.trees import SurveyTrees, build_trees
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.limits.money import credit_per_unit, fund_income, outlays_by_class, sales_per_unit
from tawteen.plan.model_builder import Floats

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Producers:
    """Options with throughput: `cost` of a unit (option, period; discounted currency) and `recipe` (option × series).

    An entry of `recipe` is the activity that a unit of throughput adds to the rows of a series.
    """

    names: pl.Series
    cost: Floats
    recipe: sparse.csr_matrix


@dataclass(frozen=True)
class SiteArrays:
    """Options that can start, sorted by site; `first` is the index of the first option of each site.

    - `value[option, start]`: value c[o,s] of docs/method.md (discounted currency), −inf where it may not start.
    - `capacity[option, quarter]`: expected capacity, by quarter from the start.
    - `needs` (option × (series · quarters)): amounts taken, by quarter from the start; negative where they are added.
    - `line`, `displaced`: index in `running` of the line that an option stops or takes over (−1: none), and the
      expected share of it that is taken, by quarter from the start.
    - `line_capacity[line, period]`: capacity of the lines that run today.
    - `rules` (rule rows × (options · periods)): coefficients of the starts, columns by flat index.
    - `line_of_site`, `site_of_line`: indices of each other, −1 for a site without line; lines of sites without any
      possible start have site indices after those of all others.
    - `workers`: prices the sites in other processes; None prices them in this one.
    - `trees`: how starts of a site follow each other; None where a site has one start at most.
    """

    options: pl.DataFrame
    first: Indices
    site: Indices
    value: Floats
    capacity: Floats
    producers: Producers
    needs: sparse.csr_matrix
    needs_transposed: sparse.csr_matrix
    quarters: int
    line: Indices
    displaced: Floats
    running: Producers
    line_capacity: Floats
    rules: sparse.csr_matrix
    rules_by_start: sparse.csc_matrix
    line_of_site: Indices
    site_of_line: Indices
    workers: PricingWorkers | None = None
    trees: SurveyTrees | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Options and periods."""
        return self.value.shape[0], self.value.shape[1]

    @property
    def count(self) -> int:
        """Sites that can start something or have a line that runs."""
        return max(len(self.first), int(self.site_of_line.max(initial=-1)) + 1)

    @property
    def plan_count(self) -> int:
        """What has at most one plan: sites, and further branches of their trees, whose indices come after those."""
        return self.count + (0 if self.trees is None else len(self.trees.branch_site) - len(self.first))

    def plan_index(self, branch: Indices) -> Indices:
        """Index among `plan_count` of branches of the trees."""
        return np.where(branch < len(self.first), branch, branch + self.count - len(self.first))

    def site_of_plan(self, values: Floats) -> Floats:
        """Values by site as values by `plan_count`: 0 for sites without starts, times their chance for branches."""
        spread = np.zeros(self.plan_count)
        if self.trees is None:
            spread[: len(values)] = values
        else:
            branch = np.arange(len(self.trees.branch_site))
            spread[self.plan_index(branch)] = values[self.trees.branch_site] * self.trees.branch_chance
        return spread


@dataclass(frozen=True)
class PricingWorkers:
    """Workers for pricing: an executor with a `map` as in `concurrent.futures`, and the sites in as many parts."""

    executor: Executor
    parts: tuple[SiteArrays, ...]


@dataclass(frozen=True)
class Commitments:
    """Restrictions of a plan beside its case.

    No option starts before period `today`. Sites of `fixed` (site: option, period) have that start or none. A start of
    `preferred` (site: option, period) counts `premium` more (discounted currency).
    """

    today: int
    fixed: Mapping[str, tuple[str, int]]
    preferred: Mapping[str, tuple[str, int]]
    premium: float


def with_commitments(sites: SiteArrays, commitments: Commitments) -> SiteArrays:
    """The sites with the values of their starts under `commitments`: −inf where excluded, premiums added."""
    row = dict(sites.options.select("option", "row").iter_rows())
    fixed = sites.options["site"].is_in(list(commitments.fixed)).to_numpy()
    excluded = (np.arange(sites.shape[1]) < commitments.today) | fixed[:, None]
    for option, start in commitments.fixed.values():
        if option in row:
            excluded[row[option], start] = False
    value = np.where(excluded, -np.inf, sites.value)
    for option, start in commitments.preferred.values():
        if option in row:
            value[row[option], start] += commitments.premium
    return replace(sites, value=value)


def with_workers(sites: SiteArrays, executor: Executor, count: int) -> SiteArrays:
    """The sites, priced in `count` parts by `executor`."""
    shares = np.array_split(np.arange(len(sites.first)), max(1, min(count, len(sites.first))))
    return replace(sites, workers=PricingWorkers(executor, tuple(subset_of_sites(sites, share) for share in shares)))


def subset_of_sites(sites: SiteArrays, keep: Indices) -> SiteArrays:
    """The sites with indices `keep` (sorted) and their running lines; the lines of other sites get capacity 0."""
    rows = np.flatnonzero(np.isin(sites.site, keep))
    periods = sites.shape[1]
    site = np.searchsorted(keep, sites.site[rows])
    starts = (rows[:, None] * periods + np.arange(periods)).ravel()
    needs, rules = sites.needs[rows], sparse.csr_matrix(sites.rules_by_start[:, starts])
    line_of_site = sites.line_of_site[keep]
    site_of_line = len(keep) + np.arange(len(sites.line_capacity))
    site_of_line[line_of_site[line_of_site >= 0]] = np.flatnonzero(line_of_site >= 0)
    line_capacity = sites.line_capacity.copy()
    other_lines = np.setdiff1d(sites.line_of_site, line_of_site)
    line_capacity[other_lines[other_lines >= 0]] = 0.0
    return replace(
        sites,
        options=sites.options[rows],
        first=np.flatnonzero(np.diff(site, prepend=-1)),
        site=site,
        value=sites.value[rows],
        capacity=sites.capacity[rows],
        producers=Producers(sites.producers.names[rows], sites.producers.cost[rows], sites.producers.recipe[rows]),
        needs=needs,
        needs_transposed=sparse.csr_matrix(needs.T),
        line=sites.line[rows],
        displaced=sites.displaced[rows],
        line_capacity=line_capacity,
        rules=rules,
        rules_by_start=sparse.csc_matrix(rules),
        line_of_site=line_of_site,
        site_of_line=site_of_line,
        workers=None,
        trees=None if sites.trees is None else build_trees(site, sites.trees.rows.select(rows, keep)),
    )


def build_sites(market: Market, start_value: Floats | None = None) -> SiteArrays:
    """The sites of the case of `market`; `start_value`: of its starts, where the caller knows it."""
    inputs, periods = market.inputs, market.inputs.periods
    starts = market.starts
    options = (
        starts.select("option", "site").unique(maintain_order=True).sort("site", "option")
        .with_row_index("row").cast({"row": pl.Int64})
    )  # fmt: skip
    placed = starts.join(options.select("option", "row"), on="option", maintain_order="left")
    value = np.full((options.height, periods), -np.inf)
    value[placed["row"].to_numpy(), placed["period"].to_numpy()] = (
        _values(market) if start_value is None else start_value
    )
    needs, quarters, unpaid = _needs(market, options)
    value[_beyond_pay(unpaid, options, periods)] = -np.inf
    running = (
        inputs.effects.options.filter(pl.col("kind") == "as_is")
        .select("option", "site").with_row_index("line").cast({"line": pl.Int64})
    )  # fmt: skip
    facts = options.join(running.select("site", "line"), on="site", how="left", maintain_order="left")
    displaced = _by_quarter(inputs, options, "displaced")
    takes_over = pl.Series(displaced.any(axis=1)) & facts["line"].is_not_null()
    line_of_site = facts.unique("site", maintain_order=True)["line"].fill_null(-1).to_numpy()
    site_of_line = len(line_of_site) + np.arange(running.height)
    site_of_line[line_of_site[line_of_site >= 0]] = np.flatnonzero(line_of_site >= 0)
    flat = placed["row"].to_numpy() * periods + placed["period"].to_numpy()
    rules = _rules(market, flat, options.height * periods)
    site = options["site"].rank("dense").to_numpy().astype(np.int64) - 1 if options.height else np.zeros(0, np.int64)
    return SiteArrays(
        options=options,
        first=np.flatnonzero(np.diff(site, prepend=-1)),
        site=site,
        value=value,
        capacity=_by_quarter(inputs, options, "capacity"),
        producers=_producers(market, options["option"]),
        needs=needs,
        needs_transposed=sparse.csr_matrix(needs.T),
        quarters=quarters,
        line=facts["line"].fill_null(-1).to_numpy() * takes_over.to_numpy() - ~takes_over.to_numpy(),
        displaced=displaced,
        running=_producers(market, running["option"]),
        line_capacity=_by_quarter(inputs, running.rename({"line": "row"}), "capacity"),
        rules=rules,
        rules_by_start=sparse.csc_matrix(rules),
        line_of_site=line_of_site,
        site_of_line=site_of_line,
    )


def _values(market: Market) -> Floats:
    """Values of the possible starts, in the order of `market.starts`."""
    inputs = market.inputs
    with np.errstate(over="ignore", invalid="ignore"):
        values = start_values(inputs.case, inputs.effects, inputs.prices)
    joined = market.starts.select("option", "period").join(
        values, on=["option", "period"], how="left", maintain_order="left"
    )
    return joined["value"].to_numpy()


def _rules(market: Market, flat: Indices, width: int) -> sparse.csr_matrix:
    entries = market.rule_starts.tocoo()
    return sparse.csr_matrix((entries.data, (entries.row, flat[entries.col])), shape=(entries.shape[0], width))


def _by_quarter(inputs: PlanInputs, options: pl.DataFrame, column: str) -> Floats:
    """A column of the profile of the options as (row, quarter from the start)."""
    profile = inputs.effects.profile.filter((pl.col(column) > 0) & (pl.col("quarter") < inputs.periods)).join(
        options.select("option", "row"), on="option"
    )
    grid = np.zeros((options.height, inputs.periods))
    grid[profile["row"].to_numpy(), profile["quarter"].to_numpy()] = profile[column].to_numpy()
    return grid


def _producers(market: Market, names: pl.Series) -> Producers:
    """Unit cost and recipe of the options `names`: goods, refill of funds by sales, and letters of credit."""
    inputs, effects = market.inputs, market.inputs.effects
    rows = pl.DataFrame({"option": names}).with_row_index("row").cast({"row": pl.Int64})
    region = effects.options.select("option", "region")
    parts = []
    if "balance" in market.series:
        goods = market.series["balance"]
        recipe_entries = effects.recipe.join(region, on="option").join(goods, on=["commodity", "region"])
        parts.append(recipe_entries.select("option", "series", value="quantity"))
    refill = fund_income(inputs).filter(pl.col("refill") > 0).select("fund", "refill").unique()
    refilled = sales_per_unit(inputs).join(refill, how="cross").join(market.series["fund"], on="fund")
    parts.append(refilled.select("option", "series", value=-pl.col("sales") * pl.col("refill")))
    if "credit" in market.series:
        series = pl.lit(market.series["credit"]["series"][0], pl.Int64)
        parts.append(credit_per_unit(inputs).select("option", series=series, value="credit"))
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
    """`SiteArrays.needs`, its number of quarters, and the outlays (row of option, quarter) that no fund may pay."""
    inputs, rows = market.inputs, options.select("option", "row")
    outlays = outlays_by_class(inputs)
    parts = [
        inputs.effects.needs.filter(pl.col("amount") > 0)
        .join(market.series["pool"], on=["pool_kind", "pool"])
        .select("option", "series", "quarter", "amount"),
        outlays.join(market.series["outlay"], on="class").select("option", "series", "quarter", "amount"),
        *_added(market),
    ]
    if "credit" in market.series:
        credit_series = market.series["credit"]["series"][0]
        foreign = inputs.effects.outlays.filter(pl.col("origin") == "foreign")
        parts.append(foreign.select("option", pl.lit(credit_series, pl.Int64).alias("series"), "quarter", "amount"))
    entries = pl.concat([part.cast({"quarter": pl.Int64}) for part in parts]).join(rows, on="option")
    quarters = int(entries["quarter"].max() or 0) + 1  # type: ignore[arg-type]
    flat = entries["series"].to_numpy() * quarters + entries["quarter"].to_numpy()
    matrix = sparse.csr_matrix(
        (entries["amount"].to_numpy(), (entries["row"].to_numpy(), flat)),
        shape=(rows.height, len(market.places) * quarters),
    )
    unpaid = outlays.filter(pl.col("class") == "").join(rows, on="option").select("row", "quarter")
    return matrix, quarters, unpaid


def _added(market: Market) -> list[pl.DataFrame]:
    """What options add to seats and trainers, as needs below 0."""
    inputs = market.inputs
    added = additions(inputs.case, inputs.effects).filter(pl.col("quarter") < inputs.periods)
    return [
        added.filter(pl.col("pool_kind") == kind)
        .join(market.series[block], left_on="pool", right_on=key)
        .select("option", "series", "quarter", -pl.col("amount"))
        for kind, block, key in (("course", "seats", "course"), ("trainers", "trainers", "trainer_pool"))
    ]


def _beyond_pay(unpaid: pl.DataFrame, options: pl.DataFrame, periods: int) -> NDArray[np.bool_]:
    """Mask (option, start) of starts with an outlay inside the horizon that no fund may pay."""
    unpayable = np.zeros((options.height, periods), dtype=bool)
    for row, quarter in unpaid.iter_rows():
        unpayable[row, : max(periods - quarter, 0)] = True
    return unpayable
