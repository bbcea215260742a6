"""How well and how fast `plan` does on the generator's cases, small and large: value, bound, gap, seconds, memory.

    python benchmarks/country.py [--sites 60 200 1000 10000] [--hard] [--direct] [--limit S] [--seed N] [--gap G]

With `--direct` the whole model goes to HiGHS as it is, too, under the same limit; where both have a programme, neither
bound may lie below the other's value. Every run is a process of its own. The last line printed is one JSON object: a
list of runs under `runs`.
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
from tawteen.plan.planning import plan, problem_of
from tawteen.plan.problem import doing_nothing
from tawteen.plan.solver import solve_lp, solve_mip
from tawteen.plan.verdict import peak_mb, relative_gap
from tawteen.plan.verify import verify


def direct(sites: int, seed: int, hard: bool, limit: float) -> dict[str, Any]:
    """The whole model of one case, solved by HiGHS as it is."""
    case = generate(sites, seed, hard)
    before = time.monotonic()
    model = problem_of(case)
    nothing = solve_lp(doing_nothing(model.arrays, model))
    found = solve_mip(model.arrays, seconds=limit - (time.monotonic() - before), seed=seed)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "sites": sites, "hard": hard, "seed": seed, "method": "direct", "status": found.outcome,
        "value": None if found.value is None else found.value + model.constant, "bound": found.bound + model.constant,
        "do_nothing": None if nothing.value is None else nothing.value + model.constant,
        "gap": None if found.value is None else relative_gap(model, nothing, found.value, found.bound),
        "bound_excess": None, "seconds": round(time.monotonic() - before, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1), "peak_mb": round(peak_mb(), 1), "verified": None,
    }  # fmt: skip


def run(sites: int, seed: int, hard: bool, limit: float, gap: float) -> dict[str, Any]:
    """Plans one case in this process and verifies it."""
    case = generate(sites, seed, hard)
    before = time.monotonic()
    made = plan(case, time_limit=limit, seed=seed, gap=gap)
    seconds = time.monotonic() - before
    used = resource.getrusage(resource.RUSAGE_SELF)
    held = verify(case, made)
    return {
        "sites": sites, "hard": hard, "seed": seed, "method": "tawteen", "status": made.status,
        "value": made.value, "bound": made.bound,
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
        f"{found['sites']:>6} {kind:<8} {found['method']:<7} value {value} bound {bound} gap {gap} "
        f"{found['seconds']:.0f} s ({found['cpu_seconds']:.0f} s of processor) "
        f"{found['peak_mb']:.0f} MB verified {found['verified']}"
    )


def agree(pair: list[dict[str, Any]]) -> bool:
    """Whether no bound lies below a value that was reached."""
    best = max((r["value"] for r in pair if r.get("value") is not None), default=None)
    if best is None:
        return True
    low = [r for r in pair if r.get("bound") is not None and r["bound"] < best - 1e-7 * abs(best)]
    for found in low:
        print(f"the bound of {found['method']} at {found['sites']} sites lies below a value that was reached")
    return not low


def growth(runs: list[dict[str, Any]]) -> list[str]:
    """Processor seconds and memory per thousand sites, where several sizes ran."""
    kept = sorted((r for r in runs if r.get("method") == "tawteen"), key=lambda r: (r["hard"], r["sites"]))
    return [
        f"{r['sites']:>6} sites: {1000 * r['cpu_seconds'] / r['sites']:.1f} s "
        f"and {1000 * r['peak_mb'] / r['sites']:.0f} MB per thousand sites"
        for r in kept
    ]


def main() -> int:
    """Runs the benchmark; 1 where a programme is not verified, or a bound not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, nargs="+", default=[60, 200, 1000])
    parser.add_argument("--hard", action="store_true", help="also the hard variant")
    parser.add_argument("--direct", action="store_true", help="also the whole model by HiGHS as it is")
    parser.add_argument("--limit", type=float, default=None, help="seconds; 180 up to 1,000 sites, 600 above")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--here", choices=("tawteen", "direct"), help=argparse.SUPPRESS)
    asked = parser.parse_args()

    def limit(sites: int) -> float:
        return asked.limit or (180.0 if sites <= 1000 else 600.0)

    if asked.here:
        size = asked.sites[0]
        same = size, asked.seed, asked.hard, limit(size)
        print(json.dumps(direct(*same) if asked.here == "direct" else run(*same, asked.gap)))
        return 0
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f} when it began", flush=True)
    runs, sound = [], True
    for sites in asked.sites:
        for hard in (False, True) if asked.hard else (False,):
            same = ["--seed", str(asked.seed), "--gap", str(asked.gap), "--limit", str(limit(sites))]
            same += ["--hard"] if hard else []
            pair = []
            for method in ("tawteen", "direct") if asked.direct else ("tawteen",):
                pair.append(fresh(["--sites", str(sites), *same, "--here", method]))
                print(told(pair[-1]), flush=True)
            sound &= agree(pair)
            runs += pair
    print("\n".join(growth(runs)))
    print(json.dumps({"runs": runs}))
    return 0 if sound and all(r.get("verified") for r in runs if r.get("method") == "tawteen") else 1


if __name__ == "__main__":
    sys.exit(main())
