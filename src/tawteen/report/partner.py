"""The partner: orders, load of its units, persons by trade, its revenue, and needs without a supplier."""

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
from tawteen.report.lists import code_label
from tawteen.report.orders import orders, persons
from tawteen.report.params import LAYOUT, THRESHOLDS
from tawteen.report.report_data import ReportData
from tawteen.report.stacked import stacked


def partner(study: ReportData) -> list[Exhibit]:
    """Orders by unit, load per unit and quarter, persons per week, revenue beside cooperation, gaps of the match."""
    return [orders(study), load(study), persons(study), revenue(study), gaps(study)]


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
        .filter(pl.col("amount") > THRESHOLDS.least_amount)
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
    return Exhibit(
        "load", "partner", bilingual("exhibit.load"),
        bilingual("exhibit.load_note", most=LAYOUT.pool_panels),
        bilingual("exhibit.load_origin"),
        study.named(table, source="sources", pool="capabilities"), columns, _load_panels(study, table, can),
        limit=80, inputs=("offers", "units", "capabilities", "programme.supply"),
    )  # fmt: skip


def _load_panels(study: ReportData, table: pl.DataFrame, can: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """A panel for each unit and capability: amounts of one capability, under what the unit can do of it.

    Loads of several capabilities are shares of different capacities, which do not add up.
    """
    panel = pl.concat_str("source", pl.lit("/"), "pool").alias("panel")
    limited = table.filter(pl.col("capacity") > 0).with_columns(panel)
    busiest = limited.group_by("panel", "source", "pool").agg(pl.col("load").max()).sort(
        ["load", "panel"], descending=[True, False]
    ).head(LAYOUT.pool_panels)  # fmt: skip
    if busiest.is_empty():
        return {}
    shown = pl.concat([limited.filter(pl.col("panel") == code) for code in busiest["panel"]])
    line = can.with_columns(panel).filter(pl.col("panel").is_in(busiest["panel"].implode()))
    measures = dict(study.case["capabilities"].select("id", "unit").iter_rows())
    titles, units = {}, {}
    for code, source, pool in busiest.select("panel", "source", "pool").iter_rows():
        titles[code] = bilingual("headline.item", about=study.name("sources", source),
                                 field=study.name("capabilities", pool))  # fmt: skip
        units[code] = code_label("units", measures.get(pool))
    labels = {"ordered": bilingual("column.work_supplied")}
    ordered = shown.with_columns(part=pl.lit("ordered"))
    return specs(
        lambda k: stacked(
            ordered, "part", "amount", study, labels=labels, unit=("", ""), k=k, facet="panel", facets=titles,
            units=units, line=line.select("panel", "period", amount="capacity"), columns=3, height=90,
        )
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
