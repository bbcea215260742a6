"""A chain done in one go gives what its steps give one by one."""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused


def test_a_chain_gives_the_rows_of_its_steps_in_their_order():
    needs = pl.DataFrame({"option": ["b", "a", "b", None], "amount": [1.0, 2.0, None, 4.0]})
    prices = pl.DataFrame({"option": ["a", "b", "a"], "price": [3.0, 5.0, 7.0]})

    def steps(needs, prices):
        return (
            needs.filter(pl.col("amount") > 0)
            .join(prices, on="option", how="left", maintain_order="left_right")
            .with_columns(cost=pl.col("amount") * pl.col("price"))
            .group_by("option", maintain_order=True)
            .agg(pl.col("cost").sum(), most=pl.col("price").max())
        )

    assert fused(steps(needs.lazy(), prices.lazy())).equals(steps(needs, prices))
    assert fused(steps(needs.lazy(), prices.lazy()))["option"].to_list() == ["b", "a", None]
