"""Schemas of the match of needs and offers."""

from __future__ import annotations

import dataframely as dy

from tawteen.case.frame_columns import amount, count, label, share


class Pools(dy.Schema):
    """One row per pool of the case, needed or not: its capabilities, then its courses."""

    pool_kind = label("Capability or course")
    pool = label("Pool")
    reference_price = amount(
        "Price of its cheapest source; null when nobody offers it", "currency/pool unit", null=True
    )
    sources = count("Number of sources")


class PoolSources(dy.Schema):
    """One row per source of a pool, cheapest first."""

    pool_kind = label("Capability or course")
    pool = label("Pool")
    source = label("Unit, `academy` or `third_party`")
    origin = label("Local, partner or foreign: who is paid")
    price = amount("Market price", "currency/pool unit")
    multiplier_foreign = share("Share of the price that is foreign")
    first_period = count("First quarter after its lead time", "quarters")
    start = count("First quarter of the offer", "quarters", low=None)
    end = count("Last quarter of the offer", "quarters", low=None)
    start_share = share("Share of the days of its first quarter on which the offer holds")
    end_share = share("Share of the days of its last quarter on which the offer holds")
    capacity = amount("Capacity of a whole quarter; null means no limit", "pool units/quarter", null=True)
    trainer_pool = label("Trainers that its seats need", null=True)
    trainer_ratio = amount("Trainers per seat", "persons/person")
    standing = label("Proven, referenced or claimed")


class Assignments(dy.Schema):
    """One row per option, pool and source, best first."""

    option = label("Option")
    pool_kind = label("Capability or course")
    pool = label("Pool")
    rank = count("Rank of the source, 1 is best")
    source = label("Source")
    price = amount("Market price", "currency/pool unit")
    first_period = count("First quarter after its lead time", "quarters")
    covers = share("Share of the option's peak need that it could supply alone")


class Gaps(dy.Schema):
    """One row per need that neither the parties nor a proven third party cover, even alone and in full."""

    option = label("Option")
    pool_kind = label("Capability or course")
    pool = label("Pool")
    third_party = amount("Of the amount, what an unproven third party says that it can do", "pool units")
    amount = amount("What is not covered", "pool units")


class SourceLoads(dy.Schema):
    """One row per source with a capacity above zero: what it would carry if every option ran within the horizon."""

    source = label("Source")
    pool_kind = label("Capability or course")
    pool = label("Pool")
    capacity = amount("Capacity", "pool units/quarter")
    need = amount(
        "Need of all options by capacity among the sources of the pool, evenly over the horizon", "pool units/quarter"
    )
    load = amount("Need over capacity", "ratio")
