"""Which rows of `finance` speak of which option, and what each fund may pay for."""

from __future__ import annotations

import polars as pl

from tawteen.case.model import Case

TRAITS = ("category", "region", "authority", "field", "origin")
"""What decides whether a fund may pay for an outlay."""

LENDING = ("loan", "credit")
"""Terms of money that must be paid back."""


def financed_by(case: Case, options: pl.DataFrame) -> pl.DataFrame:
    """Rows of `finance` that hold for each of `options` (option, site): option, at, id, fund, share, amount.

    `at` is the place of the row in the table. Rows of an option put aside those of its site, these the rows that name
    neither.
    """
    rows = case["finance"].with_row_index("at").rename({"option": "only", "site": "place"})
    named, placed = pl.col("only").is_not_null(), pl.col("place").is_not_null()
    keys = options.select("option", "site")
    held = [
        keys.join(rows.filter(named), left_on="option", right_on="only"),
        keys.join(rows.filter(~named & placed), left_on="site", right_on="place"),
        keys.join(rows.filter(~named & ~placed), how="cross"),
    ]
    columns = ("option", "at", "id", "fund", "share", "amount")
    ranked = [part.select(*columns, near=pl.lit(rank)) for part, rank in zip(held, (2, 1, 0), strict=True)]
    nearest = pl.concat(ranked).filter(pl.col("near") == pl.col("near").max().over("option"))
    return nearest.sort("option", "at").select(columns)


def payable(case: Case, outlays: pl.DataFrame) -> pl.DataFrame:
    """`outlays` (with the columns TRAITS) beside each `fund` of the case that its uses let pay for them.

    A fund without a use that stands in `finance` is money outside the plan: it may pay for anything.
    """
    uses = case["fund_uses"].select("fund", *(pl.col(trait).alias(f"{trait}_paid") for trait in TRAITS))
    free = case["finance"].select("fund").unique().join(uses, on="fund", how="anti")
    uses = pl.concat([uses, free], how="diagonal")
    fits = [pl.col(f"{trait}_paid").is_null() | pl.col(f"{trait}_paid").eq_missing(pl.col(trait)) for trait in TRAITS]
    # options share a few kinds of outlay, however many they are
    kinds = outlays.select(TRAITS).unique(maintain_order=True)
    paid = kinds.join(uses, how="cross").filter(fits).select(*TRAITS, "fund").unique(maintain_order=True)
    return outlays.unique(maintain_order=True).join(paid, on=TRAITS, nulls_equal=True, maintain_order="left_right")
