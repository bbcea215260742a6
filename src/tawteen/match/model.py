"""What the match returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import dataframely as dy
import polars as pl

from tawteen.case.frame_columns import Frames
from tawteen.match.tables import Assignments, Gaps, Pools, PoolSources, SourceLoads


@dataclass(frozen=True, repr=False)
class Match(Frames):
    """Who can close which need, and how much per quarter; `match.tables` documents the columns."""

    SCHEMAS: ClassVar[Mapping[str, type[dy.Schema]]] = {
        "pools": Pools,
        "sources": PoolSources,
        "assignments": Assignments,
        "gaps": Gaps,
        "load": SourceLoads,
    }

    pools: pl.DataFrame
    sources: pl.DataFrame
    assignments: pl.DataFrame
    gaps: pl.DataFrame
    load: pl.DataFrame
