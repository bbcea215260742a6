"""The best point and the best bound so far, shared by the searches and the proof."""

from __future__ import annotations

import threading

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tawteen.plan.model_builder import Floats
from tawteen.plan.tolerances import TOLERANCES


class Incumbent:
    """Best point `x`, its `value` and the best upper `bound` (discounted currency). Safe to use from several threads.

    Value and bound only improve. The event `finished` is set once the gap is at most the requested one; the proof sets
    it as well when it ends.
    """

    def __init__(self, gap: float, baseline_value: float) -> None:
        """`gap` is the requested share of the gain, which is the value less `baseline_value` (of doing nothing)."""
        self._lock = threading.Lock()
        self._requested_gap = gap * TOLERANCES.gap_margin
        self.baseline_value = baseline_value
        self.x: Floats | None = None
        self.value = -np.inf
        self.bound = np.inf
        self.finished = threading.Event()
        self._starts: tuple[NDArray[np.int64], pl.DataFrame] | None = None

    def name_starts(self, columns: NDArray[np.int64], keys: pl.DataFrame) -> None:
        """States which columns of a point are starts, with the option and period of each."""
        self._starts = columns, keys.select("option", "period")

    def starts(self) -> tuple[tuple[str, int], ...] | None:
        """Option and period of the starts of the best point; None where there is none or starts are not named."""
        x = self.x
        if x is None or self._starts is None:
            return None
        columns, keys = self._starts
        return tuple(keys.filter(pl.Series(x[columns] > 0.5)).iter_rows())

    def update(self, x: Floats, value: float) -> bool:
        """Takes over a point that is better; returns whether it is."""
        with self._lock:
            least = TOLERANCES.improvement * max(abs(self.value), abs(self.baseline_value))
            better = self.x is None or value > self.value + least
            if better:
                self.x, self.value = x, value
        self._check_gap()
        return better

    def tighten_bound(self, bound: float) -> None:
        """Takes over a bound that is lower."""
        with self._lock:
            self.bound = min(self.bound, bound)
        self._check_gap()

    @property
    def target_gap(self) -> float:
        """Requested difference of bound and value at the present gain (discounted currency); 0 without a gain."""
        gain = self.value - self.baseline_value
        return self._requested_gap * gain if self.x is not None and gain > 0 else 0.0

    @property
    def gap(self) -> float:
        """(bound − value) / gain; infinite without a gain or without a bound."""
        with self._lock:
            gain = self.value - self.baseline_value
            return (self.bound - self.value) / gain if gain > 0 and np.isfinite(self.bound) else np.inf

    def _check_gap(self) -> None:
        if self.gap <= self._requested_gap:
            self.finished.set()
