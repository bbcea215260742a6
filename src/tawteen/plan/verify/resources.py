"""Resources: pools and their sources, trainers, money drawn from funds, letters of credit."""

from __future__ import annotations

import polars as pl

from tawteen.plan.verify.added import added_by_picks, providers
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.classes import check_classes, empty_seats, taught_courses
from tawteen.plan.verify.goods import made_and_taken
from tawteen.plan.verify.solution import ClaimedSolution, in_force
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

POOL = ("pool_kind", "pool")
PAID = ("option", "category", "origin", "period")


def check_resources(claim: ClaimedSolution, checks: Checks) -> None:
    """Every limit on partner units, trainers and money."""
    _check_pools(claim, checks)
    check_classes(claim, checks)
    _check_trainers(claim, checks)
    _check_outlays(claim, checks)
    _check_premium(claim, checks)
    _check_eligible(claim, checks)
    _check_funds(claim, checks)
    _check_credit(claim, checks)


def _supplied(claim: ClaimedSolution) -> pl.DataFrame:
    """Supply of pools with the facts of its source; sources that do not exist have null prices."""
    given = claim.supply.group_by(*POOL, "source", "period").agg(amount=pl.col("amount").sum())
    return given.join(claim.match.sources, on=[*POOL, "source"], how="left")


def _check_pools(claim: ClaimedSolution, checks: Checks) -> None:
    keys = [*POOL, "period"]
    needs = claim.shifted(claim.effects.needs).group_by(keys).agg(allowed=pl.col("amount").sum())
    given = claim.supply.group_by(keys).agg(used=pl.col("amount").sum())
    rows = needs.join(given, on=keys, how="full", coalesce=True).with_columns(
        pl.col("used", "allowed").fill_null(0.0), id="pool"
    )
    empty = (pl.col("pool_kind") == "course") & pl.col("pool").is_in([c.course for c in taught_courses(claim)])
    taken = pl.when(empty).then(pl.min_horizontal("used", "allowed")).otherwise("used")
    checks.equal("pool", rows.with_columns(used=taken))
    offered = _supplied(claim).with_columns(id=pl.format("{}/{}", "source", "pool"))
    period = pl.col("period")
    absent = (period < pl.col("first_period")) | (period < pl.col("start")) | (period > pl.col("end"))
    absent = absent.fill_null(False) | pl.col("price").is_null()
    held = held_capacity(claim)
    capacity = pl.coalesce("held", "capacity") + pl.col("added").fill_null(0.0)
    offered = offered.join(_added_seats(claim), on=[*POOL, "source", "period"], how="left")
    rows = offered.join(held, on=[*POOL, "source", "period"], how="left").select(
        "id", "period", used="amount", allowed=pl.when(absent).then(0.0).otherwise(capacity),
        size=pl.col("capacity").fill_null(0.0) + pl.col("added").fill_null(0.0),
    )  # fmt: skip
    checks.at_most("source", rows)


