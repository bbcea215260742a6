"""A visit to a site as a submission states it: observations of cells, with position, moments and photos."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tawteen.case.cells import exact_text

UNKNOWN_ANSWER = "unknown"
"""The code by which every list says that something is not known."""

Observed = str | float | dt.date


@dataclass(frozen=True)
class Position:
    """Degrees north and east (WGS 84), and the accuracy in metres where the telephone states one."""

    lat: float
    lon: float
    accuracy: float | None = None

    def __str__(self) -> str:
        accuracy = "" if self.accuracy is None else f" ±{self.accuracy:.0f} m"
        return f"{self.lat:.5f}, {self.lon:.5f}{accuracy}"


@dataclass(frozen=True)
class SurveyPhoto:
    """A photo by the name of its file. `field`: the question that it answers; `arrived`: whether its file is there."""

    name: str
    field: str
    caption: str = ""
    arrived: bool = False


@dataclass(frozen=True)
class Observation:
    """What a surveyor saw of one cell, graded *inspected*.

    `row`: key of the row, its parts joined by /. `unit`: of the column, with the currency of the case. `as_of`: the day
    that it is known of, None where the clock of the telephone cannot be believed. `basis`: what shows it.
    """

    table: str
    row: str
    column: str
    value: Observed
    unit: str | None
    as_of: dt.date | None
    basis: str = ""
    photos: tuple[str, ...] = ()

    @property
    def cell(self) -> tuple[str, str, str]:
        """Table, row and column."""
        return self.table, self.row, self.column

    @property
    def states_value(self) -> bool:
        """Whether something was found out: who could not find out whether a gate is open contradicts nobody."""
        return self.value != UNKNOWN_ANSWER

    @property
    def text(self) -> str:
        """The value as it would stand in the cell."""
        return exact_text(self.value) if isinstance(self.value, float) else str(self.value)


@dataclass(frozen=True)
class SiteVisit:
    """One submission, read. `replaces`: the instance of which it is a corrected copy.

    `day`: of the visit, None where the clock of the telephone cannot be believed. `begun` and `ended`: moments at which
    the form was begun and ended, as the telephone stated them. `file`: the first of the files it came in.
    """

    instance: str
    replaces: str | None
    form: str
    version: str
    file: str
    site: str
    surveyor: str
    day: dt.date | None
    begun: str | None
    ended: str | None
    position: Position | None
    photos: tuple[SurveyPhoto, ...]
    remarks: str
    observations: tuple[Observation, ...]
