"""Options: capacities observed at the plant, everything else from sector benchmarks, scaled and marked assumed."""

from __future__ import annotations

from functools import cache
from typing import Any

from facts import Row, benchmark, parameter, rows
from figure import Assumed, Book, Figure, total
from goods import price, ranged

ONE = Figure(1.0, 1.0, 1.0)
SCHOOL = "training"
"""The process that makes no good: its options add seats to the courses (see `people`)."""
WEEKS_PER_MONTH = 52 / 12


@cache
def uses() -> dict[str, Row]:
    """What each process takes for its works, reference class, cadres and working capital."""
    return {r["process"]: r for r in rows("assumptions/processes_used.csv")}


@cache
def recipe(process: str) -> list[Row]:
    """Lines of the recipe of a process."""
    return [r for r in rows("assumptions/recipes.csv") if r["process"] == process]


@cache
def capacities() -> dict[str, Row]:
    """Observed capacity of sites."""
    return {r["site"]: r for r in rows("assumptions/capacities.csv")}


def yearly(option: Row) -> Figure:
    """Capacity of an option, units a year."""
    if option["capacity"]:
        size = float(option["capacity"])
        return Figure(size, size * 0.8, size * 1.2, option["reason"])
    row = capacities()[option["site"]]
    nominal = ranged(row, "value", "low", "high")
    if option["kind"] == "as_is":
        return nominal * _use(row)
    if option["kind"] == "efficiency":
        return nominal * _use(row) * float(option["share"])
    return nominal * float(option["share"])


def _use(row: Row) -> Figure:
    return parameter("cement_use") if row["use"] == "cement" else ranged(row, "use", "use_low", "use_high")


def product(option: Row) -> str:
    """Benchmark product of an option."""
    return recipe(option["process"])[0]["product"]


def capex(option: Row) -> Figure:
    """Investment with contingency, crews and training included."""
    contingency = parameter("contingency")
    if option["mode"] == "upgrade":
        planned = Figure(200e6, 150e6, 350e6, "EUR 200 million planned (Global Cement 2019)")
        euro = parameter("euro")
        return planned * Figure(1 / euro.value, 1 / euro.high, 1 / euro.low, euro.note)
    share = {"greenfield": ONE, "tuning": parameter("tuning_share")}.get(option["mode"])
    share = share or benchmark(product(option), f"rehab_share_{option['mode']}")
    raised = Figure(1 + contingency.value, 1 + contingency.low, 1 + contingency.high, contingency.note)
    base = yearly(option)
    if option["kind"] == "efficiency" and option["mode"] == "tuning":
        base = ranged(capacities()[option["site"]], "value", "low", "high")
    return benchmark(product(option), "capex_greenfield") * base * share * raised


def months(option: Row) -> Figure:
    """Months of the works."""
    mode = {"upgrade": "modernisation"}.get(option["mode"], option["mode"])
    if mode == "tuning":
        return parameter("tuning_months")
    return benchmark(product(option), f"works_months_{mode}")


def add(book: Book) -> None:
    """Options with recipes, investment items, cadres and technology transfer; and the lines of observed plants."""
    sites = {s["id"]: s for s in book.tables["sites"]}
    for row in rows("assumptions/options.csv"):
        book.add("options", **(_school(row) if row["process"] == SCHOOL else _option(row)))
        if row["process"] != SCHOOL:
            _recipe(book, row)
        if row["kind"] != "as_is":
            _costs(book, row)
            _cadres(book, row)
        if row["kind"] == "transfer":
            _transfer(book, row)
    for site, row in capacities().items():
        name = sites[site]
        words = {"name_en": f"{name['name_en']}: all lines", "name_ar": f"{name['name_ar']}: كل الخطوط"}
        book.add(
            "lines", id=f"{site}-all", site=site, **words, commodity=row["good"],
            nominal=ranged(row, "value", "low", "high") * 0.25, **_factors(book, site, row),
        )  # fmt: skip
    _closed(book)


def _tuned() -> dict[str, Row]:
    """The option that tunes a running line, by site; what adds a line closes no loss."""
    return {
        r["site"]: r for r in rows("assumptions/options.csv") if r["kind"] == "efficiency" and r["mode"] == "tuning"
    }


def _gain(site: str) -> float:
    """Factor by which tuning raises the output of a line: half of it by fewer stops, half by more speed."""
    option = _tuned().get(site)
    return float(option["share"]) ** 0.5 if option else 1.0


