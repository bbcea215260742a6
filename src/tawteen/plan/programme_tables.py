"""Tables of a programme: type, unit, range and meaning of every column, from which checks, JSON and docs are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dataframely as dy
import polars as pl

from tawteen.case.frame_columns import amount, column_types, count, label, share

STATUSES = ("firm", "conditional", "survey", "close", "as_is", "out")
FLOWS = ("import", "export", "transport", "stock", "unmet", "supply")
LIMIT_KINDS = ("balance", "route", "import", "export", "uptake", "source", "trainers", "fund", "credit", "rule")
QUARTER_PATTERN = r"^\d{4}-Q[1-4]$"


def one_of(meaning: str, values: tuple[str, ...]) -> dy.String:
    """One of some codes."""
    return label(meaning, regex=f"^({'|'.join(values)})$")


def period_column(*, null: bool = False) -> dy.Int64:
    """A quarter."""
    return count("Quarter, counted from 0 at the start of the case", "quarters", null=null)


def units_column(meaning: str) -> dy.List:
    """Units with their pools and amounts."""
    unit = dy.Struct({
        "unit": dy.String(nullable=False), "capability": dy.String(nullable=False),
        "amount": dy.Float64(nullable=False, min=0.0),
    })  # fmt: skip
    return dy.List(unit, nullable=False, metadata={"en": meaning, "unit": "pool units"})


class ProgrammeSites(dy.Schema):
    """One row per site of the case."""

    id = label("Site")
    option = label("Option that is started; empty where nothing is started", null=True)
    kind = label("Kind of the option, as_is for a line that runs on", null=True)
    status = one_of("Decision", STATUSES)
    start = label("Label of the quarter of the start", null=True, regex=QUARTER_PATTERN)
    period = period_column(null=True)
    chance = share("Chance that its gates open", null=True)
    operates = label("Label of the first quarter of operation inside the horizon", null=True, regex=QUARTER_PATTERN)
    units = units_column("Units that work for it, with pool and amount")


class Throughput(dy.Schema):
    """What each option makes."""

    option = label("Option")
    period = period_column()
    amount = amount("Throughput", "unit/quarter")


class Flows(dy.Schema):
    """Goods that move, are missing or are supplied."""

    kind = one_of("Kind of flow", FLOWS)
    id = label("Commodity, route, demand or supply, by kind")
    commodity = label("Commodity")
    region = label("Region; origin for transport")
    period = period_column()
    amount = amount("Amount", "unit/quarter")


class Supply(dy.Schema):
    """Which sources supply the pools."""

    pool_kind = one_of("Kind of pool", ("capability", "course"))
    pool = label("Pool")
    source = label("Source")
    period = period_column()
    amount = amount("Amount", "pool units")


class Draws(dy.Schema):
    """Which fund pays which outlay."""

    fund = label("Fund")
    option = label("Option; empty for what a pool costs above its reference price", null=True)
    category = label("Category of cost")
    origin = label("Origin of who is paid", null=True)
    period = period_column()
    amount = amount("Amount", "currency")


class Limits(dy.Schema):
    """Every limit with what is used of it and what one more unit would be worth."""

    kind = one_of("Kind of limit", LIMIT_KINDS)
    id = label("What is limited")
    region = label("Region", null=True)
    period = period_column(null=True)
    used = amount("Used", "unit of the limit", low=None)
    limit = amount("Limit", "unit of the limit", null=True, low=None)
    price = amount("Worth of one more unit, discounted", "currency/unit")


class NothingPrices(dy.Schema):
    """Balance prices that prove how much doing nothing is worth at most."""

    commodity = label("Commodity")
    region = label("Region")
    period = period_column()
    price = amount("Price, discounted", "currency/unit")


PRICED_LIMITS = ("balance", "pool", "seats", "trainers", "fund", "credit", "rule")
"""Limits whose prices prove a bound: all other prices follow from these."""


class BoundPrices(dy.Schema):
    """Prices of what sites share, by which the bound is proved again."""

    kind = one_of("Kind of limit", PRICED_LIMITS)
    id = label("Commodity, pool, course, trainers, fund or rule")
    place = label("Region of a balance, kind of a pool, site of a rule", null=True)
    period = period_column(null=True)
    price = amount("Worth of one more unit, discounted", "currency/unit")


PROGRAMME_TABLES: Mapping[str, type[dy.Schema]] = {
    "sites": ProgrammeSites,
    "throughput": Throughput,
    "flows": Flows,
    "supply": Supply,
    "draws": Draws,
    "nothing_throughput": Throughput,
    "nothing_flows": Flows,
    "limits": Limits,
    "nothing_prices": NothingPrices,
    "bound_prices": BoundPrices,
}
KEYS: Mapping[str, tuple[str, ...]] = {
    "sites": ("id",),
    "throughput": ("option", "period"),
    "flows": ("kind", "id", "commodity", "region", "period"),
    "supply": ("pool_kind", "pool", "source", "period"),
    "draws": ("fund", "option", "category", "origin", "period"),
    "nothing_throughput": ("option", "period"),
    "nothing_flows": ("kind", "id", "commodity", "region", "period"),
    "nothing_prices": ("commodity", "region", "period"),
    "bound_prices": ("kind", "id", "place", "period"),
}
"""Columns that name a row of each table; a rule may have several rows of limits."""
SCHEMAS: dict[str, dict[str, Any]] = {name: column_types(table) for name, table in PROGRAMME_TABLES.items()}


def empty(table: str) -> pl.DataFrame:
    """The table of a programme without rows. Raises KeyError for an unknown one."""
    return pl.DataFrame(schema=SCHEMAS[table])
