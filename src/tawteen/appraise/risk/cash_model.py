"""Vectorised cash flow of one option over many simulated paths: scaled, delayed and failing cash streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from tawteen.appraise.value import share_left

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class InputDriver:
    """An uncertain input: its value in the deterministic case, and its least and largest admissible value."""

    neutral: float
    least: float
    most: float = np.inf


DRIVERS: Mapping[str, InputDriver] = {
    "cost": InputDriver(1.0, 0.0),
    "delay": InputDriver(0.0, -np.inf),
    "ramp": InputDriver(1.0, 1e-3),
    "price": InputDriver(1.0, 0.0),
    "inputs": InputDriver(1.0, 0.0),
    "energy": InputDriver(1.0, 0.0),
    "exchange": InputDriver(1.0, 0.0),
    "running": InputDriver(1.0, 0.0),
    "wages": InputDriver(1.0, 0.0),
    "output": InputDriver(1.0, 0.0),
    "outage": InputDriver(0.0, 0.0, 1.0),
}
"""Uncertain inputs by name. All are ratios to the deterministic case, but `delay` (quarters of the works) and `outage`
(share of output lost). `cost`: works, civil, equipment, spares; `ramp`: time from first to full output; `price`: of
products; `inputs`: of materials; `energy`: of energy bought; `exchange`: what foreign money is worth in local;
`running`: fixed and other variable cost; `wages`; `output`: output reached."""

OUTPUT = ("output", "outage")


@dataclass(frozen=True)
class CashStream:
    """Expected cash of one kind by period (costs negative), at neutral drivers and full output.

    `drivers` multiply it. `hinges`: whether it is sure, depends on the gates, or on operation (gates, success and
    survival). `moves`: it shifts with the delay of the works; `ramps`: it follows the ramp-up; `operating`: it is
    available for debt service.
    """

    amounts: Numbers
    drivers: tuple[str, ...] = ()
    hinges: Literal["sure", "gate", "operation"] = "gate"
    moves: bool = False
    ramps: bool = False
    operating: bool = False


@dataclass(frozen=True)
class PathEvents:
    """Events of each path: whether the gates open and the option succeeds, and a draw (0 … 1) for its survival."""

    opens: NDArray[np.bool_]
    succeeds: NDArray[np.bool_]
    lasts: Numbers


@dataclass(frozen=True)
class PathCash:
    """Net benefit over the site as it is, paths × periods: of operation, and of investment.

    `residual`: residual value of capital less closing (one a path), contained in `investing` in the last period.
    """

    operating: Numbers
    investing: Numbers
    residual: Numbers

    @property
    def total(self) -> Numbers:
        """Net cash of operation and investment."""
        return np.asarray(self.operating + self.investing)


@dataclass(frozen=True)
class CashModel:
    """One option in one view, on its own and at its earliest start, as in `appraise`.

    `rate` per year; `per_year` periods make a year. `start`: period of the first cash; `first`: period in which
    operation starts; `early`: by how many periods it could at most start before. `ramp`, `survival`: share of capacity
    released, and chance that it still runs, by period. `capital`: depreciable outlays, local and foreign; `life` in
    periods. `working_capital` and `closing` are expected values, as the amounts of the streams are.
    """

    option: str
    view: str
    rate: float
    per_year: int
    streams: tuple[CashStream, ...]
    start: int
    first: int | None
    early: float
    ramp: Numbers
    survival: Numbers
    chance: float
    success: float
    working_capital: float
    capital: tuple[float, float]
    life: float
    closing: float

    @property
    def periods(self) -> int:
        """Number of periods of the horizon."""
        return len(self.ramp)

    @property
    def discounts(self) -> Numbers:
        """Discount factor of a flow at the end of each period."""
        return np.asarray((1.0 + self.rate) ** (-(np.arange(self.periods) + 1) / self.per_year))

    @property
    def uncertain(self) -> bool:
        """Whether the option may fail: at its gates, as a pilot, or by stopping later."""
        return min(self.chance, self.success, float(self.survival.min(initial=1.0))) < 1.0

    def npv(self, values: Mapping[str, Numbers]) -> Numbers:
        """Returns the net present value for each set of drivers (arrays of one length; missing ones are neutral)."""
        return np.asarray(self.cash(values).total @ self.discounts)

    def cash(self, values: Mapping[str, Numbers], events: PathEvents | None = None) -> PathCash:
        """Returns the cash of paths; `values`: arrays of one length. Without `events`, chances are expected values."""
        paths = max((len(v) for v in values.values()), default=1 if events is None else len(events.opens))
        factors = {name: values.get(name, np.full(paths, driver.neutral)) for name, driver in DRIVERS.items()}
        delay = np.maximum(factors["delay"] * self.per_year / 4.0, -self.early)
        factors["outage"] = 1.0 - factors["outage"]
        gate = np.ones(paths) if events is None else events.opens / max(self.chance, 1e-300)
        running = self._sum(factors, "operation", ramps=False)
        running += self._sum(factors, "operation", ramps=True) * self._ramp(factors["ramp"])
        if events is not None:
            running *= self._survival_weight(events)
        moving = running + gate[:, None] * self._sum(factors, "gate", moves=True)
        operating = _shifted(moving, delay) + gate[:, None] * self._sum(factors, "gate", operating=True)
        investing = self._sum(factors, "sure") + gate[:, None] * self._sum(factors, "gate", operating=False)
        self._pay_working_capital(investing, delay, gate)
        worth = (self.capital[0] + self.capital[1] * factors["exchange"]) * factors["cost"]
        residual = gate * (worth * self._residual_share(delay) - self.closing)
        investing[:, -1] += residual
        return PathCash(operating, investing, residual)

    def _sum(
        self,
        factors: Mapping[str, Numbers],
        hinges: str,
        *,
        moves: bool | None = None,
        ramps: bool | None = None,
        operating: bool | None = None,
    ) -> Numbers:
        """Returns the sum of the selected streams at their drivers; `operating` selects among fixed ones."""
        if operating is not None:
            moves = False
        chosen = [
            s
            for s in self.streams
            if s.hinges == hinges
            and (moves is None or s.moves == moves)
            and (ramps is None or s.ramps == ramps)
            and (operating is None or s.operating == operating)
        ]
        shares = np.ones((len(factors["cost"]), len(chosen)))
        for place, stream in enumerate(chosen):
            for name in stream.drivers:
                shares[:, place] *= factors[name]
        return np.asarray(shares @ np.array([s.amounts for s in chosen]).reshape(-1, self.periods))

    def _ramp(self, stretch: Numbers) -> Numbers:
        """Returns the released share of capacity, its ramp from first output on stretched by the driver."""
        if self.first is None or self.first >= self.periods or (stretch == 1.0).all():
            return self.ramp[None, :]
        course = np.append(self.ramp[self.first :], self.ramp[-1])
        rises = np.diff(course)
        # After its last step the ramp is constant under any stretch.
        steps = int(np.flatnonzero(rises).max(initial=-1)) + 1
        width = min(len(rises), int(np.ceil(steps * stretch.max())) + 1)
        place = np.minimum(np.arange(width) / stretch[:, None], steps)
        whole_steps = np.minimum(place.astype(np.int32), len(rises) - 1)
        released = np.full((len(stretch), self.periods), course[-1])
        released[:, : self.first] = 0.0
        released[:, self.first : self.first + width] = course[whole_steps] + rises[whole_steps] * (place - whole_steps)
        return released

    def _survival_weight(self, events: PathEvents) -> Numbers:
        """Returns 1 over the chance of running for paths that still run, else 0; paths × periods."""
        odds = self.chance * self.success * self.survival
        runs = (events.opens & events.succeeds)[:, None] & (events.lasts[:, None] < self.survival)
        return np.asarray(runs / np.maximum(odds, 1e-300))

    def _pay_working_capital(self, cash: Numbers, delay: Numbers, gate: Numbers) -> None:
        """Subtracts working capital from `cash` in the period before operation and returns it in the last."""
        if self.first is None or self.working_capital == 0:
            return
        whole_periods = np.floor(delay)
        rows = np.arange(len(delay))
        paid = self.first - 1 + whole_periods.astype(np.int64)
        for place, share in ((paid, 1.0 - (delay - whole_periods)), (paid + 1, delay - whole_periods)):
            inside = place < self.periods
            amount = (self.working_capital * share * gate)[inside]
            # In whole years works and operation may begin in the same one.
            cash[rows[inside], np.maximum(place[inside], self.start)] -= amount
            cash[rows[inside], -1] += amount

    def _residual_share(self, delay: Numbers) -> Numbers:
        """Returns the residual share of capital at the end of the horizon, by path."""
        if self.first is None:
            return np.zeros_like(delay)
        q = (1.0 + self.rate) ** (1.0 / self.per_year) - 1.0
        return share_left(self.first + delay, self.life, self.periods, q)

    def yearly(self) -> CashModel:
        """Returns the model by year: sums of four quarters, at the end of the year. Raises ValueError otherwise."""
        if self.per_year != 4 or self.periods % 4:
            raise ValueError(f"{self.periods} periods, {self.per_year} a year: whole years of quarters are needed")

        def sums(amounts: Numbers) -> Numbers:
            return np.asarray(amounts.reshape(-1, 4).sum(axis=1))

        full = sum((np.abs(s.amounts) for s in self.streams if s.ramps), np.zeros(self.periods))
        ramped = np.divide(sums(full * self.ramp), sums(full), out=np.zeros(self.periods // 4), where=sums(full) > 0)
        streams = []
        for stream in self.streams:
            yearly_sums = sums(stream.amounts * self.ramp) if stream.ramps else sums(stream.amounts)
            spread = (
                np.divide(yearly_sums, ramped, out=np.zeros_like(yearly_sums), where=ramped > 0)
                if stream.ramps
                else yearly_sums
            )
            streams.append(replace(stream, amounts=spread))
        return replace(
            self,
            per_year=1,
            streams=tuple(streams),
            start=self.start // 4,
            first=None if self.first is None else self.first // 4,
            early=self.early / 4.0,
            ramp=ramped,
            survival=self.survival.reshape(-1, 4).mean(axis=1),
            life=self.life / 4.0,
        )


def _shifted(cash: Numbers, delay: Numbers) -> Numbers:
    """Returns the cash of each path delayed by its number of periods; parts of a period are split in proportion.

    Cash after the horizon is lost; a path that is early repeats the last period at its end.
    """
    if (delay == 0).all():
        return cash
    paths, periods = cash.shape
    whole_periods = np.floor(np.minimum(delay, periods))
    part = (delay - whole_periods).clip(0.0, 1.0)[:, None]
    later, sooner = int(whole_periods.max()) + 1, max(int(-whole_periods.min()), 0)
    padded = np.zeros((paths, later + periods + sooner))
    padded[:, later : later + periods] = cash
    padded[:, later + periods :] = cash[:, -1:]
    # Each path is one stretch of the flattened table that begins earlier by its delay.
    begins = np.arange(paths) * padded.shape[1] + later - 1 - whole_periods.astype(np.int64)
    windows = sliding_window_view(padded.ravel(), periods + 1)[begins]
    return np.asarray(windows[:, 1:] * (1.0 - part) + windows[:, :-1] * part)
