"""What policies that learn are worth on generated cases and a case of files: gap to the bound, seconds, memory.

    python benchmarks/adaptive.py [--sites 60 200] [--seeds 1 2 3] [--case FOLDER …] [--limit S | --steps N] [--others]

Each run is a process of its own that plans as the command does: the single path in half of the time, then the policy.
The gap counts the bound on all policies; its interval is that of the simulated mean and of an estimated bound.
Beside the policy stands, in the same futures, the best one found without any survey: nothing is found that could change
it, however often it is made again. With `--others` two more are carried out there, with as much time each: the fixed
plan (each of its sites is surveyed where that is needed, and its option starts where it may) and every site surveyed at
once. Then a table: median and worst of each size. The last line printed is one JSON object: a list of runs under
`runs`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from typing import Any

import numpy as np
import polars as pl

import tawteen as tw
from tawteen.case.checked import checked_case
from tawteen.case.generate import generate
from tawteen.plan.budget import SearchBudget
from tawteen.plan.policies.future_problem import StartWorths, future_problem
from tawteen.plan.policies.futures import drawn_futures
from tawteen.plan.policies.improve import simulated
from tawteen.plan.policies.inputs import PolicyInputs, prepare_policies
from tawteen.plan.policies.planning import first_policies, guide
from tawteen.plan.policies.policy import IntendedStart, Policy, Simulation
from tawteen.plan.policies.restricted import with_options
from tawteen.plan.policies.whole_starts import policy_of_starts
from tawteen.plan.policy_plan import PolicyPlan
from tawteen.plan.problem import baseline_model
from tawteen.plan.solver import solve_lp
from tawteen.plan.status import peak_mb


def run(name: str, seed: int, asked: argparse.Namespace) -> dict[str, Any]:
    """One policy, planned and valued in this process; `name` is a number of sites or a folder."""
    warnings.simplefilter("ignore")
    case = generate(int(name), seed, False) if name.isdigit() else tw.read_case(name)
    started = time.monotonic()
    programme = tw.plan(case, seed=seed, time_limit=asked.limit, steps=asked.steps)
    used = resource.getrusage(resource.RUSAGE_SELF)
    same = {
        "case": name, "seed": seed, "seconds": round(time.monotonic() - started, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1), "peak_mb": peak_mb(), "fixed_gap": programme.gap,
    }  # fmt: skip
    plan = programme.policy
    if plan is None:
        return {**same, "gap": None}
    figures = (
        "gap", "gap_interval", "expected", "proven_bound", "bound", "bound_half_width", "p10", "p50", "p90",
        "chance_of_loss", "rules_missed",
    )  # fmt: skip
    without = float(np.mean(plan.gains_without))
    others = other_ways(case, programme, plan, asked) if asked.others else {}
    return {**same, **{figure: getattr(plan, figure) for figure in figures}, "without_surveys": without, **others}


def other_ways(
    case: tw.Case, programme: tw.PlanResult, plan: PolicyPlan, asked: argparse.Namespace
) -> dict[str, float]:
    """Expected gain of the other ways in the futures of the policy."""
    inputs, seed = prepare_policies(checked_case(case)), plan.seed
    count = len(plan.gains)
    chosen = dict(programme.sites.drop_nulls("period").select("option", "period").iter_rows())
    return {
        "fixed": carried_out(inputs, policy_of_starts(inputs, chosen), seed, count),
        "all_surveyed": carried_out(inputs, all_surveyed(inputs, seed, asked), seed, count),
    }


def surveys(inputs: PolicyInputs) -> dict[str, str]:
    """The survey of each site."""
    return dict(inputs.planned.effects.options.filter(pl.col("kind") == "survey").select("site", "option").iter_rows())


def all_surveyed(inputs: PolicyInputs, seed: int, asked: argparse.Namespace) -> Policy:
    """Every uninspected site surveyed at once, then what is best at the prices of a case in which all is known."""
    options = inputs.planned.effects.options
    known = with_options(inputs, options.filter(pl.col("kind") != "survey")["option"].to_list())
    guided = guide(known, seed, SearchBudget(asked.limit, steps=asked.steps))
    later = {} if guided is None else first_policies(guided.shares, known.params)[1]
    of = surveys(inputs)
    first: Policy = {
        (site, None): IntendedStart(of[site], 0) for site in inputs.findings["site"].unique() if site in of
    }
    return {**first, **{point: start for point, start in later.items() if point not in first}}


def carried_out(inputs: PolicyInputs, policy: Policy, seed: int, number: int) -> float:
    """Expected gain of a policy whose starts are all wanted, in the futures in which that of this seed is valued."""
    few = with_options(inputs, [start.option for start in policy.values()])
    future = future_problem(few)
    count = future.starts.stop - future.starts.start
    simulation = Simulation(few, StartWorths(np.full(count, np.inf), np.zeros(count)), future)
    futures = drawn_futures(inputs.findings, number, seed, inputs.params.batches, decisions=inputs.decisions)
    nothing = (solve_lp(baseline_model(future.arrays, future)).value or 0.0) + future.constant
    return float(simulated(simulation, policy, futures).values @ futures.weights) - nothing


def table(runs: list[dict[str, Any]]) -> str:
    """Median and worst of each case over its seeds."""
    lines = [
        f"{'case':<24}{'seeds':>6}{'gap, median':>13}{'worst':>8}{'cpu s, median':>15}{'seconds':>9}{'peak MB':>9}"
    ]
    for name in dict.fromkeys(each["case"] for each in runs):
        mine = [each for each in runs if each["case"] == name and each.get("gap") is not None]
        gaps, work, seconds, memory = (
            [each[key] for each in mine] for key in ("gap", "cpu_seconds", "seconds", "peak_mb")
        )
        if mine:
            lines.append(
                f"{name[-24:]:<24}{len(mine):>6}{np.median(gaps):>13.1%}{max(gaps):>8.1%}{np.median(work):>15.0f}"
                f"{max(seconds):>9.0f}{max(memory):>9.0f}"
            )
        for way in ("fixed", "without_surveys", "all_surveyed"):
            shares = [each[way] / each["expected"] for each in mine if each.get(way) is not None]
            if shares:
                lines.append(f"  {way}: {np.median(shares):.1%} of the gain of the policy, at best {max(shares):.1%}")
    return "\n".join(lines)


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
    parser.add_argument("--steps", type=int, help="changes of the policy that are tried, instead of a time limit")
    parser.add_argument("--others", action="store_true", help="carry out other ways in the same futures")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        print(json.dumps(run(asked.here, asked.seeds[0], asked)))
        return 0
    print(f"{os.cpu_count()} cores; load {os.getloadavg()[0]:.1f} when it began", flush=True)
    arguments = ["--limit", str(asked.limit), *(["--others"] if asked.others else [])]
    arguments += [] if asked.steps is None else ["--steps", str(asked.steps)]
    runs = []
    for name in [*map(str, asked.sites), *asked.case]:
        for seed in asked.seeds:
            runs.append(fresh(name, seed, arguments))
            print(runs[-1], flush=True)
    print(table(runs))
    print(json.dumps({"runs": runs}))
    return 1 if any("error" in each for each in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
