"""The diagnosis as frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import dataframely as dy
import polars as pl

from tawteen.case.frame_columns import Frames
from tawteen.diagnose.tables import Gates, Losses, SiteGates


@dataclass(frozen=True, repr=False)
class Diagnosis(Frames):
    """Why sites stand still or run badly; `diagnose.tables` documents the columns."""

    SCHEMAS: ClassVar[Mapping[str, type[dy.Schema]]] = {
        "sites": SiteGates,
        "gates": Gates,
        "losses": Losses,
    }

    sites: pl.DataFrame
    gates: pl.DataFrame
    losses: pl.DataFrame
