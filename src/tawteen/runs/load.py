"""Reading a case or a programme from where it is kept, with its checks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tawteen.case.findings import CaseError, Finding
from tawteen.runs.programme_folder import PROGRAMME
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.params import SearchParams
    from tawteen.plan.programme import Programme


def read_whole(path: Path) -> tuple[Case, list[Finding]]:
    """The case, and the notes and warnings of reading it. Raises UsageError if `path` does not exist."""
    if not path.exists():
        raise UsageError("cli.no_case", path=str(path))
    from tawteen.case.read import read_case_with_findings

    return read_case_with_findings(path)


def require_programme(folder: Path) -> Path:
    """The file of the programme that `tawteen plan` left in `folder`. Raises UsageError where there is none."""
    path = folder / PROGRAMME if folder.is_dir() else folder
    if not path.is_file():
        raise UsageError("cli.no_programme", path=str(path))
    return path


def load_programme(folder: Path) -> Programme:
    """The programme that `tawteen plan` left in `folder`. Raises UsageError where there is none."""
    path = require_programme(folder)
    from tawteen.plan.programme_file import read_programme

    return read_programme(path)


def search_params(path: Path | None) -> SearchParams:
    """The parameters in a TOML profile, the defaults without one.

    Raises UsageError where it names unknown parameters or values outside their range.
    """
    from tawteen.plan.params import DEFAULTS, read_params

    if path is None:
        return DEFAULTS
    try:
        return read_params(path)
    except CaseError as error:
        raise UsageError.from_findings(error.findings) from error
