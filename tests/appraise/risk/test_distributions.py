"""Distributions, and how they are tied."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tawteen.appraise.risk.correlation import mixing, nearest_correlation
from tawteen.appraise.risk.distributions import (
    Empirical,
    FixedValue,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
    quantile,
)
from tawteen.appraise.risk.simulation import draw
from tawteen.case.findings import CaseError
from tawteen.words import LANGS, Words

SHARES = np.concatenate([10.0 ** -np.arange(1, 9), np.linspace(0.01, 0.99, 99), 1 - 10.0 ** -np.arange(1, 9)])


def code_of(raised):
    (finding,) = raised.value.findings
    for lang in LANGS:
        assert Words(lang).say(finding.code, finding.args) != finding.code
    return finding.code


@pytest.mark.parametrize("ends", [(0, 0.03, 0.2), (0, 0, 1), (0, 1, 1), (0.8, 1, 2.5), (-3, 2, 4)])
def test_quantiles_are_those_of_scipy(ends):
    low, likely, high = ends
    width, share = high - low, (likely - low) / (high - low)
    a = 1 + 4 * share
    assert quantile(Pert(*ends), SHARES) == pytest.approx(
        low + width * stats.beta.ppf(SHARES, a, 6 - a), abs=1e-9 * width
    )
    triangle = stats.triang.ppf(SHARES, share, low, width)
    assert quantile(Triangular(*ends), SHARES) == pytest.approx(triangle, abs=1e-9 * width)
    assert quantile(Uniform(low, high), SHARES) == pytest.approx(low + width * SHARES, abs=1e-9 * width)


def test_lognormal_goes_through_what_it_was_given():
    for p10, p50, p90 in ((0.8, 1.0, 1.6), (0.4, 1.0, 1.2), (0.9, 1.0, 1.1)):
        found = quantile(Lognormal(p10, p90, p50), [0.1, 0.5, 0.9])
        assert found == pytest.approx([p10, p50, p90], rel=1e-9)
    plain = Lognormal(0.5, 2.0)
    assert quantile(plain, [0.1, 0.5, 0.9]) == pytest.approx([0.5, 1.0, 2.0])
    sigma = np.log(2) / stats.norm.ppf(0.9)
    assert quantile(plain, SHARES) == pytest.approx(stats.lognorm.ppf(SHARES, sigma), rel=1e-6)
    # The shifted one is the same where its median is the geometric mean.
    assert quantile(Lognormal(0.5, 2.0, 1.0), SHARES) == pytest.approx(quantile(plain, SHARES), rel=1e-9)


def test_empirical_is_what_was_seen():
    seen = Empirical((3.0, 1.0, 2.0, 10.0))
    assert quantile(seen, [0, 0.24, 0.26, 0.6, 1]) == pytest.approx([1, 1, 2, 3, 10])
    shares = (np.arange(4000) + 0.5) / 4000
    assert quantile(seen, shares).mean() == pytest.approx(4)
    assert seen.span == (1.0, 10.0)


@given(
    st.lists(st.floats(-1e3, 1e3).map(lambda x: round(x, 3)), min_size=3, max_size=3), st.floats(0, 1), st.floats(0, 1)
)
def test_quantiles_rise_and_stay_inside(values, one, other):
    low, likely, high = sorted(values)
    shares = np.sort([one, other])
    for distribution in (
        Triangular(low, likely, high),
        Pert(low, likely, high),
        Uniform(low, high),
        Empirical((low, high)),
    ):
        found = quantile(distribution, shares)
        slack = 1e-9 * (high - low)
        assert found[0] <= found[1] + slack
        assert low - slack <= found[0]
        assert found[1] <= high + slack


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Triangular(2, 1, 3), "risk.low_above_high"),
        (lambda: Pert(0, 3, 2), "risk.low_above_high"),
        (lambda: Uniform(1, 0), "risk.low_above_high"),
        (lambda: Lognormal(2, 1), "risk.low_above_high"),
        (lambda: Triangular(0, float("nan"), 1), "risk.low_above_high"),
        (lambda: Lognormal(0, 1), "risk.not_positive"),
        (lambda: Lognormal(1, 2, 1), "risk.half_without_width"),
        (lambda: Empirical(()), "risk.nothing_seen"),
    ],
)
def test_bad_ranges_are_refused(make, code):
    with pytest.raises(CaseError) as raised:
        make()
    assert code_of(raised) == code


def test_inputs_are_tied_by_rank():
    inputs = {"a": Lognormal(0.5, 2.0), "b": Triangular(0, 1, 5), "c": Pert(0, 1, 9), "d": Uniform(0, 1)}
    wanted = {("a", "b"): 0.7, ("c", "a"): -0.4}
    values = draw(inputs, mixing(list(inputs), wanted), np.random.default_rng(5), 200_000)
    found = stats.spearmanr(np.column_stack(list(values.values()))).statistic
    expected = np.eye(4)
    expected[0, 1] = expected[1, 0] = 0.7
    expected[0, 2] = expected[2, 0] = -0.4
    # Standard error of a rank correlation of 200,000 pairs: 0.0022.
    assert found == pytest.approx(expected, abs=0.01)


def test_inputs_may_move_as_one():
    values = draw(
        {"a": Uniform(0, 1), "b": Uniform(0, 2)}, mixing(["a", "b"], {("a", "b"): 1.0}), np.random.default_rng(1), 500
    )
    assert values["b"] == pytest.approx(2 * values["a"], abs=1e-6)


CONTRADICTION = {("a", "b"): 0.9, ("b", "c"): 0.9, ("a", "c"): -0.9}


@pytest.mark.parametrize(
    ("correlation", "code"),
    [
        (CONTRADICTION, "risk.correlation_contradicts"),
        ({("a", "b"): 1.2}, "risk.correlation_outside"),
        ({("a", "b"): float("nan")}, "risk.correlation_outside"),
        ({("a", "x"): 0.2}, "risk.correlation_unknown"),
        ({("a", "a"): 0.2}, "risk.correlation_unknown"),
    ],
)
def test_impossible_correlations_are_refused(correlation, code):
    with pytest.raises(CaseError) as raised:
        mixing(["a", "b", "c"], correlation)
    assert code_of(raised) == code


def test_nearest_correlation_is_possible_and_leaves_possible_ones_alone():
    # Higham (2002), section 4: the nearest matrix to this one has 0.7607 and 0.1573 off its diagonal.
    wanted = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    found = nearest_correlation(wanted)
    assert found[0, 1] == pytest.approx(0.7607, abs=5e-5)
    assert found[0, 2] == pytest.approx(0.1573, abs=5e-5)
    assert np.linalg.eigvalsh(found).min() > -1e-9
    fine = np.array([[1.0, 0.5], [0.5, 1.0]])
    assert nearest_correlation(fine) == pytest.approx(fine)


def test_what_is_known_does_not_vary():
    assert quantile(FixedValue(3.0), [0.0, 0.5, 1.0]).tolist() == [3.0, 3.0, 3.0]
    assert Pert(2, 2, 2).quantile_of_score(np.array([-1.0, 4.0])).tolist() == [2.0, 2.0]
    assert Lognormal(2, 2, 2).span == (2, 2)
