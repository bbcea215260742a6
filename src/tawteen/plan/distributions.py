"""Distributions of values with a range, by their quantiles."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from tawteen.case.params import ESTIMATE
from tawteen.plan.model_builder import Floats


def triangular(share: ArrayLike, low: ArrayLike, mode: ArrayLike, high: ArrayLike) -> Floats:
    """Quantiles `share` (0 … 1) of triangular distributions; a point where low = high."""
    share, low, mode, high = (np.asarray(x, dtype=np.float64) for x in (share, low, mode, high))
    width = np.maximum(high - low, 1e-300)
    split = (mode - low) / width
    rising = low + np.sqrt(share * width * (mode - low))
    falling = high - np.sqrt((1.0 - share) * width * (high - mode))
    return np.asarray(np.where(high > low, np.where(share < split, rising, falling), mode))


def pert(share: ArrayLike, low: ArrayLike, mode: ArrayLike, high: ArrayLike) -> Floats:
    """Quantiles `share` (0 … 1) of PERT distributions (Malcolm et al. 1959); a point where low = high."""
    from scipy.special import betaincinv  # noqa: PLC0415 - takes a tenth of a second to load, and few cases state it

    share, low, mode, high = (np.asarray(x, dtype=np.float64) for x in (share, low, mode, high))
    width = np.maximum(high - low, 1e-300)
    alpha = 1.0 + ESTIMATE.pert_weight * np.clip((mode - low) / width, 0.0, 1.0)
    return np.asarray(
        np.where(high > low, low + width * betaincinv(alpha, ESTIMATE.pert_weight + 2.0 - alpha, share), mode)
    )


QUANTILE_FUNCTIONS = {"triangular": triangular, "pert": pert}
"""Quantile function of each distribution that a case can state."""
