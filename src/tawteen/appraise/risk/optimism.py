"""Optimism bias of public works: Mott MacDonald, Review of Large Public Procurement in the UK (2002), Table 2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tawteen.case.findings import CaseError, Finding

Kind = Literal[
    "non_standard_buildings", "standard_buildings", "non_standard_civil", "standard_civil", "equipment", "outsourcing"
]


@dataclass(frozen=True)
class OptimismBias:
    """Optimism bias as a share of the plan: upper bound (usual) and lower bound (best managed projects)."""

    duration_upper: float | None
    duration_lower: float | None
    cost_upper: float
    cost_lower: float


TABLE: Mapping[Kind, OptimismBias] = {
    "non_standard_buildings": OptimismBias(0.39, 0.02, 0.51, 0.04),
    "standard_buildings": OptimismBias(0.04, 0.01, 0.24, 0.02),
    "non_standard_civil": OptimismBias(0.25, 0.03, 0.66, 0.06),
    "standard_civil": OptimismBias(0.20, 0.01, 0.44, 0.03),
    "equipment": OptimismBias(0.54, 0.10, 2.00, 0.10),
    "outsourcing": OptimismBias(None, None, 0.41, 0.00),
}
"""Capital expenditure, of outsourcing operating expenditure, and duration of works."""

Measure = Literal["duration_upper", "duration_lower", "cost_upper", "cost_lower"]


def combined(parts: Mapping[Kind, float], measure: Measure) -> dict[Kind, float]:
    """Returns the contribution of each kind to the bias of a combined project; their sum is that of the project.

    `parts`: share of the project's cost that is of each kind. The bound of a combined project is the mean of its
    kinds', weighted by these shares. Raises CaseError where the shares are below 0 or do not make up 1, or where the
    table has no number for a kind.
    """
    if any(share < 0 for share in parts.values()) or abs(sum(parts.values()) - 1.0) > 1e-6:
        listed = ", ".join(f"{kind} {share:g}" for kind, share in parts.items())
        raise CaseError([Finding("error", "risk.parts_not_whole", value=listed, args={"parts": listed})])
    silent = [kind for kind in parts if getattr(TABLE[kind], measure) is None]
    if silent:
        raise CaseError([Finding("error", "risk.bias_unknown", value=kind, args={"kind": kind}) for kind in silent])
    return {kind: share * getattr(TABLE[kind], measure) for kind, share in parts.items()}
