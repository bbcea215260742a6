"""Correlated inputs: rank correlations as a Gaussian copula (Iman and Conover 1982; Nelsen 2006)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from tawteen.appraise.params import SIMULATION
from tawteen.case.findings import CaseError, Finding
from tawteen.case.model import Case

Matrix = NDArray[np.float64]
Correlation = Mapping[tuple[str, str], float]
"""Spearman's rank correlation of pairs of inputs; pairs that are not named are independent."""


def stated(case: Case, names: Collection[str]) -> Correlation:
    """Returns the rank correlations that the case states between inputs of `names`."""
    rows = case["correlations"].select("one", "other", "rank").iter_rows()
    return {(first, other): rank for first, other, rank in rows if first in names and other in names}


def mixing(names: Sequence[str], correlation: Correlation | None) -> Matrix:
    """Returns M that correlates independent standard normal scores (columns in the order of `names`): `scores @ M.T`.

    A rank correlation ρ of the inputs is one of 2·sin(π·ρ/6) of their scores (Pearson 1907). Raises CaseError for
    unknown names, numbers outside −1 … 1, and correlations that contradict each other (not positive semi-definite);
    the caller may apply `nearest_correlation` first.
    """
    ranks = _table(names, correlation or {})
    values, vectors = np.linalg.eigh(2.0 * np.sin(np.pi * ranks / 6.0))
    if values.min(initial=1.0) < -SIMULATION.correlation_rounding:
        least = f"{values[0]:.3f}"
        pairs = ", ".join(f"{a} – {b}" for a, b in (correlation or {}))
        raise CaseError([Finding("error", "risk.correlation_contradicts", args={"pairs": pairs, "least": least})])
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _table(names: Sequence[str], correlation: Correlation) -> Matrix:
    place = {name: i for i, name in enumerate(names)}
    table, findings = np.eye(len(names)), []
    for (first, other), rank in correlation.items():
        if first not in place or other not in place or first == other:
            findings.append(Finding("error", "risk.correlation_unknown", args={"one": first, "other": other}))
        elif not -1.0 <= rank <= 1.0:
            args = {"one": first, "other": other, "rank": f"{rank:g}"}
            findings.append(Finding("error", "risk.correlation_outside", value=f"{rank:g}", args=args))
        else:
            table[place[first], place[other]] = table[place[other], place[first]] = rank
    if findings:
        raise CaseError(findings)
    return table


def nearest_correlation(matrix: Matrix, rounds: int = 1000) -> Matrix:
    """Returns the correlation matrix nearest to a symmetric one (Higham 2002, alternating projections)."""
    nearest, carried = (matrix + matrix.T) / 2.0, np.zeros_like(matrix)
    for _ in range(rounds):
        values, vectors = np.linalg.eigh(nearest - carried)
        possible = (vectors * np.maximum(values, 0.0)) @ vectors.T
        carried = possible - (nearest - carried)
        moved = possible.copy()
        np.fill_diagonal(moved, 1.0)
        if np.abs(moved - nearest).max() < SIMULATION.correlation_tolerance:
            break
        nearest = moved
    return np.asarray(nearest)
