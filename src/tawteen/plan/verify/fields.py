"""The cells of `sites` and the names in all tables, held against the case and the options that are started."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from tawteen.case.codes import NO_WORKS
from tawteen.case.model import Calendar, Case
from tawteen.plan.programme import Programme
from tawteen.plan.verify.checks import Checks
from tawteen.plan.verify.solution import ClaimedSolution
from tawteen.plan.verify.tolerances import CHECK_TOLERANCES

Row = dict[str, Any]
UNPROVED = ("figures", "outlook", "peak_mb", "red_flags", "rule_costs", "seconds", "seed")
"""Fields of the file that no check proves: how the programme was found, its scenarios, and what follows from them or
from further searches. The seal shows whether they were changed by hand."""


def check_sites(claim: ClaimedSolution, programme: Programme, checks: Checks) -> None:
    """Each site of the case has one row, and each cell of it is what follows from the case and the option started."""
    sites = claim.case["sites"]["id"].to_list()
    listed = programme.sites["id"].to_list()
    unknown = [site for site in listed if site not in set(sites)]
    missing = [site for site in sites if site not in set(listed)]
    repeated = sorted({site for site in listed if listed.count(site) > 1})
    checks.none_of("site_rows", pl.DataFrame({"id": [*unknown, *missing, *repeated]}, schema={"id": pl.String}))
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
    for name in ("throughput", "flows", "supply", "draws", "nothing_throughput", "nothing_flows", "nothing_prices",
                 "bound_prices", "limits"):  # fmt: skip
        frame: pl.DataFrame = getattr(programme, name)
        checks.counts["reference"] = checks.counts.get("reference", 0) + frame.height
        for column in (column for column in known if column in frame.columns):
            lost = frame[column].drop_nulls().unique().sort()
            for text in lost.filter(~lost.is_in(known[column].implode())):
                checks.report("reference", f"{name}/{text}")
        late = frame.filter((pl.col("period") < 0) | (pl.col("period") >= claim.periods))
        for period in late["period"].unique().sort():
            checks.report("reference", f"{name}/{period}")
    for text in _unnamed(claim, programme):
        checks.report("reference", text)
    for text in _unnamed_in_outlook(case, programme):
        checks.report("reference", text)


def _unnamed_in_outlook(case: Case, programme: Programme) -> Iterator[str]:
    """Sites, parties and rules that red flags and costs of rules are about and that the case lacks."""
    if programme.outlook is None:
        return
    rules = case.filled("rules").filter("active")["id"]
    parties = [party.id for party in case.settings.parties]
    subjects = {*case["sites"]["id"], *parties, *rules}
    for name, column, known in (("red_flags", "subject", subjects), ("rule_costs", "rule", set(rules))):
        named = getattr(programme.outlook, name)[column].drop_nulls().unique(maintain_order=True)
        yield from (f"{name}/{text}" for text in named if text not in known)


def _unnamed(claim: ClaimedSolution, programme: Programme) -> Iterator[str]:
    """Rows whose cells name what does not exist or contradict each other: flows, draws, prices and limits."""
    case = claim.case
    traded = pl.col("kind").is_in(["import", "export", "stock"])
    for name in ("flows", "nothing_flows"):
        frame: pl.DataFrame = getattr(programme, name)
        for kind, text in frame.filter(traded & (pl.col("id") != pl.col("commodity"))).select("kind", "id").iter_rows():
            yield f"{name}/{kind}/{text}"
        for kind, table in (("unmet", "demands"), ("supply", "supplies")):
            known = case[table].select("id", "commodity", "region")
            lost = frame.filter(pl.col("kind") == kind).join(known, on=["id", "commodity", "region"], how="anti")
            yield from (f"{name}/{kind}/{text}" for text in lost["id"])
        moved = frame.filter(pl.col("kind") == "transport").join(
            case["routes"].select("id", region="from_region"), on=["id", "region"], how="anti"
        )
        yield from (f"{name}/transport/{text}" for text in moved["id"])
    shared = programme.draws.filter(pl.col("option").is_null() & pl.col("origin").is_not_null())
    yield from (f"draws/{fund}" for fund in shared["fund"])
    for table, place in (("bound_prices", "place"), ("limits", "region")):
        yield from (f"{table}/{text}" for text in wrong_price_rows(claim, getattr(programme, table), place))


def wrong_price_rows(claim: ClaimedSolution, rows: pl.DataFrame, place: str = "place") -> Iterator[str]:
    """Rows with kind, id, `place` and period, as of prices and limits, that name what does not exist: kind/id."""
    case = claim.case
    names_by_kind = {
        "balance": case["commodities"]["id"], "pool": claim.match.pools["pool"], "trainers": case["trainers"]["id"],
        "seats": case["courses"]["id"],
        "fund": case["funds"]["id"], "credit": pl.Series(["credit"]), "rule": case["rules"]["id"],
        "route": case["routes"]["id"], "import": case["commodities"]["id"], "export": case["commodities"]["id"],
        "uptake": case["commodities"]["id"],
        "source": claim.match.sources.select(pl.format("{}/{}", "source", "pool")).to_series(),
    }  # fmt: skip
    places_by_kind = {
        "balance": case["regions"]["id"], "pool": claim.match.pools["pool_kind"], "rule": case["sites"]["id"],
    }  # fmt: skip
    names, places = (
        {kind: frozenset(column) for kind, column in series.items()} for series in (names_by_kind, places_by_kind)
    )
    for row in rows.select("kind", "id", place, "period").iter_rows(named=True):
        where = places.get(row["kind"]) if place == "place" or row["kind"] == "balance" else None
        placed = row[place] is None if where is None else row[place] in where or row["kind"] == "rule"
        timed = row["kind"] == "rule" or row["period"] is not None
        if row["id"] not in names[row["kind"]] or not placed or not timed:
            yield f"{row['kind']}/{row['id']}"


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
            "status": fact["kind"] if fact["kind"] in NO_WORKS else firm,
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
        return abs(stored - right) <= CHECK_TOLERANCES.relative * max(abs(right), CHECK_TOLERANCES.least_size)
    return bool(stored == right)


def _same_units(stored: list[Row], right: dict[tuple[str, str], float]) -> bool:
    stored_amounts = {(unit["unit"], unit["capability"]): unit["amount"] for unit in stored}
    size = max([abs(amount) for amount in right.values()], default=0.0)
    near = CHECK_TOLERANCES.unit * max(size, CHECK_TOLERANCES.least_size)
    return len(stored_amounts) == len(stored) and all(
        abs(stored_amounts.get(name, 0.0) - right.get(name, 0.0)) <= near
        for name in stored_amounts.keys() | right.keys()
    )
