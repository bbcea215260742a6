"""The partner: load of its units, its revenue, and needs without a supplier."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.match.sources import sources_by_period
from tawteen.report.bilingual import bilingual
from tawteen.report.drawing import specs
from tawteen.report.exhibit import (
    PERIOD,
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    share_column,
    text_column,
)
from tawteen.report.report_data import ReportData
from tawteen.report.stacked import stacked

POOL_PANELS_SHOWN = 12


def partner(study: ReportData) -> list[Exhibit]:
    """Load per unit and quarter, revenue beside cooperation, gaps of the match."""
    return [load(study), revenue(study), gaps(study)]


def capacity(study: ReportData) -> pl.DataFrame:
    """pool_kind, pool, source, period, capacity of the limited sources, from their first period on."""
    limited = study.match.sources.filter(pl.col("capacity").is_not_null())
    return (
        sources_by_period(limited, study.periods)
        .group_by("pool_kind", "pool", "source", "period")
        .agg(pl.col("capacity").sum())
    )


def load(study: ReportData) -> Exhibit:
    """Amount that each unit supplies of each capability per quarter, and its capacity."""
    keys = ["source", "pool", "period"]
    given = study.bought.filter(pl.col("pool_kind") == "capability")
    standings = study.match.sources.filter(pl.col("pool_kind") == "capability").select("source", "pool", "standing")
    standings = standings.unique(["source", "pool"], keep="first", maintain_order=True)
    can = capacity(study).filter(pl.col("pool_kind") == "capability").select(*keys, "capacity")
    table = (
        given.group_by(*keys).agg(pl.col("amount").sum(), pl.col("paid").sum())
        .with_columns(pl.col("period").cast(pl.Int64))
        .join(can, on=keys, how="left")
        .join(standings, on=["source", "pool"], how="left")
        .filter(pl.col("amount") > 1e-6)
        .with_columns(load=pl.when(pl.col("capacity") > 0).then(pl.col("amount") / pl.col("capacity")))
        .join(study.case["capabilities"].select(pool="id", unit="unit"), on="pool", how="left")
        .sort(keys)
    )  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "source": text_column("column.unit"), "pool": text_column("column.capability"),
        "standing": code_column("column.standing", "standings"), "period": PERIOD,
        "amount": number_column("column.work_supplied", decimals=1),
        "capacity": number_column("column.capacity", decimals=1),
        "unit": code_column("column.unit_of_measure", "units"), "load": share_column("column.load"),
        "paid": money_column("column.price"),
    }  # fmt: skip
    busiest = (
        table.group_by("source")
        .agg(pl.col("paid").sum())
        .sort("paid", descending=True)["source"]
        .to_list()[:POOL_PANELS_SHOWN]
    )
    shown = table.filter(pl.col("source").is_in(busiest) & pl.col("load").is_not_null())
    ordered = [s for s in busiest if s in set(shown["source"])]

    def chart(k: int) -> Any:
        pools = {p: study.names["capabilities"][p] for p in shown["pool"].unique(maintain_order=True)}
        frame = pl.concat([shown.filter(pl.col("source") == s) for s in ordered])
        return stacked(
            frame, "pool", "load", study, labels=pools, unit=("", ""), k=k,
            facet="source", facets=study.names["sources"], columns=2, height=130,
        )  # fmt: skip

    return Exhibit(
        "load", "partner", bilingual("exhibit.load"),
        bilingual("exhibit.load_note", most=POOL_PANELS_SHOWN),
        bilingual("exhibit.load_origin"),
        study.named(table, source="sources", pool="capabilities"), columns, specs(chart) if ordered else {},
        limit=80, inputs=("offers", "units", "capabilities", "programme.supply"),
    )  # fmt: skip


def revenue(study: ReportData) -> Exhibit:
    """What the programme pays to each unit, and to the partner for goods, beside what it restarts."""
    people = (
        study.bought.group_by("source", "pool_kind").agg(paid=pl.col("paid").sum())
        .with_columns(of=pl.when(pl.col("pool_kind") == "course").then(pl.lit("training")).otherwise(pl.lit("works")))
        .select("source", "of", "paid")
    )  # fmt: skip
    goods = study.spent.filter((pl.col("origin") == "partner") & ~pl.col("pooled")).group_by("category").agg(
        paid=pl.col("amount").sum()
    )  # fmt: skip
    sold = goods.select(source=pl.lit("partner"), of="category", paid="paid")
    bridging = _bridging(study)
    table = (
        pl.concat([people, sold, bridging], how="vertical_relaxed")
        .filter(pl.col("paid") > 0)
        .sort("paid", descending=True)
    )
    mine = study.partners | {"partner"}
    table = table.with_columns(
        side=pl.when(pl.col("source").is_in(list(mine))).then(pl.lit("partner")).otherwise(pl.lit("other")),
        part=pl.col("paid") / pl.max_horizontal(pl.col("paid").sum(), pl.lit(1e-9)),
    )
    names = {**study.names["sources"], "partner": bilingual("partner.goods")}
    table = table.with_columns(
        pl.Series("source_en", [names.get(s, (s, s))[0] for s in table["source"]], dtype=pl.String),
        pl.Series("source_ar", [names.get(s, (s, s))[1] for s in table["source"]], dtype=pl.String),
    )
    columns: dict[str, ColumnFormat] = {
        "source": text_column("column.paid_to"), "side": code_column("column.side", "sides"),
        "of": code_column("column.for", "revenue"), "paid": money_column("column.revenue_over_the_horizon"),
        "part": share_column("column.share"),
    }  # fmt: skip
    return Exhibit(
        "revenue", "partner", bilingual("exhibit.revenue"),
        bilingual("exhibit.revenue_note"),
        bilingual("exhibit.revenue_origin"),
        table, columns, inputs=("offers", "costs", "supplies", "programme.supply"),
    )  # fmt: skip


def _bridging(study: ReportData) -> pl.DataFrame:
    supplies = study.case.filled("supplies").filter(pl.col("partner"))
    used = study.programme.flows.filter(pl.col("kind") == "supply").join(
        supplies.select("id", "variable_cost"), on="id", how="inner"
    )
    total = float((used["amount"] * used["variable_cost"]).sum()) if used.height else 0.0
    return pl.DataFrame({"source": ["partner"], "of": ["bridging"], "paid": [total]})


def gaps(study: ReportData) -> Exhibit:
    """Needs that neither the parties nor a proven third party cover."""
    table = study.named(
        study.match.gaps.join(study.effects.options.select("option", "site"), on="option", how="left")
        .sort("site", "option"),
        site="sites", option="options", pool="pools",
    )  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "site": text_column("column.site", link="site-"), "option": text_column("column.option"),
        "pool": text_column("column.capability_or_course"),
        "amount": number_column("column.not_covered", decimals=1),
        "third_party": number_column("column.claimed_by_third_parties", decimals=1),
    }  # fmt: skip
    return Exhibit(
        "gaps", "partner", bilingual("exhibit.gaps"),
        bilingual("exhibit.gaps_note"),
        bilingual("exhibit.gaps_origin"),
        table, columns, limit=100, inputs=("works", "offers", "capabilities", "courses"),
    )  # fmt: skip
