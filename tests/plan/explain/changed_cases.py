"""Cases with the change that an explanation states, made in their tables: nothing of the planner's model is used."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import polars as pl

from tawteen.case.model import Case
from tawteen.plan.explain.counterfactuals import Counterfactual
from tawteen.plan.explain.lever import Lever
from tawteen.plan.limits.rules import listed
from tawteen.plan.scenario import Scenario, apply

COUNTED = ("sites", "jobs")
"""Measures of rules of which there are whole numbers."""


def with_way(case: Case, way: Counterfactual, times: float = 1.0) -> Case | None:
    """The case with the smallest change (or `times` of it); None where no table can state it."""
    if way.lever is not None:
        return with_more(case, way.lever, way.share * times)
    return apply(case, Scenario(set=(f"option.{way.option}*{1 - way.share * times:.6f}",)))


def with_more(case: Case, lever: Lever, share: float) -> Case | None:  # noqa: PLR0911
    """The case with so much more of a limit, or with so much looser a rule."""
    amount = lever.amount * share
    first = case.calendar.first_day(lever.start)
    end = case.calendar.first_day(lever.start + 1) - dt.timedelta(days=1) if lever.per == "once" else None
    spelled = {"start": first, "end": end}
    match lever.kind:
        case "fund":
            return _with_row(case, "fund_limits", {"fund": lever.id, **spelled, "amount": amount})
        case "credit":
            return _with_row(case, "credit", {**spelled, "amount": amount})
        case "capability":
            offers = case["offers"].filter(capability=lever.id).sort("price").head(1).to_dicts()
            return (
                _with_row(case, "offers", {**offers[0], **spelled, "capacity": amount, "lead_weeks": 0.0})
                if offers
                else None
            )
        case "balance" | "supply" if not lever.output_side:
            new = {"id": "more", "name_en": "more", "name_ar": "more", "region": lever.region, "commodity": lever.id,
                   **spelled, "quantity": amount, "variable_cost": 0.0}  # fmt: skip
            return _with_row(case, "supplies", new)
        case "balance":
            demands = case["demands"].filter(commodity=lever.id, region=lever.region).head(1).to_dicts()
            extra = {**spelled, "id": "more", "quantity": amount, "growth": None}
            return _with_row(case, "demands", {**demands[0], **extra}) if demands else None
        case "import" | "export":
            return _raised(case, "commodities", lever.id, f"{lever.kind}_limit", amount)
        case "route":
            return _raised(case, "routes", lever.id, "capacity", amount)
        case "trainers":
            return _raised(case, "trainers", lever.id, "headcount", amount)
        case "rule":
            return _with_rule(case, lever, amount)
    return None


def _with_table(case: Case, table: str, frame: pl.DataFrame) -> Case:
    return Case(case.settings, {**case.tables, table: frame})


def _with_row(case: Case, table: str, row: dict[str, Any]) -> Case:
    frame = case[table]
    return _with_table(case, table, pl.concat([frame, pl.DataFrame([row], schema=frame.schema)]))


def _raised(case: Case, table: str, key: str, column: str, amount: float) -> Case:
    raised = pl.when(pl.col("id") == key).then(pl.col(column) + amount).otherwise(column).alias(column)
    return _with_table(case, table, case[table].with_columns(raised))


def _with_rule(case: Case, lever: Lever, amount: float) -> Case:
    """A rule that no longer speaks of a site, or that allows more or asks for less."""
    rule = case["rules"].filter(id=lever.id).to_dicts()[0]
    if lever.per in ("exception", "released"):
        sites = listed(rule["sites"]) or [
            row["id"]
            for row in case["sites"].iter_rows(named=True)
            if all(rule[place] in (None, row[place]) for place in ("region", "authority"))
        ]
        kept = [site for site in sites if site != lever.site]
        new = {**rule, "sites": ";".join(kept), "region": None, "authority": None, "active": bool(kept)}
    else:
        by = math.ceil(amount - 1e-9) if lever.per in COUNTED else amount
        value = 1.0 if rule["value"] is None and rule["kind"] == "one_of" else rule["value"]
        new = {**rule, "value": value - by if lever.output_side or lever.per == "share" else value + by}
    rows = [new if row["id"] == lever.id else row for row in case["rules"].to_dicts()]
    return _with_table(case, "rules", pl.DataFrame(rows, schema=case["rules"].schema))
