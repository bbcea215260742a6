"""Where released money and crews go: what is stated is there, chance is not taken for it, and the check agrees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.tiny import tiny

import tawteen as tw
from tawteen.plan.policy_plan import PolicyPlan, policy_schema
from tawteen.plan.released_to import difference_interval, released_to
from tawteen.plan.verify.policy.knowledge import FutureStart
from tawteen.plan.verify.policy.releases import releases

KEY = ["site", "finding", "to_site", "to_finding", "option"]


def drawn(seed: int, futures: int, *, freed: float) -> PolicyPlan:
    """A policy of four sites with random findings. `p` waits for money that `a` does not take in a share of futures.

    `b`: starts after finding 0 whatever else is found; `q` without a finding, half a year earlier where `b` falls away.
    """
    random = np.random.default_rng([23, seed])
    finding = {site: random.integers(0, 3, futures) for site in "abp"}
    starts = []
    for number in range(futures):
        if finding["a"][number] == 0:
            starts.append((number, "a1", 0, 2))
        if finding["b"][number] == 0:
            starts.append((number, "b1", 0, int(random.integers(2, 4))))
        if finding["p"][number] == 1 and (finding["a"][number] != 0 or random.random() > freed):
            starts.append((number, "p1", 1, 3))
        starts.append((number, "q1", None, 4 if finding["b"][number] != 0 and freed else 6))
    frame = pl.DataFrame(starts, schema=policy_schema("starts"), orient="row")
    sites = {"a1": "a", "b1": "b", "p1": "p", "q1": "q"}
    policy = (
        frame.with_columns(site=pl.col("option").replace_strict(sites))
        .group_by("site", "finding", "option", maintain_order=True)
        .agg(pl.col("period").median().round().cast(pl.Int64))
    )
    outcomes = pl.DataFrame(
        {"site": list(finding), "finding": [column.tolist() for column in finding.values()]},
        schema=policy_schema("outcomes"),
    )  # fmt: skip
    made = tw.plan_policy(tiny(), steps=0, futures=10)
    assert made is not None
    solutions = tuple(range(futures))
    table = released_to(frame, outcomes, solutions, policy)
    return replace(
        made, gains=(0.0,) * futures, solutions=solutions, outcomes=outcomes, starts=frame, policy=policy,
        released_to=table,
    )  # fmt: skip


def test_what_is_released_is_told_with_both_shares() -> None:
    table = drawn(1, 300, freed=1.0).released_to
    together = table.filter(pl.col("finding").is_null(), to_site="p").row(0, named=True)
    assert together["site"] == "a"
    assert (together["share_with"], together["share_without"]) == (1.0, 0.0)
    assert together["futures_with"] + together["futures_without"] == 300 // 3 or together["futures_with"] > 40
    assert 0.0 < together["least"] < 1.0 == together["most"]
    apart = table.filter(pl.col("finding").is_not_null(), to_site="p")
    assert set(apart["finding"]) <= {1, 2}
    earlier = table.filter(to_site="q").row(0, named=True)
    assert (earlier["site"], earlier["period"]) == ("b", 4)
    assert earlier["share_with"] > earlier["share_without"]


def test_where_nothing_is_released_nothing_is_stated() -> None:
    stated = sum(drawn(seed, 120, freed=0.0).released_to.height for seed in range(40))
    assert stated <= 3


@pytest.mark.parametrize("seed", range(6))
def test_the_check_derives_the_same(seed: int) -> None:
    policy = drawn(seed, 60 + 20 * seed, freed=0.2 * seed)
    sites = dict(policy.policy.select("option", "site").iter_rows())
    begun = {number: list[FutureStart]() for number in policy.solutions}
    for number, option, finding, period in policy.starts.iter_rows():
        begun[number].append(FutureStart(sites[option], option, "repair", finding, period, 1))
    right = {tuple(row[name] for name in KEY): row for row in releases(policy, begun)}
    stated = {tuple(row[name] for name in KEY): row for row in policy.released_to.to_dicts()}
    assert stated.keys() == right.keys()
    for key, row in stated.items():
        assert row == pytest.approx(right[key])


def test_the_interval_is_that_of_the_literature() -> None:
    """Newcombe (1998), table II, contrast a: 56 of 70 less 48 of 80."""
    least, most = difference_interval(*(np.array([n]) for n in (56.0, 70.0, 48.0, 80.0)), quantile=1.959964)
    assert least.item() == pytest.approx(0.0524, abs=5e-5)
    assert most.item() == pytest.approx(0.3339, abs=5e-5)