def _factors(book: Book, site: str, row: Row) -> dict[str, Figure]:
    """Availability, performance and quality of a running line, and its losses.

    No source tells them apart: only the use of the capacity is known. Quality is assumed, and the rest of what is lost
    is split evenly between stops and speed.
    """
    if site not in running():
        return {}
    quality, use = parameter("line_quality"), _use(row)
    share = (use.value / quality.value) ** 0.5
    word = "use of the capacity over quality, split evenly between stops and speed: assumed"
    width = min(0.15 * share, 1.0 - share)
    part = Figure(share, share - width, share + width, word)
    line, closed = f"{site}-all", share * (_gain(site) - 1)
    gained, rest = (
        "half of the gain of tuning: assumed",
        "what the factor lacks to 1 beside the gain of tuning: assumed",
    )
    for loss, en, ar, factor, lost, why in (
        ("stops", "Short and unplanned stops", "توقفات قصيرة وغير مخططة", "availability", closed, gained),
        ("other-stops", "Other stops", "توقفات أخرى", "availability", 1 - share - closed, rest),
        ("slow", "Drives and controls out of tune", "مسيرات وتحكم غير مضبوطة", "performance", closed, gained),
        ("other-slow", "Other slow running", "بطء آخر", "performance", 1 - share - closed, rest),
        ("waste", "Product out of specification", "منتج خارج المواصفة", "quality", 1 - quality.value, quality.note),
    ):
        if lost > 1e-9:
            figure = Figure(lost, lost * 0.5, min(1.0, lost * 1.5), why)
            book.add("losses", line=line, id=loss, name_en=en, name_ar=ar, factor=factor, share=figure)
    return {"availability": part, "performance": part, "quality": quality}


def _closed(book: Book) -> None:
    """Tuning closes the stops and the slow running that its gain stands for."""
    closes = Assumed(1.0, "the loss is cut to the gain of tuning, which closes it whole: assumed")
    for site, option in _tuned().items():
        for loss in ("stops", "slow"):
            book.add("closed_losses", option=option["id"], line=f"{site}-all", loss=loss, closes=closes)


def _named(row: Row) -> dict[str, Any]:
    words = {name: row[name] for name in ("id", "site", "kind", "name_en", "name_ar")}
    return words | {
        "field": uses()[row["process"]]["field"], "jobs": _jobs(row), "wage": parameter("wage"),
        "fixed_cost": _upkeep(row), "foreign_share": parameter("sundries_foreign"),
    }  # fmt: skip


def _school(row: Row) -> dict[str, Any]:
    """An option that sells nothing: neither throughput nor what comes with it."""
    life = float(row["life"])
    return _named(row) | {
        "life": Figure(life, life * 0.7, life * 1.3, "economic life of such works: assumed"),
        "reference_class": uses()[row["process"]]["reference_class"] or None, "estimate_class": 5,
    }  # fmt: skip


def _option(row: Row) -> dict[str, Any]:
    as_is = row["kind"] == "as_is"
    use = uses()[row["process"]]
    cells: dict[str, Any] = _named(row) | {"capacity": yearly(row) * 0.25, "variable_cost": _variable(row)}
    if row["process"] == "cement":
        cells["process_emission"] = Figure(0.39, 0.33, 0.45, "0.75 t clinker at 0.52 t CO2: assumed")
    if as_is:
        return cells | {"output_reached": 1.0}
    if row["output"]:
        cells["output_reached"] = ranged(row, "output", "output_low", "output_high")
    ramp = benchmark(product(row), "ramp_up_months_to_80pct")
    life = float(row["life"])
    return cells | {
        "ramp_quarters": (ramp * 0.5).noted("straight ramp through 80 percent at the benchmark month"),
        "ramp_start": _first_quarter(row),
        "working_capital_days": _days(float(use["days"]), row),
        "life": Figure(life, life * 0.7, life * 1.3, "economic life of such works: assumed"),
        "reference_class": None if row["site"] in running() else use["reference_class"] or None,
        "chance": Figure(float(row["chance"]), 0.5, 0.95, "first of its kind: assumed") if row["chance"] else None,
        "estimate_class": 5,
        **_on_line(row),
    }


def _on_line(row: Row) -> dict[str, Any]:
    """Of an option on a running line: its works stop it (packages say which), and its gain may relapse."""
    if row["site"] not in running():
        return {}
    stops = Assumed(True, "work at the machines stops the line, packages say which does not: assumed")
    kept = Assumed(True, "maintenance is part of the fixed cost of what is rebuilt or added: assumed")
    gain = {"relapse": parameter("relapse")} if row["kind"] == "efficiency" else {"maintained": kept}
    return {"stops_line": stops, **gain}


def _today(row: Row) -> float:
    """Output of today as a share of the option's, for a line that runs; nothing for one that stands."""
    if row["site"] not in running():
        return 0.0
    return yearly({**row, "kind": "as_is", "capacity": ""}).value / yearly(row).value


def _first_quarter(row: Row) -> Figure:
    """A line that runs starts from what it makes today, not from the first quarter of a new plant."""
    if not (today := _today(row)):
        return parameter("ramp_start")
    share = min(1.0, today / float(row["output"]))
    return Figure(share, share * 0.9, min(1.0, share * 1.1), "output of today over the output aimed at")


