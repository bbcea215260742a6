"""What policies that learn are worth on generated cases and a case of files: gap to the bound, seconds, memory.

    python benchmarks/adaptive.py [--sites 60 200] [--seeds 1 2 3] [--case FOLDER …] [--limit S] [--futures N]
                                  [--thorough]

Each run is a process of its own. The gap counts the bound on all policies; its interval is that of the simulated mean.
The last line printed is one JSON object: a list of runs under `runs`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import warnings
from typing import Any

import tawteen as tw
from tawteen.case.generate import generate
from tawteen.plan.status import peak_mb


def run(name: str, seed: int, asked: argparse.Namespace) -> dict[str, Any]:
    """One policy, planned and valued in this process; `name` is a number of sites or a folder."""
    warnings.simplefilter("ignore")
    case = generate(int(name), seed, False) if name.isdigit() else tw.read_case(name)
    plan = tw.plan_policy(case, seed=seed, time_limit=asked.limit, futures=asked.futures, thorough=asked.thorough)
    used = resource.getrusage(resource.RUSAGE_SELF)
    same = {"case": name, "seed": seed, "cpu_seconds": round(used.ru_utime + used.ru_stime, 1), "peak_mb": peak_mb()}
    if plan is None:
        return {**same, "gap": None}
    figures = ("gap", "gap_interval", "expected", "bound", "p10", "p50", "p90", "chance_of_loss", "rules_missed")
    return {**same, **{figure: getattr(plan, figure) for figure in figures}}


def fresh(name: str, seed: int, arguments: list[str]) -> dict[str, Any]:
    """One run in a fresh process; what it prints last is its result."""
    command = [sys.executable, __file__, *arguments, "--here", name, "--seeds", str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"case": name, "seed": seed, "error": done.stderr.strip().splitlines()[-1:]}
    outcome: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return outcome


def main() -> int:
    """Runs the benchmark; 1 where a run failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, nargs="*", default=[60])
    parser.add_argument("--case", nargs="*", default=[], help="folders of cases")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--limit", type=float, default=60.0, help="seconds, bound included")
    parser.add_argument("--futures", type=int, default=200)
    parser.add_argument("--thorough", action="store_true", help="look longer for starts that no future can carry")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(run(asked.here, asked.seeds[0], asked)))
        return 0
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f} when it began", flush=True)
    arguments = ["--limit", str(asked.limit), "--futures", str(asked.futures)]
    arguments += ["--thorough"] if asked.thorough else []
    runs = []
    for name in [*map(str, asked.sites), *asked.case]:
        for seed in asked.seeds:
            runs.append(fresh(name, seed, arguments))
            print(runs[-1], flush=True)
    print(json.dumps({"runs": runs}))
    return 1 if any("error" in each for each in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
