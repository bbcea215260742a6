"""The gap of a run as a picture: the best gain so far and the bound over the seconds of work, as SVG without styles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tawteen.web.params import PLANNER_RUNS
from tawteen.words import Words

Point = Sequence[float | None]
"""Seconds of work, the best gain then, and what no programme can gain more than; None where it was not proven yet."""


def extended_history(history: Sequence[Point], point: Point) -> list[Point]:
    """The history of a run with another point, unless it says the same as the last one.

    Where it gets long, every second one of the points between the first and the last is left out.
    """
    if history and [*history[-1][1:]] == [*point[1:]]:
        return list(history)
    points = [*history, point]
    if len(points) > PLANNER_RUNS.history_points:
        points = [points[0], *points[2:-1:2], points[-1]]
    return points


def gap_chart(history: Sequence[Point], seconds: float, words: Words) -> dict[str, Any] | None:
    """The two lines up to now, with the ends of the axes in the reader's words; None before a gain is known."""
    gains = [(point[0], point[1]) for point in history if point[0] is not None and point[1] is not None]
    bounds = [(point[0], point[2]) for point in history if point[0] is not None and point[2] is not None]
    if not gains:
        return None
    last = max(seconds, gains[-1][0])
    values = [value for _, value in (*gains, *bounds)]
    low, high = min(values), max(values)
    window = (gains[0][0], last, low, high)
    gain, bound = gains[-1][1], bounds[-1][1] if bounds else None
    figures = {"gain": words.compact(gain), "seconds": words.number(round(last))}
    return {
        "width": PLANNER_RUNS.chart_width,
        "height": PLANNER_RUNS.chart_height,
        "best": _steps(gains, window),
        "bound": _steps(bounds, window) if bounds else "",
        "low": words.compact(low),
        "high": words.compact(high),
        "from": words.number(round(window[0])),
        "until": figures["seconds"],
        "said": words.say("web.run.chart.unproved", figures)
        if bound is None
        else words.say("web.run.chart.said", {**figures, "bound": words.compact(bound)}),
    }


def _steps(points: Sequence[tuple[float, float]], window: tuple[float, float, float, float]) -> str:
    """A line that keeps each value until the next one, as a path."""
    first, last, low, high = window

    def across(seconds: float) -> str:
        return f"{(seconds - first) / max(last - first, 1e-9) * PLANNER_RUNS.chart_width:.1f}"

    def down(value: float) -> str:
        share = (high - value) / (high - low) if high > low else 0.5
        return f"{PLANNER_RUNS.chart_margin + share * (PLANNER_RUNS.chart_height - 2 * PLANNER_RUNS.chart_margin):.1f}"

    path = f"M{across(points[0][0])},{down(points[0][1])}"
    path += "".join(f"H{across(seconds)}V{down(value)}" for seconds, value in points[1:])
    return f"{path}H{PLANNER_RUNS.chart_width}"
