"""The one event by which long work tells how far it is, whatever the work is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Stage = Literal[
    "reading", "checking", "generating", "writing", "diagnosing", "matching", "appraising", "comparing",
    "problem", "nothing", "relaxation", "search", "proof", "prices", "dive", "improve", "result", "verifying",
    "explaining", "fixed", "anew", "policy", "front", "stating", "simulating", "valuing",
    "reporting", "study", "exhibits", "pictures", "page", "workbook", "entries",
]  # fmt: skip
"""Steps of long work; each has a sentence `cli.stage.STAGE`."""

STAGES: tuple[Stage, ...] = get_args(Stage)


@dataclass(frozen=True)
class ProgressEvent:
    """How far a long piece of work is.

    `stage` names the step. `share` (0 to 1) is the part of the work, or of its time, that is done; None where it is
    unknown. While a programme is searched, `value` is that of the best one so far and `bound` what no programme can
    exceed, both in discounted currency; None elsewhere and before they are known. Both count from where the model of
    the planner begins, as `baseline` does, the value of doing nothing: only differences between the three mean
    something outside. `starts` are the option and the quarter of each start of that programme, where it is a new best
    one and the planner can tell. `subject` is the id of the option that a step is about, where it is about one.
    """

    stage: Stage
    share: float | None = None
    value: float | None = None
    bound: float | None = None
    baseline: float | None = None
    starts: tuple[tuple[str, int], ...] | None = None
    subject: str | None = None


ProgressCallback = Callable[[ProgressEvent], None]
"""Called from time to time, from the thread that does the work; what it raises ends the work."""


def ignore(_event: ProgressEvent) -> None:
    """The callback of work whose progress nobody asked for."""
