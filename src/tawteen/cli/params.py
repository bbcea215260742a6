"""Numbers that tune what the command line shows: widths and rows of its tables, and how often it tells progress."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConsoleParams:
    """Larger widths and numbers of rows show more; longer times tell progress less often."""

    width: int = 160
    """Letters of a line that goes to a file or another program; a terminal has a width of its own."""
    findings_of_a_code: int = 12
    """Findings of one code that are listed; of the others the number is told."""
    table_rows: int = 40
    """Rows of a table that are listed; of the others the number is told."""
    text_column: int = 12
    """Letters of its longest cell that a column of text must hold; where the screen has less, rows become lists."""
    column_padding: int = 3
    """Letters between two columns of a table."""
    first_progress: float = 2.0
    """Seconds of work after which progress is told, and least time between two lines that differ."""
    progress_interval: float = 10.0
    """Seconds after which a line of progress is told again though it has not changed."""
    bound_rounding: float = 1e-6
    """Share of a bound by which the recomputed one may exceed it as rounding of the solver."""


CONSOLE = ConsoleParams()
