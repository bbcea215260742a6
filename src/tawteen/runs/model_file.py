"""The whole model of a case as a file for other solvers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tawteen.runs.scenario import refuse_unknown
from tawteen.runs.usage_error import UsageError

if TYPE_CHECKING:
    from tawteen.case.model import Case
    from tawteen.plan.model_file import ModelSize
    from tawteen.plan.programme import Scenario
    from tawteen.progress import ProgressCallback

SUFFIX = ".mps"


def require_model_path(path: Path) -> None:
    """Raises UsageError where `path` does not end in .mps, has no folder, or is what no model file may replace.

    An earlier model file is replaced; a file that Tawteen did not write is not.
    """
    from tawteen.plan.model_file import FIRST_LINE

    if path.suffix.lower() != SUFFIX:
        raise UsageError("cli.not_mps", path=str(path))
    if path.is_symlink() and not path.exists():
        raise UsageError("cli.broken_link", path=str(path))
    if not path.absolute().parent.is_dir():
        raise UsageError("cli.no_parent", path=str(path.absolute().parent))
    if path.exists():
        if not path.is_file():
            raise UsageError("cli.exists", path=str(path))
        with path.open("rb") as file:
            if file.read(len(FIRST_LINE)) != FIRST_LINE.encode():
                raise UsageError("cli.exists", path=str(path))


def write_whole_model(
    case: Case, path: Path, scenario: Scenario, progress: ProgressCallback | None = None
) -> ModelSize:
    """Writes the model that `plan` solves for `case` under `scenario` as an MPS file, and returns its size.

    Raises UsageError as `require_model_path` does and for a scenario that does not fit, CaseError for a case without
    sites or options and for numbers that no file can hold.
    """
    from tawteen.case.checked import require_plannable
    from tawteen.plan.inputs import prepare
    from tawteen.plan.model_file import write_mps
    from tawteen.plan.problem import build_problem
    from tawteen.progress import ProgressEvent, ignore

    report = progress or ignore
    require_model_path(path)
    require_plannable(case)
    refuse_unknown(case, scenario)
    report(ProgressEvent("problem"))
    problem = build_problem(prepare(case, scenario))
    report(ProgressEvent("writing"))
    return write_mps(problem, path)
