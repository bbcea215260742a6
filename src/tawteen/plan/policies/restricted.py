"""Inputs of policies with some options alone: what simulations of large cases need of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import polars as pl

from tawteen.effects import Effects
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.policies.inputs import PolicyInputs


def with_options(inputs: PolicyInputs, options: Collection[str]) -> PolicyInputs:
    """The inputs in which no other options than `options` (named as in the case) can start.

    Lines that run today stay. Sites without any of the options find nothing: their findings are left out.
    """
    sites = inputs.planned.effects.options.filter(pl.col("option").is_in(options))["site"].unique().to_list()
    kept_sites = pl.col("site").is_in(sites)
    return replace(
        inputs,
        planned=_of_plan(inputs.planned, options),
        known=tuple(_of_plan(known, options) for known in inputs.known),
        findings=inputs.findings.filter(kept_sites),
        decisions=inputs.decisions.filter(kept_sites),
    )


def _of_plan(inputs: PlanInputs, options: Collection[str]) -> PlanInputs:
    effects = inputs.effects
    kept = effects.options.filter(pl.col("option").is_in(options) | (pl.col("kind") == "as_is"))
    frames = {
        name: getattr(effects, name).filter(pl.col("option").is_in(kept["option"].to_list()))
        for name in Effects.SCHEMAS
        if name != "options"
    }
    return replace(inputs, effects=Effects(options=kept, **frames))