def _added_seats(claim: ClaimedSolution) -> pl.DataFrame:
    """Seats that the picked options add to those of a course's provider: pool_kind, pool, source, period, added."""
    provider = providers(claim)
    rows = [
        (kind, pool, provider[pool], period, float(amount))
        for (kind, pool), seats in added_by_picks(claim).items()
        if kind == "course"
        for period, amount in enumerate(seats)
    ]
    schema = {"pool_kind": pl.String, "pool": pl.String, "source": pl.String, "period": pl.Int64, "added": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def held_capacity(claim: ClaimedSolution) -> pl.DataFrame:
    """Capacity that offers hold in each quarter by their days: pool_kind, pool, source, period, held."""
    offers = in_force(claim.case.filled("offers"), claim.case.calendar, "capacity")
    return offers.select(
        pl.lit("capability").alias("pool_kind"), "period", pool="capability", source="unit", held="capacity"
    )


def _check_trainers(claim: ClaimedSolution, checks: Checks) -> None:
    busy = _supplied(claim).filter(pl.col("trainer_pool").is_not_null())
    trainers = claim.case.filled("trainers").select("id", "headcount", "attrition")
    left = pl.col("headcount") * (1 - pl.col("attrition")) ** (pl.col("period") / 4) + pl.col("added")
    added = [
        (pool, period, float(amount))
        for (kind, pool), heads in added_by_picks(claim).items()
        if kind == "trainers"
        for period, amount in enumerate(heads)
    ]
    schema = {"trainer_pool": pl.String, "period": pl.Int64, "added": pl.Float64}
    rows = (
        busy.group_by("trainer_pool", "period")
        .agg(used=(pl.col("amount") * pl.col("trainer_ratio")).sum())
        .join(trainers, left_on="trainer_pool", right_on="id")
        .join(pl.DataFrame(added, schema=schema, orient="row"), on=["trainer_pool", "period"], how="left")
        .with_columns(pl.col("added").fill_null(0.0))
        .select("period", "used", id="trainer_pool", allowed=left)
    )
    checks.at_most("trainers", rows)


def _check_outlays(claim: ClaimedSolution, checks: Checks) -> None:
    """What is drawn for an option is what it must pay: by category, origin and period."""
    owed = claim.shifted(claim.effects.outlays).group_by(PAID).agg(allowed=pl.col("amount").sum())
    paid = claim.draws.filter(pl.col("option").is_not_null()).group_by(PAID).agg(used=pl.col("amount").sum())
    rows = owed.join(paid, on=list(PAID), how="full", coalesce=True).with_columns(
        pl.col("used", "allowed").fill_null(0.0), id=pl.format("{}/{}", "option", "category")
    )
    checks.equal("outlay", rows)


def _premium_category(pool_kind: pl.Expr) -> pl.Expr:
    return pl.when(pool_kind == "capability").then(pl.lit("works")).otherwise(pl.lit("training"))


def _check_premium(claim: ClaimedSolution, checks: Checks) -> None:
    """What pools cost above their reference price is drawn too, for works or for training; and empty seats."""
    reference = claim.match.pools.select(*POOL, "reference_price")
    empty = empty_seats(claim).select(*POOL, "period", "amount", price=pl.lit(0.0), owed="amount")
    supplied = _supplied(claim).select(*POOL, "period", "amount", "price", owed=pl.lit(0.0))
    above = pl.col("amount") * (pl.col("price") - pl.col("reference_price"))
    unfilled = pl.col("owed").clip(lower_bound=0.0) * pl.col("reference_price")
    owed = (
        pl.concat([supplied, empty.with_columns(amount=pl.lit(0.0))])
        .join(reference, on=POOL, how="left")
        .group_by(_premium_category(pl.col("pool_kind")).alias("category"), "period")
        .agg(allowed=(above + unfilled).sum(), gross=(pl.col("amount") * pl.col("price")).sum())
    )
    drawn = (
        claim.draws.filter(pl.col("option").is_null()).group_by("category", "period").agg(used=pl.col("amount").sum())
    )
    rows = owed.join(drawn, on=["category", "period"], how="full", coalesce=True).with_columns(
        pl.col("used", "allowed").fill_null(0.0), id="category"
    )
    noise = pl.col("gross").fill_null(0.0) * CHECK_TOLERANCES.rounding
    near = (pl.col("used") - pl.col("allowed")).abs() <= noise
    checks.equal("premium", rows.with_columns(used=pl.when(near).then("allowed").otherwise("used")))


def _check_eligible(claim: ClaimedSolution, checks: Checks) -> None:
    """A fund pays only for what one of its uses covers."""
    facts = claim.effects.options.select("option", "region", "authority", "field")
    drawn = claim.draws.filter(pl.col("amount") > 0).with_row_index("draw").join(facts, on="option", how="left")
    uses = claim.case["fund_uses"]
    aspects = ("category", "region", "authority", "field", "origin")
    pairs = drawn.join(uses.select("fund", *(pl.col(a).alias(f"{a}_use") for a in aspects)), on="fund")
    fits = pl.all_horizontal(
        (pl.col(f"{a}_use").is_null() | (pl.col(f"{a}_use") == pl.col(a)).fill_null(False))
        | (pl.col("option").is_null() if a != "category" else pl.lit(False))
        for a in aspects
    )
    covered = pairs.filter(fits)["draw"]
    lost = drawn.filter(~pl.col("draw").is_in(covered.implode()))
    named = pl.concat_str("fund", pl.coalesce("option", pl.lit("–")), "category", separator="/")
    checks.none_of("eligible", lost.select(named.alias("id"), "period"))


def market_sales(claim: ClaimedSolution) -> pl.DataFrame:
    """Sales of the picked options at the port in the financial view: period, sales."""
    goods = claim.case.filled("commodities")
    at_port = pl.coalesce(pl.col("cif") + pl.col("port_cost"), pl.col("fob") - pl.col("port_cost"), pl.lit(0.0))
    sold = made_and_taken(claim).filter((pl.col("kind") != "as_is") & (pl.col("amount") > 0))
    priced = sold.join(goods.select(commodity="id", at_port=at_port), on="commodity")
    return priced.group_by("period").agg(sales=(pl.col("amount") * pl.col("at_port")).sum())


def fund_income(claim: ClaimedSolution) -> dict[tuple[str, int], float]:
    """What funds are given by fund and period, in the currency of the case."""
    rates = {
        fund: claim.case.rate(currency)
        for fund, currency in claim.case.filled("funds").select("id", "currency").iter_rows()
    }
    limits = in_force(claim.case["fund_limits"], claim.case.calendar, "amount", ("fund",))
    given = limits.group_by("fund", "period").agg(pl.col("amount").sum())
    return {(fund, t): amount / rates[fund] for fund, t, amount in given.select("fund", "period", "amount").iter_rows()}


def _check_funds(claim: ClaimedSolution, checks: Checks) -> None:
    """Money left in each fund after each period is not negative."""
    funds, income = claim.case.filled("funds"), fund_income(claim)
    drawn = {(f, t): a for f, t, a in claim.draws.group_by("fund", "period").agg(pl.col("amount").sum()).iter_rows()}
    sales = dict(market_sales(claim).iter_rows())
    rows = []
    for fund in funds.iter_rows(named=True):
        balance = 0.0
        for t in range(claim.periods):
            available = fund["carry_over"] * balance + income.get((fund["id"], t), 0.0)
            available += fund["refill"] * sales.get(t, 0.0)
            used = drawn.get((fund["id"], t), 0.0)
            rows.append((fund["id"], t, used, available))
            balance = available - used
    checks.at_most(
        "fund",
        pl.DataFrame(
            rows, schema={"id": pl.String, "period": pl.Int64, "used": pl.Float64, "allowed": pl.Float64}, orient="row"
        ),
    )
    unknown = claim.draws.filter(~pl.col("fund").is_in(funds["id"].implode()))
    checks.none_of("fund_unknown", unknown.select(id="fund", period="period"))


def credit_used(claim: ClaimedSolution) -> pl.DataFrame:
    """Letters of credit opened: period, used (currency)."""
    goods = claim.case.filled("commodities").filter(pl.col("credit") & pl.col("cif").is_not_null())
    bought = (
        made_and_taken(claim).filter(pl.col("amount") < 0).join(goods.select(commodity="id", cif="cif"), on="commodity")
    )
    foreign = claim.shifted(claim.effects.outlays).filter(pl.col("origin") == "foreign")
    parts = [bought.select("period", used=-pl.col("amount") * pl.col("cif")), foreign.select("period", used="amount")]
    return pl.concat(parts).group_by("period").agg(pl.col("used").sum())


def _check_credit(claim: ClaimedSolution, checks: Checks) -> None:
    open_credit = (
        in_force(claim.case["credit"], claim.case.calendar, "amount")
        .group_by("period")
        .agg(allowed=pl.col("amount").sum())
    )
    rows = open_credit.join(credit_used(claim), on="period", how="left").with_columns(pl.col("used").fill_null(0.0))
    checks.at_most("credit", rows.with_columns(id=pl.lit("credit")))
