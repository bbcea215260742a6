"""Findings as text of an entry, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tawteen.case.findings import Finding
from tawteen.case.params import MESSAGE

_FIELDS = ("severity", "code", "column", "value")


def findings_text(findings: Iterable[Finding]) -> str:
    """Findings as JSON; long values are cut."""
    return json.dumps([_stated(finding) for finding in findings], ensure_ascii=False, sort_keys=True)


def _stated(finding: Finding) -> dict[str, Any]:
    value = None if finding.value is None else finding.value[: MESSAGE.reason_characters]
    fields = {"severity": finding.severity, "code": finding.code, "column": finding.column, "value": value}
    return {name: one for name, one in fields.items() if one is not None} | {"args": dict(finding.args)}


def read_findings(text: str) -> list[Finding]:
    """The findings of such a text."""
    stated = json.loads(text) if text else []
    return [Finding(**{name: one.get(name) for name in _FIELDS}, args=one["args"]) for one in stated]
