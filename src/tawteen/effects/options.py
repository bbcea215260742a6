"""Options with everything that does not change over time."""

from __future__ import annotations

import polars as pl

from tawteen.case.derived import once_per_tables
from tawteen.case.fused import fused
from tawteen.case.model import Case
from tawteen.diagnose.model import Diagnosis
from tawteen.diagnose.options import options_of
from tawteen.effects.parity import at_port, worth
from tawteen.match.model import Match
from tawteen.works import WorksNetwork
from tawteen.works.corrections import corrections
from tawteen.works.periods import period_of, step_at, steps_begun

RUNS = pl.col("kind") == "as_is"
DAYS_PER_QUARTER = 91.25
"""A quarter of 365 days, by which working capital counts its days."""


@once_per_tables(lambda: ("recipes",))
def recipe_of(case: Case) -> pl.DataFrame:
    """option, commodity, quantity per unit of throughput: + made, − taken; both of one commodity net out."""
    sign = pl.when(pl.col("direction") == "out").then(1.0).otherwise(-1.0)
    return (
        case["recipes"]
        .group_by("option", "commodity", maintain_order=True)
        .agg(quantity=(sign * pl.col("quantity")).sum())
    )


def base_of(case: Case, diagnosis: Diagnosis, network: WorksNetwork, match: Match) -> pl.DataFrame:
    """Columns of `Effects.options` but working_capital and investment, which follow from the outlays.

    Also total_weeks, before (weeks of survey and gates), and what profiles need: ramp_quarters, ramp_start,
    days (of working capital).
    """
    options = options_of(case)
    sites = case.filled("sites").lazy().select(
        "region", "authority", "care_cost", "idle_staff", site="id", site_field="field"
    )  # fmt: skip
    running = options.lazy().filter(RUNS).select("site", has_as_is=pl.lit(True)).unique()
    new_jobs = (pl.col("jobs") - pl.col("idle_staff")).clip(lower_bound=0.0)
    return fused(
        _dated(case, options)
        .join(sites, on="site", how="left", maintain_order="left")
        .join(running, on="site", how="left", maintain_order="left")
        .join(corrections(case, options).lazy(), on="option", how="left", maintain_order="left")
        .join(network.lead.lazy().rename({"chance": "gate_chance"}), on="option", how="left", maintain_order="left")
        .join(_conditional(diagnosis), on="site", how="left", maintain_order="left")
        .join(_main_product(case), on="option", how="left", maintain_order="left")
        .join(_served(network, match), on="option", how="left", maintain_order="left")
        .with_columns(
            field=pl.coalesce("field", "site_field"),
            conditional=pl.col("site_conditional").fill_null(False) & pl.col("works"),
            success=pl.when(RUNS).then(1.0).otherwise("chance"),
            chance="gate_chance",
            output_reached="reached",
            new_jobs=new_jobs,
            before=pl.col("survey_weeks") + pl.col("gate_weeks"),
            days="working_capital_days",
        )
        .pipe(_timed, case)
    )


def _dated(case: Case, options: pl.DataFrame) -> pl.LazyFrame:
    return (
        options.lazy()
        .rename({"id": "option"})
        .with_columns(
            pl.col("severance").fill_null(0.0),
            not_before=period_of(pl.col("earliest"), case.calendar).fill_null(0).clip(lower_bound=0),
            not_after=period_of(pl.col("latest"), case.calendar).fill_null(case.settings.time.periods),
        )
    )


def _timed(frame: pl.LazyFrame, case: Case) -> pl.LazyFrame:
    """Quarters of works, operation and takeover, and the periods in which each option may start."""
    quarters = pl.when(RUNS).then(0).otherwise(pl.max_horizontal(steps_begun(pl.col("total_weeks")), 1))
    opened = (period_of(pl.col("opens"), case.calendar) - step_at(pl.col("before"))).fill_null(0)
    may = pl.col("lead_available") & pl.col("served").fill_null(True)
    return (
        frame.rename({"available": "lead_available"})
        .with_columns(quarters=quarters)
        .with_columns(
            operating_from=pl.when(RUNS)
            .then(0)
            .when("works")
            .then(pl.max_horizontal(steps_begun(pl.col("first_release")), 1)),
            earliest=pl.when(RUNS).then(0).otherwise(pl.max_horizontal("not_before", opened)),
            latest=pl.when(RUNS)
            .then(0)
            .when(may)
            .then(pl.min_horizontal(case.settings.time.periods - pl.col("quarters"), "not_after"))
            .otherwise(-1),
        )
        .with_columns(
            available=pl.col("earliest") <= pl.col("latest"),
            takeover=pl.when(pl.col("has_as_is") & ~RUNS & (pl.col("kind") != "survey")).then(
                pl.coalesce("operating_from", "quarters")
            ),
        )
    )


def _conditional(diagnosis: Diagnosis) -> pl.LazyFrame:
    return diagnosis.sites.lazy().select("site", site_conditional="conditional")


def _main_product(case: Case) -> pl.LazyFrame:
    """What an option makes most of, by value at the port."""
    return (
        recipe_of(case)
        .lazy()
        .filter(pl.col("quantity") > 0)
        .join(at_port(case).lazy(), on="commodity", how="left", maintain_order="left")
        .sort(pl.col("quantity") * pl.col("price"), descending=True, maintain_order=True)
        .group_by("option")
        .agg(pl.col("commodity").first())
    )


def _served(network: WorksNetwork, match: Match) -> pl.LazyFrame:
    """Whether every pool an option needs has a source at all."""
    return (
        network.needs.lazy()
        .select("option", "pool_kind", "pool")
        .unique()
        .join(match.pools.lazy(), on=["pool_kind", "pool"], how="left")
        .group_by("option")
        .agg(served=(pl.col("sources").fill_null(0) > 0).all())
    )


def working_capital(case: Case, base: pl.DataFrame, recipe: pl.DataFrame) -> pl.DataFrame:
    """option, amount: days of running cost at full expected output and market prices, fixed cost and all wages.

    Inputs cost what `worth` says. Options that do not run, and lines that run today, need none. An option that takes
    a running line over needs only what it takes beyond the line: what the line ties up already stays in use.
    """
    inputs = (
        recipe.lazy()
        .filter(pl.col("quantity") < 0)
        .join(base.lazy().select("option", "region"), on="option", maintain_order="left")
        .join(worth(case).lazy(), on=["commodity", "region"], how="left", maintain_order="left")
        .group_by("option")
        .agg(unit_cost=(-pl.col("quantity") * pl.col("buying")).sum())
    )
    output = pl.col("capacity") * pl.col("output_reached")
    unit = pl.col("unit_cost").fill_null(0.0) + pl.col("variable_cost")
    running = output * unit + pl.col("fixed_cost") + pl.col("jobs") * pl.col("wage")
    costs = fused(
        base.lazy().join(inputs, on="option", how="left", maintain_order="left").with_columns(running=running)
    ).lazy()
    lines = costs.filter(RUNS).group_by("site").agg(tied=pl.col("running").sum())
    tied = pl.when(pl.col("takeover").is_not_null()).then(pl.col("tied")).fill_null(0.0)
    beyond = (pl.col("running") - tied).clip(lower_bound=0.0)
    return fused(
        costs.filter(~RUNS & pl.col("operating_from").is_not_null())
        .join(lines, on="site", how="left", maintain_order="left")
        .select("option", "operating_from", amount=beyond * pl.col("days") / DAYS_PER_QUARTER)
    )
