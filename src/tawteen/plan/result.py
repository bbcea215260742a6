"""A solution as a programme: arrays back into tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.limits.money import PREMIUM, fund_income, outlays_by_class, premium_classes, sales_per_unit
from tawteen.plan.limits.pools import own_seats
from tawteen.plan.model_builder import Floats
from tawteen.plan.problem import Problem
from tawteen.plan.programme_file import SCHEMAS, empty
from tawteen.plan.solver import NumericalError, Solution
from tawteen.plan.tolerances import TOLERANCES

STATUS_OF_KIND = {"survey": "survey", "close": "close"}


@dataclass(frozen=True)
class PricedPoint:
    """A point of a problem with the prices of its rows and columns."""

    problem: Problem
    x: Floats
    row_price: Floats
    column_price: Floats

    def amounts(self, block: str) -> pl.DataFrame:
        """Keys of the columns of a block whose value is above rounding, with their `amount`."""
        if block not in self.problem.columns:
            return pl.DataFrame()
        place = self.problem.columns[block]
        amount = np.asarray(self.x[place.span])
        return place.keys.with_columns(amount=amount).filter(
            pl.Series(amount > TOLERANCES.flow * _usual(place.keys, amount))
        )

    def activity(self) -> Floats:
        """Activity of each row: the sum of its coefficients times the values of the columns."""
        return np.asarray(self.problem.arrays.matrix @ self.x)


def _usual(keys: pl.DataFrame, amount: Floats) -> Floats:
    """Size of the series (all periods of a key) that each amount belongs to; of small series, that of most others.

    A solver's rounding is measured by what is usual: one flow without measure must not hide all others of its kind.
    """
    series = [name for name, kind in keys.schema.items() if kind == pl.String]
    if not series or not len(amount):
        return np.full(len(amount), float(np.max(amount, initial=0.0)))
    most = keys.select(series).with_columns(amount=amount).select(pl.col("amount").max().over(series)).to_series()
    some = most.filter(most > 0)
    floor = 0.0 if some.is_empty() else TOLERANCES.series_spread * float(some.median() or 0.0)  # type: ignore[arg-type]
    return np.asarray(np.maximum(most.to_numpy(), min(floor, float(np.max(amount, initial=0.0)))))


def priced_point(problem: Problem, solution: Solution) -> PricedPoint:
    """A solved linear model as a point. Raises NumericalError where it has no prices."""
    if solution.x is None or solution.row_price is None or solution.column_price is None:
        raise NumericalError(f"no point with prices: {solution.outcome}")
    return PricedPoint(problem, solution.x, solution.row_price, solution.column_price)


def result_tables(problem: Problem, does: PricedPoint, nothing: PricedPoint) -> dict[str, pl.DataFrame]:
    """All tables of a programme."""
    tables = solution_tables(does)
    return {
        "sites": _sites(problem, chosen_starts(does), tables["supply"]),
        **tables,
        "nothing_throughput": _shaped("nothing_throughput", nothing.amounts("throughput")),
        "nothing_flows": _flows(nothing),
        "limits": _limits(does),
        "nothing_prices": _prices(nothing),
    }


def solution_tables(does: PricedPoint) -> dict[str, pl.DataFrame]:
    """What is made, moved, worked and paid: the tables throughput, flows, supply and draws."""
    return {
        "throughput": _shaped("throughput", does.amounts("throughput")),
        "flows": _flows(does),
        "supply": _shaped("supply", does.amounts("pool_supply")),
        "draws": _draws(does.problem, does, chosen_starts(does)),
    }


def chosen_starts(does: PricedPoint) -> pl.DataFrame:
    """The starts that are chosen: option, site, kind, start, quarters, chance and more."""
    return does.amounts("start").rename({"period": "start"}).drop("amount")


def _shaped(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = SCHEMAS[table]
    if frame.width == 0:
        return empty(table)
    return frame.select(pl.col(name).cast(kind) for name, kind in schema.items()).sort(list(schema)[:-1])


def _sites(problem: Problem, started: pl.DataFrame, supply: pl.DataFrame) -> pl.DataFrame:
    inputs = problem.inputs
    calendar, options = inputs.case.calendar, inputs.effects.options
    runs = options.filter(pl.col("kind") == "as_is")["site"].to_list()
    facts = started.select("site", "option", "kind", "start", "chance").join(
        options.select("option", "conditional", "operating_from"), on="option", how="left"
    )
    operates = pl.col("start") + pl.col("operating_from")
    status = pl.col("kind").replace_strict(STATUS_OF_KIND, default=None, return_dtype=pl.String)
    firm = pl.when(pl.col("conditional")).then(pl.lit("conditional")).otherwise(pl.lit("firm"))
    idle = pl.when(pl.col("id").is_in(runs)).then(pl.lit("as_is"))
    listed = (
        inputs.case["sites"]
        .select("id")
        .join(facts, left_on="id", right_on="site", how="left", maintain_order="left")
        .join(_units(problem, started, supply), left_on="id", right_on="site", how="left", maintain_order="left")
        .with_columns(
            status=pl.when(pl.col("option").is_null())
            .then(idle.otherwise(pl.lit("out")))
            .otherwise(pl.coalesce(status, firm)),
            kind=pl.when(pl.col("option").is_null()).then(idle).otherwise("kind"),
            begins=operates,
            units=pl.col("units").fill_null([]),
            period="start",
        )
        .drop("start")
    )
    labels = {
        name: [None if t is None or t >= calendar.periods else calendar.label(t) for t in listed[source]]
        for name, source in (("start", "period"), ("operates", "begins"))
    }
    return listed.with_columns(pl.Series(name, label, dtype=pl.String) for name, label in labels.items()).select(
        pl.col(name).cast(kind) for name, kind in SCHEMAS["sites"].items()
    )


def _units(problem: Problem, started: pl.DataFrame, supply: pl.DataFrame) -> pl.DataFrame:
    """Supply per site: the amounts of a pool's sources in a period, in proportion to the needs of the sites."""
    keys = ["pool_kind", "pool", "period"]
    needs = (
        started.select("site", "option", "start")
        .join(problem.inputs.effects.needs, on="option")
        .with_columns(period=(pl.col("start") + pl.col("quarter")).cast(pl.Int64))
        .select("site", *keys, need="amount")
    )
    shares = supply.with_columns(share=pl.col("amount") / pl.col("amount").sum().over(keys))
    return (
        needs.join(shares, on=keys)
        .group_by("site", "source", "pool")
        .agg(amount=(pl.col("need") * pl.col("share")).sum())
        .sort("site", "source", "pool")
        .group_by("site", maintain_order=True)
        .agg(units=pl.struct(unit="source", capability="pool", amount="amount"))
    )


