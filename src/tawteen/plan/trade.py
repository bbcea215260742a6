"""What a programme trades between the parties, as appraisal reads it."""

from __future__ import annotations

import polars as pl

from tawteen.appraise.parties import ProgrammeTrade
from tawteen.plan.programme import Programme


def trade_of(programme: Programme) -> ProgrammeTrade | None:
    """Returns starts, flows, supply and draws of the programme; None if it has no value."""
    if programme.value is None or programme.do_nothing is None:
        return None
    started = programme.sites.filter(~pl.col("status").is_in(["as_is", "out"])).drop_nulls(["option", "period"])
    return ProgrammeTrade(
        starts=started.select("option", start=pl.col("period").cast(pl.Int64)),
        value=programme.value,
        do_nothing=programme.do_nothing,
        flows=programme.flows,
        nothing_flows=programme.nothing_flows,
        supply=programme.supply,
        draws=programme.draws,
    )
