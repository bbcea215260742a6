"""Records with keys and checkpoints for tests, as files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.record.entries import cell, cells

from tawteen.record.checkpoint import Checkpoint
from tawteen.record.entry import Entry, read_line
from tawteen.record.keys import COSIGNER_KEY, LOG_KEY, SigningKey, new_key
from tawteen.record.record_file import write_record
from tawteen.record.tree import MerkleTree

ORIGIN = "mission.example/record"
WORKSPACE = new_key(ORIGIN, LOG_KEY, seed=b"w" * 32)
HOST = new_key("mission.example/host", COSIGNER_KEY, seed=b"h" * 32)
PARTNER = new_key("mission.example/partner", COSIGNER_KEY, seed=b"p" * 32)
HOST_LATER = new_key("mission.example/host", COSIGNER_KEY, seed=b"l" * 32)
COSIGNED_AT = 1_800_000_000


def key_entry(number: int, holder: str, key: SigningKey, based_on: Sequence[int] = ()) -> Entry:
    """The entry that states a key."""
    content = {"verifier": str(key.verifier)}
    changed = {"act": "key", "party": "workspace", "subject": (holder,), "based_on": tuple(based_on)}
    return cell(number, content=content, salt=f"{number:032x}", **changed)


def keyed_entries(count: int, seed: int = 1) -> list[Entry]:
    """Entries 1 to 3 state the keys of workspace, host and partner; then cells are changed."""
    keys = [key_entry(i, *pair) for i, pair in enumerate(
        (("workspace", WORKSPACE), ("host", HOST), ("partner", PARTNER)), 1
    )]  # fmt: skip
    return renumbered([*keys, *cells(count - 3, seed)])


def renumbered(entries: Iterable[Entry]) -> list[Entry]:
    """Entries numbered in their order."""
    return [replace(entry, number=number) for number, entry in enumerate(entries, 1)]


def checkpoint_of(lines: Sequence[Entry | bytes], size: int | None = None) -> Checkpoint:
    """Size and root of the first entries, without signatures."""
    tree = MerkleTree()
    for line in lines[:size]:
        tree.append(line.leaf() if isinstance(line, Entry) else read_line(line).leaf)
    return Checkpoint(ORIGIN, tree.size, tree.root())


def signed(checkpoint: Checkpoint, *parties: SigningKey, log: SigningKey = WORKSPACE) -> Checkpoint:
    """A checkpoint signed by the workspace and cosigned by parties."""
    noted = checkpoint.signed(log)
    for party in parties:
        noted = noted.cosigned(party, COSIGNED_AT)
    return noted


@dataclass(frozen=True)
class Desk:
    """A folder with a record and the checkpoints that were kept of it."""

    folder: Path

    def record(self, lines: Sequence[Entry | bytes], name: str = "record.jsonl") -> Path:
        """Writes a record."""
        write_record(self.folder / name, lines)
        return self.folder / name

    def checkpoint(self, checkpoint: Checkpoint, name: str) -> Path:
        """Writes a checkpoint."""
        path = self.folder / name
        path.write_text(checkpoint.text(), encoding="utf-8", newline="\n")
        return path

    def kept(self, lines: Sequence[Entry | bytes], *sizes: int) -> list[Path]:
        """Writes checkpoints of these sizes that workspace and both parties signed."""
        return [
            self.checkpoint(signed(checkpoint_of(lines, size), HOST, PARTNER), f"kept-{size}.txt") for size in sizes
        ]
