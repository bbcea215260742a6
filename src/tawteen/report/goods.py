"""Goods: sources that meet demand by product, and power by region."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.case.spans import by_quarter
from tawteen.report.bilingual import Both, bilingual
from tawteen.report.drawing import specs
from tawteen.report.exhibit import (
    COMMODITY,
    PERIOD,
    REGION,
    ColumnFormat,
    Exhibit,
    code_column,
    number_column,
    share_column,
)
from tawteen.report.lists import MARKET_PART_LABELS, code_label
from tawteen.report.params import LAYOUT
from tawteen.report.report_data import ReportData
from tawteen.report.stacked import stacked

GOODS_COLOURS = {
    "home": "#12805c",
    "supply": "#8fa3b0",
    "import": "#e0a33a",
    "arrivals": "#5aa2c9",
    "unmet": "#c8434f",
    "demand": "#1d2a33",
    "inputs": "#7b5ea7",
    "export": "#2a6f97",
    "departures": "#9cc4dc",
}
BRING = ("home", "supply", "import", "unmet")


def goods(study: ReportData) -> list[Exhibit]:
    """Product balances of the country, and power by region."""
    return [products(study), power(study)]


def main_products(study: ReportData) -> list[str]:
    """Commodities in demand or made by a chosen site, the most valuable first; power apart."""
    price = study.case["commodities"].select(
        commodity="id", price=pl.coalesce("cif", "fob", pl.lit(1.0)), carries="carries", unit="unit"
    )
    products = study.chosen.select("option").join(study.effects.recipe.filter(pl.col("quantity") > 0), on="option")
    home = study.balance.filter(pl.col("part").is_in(["demand", "home"])).join(price, on="commodity")
    worth = home.filter(~_is_power()).with_columns(worth=pl.col("amount") * pl.col("price"))
    ranked = worth.group_by("commodity").agg(pl.col("worth").sum()).with_columns(
        made=pl.col("commodity").is_in(products["commodity"].unique().to_list())
    )  # fmt: skip
    return ranked.sort(["made", "worth", "commodity"], descending=[True, True, False])["commodity"].to_list()


def _is_power() -> pl.Expr:
    return (pl.col("carries").fill_null("") == "power") | (pl.col("unit") == "MWh")


def products(study: ReportData) -> Exhibit:
    """Per product and quarter: sources that meet demand in the whole country."""
    order = main_products(study)
    whole = study.balance.filter(pl.col("commodity").is_in(order) & ~pl.col("part").is_in(["arrivals", "departures"]))
    wide = whole.group_by("commodity", "period", "part").agg(pl.col("amount").sum()).pivot(
        "part", index=["commodity", "period"], values="amount"
    )  # fmt: skip
    for part in ("home", "supply", "import", "unmet", "demand", "inputs", "export"):
        if part not in wide.columns:
            wide = wide.with_columns(pl.lit(0.0).alias(part))
    wide = wide.with_columns(
        pl.col(*(c for c in wide.columns if c not in ("commodity", "period"))).fill_null(0.0)
    ).with_columns(
        sufficiency=pl.when(pl.col("demand") + pl.col("inputs") > 0).then(
            (pl.col("home") + pl.col("supply")) / (pl.col("demand") + pl.col("inputs"))
        )
    )
    table = wide.join(study.case["commodities"].select(commodity="id", unit="unit"), on="commodity").with_columns(
        rank=pl.col("commodity").replace_strict({c: i for i, c in enumerate(order)}, return_dtype=pl.Int64)
    ).sort("rank", "period")  # fmt: skip
    columns: dict[str, ColumnFormat] = {
        "commodity": COMMODITY,
        "period": PERIOD,
        "unit": code_column("column.unit", "units"),
    }
    columns |= {
        p: ColumnFormat(MARKET_PART_LABELS[p], decimals=0)
        for p in ("demand", "inputs", "home", "supply", "import", "unmet", "export")
    }
    columns["sufficiency"] = share_column("column.made_at_home", 0)
    shown = order[: LAYOUT.goods_panels]
    # Panels of nothing have no size, and a picture without size cannot be drawn.
    moves = bool(whole.filter(pl.col("commodity").is_in(shown) & pl.col("part").is_in(BRING)).height)

    def chart(k: int) -> Any:
        brought = pl.concat([whole.filter((pl.col("commodity") == c) & pl.col("part").is_in(BRING)) for c in shown])
        wanted_rows = whole.filter(pl.col("commodity").is_in(shown) & pl.col("part").is_in(["demand", "inputs"]))
        line = wanted_rows.group_by("commodity", "period", maintain_order=True).agg(pl.col("amount").sum())
        return stacked(
            brought, "part", "amount", study, labels=MARKET_PART_LABELS, unit=("", ""), k=k, facet="commodity",
            facets=study.names["commodities"], units=_units(study, shown), line=line, palette=GOODS_COLOURS, columns=3,
            height=105,
        )  # fmt: skip

    return Exhibit(
        "products",
        "goods",
        bilingual("exhibit.products"),
        bilingual("exhibit.products_note", most=LAYOUT.goods_panels),
        bilingual("exhibit.products_origin"),
        study.named(table, commodity="commodities"),
        columns,
        specs(chart) if moves else {},
        limit=80,
        inputs=("demands", "supplies", "commodities", "recipes", "programme.throughput", "programme.flows"),
    )


def _units(study: ReportData, shown: list[str]) -> dict[str, Both]:
    mine = study.case["commodities"].filter(pl.col("id").is_in(shown))
    return {id_: code_label("units", unit) for id_, unit in zip(mine["id"], mine["unit"], strict=True)}


def power(study: ReportData) -> Exhibit:
    """Power per region and quarter: sources, consumers and the remainder."""
    kinds = study.case["commodities"].filter(_is_power())["id"].to_list()
    own = study.balance.filter(pl.col("commodity").is_in(kinds))
    firm = limits(study, kinds)
    wide = own.group_by("region", "period", "part").agg(pl.col("amount").sum()).pivot(
        "part", index=["region", "period"], values="amount"
    )  # fmt: skip
    parts = ("home", "supply", "import", "arrivals", "unmet", "demand", "inputs", "export", "departures")
    for part in parts:
        if part not in wide.columns:
            wide = wide.with_columns(pl.lit(0.0).alias(part))
    table = wide.with_columns(pl.col(*parts).fill_null(0.0))
    table = table.join(firm, on=["region", "period"], how="left").with_columns(
        left=pl.col("limit").fill_null(0.0) - pl.col("supply")
    ).sort("region", "period")  # fmt: skip
    columns: dict[str, ColumnFormat] = {"region": REGION, "period": PERIOD}
    columns |= {p: ColumnFormat(MARKET_PART_LABELS[p], decimals=0) for p in parts}
    columns |= {"limit": number_column("column.existing_supply_at_most"), "left": number_column("column.left_over")}
    regions = (
        own.filter(pl.col("part").is_in(["inputs", "demand", "home", "supply"]))["region"]
        .unique(maintain_order=True)
        .to_list()
    )

    # The dashed line limits existing supply, which therefore lies at the bottom.
    labels = {"supply": MARKET_PART_LABELS["supply"], **MARKET_PART_LABELS}

    def chart(k: int) -> Any:
        brought = own.filter(pl.col("part").is_in([*BRING, "arrivals"]))
        return stacked(
            brought, "part", "amount", study, labels=labels, unit=bilingual("report.unit.mwh"), k=k,
            facet="region",
            facets=study.names["regions"],
            line=firm.filter(pl.col("region").is_in(regions)).rename({"limit": "amount"}),
            palette=GOODS_COLOURS, columns=2, height=140,
        )  # fmt: skip

    return Exhibit(
        "power", "goods", bilingual("exhibit.power"),
        bilingual("exhibit.power_note"),
        bilingual("exhibit.power_origin"),
        study.named(table, region="regions"), columns,
        specs(chart) if own.filter((pl.col("amount") > 0) & pl.col("part").is_in([*BRING, "arrivals"])).height else {},
        limit=80, inputs=("supplies", "recipes", "demands", "programme.throughput", "programme.flows"),
    )  # fmt: skip


def limits(study: ReportData, kinds: list[str]) -> pl.DataFrame:
    """region, period, limit: existing supply of some commodities at most."""
    supplies = by_quarter(study.case, "supplies").filter(pl.col("commodity").is_in(kinds))
    frame = supplies.select("region", "period", limit="quantity")
    return frame.group_by("region", "period", maintain_order=True).agg(pl.col("limit").sum())
