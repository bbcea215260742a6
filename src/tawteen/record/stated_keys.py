"""The keys that a record itself states: of the workspace that signs and of the parties that cosign, with rotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tawteen.record.entry import RecordLine
from tawteen.record.errors import FaultError
from tawteen.record.keys import COSIGNER_KEY, LOG_KEY, VerifierKey

KEY_ACT, WORKSPACE = "key", "workspace"


@dataclass(frozen=True)
class StatedKey:
    """A key of a holder: `workspace` or a party.

    `number` is that of its entry, 0 for a key that the reader gave; `replaced` is that of the entry that replaces it.
    """

    holder: str
    key: VerifierKey
    number: int
    replaced: int | None = None

    def serves(self, size: int) -> bool:
        """Whether the key signs for a record of so many entries: it is not replaced in them."""
        return self.replaced is None or size < self.replaced


class KeyHistory:
    """Keys in the order of their entries."""

    def __init__(self) -> None:
        self._keys: dict[int, StatedKey] = {}
        self._current: dict[str, int] = {}

    def __iter__(self) -> Iterator[StatedKey]:
        return iter(self._keys.values())

    def add(self, line: RecordLine) -> None:
        """Takes the next entry of the act `key`.

        Raises FaultError where the key is of the wrong kind for its holder, or is not based on the one that it
        replaces.
        """
        fields = line.fields or {}
        holder, key = fields["subject"][0], VerifierKey.parse(fields["content"]["verifier"])
        if key.kind != (LOG_KEY if holder == WORKSPACE else COSIGNER_KEY):
            raise FaultError("record.key_kind", "content.verifier", holder=holder)
        current = self._current.get(holder)
        if fields["based_on"] != ([] if current is None else [current]):
            raise FaultError("record.key_basis", "based_on", holder=holder)
        if current is not None:
            self._keys[current] = replace(self._keys[current], replaced=line.number)
        self._keys[line.number] = StatedKey(holder, key, line.number)
        self._current[holder] = line.number

    def trusted(self, given: Iterable[VerifierKey]) -> list[StatedKey]:
        """The keys that count where the reader has `given` some: these, and those that replace them one by one.

        Without any given, all keys of the record.
        """
        given = list(given)
        if not given:
            return list(self._keys.values())
        trusted: list[StatedKey] = []
        holders: set[str] = set()
        for stated in self._keys.values():
            if stated.key in given or stated.holder in holders:
                holders.add(stated.holder)
                trusted.append(stated)
        known = {stated.key for stated in trusted}
        return trusted + [StatedKey(_holder(key), key, 0) for key in given if key not in known]


def _holder(key: VerifierKey) -> str:
    """What the holder of a key is called that the record does not name."""
    return WORKSPACE if key.kind == LOG_KEY else key.name
