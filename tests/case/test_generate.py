"""Synthetic cases: the same again, of any size, as tight at every size, neither all good nor all bad."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tawteen.appraise.prices import prices
from tawteen.case.generate import generate
from tawteen.case.generate.layout import significant
from tawteen.case.model import Case
from tawteen.case.tables import TABLES


def money(case: Case) -> float:
    """All that the funds hold over the horizon."""
    day, limits = case.calendar.period, case["fund_limits"]
    spans = zip(limits["start"], limits["end"], limits["amount"], strict=True)
    return sum((day(end) - day(start) + 1) * amount for start, end, amount in spans)


def investment(case: Case) -> pl.DataFrame:
    """Investment by option: items at the official rate and works at the cheapest unit's price."""
    rate = pl.col("currency").replace_strict({"EUR": 0.92}, default=1.0)
    items = case["costs"].select("option", money=pl.col("amount") / rate)
    price = case["offers"].group_by("capability").agg(pl.col("price").min())
    works = case["works"].join(price, on="capability").select("option", money=pl.col("effort") * pl.col("price"))
    return pl.concat([items, works]).group_by("option").agg(pl.col("money").sum())


def pools(case: Case) -> pl.DataFrame:
    """Capacity of each capability, and what an average package takes of it per quarter while it lasts."""
    pace = pl.col("effort") / (pl.col("weeks") / 13).clip(1.0)
    need = case["works"].group_by("capability").agg(rate=pace.mean())
    return case["offers"].group_by("capability").agg(pl.col("capacity").sum()).join(need, on="capability")


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize(("sites", "periods"), [(1, 4), (1, 40), (7, 8), (300, 40)])
def test_every_table_keeps_its_schema(sites: int, periods: int, hard: bool) -> None:
    case = generate(sites, seed=3, hard=hard, periods=periods)
    assert case["sites"].height == sites
    assert case["options"].height == 3 * sites
    for name, schema in TABLES.items():
        schema.validate(case[name])


def test_the_same_arguments_give_the_same_case_and_another_seed_another() -> None:
    one, again, other = generate(50, seed=4), generate(50, seed=4), generate(50, seed=5)
    assert one.settings == again.settings
    assert all(one[name].equals(again[name]) for name in TABLES)
    assert not one["sites"].equals(other["sites"])
    assert not one["options"]["capacity"].equals(other["options"]["capacity"])


def test_figures_are_the_ones_drawn_when_this_was_written() -> None:
    """Guards against a change of streams that would silently change every benchmark."""
    case = generate(3, seed=1)
    assert case["sites"]["name_en"][0] == "Rolling mill 1, Interior"
    assert case["options"]["capacity"].to_list()[:3] == [582.0, 959.0, 1230.0]


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="0 sites"):
        generate(0)
    with pytest.raises(ValueError, match="3 periods"):
        generate(5, periods=3)


@pytest.mark.parametrize("sites", [60, 1000])
def test_money_is_for_a_third_of_the_sites_and_half_of_that_when_hard(sites: int) -> None:
    for hard, third in ((False, 1.0), (True, 0.5)):
        case = generate(sites, seed=2, hard=hard)
        mean = investment(case)["money"].mean()
        assert isinstance(mean, float)
        assert money(case) / (sites / 3 * mean * third) == pytest.approx(1.15, abs=0.25)


@pytest.mark.parametrize("sites", [10, 200, 3000])
def test_every_pool_holds_several_sites_at_once(sites: int) -> None:
    easy, hard = pools(generate(sites)), pools(generate(sites, hard=True))
    assert (easy["capacity"] / easy["rate"]).min() >= 7.9
    assert (hard["capacity"] / hard["rate"]).min() >= 5.9


def test_hard_cases_have_no_third_parties_and_one_unit_a_craft() -> None:
    case = generate(20, hard=True)
    assert case["capabilities"]["third_party_price"].null_count() == 12
    assert case["courses"]["third_party_price"].null_count() == case["courses"].height
    assert case["offers"]["capability"].is_duplicated().sum() == 0
    assert generate(20)["capabilities"]["third_party_price"].null_count() == 0


def test_options_are_mixed() -> None:
    """Undiscounted years in which the margin at parity prices returns the investment of restarts: some never do."""
    case = generate(800, seed=6)
    economic = prices(case, "economic")
    site = case["sites"].select(site="id", region="region")
    options = case["options"].join(site, on="site").filter(~pl.col("kind").is_in(("as_is", "efficiency")))
    local = {"power": 75.0, "gas": 3.0, "limestone": 6.0, "blocks": 360.0}
    fallback = pl.col("commodity").replace_strict(local, default=None, return_dtype=pl.Float64)
    sign = pl.when(pl.col("direction") == "out").then(1.0).otherwise(-1.0)
    unit = (
        case["recipes"]
        .join(options.select("region", option="id"), on="option")
        .join(economic.parity, on=["commodity", "region"])
        .with_columns(value=sign * pl.col("quantity") * pl.coalesce("import_price", fallback))
        .group_by("option")
        .agg(unit=pl.col("value").sum(), sales=pl.col("value").filter(pl.col("value") > 0).sum())
    )
    rows = options.join(unit, left_on="id", right_on="option").join(investment(case), left_on="id", right_on="option")
    margin = (
        (rows["unit"] - rows["variable_cost"]) * rows["capacity"] - rows["fixed_cost"] - rows["jobs"] * rows["wage"]
    )
    years = (rows["money"] / margin / 4).to_numpy()
    assert 0.1 < np.mean((rows["unit"] / rows["sales"]).to_numpy()) < 0.6
    assert 0.08 < np.mean((years > 0) & (years < 3)) < 0.45
    assert 0.08 < np.mean((years < 0) | (years > 8)) < 0.6
    assert np.mean((years >= 3) & (years <= 8)) > 0.3


def test_most_goods_are_importable_and_what_is_not_has_a_penalty() -> None:
    case = generate(100)
    goods, demands = case["commodities"], case["demands"]
    assert 28 <= goods.height <= 34
    assert set(goods.filter(pl.col("cif").is_null())["id"]) == {"power", "gas", "limestone", "blocks"}
    price = dict(zip(goods["id"], goods["cif"], strict=True))
    for commodity, penalty in demands.select("commodity", "penalty").iter_rows():
        assert penalty > (price[commodity] or 0.0)


def test_power_is_scarce_in_summer() -> None:
    case = generate(100)
    grid = case["supplies"].filter(pl.col("id").str.starts_with("grid"))["quantity"].sum()
    need = {s: case["demands"].filter(commodity="power", season=s)["quantity"].sum() for s in (1, 2, 3, 4)}
    assert max(need, key=need.__getitem__) == 3
    assert grid > max(need.values())
    assert (grid - need[3]) < 0.6 * (grid - need[2])


def test_significant_digits() -> None:
    values = np.array([0.0, 1234.567, -0.00123456, 9.9999e5])
    assert significant(values, 3).tolist() == [0.0, 1230.0, -0.00123, 1e6]


def test_ten_thousand_sites_are_drawn_at_once() -> None:
    assert sum(table.height for table in generate(10_000).tables.values()) > 500_000


@pytest.mark.parametrize(("sites", "said"), [(1, "من موقع واحد"), (6, "من 6 مواقع"), (12, "من 12 موقعا")])
def test_its_name_counts_sites_as_arabic_does(sites: int, said: str) -> None:
    assert said in generate(sites).settings.about.name_ar
