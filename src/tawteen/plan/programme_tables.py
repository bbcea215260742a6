"""Tables of a programme: type, unit, range and meaning of every column, from which checks, JSON and docs are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dataframely as dy
import polars as pl

STATUSES = ("firm", "conditional", "survey", "close", "as_is", "out")
FLOWS = ("import", "export", "transport", "stock", "unmet", "supply")
LIMIT_KINDS = ("balance", "route", "import", "export", "uptake", "source", "trainers", "fund", "credit", "rule")
QUARTER_PATTERN = r"^\d{4}-Q[1-4]$"


def _text(en: str, *, null: bool = False, regex: str | None = None) -> dy.String:
    return dy.String(nullable=null, regex=regex, metadata={"en": en, "unit": ""})


def _one_of(values: tuple[str, ...], en: str) -> dy.String:
    return dy.String(nullable=False, regex=f"^({'|'.join(values)})$", metadata={"en": en, "unit": ""})


def _period(*, null: bool = False) -> dy.Int64:
    words = {"en": "Quarter, counted from 0 at the start of the case"}
    return dy.Int64(nullable=null, min=0, metadata={**words, "unit": "quarters"})


def _amount(en: str, unit: str, *, null: bool = False, high: float | None = None) -> dy.Float64:
    return dy.Float64(nullable=null, min=0.0, max=high, metadata={"en": en, "unit": unit})


class ProgrammeSites(dy.Schema):
    """One row per site of the case."""

    id = _text("Site")
    option = _text("Option that is started; empty where nothing is started",
                   null=True)  # fmt: skip
    kind = _text("Kind of the option, as_is for a line that runs on", null=True)
    status = _one_of(STATUSES, "Decision")
    start = _text("Label of the quarter of the start", null=True, regex=QUARTER_PATTERN)
    period = _period(null=True)
    chance = _amount("Chance that its gates open", "share", null=True, high=1.0)
    operates = _text("Label of the first quarter of operation inside the horizon",
                     null=True, regex=QUARTER_PATTERN)  # fmt: skip
    units = dy.List(
        dy.Struct({
            "unit": dy.String(nullable=False), "capability": dy.String(nullable=False),
            "amount": dy.Float64(nullable=False, min=0.0),
        }),
        nullable=False,
        metadata={"en": "Units that work for it, with pool and amount",
                  "unit": "pool units"},
    )  # fmt: skip


class Throughput(dy.Schema):
    """What each option makes."""

    option = _text("Option")
    period = _period()
    amount = _amount("Throughput", "unit/quarter")


class Flows(dy.Schema):
    """Goods that move, are missing or are supplied."""

    kind = _one_of(FLOWS, "Kind of flow")
    id = _text("Commodity, route, demand or supply, by kind")
    commodity = _text("Commodity")
    region = _text("Region; origin for transport")
    period = _period()
    amount = _amount("Amount", "unit/quarter")


class Supply(dy.Schema):
    """Which sources supply the pools."""

    pool_kind = _one_of(("capability", "course"), "Kind of pool")
    pool = _text("Pool")
    source = _text("Source")
    period = _period()
    amount = _amount("Amount", "pool units")


class Draws(dy.Schema):
    """Which fund pays which outlay."""

    fund = _text("Fund")
    option = _text("Option; empty for what a pool costs above its reference price", null=True)  # fmt: skip
    category = _text("Category of cost")
    origin = _text("Origin of who is paid", null=True)
    period = _period()
    amount = _amount("Amount", "currency")


class Limits(dy.Schema):
    """Every limit with what is used of it and what one more unit would be worth."""

    kind = _one_of(LIMIT_KINDS, "Kind of limit")
    id = _text("What is limited")
    region = _text("Region", null=True)
    period = _period(null=True)
    used = dy.Float64(nullable=False, metadata={"en": "Used", "unit": "unit of the limit"})
    limit = dy.Float64(nullable=True, metadata={"en": "Limit", "unit": "unit of the limit"})
    price = _amount("Worth of one more unit, discounted", "currency/unit")


class NothingPrices(dy.Schema):
    """Balance prices that prove how much doing nothing is worth at most."""

    commodity = _text("Commodity")
    region = _text("Region")
    period = _period()
    price = _amount("Price, discounted", "currency/unit")


class BoundPrices(dy.Schema):
    """Prices of what sites share, by which the bound is proved again."""

    kind = _one_of(("balance", "pool", "seats", "trainers", "fund", "credit", "rule"), "Kind of limit")
    id = _text("Commodity, pool, course, trainers, fund or rule")
    place = _text("Region of a balance, kind of a pool, site of a rule", null=True)
    period = _period(null=True)
    price = _amount("Worth of one more unit, discounted", "currency/unit")


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
SCHEMAS: dict[str, dict[str, Any]] = {
    name: {column: spec.dtype for column, spec in table.columns().items()} for name, table in PROGRAMME_TABLES.items()
}


def empty(table: str) -> pl.DataFrame:
    """The table of a programme without rows. Raises KeyError for an unknown one."""
    return pl.DataFrame(schema=SCHEMAS[table])


def fits(python_type: type, kind: Any) -> bool:
    """Whether cells of JSON of this type may stand in a column; true and false are no numbers, and text is none."""
    types: Mapping[Any, tuple[type, ...]] = {
        pl.String: (str,), pl.Int64: (int,), pl.Float64: (int, float), pl.Boolean: (bool,),
    }  # fmt: skip
    return python_type is type(None) or python_type in types.get(kind, (list,))
