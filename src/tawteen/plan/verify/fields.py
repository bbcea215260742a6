"""What the table of sites says, derived again from the options that are started and held against it."""

from __future__ import annotations

from typing import Any

import polars as pl

from tawteen.case.model import Calendar
from tawteen.plan.programme import Programme
from tawteen.plan.verify.checks import RELATIVE, Checks
from tawteen.plan.verify.selection import IDLE_KINDS
from tawteen.plan.verify.solution import ClaimedSolution

Row = dict[str, Any]
UNPROVED = ("bound", "figures", "limits.price", "peak_mb", "seconds", "seed")
"""Fields that nothing here proves: how the programme was found, what limits are worth beyond their sign, and the bound,
which is only held against value and gap."""


def check_sites(claim: ClaimedSolution, programme: Programme, checks: Checks) -> None:
    """Each site of the case has one row, and each cell of it is what follows from the case and the option started."""
    sites = claim.case["sites"]["id"].to_list()
    listed = programme.sites["id"].to_list()
    strangers = [site for site in listed if site not in set(sites)]
    missing = [site for site in sites if site not in set(listed)]
    twice = sorted({site for site in listed if listed.count(site) > 1})
    checks.none_of("site_rows", pl.DataFrame({"id": [*strangers, *missing, *twice]}, schema={"id": pl.String}))
    expected = _expected(claim)
    units = _units(claim)
    for row in programme.sites.filter(pl.col("id").is_in(sites)).iter_rows(named=True):
        checks.counts["site_cells"] = checks.counts.get("site_cells", 0) + 1
        for column, right in expected(row).items():
            if not _same(row[column], right):
                checks.report("site_cells", f"{row['id']}/{column}")
        if not _same_units(row["units"], units.get(row["id"], {})):
            checks.report("site_cells", f"{row['id']}/units")


def check_references(claim: ClaimedSolution, programme: Programme, checks: Checks) -> None:
    """Every commodity, region, route, option, fund, source and period of a table is one of the case."""
    case = claim.case
    known = {
        "commodity": case["commodities"]["id"], "region": case["regions"]["id"],
        "option": claim.effects.options["option"], "fund": case["funds"]["id"],
        "source": claim.match.sources["source"], "pool": claim.match.pools["pool"],
    }  # fmt: skip
    for name in ("throughput", "flows", "supply", "draws", "nothing_throughput", "nothing_flows", "nothing_prices"):
        frame: pl.DataFrame = getattr(programme, name)
        checks.counts["reference"] = checks.counts.get("reference", 0) + frame.height
        for column in (column for column in known if column in frame.columns):
            lost = frame[column].drop_nulls().unique().sort()
            for text in lost.filter(~lost.is_in(known[column].implode())):
                checks.report("reference", f"{name}/{text}")
        late = frame.filter((pl.col("period") < 0) | (pl.col("period") >= claim.periods))
        for period in late["period"].unique().sort():
            checks.report("reference", f"{name}/{period}")


def _expected(claim: ClaimedSolution) -> Any:
    """A function that says, for a row of `sites`, which cells its option and start lead to."""
    facts = {row["option"]: row for row in claim.effects.options.iter_rows(named=True)}
    running = {row["site"] for row in facts.values() if row["kind"] == "as_is"}
    calendar = claim.case.calendar

    def cells(row: Row) -> Row:
        if row["option"] is None:
            idle = "as_is" if row["id"] in running else None
            return {"kind": idle, "status": idle or "out", "start": None, "period": None, "chance": None,
                    "operates": None}  # fmt: skip
        fact = facts.get(row["option"])
        if fact is None or row["period"] is None:
            return {}
        firm = "conditional" if fact["conditional"] else "firm"
        first = None if fact["operating_from"] is None else row["period"] + fact["operating_from"]
        return {
            "kind": fact["kind"],
            "status": fact["kind"] if fact["kind"] in IDLE_KINDS else firm,
            "start": _label(calendar, row["period"]),
            "chance": fact["chance"],
            "operates": None if first is None else _label(calendar, first),
        }

    return cells


def _label(calendar: Calendar, period: int) -> str | None:
    return calendar.label(period) if 0 <= period < calendar.periods else None


def _units(claim: ClaimedSolution) -> dict[str, dict[tuple[str, str], float]]:
    """Who works for each site: what a pool's sources supply in a quarter, in proportion to what the sites need then."""
    key = ["pool_kind", "pool", "period"]
    needs = claim.shifted(claim.effects.needs).select("site", *key, need="amount")
    shares = claim.supply.with_columns(share=pl.col("amount") / pl.col("amount").sum().over(key))
    worked = needs.join(shares, on=key).group_by("site", "source", "pool").agg((pl.col("need") * pl.col("share")).sum())
    units_by_line: dict[str, dict[tuple[str, str], float]] = {}
    for site, source, pool, amount in worked.iter_rows():
        units_by_line.setdefault(site, {})[source, pool] = amount
    return units_by_line


def _same(stored: Any, right: Any) -> bool:
    if isinstance(stored, float) and isinstance(right, float):
        return abs(stored - right) <= RELATIVE * max(abs(right), 1e-3)
    return bool(stored == right)


def _same_units(stored: list[Row], right: dict[tuple[str, str], float]) -> bool:
    stored_amounts = {(unit["unit"], unit["capability"]): unit["amount"] for unit in stored}
    size = max([abs(amount) for amount in right.values()], default=0.0)
    near = 1e-5 * max(size, 1e-3)
    return len(stored_amounts) == len(stored) and all(
        abs(stored_amounts.get(name, 0.0) - right.get(name, 0.0)) <= near
        for name in stored_amounts.keys() | right.keys()
    )
