"""Value of information: rise of the programme's expected value if a quantity were known before the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import special

from tawteen.plan.model_builder import Floats
from tawteen.plan.params import DEFAULTS, RobustParams
from tawteen.plan.robust.uncertainties import Uncertainties

TOLD = {"gate": 0, "value": 1}
"""Kinds of unknowns that a survey can tell, in the order in which they are listed."""


@dataclass(frozen=True)
class OptionWorths:
    """What each option would add in each scenario: `worth` (scenarios × options), currency, at the scenario's prices.

    `options` has option and site of each column. Only options that work on their site: leaving it is worth 0.
    """

    options: pl.DataFrame
    worth: Floats


def survey_first(
    unknowns: Uncertainties,
    quantiles: Floats,
    worths: OptionWorths,
    chances: Mapping[tuple[str, str], float],
    params: RobustParams = DEFAULTS.robust,
) -> pl.DataFrame:
    """Expected value of perfect information on each gate and value, gates first, the largest first.

    Returns kind, subject, site (null for what is about no site), table, column, source, worth (currency, discounted).
    `quantiles` has the numbers that scenarios were drawn with (scenarios × unknowns), `chances` of each (site, gate).

    For a site the decision is which option to take, or none: knowing φ is worth
    `E_φ[max_o E[NB_o | φ]] − max_o E[NB_o]` (expected value of partial perfect information, EVPPI). For a gate the
    conditional means are those of the scenarios in which it opens and in which it does not, weighted by its chance.
    For a quantity `E[NB_o | φ]` is a regression of NB on φ over the scenarios: Strong, Oakley and Brennan, "Estimating
    multiparameter partial expected value of perfect information from a probabilistic sensitivity analysis sample: a
    nonparametric regression approach", Medical Decision Making 34 (2014) 311-326; here on a cubic of the quantile
    drawn, less what the same regression finds on average in shuffled quantiles, since a maximum of noisy means is
    biased upwards (Oakley, Brennan, Tappenden and Chilcott 2010). It is 0 where that is not clearly less
    (`params.clear_deviations`), and where the worth of no option depends on the quantity beyond chance: a case has a
    thousand quantities, of which some always seem to matter (`dependent`). Sites are taken one by one at the prices
    of the programme's limits, which understates what several sites together could do with the news. A value of a site
    informs on that site alone; prices, demand and the like on every site.
    """
    sites = worths.options["site"].to_numpy()
    columns = {site: np.flatnonzero(sites == site) for site in set(sites.tolist())} | {None: np.arange(len(sites))}
    listed = unknowns.frame.filter(pl.col("kind").is_in(list(TOLD)))
    quantities = listed.filter(pl.col("kind") == "value").select("unknown", "site").rows()
    tested = [(quantiles[:, number], columns.get(site, columns[None][:0])) for number, site in quantities]
    depends = dependent(worths.worth, tested, params.false_discoveries)
    clear = {number for (number, _), matters in zip(quantities, depends, strict=True) if matters}
    rows = []
    for kind, site, subject, gate, number in listed.select("kind", "site", "subject", "column", "unknown").iter_rows():
        mine = columns.get(site, columns[None][:0])
        part, groups = worths.worth[:, mine], _groups(sites[mine])
        if kind == "gate":
            chance = chances[subject, gate]
            rows.append((number, of_gate(part, groups, quantiles[:, number] < chance, chance, params)))
        else:
            rows.append((number, of_quantity(part, groups, quantiles[:, [number]], params) if number in clear else 0.0))
    values = pl.DataFrame(rows, schema={"unknown": pl.Int64, "worth": pl.Float64}, orient="row")
    rank = pl.col("kind").replace_strict(TOLD, return_dtype=pl.Int64)
    return (
        values.join(unknowns.frame, on="unknown", maintain_order="left")
        .sort([rank, pl.col("worth"), pl.col("unknown")], descending=[False, True, False])
        .select("kind", "subject", "site", "table", "column", "source", "worth")
    )


def sites_first(
    unknowns: Uncertainties,
    quantiles: Floats,
    worths: OptionWorths,
    chances: Mapping[tuple[str, str], float],
    costs: Mapping[str, float],
    *,
    params: RobustParams = DEFAULTS.robust,
) -> pl.DataFrame:
    """What knowing all of a site beforehand is worth, beside what its survey costs; the largest difference first.

    Returns site, gates, values (how many unknowns the survey tells), worth, cost, net, ratio (null without a cost).
    All gates are known open or not; where all are open, NB is regressed on all quantities of the site at once (linear
    in their quantiles, the multiparameter case of Strong, Oakley and Brennan 2014).
    """
    sites = worths.options["site"].to_numpy()
    surveyed = unknowns.frame.filter(pl.col("kind").is_in(list(TOLD)) & pl.col("site").is_not_null())
    rows = []
    for site in dict.fromkeys(sites.tolist()):
        mine = surveyed.filter(pl.col("site") == site)
        gates = mine.filter(pl.col("kind") == "gate")
        gates = gates.filter(pl.Series(unknowns.together[gates["unknown"].to_numpy()]).is_first_distinct())
        numbers = mine.filter(pl.col("kind") == "value")["unknown"].to_numpy()
        stated = [chances[site, gate] for gate in gates["column"]]
        passed = np.asarray((quantiles[:, gates["unknown"].to_numpy()] < np.array(stated)).all(axis=1))
        part = worths.worth[:, sites == site]
        worth = _of_site(part, passed, float(np.prod(stated)), quantiles[:, numbers], params)
        rows.append((site, gates.height, len(numbers), worth, costs.get(site, 0.0)))
    schema = {"site": pl.String, "gates": pl.Int64, "values": pl.Int64, "worth": pl.Float64, "cost": pl.Float64}
    net, cost = pl.col("worth") - pl.col("cost"), pl.col("cost")
    return (
        pl.DataFrame(rows, schema=schema, orient="row")
        .with_columns(net=net, ratio=pl.when(cost > 0).then(pl.col("worth") / cost))
        .sort(["net", "site"], descending=[True, False])
    )


def dependent(
    worth: Floats, quantities: Sequence[tuple[Floats, NDArray[np.int64]]], false_discoveries: float
) -> NDArray[np.bool_]:
    """Whether the worth of some option depends on each quantity, so that few of those that do are there by chance.

    `worth` is scenarios × options; `quantities` has the quantile drawn in each scenario, and the options that may
    depend on it. The rank of the worth (worths have heavy tails) is regressed on a cubic of the quantile, and its
    F test (Conover and Iman, "Rank transformations as a bridge between parametric and nonparametric statistics", The
    American Statistician 35 (1981) 124-129) is taken times the number of options. Of the quantities that depend, a
    share of `false_discoveries` at most is expected to be there by chance (Benjamini and Hochberg, "Controlling the
    false discovery rate", Journal of the Royal Statistical Society B 57 (1995) 289-300).
    """
    from scipy.stats import rankdata  # noqa: PLC0415 - takes half a second to load

    ranks = rankdata(worth, axis=0)
    ranks -= ranks.mean(axis=0)
    varies = (ranks**2).sum(axis=0) > 0.0
    chances = np.array([_chance_of_fit(_cubic(one[:, None]), ranks[:, mine[varies[mine]]]) for one, mine in quantities])
    ordered = np.sort(chances)
    allowed = ordered <= false_discoveries * np.arange(1, len(ordered) + 1) / len(ordered)
    return chances <= (ordered[allowed].max() if allowed.any() else -1.0)


def _chance_of_fit(features: Floats, ranks: Floats) -> float:
    """Chance that some of the ranks (scenarios × options, about their mean) fits the features as well by chance.

    1 where there is nothing to fit: no options, or no more scenarios than the fit has coefficients.
    """
    scenarios, terms = features.shape
    left = scenarios - terms - 1
    if left <= 0 or not ranks.shape[1]:
        return 1.0
    basis, _ = np.linalg.qr(features - features.mean(axis=0))
    share = np.minimum(((basis.T @ ranks) ** 2).sum(axis=0) / (ranks**2).sum(axis=0), 1.0 - 1e-12).max()
    ratio = (share / terms) / ((1.0 - share) / left)
    return float(min(ranks.shape[1] * special.fdtrc(terms, left, ratio), 1.0))


def of_gate(
    worth: Floats,
    groups: NDArray[np.int64],
    passed: NDArray[np.bool_],
    chance: float,
    params: RobustParams = DEFAULTS.robust,
) -> float:
    """EVPPI of a two-valued unknown from the exact conditional means of the scenarios.

    `worth` is scenarios × options, `groups` the site of each option as 0, 1, …; 0 where either outcome has fewer than
    `params.outcome_scenarios` scenarios: too few to say.
    """
    if min(passed.sum(), (~passed).sum()) < params.outcome_scenarios:
        return 0.0
    open_, shut = worth[passed].mean(axis=0), worth[~passed].mean(axis=0)
    known = chance * _best(open_[None, :], groups)[0] + (1 - chance) * _best(shut[None, :], groups)[0]
    return float(max(known - _best((chance * open_ + (1 - chance) * shut)[None, :], groups)[0], 0.0))


def of_quantity(
    worth: Floats, groups: NDArray[np.int64], quantiles: Floats, params: RobustParams = DEFAULTS.robust
) -> float:
    """EVPPI of a quantity, or of several together: `quantiles` (scenarios × quantities) are the quantiles drawn."""
    return _regressed(worth, groups, _cubic(quantiles), params)


def _of_site(worth: Floats, passed: NDArray[np.bool_], chance: float, quantiles: Floats, params: RobustParams) -> float:
    groups = np.zeros(worth.shape[1], dtype=np.int64)
    before = of_gate(worth, groups, passed, chance, params) if chance < 1 else 0.0
    if passed.sum() < params.outcome_scenarios + quantiles.shape[1] + 1 or quantiles.shape[1] == 0:
        return before
    return before + chance * _regressed(worth[passed], groups, quantiles[passed] - 0.5, params)


def _groups(sites: NDArray[np.object_]) -> NDArray[np.int64]:
    number = {site: i for i, site in enumerate(dict.fromkeys(sites.tolist()))}
    return np.array([number[site] for site in sites], dtype=np.int64)


def _cubic(quantiles: Floats) -> Floats:
    centred = 2.0 * quantiles - 1.0
    return np.concatenate([centred, centred**2, centred**3], axis=1)


def _regressed(worth: Floats, groups: NDArray[np.int64], features: Floats, params: RobustParams) -> float:
    """Mean of the best fitted worth, less the best mean, less what shuffled features find."""
    if worth.shape[1] == 0 or len(worth) <= features.shape[1] + 1:
        return 0.0
    random = np.random.default_rng(0)
    mean = worth.mean(axis=0)
    base = float(_best(mean[None, :], groups)[0])

    def information_gain(some: Floats) -> float:
        basis, _ = np.linalg.qr(some - some.mean(axis=0))
        return float(_best(mean + basis @ (basis.T @ worth), groups).mean()) - base

    seen = information_gain(features)
    if seen <= 1e-12 * float(np.abs(worth).max(initial=0.0)):
        return 0.0
    noise = [information_gain(features[random.permutation(len(features))]) for _ in range(params.shuffles)]
    clear = seen > np.mean(noise) + params.clear_deviations * np.std(noise)
    return float(seen - np.mean(noise)) if clear else 0.0


def _best(worth: Floats, groups: NDArray[np.int64]) -> Floats:
    """In each row the best option of each site, none being worth 0, summed over sites."""
    best = np.zeros((len(worth), int(groups.max(initial=-1)) + 1))
    for option, group in enumerate(groups):
        np.maximum(best[:, group], worth[:, option], out=best[:, group])
    return np.asarray(best.sum(axis=1))
