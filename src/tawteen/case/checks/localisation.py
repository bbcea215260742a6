"""Rules about spare parts and paths of technology transfer."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.findings import Finding
from tawteen.case.model import Case


def parts(case: Case) -> list[Finding]:
    """Parts belong to an item of spare parts of their option."""
    spares = case["costs"].filter(pl.col("category") == "spares").select("option", item="id")
    lost = rows_of(case, "parts").join(spares, on=["option", "item"], how="anti").select("at", "option", value="item")
    return tell(case, "error", "check.part_of_spares", "parts", lost, "item")


def parts_worth(case: Case) -> list[Finding]:
    """Listed parts cost at their import price no more than the item they are of."""
    prices = case["commodities"].select("cif", commodity="id")
    listed = (
        rows_of(case, "parts")
        .join(prices, on="commodity")
        .group_by("option", "item")
        .agg(pl.col("at").first(), worth=(pl.col("quantity") * pl.col("cif").fill_null(0.0)).sum())
    )
    money = {currency: case.rate(currency) for currency in _known(case)}
    rate = pl.col("currency").replace_strict(money, default=None, return_dtype=pl.Float64)
    items = case["costs"].select("option", "currency", item="id", amount="amount").with_columns(
        amount=pl.col("amount") / pl.when(pl.col("currency").is_null()).then(1.0).otherwise(rate)
    )  # fmt: skip
    over = listed.join(items, on=["option", "item"]).filter(pl.col("worth") > pl.col("amount") * (1 + 1e-9))
    return tell(case, "warning", "check.parts_worth", "parts", over.select("at", "worth", "amount", value="item"))


def _known(case: Case) -> list[str]:
    return [case.settings.money.currency, *(rate.currency for rate in case.settings.money.rates)]
