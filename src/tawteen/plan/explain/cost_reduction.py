"""Re-solve with lower costs of the options of one site; only the coefficients of these options are recomputed."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from tawteen.case.findings import CaseError
from tawteen.case.model import Case
from tawteen.case.ranges import expected_case
from tawteen.diagnose import diagnose
from tawteen.effects import effects
from tawteen.effects.model import Effects
from tawteen.plan.decomposition.market import Market
from tawteen.plan.decomposition.pricing import price_starts
from tawteen.plan.decomposition.sites import SiteArrays, build_sites
from tawteen.plan.explain.priced_programme import PricedProgramme, startable
from tawteen.plan.programme import Scenario
from tawteen.plan.scenario import apply
from tawteen.works import works_network

Indices = NDArray[np.int64]
OF_SITE = ("lines", "blockers", "staff", "options")
OF_OPTION = ("recipes", "works", "costs", "transfers", "transfer_paths", "parts", "cadres", "closed_losses")


def reduce_costs(
    priced: PricedProgramme, case: Case, site: str, options: list[str], share: float
) -> PricedProgramme | None:
    """`priced` with the cost items of options of a site cheaper by a share; None where they have none.

    `case` has the programme's scenario applied.
    """
    small = _site_case(case, site)
    known = set(small["costs"]["option"])
    changes = tuple(f"option.{option}*{1 - share:.4f}" for option in options if option in known)
    if not changes:
        return None
    try:
        small = expected_case(apply(small, Scenario(set=changes)))
    except CaseError:
        return None
    inputs = priced.market.inputs
    diagnosis = diagnose(small)
    own = startable(effects(small, diagnosis, works_network(small, diagnosis), inputs.match))
    market = _market(priced.market, own)
    mine = (market.starts["site"] == site).to_numpy()
    part = replace(
        market,
        inputs=replace(inputs, case=small, effects=own),
        starts=market.starts.filter(pl.Series(mine)),
        rule_starts=_rule_counts(priced.market, market, np.flatnonzero(mine)),
    )
    sites = build_sites(part)
    rows = np.flatnonzero(priced.sites.site == priced.place[site])
    if sites.options["option"].to_list() != priced.sites.options["option"].gather(rows).to_list():
        return None
    return _with_site_values(priced, market, sites, rows)


def _site_case(case: Case, site: str) -> Case:
    """The case reduced to the records of one site and the records that all sites share."""
    options = case["options"].filter(site=site)["id"].implode()
    own = {name: case[name].filter(site=site) for name in OF_SITE}
    own |= {name: case[name].filter(pl.col("option").is_in(options)) for name in OF_OPTION}
    return replace(case, tables={**case.tables, **own, "sites": case["sites"].filter(id=site)})


def _market(market: Market, own: Effects) -> Market:
    """The market with the effects of one site's options replaced, and the coefficients of rules with them."""
    inputs, options = market.inputs, own.options["option"].implode()
    swapped = Effects(**{
        part.name: _replace_rows(getattr(inputs.effects, part.name), getattr(own, part.name), options)
        for part in fields(Effects)
    })  # fmt: skip
    counted = own.options.select("option", new="investment")
    starts = market.starts.join(counted, on="option", how="left", maintain_order="left")
    starts = starts.with_columns(investment=pl.coalesce("new", "investment")).drop("new")
    return replace(market, inputs=replace(inputs, effects=swapped), starts=starts)


def _rule_counts(before: Market, market: Market, mine: Indices) -> sparse.csr_matrix:
    """Coefficients of some starts in rules; rules on investment count the reduced investment."""
    rules = market.inputs.case["rules"].filter(pl.col("measure") == "investment")["id"].implode()
    on_money = market.rows["rule"].keys["rule"].is_in(rules).to_numpy()
    was, now = (source.starts["investment"].to_numpy()[mine] for source in (before, market))
    share = np.divide(now, was, out=np.ones(len(mine)), where=was > 0)
    entries = before.rule_starts[:, mine].tocoo()
    data = entries.data * np.where(on_money[entries.row], share[entries.col], 1.0)
    return sparse.csr_matrix((data, (entries.row, entries.col)), shape=entries.shape)


def _replace_rows(frame: pl.DataFrame, own: pl.DataFrame, options: pl.Series) -> pl.DataFrame:
    """Replaces the rows of some options at the place of the first, so that the model keeps its order."""
    theirs = frame["option"].is_in(options)
    first = theirs.arg_max() if theirs.any() else frame.height
    others = frame.filter(~theirs)
    return pl.concat([others[:first], own.select(frame.columns).cast(frame.schema), others[first:]])


def _with_site_values(priced: PricedProgramme, market: Market, own: SiteArrays, rows: Indices) -> PricedProgramme:
    """The priced programme with the values and worths of one site's options (its `rows`) replaced."""
    value, worth = priced.sites.value.copy(), priced.worth.copy()
    value[rows] = own.value
    worth[rows] = price_starts(own, market, priced.proof.prices).worth
    proof = replace(priced.proof, priced=replace(priced.proof.priced, worth=worth))
    sites = replace(priced.sites, value=value)
    return PricedProgramme(
        priced.programme, market, sites, priced.flat, proof, priced.params, priced, priced.neighbourhoods
    )
