"""A thousand mutants of a small case, its workbook, mapping and programme through the commands that read them.

python benchmarks/fuzz.py [--mutants 1000] [--first 0]: prints every mutant that ends in a fault of the program, an
abort or a hang, leaves files over, or delivers a programme that verify does not hold true; exit 1 where there is one.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.fuzz.trial import try_mutants, write_base


def main() -> int:
    """Tries the mutants and prints the faults, the counts and the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    faulty, seconds = 0, []
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "case"
        write_base(base)
        for trial in try_mutants(base, range(asked.first, asked.first + asked.mutants)):
            seconds.append(trial.seconds)
            if trial.faults:
                faulty += 1
                print(f"{trial.seed} ({trial.mutation}): " + " | ".join(trial.faults), flush=True)
    print(f"{len(seconds)} mutants, {faulty} with faults; seconds: median {statistics.median(seconds):.1f}, "
          f"worst {max(seconds):.1f}")  # fmt: skip
    return int(faulty > 0)


if __name__ == "__main__":
    sys.exit(main())
