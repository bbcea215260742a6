"""The table of limits held against what the other checks measured: what is used of each limit and what it allows."""

from __future__ import annotations

import numpy as np
import polars as pl

from tawteen.plan.programme import Programme
from tawteen.plan.verify.added import added_by_picks
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.shared_prices import SharedPrices, pool_offers, trainers_left
from tawteen.plan.verify.site_bounds import rule_rows
from tawteen.plan.verify.solution import ClaimedSolution
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

MEASURED = ("balance", "credit", "export", "fund", "import", "route", "source", "trainers", "uptake")
"""Kinds of limits that are measured; rules are counted by their own coefficients."""
EVERY_PERIOD = ("credit", "fund", "uptake")
"""Kinds with a row for each period in which the limit exists, used or not."""
FROM_BELOW = ("must", "at_least", "share")
"""Kinds of rules that are limits from below."""
LIMIT_KEY = ["kind", "id", "period"]


def check_limits(claim: ClaimedSolution, programme: Programme, checks: Checks) -> None:
    """`used` is what flows, draws and supply come to, `limit` what the case allows; no row with a use is missing."""
    rows = programme.limits.filter(pl.col("kind").is_in(MEASURED)).with_columns(
        id=pl.when(pl.col("kind") == "balance").then(pl.format("{}/{}", "id", "region")).otherwise("id")
    )
    checks.counts["limits"] = programme.limits.height
    known = checks.measured_rows()
    joined = rows.join(_allowed(claim), on=LIMIT_KEY, how="left").join(known, on=LIMIT_KEY, how="left", suffix="_right")
    joined = joined.with_columns(allowed=pl.coalesce("given", "allowed"))
    size = pl.max_horizontal(
        pl.col("used").abs(), pl.col("measured").abs(), pl.col("allowed").abs(), pl.lit(CHECK_TOLERANCES.least_size)
    ).max()
    joined = joined.with_columns(size=size.over("kind", "id"), measured=pl.col("measured").fill_null(0.0))
    both = pl.col("limit").is_not_null() & pl.col("allowed").is_not_null()
    one = pl.col("limit").is_null() != pl.col("allowed").is_null()
    near = CHECK_TOLERANCES.limit * pl.col("size")
    wrong = joined.filter(
        ~((pl.col("used") - pl.col("measured")).abs() <= near)
        | one
        | (both & ~((pl.col("limit") - pl.col("allowed")).abs() <= near))
        | ~(pl.col("price") >= 0)
    )
    for row in wrong.sort(LIMIT_KEY).iter_rows(named=True):
        checks.report("limits", f"{row['kind']}/{row['id']}", row["period"], row["used"], row["measured"])
    missing = known.filter(pl.col("kind").is_in(MEASURED)).join(rows, on=LIMIT_KEY, how="anti", nulls_equal=True)
    largest = pl.col("measured").abs().max().over("kind", "id")
    limited = pl.col("kind").is_in(["balance", "source"]) | pl.col("allowed").is_not_null()
    missing = missing.filter(limited).filter(
        pl.col("kind").is_in(EVERY_PERIOD) | (pl.col("measured") > CHECK_TOLERANCES.limit * largest)
    )
    for row in missing.sort(LIMIT_KEY).iter_rows(named=True):
        checks.report("limits", f"{row['kind']}/{row['id']}", row["period"], None, row["measured"])
    repeated = programme.limits.filter(
        pl.struct("kind", "id", "region", "period").is_duplicated() & (pl.col("kind") != "rule")
    )
    for row in repeated.unique(["kind", "id"]).sort("kind", "id").iter_rows(named=True):
        checks.report("limits", f"{row['kind']}/{row['id']}", row["period"])
    _check_rules(claim, programme, checks)


def _allowed(claim: ClaimedSolution) -> pl.DataFrame:
    """What the case allows of limits whether or not they are used: kind, id, period, given."""
    periods = pl.DataFrame({"period": range(claim.periods)}, schema={"period": pl.Int64})
    case = claim.case
    fixed = [case["routes"].select(kind=pl.lit("route"), id="id", given="capacity")]
    fixed += [
        case["commodities"].select(kind=pl.lit(kind), id="id", given=f"{kind}_limit") for kind in ("import", "export")
    ]
    everywhere = pl.concat(fixed).unique(["kind", "id"], keep="first", maintain_order=True).join(periods, how="cross")
    added = added_by_picks(claim)
    staff = [
        {"kind": "trainers", "id": pool, "given": float(left), "period": t}
        for pool in case["trainers"]["id"]
        for t, left in enumerate(trainers_left(claim, pool) + added.get(("trainers", pool), 0.0))
    ]
    listed = pl.DataFrame(staff, schema=everywhere.schema)
    return pl.concat([everywhere, listed, _offered(claim)]).drop_nulls("given")


def _offered(claim: ClaimedSolution) -> pl.DataFrame:
    """What sources of pools offer by period; of pools of one name that of the last."""
    no_prices = SharedPrices({}, {}, np.zeros(claim.periods), {}, {}, 0.0)
    rows = {
        (f"{offer.source}/{offer.pool[1]}", t): float(offer.capacity[t])
        for offer in pool_offers(claim, no_prices, with_picks=True)
        for t in range(claim.periods)
        if np.isfinite(offer.capacity[t])
    }
    schema = {"kind": pl.String, "id": pl.String, "given": pl.Float64, "period": pl.Int64}
    return pl.DataFrame([("source", name, given, t) for (name, t), given in rows.items()], schema=schema, orient="row")


def _check_rules(claim: ClaimedSolution, programme: Programme, checks: Checks) -> None:
    """Each row of a rule is one of those that the rule asks, with what the picks come to in it."""
    facts = claim.effects.options.filter(pl.col("kind") != "as_is")
    place = {option: i for i, option in enumerate(facts["option"])}
    picked = [(place[o], s) for o, s in claim.picks.select("option", "start").iter_rows() if 0 <= s < claim.periods]
    for rule in claim.case.filled("rules").filter(pl.col("active")).iter_rows(named=True):
        sign = -1.0 if rule["kind"] in FROM_BELOW else 1.0
        required = [
            (period, sign * sum(float(cells[row, start]) for row, start in picked), sign * limit)
            for _, period, cells, limit in rule_rows(claim, facts, rule)
        ]
        own = programme.limits.filter((pl.col("kind") == "rule") & (pl.col("id") == rule["id"]))
        for period, used, limit in own.select("period", "used", "limit").iter_rows():
            fits = next((row for row in required if row[0] == period and _near(row[1:], (used, limit))), None)
            if fits is None:
                checks.report("limits", f"rule/{rule['id']}", period, used, limit)
            else:
                required.remove(fits)
        for period, used, _ in required if rule["kind"] != "after" else ():
            checks.report("limits", f"rule/{rule['id']}", period, None, used)


def _near(required: tuple[float, float], stored: tuple[float | None, float | None]) -> bool:
    """Whether used and limit are those that are required, but for rounding."""
    return all(
        cell is not None and abs(right - cell) <= CHECK_TOLERANCES.limit * max(1.0, abs(right))
        for right, cell in zip(required, stored, strict=True)
    )
