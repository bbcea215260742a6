"""Simulation: what it comes to without spread, its measures on paths counted by hand, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.appraise.test_value import rich

from tawteen.appraise import appraise
from tawteen.appraise.params import SIMULATION
from tawteen.appraise.rates import NEVER_PAYS, REASONS
from tawteen.appraise.risk import SimulationResult, cash_model, simulate
from tawteen.appraise.risk.distributions import Empirical, FixedValue, Lognormal, Pert, Triangular
from tawteen.case.findings import CaseError
from tawteen.effects import effects_of
from tawteen.words import LANGS, Words

INPUTS = {
    "cost": Lognormal(0.7, 1.8, 1.0),
    "delay": Triangular(0, 1, 6),
    "ramp": Pert(0.8, 1.0, 2.5),
    "price": Triangular(0.9, 1.0, 1.1),
    "outage": Pert(0.0, 0.05, 0.3),
}
TIED = {("cost", "delay"): 0.6}


@pytest.fixture(scope="module")
def works():
    """Behind an unknown gate, and a pilot."""
    case = rich()
    return cash_model(case, effects_of(case), "cables-rehab", "financial")


@pytest.fixture(scope="module")
def mill():
    case = rich()
    return cash_model(case, effects_of(case), "mill-repair", "financial")


def test_without_spread_every_path_is_the_appraisal():
    case = rich()
    effects = effects_of(case)
    for row in appraise(case, effects).indicators.to_dicts():
        model = cash_model(case, effects, row["option"], row["view"])
        found = simulate(model, {"cost": FixedValue(1.0), "delay": FixedValue(0.0)}, paths=3, events=False)
        assert found.npv == pytest.approx([row["npv"]] * 3, rel=1e-9, abs=1e-4)
        assert REASONS[found.irr_kind[0]] == row["irr_reason"]
        if row["irr"] is not None:
            assert found.irr == pytest.approx([row["irr"]] * 3, rel=1e-6)
        quarters = found.payback * 4
        assert quarters.tolist() == [np.inf if row["payback_quarters"] is None else row["payback_quarters"]] * 3


def test_nothing_that_varies_is_one_path_many_times(mill):
    found = simulate(mill, {}, paths=5, events=False)
    assert found.npv == pytest.approx([mill.npv({})[0]] * 5)


@given(st.integers(0, 2**32), st.floats(0.5, 1), st.floats(1, 3))
@settings(max_examples=20, deadline=None)
def test_quantiles_are_in_order_and_losses_are_counted(mill, seed, low, high):
    found = simulate(
        mill, {"cost": Triangular(low, 1.0, high), "price": Triangular(low, 1, high)}, paths=400, seed=seed
    )
    assert found.npv_at(0.1) <= found.npv_at(0.5) <= found.npv_at(0.9)
    assert found.expected_shortfall() <= found.npv_at(0.1) + 1e-6
    assert found.chance_of_loss == pytest.approx(np.mean(found.npv < 0))
    rates = [found.irr_at(share) for share in (0.1, 0.5, 0.9)]
    known = [float(a.value) for a in rates if not a.reason.item()]
    assert known == sorted(known)


def test_the_seed_decides_and_the_number_of_paths_does_not(mill):
    paths = SIMULATION.paths_at_once + 10
    one, again = (simulate(mill, INPUTS, TIED, paths=paths, seed=7) for _ in range(2))
    assert np.array_equal(one.npv, again.npv)
    assert np.array_equal(one.irr, again.irr, equal_nan=True)
    assert np.array_equal(
        one.npv[: SIMULATION.paths_at_once], simulate(mill, INPUTS, TIED, paths=SIMULATION.paths_at_once, seed=7).npv
    )
    assert not np.array_equal(one.npv, simulate(mill, INPUTS, TIED, paths=paths, seed=8).npv)
    assert len(set(one.npv)) == paths


def test_events_leave_the_mean_and_spread_it(works, mill):
    """A gate with chance 0.7 and a pilot with 0.9; a line of which half survive three years."""
    assert (works.chance, works.success, mill.survival.min()) == (0.7, 0.9, 0.5)
    for model in (works, mill):
        expected = model.npv({})[0]
        found = simulate(model, {}, paths=40_000, seed=2)
        assert abs(found.npv.mean() - expected) < 4 * found.standard_error
        assert found.npv.std() > 0.05 * abs(expected)
    # On closed paths only survey and gate are paid: 20,000 and 10,000 in the first quarter.
    closed = np.isclose(simulate(works, {}, paths=40_000, seed=2).npv, -30_000 / 1.12**0.25)
    assert closed.mean() == pytest.approx(0.3, abs=0.02)


def test_a_delay_is_paid_back_later(works):
    late, planned = (simulate(works, {"delay": FixedValue(d)}, paths=1, events=False) for d in (4.0, 0.0))
    assert late.npv[0] < planned.npv[0]
    assert late.payback[0] == planned.payback[0] + 1


def test_cover_of_debt_by_hand(mill):
    """Payments after a year and at the end of the second; cash of operation since the last payment serves each."""
    cash = mill.cash({}).operating[0]
    service = np.zeros(mill.periods)
    service[3], service[7] = cash[:4].sum() / 1.5, cash[4:8].sum() / 1.2
    assert (service[[3, 7]] > 0).all()
    found = simulate(mill, {}, paths=2, events=False, debt_service=service)
    assert found.cover == pytest.approx([1.2, 1.2])
    assert found.chance_uncovered.number() == 0.0
    found = simulate(mill, {"price": Triangular(0.8, 1.0, 1.2)}, paths=500, events=False, debt_service=service)
    assert 0 < found.chance_uncovered.number() < 1
    assert found.chance_uncovered.number() == np.mean(found.cover < 1)
    nothing = simulate(mill, {}, paths=2, debt_service=np.zeros(mill.periods))
    assert nothing.chance_uncovered.number() == 0.0


def risk(npv, kinds, payback=None):
    kinds = np.array(kinds, np.int8)
    irr = np.where(kinds == 0, np.linspace(0.1, 0.2, len(kinds)), np.nan)
    years = np.array(payback or [1.0] * len(kinds))
    return SimulationResult("o", "financial", (), 1, len(npv), np.array(npv, float), irr, kinds, years, None)


def test_measures_by_hand():
    found = risk([-10, -4, 1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 0, 0, 0, 0, 0, 0, 0, 3], [np.inf, 2, 2, 3, 3, 3, 1, 4, 5, 6])
    assert found.chance_of_loss == 0.2
    assert found.expected_shortfall(0.2) == -7
    assert found.npv_at(0.5) == 3.5
    assert found.irr_at(0.1).reason == NEVER_PAYS
    # Of nine that count two never pay; the fifth in order is the third of the seven rates.
    assert found.irr_at(0.5).number() == pytest.approx(0.1 + 0.1 * 4 / 9)
    assert found.rates_missing() == {NEVER_PAYS: 0.2, "appraise.irr_several": 0.1}
    assert found.paid_back()["share"].to_list() == pytest.approx([0.1, 0.3, 0.6, 0.7, 0.8, 0.9])
    assert risk([1, 1], [3, 4]).irr_at(0.5).reason == "risk.no_rate"


def test_summary_says_why_what_is_missing_is(mill):
    found = simulate(replace(mill, streams=()), {}, paths=4, events=False).summary()
    assert found.height == 10
    assert (found["value"].is_null() == found["reason"].is_not_null()).all()
    for reason in found["reason"].drop_nulls():
        for lang in LANGS:
            assert Words(lang).say(reason) != reason
    assert dict(found.select("measure", "reason").rows())["chance_uncovered"] == "risk.no_debt"


def test_no_sales_never_pays(mill):
    found = simulate(mill, {"output": FixedValue(0.0)}, paths=2, events=False)
    assert (found.npv < 0).all()
    assert np.isinf(found.payback).all()


def test_progress_is_told_and_it_can_be_stopped(mill):
    told = []
    whole = simulate(mill, INPUTS, paths=3 * SIMULATION.paths_at_once, progress=told.append)
    assert [event.share for event in told] == pytest.approx([1 / 3, 2 / 3, 1])
    assert not whole.stopped
    part = simulate(mill, INPUTS, paths=200 * SIMULATION.paths_at_once, stop=lambda: True)
    assert part.stopped
    assert 0 < part.paths < 200 * SIMULATION.paths_at_once
    assert np.isfinite(part.npv).all()


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"weather": FixedValue(1.0)}, "risk.input_unknown"),
        ({"output": Triangular(-0.5, 1, 1)}, "risk.input_outside"),
        ({"outage": Triangular(0, 0.5, 1.5)}, "risk.input_outside"),
        ({"ramp": FixedValue(0.0)}, "risk.input_outside"),
        ({"cost": Lognormal(0.1, 1.1, 1.0)}, "risk.input_outside"),
        ({"price": Empirical((-1.0, 2.0))}, "risk.input_outside"),
    ],
)
def test_bad_inputs_are_refused(mill, inputs, code):
    with pytest.raises(CaseError) as raised:
        simulate(mill, inputs, paths=1)
    (finding,) = raised.value.findings
    assert finding.code == code
    for lang in LANGS:
        assert Words(lang).say(finding.code, finding.args) != finding.code


def test_bad_calls_are_refused(mill):
    with pytest.raises(ValueError, match="at least one"):
        simulate(mill, {}, paths=0)
    with pytest.raises(ValueError, match="one number for each"):
        simulate(mill, {}, paths=1, debt_service=[1.0, 2.0])
    contradiction = {("cost", "delay"): 0.9, ("delay", "ramp"): 0.9, ("cost", "ramp"): -0.9}
    with pytest.raises(CaseError):
        simulate(mill, INPUTS, contradiction, paths=1)
