"""How well and how fast the country engine plans the generator's cases: value, bound, gap, seconds, memory.

Every case runs in a process of its own. The last line printed is one JSON object: a list of runs under `runs`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from typing import Any

from tawteen.case.generate import generate
from tawteen.plan.country import plan_country
from tawteen.plan.verify import verify


def run(sites: int, seed: int, hard: bool, limit: float, gap: float) -> dict[str, Any]:
    """Plans one case in this process and verifies it."""
    case = generate(sites, seed, hard)
    before = time.monotonic()
    made = plan_country(case, time_limit=limit, seed=seed, gap=gap)
    seconds = time.monotonic() - before
    used = resource.getrusage(resource.RUSAGE_SELF)
    held = verify(case, made)
    return {
        "sites": sites, "hard": hard, "seed": seed, "status": made.status, "value": made.value, "bound": made.bound,
        "do_nothing": made.do_nothing, "gap": made.gap, "bound_excess": made.figures.get("bound_excess"),
        "seconds": round(seconds, 1), "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": round(made.peak_mb, 1), "verified": made.value is not None and held.holds,
    }  # fmt: skip


def fresh(arguments: list[str]) -> dict[str, Any]:
    """One run in a fresh process; what it prints last is its result."""
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"arguments": arguments, "error": done.stderr.strip().splitlines()[-1:]}
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def told(found: dict[str, Any]) -> str:
    """A run as one line of a table."""
    if "error" in found:
        return f"{found['arguments']}: {found['error']}"
    gap = "–" if found["gap"] is None else f"{100 * found['gap']:.3f} %"
    value, bound = (f"{found[name]:.6g}" if found[name] is not None else "–" for name in ("value", "bound"))
    kind = "hard" if found["hard"] else "ordinary"
    return (
        f"{found['sites']:>6} {kind:<8} value {value} bound {bound} gap {gap} {found['seconds']:.0f} s "
        f"({found['cpu_seconds']:.0f} s of processor) {found['peak_mb']:.0f} MB verified {found['verified']}"
    )


def growth(runs: list[dict[str, Any]]) -> list[str]:
    """Processor seconds and memory per thousand sites, where several sizes ran."""
    kept = sorted((r for r in runs if "error" not in r), key=lambda r: (r["hard"], r["sites"]))
    return [
        f"{r['sites']:>6} sites: {1000 * r['cpu_seconds'] / r['sites']:.1f} s "
        f"and {1000 * r['peak_mb'] / r['sites']:.0f} MB per thousand sites"
        for r in kept
    ]


def main() -> int:
    """Runs the benchmark; 1 where a programme is not verified."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, nargs="+", default=[60, 200, 1000])
    parser.add_argument("--hard", action="store_true", help="also the hard variant")
    parser.add_argument("--limit", type=float, default=None, help="seconds; 180 up to 1,000 sites, 600 above")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--here", choices=("ordinary", "hard"), help=argparse.SUPPRESS)
    asked = parser.parse_args()

    def limit(sites: int) -> float:
        return asked.limit or (180.0 if sites <= 1000 else 600.0)

    if asked.here:
        size = asked.sites[0]
        print(json.dumps(run(size, asked.seed, asked.here == "hard", limit(size), asked.gap)))
        return 0
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f} when it began", flush=True)
    runs = []
    for sites in asked.sites:
        for kind in ("ordinary", "hard") if asked.hard else ("ordinary",):
            same = ["--seed", str(asked.seed), "--gap", str(asked.gap), "--limit", str(limit(sites))]
            runs.append(fresh(["--sites", str(sites), *same, "--here", kind]))
            print(told(runs[-1]), flush=True)
    print("\n".join(growth(runs)))
    print(json.dumps({"runs": runs}))
    return 0 if all(found.get("verified") for found in runs) else 1


if __name__ == "__main__":
    sys.exit(main())
