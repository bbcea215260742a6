"""What is wrong with a case or worth knowing: a code, a place and arguments, and their text in one language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tawteen.case.names import fold, visible
from tawteen.case.params import MESSAGE
from tawteen.words import Words, language

SEVERITIES = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """One message. `severity` error stops the run, warning and note do not.

    `code` names the sentence in `tawteen.words`; `args` fill it. `file`, `row`, `column`, `value` say where. Their
    texts are kept in the form of `tawteen.case.names.visible`, so that no file can steer the terminal that shows them.
    """

    severity: Literal["error", "warning", "note"]
    code: str
    table: str | None = None
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    args: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Severity, place and sentence in the language of `tawteen.words.language`."""
        return text_of(self, Words(language()))

    def __post_init__(self) -> None:
        for name in ("file", "column", "value"):
            text = getattr(self, name)
            if text is not None:
                object.__setattr__(self, name, visible(text))
        shown = {name: visible(one, 1000) if isinstance(one, str) else one for name, one in self.args.items()}
        object.__setattr__(self, "args", shown)


class CaseError(Exception):
    """A case that cannot be used; carries every finding, at least one of them an error."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(findings)
        self.findings = findings

    def __str__(self) -> str:
        """Every finding with its place, value and remedy, in the language of `tawteen.words.language`."""
        return list_of(self.findings, Words(language()))


def sentence_of(finding: Finding, words: Words) -> str:
    """The sentence of a finding, without its place."""
    where = {"file": finding.file, "row": finding.row, "column": finding.column, "value": finding.value}
    where["table"] = finding.table
    known = {key: value for key, value in where.items() if value is not None}
    return words.say(finding.code, {**known, **_arguments(finding.args, words)})


_MAY_BE_EMPTY = frozenset(("region", "authority", "field", "origin", "supplier", "known", "rules", "options", "sites"))
"""Arguments of sentences that name things of the case, of which there may be none."""


def _arguments(args: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Arguments of a sentence in one language: grades of evidence and tables by their names, a day nobody knows."""
    texts = dict(args)
    if "tables" in texts:
        from tawteen.case.tables import SHEETS, TITLES  # noqa: PLC0415 - as below

        names = [f"{words.pick((TITLES | SHEETS)[name])} ({name})" for name in texts["tables"]]
        texts["tables"] = words.say("cli.comma").join(names)
    if "grade" in texts:
        from tawteen.case.codes import codes  # noqa: PLC0415 - the schema of all tables is slow to load

        if known := codes("grades").get(str(texts["grade"])):
            texts["grade"] = words.pick(known).lower()
    if "list" in texts:
        texts["known"] = _labelled_codes(str(texts["known"]), str(texts["list"]), words)
    if "as_of" in texts and not texts["as_of"]:
        texts["as_of"] = words.say("cli.no_day")
    # A sentence with a hole in it reads as broken: what a case leaves empty is called none.
    return {
        key: words.say("cli.none") if value in ("", None) and key in _MAY_BE_EMPTY else value
        for key, value in texts.items()
    }


def _labelled_codes(known: str, name: str, words: Words) -> str:
    """Codes of the list `name`, as they stand in `known`, with their labels in the language of the reader."""
    from tawteen.case.codes import codes  # noqa: PLC0415 - the schema of all tables is slow to load

    labels = codes(name)
    labelled = []
    for code in known.split(", "):
        label = words.pick(labels[code]) if code in labels else code
        labelled.append(code if fold(label) == fold(code) else f"{label} ({code})")
    return words.say("cli.comma").join(labelled)


def place_of(finding: Finding, words: Words) -> str:
    """File, row, column and value of a finding, as far as it has them."""
    parts = [
        finding.file or finding.table,
        words.say("cli.row", {"row": finding.row}) if finding.row is not None else None,
        words.say("cli.column", {"column": finding.column}) if finding.column else None,
        words.say("cli.value", {"value": finding.value}) if finding.value is not None else None,
    ]
    return " · ".join(part for part in parts if part)


def text_of(finding: Finding, words: Words) -> str:
    """One line: severity, place and sentence."""
    place = place_of(finding, words)
    head = words.say(f"cli.{finding.severity}") + (f"  {place}" if place else "")
    return f"{head}: {sentence_of(finding, words)}"


def list_of(findings: Sequence[Finding], words: Words, most: int = MESSAGE.printed) -> str:
    """Findings as lines, errors first, no more than `most`, with their counts where there are several."""
    ordered = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    lines = [text_of(finding, words) for finding in ordered[:most]]
    if len(ordered) > 1:
        counts: Counter[str] = Counter(finding.severity for finding in ordered)
        known = [severity for severity in SEVERITIES if severity in counts]
        lines.append(words.say("cli.comma").join(words.say(f"cli.count.{s}", n=counts[s]) for s in known))
    return "\n".join(lines)
