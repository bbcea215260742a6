"""Monte Carlo simulation: correlated draws of inputs, cash flow and indicators of every path."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from tawteen.appraise.params import SIMULATION
from tawteen.appraise.rates import rates_of
from tawteen.appraise.risk.cash_model import DRIVERS, CashModel, PathCash, PathEvents
from tawteen.appraise.risk.correlation import Correlation, Matrix, mixing
from tawteen.appraise.risk.distributions import Distribution
from tawteen.appraise.risk.model import SimulationResult
from tawteen.case.findings import CaseError, Finding
from tawteen.progress import ProgressCallback, ProgressEvent

Numbers = NDArray[np.float64]
Inputs = Mapping[str, Distribution]


def checked(inputs: Inputs) -> None:
    """Raises CaseError for unknown inputs and for values outside the bounds of their driver."""
    findings = []
    for name, distribution in inputs.items():
        driver = DRIVERS.get(name)
        if driver is None:
            known = ", ".join(DRIVERS)
            findings.append(Finding("error", "risk.input_unknown", value=name, args={"input": name, "known": known}))
            continue
        low, high = distribution.span
        if low < driver.least or high > driver.most:
            args = {"input": name, "low": low, "high": high, "least": driver.least, "most": driver.most}
            findings.append(Finding("error", "risk.input_outside", value=f"{low:g} … {high:g}", args=args))
    if findings:
        raise CaseError(findings)


def simulate(
    model: CashModel,
    inputs: Inputs,
    correlation: Correlation | None = None,
    *,
    paths: int = 10_000,
    seed: int = 1,
    events: bool = True,
    debt_service: ArrayLike | None = None,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
) -> SimulationResult:
    """Simulates the option on `paths` draws of the `inputs` (see `DRIVERS`) under rank `correlation`.

    `events`: gates, success and survival happen or not on each path; otherwise they count as expected values.
    `debt_service`: what is paid to lenders in each period, not below 0. The same seed gives the same paths on any
    number of cores. Raises CaseError for bad inputs, ValueError for less than one path or a debt of another length.
    """
    checked(inputs)
    if paths < 1:
        raise ValueError(f"{paths} paths: at least one")
    owed = None if debt_service is None else np.asarray(debt_service, np.float64)
    if owed is not None and owed.shape != (model.periods,):
        raise ValueError(f"debt service of shape {owed.shape}: one number for each of {model.periods} periods")
    run = _Run(model, inputs, mixing(list(inputs), correlation), seed, events and model.uncertain, owed)
    out = _Outcome(np.full((4, paths), np.nan), np.full(paths, -1, np.int8))
    together = SIMULATION.paths_at_once
    halted, count = threading.Event(), -(-paths // together)

    def run_chunk(chunk: int) -> None:
        if not halted.is_set():
            run.chunk(chunk, out.part(chunk * together, min((chunk + 1) * together, paths)))

    # Chunks already fill the cores; matrix products that spread over them as well would only wait for each other.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(min(count, os.cpu_count() or 1)) as pool:
        for number, job in enumerate(as_completed([pool.submit(run_chunk, chunk) for chunk in range(count)]), 1):
            job.result()
            if progress is not None:
                progress(ProgressEvent("simulating", number / count, subject=model.option))
            if stop is not None and stop():
                halted.set()
    ran = out.kind >= 0
    npv, irr, payback, cover = out.numbers if ran.all() else out.numbers[:, ran]
    return SimulationResult(
        option=model.option,
        view=model.view,
        inputs=tuple(inputs),
        seed=seed,
        requested=paths,
        npv=npv,
        irr=irr,
        irr_kind=out.kind[ran],
        payback=payback,
        cover=None if owed is None else cover,
    )


def draw(inputs: Inputs, mix: Matrix, random: np.random.Generator, paths: int) -> dict[str, Numbers]:
    """Returns the drawn values of each input on `paths` paths."""
    scores = np.ascontiguousarray((random.standard_normal((paths, len(inputs))) @ mix.T).T)
    return {
        name: distribution.quantile_of_score(z) for (name, distribution), z in zip(inputs.items(), scores, strict=True)
    }


@dataclass(frozen=True)
class _Outcome:
    """For each path (column): npv, irr, payback, cover; and the kind of its rate (−1: not run)."""

    numbers: Numbers
    kind: NDArray[np.int8]

    def part(self, first: int, last: int) -> _Outcome:
        """Returns writable views of a range of paths."""
        return _Outcome(self.numbers[:, first:last], self.kind[first:last])


@dataclass(frozen=True)
class _Run:
    """Inputs shared by all chunks of paths."""

    model: CashModel
    inputs: Inputs
    mix: Matrix
    seed: int
    events: bool
    owed: Numbers | None

    def chunk(self, number: int, out: _Outcome) -> None:
        """Simulates the paths of `out`; their draws depend on the seed and the chunk number alone."""
        paths, model = len(out.kind), self.model
        random = np.random.default_rng([self.seed, number])
        values = draw(self.inputs, self.mix, random, paths)
        events = self._events(random, paths) if self.events else None
        cash = model.cash(values or {"delay": np.zeros(paths)}, events)
        total = cash.total
        out.numbers[0] = total @ model.discounts
        out.numbers[1], out.kind[:] = rates_of(total, model.per_year)
        out.numbers[2] = _payback(total, cash.residual, model.start) / model.per_year
        if self.owed is not None:
            out.numbers[3] = _cover(cash, self.owed)

    def _events(self, random: np.random.Generator, paths: int) -> PathEvents:
        opens, succeeds, lasts = random.random((3, paths))
        return PathEvents(opens < self.model.chance, succeeds < self.model.success, lasts)


def _payback(total: Numbers, residual: Numbers, start: int) -> Numbers:
    """Returns periods from `start` until cumulated cash is and stays non-negative; infinite if never.

    The residual value does not count: it is no payment.
    """
    sums = np.cumsum(total, axis=1)
    sums[:, -1] -= residual
    owed = sums < -SIMULATION.payback_dust * np.maximum(sums.max(axis=1), -sums.min(axis=1))[:, None]
    last = total.shape[1] - 1 - owed[:, ::-1].argmax(axis=1)
    periods = np.where(owed[:, -1], np.inf, last + 2.0 - start)
    return np.where(owed.any(axis=1), periods, 0.0)


def _cover(cash: PathCash, owed: Numbers) -> Numbers:
    """Returns the least debt service cover ratio by path: operating cash since the last payment over each payment.

    Infinite without debt service.
    """
    due = np.flatnonzero(owed > 0)
    if not len(due):
        return np.full(len(cash.operating), np.inf)
    earned = np.add.reduceat(cash.operating[:, : due[-1] + 1], np.concatenate([[0], due[:-1] + 1]), axis=1)
    return np.asarray((earned / owed[due]).min(axis=1))
