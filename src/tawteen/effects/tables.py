"""Schemas of the effects: an option as quarters counted from its start."""

from __future__ import annotations

import dataframely as dy

from tawteen.case.frame_columns import amount, count, label, share, truth
from tawteen.works.tables import Needs

__all__ = ["Needs", "OptionEffects", "Outlays", "Profiles", "RecipeLines"]


class OptionEffects(dy.Schema):
    """One row per option."""

    option = label("Option")
    site = label("Site")
    region = label("Region")
    authority = label("Controlling authority", null=True)
    field = label("Field of cooperation", null=True)
    kind = label("Kind of option")
    name_en = label("Name in English")
    name_ar = label("Name in Arabic")
    commodity = label("Main product", null=True)
    conditional = truth("Works wait for a survey: a hard gate is unknown or the state of the site is stale")
    available = truth("May start")
    blocked_by = label("Gate that keeps it out", null=True)
    chance = share("Chance that its gates open")
    success = share("Chance that it works once tried")
    output_reached = share("Share of nameplate that is reached", high=1.5)
    survival = share("Share that still runs after three years")
    quarters = count("Quarters until its works end", "quarters")
    operating_from = count(
        "First quarter of operation from its start; null when it never operates", "quarters", null=True
    )
    takeover = count("Quarter in which it replaces the running line", "quarters", null=True)
    earliest = count("First period in which it may start", "quarters", low=None)
    latest = count("Last period; below `earliest` when it cannot start", "quarters", low=None)
    fixed_cost = amount("Fixed cost", "currency/quarter")
    variable_cost = amount("Variable cost", "currency/unit")
    foreign_share = share("Share of running cost that is foreign")
    process_emission = amount("Emission of the process", "tCO2/unit")
    jobs = amount("Persons in operation", "persons")
    new_jobs = amount("Persons beyond idle staff", "persons")
    wage = amount("Wage", "currency/person/quarter")
    care_cost = amount("Care of its site while it stands still", "currency/quarter")
    life = amount("Economic life", "years")
    closing_cost = amount("Clean-up at the end", "currency")
    severance = amount("Severance", "currency")
    working_capital = amount("Working capital in full", "currency")
    investment = amount("Outlays in full without working capital", "currency")
    capacity = amount("Nominal throughput", "unit/quarter")


class Outlays(dy.Schema):
    """One row per option, quarter, category and origin: payments in full."""

    option = label("Option")
    quarter = count("Quarter of the option, 0 is its first", "quarters")
    category = label("Category of cost")
    origin = label("Local, foreign or partner")
    amount = amount("Payment", "currency", low=None)
    sure = truth("Paid even if the gate stays shut: survey and gate tasks")
    pooled = truth("At the reference price of a pool; the plan finds the true cost")


class Profiles(dy.Schema):
    """One row per option and quarter: expected values."""

    option = label("Option")
    quarter = count("Quarter of the option, 0 is its first", "quarters")
    capacity = amount("Expected capacity", "unit/quarter")
    operating = share("Expected share of the quarter in operation")
    fee = amount("Technology fees and royalties at capacity", "currency")
    displaced = share("Share of the line that runs today which it takes: by weeks while works stop it, then all of it")


class RecipeLines(dy.Schema):
    """One row per option and commodity."""

    option = label("Option")
    commodity = label("Commodity")
    quantity = amount("Made (+) or taken (−) per unit of throughput", "unit/unit", low=None)
