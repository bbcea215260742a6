"""An option as quarters counted from its start; appraise, plan and report consume it, nobody else spreads time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import dataframely as dy
import polars as pl

from tawteen.case.frame_columns import Frames
from tawteen.effects.tables import Needs, OptionEffects, Outlays, Profiles, RecipeLines


@dataclass(frozen=True, repr=False)
class Effects(Frames):
    """Profiles of every option of a case (`docs/method.md`, Effects); `effects.tables` documents the columns.

    Money in the currency of the case. `as_is` options have quarters 0 and start in period 0.
    """

    SCHEMAS: ClassVar[Mapping[str, type[dy.Schema]]] = {
        "options": OptionEffects,
        "outlays": Outlays,
        "needs": Needs,
        "profile": Profiles,
        "recipe": RecipeLines,
    }

    options: pl.DataFrame
    outlays: pl.DataFrame
    needs: pl.DataFrame
    profile: pl.DataFrame
    recipe: pl.DataFrame
