"""Decision trees of sites: what the best of them is worth at prices, in closed form by backward induction.

A site that is surveyed first chooses the start of its survey and then, for every finding, one start of an option once
the survey has told, or none. Amounts of options count with the chance of their finding, so that a tree is a sum of
starts and prices of shared limits split the problem into sites (Hawkins 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tawteen.plan.model_builder import Floats

Indices = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class TreeRows:
    """What each option (row of `SiteArrays`) is in the trees of its site, and which sites are treated apart.

    `finding[row]`: the finding under which it starts, −1 without one. `chance[row]`: of that finding, else 1.
    `usable[row, start]`: for a survey the period from which what it finds may be used (that after the last where it
    tells too late), else −1. `apart[site]`: its findings are treated as sites of their own, each with its own survey
    times its chance. `known[site]`: what it has is known from the start, without a survey.
    """

    finding: Indices
    chance: Floats
    usable: Indices
    apart: Mask
    known: Mask

    def select(self, rows: Indices, sites: Indices) -> TreeRows:
        """Those of the options `rows` and the sites `sites` alone."""
        return TreeRows(self.finding[rows], self.chance[rows], self.usable[rows], self.apart[sites], self.known[sites])


@dataclass(frozen=True)
class SurveyTrees:
    """The trees of sites. A *branch* is a site, or one finding of a site that is treated apart.

    - `rows`: what the options are.
    - `branch_site`, `branch_chance`: site and chance (1 unless apart) of each branch; the first of site i is branch i.
    - `first_row`, `first_branch`: options that start without a finding, and the branch of which they are; of a site
      that is treated apart an option stands once for each branch.
    - `later_row`: options of findings, sorted by group; `later_first`: the first of each group (branch and finding).
    - `group_branch`, `group_chance`: branch and chance of the finding of each group.
    """

    rows: TreeRows
    branch_site: Indices
    branch_chance: Floats
    first_row: Indices
    first_branch: Indices
    later_row: Indices
    later_first: Indices
    group_branch: Indices
    group_chance: Floats

    @property
    def groups(self) -> sparse.csr_matrix:
        """Which groups belong to a branch, (branch, group)."""
        count = len(self.group_branch)
        entries = np.ones(count), (self.group_branch, np.arange(count))
        return sparse.csr_matrix(entries, shape=(len(self.branch_site), count))

    @property
    def group_of_row(self) -> Indices:
        """The group of each of `later_row`."""
        return np.repeat(np.arange(len(self.later_first)), np.diff(self.later_first, append=len(self.later_row)))

    @property
    def known(self) -> Mask:
        """Branches whose finding is known from the start."""
        return self.rows.known[self.branch_site]


def build_trees(site: Indices, rows: TreeRows) -> SurveyTrees:
    """The trees of the options `rows`, whose sites are `site`."""
    later = np.flatnonzero(rows.finding >= 0)
    later = later[np.lexsort((rows.finding[later], site[later]))]
    new = (np.diff(site[later], prepend=-1) != 0) | (np.diff(rows.finding[later], prepend=-2) != 0)
    later_first = np.flatnonzero(new)
    group_site, group_chance = site[later[later_first]], rows.chance[later[later_first]]
    branch_site, branch_chance, group_branch = _branches(rows.apart, group_site, group_chance)
    first = np.flatnonzero(rows.finding < 0)
    by_site = np.argsort(branch_site, kind="stable")
    start = np.searchsorted(branch_site[by_site], site[first], side="left")
    count = np.searchsorted(branch_site[by_site], site[first], side="right") - start
    place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(start, count)
    return SurveyTrees(
        rows, branch_site, branch_chance, np.repeat(first, count), by_site[place], later, later_first, group_branch,
        group_chance,
    )  # fmt: skip


def _branches(apart: Mask, group_site: Indices, group_chance: Floats) -> tuple[Indices, Floats, Indices]:
    """Site and chance of each branch, and the branch of each group.

    The first branch of a site that is treated apart has the findings without options, if there are any.
    """
    sites = len(apart)
    rest = np.where(apart, 1.0 - np.bincount(group_site, group_chance, sites), 1.0)
    has_rest = rest > 1e-12
    rest[~has_rest] = 1.0
    branch_site, branch_chance = list(range(sites)), rest.tolist()
    group_branch = group_site.copy()
    for group in np.flatnonzero(apart[group_site]).tolist():
        owner = int(group_site[group])
        if has_rest[owner]:
            group_branch[group] = len(branch_site)
            branch_site.append(owner)
            branch_chance.append(float(group_chance[group]))
        else:
            has_rest[owner], branch_chance[owner] = True, float(group_chance[group])
    return np.array(branch_site, dtype=np.int64), np.array(branch_chance), group_branch


def best_tree_values(trees: SurveyTrees, worth: Floats) -> Floats:
    """Value of the best tree of each branch at `worth` (option, start), 0 where none is above it."""
    later, _ = _later_values(trees, worth)
    first = _first_values(trees, worth, trees.groups @ later)
    best = np.where(trees.known, (trees.groups @ later)[:, 0], 0.0)
    np.maximum.at(best, trees.first_branch, first.max(axis=1, initial=0.0))
    return np.asarray(best)


def _later_values(trees: SurveyTrees, worth: Floats) -> tuple[Floats, Indices]:
    """Value of the best start of each group from a period on, (group, period), and its flat index (−1: none)."""
    periods, count = worth.shape[1], len(trees.later_first)
    value, place = np.zeros((count, periods + 1)), np.full((count, periods + 1), -1, dtype=np.int64)
    if not count:
        return value, place
    mine = worth[trees.later_row]
    peak = np.maximum.reduceat(mine, trees.later_first, axis=0)
    is_best = mine == peak[trees.group_of_row]
    row = np.full((count, periods), -1, dtype=np.int64)
    order, period = np.nonzero(is_best)
    row[trees.group_of_row[order][::-1], period[::-1]] = trees.later_row[order][::-1]
    for t in range(periods - 1, -1, -1):
        better = peak[:, t] > value[:, t + 1]
        value[:, t] = np.where(better, peak[:, t], value[:, t + 1])
        place[:, t] = np.where(better, row[:, t] * periods + t, place[:, t + 1])
    return value, place


def _first_values(trees: SurveyTrees, worth: Floats, later: Floats) -> Floats:
    """Value of what starts without a finding (pair of branch and option, start), with what follows a survey."""
    usable = trees.rows.usable[trees.first_row]
    follows = np.take_along_axis(later[trees.first_branch], np.maximum(usable, 0), axis=1)
    factor = trees.branch_chance[trees.first_branch]
    return np.asarray(worth[trees.first_row] * factor[:, None] + np.where(usable >= 0, follows, 0.0))


def soft_tree_values(trees: SurveyTrees, worth: Floats, temperature: Floats) -> tuple[float, Floats]:
    """Soft maximum over the trees of each branch, summed, and its slope in `worth`: the weights of the starts.

    `temperature` is by site; that of a finding is as much smaller as its chance is.
    """
    site_temperature = temperature[trees.branch_site]
    group_temperature = site_temperature[trees.group_branch] * trees.group_chance
    scaled, later = _soft_later(trees, worth, group_temperature)
    heat = site_temperature * trees.branch_chance
    follows = trees.groups @ (later * group_temperature[:, None])
    exponent = _first_values(trees, worth, follows) / heat[trees.first_branch][:, None]
    known = np.where(trees.known, follows[:, 0] / heat, -np.inf)
    peak = np.maximum(known, 0.0)
    np.maximum.at(peak, trees.first_branch, exponent.max(axis=1, initial=0.0))
    raised = np.exp(exponent - peak[trees.first_branch][:, None])
    known_part = np.exp(known - peak)
    parts = np.exp(-peak) + known_part
    np.add.at(parts, trees.first_branch, raised.sum(axis=1))
    share = raised / parts[trees.first_branch][:, None]
    weights = np.zeros_like(worth)
    np.add.at(weights, trees.first_row, share * trees.branch_chance[trees.first_branch][:, None])
    usable = _usable_by_period(trees, share, worth.shape[1])
    usable[:, 0] += known_part / parts
    if len(later):
        with np.errstate(divide="ignore"):
            reached = np.logaddexp.accumulate(np.log(usable[trees.group_branch]) - later[:, :-1], axis=1)
        weights[trees.later_row] = np.exp(scaled + reached[trees.group_of_row])
    return float((heat * (peak + np.log(parts))).sum()), weights


def _soft_later(trees: SurveyTrees, worth: Floats, temperature: Floats) -> tuple[Floats, Floats]:
    """Worth of the starts of findings over their temperature, and the soft value of each group from a period on."""
    periods, count = worth.shape[1], len(trees.later_first)
    later = np.zeros((count, periods + 1))
    if not count:
        return np.zeros((0, periods)), later
    scaled = worth[trees.later_row] / temperature[trees.group_of_row][:, None]
    peak = np.maximum(np.maximum.reduceat(scaled, trees.later_first, axis=0), np.finfo(float).min)
    parts = np.add.reduceat(np.exp(scaled - peak[trees.group_of_row]), trees.later_first, axis=0)
    with np.errstate(divide="ignore"):
        by_period = peak + np.log(parts)
    later[:, :-1] = np.logaddexp(0.0, np.logaddexp.accumulate(by_period[:, ::-1], axis=1)[:, ::-1])
    return scaled, later


def _usable_by_period(trees: SurveyTrees, share: Floats, periods: int) -> Floats:
    """Share of each branch whose survey tells in a period, (branch, period)."""
    usable = trees.rows.usable[trees.first_row]
    branch = np.broadcast_to(trees.first_branch[:, None], usable.shape)
    inside = (usable >= 0) & (usable < periods)
    total = np.bincount(
        branch[inside] * periods + usable[inside], share[inside], len(trees.branch_site) * periods
    )  # fmt: skip
    return total.astype(np.float64).reshape(-1, periods)


@dataclass(frozen=True)
class ValuedTrees:
    """Trees as sums of starts: `branch` and `value` of each, `starts` (flat index of a start × tree)."""

    branch: Indices
    value: Floats
    starts: sparse.csc_matrix

    def select(self, keep: Mask) -> ValuedTrees:
        """The trees where `keep`."""
        return ValuedTrees(self.branch[keep], self.value[keep], self.starts[:, np.flatnonzero(keep)])


def best_trees(trees: SurveyTrees, worth: Floats, count: int) -> ValuedTrees:
    """The trees of each branch with its `count` best first starts, each with the best starts of findings after it.

    Trees of no value and the tree without any start are left out.
    """
    periods = worth.shape[1]
    later, place = _later_values(trees, worth)
    follows = trees.groups @ later
    value = _first_values(trees, worth, follows)
    order = np.argsort(-value, axis=None, kind="stable")
    order = order[value.ravel()[order] > 0.0]
    branch = trees.first_branch[order // periods]
    grouped = np.argsort(branch, kind="stable")
    order, branch = order[grouped], branch[grouped]
    best = np.arange(len(branch)) - np.searchsorted(branch, branch, side="left") < count
    order, branch = order[best], branch[best]
    pair, start = order // periods, order % periods
    usable = trees.rows.usable[trees.first_row[pair], start]
    known = np.flatnonzero(trees.known & (follows[:, 0] > 0.0))
    branches = np.concatenate([branch, known])
    usable = np.concatenate([usable, np.zeros(len(known), dtype=np.int64)])
    first = trees.first_row[pair] * periods + start, np.arange(len(pair)), trees.branch_chance[branch]
    starts = _of_findings(trees, branches, usable, place) + sparse.csc_matrix(
        (first[2], first[:2]), shape=(worth.size, len(branches))
    )
    return ValuedTrees(branches, np.concatenate([value.ravel()[order], follows[known, 0]]), starts)


def _of_findings(trees: SurveyTrees, branch: Indices, usable: Indices, place: Indices) -> sparse.csc_matrix:
    """Starts (flat index) × trees: the best start of each finding once it is told, none where that is −1."""
    groups = trees.groups
    count = np.where(usable >= 0, np.diff(groups.indptr)[branch], 0)
    tree = np.repeat(np.arange(len(branch)), count)
    offset = np.arange(len(tree)) - np.repeat(np.cumsum(count) - count, count)
    flat = place[groups.indices[groups.indptr[branch[tree]] + offset], usable[tree]]
    some = flat >= 0
    return sparse.csc_matrix(
        (np.ones(int(some.sum())), (flat[some], tree[some])), shape=(trees.rows.usable.size, len(branch))
    )  # fmt: skip
