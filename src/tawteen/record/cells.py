"""Cells of the record: what entries state of them, which versions stand, and to whom they are released."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from tawteen.record.canonical import canonical_bytes

EVERY_PART = "*"
"""A part of the subject of a release that means all."""
_OF_THE_CELL = frozenset(("table", "row", "column", "value", "version", "also"))
"""Fields of the content that say which cell is changed, and how: all others are details."""


class Place(NamedTuple):
    """Where a cell stands: `row` is the key of the row."""

    table: str
    row: str
    column: str


@dataclass(frozen=True)
class Version:
    """A value that an entry gave a cell.

    `number` is that of the entry, `replaces` the numbers of the versions that its author saw and replaced. `details`
    are the other fields of the content, such as grade and source.
    """

    number: int
    value: Any
    party: str
    person: str
    time: str
    replaces: tuple[int, ...]
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CellRelease:
    """Cells of a party that others may see: versions before the entry `number` and, with `later`, those after it."""

    number: int
    party: str
    place: Place
    receivers: frozenset[str]
    later: bool

    def shows(self, place: Place, version: Version, party: str) -> bool:
        """Whether the release shows a version of a cell to a party."""
        return (
            party in self.receivers
            and version.party == self.party
            and (self.later or version.number < self.number)
            and all(part in (EVERY_PART, own) for part, own in zip(self.place, place, strict=True))
        )


def stated_versions(fields: Mapping[str, Any]) -> Iterator[tuple[Place, Version]]:
    """The versions of cells that an entry with these fields states, in its order; none for acts about other things."""
    content = fields["content"]
    if fields["act"] in ("cell", "settle"):
        yield Place(*fields["subject"]), _version(fields, content, tuple(fields["based_on"]))
    elif fields["act"] in ("import", "submission"):
        for cell in content.get("cells", ()):
            replaced = (*((cell["version"],) if cell["version"] else ()), *cell.get("also", ()))
            yield Place(cell["table"], cell["row"], cell["column"]), _version(fields, cell, replaced)


def _version(fields: Mapping[str, Any], content: Mapping[str, Any], replaced: tuple[int, ...]) -> Version:
    details = {name: value for name, value in content.items() if name not in _OF_THE_CELL}
    author = fields["party"], fields["person"], fields["time"]
    return Version(fields["number"], content["value"], *author, replaced, details)


def standing(history: Sequence[Version]) -> list[Version]:
    """The versions of a cell that no other one of its history replaces; several are a conflict."""
    replaced = {number for version in history for number in version.replaces}
    return [version for version in history if version.number not in replaced]


def differ(versions: Sequence[Version]) -> bool:
    """Whether versions that stand beside each other state different values: where they agree, none is to be settled."""
    return any(version.value != versions[0].value for version in versions)


def cells_hash(cells: Iterable[tuple[Place, Sequence[Version]]]) -> str:
    """SHA-256 of cells with the versions that stand, by place: of each one a line of canonical JSON, place and values.

    A cell in conflict has several values, in the order of their entries; one that holds none is left out.
    """
    digest = sha256()
    for place, versions in cells:
        values = [version.value for version in versions]
        if values and values != [None]:
            digest.update(canonical_bytes([*place, values]) + b"\n")
    return digest.hexdigest()
