"""Surveys of sites with dependent findings: what is found at one site tells something of the others."""

from __future__ import annotations

import polars as pl

from tawteen.plan.model_builder import ModelBuilder
from tawteen.plan.policies.inputs import PolicyInputs

KEY = ("site", "finding")


def add_informed_surveys(
    inputs: PolicyInputs, builder: ModelBuilder, known: pl.DataFrame, learned: pl.DataFrame
) -> None:
    """Columns and rows that let surveys of sites with common decisions depend on what was found at other such sites.

    `known`: starts of surveys (`problem.known_from`); `learned`: rows of what is known of each site, finding and
    period. The column of a survey is its chance. The column informed is the chance, given the finding, of a survey that
    begins when the decision may be known already: what is left of the survey without them is the same for every finding
    (rows uninformed), and informed surveys are no likelier than that some site of the decision has told (rows and
    columns decision_known). See docs/method.md, Policies.
    """
    sites = inputs.decisions["site"].unique(maintain_order=True).to_list()
    surveys = known.filter(pl.col("site").is_in(sites)).rename({"column": "survey", "period": "told"})
    findings = (
        learned.select(KEY)
        .unique(maintain_order=True)
        .filter(pl.col("site").is_in(sites))
        .join(inputs.findings.select(*KEY, "chance"), on=KEY, maintain_order="left")
    )
    informed = builder.columns(
        "informed", findings.join(surveys, on="site", maintain_order="left_right").with_columns(upper=1.0)
    )
    _split_surveys(builder, surveys, findings, informed)
    mean = informed.select("site", "told", "column", value="chance")
    own = informed.select(*KEY, "told", "column", value=pl.lit(-1.0))
    in_time = learned.filter(pl.col("site").is_in(sites)).rename({"period": "told"})
    builder.entries(in_time.join(mean, on=["site", "told"]))
    builder.entries(in_time.join(own, on=[*KEY, "told"]))
    _limit_informed(inputs, builder, surveys, informed)


def _split_surveys(
    builder: ModelBuilder, surveys: pl.DataFrame, findings: pl.DataFrame, informed: pl.DataFrame
) -> None:
    """What is not informed of a survey is not negative, and given a finding a site is surveyed once at most."""
    shares = informed.select("site", "survey", "column", value=-pl.col("chance"))
    uninformed = builder.rows("uninformed", surveys.select("site", "survey").with_columns(lower=0.0))
    builder.entries(uninformed.select("row", column="survey", value=pl.lit(1.0)))
    builder.entries(uninformed.join(shares, on=["site", "survey"]))
    once = builder.rows("surveyed", findings.select(KEY).with_columns(upper=1.0))
    builder.entries(once.join(surveys.select("site", column="survey"), on="site").with_columns(value=1.0))
    builder.entries(once.join(shares, on="site"))
    builder.entries(once.join(informed.select(*KEY, "column"), on=KEY).with_columns(value=1.0))


def _limit_informed(inputs: PolicyInputs, builder: ModelBuilder, surveys: pl.DataFrame, informed: pl.DataFrame) -> None:
    """Informed surveys begun by a period are no likelier, given a finding, than that a decision is known by then."""
    periods = pl.DataFrame({"period": range(inputs.planned.periods)}, schema={"period": pl.Int64})
    decisions = inputs.decisions.select("decision").unique(maintain_order=True)
    told_at_once = inputs.decisions.filter(~pl.col("site").is_in(surveys["site"].to_list()))["decision"].to_list()
    frame = decisions.join(periods, how="cross", maintain_order="left_right")
    free = (pl.col("decision").is_in(told_at_once) & (pl.col("period") == 0)).cast(pl.Float64)
    decision_known = builder.columns("decision_known", frame.with_columns(upper=1.0))
    rows = builder.rows("decision_known", frame.with_columns(upper=free))
    key = ["decision", "period"]
    builder.entries(decision_known.join(rows, on=key).with_columns(value=1.0))
    builder.entries(decision_known.with_columns(pl.col("period") + 1).join(rows, on=key).with_columns(value=-1.0))
    telling = inputs.decisions.join(surveys.select("site", column="survey", period="told"), on="site")
    builder.entries(telling.join(rows, on=key).with_columns(value=-1.0))

    by = informed.select(*KEY, "chance").unique(maintain_order=True)
    to_date = builder.columns("informed_to_date", by.join(periods, how="cross", maintain_order="left_right"))
    balance = builder.rows("informed_to_date", to_date.select(*KEY, "period").with_columns(lower=0.0, upper=0.0))
    builder.entries(balance.join(to_date, on=[*KEY, "period"]).with_columns(value=1.0))
    carried = to_date.with_columns(pl.col("period") + 1)
    builder.entries(balance.join(carried, on=[*KEY, "period"]).with_columns(value=-1.0))
    starting = informed.select(*KEY, "column", period="begins")
    builder.entries(balance.join(starting, on=[*KEY, "period"]).with_columns(value=-1.0))
    limits = builder.rows("informed", to_date.select(*KEY, "chance", "period").with_columns(upper=0.0))
    builder.entries(limits.join(to_date, on=[*KEY, "period"]).with_columns(value=1.0))
    known = limits.join(inputs.decisions, on="site").join(decision_known, on=key)
    builder.entries(known.with_columns(value=-1.0 / pl.col("chance")))
