"""What is wrong or worth telling: a code, where, and arguments; sentences are made at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Finding:
    """One message to be. `severity` error stops the run, warning and note do not.

    `code` names the sentence in `tawteen.words`; `args` fill it. `file`, `row`, `column`, `value` say where.
    """

    severity: Literal["error", "warning", "note"]
    code: str
    table: str | None = None
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)


class CaseError(Exception):
    """A case that cannot be used; carries every finding, at least one of them an error."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(", ".join(sorted({f.code for f in findings})))
        self.findings = findings
