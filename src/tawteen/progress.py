"""The one event by which long work tells how far it is, whatever the work is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class ProgressEvent:
    """How far a long piece of work is.

    `stage` names the step: a code with a sentence `cli.stage.STAGE`. `share` (0 to 1) is the part of the work, or of
    its time, that is done; None where it is unknown. While a programme is searched, `value` is that of the best one so
    far and `bound` what no programme can exceed, both in discounted currency; None elsewhere and before they are known.
    """

    stage: str
    share: float | None = None
    value: float | None = None
    bound: float | None = None


ProgressCallback = Callable[[ProgressEvent], None]
"""Called from time to time, from the thread that does the work; what it raises ends the work."""
