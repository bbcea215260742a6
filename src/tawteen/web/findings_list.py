"""Findings of a case as pages list them: errors first, each with its place; of more the number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tawteen.case.findings import SEVERITIES, Finding, place_of, sentence_of
from tawteen.web.params import UPLOAD
from tawteen.words import Words


def listed_findings(findings: Sequence[Finding], words: Words) -> dict[str, Any]:
    """What the template `findings.html` shows."""
    ordered = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    return {
        "findings": [
            {"kind": words.say(f"cli.{one.severity}"), "place": place_of(one, words), "text": sentence_of(one, words)}
            for one in ordered[: UPLOAD.listed_findings]
        ],
        "more": max(len(ordered) - UPLOAD.listed_findings, 0),
    }
