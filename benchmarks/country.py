"""How well and how fast `plan` does on the generator's cases, small and large: value, bound, gap, seconds, memory.

    python benchmarks/country.py [--sites 60 200 1000 10000] [--hard] [--direct] [--limit S] [--seed N] [--gap G]
                                [--picture FILE.png]

With `--direct` the whole model goes to HiGHS as it is, too, under the same limit; where both have a programme, neither
bound may lie below the other's value. With `--picture` the cost of reaching the gap is drawn over the size of the
country: to compare sizes, ask for a gap that all of them reach, such as `--sites 1000 3000 10000 30000 --gap 0.01`.
Every run is a process of its own. The last line printed is one JSON object: a
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
from pathlib import Path
from typing import Any

import vl_convert

from tawteen.case.generate import generate
from tawteen.plan.planning import plan, planning_problem
from tawteen.plan.problem import baseline_model
from tawteen.plan.solver import solve_lp, solve_mip
from tawteen.plan.status import peak_mb, relative_gap
from tawteen.plan.verify import verify
from tawteen.report.drawing import FONTS, PALETTE, SOFT_INK, configured
from tawteen.report.vega_lite import Chart, channel, chart_of, layered, part


def direct(sites: int, seed: int, hard: bool, limit: float) -> dict[str, Any]:
    """The whole model of one case, solved by HiGHS as it is."""
    case = generate(sites, seed, hard)
    before = time.monotonic()
    model = planning_problem(case)
    nothing = solve_lp(baseline_model(model.arrays, model))
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


def picture(runs: list[dict[str, Any]], file: Path) -> None:
    """Draws processor seconds and memory over the number of sites, each beside a line that grows as sites do."""
    kept = sorted((r for r in runs if r.get("method") == "tawteen" and not r["hard"]), key=lambda r: r["sites"])
    panels = []
    for field, title in (("cpu_seconds", "processor seconds"), ("peak_mb", "memory at most, MB")):
        first, last = kept[0], kept[-1]
        straight = [{"sites": r["sites"], "v": first[field] * r["sites"] / first["sites"]} for r in (first, last)]
        seen = [{"sites": r["sites"], "v": r[field], "told": f"{r[field]:,.0f}"} for r in kept]
        marks = part(values=[r["sites"] for r in kept])
        x = channel("sites:Q", scale=part(type="log"), title="sites", axis=marks)
        y = channel("v:Q", scale=part(type="log"), title=title)
        line = chart_of(seen).mark("line", point=True, color=PALETTE[0]).encode(x=x, y=y)
        label = chart_of(seen).mark("text", dx=6, dy=12, align="left").encode(x=x, y=y, text=channel("told:N"))
        linear = chart_of(straight).mark("line", strokeDash=[4, 4], color=SOFT_INK).encode(x=x, y=y)
        panels.append(layered(linear, line, label).properties(width=330, height=240))
    told = f"To a proven gap of {100 * max(r['gap'] for r in kept):.2g} % or less; dashed: in step with the sites"
    spec = configured(Chart({"hconcat": [panel.spec for panel in panels], "title": told}), FONTS[0])
    file.write_bytes(vl_convert.vegalite_to_png(spec | {"background": "white"}, scale=2))


def main() -> int:
    """Runs the benchmark; 1 where a programme is not verified, or a bound not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, nargs="+", default=[60, 200, 1000])
    parser.add_argument("--hard", action="store_true", help="also the hard variant")
    parser.add_argument("--direct", action="store_true", help="also the whole model by HiGHS as it is")
    parser.add_argument("--limit", type=float, default=None, help="seconds; 180 up to 1,000 sites, 600 above")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=1e-3)
    parser.add_argument("--picture", type=Path, help="draw the growth of cost to this PNG")
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
            options = ["--seed", str(asked.seed), "--gap", str(asked.gap), "--limit", str(limit(sites))]
            options += ["--hard"] if hard else []
            pair = []
            for method in ("tawteen", "direct") if asked.direct else ("tawteen",):
                pair.append(fresh(["--sites", str(sites), *options, "--here", method]))
                print(told(pair[-1]), flush=True)
            sound &= agree(pair)
            runs += pair
    print("\n".join(growth(runs)))
    if asked.picture:
        picture(runs, asked.picture)
    print(json.dumps({"runs": runs}))
    return 0 if sound and all(r.get("verified") for r in runs if r.get("method") == "tawteen") else 1


if __name__ == "__main__":
    sys.exit(main())
