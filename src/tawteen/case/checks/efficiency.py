"""Rules about lines that run: what they lose, what options close of it, and whether works stop them."""

from __future__ import annotations

import polars as pl

from tawteen.case.checks.findings import rows_of, tell
from tawteen.case.checks.params import PLAUSIBILITY
from tawteen.case.codes import LOSS_FACTORS, NO_WORKS
from tawteen.case.findings import Finding
from tawteen.case.model import Case


def _on_running_lines(case: Case) -> pl.DataFrame:
    """Options that work at a site with a line that runs, with `at`."""
    options = rows_of(case, "options")
    running = options.filter(pl.col("kind") == "as_is")["site"].unique().implode()
    return options.filter(~pl.col("kind").is_in(NO_WORKS) & pl.col("site").is_in(running))


def unstated_stops(case: Case) -> list[Finding]:
    """Options that work on a running line say whether they stop it, or each of their packages does."""
    silent = case["works"].filter(pl.col("stops").is_null())["option"].unique().implode()
    packed = case["works"]["option"].unique().implode()
    by_package = pl.col("id").is_in(packed) & ~pl.col("id").is_in(silent)
    listed = _on_running_lines(case).filter(pl.col("stops_line").is_null() & ~by_package)
    return tell(case, "warning", "check.stops_unstated", "options", listed.select("at"), "stops_line")


def unstated_relapse(case: Case) -> list[Finding]:
    """Options on a running line state a chance of relapse, or that maintenance keeps their gain."""
    lasting = _on_running_lines(case).filter(pl.col("relapse").is_null() & ~pl.col("maintained").fill_null(False))
    return tell(case, "note", "check.relapse_unstated", "options", lasting.select("at"), "relapse")


def unequal_losses(case: Case) -> list[Finding]:
    """The losses of a factor of a line make up what the factor lacks to 1."""
    lost = case["losses"].group_by("line", "factor").agg(pl.col("share").sum())
    lines = rows_of(case, "lines").select("at", *LOSS_FACTORS, line="id").unpivot(LOSS_FACTORS, index=["at", "line"])
    both = lines.rename({"variable": "factor"}).join(lost, on=["line", "factor"])
    over = both.filter(pl.col("share") > 1 + PLAUSIBILITY.rounding).select("at", "factor", value="share")
    unequal = both.filter((1 - pl.col("value") - pl.col("share")).abs() > PLAUSIBILITY.loss_rounding).select(
        "at", "factor", "value", lost="share"
    )
    return [
        *tell(case, "error", "check.losses_above_one", "lines", over),
        *tell(case, "warning", "check.losses_unequal", "lines", unequal),
    ]


def unknown_losses(case: Case) -> list[Finding]:
    """What an option closes is a loss of a line of its site."""
    known = case["losses"].select("line", loss="id", known=pl.lit(True))
    sites = case["lines"].select("site", line="id")
    own = case["options"].select(option="id", own_site="site")
    rows = (
        rows_of(case, "closed_losses")
        .join(known, on=["line", "loss"], how="left", maintain_order="left")
        .join(sites, on="line", how="left", maintain_order="left")
        .join(own, on="option", how="left", maintain_order="left")
    )
    absent = rows.filter(pl.col("known").is_null()).select("at", value="loss")
    elsewhere = rows.filter(pl.col("known") & (pl.col("site") != pl.col("own_site"))).select("at", value="line")
    return [
        *tell(case, "error", "check.loss_unknown", "closed_losses", absent, "loss"),
        *tell(case, "error", "check.loss_elsewhere", "closed_losses", elsewhere, "line"),
    ]
