"""The model of policies as a market and the decision trees of its sites, for the price decomposition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.decomposition.market import Market, build_market
from tawteen.plan.decomposition.sites import SiteArrays, build_sites
from tawteen.plan.decomposition.trees import TreeRows, build_trees
from tawteen.plan.inputs import PlanInputs
from tawteen.plan.model_builder import ModelBuilder
from tawteen.plan.policies.inputs import PolicyInputs, expected_inputs
from tawteen.plan.policies.problem import known_from, possible_policy_starts, sites_known_at_once
from tawteen.plan.policies.rules import add_expected_rules


def policy_market(inputs: PolicyInputs) -> tuple[Market, SiteArrays]:
    """The market and the sites of the model of `policy_problem`, with the trees of sites in place of its rows learned.

    Sites of common decisions, and those that are known without a survey, are treated apart: each finding may be
    surveyed and closed on its own. That allows all that any policy can do, and more.
    """
    expected, parts = expected_inputs(inputs)
    starts = possible_policy_starts(inputs, parts)
    dependent = inputs.decisions["site"].unique().to_list()
    market = build_market(expected, _adding(starts), partial(add_expected_rules, dependent=dependent))
    sites = build_sites(market, starts["value"].to_numpy())
    return market, _with_trees(inputs, parts, market, sites)


def _adding(starts: pl.DataFrame) -> Callable[[PlanInputs, ModelBuilder], pl.DataFrame]:
    return lambda _, builder: builder.columns("start", starts, integer=True)


def _with_trees(inputs: PolicyInputs, parts: pl.DataFrame, market: Market, sites: SiteArrays) -> SiteArrays:
    options = sites.options.join(parts, on="option", how="left", maintain_order="left")
    site_names = sites.options["site"].gather(sites.first)
    known = site_names.is_in(sites_known_at_once(inputs)).to_numpy()
    apart = known | site_names.is_in(inputs.decisions["site"].to_list()).to_numpy()
    rows = TreeRows(
        finding=options["finding"].fill_null(-1).to_numpy(),
        chance=options["chance"].to_numpy(),
        usable=_usable_from(inputs, market, sites),
        apart=apart,
        known=known,
    )
    return replace(sites, trees=build_trees(sites.site, rows))


def _usable_from(inputs: PolicyInputs, market: Market, sites: SiteArrays) -> NDArray[np.int64]:
    """`TreeRows.usable`."""
    periods = sites.shape[1]
    usable = np.full(sites.shape, -1, dtype=np.int64)
    uninspected = inputs.findings["site"].unique().to_list()
    option_row = dict(sites.options.select("option", "row").iter_rows())
    surveys = market.starts.filter((pl.col("kind") == "survey") & pl.col("site").is_in(uninspected))
    usable[[option_row[option] for option in surveys["option"].unique()]] = periods
    known = known_from(inputs, market.starts).join(
        market.starts.select("column", "option", start="period"), on="column", how="left", maintain_order="left"
    )  # fmt: skip
    rows = [option_row[option] for option in known["option"]]
    usable[rows, known["start"].to_numpy()] = known["period"].to_numpy()
    return usable
