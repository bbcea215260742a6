"""Why sites stand still or run badly."""

from __future__ import annotations

import polars as pl

from tawteen.case.fused import fused
from tawteen.case.gates import states_of_sites
from tawteen.case.model import Case
from tawteen.diagnose.gates import gates_by_site, gates_of
from tawteen.diagnose.losses import losses_of
from tawteen.diagnose.model import Diagnosis
from tawteen.diagnose.options import options_of


def diagnose(case: Case) -> Diagnosis:
    """Gates and losses of a case (`docs/method.md`, Gates)."""
    gates = gates_of(case)
    return Diagnosis(sites=_sites(case, gates), gates=gates, losses=losses_of(case))


def _sites(case: Case, gates: pl.DataFrame) -> pl.DataFrame:
    """Columns of `Diagnosis.sites`."""
    workable = options_of(case).lazy().filter("works").select("site", workable=pl.lit(True)).unique()
    return fused(
        states_of_sites(case)
        .lazy()
        .join(gates_by_site(gates.lazy()), on="site", how="left", maintain_order="left")
        .join(workable, on="site", how="left", maintain_order="left")
        .select(
            "site",
            pl.col("blocked_now", "blocked_next", "unknown_gates", "closed_gates").fill_null(0),
            conditional=pl.col("unsure").fill_null(False) | pl.col("stale"),
            available=pl.col("workable").fill_null(False) & pl.col("blocked_by").is_null(),
            chance=pl.col("chance").fill_null(1.0),
            gate_weeks=pl.col("gate_weeks").fill_null(0.0),
            soft_weeks=pl.col("soft_weeks").fill_null(0.0),
            blocked_by="blocked_by",
            opens="opens",
            state_as_of="state_as_of",
            stale="stale",
        )
    )
