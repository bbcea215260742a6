"""A request that cannot be carried out as it was made, as opposed to a case that holds faults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tawteen.case.findings import Finding, list_of
from tawteen.words import Words, language


class UsageError(Exception):
    """An argument cannot be used as typed; `code` and `args` select the sentence that explains it."""

    def __init__(self, code: str, /, **args: Any) -> None:
        super().__init__(code)
        self.findings: Sequence[Finding] = (Finding("error", code, args=args),)

    def __str__(self) -> str:
        """The sentences in the language of `tawteen.words.language`."""
        return list_of(self.findings, Words(language()))

    @classmethod
    def from_findings(cls, findings: Sequence[Finding]) -> UsageError:
        """A UsageError with `findings` about an argument."""
        wrong = cls(findings[0].code)
        wrong.findings = findings
        return wrong
