"""How good a plan is, and how surely, within a time limit; beside the whole model handed to HiGHS and SCIP as it is.

    python benchmarks/plan.py [--libya] [--sites 50 100 200] [--limits 60 300] [--seed 1]

Each run is a process of its own, so that its memory is its own. Progress goes to stderr; the last line of stdout is one
JSON object: `runs`, each with case, method (tawteen, direct or scip), limit, value, bound, gain, gap (of the gain),
seconds, cpu_seconds, peak_mb. `direct` is HiGHS; SCIP reads the file that `tawteen plan --model` writes, and is left
out where its wheel (pyscipopt) is not installed. Both peers use one thread, Tawteen two.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tawteen.case.generate import generate
from tawteen.case.model import Case
from tawteen.case.read import read_case
from tawteen.plan.model_file import write_mps
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import Problem, baseline_model
from tawteen.plan.solver import Solution, solve_lp, solve_mip
from tawteen.plan.status import peak_mb, relative_gap

LIBYA = Path(__file__).parents[1] / "cases" / "libya" / "case"
METHODS = ("tawteen", "direct", "scip")


def main() -> int:
    """Runs every case, method and limit that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--libya", action="store_true")
    parser.add_argument("--sites", type=int, nargs="*", default=None)
    parser.add_argument("--limits", type=float, nargs="*", default=[60.0, 300.0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--methods", nargs="*", choices=METHODS, default=METHODS)
    asked = parser.parse_args()
    methods = [name for name in asked.methods if name != "scip" or importlib.util.find_spec("pyscipopt")]
    if len(methods) < len(asked.methods):
        print("pyscipopt is not installed: SCIP is left out", file=sys.stderr)
    sites = asked.sites if asked.sites is not None else ([] if asked.libya else [50, 100, 200])
    names = (["libya"] if asked.libya else []) + [str(n) for n in sites]
    jobs = [(name, method, limit, asked.seed) for name in names for limit in asked.limits for method in methods]
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
    figures = {"tawteen": _planned, "direct": _direct, "scip": _scip}[method](case, limit, seed)
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
    return _figures(problem, nothing, found.outcome, found.value, found.bound)


def _scip(case: Case, limit: float, seed: int) -> dict[str, Any]:
    """The same problem, solved by SCIP from its model file; writing and reading the file takes none of its time."""
    from pyscipopt import Model  # noqa: PLC0415 - it may not be installed

    began = time.monotonic()
    problem = planning_problem(case)
    nothing = solve_lp(baseline_model(problem.arrays, problem))
    seconds = limit - (time.monotonic() - began)
    model = Model()
    model.hideOutput()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.mps"
        write_mps(problem, path)
        model.readProblem(str(path))
    model.setParam("limits/time", seconds)
    model.setParam("randomization/randomseedshift", seed)
    model.optimize()
    value = model.getObjVal() - problem.constant if model.getNSols() else None
    bound = model.getDualbound()
    known = abs(bound) < model.infinity()
    return _figures(problem, nothing, model.getStatus(), value, bound - problem.constant if known else None)


def _figures(
    problem: Problem, nothing: Solution, status: str, value: float | None, bound: float | None
) -> dict[str, Any]:
    """What a solver found, as of a programme; `value` and `bound` are without the constant of the problem."""
    return {
        "status": status,
        "value": None if value is None else value + problem.constant,
        "bound": None if bound is None else bound + problem.constant,
        "gain": None if value is None or nothing.value is None else value - nothing.value,
        "gap": None if value is None or bound is None else relative_gap(problem, nothing, value, bound),
    }


if __name__ == "__main__":
    sys.exit(main())
