"""How large submissions may be, and how what telephones measure is judged: stated once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SurveyParams:
    """Largest sizes of submissions that are read, and limits within which positions and clocks are believed."""

    instance_bytes: int = 1_000_000
    """Bytes of the XML of one submission; one of the longest form with every question answered has some 20,000."""
    elements: int = 5_000
    """Elements of one submission."""
    nesting: int = 12
    """Elements inside each other in a submission; the forms have five."""
    text_characters: int = 4_000
    """Characters of one answer."""
    name_characters: int = 200
    """Characters of the name of an instance, a form or a photo."""
    files: int = 100_000
    """Files of a folder of collected submissions."""
    forms_kept: int = 16
    """XForms that are kept in memory: making one takes a quarter of a second."""
    photo_pixels: int = 1600
    """Longer side of a photo in pixels, to which a telephone reduces it: some 400 kB."""
    near_metres: float = 1_000.0
    """Distance of a position from that of the registry up to which both are the same place: plants are large."""
    nowhere_degrees: float = 0.01
    """Degrees from 0° north 0° east within which a position is one that a telephone did not have."""
    accuracy_metres: float = 200.0
    """Accuracy of a position from which it is too coarse to stand in the registry."""
    clock_days: int = 1
    """Days by which a date may lie after the day on which a submission arrived: time zones."""
    oldest_days: int = 1_100
    """Days before its arrival from which a date comes from a clock that was reset."""
    empty_lines: int = 4
    """Rows for production lines on a paper form that is of no site yet."""
    version_digits: int = 8
    """Hexadecimal digits of each of the two parts of the version of a form."""
    id_digits: int = 16
    """Hexadecimal digits of the ids of observations and of their sources."""


SURVEY = SurveyParams()
