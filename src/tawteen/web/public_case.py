"""Where the public Libya case is, with which a workspace may begin."""

from __future__ import annotations

from pathlib import Path

import tawteen


def public_case() -> Path | None:
    """The folder of the case: inside the package where it is installed, in the repository where it is developed."""
    package = Path(tawteen.__file__).parent
    places = [package / "public_case", package.parents[1] / "cases" / "libya" / "case"]
    return next((path for path in places if path.is_dir()), None)