def _flows(does: PricedPoint) -> pl.DataFrame:
    """Flows of all kinds in one table."""
    named = {
        "import": pl.col("commodity"),
        "export": pl.col("commodity"),
        "transport": pl.col("route"),
        "stock": pl.col("commodity"),
        "unmet": pl.col("id"),
        "supply": pl.col("id"),
    }
    parts = []
    for kind, name in named.items():
        rows = does.amounts(kind)
        if rows.height:
            region = pl.col("from_region" if kind == "transport" else "region")
            parts.append(rows.select("commodity", "period", "amount", kind=pl.lit(kind), id=name, region=region))
    return _shaped("flows", pl.concat(parts) if parts else pl.DataFrame())


def _draws(problem: Problem, does: PricedPoint, started: pl.DataFrame) -> pl.DataFrame:
    """Draws on funds by option: within a class of outlays every outlay is paid in the same proportions."""
    inputs = problem.inputs
    outlays = (
        started.select("option", "start")
        .join(outlays_by_class(inputs), on="option")
        .group_by("option", "category", "origin", "class", period=(pl.col("start") + pl.col("quarter")).cast(pl.Int64))
        .agg(pl.col("amount").sum())
    )
    supplied = [does.amounts(name) for name in ("pool_supply", "empty_seats") if name in problem.columns]
    premium = (
        pl.concat(supplied, how="diagonal")
        .filter(pl.col("premium") > 0)
        .join(premium_classes(inputs), on="pool_kind")
        .group_by("pool_kind", "class", "period")
        .agg(amount=(pl.col("amount") * pl.col("premium")).sum())
        .select(
            "class",
            "period",
            "amount",
            option=pl.lit(None, pl.String),
            category=pl.col("pool_kind").replace_strict(PREMIUM, return_dtype=pl.String),
            origin=pl.lit(None, pl.String),
        )
    )
    drawn = does.amounts("draw").with_columns(
        share=pl.col("amount") / pl.col("amount").sum().over("class", "period")
    )  # fmt: skip
    owed = pl.concat([outlays.select(sorted(outlays.columns)), premium.select(sorted(outlays.columns))])
    paid = (
        owed.join(drawn.select("class", "period", "fund", "share"), on=["class", "period"])
        .with_columns(amount=pl.col("amount") * pl.col("share"))
        .group_by("fund", "option", "category", "origin", "period")
        .agg(pl.col("amount").sum())
        .filter(pl.col("amount") > 0)
    )
    return _shaped("draws", paid)


