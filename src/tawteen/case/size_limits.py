"""How large a case may be: stated once, checked before a file is read or computed with.

What a workbook may hold is stated by `tawteen.case.workbook_file.WorkbookLimits`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tawteen.case.findings import CaseError, Finding


@dataclass(frozen=True)
class SizeLimits:
    """Largest sizes of a case that are read; a larger one is refused with the limit named.

    They keep a reader below some 2.5 GB of memory; cases of 10,000 sites stay below a tenth of them.
    """

    file_bytes: int = 200_000_000
    """Bytes of one CSV file."""
    settings_bytes: int = 1_000_000
    """Bytes of `case.toml`."""
    outline_bytes: int = 20_000_000
    """Bytes of the outline on the map."""
    outline_points: int = 200_000
    """Points of the outline on the map."""
    rows: int = 1_000_000
    """Rows of one table."""
    columns: int = 200
    """Columns of one table, named or not."""
    cells: int = 20_000_000
    """Cells of one table, filled or not: rows times columns."""
    cell_characters: int = 32_767
    """Characters of one cell, the most that a spreadsheet keeps."""
    nesting: int = 20
    """Lists and sections inside each other in `case.toml` and the outline."""
    digits: int = 40
    """Digits of one number in `case.toml`."""
    entries: int = 1_000
    """Entries of one list of `case.toml`."""
    source_bytes: int = 50_000_000
    """Bytes of a file of another program that is imported."""
    source_columns: int = 2_000
    """Columns of such a file: places of its values."""
    source_nesting: int = 30
    """Lists and objects inside each other in such a file (JSON, XML); values deeper inside are left out."""
    mapping_bytes: int = 1_000_000
    """Bytes of the mapping of an import."""
    regions: int = 1_000
    """Regions; every commodity has a balance in each of them and every quarter."""
    balances: int = 2_000_000
    """Regions times commodities times quarters: balances of goods that a plan keeps."""


SIZE_LIMITS = SizeLimits()


def too_long(file: str, size: float, most: float) -> Finding:
    """The finding about a file of `size` bytes where `most` are read."""
    return Finding("error", "file.too_long", file=file, args={"size": f"{size / 1e6:.3g}", "most": f"{most / 1e6:.3g}"})


def read_within(path: Path, most: int) -> bytes:
    """The bytes of a file, which is measured first. Raises CaseError where it has more than `most`, and OSError."""
    size = path.stat().st_size
    if size > most:
        raise CaseError([too_long(path.name, size, most)])
    return path.read_bytes()


def unreadable(path: Path, error: OSError) -> Finding:
    """The finding about a file that is missing, or that the system does not let us read."""
    code = "file.missing" if isinstance(error, FileNotFoundError) else "file.unreadable"
    return Finding("error", code, file=path.name, args={"path": str(path), "said": error.strerror or str(error)})
