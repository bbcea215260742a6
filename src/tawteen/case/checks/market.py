"""Rules about goods: production, use, demand and trade."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.findings import Finding
from tawteen.case.model import Case

RESTORING = ("as_is", "repair", "rehabilitate", "efficiency")
"""Kinds that bring back what a line was built for, and no more."""


def products(case: Case) -> list[Finding]:
    """A recipe makes something."""
    recipes = case["recipes"].filter(pl.col("quantity") > 0)
    makes = recipes.filter(pl.col("direction") == "out")
    rows = rows_of(case, "options").join(case["recipes"].select(id="option"), on="id", how="semi")
    idle = rows.join(makes.select(id="option"), on="id", how="anti").select("at", value="kind")
    if makes.join(case["options"].select(option="id"), on="option", how="anti").height:
        return []  # a product stands under a misspelled option, which is told by its reference
    return tell(case, "error", "check.no_product", "options", idle, "id")


def recipes(case: Case) -> list[Finding]:
    """Options with a capacity but without a recipe."""
    rows = rows_of(case, "options").filter(~pl.col("kind").is_in(("survey", "close")) & (pl.col("capacity") > 0))
    bare = rows.join(case["recipes"].select(id="option"), on="id", how="anti").select("at", value="capacity")
    return tell(case, "warning", "check.no_recipe", "options", bare, "capacity")


def obtainable(case: Case) -> pl.DataFrame:
    """Commodities that can be imported, supplied or made: commodity."""
    imported = case["commodities"].filter(pl.col("cif").is_not_null()).select(commodity="id")
    supplied = case["supplies"].filter(pl.col("quantity") > 0).select("commodity")
    products = case["recipes"].filter((pl.col("direction") == "out") & (pl.col("quantity") > 0)).select("commodity")
    return pl.concat([imported, supplied, products]).unique()


def wants(case: Case) -> list[Finding]:
    """Demands for goods that cannot be made, supplied or imported."""
    rows = rows_of(case, "demands").join(obtainable(case), on="commodity", how="anti")
    return tell(case, "warning", "check.unmet", "demands", rows.select("at", value="commodity"), "commodity")


def inputs(case: Case) -> list[Finding]:
    """Inputs of recipes that cannot be made, supplied or imported, and so have no price."""
    rows = rows_of(case, "recipes").filter((pl.col("direction") == "in") & (pl.col("quantity") > 0))
    lost = rows.join(obtainable(case), on="commodity", how="anti").select("at", value="commodity")
    return tell(case, "error", "check.input", "recipes", lost, "commodity")


def appetite(case: Case) -> list[Finding]:
    """Demands whose quantities are all zero."""
    demands = case["demands"]
    if demands.is_empty() or demands["quantity"].max() != 0:
        return []
    return [Finding("warning", "check.no_demand", "demands", column="quantity", args={"table": "demands"})]


def nominal(case: Case) -> list[Finding]:
    """Options that restore a line to more output than the line was built for."""
    lines = case["lines"].group_by("site", "commodity").agg(nominal=pl.col("nominal").sum())
    makes = case["recipes"].filter(pl.col("direction") == "out").select("commodity", "quantity", id="option")
    rows = (
        rows_of(case, "options")
        .filter(pl.col("kind").is_in(RESTORING))
        .join(makes, on="id")
        .join(lines, on=["site", "commodity"])
        .with_columns(output=pl.col("capacity") * pl.col("quantity"))
        .filter(pl.col("output") > pl.col("nominal") * (1 + 1e-6))
    )
    listed = rows.select("at", "commodity", "output", "nominal", value="capacity")
    return tell(case, "warning", "check.nominal", "options", listed, "capacity")


def arbitrage(case: Case) -> list[Finding]:
    """Commodities that can be imported and exported again at a profit."""
    freight = case.filled("regions")["inland_cost"].min()
    if not isinstance(freight, float):
        return []
    premium, mass = 1.0 + case.settings.value.fx_premium, pl.col("mass") * freight
    rows = rows_of(case, "commodities").with_columns(
        buys=pl.col("cif") * premium + pl.col("port_cost") + mass,
        sells=pl.col("fob") * premium - pl.col("port_cost") - mass,
    )
    listed = rows.filter(pl.col("sells") > pl.col("buys")).select("at", "buys", "sells", value="fob")
    return tell(case, "error", "check.arbitrage", "commodities", listed, "fob")


def dual_use(case: Case) -> list[Finding]:
    """Dual-use goods and capabilities in use are flagged."""
    goods = case["commodities"].filter(pl.col("dual_use")).select(commodity="id")
    recipes = rows_of(case, "recipes").join(goods, on="commodity", how="semi").select("at", value="commodity")
    crafts = case["capabilities"].filter(pl.col("dual_use")).select(capability="id")
    works = rows_of(case, "works").join(crafts, on="capability", how="semi").select("at", value="capability")
    return [
        *tell(case, "note", "check.dual_use", "recipes", recipes, "commodity"),
        *tell(case, "note", "check.dual_use", "works", works, "capability"),
    ]


def crafts(case: Case) -> list[Finding]:
    """Works and surveys that need a capability without an offer."""
    bought = case["capabilities"].filter(pl.col("third_party_price").is_not_null()).select("id")
    offered = case["offers"].filter(pl.col("capacity") > 0).select(id="capability")
    works = case["works"].filter(pl.col("effort").fill_null(0.0) > 0).select(id="capability")
    surveys = case["sites"].filter(pl.col("survey_effort").fill_null(0.0) > 0).select(id="survey_capability")
    rows = rows_of(case, "capabilities").join(pl.concat([works, surveys]), on="id", how="semi")
    lost = rows.join(pl.concat([bought, offered]), on="id", how="anti").select("at")
    return tell(case, "warning", "check.no_offer", "capabilities", lost, "third_party_price")
