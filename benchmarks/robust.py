"""How long a programme takes under many scenarios, held fixed and chosen anew, and what comes out.

The last line printed is one JSON object: sites, scenarios, replans, plan_s, robust_s, scenario_s (seconds a scenario on
one core, held fixed), replan_s (the same, chosen anew), cpu_s (of all processes, to tell a busy machine), beats, gains,
replan_gap (half of the choices anew are proven to be within it of what could be gained), core, peak_mb.
Beyond `COUNTRY` sites the programme comes from the country engine, which prices sites instead of writing one model.
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
from tawteen.plan.country import plan_country
from tawteen.plan.planning import plan
from tawteen.plan.robust import robustness
from tawteen.plan.robust.sweep import processes

COUNTRY = 200


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
    planner = plan_country if case["sites"].height > COUNTRY else plan
    programme = planner(case, time_limit=asked.time_limit, seed=asked.seed)
    planned = time.perf_counter() - began
    if programme.value is None:
        print(f"no programme found in {planned:.0f} s: give more with --time-limit")
        return 1
    ends: dict[str, float] = {"begun": time.perf_counter()}

    def told(stage: str, _share: float) -> None:
        ends[stage] = time.perf_counter()

    with processes(asked.workers) as executor:
        found = robustness(
            case, programme, scenarios=asked.scenarios, replans=asked.replans, seed=asked.seed, executor=executor,
            progress=told,
        )  # fmt: skip
    fixed = ends["fixed"] - ends["begun"]
    anew = ends.get("anew", ends["fixed"]) - ends["fixed"]
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(found.figures)
    figures = {
        "sites": case["sites"].height,
        "scenarios": found.scenarios,
        "replans": found.replans,
        "plan_s": round(planned, 1),
        "robust_s": round(found.seconds, 1),
        "scenario_s": round(fixed * asked.workers / found.scenarios, 3),
        "replan_s": round(anew * asked.workers / max(found.replans, 1), 3),
        "cpu_s": round(sum(u.ru_utime + u.ru_stime for u in used), 1),
        "beats": found.beats,
        "gains": found.gains,
        "replan_gap": None if found.replan_gap is None else round(found.replan_gap, 4),
        "core": found.often.filter(pl.col("robust") == "core").height,
        "peak_mb": round(max(u.ru_maxrss for u in used) / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1),
    }
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
