"""Where the parts of a case lie: quick to load, for commands that only look for files."""

from __future__ import annotations

from pathlib import Path


def outline_of(case: Path) -> Path:
    """Where the outline of a case lies: in its folder or beside its workbook; of one that is not there, by its name."""
    return case.with_suffix(".geojson") if is_workbook(case) else case / "outline.geojson"


def is_workbook(case: Path) -> bool:
    """Whether a case is a workbook; of one that is not there, whether its name ends in .xlsx. Else it is a folder."""
    return case.is_file() or (case.suffix.lower() == ".xlsx" and not case.is_dir())
