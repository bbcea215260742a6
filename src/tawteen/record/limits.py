"""How large a record and what belongs to it may be, and how well keys are protected: stated once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordLimits:
    """Largest sizes that are read (a larger one is refused with the limit named), and least ones that are written.

    A record has no limit of entries: they are read one by one.
    """

    line_bytes: int = 16_000_000
    """Bytes of one entry; an import of some 100,000 cells stays below."""
    line_nesting: int = 20
    """Lists and objects inside each other in an entry."""
    name_characters: int = 200
    """Characters of a name: of a person, a party, a part of a subject, a key."""
    note_bytes: int = 100_000
    """Bytes of a checkpoint with its signatures, of a key, and of a file with a passphrase."""
    signatures: int = 64
    """Signatures under one checkpoint."""
    listed_faults: int = 20
    """Faults of entries that are listed; of the others the number is told."""
    lines_per_event: int = 5_000
    """Entries between two reports of progress."""
    passphrase_characters: int = 10
    """Least number of characters of the passphrase of a new key."""
    passphrase_rounds: int = 600_000
    """Rounds of PBKDF2-HMAC-SHA256 between passphrase and key, as OWASP's Password Storage Cheat Sheet asks for (2023):
    more of them slow down guessing, and each reading of a key."""


RECORD_LIMITS = RecordLimits()
