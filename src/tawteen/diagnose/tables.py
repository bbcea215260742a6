"""Schemas of the diagnosis."""

from __future__ import annotations

import dataframely as dy

from tawteen.case.frame_columns import amount, count, day, label, share, truth


class SiteGates(dy.Schema):
    """One row per site: its gates taken together."""

    site = label("Site")
    blocked_now = count("Gates that stop it now")
    blocked_next = count("Gates that stop it once the present ones are open")
    unknown_gates = count("Gates whose state is unknown")
    closed_gates = count("Gates that are closed")
    conditional = truth("Works wait for a survey: a hard gate is unknown or the state is stale")
    available = truth("Some option that works on the site may start")
    chance = share("Product of the chances of the unknown hard gates that count, of each decision once")
    gate_weeks = amount("Tasks of gates before the works", "weeks")
    soft_weeks = amount("Tasks of gates beside the works", "weeks")
    blocked_by = label("First gate that nothing opens", null=True)
    opens = day("Last date on which an authority opens a gate")
    state_as_of = day("Oldest date of its state and of its lines")
    stale = truth("Its state is older than `time.state_years` at the start")


class Gates(dy.Schema):
    """One row per gate of a site."""

    site = label("Site")
    gate = label("Gate")
    hard = truth("Hard: an unknown one that counts makes options conditional")
    state = label("Open, closed or unknown")
    stops = label("Stops the site now, next or never")
    opens_by = label("Works, an authority or none")
    authority = label("Who decides", null=True)
    open_date = day("Date on which the authority opens it")
    cost = amount("Cost of its task", "currency")
    weeks = amount("Length of its task", "weeks")
    chance = share("Chance of passing", null=True)
    decision = label("Gates of one decision open or stay shut together", null=True)
    task_en = label("Task in English", null=True)
    task_ar = label("Task in Arabic", null=True)
    counts = truth("Keeps works from starting at once")
    shut = truth("Counts, and no known way, date or chance opens it")
    before = truth("Counts, and its task precedes the works")
    waits = truth("Counts, and works start no sooner than its date")
    unsure = truth("Counts, and works are conditional on it")


class Losses(dy.Schema):
    """One row per line: overall equipment effectiveness and the output that each loss takes; null where unknown."""

    line = label("Line")
    site = label("Site")
    commodity = label("Product")
    nominal = amount("Nominal capacity", "unit/quarter")
    oee = share("Availability × performance × quality", null=True)
    lost_availability = amount("Lost by availability", "unit/quarter", null=True)
    lost_performance = amount("Lost by performance", "unit/quarter", null=True)
    lost_quality = amount("Lost by quality", "unit/quarter", null=True)
    output = amount("Output that is left", "unit/quarter", null=True)
