"""How long a registry of ten thousand sites takes to make, write, read back and check, and how much memory.

The last line printed is one JSON object: generate_s, write_s, read_s, check_s (seconds), peak_mb, rows.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tawteen.case.checks import check
from tawteen.case.folder import write_folder
from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.case.read import read_case

T = TypeVar("T")


def timed(name: str, work: Callable[[], T], seconds: dict[str, float]) -> T:
    """What `work` returns; its seconds go to `seconds` under `name`."""
    start = time.perf_counter()
    result = work()
    seconds[f"{name}_s"] = round(time.perf_counter() - start, 2)
    print(f"{name}: {seconds[f'{name}_s']} s", flush=True)
    return result


def peak_mb() -> float:
    """Largest memory of this process so far; macOS counts bytes, Linux kilobytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)


def same(one: Case, other: Case) -> bool:
    """Whether two cases say the same, table by table."""
    return one.settings == other.settings and all(one[name].equals(other[name]) for name in one.tables)


def main() -> int:
    """Runs the benchmark; 1 where the case that is read differs from the one written, or has errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    seconds: dict[str, float] = {}
    made = timed("generate", lambda: generate(asked.sites, asked.seed), seconds)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "registry"
        timed("write", lambda: write_folder(made, folder), seconds)
        read = timed("read", lambda: read_case(folder), seconds)
    found = timed("check", lambda: check(read), seconds)
    kept = same(made, read)
    errors = sum(finding.severity == "error" for finding in found)
    print(f"findings: {len(found)}, errors: {errors}, as written: {kept}")
    rows = sum(table.height for table in read.tables.values())
    print(json.dumps({**seconds, "peak_mb": peak_mb(), "rows": rows}))
    return 0 if kept and not errors else 1


if __name__ == "__main__":
    sys.exit(main())
