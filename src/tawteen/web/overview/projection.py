"""From degrees to the units of a map: equirectangular, with true lengths at the middle latitude."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians

from tawteen.web.params import OVERVIEW

Position = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True)
class Projection:
    """A window of the world, `per_degree` units of the drawing for a degree of latitude."""

    north: float
    west: float
    per_degree: float
    squeeze: float
    width: float
    height: float

    @classmethod
    def window(cls, positions: Iterable[Position]) -> Projection:
        """The window that holds all positions, with a margin. Raises ValueError without any."""
        listed = list(positions)
        south, north = min(lat for lat, _ in listed), max(lat for lat, _ in listed)
        west, east = min(lon for _, lon in listed), max(lon for _, lon in listed)
        squeeze = max(cos(radians((south + north) / 2)), 0.01)
        # A single place gets a window of a degree.
        high, wide = max(north - south, 1.0), max((east - west) * squeeze, 1.0)
        inner = 1.0 - 2 * OVERVIEW.map_margin
        per_degree = inner * min(OVERVIEW.map_width / wide, OVERVIEW.map_height / high)
        width, height = wide * per_degree / inner, high * per_degree / inner
        return cls(
            north=(south + north) / 2 + height / per_degree / 2,
            west=(west + east) / 2 - width / per_degree / squeeze / 2,
            per_degree=per_degree, squeeze=squeeze, width=width, height=height,
        )  # fmt: skip

    def point(self, position: Position) -> tuple[float, float]:
        """Where a position is drawn: from the left, and from the top."""
        lat, lon = position
        return (lon - self.west) * self.squeeze * self.per_degree, (self.north - lat) * self.per_degree
