"""How fast a long record is written, verified and proved from, and how much memory that takes.

python benchmarks/record.py [--entries 1000000] [--folder DIR]

Writes a record of changes of cells (one in ten an import of ten cells) with a checkpoint that is cosigned by two
parties, verifies it, and proves entries from its tree. Prints seconds of the clock, entries in a second, and the
largest memory. Verifying 1,000,000 entries is to take 60 seconds at most.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tawteen.record.checkpoint import Checkpoint
from tawteen.record.entry import Entry, read_line
from tawteen.record.keys import COSIGNER_KEY, LOG_KEY, SigningKey, new_key
from tawteen.record.proofs import consistency_proof, continues, includes, inclusion_proof
from tawteen.record.record_file import write_record
from tawteen.record.tree import MerkleTree, StoredTree
from tawteen.record.verification import verify_record

ORIGIN = "mission.example/record"
TARGET_SECONDS = 60.0


def entries(count: int, keys: list[tuple[str, SigningKey]]) -> Iterator[Entry]:
    """Keys, then cells that are changed one by one or by imports."""
    draw = random.Random(1)
    now = "2026-11-30T05:22:04Z"
    for number, (holder, key) in enumerate(keys, 1):
        yield Entry(number, now, "system", "workspace", "key", (holder,), {"verifier": str(key.verifier)})
    for number in range(len(keys) + 1, count + 1):
        party = draw.choice(("host", "partner"))
        row, value = f"S{draw.randrange(10_000):05d}", round(draw.uniform(0, 1e6), 2)
        if draw.random() < 0.1:
            cells = [{"table": "sites", "row": row, "column": f"c{i}", "value": value, "version": 0} for i in range(10)]
            content: dict[str, Any] = {"sha256": f"{number:064x}", "strategy": "replace", "cells": cells}
            yield Entry(number, now, "amal", party, "import", ("sites.xlsx",), content)
        else:
            content = {"value": value, "grade": "inspected", "reason": "زيارة ميدانية للموقع"}
            yield Entry(number, now, "amal", party, "cell", ("sites", row, "capacity"), content, (number - 1,))


def timed(name: str, begun: float, count: int) -> float:
    """Prints a line and returns the seconds since `begun`."""
    seconds = time.perf_counter() - begun
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform != "darwin" else 1024)
    print(
        f"{name:<28} {seconds:8.1f} s {count / seconds:12,.0f} entries/s   memory {kilobytes / 1024:6.0f} MB",
        flush=True,
    )
    return seconds


def measure(count: int, folder: Path) -> float:
    """Seconds to verify a record of `count` entries."""
    log, host, partner = (
        new_key(name, kind)
        for name, kind in ((ORIGIN, LOG_KEY), ("m.example/host", COSIGNER_KEY), ("m.example/partner", COSIGNER_KEY))
    )
    record, checkpoint = folder / "record.jsonl", folder / "checkpoint.txt"
    tree = MerkleTree()

    def lines() -> Iterator[bytes]:
        for entry in entries(count, [("workspace", log), ("host", host), ("partner", partner)]):
            line = entry.line()
            tree.append(read_line(line).leaf)
            yield line

    begun = time.perf_counter()
    write_record(record, lines())
    timed("write, and build the tree", begun, count)
    note = Checkpoint(ORIGIN, tree.size, tree.root()).signed(log).cosigned(host, 1).cosigned(partner, 1)
    checkpoint.write_text(note.text(), encoding="utf-8")
    print(f"{'file':<28} {record.stat().st_size / 1e6:8.0f} MB")

    begun = time.perf_counter()
    verification = verify_record(record, [checkpoint], keys=[log.verifier, host.verifier, partner.verifier])
    seconds = timed("verify", begun, count)
    if not verification.whole or verification.cosigned != count:
        raise AssertionError(verification.findings)

    begun = time.perf_counter()
    with record.open("rb") as file:
        stored = StoredTree(read_line(line[:-1]).leaf for line in file)
    timed("build a tree for proofs", begun, count)
    begun = time.perf_counter()
    draw = random.Random(2)
    for _ in range(1000):
        index, old = draw.randrange(count), draw.randrange(1, count)
        path = inclusion_proof(stored, index, count)
        if not includes(stored.root(), count, index, stored.range_root(index, index + 1), path):
            raise AssertionError(f"entry {index + 1} is not proved")
        if not continues(old, stored.root(old), count, stored.root(), consistency_proof(stored, old, count)):
            raise AssertionError(f"size {old} is not proved")
    timed("make and check 2,000 proofs", begun, 2000)
    return seconds


def main() -> None:
    """Reads the arguments, measures, and ends with an error where the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the record is written; a temporary folder by default")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        seconds = measure(args.entries, Path(folder))
    allowed = TARGET_SECONDS * args.entries / 1_000_000
    print(f"verify: {seconds:.1f} s of {allowed:.1f} s allowed")
    if seconds > allowed:
        sys.exit(1)


if __name__ == "__main__":
    main()
