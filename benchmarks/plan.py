"""How good a plan is, and how surely, within a time limit; beside the whole model handed to HiGHS as it is.

    python benchmarks/plan.py [--libya] [--sites 50 100 200] [--limits 60 300] [--seed 1]

Each run is a process of its own, so that its memory is its own. Progress goes to stderr; the last line of stdout is one
JSON object: `runs`, each with case, method (tawteen or direct), limit, value, bound, gain, gap (of the gain), seconds,
cpu_seconds, peak_mb.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from pathlib import Path
from typing import Any

from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.case.read import read_case
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import baseline_model
from tawteen.plan.solver import solve_lp, solve_mip
from tawteen.plan.status import peak_mb, relative_gap

LIBYA = Path(__file__).parents[1] / "cases" / "libya" / "case"
METHODS = ("tawteen", "direct")


def main() -> int:
    """Runs every case, method and limit that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--libya", action="store_true")
    parser.add_argument("--sites", type=int, nargs="*", default=None)
    parser.add_argument("--limits", type=float, nargs="*", default=[60.0, 300.0])
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sites = asked.sites if asked.sites is not None else ([] if asked.libya else [50, 100, 200])
    names = (["libya"] if asked.libya else []) + [str(n) for n in sites]
    jobs = [(name, method, limit, asked.seed) for name in names for limit in asked.limits for method in METHODS]
    runs = []
    for job in jobs:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            runs.append(pool.apply(_run, job))
        print(json.dumps(runs[-1]), file=sys.stderr, flush=True)
    print(json.dumps({"runs": runs}))
    return 0


def _run(name: str, method: str, limit: float, seed: int) -> dict[str, Any]:
    case = read_case(LIBYA) if name == "libya" else generate(int(name), seed)
    began, cpu = time.monotonic(), time.process_time()
    figures = (_planned if method == "tawteen" else _direct)(case, limit, seed)
    return {
        "case": name,
        "method": method,
        "limit": limit,
        **figures,
        "seconds": round(time.monotonic() - began, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "peak_mb": round(peak_mb()),
    }


def _planned(case: Case, limit: float, seed: int) -> dict[str, Any]:
    programme = plan(case, time_limit=limit, seed=seed)
    idle, value = programme.do_nothing, programme.value
    gain = None if idle is None or value is None else value - idle
    return {"status": programme.status, "value": value, "bound": programme.bound, "gain": gain, "gap": programme.gap}


def _direct(case: Case, limit: float, seed: int) -> dict[str, Any]:
    """The same problem, a binary for each option and start, solved by HiGHS in one go."""
    began = time.monotonic()
    problem = planning_problem(case)
    nothing = solve_lp(baseline_model(problem.arrays, problem))
    found = solve_mip(problem.arrays, seconds=limit - (time.monotonic() - began), seed=seed)
    gap = None if found.value is None else relative_gap(problem, nothing, found.value, found.bound)
    return {
        "status": found.outcome,
        "value": None if found.value is None else found.value + problem.constant,
        "bound": found.bound + problem.constant,
        "gain": None if found.value is None or nothing.value is None else found.value - nothing.value,
        "gap": gap,
    }


if __name__ == "__main__":
    sys.exit(main())
