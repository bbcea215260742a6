"""One number out of all measure in every numeric column of a small case: right, or refused with that number.

    python benchmarks/odd_numbers.py [--only TABLE.COLUMN ...]

Each column gets 1e12, 1e20 and 1e-12 in its first row. Faults go to stderr as they are found; the last line of stdout
is one JSON object: `right`, `refused` (counts) and `faults` (by table.column=number). The exit code is 1 with faults.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.odd_numbers import NUMBERS, faults, mutated, places, planned


def main() -> int:
    """Tries every column and number."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=None, metavar="TABLE.COLUMN")
    only = parser.parse_args().only
    counts, wrong = {"right": 0, "refused": 0}, {}
    for place in only or list(places()):
        for number in NUMBERS:
            case = mutated(place, number)
            outcome = planned(case)
            found = faults(case, outcome)
            if found:
                wrong[f"{place}={number:g}"] = found
                print(f"{place}={number:g}: {'; '.join(found)}", file=sys.stderr, flush=True)
            else:
                counts["right" if outcome.programme else "refused"] += 1
    print(json.dumps({**counts, "faults": wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
