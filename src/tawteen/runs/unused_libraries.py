"""Libraries that others load where they find them, and that the program never uses."""

from __future__ import annotations

import sys

UNUSED = ("sqlalchemy",)
"""dataframely offers types of databases with SQLAlchemy, which takes a fifth of a second to load."""


def leave_out_unused() -> None:
    """Makes `UNUSED` look as if they were not installed; for processes that run nothing but the program."""
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
