"""An entry of the record, and the line of canonical JSON that states it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tawteen.record.acts import is_hash, is_name, is_number_of_entry, is_time, known_acts
from tawteen.record.canonical import canonical_bytes, read_canonical
from tawteen.record.errors import FaultError
from tawteen.record.tree import leaf_hash

ENTRY_FIELDS = frozenset(("act", "based_on", "content", "number", "party", "person", "salt", "subject", "time"))
WITHHELD_FIELDS = frozenset(("leaf", "number"))
SALT_BYTES = 16
"""Size of a salt, which is part of the format of an entry."""
_SALT = re.compile(f"[0-9a-f]{{{2 * SALT_BYTES}}}")


def new_salt() -> str:
    """A random salt of 128 bits."""
    return secrets.token_hex(SALT_BYTES)


@dataclass(frozen=True)
class Entry:
    """One act on the record.

    `number` counts from 1 and is the size of the record that ends with the entry. `time` is UTC to the second
    (RFC 3339). `subject` names what the act is about, in the parts that `act` asks for. `based_on` are the numbers of
    the earlier entries that the act was based on, ascending. `salt` is random, so that the hash of an entry that is
    withheld from a party does not let it guess the content.
    """

    number: int
    time: str
    person: str
    party: str
    act: str
    subject: tuple[str, ...]
    content: Mapping[str, Any]
    based_on: tuple[int, ...] = ()
    salt: str = field(default_factory=new_salt)

    def line(self) -> bytes:
        """The canonical JSON of the entry, without an end of line. Raises FaultError where the entry is not valid."""
        value = {**vars(self), "subject": list(self.subject), "based_on": list(self.based_on)}
        line = canonical_bytes(value)
        check_entry(read_canonical(line))
        return line

    def line_around(self, content: bytes) -> bytes:
        """As `line`, for a content whose canonical JSON was made and checked before: the rest is not checked."""
        value = {**vars(self), "subject": list(self.subject), "based_on": list(self.based_on), "content": None}
        # No text of JSON holds this: its quotation marks would be escaped.
        return canonical_bytes(value).replace(b'"content":null', b'"content":' + content, 1)

    def leaf(self) -> bytes:
        """The hash of the entry in the Merkle tree. Raises FaultError where the entry is not valid."""
        return leaf_hash(self.line())


class RecordLine(NamedTuple):
    """What a line of a record states: its number, its leaf hash, and its fields; None where they are withheld."""

    number: int
    leaf: bytes
    fields: Mapping[str, Any] | None

    def entry(self) -> Entry:
        """The entry of the line. Raises ValueError where it is withheld."""
        if self.fields is None:
            raise ValueError(f"entry {self.number} is withheld")
        fields = dict(self.fields)
        return Entry(**{**fields, "subject": tuple(fields["subject"]), "based_on": tuple(fields["based_on"])})


def withheld_line(number: int, leaf: bytes) -> bytes:
    """The line that stands in a copy for an entry that its reader may not see: its number and leaf hash."""
    return canonical_bytes({"leaf": leaf.hex(), "number": number})


def read_line(line: bytes) -> RecordLine:
    """What a line without its end states.

    Raises FaultError where it is not canonical JSON, no entry and not withheld, or not as its act asks for.
    """
    value = read_canonical(line)
    if isinstance(value, dict) and value.keys() == WITHHELD_FIELDS:
        if not is_number_of_entry(value["number"]):
            raise FaultError("record.number", "number")
        if not is_hash(value["leaf"]):
            raise FaultError("record.leaf", "leaf")
        return RecordLine(value["number"], bytes.fromhex(value["leaf"]), None)
    check_entry(value)
    return RecordLine(value["number"], leaf_hash(line), value)


def check_entry(value: Any) -> None:
    """Raises FaultError where a value of JSON is no valid entry, with the field that is wrong."""
    if not isinstance(value, dict):
        raise FaultError("record.no_object")
    if value.keys() != ENTRY_FIELDS:
        unknown, missing = sorted(value.keys() - ENTRY_FIELDS), sorted(ENTRY_FIELDS - value.keys())
        if unknown:
            raise FaultError("record.unknown_field", unknown[0], name=unknown[0])
        raise FaultError("record.missing_field", missing[0], name=missing[0])
    number, subject, based_on = value["number"], value["subject"], value["based_on"]
    if not is_number_of_entry(number):
        raise FaultError("record.number", "number")
    if not is_time(value["time"]):
        raise FaultError("record.time", "time")
    for name in ("person", "party", "act"):
        if not is_name(value[name]):
            raise FaultError("record.name", name)
    if not isinstance(value["salt"], str) or not _SALT.fullmatch(value["salt"]):
        raise FaultError("record.salt", "salt")
    if not isinstance(subject, list) or not subject or not all(map(is_name, subject)):
        raise FaultError("record.names", "subject")
    if not isinstance(value["content"], dict):
        raise FaultError("record.content", "content")
    _check_basis(based_on, number)
    act = known_acts().get(value["act"])
    if act is None:
        raise FaultError("record.unknown_act", "act", act=value["act"])
    act.check(subject, value["content"], based_on)


def _check_basis(based_on: Any, number: int) -> None:
    """Raises FaultError where an entry is not based on earlier ones, each named once in ascending order."""
    if not isinstance(based_on, list) or not all(map(is_number_of_entry, based_on)):
        raise FaultError("record.based_on", "based_on")
    previous = 0
    for basis in based_on:
        if not previous < basis < number:
            raise FaultError("record.based_on", "based_on")
        previous = basis
