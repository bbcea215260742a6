"""Options by themselves: whether one may start, and their effects with those of the lines that run on their sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from tawteen.case.findings import CaseError, Finding
from tawteen.effects.model import Effects


def startable(effects: Effects, option: str) -> dict[str, Any]:
    """Returns the row of `Effects.options`. Raises CaseError for an option that is unknown, runs, or cannot start."""
    matching = effects.options.filter((pl.col("option") == option) & (pl.col("kind") != "as_is"))
    if not matching.height or not matching["available"][0]:
        code = "risk.option_unavailable" if matching.height else "risk.option_unknown"
        raise CaseError([Finding("error", code, "options", value=option, args={"option": option})])
    return matching.row(0, named=True)


def narrowed(effects: Effects, options: Sequence[str]) -> Effects:
    """Returns the effects of the options and of the lines that run on their sites."""
    chosen = pl.col("option").is_in(list(options))
    own = pl.col("site").is_in(effects.options.filter(chosen)["site"].implode()) & (pl.col("kind") == "as_is")
    narrow = effects.options.filter(chosen | own)
    names = narrow["option"].implode()

    def of_options(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(pl.col("option").is_in(names))

    return Effects(
        narrow,
        of_options(effects.outlays),
        of_options(effects.needs),
        of_options(effects.profile),
        of_options(effects.recipe),
    )
