"""Options as quarters counted from their start."""

from __future__ import annotations

import polars as pl

from tawteen.case.model import Case
from tawteen.case.ranges import expected_case
from tawteen.diagnose import Diagnosis, diagnose
from tawteen.effects.model import Effects
from tawteen.effects.options import base_of, recipe_of
from tawteen.effects.outlays import outlays_of
from tawteen.effects.profile import profile_of
from tawteen.effects.tables import OptionEffects
from tawteen.match import Match, match
from tawteen.works import WorksNetwork, works_network


def effects(case: Case, diagnosis: Diagnosis, network: WorksNetwork, match: Match) -> Effects:
    """Every option as quarters from its start, corrected by its reference class (`docs/method.md`, Effects)."""
    base = base_of(case, diagnosis, network, match)
    recipe = recipe_of(case)
    outlays = outlays_of(case, diagnosis, network, match, base=base, recipe=recipe)
    stays = pl.col("category") == "working_capital"
    sums = outlays.group_by("option").agg(
        working_capital=pl.col("amount").filter(stays).sum(), investment=pl.col("amount").filter(~stays).sum()
    )
    options = base.join(sums, on="option", how="left", maintain_order="left").with_columns(
        pl.col("working_capital", "investment").fill_null(0.0)
    )
    return Effects(
        options=options.select(OptionEffects.column_names()),
        outlays=outlays,
        needs=network.needs,
        profile=profile_of(case, network, base, recipe),
        recipe=recipe,
    )


def effects_of(case: Case) -> Effects:
    """Effects of a case in one call: its expected values, diagnosis, network of works, match and effects."""
    case = expected_case(case)
    diagnosis = diagnose(case)
    network = works_network(case, diagnosis)
    return effects(case, diagnosis, network, match(case, network))
