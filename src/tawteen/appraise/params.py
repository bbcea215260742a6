"""Numbers that tune the methods of appraisal: how finely rates are searched, and what counts as rounding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CashRoundingParams:
    """What counts as rounding in cash flows, accounts and results, wherever they are worked out."""

    dust: float = 1e-9
    """Share of the largest amount of a flow or a line, or of 1 for a share, that counts as rounding."""
    constant: float = 1e-9
    """Share of the size of a result, or of a flow, up to which its spread, its change or a part of it counts as
    none."""
    zero: float = 1e-9
    """Amount, in the unit of money in use, up to which there is no debt, no debt service and no denominator."""


CASH_ROUNDING = CashRoundingParams()


@dataclass(frozen=True)
class RateSearchParams:
    """How internal rates of return are searched."""

    widest_factor: float = 1e4
    """Factor of a year that is searched, and its inverse: rates from −99.99 % to 999,900 % a year."""
    grid_points: int = 97
    """Points of the grid of factors for flows by quarter. More points tell closer pairs of rates apart and take
    longer."""
    grid_crowding: float = 5.0
    """Density of the grid around a rate of 0. A larger number makes it finer there and coarser at extreme rates."""
    widest_power: float = 280.0
    """Powers of ten that the factor of the whole horizon may have; a float holds 308."""
    rows_at_once: int = 4096
    """Cash flows that are searched together: their values on the grid fit the cache of a core."""
    newton_steps: int = 100
    """Steps of Newton's method or of bisection after which a root counts as found."""
    tolerance: float = 1e-12
    """Relative change of a factor below which its root counts as found."""
    smallest_rate: float = 1e-100
    """Rate of a loan below which it counts as 0: its inverse would lose its digits."""


RATE_SEARCH = RateSearchParams()


@dataclass(frozen=True)
class SimulationParams:
    """How cash flows are drawn, and how their inputs are searched for a target."""

    paths_at_once: int = 2048
    """Paths that are drawn together, with random numbers of their own: their cash fits the cache of a core. Another
    number gives other paths for the same seed."""
    payback_dust: float = 1e-6
    """Share of the largest cumulated cash below which cash that is still owed counts as 0."""
    pert_score: float = 6.0
    """Standard normal score beyond which quantiles of a PERT distribution stay as they are (1 draw in 5e8)."""
    pert_knots: int = 1025
    """Exact quantiles between which those of a PERT distribution are interpolated; 1025 give ten digits."""
    correlation_rounding: float = 1e-9
    """Size of a negative eigenvalue of a correlation matrix that counts as rounding."""
    correlation_tolerance: float = 1e-12
    """Change of a correlation below which the nearest correlation matrix counts as found."""
    seek_points: int = 401
    """Points of the range in which a goal seek brackets roots. More points tell closer roots apart and take longer."""
    seek_tolerance: float = 1e-13
    """Error of the root of a goal seek, in the unit of its input."""
    sobol_rows: int = 8192
    """Points of a Sobol sample that are evaluated together; more take more memory."""
    dearer: float = 2.0**-7
    """Share by which foreign money is made dearer to tell the foreign part of a flow, which is linear in it."""


SIMULATION = SimulationParams()


@dataclass(frozen=True)
class StatementParams:
    """When the accounts of a study are settled, and which differences in them are told."""

    zero_rate: float = 1e-12
    """Rate a period up to which an annuity is the equal part: its formula would divide by it."""
    sculpting_rounds: int = 60
    """Rounds in which sculpted repayments and income tax are solved together; about ten are needed."""
    sculpting_tolerance: float = 1e-12
    """Relative change of tax and debt from round to round below which they are settled."""
    opening_gap: float = 1e-6
    """Share of the opening assets by which claims may differ from them."""
    draw_excess: float = 1e-6
    """Share of the outlays of an option by which an amount that is asked of a fund may exceed them without a note."""


STATEMENT = StatementParams()


@dataclass(frozen=True)
class StudyAnalysisParams:
    """Which changes of its inputs a study is worked out for."""

    factors: tuple[float, ...] = (0.8, 0.9, 1.1, 1.2)
    """Factors of each input in the table of sensitivity."""
    searched: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
    """Factors between which switching values are bracketed; a value beyond the last one is not found."""
    tolerance: float = 1e-10
    """Error of a switching factor."""


STUDY_ANALYSIS = StudyAnalysisParams()


@dataclass(frozen=True)
class StudyCheckParams:
    """Bounds of the checks of a study file."""

    largest: float = 1e15
    """Largest number of a study: sums of larger ones lose single units of money."""
    shown_characters: int = 60
    """Characters of a wrong value that a message shows."""


STUDY_CHECK = StudyCheckParams()
