"""Commodities with parity prices, demand by region and project, and what exists already."""

from __future__ import annotations

from typing import Any

from facts import Row, benchmark, parameter, rows, source_titled, stated
from figure import Book, Figure, day
from places import population_shares

SUMMER = 3
CUTS = {1: "winter", 2: "spring", SUMMER: "summer", 4: "winter"}
"""Which plan of cuts a quarter of the year has."""


def ranged(row: Row, value: str, low: str, high: str, reason: str = "") -> Figure:
    """A figure from three columns of an assumption row."""
    source = source_titled(row.get("source", ""))
    return Figure(float(row[value]), float(row[low]), float(row[high]), reason or row["reason"], source=source)


def price(good: str) -> Figure:
    """Import price of a good at the port."""
    row = next(r for r in rows("assumptions/goods.csv") if r["id"] == good)
    if row["benchmark"].startswith("kit:"):
        product = price(row["benchmark"].removeprefix("kit:"))
        added = parameter("kit_value_added")
        left = Figure(1 - added.value, 1 - added.high, 1 - added.low, added.note)
        return (product * left).noted("price of the product less the value added at home")
    if row["benchmark"]:
        return benchmark(row["benchmark"], "price")
    return ranged(row, "cif", "low", "high")


def add_commodities(book: Book) -> None:
    """Commodities; power cannot be imported."""
    for row in rows("assumptions/goods.csv"):
        cells: dict[str, Any] = {
            k: row[k] or None for k in ("id", "name_en", "name_ar", "unit", "field", "hs", "carries")
        }
        if row["id"] != "power":
            cells["cif"] = price(row["id"])
        if row["fob_share"]:
            cells["fob"] = (cells["cif"] * float(row["fob_share"])).noted("export price as a share of the import price")
        if float(row["port_cost"]):
            cells["port_cost"] = (parameter("port_range") * float(row["port_cost"])).noted("port charges: assumed")
        if row["uptake"]:
            share = float(row["uptake"])
            cells["uptake"] = Figure(share, share / 2, min(1.0, share * 2), "buyers change suppliers slowly: assumed")
        if row["emission"]:
            factor = float(row["emission"])
            cells["emission"] = Figure(factor, factor * 0.8, factor * 1.2, "usual emission factor: assumed")
        if float(row["mass"]) != 1:
            mass = float(row["mass"])
            cells["mass"] = Figure(mass, mass * 0.6, mass * 1.6, "packed mass: assumed")
        book.add("commodities", **cells, credit=row["credit"] == "true" or None)


def add_demands(book: Book) -> None:
    """National demand by the people of each region, and the demand of projects."""
    shares = population_shares()
    for row in rows("assumptions/demands.csv"):
        cif = price(row["good"])
        penalty = (cif * float(row["penalty_factor"])).noted("willingness to pay as a multiple of the import price")
        growth = float(row["growth"])
        for region, share in shares.items():
            quantity = (stated(row) * share * 0.25).noted(f"{row['reason']}; share of the people of the region")
            book.add(
                "demands", id=f"{row['good']}-{region}", region=region, commodity=row["good"], quantity=quantity,
                growth=Figure(growth, -0.01, growth + 0.03, "assumed with the growth of people and income"),
                penalty=penalty,
            )  # fmt: skip
    for row in rows("assumptions/projects.csv"):
        book.add(
            "demands", id=f"{row['good']}-{row['id']}", region=row["region"], commodity=row["good"],
            start=day(row["start"]), end=day(row["end"]), quantity=stated(row) * 0.25, project=row["id"],
            penalty=(price(row["good"]) * 2).noted("willingness to pay as a multiple of the import price"),
        )  # fmt: skip


def add_supplies(book: Book) -> None:
    """Plants that run without options here, and bridging supply of the partner."""
    for row in rows("assumptions/supplies.csv"):
        foreign = float(row["foreign"])
        share = foreign if foreign == 1 else Figure(foreign, foreign * 0.7, min(1.0, foreign * 1.3), "assumed")
        book.add(
            "supplies", **{k: row[k] or None for k in ("id", "name_en", "name_ar", "region", "commodity", "site")},
            quantity=stated(row) * 0.25, variable_cost=ranged(row, "cost", "cost_low", "cost_high"),
            foreign_share=share, partner=row["partner"] == "true" or None,
        )  # fmt: skip


def add_power(book: Book) -> None:
    """Power for industry: what running plants already draw, what is left outside summer, and own generation."""
    drawn = _drawn(book)
    for row in rows("assumptions/power.csv"):
        cells = {
            "name_en": row["name_en"], "name_ar": row["name_ar"], "region": row["region"], "commodity": "power",
            "variable_cost": ranged(row, "cost", "cost_low", "cost_high"),
            "foreign_share": (f := float(row["foreign"])) and Figure(f, f * 0.7, min(1.0, f * 1.3), "assumed"),
        }  # fmt: skip
        seasons = {"grid": (1, 2, 4), "summer": (SUMMER,), "own": (None,)}[row["kind"]]
        for season in seasons:
            name = "-".join(filter(None, (row["kind"], row["region"], season and f"q{season}")))
            quantity = ranged(row, "mw", "low", "high") * _hours(season)
            book.add("supplies", id=name, season=season, **cells, quantity=quantity)
        if row["kind"] == "grid" and row["region"] in drawn:
            now = drawn[row["region"]].noted("what the running plants of the case draw already at benchmark use")
            words = {"name_en": "Grid power drawn by running plants", "name_ar": "كهرباء الشبكة للمصانع العاملة"}
            book.add("supplies", id=f"running-{row['region']}", **(cells | words), quantity=now)


def _hours(season: int | None) -> Figure:
    """Hours of a quarter with power: those of the grid less its cuts, all of one's own (no season)."""
    hours = parameter("summer_hours")
    if season is None:
        return hours
    cut = parameter(f"cut_hours_{CUTS[season]}")
    shares = (1 - hour / 24 for hour in (cut.value, cut.high, cut.low))
    return hours * Figure(*shares, cut.note, source=cut.source)


def _drawn(book: Book) -> dict[str, Figure]:
    """MWh per quarter that the as-is options take by region."""
    region = {s["id"]: s["region"] for s in book.tables["sites"]}
    needs = {r["option"]: r["quantity"] for r in book.tables["recipes"] if r["commodity"] == "power"}
    drawn: dict[str, Figure] = {}
    for option in book.tables["options"]:
        if option["kind"] == "as_is":
            used = option["capacity"] * needs[option["id"]]
            here = Figure(used, used * 0.7, used * 1.3)
            at = region[option["site"]]
            drawn[at] = drawn[at] + here if at in drawn else here
    return drawn


def add_projects(book: Book) -> None:
    """Projects, once each."""
    for row in {r["id"]: r for r in rows("assumptions/projects.csv")}.values():
        words = {k: row[k] for k in ("id", "name_en", "name_ar", "region", "field")}
        book.add("projects", **words, start=day(row["start"]), end=day(row["end"]))