def _limits(does: PricedPoint) -> pl.DataFrame:
    """Every limit by period with its amount allowed, its amount used and the value of one more unit."""
    parts = [_balances(does), _sources(does), _trainers(does), _funds(does)]
    named: dict[str, tuple[str, str]] = {
        "route": ("route", "route"),
        "import_limit": ("import", "commodity"),
        "export_limit": ("export", "commodity"),
        "uptake": ("uptake", "commodity"),
        "credit": ("credit", ""),
        "rule": ("rule", "rule"),
    }
    for block, (kind, key) in named.items():
        if block in does.problem.rows:
            rows = _rows(does, block).with_columns(limit=pl.coalesce("upper", "lower")).drop_nulls("limit")
            if kind == "rule":
                rows = rows.with_columns(price=0.0)
            name = pl.col(key) if key else pl.lit(kind)
            period = pl.col("period") if "period" in rows.columns else pl.lit(None, pl.Int64)
            parts.append(rows.select("used", "limit", "price", kind=pl.lit(kind), id=name, period=period))
    return _shaped("limits", pl.concat(parts, how="diagonal").with_columns(pl.col("price").clip(lower_bound=0.0)))


def _rows(does: PricedPoint, block: str) -> pl.DataFrame:
    """Rows of a block with used, lower, upper (null where none) and price."""
    place, arrays = does.problem.rows[block], does.problem.arrays
    return place.keys.with_columns(
        used=does.activity()[place.span],
        lower=_finite(arrays.row_lower[place.span]),
        upper=_finite(arrays.row_upper[place.span]),
        price=np.abs(does.row_price[place.span]),
    )


def _finite(limits: Floats) -> pl.Series:
    return pl.Series(limits, dtype=pl.Float64).replace([np.inf, -np.inf], None)


def _balances(does: PricedPoint) -> pl.DataFrame:
    """Demand, intake and shipments of a commodity; a balance has a price but no limit."""
    if "balance" not in does.problem.rows:
        return empty("limits")
    rows = _rows(does, "balance")
    taken = does.problem.arrays.matrix.minimum(0)
    leaves = -np.asarray(taken @ does.x)[does.problem.rows["balance"].span]
    return rows.with_columns(used=pl.Series(leaves) + rows["lower"]).filter(
        (pl.col("used") > 0) | (pl.col("price") > 0)
    ).select("region", "period", "used", "price", kind=pl.lit("balance"), id="commodity")  # fmt: skip


