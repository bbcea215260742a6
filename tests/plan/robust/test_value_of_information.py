from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from tests.tiny import tables, tiny

from tawteen.case.model import Case
from tawteen.plan.planning import plan
from tawteen.plan.robust.recourse import StartChoice, outcome
from tawteen.plan.robust.robustness import robustness
from tawteen.plan.robust.sampling import as_planned
from tawteen.plan.robust.value_of_information import dependent, of_gate, of_quantity

ONE = np.zeros(1, dtype=np.int64)
RANDOM = np.random.default_rng(0)
AT = RANDOM.random((4000, 1))


def test_a_quantity_with_a_known_answer() -> None:
    # NB = φ − 1/2 with φ uniform and noise on top: E max(0, φ − 1/2) = 1/8, and without knowing φ nothing is gained.
    worth = AT - 0.5 + RANDOM.normal(0, 0.3, AT.shape)
    assert of_quantity(worth, ONE, AT) == pytest.approx(1 / 8, abs=0.012)


def test_choosing_between_options_with_a_known_answer() -> None:
    # Two options of one site, φ and 1 − φ: E max = 3/4, best beforehand 1/2. On two sites nothing is to be chosen.
    worth = np.concatenate([AT, 1 - AT], axis=1)
    assert of_quantity(worth, np.array([0, 0]), AT) == pytest.approx(1 / 4, abs=0.01)
    assert of_quantity(worth, np.array([0, 1]), AT) == pytest.approx(0.0, abs=1e-9)


def test_what_does_not_matter_is_worth_nothing() -> None:
    noise = RANDOM.normal(0, 1, (1000, 1))
    found = [of_quantity(noise, ONE, RANDOM.random((1000, 1))) for _ in range(20)]
    assert np.mean(np.array(found) == 0.0) >= 0.8
    assert max(found) < 0.03
    sure = 5.0 + AT
    assert of_quantity(sure, ONE, AT) == pytest.approx(0.0, abs=1e-9)


def test_among_a_thousand_quantities_only_those_that_matter_are_dependent() -> None:
    """Worths of heavy tails in a hundred scenarios: by single tests dozens of a thousand would seem to matter."""
    random = np.random.default_rng(5)
    quantiles = random.random((100, 1000))
    worth = random.standard_t(1.5, (100, 30)) * 1e6
    every = np.arange(30)
    assert not dependent(worth, [(quantiles[:, k], every) for k in range(1000)], 0.05).any()
    worth[:, 7] += 2e7 * quantiles[:, 400]
    worth[:, 9] += 2e7 * np.abs(quantiles[:, 500] - 0.5)
    found = dependent(worth, [(quantiles[:, k], every) for k in range(1000)], 0.05)
    assert np.flatnonzero(found).tolist() == [400, 500]
    assert not dependent(worth, [(quantiles[:, 400], np.array([8]))], 0.05).any()
    assert not dependent(worth[:3], [(quantiles[:3, 400], every)], 0.05).any()
    assert not dependent(np.zeros((100, 2)), [(quantiles[:, 0], np.array([0, 1]))], 0.05).any()


def test_a_gate_with_a_known_answer() -> None:
    passed = np.arange(1000) < 400
    worth = np.where(passed, 3.0, -1.0)[:, None]
    # 0.4 · 3 − max(0, 0.4 · 3 − 0.6 · 1)
    assert of_gate(worth, ONE, passed, 0.4) == pytest.approx(0.6)
    assert of_gate(worth - 5.0, ONE, passed, 0.4) == 0.0
    assert of_gate(worth, ONE, np.arange(1000) < 3, 0.4) == 0.0


def test_a_toy_case_from_end_to_end() -> None:
    """One site behind one unknown gate, all else known: the answer follows from two solutions."""
    kept = tables()
    rows = {
        "sites": [s for s in kept["sites"] if s["id"] == "cables"],
        "options": [o for o in kept["options"] if o["site"] == "cables"],
        "blockers": [b for b in kept["blockers"] if b["site"] == "cables"],
        **{
            name: [r for r in kept[name] if r["option"] == "cables-rehab"]
            for name in ("recipes", "works", "costs", "cadres")
        },
    }
    money = {"currency": "USD", "price_year": 2026, "rates": [{"currency": "LYD", "official": 6.37}]}
    # A survey dear enough that the choice is close.
    rows["sites"] = [{**rows["sites"][0], "survey_cost": 400_000.0}]
    case = tiny(rows, money=money)
    made = plan(case, time_limit=30.0)
    found = robustness(case, made, scenarios=20, replans=0, shocks=())
    (gate,) = found.values.filter(kind="gate").iter_rows(named=True)
    chosen = found.sites.filter(pl.col("option") == "cables-rehab")
    assert chosen.height == 1
    picked = StartChoice({"cables-rehab": chosen["start"][0]}, frozenset({"cables-rehab"}), frozenset())
    worth = {}
    for chance in (0.0, 1.0):
        blockers = case["blockers"].with_columns(chance=pl.lit(chance))
        settled = Case(case.settings, {**case.tables, "blockers": blockers})
        worth[chance] = outcome(as_planned(settled), picked).gain
    assert worth[0.0] < 0 < worth[1.0]
    expected = 0.7 * worth[1.0] - max(0.7 * worth[1.0] + 0.3 * worth[0.0], 0.0)
    assert gate["worth"] == pytest.approx(expected, rel=1e-6)
    assert (gate["kind"], gate["subject"], gate["column"]) == ("gate", "cables", "title")
    (site,) = found.surveys.iter_rows(named=True)
    assert site["worth"] == pytest.approx(gate["worth"])
    assert site["net"] == pytest.approx(site["worth"] - 400_000.0)
