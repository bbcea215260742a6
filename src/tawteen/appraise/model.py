"""Result of the appraisal of options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import dataframely as dy
import polars as pl

from tawteen.appraise.tables import OptionCashTable, OptionIndicators
from tawteen.case.frame_columns import Frames


@dataclass(frozen=True, repr=False)
class Appraisal(Frames):
    """Appraisal of each option on its own, at its earliest start, parity prices and full expected throughput.

    `appraise.tables` documents the columns.
    """

    SCHEMAS: ClassVar[Mapping[str, type[dy.Schema]]] = {"cash": OptionCashTable, "indicators": OptionIndicators}

    cash: pl.DataFrame
    indicators: pl.DataFrame
