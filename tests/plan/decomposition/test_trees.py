"""Trees of sites: the closed form against all trees, the soft maximum against its slope, and sums of starts."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tawteen.plan.decomposition.trees import (
    SurveyTrees,
    TreeRows,
    best_tree_values,
    best_trees,
    build_trees,
    soft_tree_values,
)

PERIODS = 3
SITE = np.array([0, 0, 0, 0, 0, 1, 1, 2, 2, 2])
"""Site 0: two findings, a survey and closing; site 1: no findings; site 2: two findings, known or surveyed."""


def trees(*, apart: bool, known: bool) -> SurveyTrees:
    told = np.full((len(SITE), PERIODS), -1)
    told[3] = [1, 2, 3]
    if not known:
        told[9] = [2, 2, 3]
    return build_trees(
        SITE,
        TreeRows(
            finding=np.array([1, 0, 0, -1, -1, -1, -1, 0, 1, -1]),
            chance=np.array([0.3, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 0.25, 0.75, 1.0]),
            usable=told,
            apart=np.array([apart, False, known]),
            known=np.array([False, False, known]),
        ),
    )


def drawn_worth(seed: int, built: SurveyTrees) -> np.ndarray:
    random = np.random.default_rng(seed)
    worth = random.normal(0.2, 1.0, (len(SITE), PERIODS)) * built.rows.chance[:, None]
    return np.where(random.random(worth.shape) < 0.2, -np.inf, worth)


def best_by_hand(built: SurveyTrees, worth: np.ndarray, site: int) -> float:
    """The best over all choices of a first start and of one start for each finding."""
    rows = built.rows
    mine = np.flatnonzero(site == SITE)
    findings = {int(f): [r for r in mine if rows.finding[r] == f] for f in rows.finding[mine] if f >= 0}
    chances = {f: float(rows.chance[r[0]]) for f, r in findings.items()}
    chances[-1] = 1.0 - sum(chances.values())
    first = [r for r in mine if rows.finding[r] < 0]

    def later(finding: int, told: int) -> float:
        starts = itertools.product(findings.get(finding, []), range(PERIODS))
        return max([0.0, *(float(worth[r, t]) for r, t in starts if t >= told)])

    def best(among: list[int], chance: float) -> float:
        values = [0.0]
        if rows.known[site]:
            values.append(sum(later(f, 0) for f in among))
        for row, start in itertools.product(first, range(PERIODS)):
            told = int(rows.usable[row, start])
            follows = sum(later(f, told) for f in among) if told >= 0 else 0.0
            values.append(chance * float(worth[row, start]) + follows)
        return max(values)

    if rows.apart[site]:
        return sum(best([f], chance) for f, chance in chances.items() if chance > 1e-9)
    return best(list(findings), 1.0)


@pytest.mark.parametrize(("apart", "known"), [(False, False), (True, False), (True, True)])
def test_the_closed_form_is_the_best_of_all_trees(*, apart: bool, known: bool) -> None:
    built = trees(apart=apart, known=known)
    for seed in range(30):
        worth = drawn_worth(seed, built)
        values = best_tree_values(built, worth)
        by_site = np.bincount(built.branch_site, values, 3)
        assert by_site == pytest.approx([best_by_hand(built, worth, site) for site in range(3)])
        made = best_trees(built, worth, 1)
        of_trees = np.zeros(len(values))
        np.maximum.at(of_trees, made.branch, made.value)
        assert of_trees == pytest.approx(values)
        finite = np.where(np.isfinite(worth), worth, 0.0).ravel()
        assert made.starts.T @ finite == pytest.approx(made.value)


@pytest.mark.parametrize(("apart", "known"), [(False, False), (True, True)])
def test_the_soft_maximum_lies_above_and_its_weights_are_its_slope(*, apart: bool, known: bool) -> None:
    built, temperature = trees(apart=apart, known=known), np.array([0.2, 0.3, 0.1])
    for seed in range(4):
        worth = drawn_worth(seed, built)
        value, weights = soft_tree_values(built, worth, temperature)
        assert value >= best_tree_values(built, worth).sum()
        cold = soft_tree_values(built, worth, temperature * 1e-4)[0]
        assert cold == pytest.approx(best_tree_values(built, worth).sum(), abs=1e-3)
        for row, start in np.argwhere(np.isfinite(worth)).tolist():
            ends = []
            for step in (-1e-5, 1e-5):
                moved = worth.copy()
                moved[row, start] += step
                ends.append(soft_tree_values(built, moved, temperature)[0])
            assert weights[row, start] == pytest.approx((ends[1] - ends[0]) / 2e-5, abs=1e-6)
