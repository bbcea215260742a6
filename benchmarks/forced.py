"""Both engines, forced upon random tiny cases with hardly any time, against the exact optimum of the whole model.

    python benchmarks/forced.py [--cases 200] [--first 0] [--limits 0 0.2 1] [--exact 30] [--late 2]

Each case is planned exactly, then by price decomposition and by the whole model under each time limit, without and with
the exact programme as a start. Counted: programmes below doing nothing (where no rule asks for a start), below the
start, above the exact optimum, bounds below the optimum, programmes that `verify` does not hold true, runs without a
programme although there is one, and runs that take `--late` seconds of the processor more than their limit (by the
processor, so that other work on the machine does not count). Every fault is printed; exit 1 where there is one. Cases
whose optimum is not proven within `--exact` seconds are counted and left out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.plan.decomposition.random_cases import random_case

from tawteen.case.model import Case
from tawteen.plan.decomposition.planning import plan_country
from tawteen.plan.magnitude import MAGNITUDE
from tawteen.plan.planning import plan
from tawteen.plan.programme import Programme
from tawteen.plan.verify import verify

ENGINES: dict[str, Callable[..., Programme]] = {"prices": plan_country, "whole": plan}


def faults(case: Case, exact: Programme, made: Programme, *, started: bool) -> Iterator[str]:
    """Yields what is wrong with a programme of an engine."""
    best, nothing = exact.value, exact.do_nothing
    if best is None or nothing is None:
        if made.value is not None:
            yield "a programme where the rules contradict each other"
        return
    near = MAGNITUDE.rounding * (abs(best) + abs(nothing))
    if made.bound is not None and made.bound < best - near:
        yield "bound below the optimum"
    if made.value is None:
        yield "no programme"
        return
    if case["rules"].is_empty() and made.value < nothing - near:
        yield "below doing nothing"
    if started and made.value < best - near:
        yield "below the start"
    if made.value > best + near:
        yield "above the optimum"
    if not verify(case, made).holds:
        yield "verify does not hold"


def main() -> int:
    """Tries the cases and prints the faults, the counts and the worst delay by limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--limits", type=float, nargs="+", default=[0.0, 0.2, 1.0])
    parser.add_argument("--exact", type=float, default=30.0)
    parser.add_argument("--late", type=float, default=2.0)
    asked = parser.parse_args()
    counts: Counter[str] = Counter()
    runs, unproven = 0, 0
    delays = {(engine, limit): 0.0 for engine in ENGINES for limit in asked.limits}
    for seed in range(asked.first, asked.first + asked.cases):
        case = random_case(seed)
        exact = plan(case, time_limit=asked.exact)
        if exact.status not in ("optimal", "infeasible"):
            unproven += 1
            print(f"{seed}: optimum not proven ({exact.status})", flush=True)
            continue
        for (engine, limit), start in product(delays, (None, exact) if exact.value is not None else (None,)):
            before = time.process_time()
            made = ENGINES[engine](case, time_limit=limit, start=start)
            late = time.process_time() - before - limit
            wrong = list(faults(case, exact, made, started=start is not None))
            wrong += ["late"] if late > asked.late else []
            runs, delays[engine, limit] = runs + 1, max(delays[engine, limit], late)
            counts.update(f"{engine}: {fault}" for fault in wrong)
            if wrong:
                print(f"{seed} {engine} limit {limit:g} {'with' if start else 'without'} a start: {', '.join(wrong)} "
                      f"(value {made.value}, bound {made.bound}, optimum {exact.value}, doing nothing "
                      f"{exact.do_nothing}, {late:+.2f} s)", flush=True)  # fmt: skip
        print(f"{seed + 1 - asked.first} cases", end="\r", file=sys.stderr, flush=True)
    latest = {f"{engine} {limit:g} s": round(late, 2) for (engine, limit), late in delays.items()}
    print(f"{asked.cases} cases, {unproven} without a proven optimum, {runs} runs, {sum(counts.values())} faults: "
          f"{dict(counts)}; most processor seconds after the limit: {latest}")  # fmt: skip
    return int(bool(counts))


if __name__ == "__main__":
    sys.exit(main())
