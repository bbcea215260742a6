"""What a commodity is worth: parity prices, and what stands in for them where nothing is traded."""

from __future__ import annotations

import polars as pl

from tawteen.case.derived import once_per_tables
from tawteen.case.model import Case


@once_per_tables(lambda _premium=0.0: ("commodities", "regions"))
def parity(case: Case, premium: float = 0.0) -> pl.DataFrame:
    """commodity, region, import_price, export_price (currency/unit, null where it cannot be traded).

    Import parity = CIF + port + inland, export parity = FOB − port − inland, the premium once on CIF and FOB.
    """
    freight = pl.col("inland_cost") * pl.col("mass")
    return (
        case.filled("commodities")
        .select("id", "mass", "cif", "fob", "port_cost")
        .join(case.filled("regions").select(region="id", inland_cost="inland_cost"), how="cross")
        .select(
            commodity="id",
            region="region",
            import_price=pl.col("cif") * (1 + premium) + pl.col("port_cost") + freight,
            export_price=pl.col("fob") * (1 + premium) - pl.col("port_cost") - freight,
        )
    )


@once_per_tables(lambda _premium=0.0: ("commodities", "regions", "supplies", "demands"))
def worth(case: Case, premium: float = 0.0) -> pl.DataFrame:
    """commodity, region, buying, selling (currency/unit): what one more unit costs to get and brings when made.

    Buying: import parity, else the cheapest existing supply of the region, else of the country, else export parity,
    else the largest willingness to pay. Selling: import parity, else export parity, else the largest willingness to
    pay (UNIDO 1972: traded goods at border prices, others at what consumers pay). 0 where nobody prices it.
    """
    cost = pl.col("variable_cost") * (1 + premium * pl.col("foreign_share"))
    supplies = case.filled("supplies").select("region", "commodity", cost=cost)
    near = supplies.group_by("commodity", "region").agg(near=pl.col("cost").min())
    far = supplies.group_by("commodity").agg(far=pl.col("cost").min())
    penalties = case["demands"].group_by("commodity").agg(willing=pl.col("penalty").max())
    return (
        parity(case, premium)
        .join(near, on=["commodity", "region"], how="left", maintain_order="left")
        .join(far, on="commodity", how="left", maintain_order="left")
        .join(penalties, on="commodity", how="left", maintain_order="left")
        .select(
            "commodity",
            "region",
            buying=pl.coalesce("import_price", "near", "far", "export_price", "willing", 0.0),
            selling=pl.coalesce("import_price", "export_price", "willing", 0.0),
        )
    )


@once_per_tables(lambda: ("commodities",))
def at_port(case: Case) -> pl.DataFrame:
    """commodity, price: market price of a unit at the port; export parity where it cannot be imported, else 0."""
    return case.filled("commodities").select(
        commodity="id",
        price=pl.coalesce(pl.col("cif") + pl.col("port_cost"), pl.col("fob") - pl.col("port_cost"), 0.0),
    )
