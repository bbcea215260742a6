"""Numbers that tune how an option is spread over quarters."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class EffectsParams:
    """How long what precedents state acts on an option."""

    survival_quarters: int = 12
    """Quarters over which the survival of a reference class is known: the hazard acts evenly over these, then rests."""


EFFECTS = EffectsParams()