def _sources(does: PricedPoint) -> pl.DataFrame:
    """Sources of pools; those without a capacity have no price."""
    place = does.problem.columns["pool_supply"]
    upper = does.problem.arrays.upper[place.span]
    supply = place.keys.with_columns(
        used=does.x[place.span],
        limit=_finite(upper),
        price=np.where(np.isfinite(upper), np.maximum(does.column_price[place.span], 0.0), 0.0),
    )
    seats = _extended(does, "seats").select("limit", "price", "period", pool="course").join(
        own_seats(does.problem.inputs).select("pool", "source"), on="pool"
    )  # fmt: skip
    supply = supply.join(
        seats.with_columns(pool_kind=pl.lit("course")), on=["pool_kind", "pool", "source", "period"], how="left",
        maintain_order="left", suffix="_of_seats",
    )  # fmt: skip
    return supply.select(
        "period",
        "used",
        kind=pl.lit("source"),
        id=pl.format("{}/{}", "source", "pool"),
        limit=pl.coalesce("limit_of_seats", "limit"),
        price=pl.coalesce("price_of_seats", "price"),
    ).filter((pl.col("used") > 0) | (pl.col("price") > 0))


def _trainers(does: PricedPoint) -> pl.DataFrame:
    """Trainers: those of the pool who have not left, and those that options add."""
    rows = _extended(does, "trainers")
    return rows.select("period", "used", "limit", "price", kind=pl.lit("trainers"), id="trainer_pool")


def _extended(does: PricedPoint, block: str) -> pl.DataFrame:
    """Rows of limits to which starts add: with used, limit (what starts add included) and price."""
    taken = np.asarray(does.problem.arrays.matrix.maximum(0) @ does.x)[does.problem.rows[block].span]
    rows = _rows(does, block).with_columns(taken=taken)
    return rows.with_columns(limit=pl.col("upper") + pl.col("taken") - pl.col("used"), used="taken")


def _funds(does: PricedPoint) -> pl.DataFrame:
    """Money available to a fund in a period: its grant, what it carries over and the revenue that refills it."""
    rows = _rows(does, "fund")
    drawn = does.amounts("draw").group_by("fund", "period").agg(drawn=pl.col("amount").sum())
    income = fund_income(does.problem.inputs)
    sales = (
        does.amounts("throughput")
        .join(sales_per_unit(does.problem.inputs), on="option")
        .group_by("period")
        .agg(sales=(pl.col("amount") * pl.col("sales")).sum())
    )
    available = (
        income.join(drawn, on=["fund", "period"], how="left", maintain_order="left")
        .join(sales, on="period", how="left", maintain_order="left")
        .with_columns(pl.col("drawn", "sales").fill_null(0.0))
        .with_columns(given=pl.col("limit") + pl.col("refill") * pl.col("sales"))
    )
    limits, balance, before = [], 0.0, None
    for fund, share, given, used in available.select("fund", "carry_over", "given", "drawn").iter_rows():
        balance = given + (share * balance if fund == before else 0.0)
        limits.append(balance)
        balance, before = max(balance - used, 0.0), fund
    return available.with_columns(limit=pl.Series(limits, dtype=pl.Float64)).join(
        rows.select("fund", "period", "price"), on=["fund", "period"], maintain_order="left"
    ).select("period", "price", "limit", kind=pl.lit("fund"), id="fund", used="drawn")  # fmt: skip


def _prices(nothing: PricedPoint) -> pl.DataFrame:
    if "balance" not in nothing.problem.rows:
        return empty("nothing_prices")
    place = nothing.problem.rows["balance"]
    prices: NDArray[np.float64] = np.maximum(-nothing.row_price[place.span], 0.0)
    rows = place.keys.with_columns(price=prices).filter(pl.col("price") > 0)
    return _shaped("nothing_prices", rows)
