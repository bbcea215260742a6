"""Orders by unit, and persons by trade and week: what the partner's desk plans with."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl

from tawteen.match.sources import THIRD_PARTY
from tawteen.report.bilingual import Both, bilingual, join_list
from tawteen.report.drawing import rounded, specs, spoken, years
from tawteen.report.exhibit import (
    ColumnFormat,
    Exhibit,
    code_column,
    money_column,
    number_column,
    quarter_column,
    text_column,
    with_words,
)
from tawteen.report.lists import code_label
from tawteen.report.params import LAYOUT, THRESHOLDS
from tawteen.report.report_data import ReportData
from tawteen.report.stacked import legend
from tawteen.report.vega_lite import Rows, channel, chart_of, part
from tawteen.works.needs import needs_by_step
from tawteen.works.periods import WEEKS_PER_QUARTER

OTHER_TRADES, SEAT_QUARTER = "other", "seat_quarter"


def orders(study: ReportData) -> Exhibit:
    """One row for each unit and capability or course: quarters, amount, price and proof."""
    keys = ["pool_kind", "pool", "source"]
    offered = study.match.sources.select(*keys, "standing", unit_price="price")
    table = (
        study.bought.filter(pl.col("amount") > THRESHOLDS.least_amount).group_by(keys)
        .agg(first=pl.col("period").min().cast(pl.Int64), last=pl.col("period").max().cast(pl.Int64),
             amount=pl.col("amount").sum(), paid=pl.col("paid").sum())
        .join(offered.unique(keys, keep="first", maintain_order=True), on=keys, how="left")
        .join(_units_of_measure(study), on=["pool_kind", "pool"], how="left")
        .join(_references(study), on=keys, how="left")
        .join(_served(study), on=["pool", "source"], how="left")
        .with_columns(total=pl.col("paid").sum().over("source"))
        .sort(["total", "source", "paid", "pool"], descending=[True, False, True, False])
    )  # fmt: skip
    served = [join_list([study.name("sites", site) for site in sites or ()]) for sites in table["sites"].to_list()]
    table = with_words(table, "sites", served)
    seats = bilingual("orders.seat_quarters")
    table = with_words(table, "unit", [seats if u == SEAT_QUARTER else code_label("units", u) for u in table["unit"]])
    columns: dict[str, ColumnFormat] = {
        "source": text_column("column.unit"), "pool": text_column("column.capability_or_course"),
        "first": quarter_column("column.from"), "last": quarter_column("column.until"),
        "amount": number_column("column.work_supplied", decimals=1),
        "unit": text_column("column.unit_of_measure"),
        "unit_price": money_column("column.price_of_one"), "paid": money_column("column.price"),
        "standing": code_column("column.standing", "standings"), "reference": text_column("column.reference_job"),
        "sites": replace(text_column("column.sites_served"), screen_only=True),
    }  # fmt: skip
    return Exhibit(
        "orders", "partner", bilingual("exhibit.orders"), bilingual("exhibit.orders_note"),
        bilingual("exhibit.orders_origin"), study.named(table, source="sources", pool="pools"), columns, limit=120,
        inputs=("offers", "units", "capabilities", "courses", "programme.supply", "programme.sites"),
    )  # fmt: skip


def _units_of_measure(study: ReportData) -> pl.DataFrame:
    """pool_kind, pool, unit: courses are measured in seats for a quarter."""
    crafts = study.case["capabilities"].select(pl.lit("capability").alias("pool_kind"), pool="id", unit="unit")
    seats = study.case["courses"].select(pl.lit("course").alias("pool_kind"), pool="id", unit=pl.lit(SEAT_QUARTER))
    return pl.concat([crafts, seats])


def _references(study: ReportData) -> pl.DataFrame:
    """pool_kind, pool, source, reference: the job that an offer names as its reference."""
    offers = study.case["offers"].select(
        pl.lit("capability").alias("pool_kind"), pool="capability", source="unit", reference="reference"
    )
    courses = study.case["courses"].select(
        pl.lit("course").alias("pool_kind"), pool="id", source=pl.col("unit").fill_null("academy"),
        reference="reference",
    )  # fmt: skip
    third = [
        study.case[table].select(
            pl.lit(kind).alias("pool_kind"), pool="id", source=pl.lit(THIRD_PARTY), reference="third_party_reference"
        )
        for table, kind in (("capabilities", "capability"), ("courses", "course"))
    ]
    known = pl.concat([offers, courses, *third]).drop_nulls("reference")
    return known.unique(["pool_kind", "pool", "source"], keep="first", maintain_order=True)


def _served(study: ReportData) -> pl.DataFrame:
    """pool, source, sites: the sites that a unit works for."""
    rows = [
        (part["capability"], part["unit"], site)
        for site, parts in study.programme.sites.select("id", "units").iter_rows()
        for part in parts or ()
    ]
    schema = dict.fromkeys(("pool", "source", "site"), pl.String)
    served = pl.DataFrame(rows, schema=schema, orient="row")
    return served.group_by("pool", "source").agg(sites=pl.col("site").unique(maintain_order=True))


def persons_by_week(study: ReportData) -> pl.DataFrame:
    """pool, week (of the horizon), persons: crews of the chosen options at their earliest dates, gates taken as open.

    Only capabilities measured in person-weeks, of which one week of a person is one.
    """
    trades = study.case["capabilities"].filter(pl.col("unit") == "person_week")["id"]
    starts = study.chosen.select("option", start="period")
    loads = study.works.loads.join(starts.select("option"), on="option", how="semi")
    crews = loads.filter((pl.col("pool_kind") == "capability") & pl.col("pool").is_in(trades.implode()))
    return (
        needs_by_step(crews, "week", 1.0)
        .join(starts, on="option")
        .with_columns(week=pl.col("week") + pl.col("start") * int(WEEKS_PER_QUARTER))
        .filter(pl.col("week") < study.periods * int(WEEKS_PER_QUARTER))
        .group_by("pool", "week")
        .agg(persons=pl.col("amount").sum())
        .sort("pool", "week")
    )


def persons(study: ReportData) -> Exhibit:
    """Persons of each trade in each week."""
    weekly = persons_by_week(study)
    table = weekly.filter(pl.col("persons") >= THRESHOLDS.least_persons)
    days = [_first_day(study, week).isoformat() for week in table["week"]]
    table = table.with_columns(begins=pl.Series(days, dtype=pl.String))
    columns: dict[str, ColumnFormat] = {
        "pool": text_column("column.trade"), "begins": text_column("column.week_begins"),
        "persons": number_column("column.persons_at_work", "persons", 1),
    }  # fmt: skip
    return Exhibit(
        "persons", "partner", bilingual("exhibit.persons"), bilingual("exhibit.persons_note"),
        bilingual("exhibit.persons_origin"), study.named(table, pool="capabilities"), columns,
        specs(lambda k: _weeks(study, weekly, k)) if weekly.height else {}, limit=80,
        inputs=("works", "capabilities", "options", "programme.sites"),
    )  # fmt: skip


def _first_day(study: ReportData, week: int) -> dt.date:
    """The day on which a week begins; every quarter begins with a week of its own."""
    quarter, week_of_quarter = divmod(week, int(WEEKS_PER_QUARTER))
    return study.case.calendar.first_day(quarter) + dt.timedelta(weeks=week_of_quarter)


def _weeks(study: ReportData, weekly: pl.DataFrame, k: int) -> Any:
    """Stepped, stacked areas of the trades, whose persons add up to those at work."""
    sums = weekly.group_by("pool").agg(pl.col("persons").sum()).sort(["persons", "pool"], descending=[True, False])
    own = sums["pool"].to_list()[: LAYOUT.trades_drawn]
    labels: dict[str, Both] = {pool: study.name("capabilities", pool) for pool in own}
    drawn = weekly
    if sums.height > LAYOUT.trades_drawn:
        labels[OTHER_TRADES] = bilingual("orders.other_trades")
        drawn = weekly.with_columns(
            pool=pl.when(pl.col("pool").is_in(own)).then("pool").otherwise(pl.lit(OTHER_TRADES))
        )
    last = int(weekly["week"].max()) + 1  # type: ignore[arg-type]
    known = {
        (pool, week): amount
        for pool, week, amount in drawn.group_by("pool", "week").agg(pl.col("persons").sum()).iter_rows()
    }
    rows: Rows = [
        {
            "year": study.year(week / WEEKS_PER_QUARTER),
            "v": rounded(known.get((pool, week), 0.0)),
            "part": spoken(label, k),
            "o": i,
        }
        for i, (pool, label) in enumerate(labels.items())
        for week in range(last + 1)
    ]
    axis = part(title=spoken(bilingual("report.unit.persons"), k), tickCount=5, minExtent=36)
    return (
        chart_of(rows).mark("area", interpolate="step-after", opacity=0.9)
        .encode(x=years(study), y=channel("v:Q", stack="zero", axis=axis),
                color=legend(labels, list(labels), k), order=channel("o:Q"))
        .properties(width=LAYOUT.width - 90, height=220)
    )  # fmt: skip
