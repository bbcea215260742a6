"""Buyers of the products of an option, and their terms of payment."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from tawteen.appraise.option_names import names_with_buyer
from tawteen.appraise.params import CASH_ROUNDING
from tawteen.appraise.study import Buyer, Sale
from tawteen.case.model import Case


def buyers_of(case: Case) -> tuple[Buyer, ...]:
    """Returns the buyers of the case as those of a study."""
    return tuple(
        Buyer(
            id=row["id"],
            name_en=row["name_en"],
            name_ar=row["name_ar"],
            kind=row["kind"],
            days=row["days"],
            late_days=row["late_days"],
        )
        for row in case.filled("buyers").iter_rows(named=True)
    )


def sales_by_buyer(case: Case, commodity: str, total_sale: Sale) -> Iterator[Sale]:
    """Yields the sale of a commodity split by buyer; the part without a buyer is paid at once and keeps the id."""
    rows = case.filled("buyers")
    named = pl.col("commodities").str.split(";").list.eval(pl.element().str.strip_chars()).list.contains(commodity)
    own_buyers = rows.filter(named.fill_null(False))
    own_buyers = rows.filter(pl.col("commodities").is_null()) if own_buyers.is_empty() else own_buyers
    own_buyers = own_buyers.filter(pl.col("share") > 0)
    unnamed_share = 1.0 - float(own_buyers["share"].sum())
    if own_buyers.height == 1 and unnamed_share <= CASH_ROUNDING.dust:
        yield _to(total_sale, own_buyers.row(0, named=True))
        return
    quantity = float(total_sale.quantity) if isinstance(total_sale.quantity, float) else 0.0
    for row in own_buyers.iter_rows(named=True):
        en, ar = names_with_buyer((total_sale.name_en, total_sale.name_ar), (row["name_en"], row["name_ar"]))
        part = {"id": f"{total_sale.id}:{row['id']}", "name_en": en, "name_ar": ar, "quantity": quantity * row["share"]}
        yield _to(total_sale.model_copy(update=part), row)
    if unnamed_share > CASH_ROUNDING.dust:
        yield total_sale.model_copy(update={"quantity": quantity * unnamed_share})


def _to(sale: Sale, buyer: dict[str, str]) -> Sale:
    """Returns the sale with its buyer; sales to buyers of kind export have a foreign origin."""
    abroad = {"origin": "foreign"} if buyer["kind"] == "export" else {}
    return sale.model_copy(update={"buyer": buyer["id"], **abroad})
