"""Schemas of the network of works."""

from __future__ import annotations

import dataframely as dy

from tawteen.case.frame_columns import amount, count, day, label, share, truth


class Schedule(dy.Schema):
    """One row per work package: earliest times from the start of the works, after duration correction."""

    option = label("Option")
    work = label("Work package")
    start = amount("Earliest start", "weeks")
    finish = amount("Earliest finish", "weeks")
    critical = truth("A delay of it delays the option")


class LeadTimes(dy.Schema):
    """One row per option: time from its start to its first output."""

    option = label("Option")
    survey_weeks = amount("Survey", "weeks")
    gate_weeks = amount("Tasks of gates", "weeks")
    works_weeks = amount("Works with training", "weeks")
    first_release = amount("From the start of the option to its first capacity; null when it never operates", "weeks",
                           null=True)  # fmt: skip
    total_weeks = amount("From the start of the option to the end of its works", "weeks")
    chance = share("Chance that its gates open")
    available = truth("It may start")
    blocked_by = label("Gate that keeps it out", null=True)
    opens = day("Date of the last gate that an authority opens")


class Loads(dy.Schema):
    """One row per use of a pool, even between its start and finish."""

    option = label("Option")
    pool_kind = label("Capability or course")
    pool = label("Pool")
    start = amount("From the start of the option", "weeks")
    finish = amount("From the start of the option", "weeks")
    amount = amount("Person-weeks of a capability, seat-quarters of a course", "pool units")
    sure = truth("Taken even if the gate stays shut: by surveys")


class Needs(dy.Schema):
    """One row per option, quarter and pool, of surveys apart from works."""

    option = label("Option")
    quarter = count("Quarter of the option, 0 is its first", "quarters")
    pool_kind = label("Capability or course")
    pool = label("Pool")
    amount = amount("Need in full, whatever the chance", "pool units")
    sure = truth("Taken even if the gate stays shut: by surveys")


class LineStops(dy.Schema):
    """One row per option and quarter in which its works take a line down."""

    option = label("Option")
    quarter = count("Quarter of the option, 0 is its first", "quarters")
    old_line = share("Share of the quarter in which the line that runs today stands")
    new_line = share("Share of the quarter in which also what the option runs stands: packages that say so")
