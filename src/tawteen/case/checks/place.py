"""Rules about sites, their gates and their options."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.checks.params import PLAUSIBILITY
from tawteen.case.codes import DECISIVE_GATES, NO_WORKS
from tawteen.case.findings import Finding
from tawteen.case.gates import states_of_sites, with_effects
from tawteen.case.model import Case
from tawteen.case.tables import FIRST_TABLES


def emptiness(case: Case) -> list[Finding]:
    """A case without sites, options, funds or demand can be opened, but there is nothing to plan.

    One finding names every table of a first plan that has no rows, in the order in which they are best filled in.
    """
    if not any(case[name].is_empty() for name in ("sites", "options", "funds", "demands")):
        return []
    empty = [name for name in FIRST_TABLES if case[name].is_empty()]
    return [Finding("warning", "check.empty", args={"tables": empty})]


def coordinates(case: Case) -> list[Finding]:
    """Sites without a place are not on the map."""
    rows = rows_of(case, "sites").filter(pl.col("lat").is_null() | pl.col("lon").is_null()).select("at")
    return tell(case, "note", "check.coordinates", "sites", rows, "lat")


def cut_off(case: Case) -> list[Finding]:
    """A region without port or route is reached somehow: its freight from the port says how."""
    ends = [case["routes"].select(id=end) for end in ("from_region", "to_region")]
    alone = rows_of(case, "regions").filter(~pl.col("port") & (pl.col("inland_cost") == 0))
    rows = alone.join(pl.concat(ends), on="id", how="anti") if case["regions"].height > 1 else alone.head(0)
    return tell(case, "warning", "check.cut_off", "regions", rows.select("at", value="inland_cost"), "inland_cost")


def idle_candidates(case: Case) -> list[Finding]:
    """A candidate has an option that works on it."""
    works = case["options"].filter(~pl.col("kind").is_in(NO_WORKS))
    sites = rows_of(case, "sites").filter(pl.col("role") == "candidate")
    rows = sites.join(works.select(id="site"), on="id", how="anti").select("at", value="role")
    return tell(case, "note", "check.no_option", "sites", rows, "role")


def stopping(case: Case) -> pl.DataFrame:
    """Gates that count, with `at` and the columns of `with_effects`."""
    return with_effects(rows_of(case, "blockers")).filter("counts")


def chances(case: Case) -> list[Finding]:
    """An unknown gate has a chance where works depend on it."""
    worked = working(case).select("site").unique()
    rows = stopping(case).filter("unsure", pl.col("chance").is_null()).join(worked, on="site", how="semi")
    return tell(case, "warning", "check.chance", "blockers", rows.select("at"), "chance")


def decisions(case: Case) -> list[Finding]:
    """Gates of one decision have one state and one chance."""
    rows = rows_of(case, "blockers").filter(pl.col("decision").is_not_null())
    findings: list[Finding] = []
    for column, gates in (("state", rows), ("chance", rows.filter(pl.col("state") == "unknown"))):
        first = gates.group_by("decision").agg(pl.col("site", column).first().name.prefix("first_"))
        other = gates.join(first, on="decision", maintain_order="left").filter(
            pl.col(column).ne_missing(pl.col(f"first_{column}"))
        )
        listed = other.select("at", "decision", other="first_site", value=column)
        findings += tell(case, "error", "check.decision", "blockers", listed, column)
    return findings


def opening_dates(case: Case) -> list[Finding]:
    """A closed gate that an authority opens has a date; without one its site's options are unavailable."""
    by_authority = (pl.col("state") == "closed") & (pl.col("opens_by") == "authority")
    rows = stopping(case).filter(by_authority & pl.col("open_date").is_null())
    return tell(case, "warning", "check.open_date", "blockers", rows.select("at"), "open_date")


def old_states(case: Case) -> list[Finding]:
    """A site to work on has a state with a date, and one that is not too old."""
    sites = rows_of(case, "sites").join(working(case).select("site"), left_on="id", right_on="site", how="semi")
    dated = sites.drop("state_as_of").join(states_of_sites(case), left_on="id", right_on="site", maintain_order="left")
    stale = dated.filter("stale").select("at", value="state_as_of", years=pl.lit(case.settings.time.state_years))
    undated = dated.filter(pl.col("state_as_of").is_null() & (pl.col("state") != "planned")).select("at")
    return [
        *tell(case, "note", "check.state_old", "sites", stale, "state_as_of"),
        *tell(case, "note", "check.state_undated", "sites", undated, "state_as_of"),
    ]


def unstated_gates(case: Case) -> list[Finding]:
    """A stopped site to work on says of each decisive gate whether it is open, closed or unknown."""
    stopped = rows_of(case, "sites").filter(~pl.col("state").is_in(["running", "under_used"]))
    worked = stopped.join(working(case).select("site"), left_on="id", right_on="site", how="semi")
    gates = pl.DataFrame({"gate": DECISIVE_GATES})
    absent = (
        worked.select("at", site="id").join(gates, how="cross").join(case["blockers"], on=["site", "gate"], how="anti")
    )
    rows = absent.group_by("at", maintain_order=True).agg(known=pl.col("gate").str.join(", "), list=pl.lit("gates"))
    return tell(case, "note", "check.gates_unstated", "sites", rows, "id")


def working(case: Case) -> pl.DataFrame:
    """Options that work on a site, with `at`."""
    return rows_of(case, "options").filter(~pl.col("kind").is_in(NO_WORKS))


def time_of_works(case: Case) -> list[Finding]:
    """An option that works on a site takes time."""
    weeks = case["works"].group_by("option").agg(pl.col("weeks").sum())
    rows = working(case).join(weeks, left_on="id", right_on="option", how="left", maintain_order="left")
    idle = rows.filter(pl.col("weeks").fill_null(0.0) <= 0).select("at", value="kind")
    return tell(case, "error", "check.no_weeks", "options", idle, "kind")


def crews(case: Case) -> list[Finding]:
    """Effort names the capability it is of."""
    findings: list[Finding] = []
    columns = {"works": ("effort", "capability"), "sites": ("survey_effort", "survey_capability")}
    for table, (effort, capability) in columns.items():
        rows = rows_of(case, table).filter((pl.col(effort) > 0) & pl.col(capability).is_null())
        findings += tell(case, "warning", "check.crew", table, rows.select("at", value=effort), capability)
    return findings


def releases(case: Case) -> list[Finding]:
    """Packages of an option release its capacity once."""
    parts = rows_of(case, "works").group_by("option").agg(pl.col("at").first(), value=pl.col("releases").sum())
    return tell(
        case,
        "warning",
        "check.releases",
        "works",
        parts.filter(pl.col("value") > 1 + PLAUSIBILITY.rounding),
        "releases",
    )
