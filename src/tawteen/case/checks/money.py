"""Rules about money: funds without money or uses, and outlays without a fund."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.checks.place import stopping, working
from tawteen.case.financing import TRAITS
from tawteen.case.findings import Finding
from tawteen.case.gates import states_of_sites
from tawteen.case.model import Case


def idle_funds(case: Case) -> list[Finding]:
    """A fund has money, and something that it may pay for; one that stands in `finance` may be outside the plan."""
    outside = case["finance"].select(id="fund").unique()
    funds, findings = rows_of(case, "funds").select("at", "id").join(outside, on="id", how="anti"), []
    for table, code in (("fund_uses", "check.fund_use"), ("fund_limits", "check.fund_limit")):
        rows = funds.join(case[table].select(id="fund"), on="id", how="anti").select("at")
        findings += tell(case, "warning", code, "funds", rows, "id")
    return findings


def empty_limits(case: Case) -> list[Finding]:
    """Amounts of fund limits and letters of credit that are not above zero."""
    findings = []
    for table in ("fund_limits", "credit"):
        rows = rows_of(case, table).filter(pl.col("amount") <= 0).select("at", value="amount")
        findings += tell(case, "warning", "check.no_money", table, rows, "amount")
    return findings


def outlay_kinds(case: Case) -> pl.DataFrame:
    """Kinds of outlay of each option that works on its site: id, category, origin (null: whoever is chosen later)."""
    # a task is paid for every gate that counts, a survey where a hard gate is unknown or the state too old
    gates = stopping(case)
    tasks = gates.filter(pl.col("cost") > 0)
    surveys = pl.concat([gates.filter("unsure").select("site"), states_of_sites(case).filter("stale").select("site")])
    paid = (pl.col("survey_cost") > 0) | ((pl.col("survey_effort") > 0) & pl.col("survey_capability").is_not_null())
    surveyed = case.filled("sites").filter(paid).join(surveys.unique(), left_on="id", right_on="site")
    options = working(case)
    parts = {
        "gate": options.join(tasks, on="site", how="semi"),
        "survey": options.join(surveyed, left_on="site", right_on="id", how="semi"),
        "works": options.join(case["works"].filter(pl.col("effort") > 0), left_on="id", right_on="option", how="semi"),
        "training": options.join(case["cadres"], left_on="id", right_on="option", how="semi"),
        "working_capital": options.filter(pl.col("working_capital_days") > 0),
    }
    implied = [
        rows.select("id", category=pl.lit(category), origin=pl.lit(None, pl.String)) for category, rows in parts.items()
    ]
    items = case["costs"].filter(pl.col("amount") > 0).select("category", "origin", id="option")
    stated = items.join(options, on="id", how="semi").select("id", "category", "origin")
    return pl.concat([*implied, stated])


def unpayable(case: Case) -> list[Finding]:
    """Every outlay of an option is one that some fund may pay for."""
    if case["funds"].is_empty():
        return []
    owner = case["sites"].select("region", "authority", site="id")
    options = rows_of(case, "options").join(owner, on="site", maintain_order="left")
    outlays = outlay_kinds(case).join(options.select("at", "id", "region", "authority", "field"), on="id")
    kinds = outlays.group_by(TRAITS).agg(pl.col("at").min(), options=pl.col("id").n_unique())
    funded = case["fund_limits"].filter(pl.col("amount") > 0).select("fund").unique()
    uses = case["fund_uses"].join(funded, on="fund", how="semi").rename({trait: f"{trait}_paid" for trait in TRAITS})
    fits = [
        pl.col(f"{trait}_paid").is_null() | (pl.col(trait) == pl.col(f"{trait}_paid")).fill_null(trait == "origin")
        for trait in TRAITS
    ]
    paid = kinds.join(uses, how="cross").filter(*fits).select(TRAITS).unique()
    lost = kinds.join(paid, on=TRAITS, how="anti", nulls_equal=True).with_columns(value="category")
    return tell(case, "warning", "check.unpayable", "options", lost, "id")
