"""How fast risk is appraised: paths of one option over twenty years, and internal rates against two rivals.

Every path draws its inputs, moves and scales the whole cash flow, and gets its present value and internal rate. The
rivals, pyxirr and numpy-financial, are called once for each path, as they offer nothing else; numpy-financial on the
first of the same flows only.
The last line printed is one JSON object: seconds (medians over the repeats), ratios, and the peak memory of a process
that runs a million paths.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import numpy_financial
import polars as pl
import pyxirr

from tawteen.appraise.rates import rates_of
from tawteen.appraise.risk import CashModel, cash_model, simulate
from tawteen.appraise.risk.correlation import mixing
from tawteen.appraise.risk.distributions import Distribution, Lognormal, Pert, Triangular
from tawteen.appraise.risk.simulation import draw
from tawteen.case.generate import generate
from tawteen.effects import effects_of

QUARTERS = 80
MILLION = 1_000_000
INPUTS: dict[str, Distribution] = {
    "cost": Lognormal(0.8, 1.6, 1.0),
    "delay": Triangular(0.0, 1.0, 6.0),
    "ramp": Pert(0.8, 1.0, 2.5),
    "price": Triangular(0.8, 1.0, 1.2),
    "inputs": Triangular(0.85, 1.0, 1.2),
    "exchange": Triangular(1.0, 1.0, 1.37),
    "energy": Triangular(0.7, 1.0, 1.8),
    "outage": Pert(0.0, 0.03, 0.2),
}
TIED = {("cost", "delay"): 0.5, ("price", "inputs"): 0.6}


def option() -> CashModel:
    """An invented plant that is modernised."""
    case = generate(20, seed=1, periods=QUARTERS)
    effects = effects_of(case)
    chosen = effects.options.filter((pl.col("kind") == "modernise") & pl.col("available"))
    return cash_model(case, effects, chosen["option"][0])


def median(name: str, work: Callable[[], object], repeats: int) -> float:
    """Median of the seconds that `work` takes."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    middle = statistics.median(seconds)
    print(f"{name}: {middle:.3f} s, from {min(seconds):.3f} to {max(seconds):.3f}", file=sys.stderr, flush=True)
    return middle


def rates(model: CashModel, asked: argparse.Namespace) -> dict[str, float]:
    """Internal rates alone: ours, and the rivals' on the same flows, per path."""
    drawn = draw(INPUTS, mixing(list(INPUTS), TIED), np.random.default_rng(1), asked.paths)
    flows = model.cash(drawn).total
    ours = median("rates", lambda: rates_of(flows), asked.repeats)
    rust = median("pyxirr", lambda: [pyxirr.irr(flow) for flow in flows], asked.repeats)
    few = flows[: asked.few]
    slow = median("numpy-financial", lambda: [numpy_financial.irr(flow) for flow in few], asked.repeats)
    found, kinds = rates_of(few)
    theirs = np.array([pyxirr.irr(flow) or np.nan for flow in few], np.float64)
    both = (kinds == 0) & np.isfinite(theirs)
    apart = np.abs((1 + found[both]) ** 0.25 - 1 - theirs[both]).max(initial=0.0)
    print(f"largest difference to pyxirr on {both.sum()} paths: {apart:.1e} a quarter", file=sys.stderr)
    return {
        "irr_s": round(ours, 3),
        "pyxirr_s": round(rust, 3),
        "numpy_financial_s_per_path": slow / len(few),
        "times_pyxirr": round(rust / ours, 1),
        "times_numpy_financial": round(slow / len(few) / (ours / len(flows)), 1),
        "largest_difference": float(apart),
    }


def million() -> float:
    """Peak memory in MB of a process of its own that runs a million paths."""
    print("a million paths …", file=sys.stderr, flush=True)
    done = subprocess.run(
        [sys.executable, __file__, "--only-million"], check=True, capture_output=True, text=True, env=os.environ
    )
    return float(done.stdout.splitlines()[-1])


def main() -> int:
    """Runs the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--paths", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--few", type=int, default=200, help="paths that numpy-financial is given")
    parser.add_argument("--only-million", action="store_true", help="run a million paths and print the peak memory")
    asked = parser.parse_args()
    model = option()
    if asked.only_million:
        simulate(model, INPUTS, TIED, paths=MILLION)
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(round(most / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1))
        return 0
    quarterly = median("quarterly", lambda: simulate(model, INPUTS, TIED, paths=asked.paths), asked.repeats)
    yearly = median("annual", lambda: simulate(model.yearly(), INPUTS, TIED, paths=asked.paths), asked.repeats)
    measured = {"paths": asked.paths, "quarterly_s": round(quarterly, 3), "annual_s": round(yearly, 3)}
    print(json.dumps({**measured, **rates(model, asked), "million_peak_mb": million(), "cores": os.cpu_count()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
