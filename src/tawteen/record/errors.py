"""What is wrong with a record, a checkpoint or a key."""

from __future__ import annotations

from typing import Any

from tawteen.case.findings import CaseError, Finding


class RecordError(CaseError):
    """A record, checkpoint or key that cannot be used; carries its findings."""


class FaultError(Exception):
    """One fault of an entry, a checkpoint or a key, before it is known in which file and line it stands.

    `code` and `args` select the sentence; `column` names the field.
    """

    def __init__(self, code: str, /, column: str | None = None, **args: Any) -> None:
        super().__init__(code)
        self.code = code
        self.column = column
        self.arguments = args

    def finding(self, file: str | None = None, row: int | None = None) -> Finding:
        """The fault as a finding about a line of a file."""
        return Finding("error", self.code, None, file, row, self.column, args=self.arguments)