def _days(days: float, row: Row) -> Figure | None:
    """Days of running cost; a line that runs already has its stocks, only more output needs more.

    What needs a letter of credit is kept for the weeks in which none is opened.
    """
    goods = {r["id"]: r["credit"] == "true" for r in rows("assumptions/goods.csv")}
    whole = Figure(days, days * 0.6, days * 1.7, "days of running cost: assumed")
    if any(goods.get(line["commodity"], False) for line in recipe(row["process"])):
        whole = whole + parameter("credit_gap")
    more = 1 - _today(row)
    return whole * more if whole.value * more else None


@cache
def running() -> frozenset[str]:
    """Sites with a line that runs today."""
    return frozenset(r["site"] for r in rows("assumptions/options.csv") if r["kind"] == "as_is")


def _jobs(row: Row) -> Figure:
    """Staff seen at the plant, by share of its capacity; else the benchmark, times three in old state plants."""
    seen = capacities().get(row["site"])
    if seen and seen["staff"]:
        staff = ranged(seen, "staff", "staff_low", "staff_high", seen["staff_reason"])
        restart = row["kind"] not in ("as_is", "efficiency") and row["share"]
        return staff * float(row["share"]) if restart else staff
    workers = benchmark(product(row), "workers") * yearly(row) * 0.001
    if row["kind"] == "efficiency":
        workers = workers * (1 / float(row["share"]))
    return workers if row["mode"] == "greenfield" else workers * parameter("staff_factor")


def _upkeep(row: Row) -> Figure:
    worth = benchmark(product(row), "capex_greenfield") * yearly(row)
    return (worth * parameter("upkeep") * 0.25).noted(parameter("upkeep").note)


def _variable(row: Row) -> Figure:
    """Inputs priced at home and sundries, per unit."""
    lines = recipe(row["process"])
    if row["process"] == "solar":
        return Figure(4, 2, 8, "cleaning and spares of panels and batteries: assumed")
    home = [benchmark(r["product"], r["parameter"]) * float(r["price"]) for r in lines if r["price"]]
    sundries = price(lines[0]["good"]) * parameter("sundries")
    return total([sundries, *home]).noted(
        "sundries as a share of the price, and inputs bought at home or in small lots"
    )


def _recipe(book: Book, row: Row) -> None:
    lines = recipe(row["process"])
    good = lines[0]["good"]
    book.add("recipes", option=row["id"], commodity=good, direction="out", quantity=1.0)
    for line in lines:
        if line["commodity"]:
            factor = float(line["factor"])
            quantity = benchmark(line["product"], line["parameter"]) * abs(factor)
            way = "out" if factor < 0 else "in"
            book.add("recipes", option=row["id"], commodity=line["commodity"], direction=way, quantity=quantity)


def _costs(book: Book, row: Row) -> None:
    """Investment items: the part of the cost that is no crew, split by mode."""
    mode = {"tuning": "light", "upgrade": "modernisation"}.get(row["mode"], row["mode"])
    items = capex(row) * parameter("material_share")
    for split in rows("assumptions/splits.csv"):
        if split["mode"] == mode:
            part = (items * float(split["share"])).noted("benchmark cost, capacity, share of the mode, contingency")
            words = {k: split[k] for k in ("id", "name_en", "name_ar", "category", "origin")}
            limits = {"low": round(part.low, -2), "high": round(part.high, -2)}
            book.add("costs", option=row["id"], **words, amount=part, **limits)


def _cadres(book: Book, row: Row) -> None:
    jobs = _jobs(row)
    if row["kind"] == "efficiency":
        jobs = jobs * 0.1
    for cadre in rows("assumptions/cadres.csv"):
        if cadre["class"] == uses()[row["process"]]["cadres"]:
            people = (jobs * float(cadre["share"])).noted("share of the jobs by class of plant: assumed")
            back = (
                (people * float(cadre["returning"])).noted("former staff: assumed")
                if float(cadre["returning"])
                else None
            )
            course = f"{cadre['occupation']}-{cadre['level']}"
            book.add("cadres", option=row["id"], course=course, headcount=people, returning=back)


def _transfer(book: Book, row: Row) -> None:
    """Licence in the first year, royalty on sales, and the path from kits to local parts over five years."""
    start, end = parameter("local_parts_start"), parameter("local_parts_end")
    for year in range(1, 6):
        share = start * ((5 - year) / 4) + end * ((year - 1) / 4)
        cells: dict[str, Any] = {"form": "kits", "royalty": parameter("royalty"), "local_share": share}
        if year == 1:
            cells["fee"] = (capex(row) * parameter("licence_share")).noted(parameter("licence_share").note)
        book.add("transfers", option=row["id"], year=year, **cells)
