"""What is known so far, shared by those who look for better points and those who prove bounds."""

from __future__ import annotations

import threading

import numpy as np

from tawteen.plan.model_builder import Floats


class Incumbent:
    """Best point and best bound; both only ever get better. Safe to use from several threads.

    `ended` is set when the gap is small enough or proved.
    """

    def __init__(self, enough: float, floor: float) -> None:
        """`enough` is the share of the gain over `floor` at which the gap is small enough."""
        self._lock = threading.Lock()
        # A little less, so that the gap of the programme, in other units, is not above what was asked.
        self._enough = enough * 0.999
        self.floor = floor
        self.x: Floats | None = None
        self.value = -np.inf
        self.bound = np.inf
        self.ended = threading.Event()

    def found(self, x: Floats, value: float) -> bool:
        """Takes a point over if it is better; says whether it was."""
        with self._lock:
            better = self.x is None or value > self.value + 1e-9 * max(abs(self.value), abs(self.floor))
            if better:
                self.x, self.value = x, value
        self._judge()
        return better

    def proved(self, bound: float) -> None:
        """Takes a bound over if it is tighter."""
        with self._lock:
            self.bound = min(self.bound, bound)
        self._judge()

    @property
    def enough(self) -> float:
        """The difference between bound and value at which it is enough, by the gain of now; 0 while there is none."""
        gain = self.value - self.floor
        return self._enough * gain if self.x is not None and gain > 0 else 0.0

    @property
    def gap(self) -> float:
        """Bound less value, over the gain; infinite while there is nothing to compare."""
        with self._lock:
            gain = self.value - self.floor
            return (self.bound - self.value) / gain if gain > 0 and np.isfinite(self.bound) else np.inf

    def _judge(self) -> None:
        if self.gap <= self._enough:
            self.ended.set()
