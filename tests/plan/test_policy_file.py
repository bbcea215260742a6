"""A policy in the file of its programme: what is written comes back, and what contradicts itself is refused."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.plan.test_programme_file import KEPT, code_of

from tawteen.plan.file_names import FLOWS_FILE
from tawteen.plan.policy_plan import FLOW_TABLES, POLICY_TABLES
from tawteen.plan.programme_file import read_programme, seal, write_programme

FIRST = {
    "expected": 1.0, "p10": 1.0, "p50": 1.0, "p90": 1.0, "chance_of_loss": 0.5, "half_width": 1.0, "gap": 0.5,
    "gap_interval": [0.0, 1.0], "value_of_information": 1.0, "batches": 3, "bound": 1.0, "bound_half_width": 1.0,
    "proven_bound": "high", "bound_by_prices": 1.0, "sampled_bounds": ["high"], "do_nothing": None,
    "rules_missed": 2.0, "gains": [1.0], "gains_without": [1.0], "solutions": [0], "seed": -1, "flows_hash": 3,
}  # fmt: skip
"""Another value of each field that is no table."""


def kept(folder: Path) -> Path:
    for name in ("version_8.json", FLOWS_FILE):
        shutil.copyfile(KEPT / name, folder / name)
    return folder / "version_8.json"


def changed(folder: Path, name: str, value: Any) -> Path:
    path = kept(folder)
    data = json.loads(path.read_text(encoding="utf-8"))
    data["policy"][name] = value
    data["seal"] = seal(data)
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_a_policy_comes_back_as_it_was_written(tmp_path: Path) -> None:
    made = read_programme(kept(tmp_path))
    (tmp_path / "again").mkdir()
    write_programme(made, tmp_path / "again" / "programme.json")
    again = read_programme(tmp_path / "again" / "programme.json")
    assert made.policy is not None
    assert again.policy is not None
    assert again.policy.gains == made.policy.gains
    assert again.policy.gap_interval == made.policy.gap_interval
    for name in POLICY_TABLES:
        assert getattr(again.policy, name).equals(getattr(made.policy, name)), name
    for name in FLOW_TABLES:
        assert again.policy.flows[name].equals(made.policy.flows[name]), name
        assert made.policy.flows[name].height


@pytest.mark.parametrize("name", FIRST)
def test_a_figure_that_does_not_follow_from_the_futures_is_refused(tmp_path: Path, name: str) -> None:
    assert code_of(changed(tmp_path, name, FIRST[name])) == "programme.field"


@pytest.mark.parametrize("name", POLICY_TABLES)
def test_a_table_without_its_columns_is_refused(tmp_path: Path, name: str) -> None:
    assert code_of(changed(tmp_path, name, [{"site": "mill"}])) == "programme.field"


@pytest.mark.parametrize("prices", [[], [1.0, 2.0]])
def test_a_bound_that_no_prices_prove_and_a_limit_with_two_prices_are_refused(
    tmp_path: Path, prices: list[float]
) -> None:
    limit = {"kind": "fund", "id": "budget", "place": None, "finding": None, "period": 0}
    path = kept(tmp_path)
    data = json.loads(path.read_text(encoding="utf-8"))

    def read(rows: list[float], bound: float | None) -> Path:
        data["policy"] |= {"bound_prices": [{**limit, "price": price} for price in rows], "bound_by_prices": bound}
        data["seal"] = seal(data)
        path.write_text(json.dumps(data), encoding="utf-8")
        return path

    policy = read_programme(read([1.0], 5.0)).policy
    assert policy is not None
    assert (policy.bound_by_prices, policy.bound_prices["price"].to_list()) == (5.0, [1.0])
    assert code_of(read(prices, 5.0)) == "programme.field"


def test_flows_of_another_policy_are_refused(tmp_path: Path) -> None:
    path = kept(tmp_path)
    (tmp_path / FLOWS_FILE).write_bytes(b"nothing")
    assert code_of(path) == "programme.field"
    (tmp_path / FLOWS_FILE).unlink()
    policy = read_programme(path).policy
    assert policy is not None
    assert not policy.flows


def test_an_estimated_bound_counts_where_it_is_lower_and_widens_the_gap() -> None:
    policy = read_programme(KEPT / "version_8.json").policy
    assert policy is not None
    assert policy.proven_bound is not None
    proven = policy.proven_bound
    assert (policy.bound, policy.bound_half_width, policy.bound_is_estimated) == (proven, 0.0, False)
    higher = replace(policy, sampled_bounds=(2.0 * proven, 2.0 * proven))
    assert (higher.bound, higher.gap_interval) == (proven, policy.gap_interval)
    lower = replace(policy, sampled_bounds=(0.55 * proven, 0.6 * proven, 0.65 * proven))
    assert lower.bound == pytest.approx(0.6 * proven)
    # Student's t of two degrees of freedom is 4.303 at 97.5 %.
    above = 4.303 * 0.05 * proven / 3**0.5
    assert lower.bound_half_width == pytest.approx(math.hypot(policy.half_width, above), rel=1e-3)
    assert lower.gap == pytest.approx((lower.bound - policy.expected) / lower.bound)
    interval = lower.gap_interval
    assert interval is not None
    gap, middle = lower.gap, sum(interval) / 2.0
    assert middle == pytest.approx(gap)
    # The derivatives of D / (E + D) by the expected gain E and by what is above it, D.
    by_expected, by_above = -gap / lower.bound, (1.0 - gap) / lower.bound
    reach = math.hypot(by_expected * policy.half_width, by_above * above)
    assert interval[1] - interval[0] == pytest.approx(2.0 * reach, rel=1e-3)
    scattered = replace(policy, sampled_bounds=(0.1 * proven, 1.7 * proven))
    assert (scattered.bound, scattered.bound_is_estimated) == (proven, False)
    alone = replace(policy, sampled_bounds=(0.5 * proven,))
    assert alone.bound == proven
