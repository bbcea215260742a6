"""What must be paid for an option, by quarter from its start, category and origin."""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.case.precedents import CORRECTED
from tawteen.diagnose.model import Diagnosis
from tawteen.effects.options import working_capital
from tawteen.effects.tables import Outlays
from tawteen.match.model import Match
from tawteen.match.pools import cheapest_sources
from tawteen.works import WorksNetwork
from tawteen.works.periods import spread

COLUMNS = Outlays.column_names()


def outlays_of(
    case: Case,
    diagnosis: Diagnosis,
    network: WorksNetwork,
    match: Match,
    *,
    base: pl.DataFrame,
    recipe: pl.DataFrame,
) -> pl.DataFrame:
    """Columns of `Effects.outlays`; `base` is what `base_of` returns."""
    options = base.lazy()
    rows = [
        _surveys(case, options),
        _gate_tasks(diagnosis, options),
        _items(case, network, options),
        _severance(options),
        _pooled(network, match),
        _working_capital(case, base, recipe),
    ]
    return fused(
        pl.concat([frame.select(COLUMNS) for frame in rows])
        .filter(pl.col("amount") > 0)
        .group_by("option", "quarter", "category", "origin", "sure", "pooled", maintain_order=True)
        .agg(pl.col("amount").sum())
        .select(COLUMNS)
    )


def _surveys(case: Case, base: pl.LazyFrame) -> pl.LazyFrame:
    cost = case.filled("sites").lazy().select(site="id", amount="survey_cost")
    rows = (
        base.filter(pl.col("conditional") | (pl.col("kind") == "survey"))
        .join(cost, on="site", maintain_order="left")
        .select("option", "amount", start=pl.lit(0.0), finish="survey_weeks")
    )
    return _local(spread(rows), "survey", sure=True)


def _gate_tasks(diagnosis: Diagnosis, base: pl.LazyFrame) -> pl.LazyFrame:
    """Tasks of hard and of closed gates after the survey, those of soft unknown gates with the works."""
    start = pl.when("gate_first").then("survey_weeks").otherwise("before")
    rows = (
        base.filter("works")
        .select("option", "site", "survey_weeks", "before")
        .join(
            diagnosis.gates.lazy().filter("counts").select("site", "weeks", amount="cost", gate_first="before"),
            on="site",
            maintain_order="left",
        )
        .select("option", "amount", "gate_first", start=start, finish=start + pl.col("weeks"))
    )
    return _local(spread(rows), "gate", sure="gate_first")


def _items(case: Case, network: WorksNetwork, base: pl.LazyFrame) -> pl.LazyFrame:
    """Investment items over their work package, else over all works; money that stays in the business not here."""
    rates = {rate: case.rate(rate) for rate in case["costs"]["currency"].drop_nulls().unique().sort()}
    ratio = pl.when(pl.col("category").is_in(CORRECTED)).then("cost_ratio").otherwise(1.0)
    offset = pl.col("before")
    rows = (
        case["costs"]
        .lazy()
        .filter(pl.col("category") != "working_capital")
        .join(
            base.filter(pl.col("kind") != "as_is").select("option", "before", "works_weeks", "cost_ratio"),
            on="option",
            maintain_order="left",
        )
        .join(network.schedule.lazy().drop("critical"), on=["option", "work"], how="left", maintain_order="left")
        .select(
            "option",
            "category",
            "origin",
            amount=_converted(rates) * ratio,
            start=offset + pl.col("start").fill_null(0.0),
            finish=offset + pl.col("finish").fill_null(pl.col("works_weeks")),
        )
    )
    return spread(rows).with_columns(sure=pl.lit(False), pooled=pl.lit(False))


def _converted(rates: dict[str, float]) -> pl.Expr:
    """Amounts in the case's currency at the official rate."""
    return pl.col("amount") / pl.col("currency").replace_strict(rates, default=1.0, return_dtype=pl.Float64).fill_null(
        1.0
    )


def _severance(base: pl.LazyFrame) -> pl.LazyFrame:
    """Paid in the last quarter of the works."""
    rows = base.filter(pl.col("kind") != "as_is").select("option", quarter=pl.col("quarters") - 1, amount="severance")
    return _local(rows, "severance", sure=False)


def _pooled(network: WorksNetwork, match: Match) -> pl.LazyFrame:
    """Surveys, works and training at the reference price of their pool, paid to who offers it at that price."""
    cheapest = cheapest_sources(match.sources).lazy().select("pool_kind", "pool", "origin", "price")
    return (
        network.needs.lazy()
        .join(cheapest, on=["pool_kind", "pool"], maintain_order="left")
        .select(
            "option",
            "quarter",
            "origin",
            "sure",
            category=pl.when("sure")
            .then(pl.lit("survey"))
            .when(pl.col("pool_kind") == "course")
            .then(pl.lit("training"))
            .otherwise(pl.lit("works")),
            amount=pl.col("amount") * pl.col("price"),
            pooled=pl.lit(True),
        )
    )


def _working_capital(case: Case, base: pl.DataFrame, recipe: pl.DataFrame) -> pl.LazyFrame:
    """Paid in the quarter before operation starts; items of the case that say so come on top of the days."""
    rates = {rate: case.rate(rate) for rate in case["costs"]["currency"].drop_nulls().unique().sort()}
    stated = (
        case["costs"]
        .lazy()
        .filter(pl.col("category") == "working_capital")
        .select("option", amount=_converted(rates))
        .join(
            base.lazy().filter(pl.col("operating_from") > 0).select("option", "operating_from"),
            on="option",
            maintain_order="left",
        )
    )
    computed = working_capital(case, base, recipe).lazy()
    rows = pl.concat(
        [computed.select("option", "operating_from", "amount"), stated.select("option", "operating_from", "amount")]
    )
    return _local(rows.with_columns(quarter=pl.col("operating_from") - 1), "working_capital", sure=False)


def _local(rows: pl.LazyFrame, category: str, sure: bool | str) -> pl.LazyFrame:
    return rows.with_columns(
        category=pl.lit(category),
        origin=pl.lit("local"),
        sure=pl.col(sure) if isinstance(sure, str) else pl.lit(sure),
        pooled=pl.lit(False),
    )
