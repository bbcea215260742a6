"""How long a programme takes under many scenarios, held fixed and chosen anew, and what comes out.

The last line printed is one JSON object: sites, scenarios, replans, plan_s, robust_s, scenario_s (seconds a scenario on
one core, held fixed), replan_s (the same, chosen anew), scenario_cpu_s and replan_cpu_s (processor seconds of the same,
with `--workers 1` alone; with all that is done once), cpu_s (processor seconds of all processes after the plan, to tell
a busy machine), beats, gains, replan_gap (half of the choices anew are proven to be within it of what could be gained),
core, peak_mb. `--scenarios 20 --replans 4 --workers 1` tells on a busy machine what 1,000 and 200 take.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import polars as pl

from tawteen.case.generate import generate
from tawteen.case.read import read_case
from tawteen.plan.planning import plan
from tawteen.plan.robust.parallel import processes
from tawteen.plan.robust.robustness import robustness
from tawteen.progress import ProgressEvent

WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def used() -> float:
    """Processor seconds of this process and of those that it has waited for."""
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, WHO))


def main() -> int:
    """Plans the case, then draws its scenarios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--case", type=Path, help="a folder; by default a generated case")
    parser.add_argument("--sites", type=int, default=50)
    parser.add_argument("--scenarios", type=int, default=1000)
    parser.add_argument("--replans", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    case = read_case(asked.case) if asked.case else generate(asked.sites, asked.seed)
    began = time.perf_counter()
    programme = plan(case, time_limit=asked.time_limit, seed=asked.seed)
    planned = time.perf_counter() - began
    if programme.value is None:
        print(f"no programme found in {planned:.0f} s: give more with --time-limit")
        return 1
    before = used()
    ends: dict[str, tuple[float, float]] = {"begun": (time.perf_counter(), time.process_time())}

    def told(event: ProgressEvent) -> None:
        ends[event.stage] = time.perf_counter(), time.process_time()

    with processes(asked.workers) as executor:
        found = robustness(
            case, programme, scenarios=asked.scenarios, replans=asked.replans, seed=asked.seed, executor=executor,
            progress=told,
        )  # fmt: skip
    fixed, anew = (
        tuple(ends.get(stage, ends["fixed"])[i] - ends[since][i] for i in (0, 1))
        for since, stage in (("begun", "fixed"), ("fixed", "anew"))
    )
    alone = asked.workers == 1
    most = max(resource.getrusage(who).ru_maxrss for who in WHO)
    print(found.figures)
    figures = {
        "sites": case["sites"].height,
        "scenarios": found.scenarios,
        "replans": found.replans,
        "plan_s": round(planned, 1),
        "robust_s": round(found.seconds, 1),
        "scenario_s": round(fixed[0] * asked.workers / found.scenarios, 3),
        "replan_s": round(anew[0] * asked.workers / max(found.replans, 1), 3),
        "scenario_cpu_s": round(fixed[1] / found.scenarios, 3) if alone else None,
        "replan_cpu_s": round(anew[1] / max(found.replans, 1), 3) if alone else None,
        "cpu_s": round(used() - before, 1),
        "beats": found.beats,
        "gains": found.gains,
        "replan_gap": None if found.replan_gap is None else round(found.replan_gap, 4),
        "core": found.often.filter(pl.col("robust") == "core").height,
        "peak_mb": round(most / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
