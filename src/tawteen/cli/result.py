"""Result of a command and its exit code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tawteen.case.findings import Finding

if TYPE_CHECKING:
    from rich.console import RenderableType

FINE, FOUND, WRONG, BROKEN, STOPPED = 0, 1, 2, 70, 130


@dataclass(frozen=True)
class CommandResult:
    """`data` for the JSON output, `parts` for the screen, `findings` for both; `code` is the exit code."""

    data: Mapping[str, Any] = field(default_factory=dict)
    parts: Sequence[RenderableType] = ()
    findings: Sequence[Finding] = ()
    code: int = FINE


def exit_code(findings: Sequence[Finding]) -> int:
    """Errors and warnings are findings; notes are not."""
    return FOUND if any(f.severity != "note" for f in findings) else FINE
