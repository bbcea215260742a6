"""Financial functions against published figures, each at the precision it is printed with, and their properties."""

import datetime as dt
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tawteen.appraise import depreciation, functions
from tawteen.appraise.answer import NotCalculable
from tawteen.appraise.rates import OUTSIDE
from tawteen.words import LANGS, Words

ACCEPTANCE = Path(__file__).parents[2] / "cases" / "textbook" / "acceptance"


def read(name):
    return json.loads((ACCEPTANCE / name).read_text(encoding="utf-8"))


OPEN_FORMULA = read("05_openformula_calligra.json")["cases"]
EXCEL = read("06_excel_xirr_documentation.json")
NUMPY = read("07_numpy_financial_tests.json")["cases"]


def argument(value):
    """Numbers as they are; "0.05/12" is a quotient, "2000-01-01" a day."""
    if isinstance(value, list):
        return [argument(v) for v in value]
    if not isinstance(value, str):
        return value
    if "/" in value:
        above, below = value.split("/")
        return float(above) / float(below)
    return dt.date.fromisoformat(value)


def precision(name, figure):
    """Half a unit of the last digit that is printed, and no less than what a double holds.

    numpy-financial stops its search for a RATE at 1e-6 and is 3.5e-12 away from (10000/3500)^0.1 − 1.
    """
    places = len(repr(figure).partition(".")[2])
    held = 1e-10 if name == "RATE" else abs(figure) * 1e-12
    return max(0.5 * 10.0**-places, held) * (1 + 1e-6)


def called(name):
    return functions.npv_from_now if name == "NPV0" else getattr(functions, name.lower())


@pytest.mark.parametrize(("name", "arguments", "figure"), OPEN_FORMULA + NUMPY)
def test_published_figures(name, arguments, figure):
    answer = called(name)(*(argument(a) for a in arguments))
    if figure == "#DIV/0!":
        with pytest.raises(NotCalculable) as told:
            answer.number()
        assert told.value.code == functions.IRR_NEVER_COSTS
    else:
        assert answer.number() == pytest.approx(figure, rel=0, abs=precision(name, figure))


def test_rate_has_a_closed_form_without_payments():
    assert functions.rate(10, 0, -3500, 10000).number() == pytest.approx((10000 / 3500) ** 0.1 - 1, rel=1e-12)


def test_every_published_figure_was_tried():
    assert (len(OPEN_FORMULA), len(NUMPY)) == (32, 13)


def test_internal_rate_of_excels_help():
    dates = argument(EXCEL["dates"])
    found = functions.xirr(EXCEL["values"], dates)
    assert found.number() == pytest.approx(EXCEL["exact_root"], rel=0, abs=1e-10)
    assert found.number() == pytest.approx(EXCEL["excel"], rel=0, abs=1e-8)
    assert functions.xnpv(found.number(), EXCEL["values"], dates).number() == pytest.approx(0, abs=1e-8)


# Examples of Microsoft's help pages of these functions, printed to the cent (rates: to the last digit given).
HELP = [
    ("sln", (30_000, 7_500, 10), 2250.00),
    ("syd", (30_000, 7_500, 10, 1), 4090.91),
    ("syd", (30_000, 7_500, 10, 10), 409.09),
    ("db", (1_000_000, 100_000, 6, 1, 7), 186_083.33),
    ("db", (1_000_000, 100_000, 6, 2, 7), 259_639.42),
    ("db", (1_000_000, 100_000, 6, 6, 7), 55_841.76),
    ("db", (1_000_000, 100_000, 6, 7, 7), 15_845.10),
    ("ddb", (2400, 300, 3650, 1), 1.32),
    ("ddb", (2400, 300, 120, 1, 2), 40.00),
    ("ddb", (2400, 300, 10, 1, 2), 480.00),
    ("ddb", (2400, 300, 10, 2, 1.5), 306.00),
    ("ddb", (2400, 300, 10, 10), 22.12),
    ("vdb", (2400, 300, 3650, 0, 1), 1.32),
    ("vdb", (2400, 300, 120, 0, 1), 40.00),
    ("vdb", (2400, 300, 10, 0, 1), 480.00),
    ("vdb", (2400, 300, 120, 6, 18), 396.31),
    ("vdb", (2400, 300, 120, 6, 18, 1.5), 311.81),
    ("vdb", (2400, 300, 10, 0, 0.875, 1.5), 315.00),
]


@pytest.mark.parametrize(("name", "arguments", "figure"), HELP)
def test_depreciation_of_excels_help(name, arguments, figure):
    assert getattr(depreciation, name)(*arguments).number() == pytest.approx(figure, rel=0, abs=0.005)


def test_effective_and_nominal_rates_of_excels_help():
    assert functions.effect(0.0525, 4).number() == pytest.approx(0.0535427, abs=5e-8)
    assert functions.nominal(0.053543, 4).number() == pytest.approx(0.05250032, abs=5e-9)


RATES = st.floats(-0.5, 1.0)
MONEY = st.floats(1, 1e6)


@given(RATES, st.integers(1, 60), MONEY, st.floats(0, 1e6), st.sampled_from([0, 1]))
def test_payments_rates_and_periods_tell_the_same_loan(rate, periods, now, then, due):
    assume(1e-6 < (1 + rate) ** periods < 1e6)
    paid = functions.pmt(rate, periods, now, then, due).number()
    size = abs(now) + abs(then) + abs(paid) * periods
    grown = max(1.0, (1 + rate) ** periods)
    assert functions.fv(rate, periods, paid, now, due).number() == pytest.approx(then, abs=1e-9 * size * grown)
    assert functions.pv(rate, periods, paid, then, due).number() == pytest.approx(
        now, abs=1e-9 * size * max(1.0, (1 + rate) ** -periods)
    )
    principal = functions.cumprinc(rate, periods, now, 1, periods, due).number()
    interest = functions.cumipmt(rate, periods, now, 1, periods, due).number()
    level = functions.pmt(rate, periods, now, 0, due).number()
    assert principal == pytest.approx(-now, rel=1e-6, abs=1e-6)
    assert principal + interest == pytest.approx(level * periods, rel=1e-6, abs=1e-6)


@given(st.floats(0.001, 0.8), st.integers(2, 120), MONEY)
def test_rate_and_number_of_payments_are_found_again(rate, periods, now):
    paid = functions.pmt(rate, periods, now).number()
    assume((1 + rate) ** periods < 1e6)
    assert functions.rate(periods, paid, now).number() == pytest.approx(rate, rel=1e-6)
    assert functions.nper(rate, paid, now).number() == pytest.approx(periods, rel=1e-6)


@given(st.lists(st.floats(-1e5, 1e5).map(lambda x: round(x, 2)), min_size=3, max_size=20))
def test_present_value_is_nothing_at_every_rate(flow):
    found = functions.irr(flow)
    assert bool(found.several) == (len(found.every[0]) > 1)
    assert (found.reason.item() == "") == (len(found.every[0]) > 0)
    for rate in found.every[0]:
        size = functions.npv_from_now(rate, np.abs(flow)).number()
        assert functions.npv_from_now(rate, flow).number() == pytest.approx(0, abs=1e-8 * size)


def test_all_rates_are_found_even_close_together():
    # Roots of the discount factor at rates of 10, 10.02, 60 and −30 %.
    rates = [-0.3, 0.1, 0.1002, 0.6]
    flow = np.polynomial.polynomial.polyfromroots([1 / (1 + r) for r in rates]) * 1000
    found = functions.irr(flow)
    assert found.every[0] == pytest.approx(rates, abs=1e-6)
    assert found.several
    assert found.number() == pytest.approx(0.1, abs=1e-6)


def test_paths_are_the_same_as_one_by_one():
    flows = np.array([[-100.0, 60, 70], [-100.0, 20, 30], [-5.0, -1, -2], [4.0, 1, 0]])
    found = functions.irr(flows)
    assert found.reason.tolist() == ["", "", functions.IRR_NEVER_PAYS, functions.IRR_NEVER_COSTS]
    for flow, value in zip(flows[:2], found.value, strict=False):
        assert functions.irr(flow).number() == value
    values = functions.npv(np.array([0.1, 0.2, 0.0, -0.1]), flows)
    assert values.value[1] == pytest.approx(-100 / 1.2 + 20 / 1.44 + 30 / 1.728)
    assert functions.pmt(0.05, np.array([[12], [24]]), np.array([1000.0, 2000.0])).value.shape == (2, 2)
    assert functions.mirr(flows, 0.1, 0.12).reason.tolist() == [
        "",
        "",
        functions.IRR_NEVER_PAYS,
        functions.IRR_NEVER_COSTS,
    ]


DAYS = [dt.date(2027, 1, 1), dt.date(2028, 1, 1)]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (functions.npv(-1.0, [1.0, 2.0]), functions.RATE_LOST),
        (functions.pmt(-1.0, 12, 1000), functions.RATE_LOST),
        (functions.pmt(0.1, 0, 1000), functions.NO_PERIODS),
        (functions.ipmt(0.1, 13, 12, 1000), functions.NO_SUCH_PERIOD),
        (functions.ppmt(0.1, 0, 12, 1000), functions.NO_SUCH_PERIOD),
        (functions.cumipmt(0.1, 12, 1000, 5, 4), functions.NO_SUCH_PERIOD),
        (functions.nper(0.1, -50, 1000), functions.NEVER_PAID_OFF),
        (functions.nper(0.0, 0, 1000), functions.NEVER_PAID_OFF),
        (functions.rate(2.5, -50, 1000), functions.NOT_WHOLE),
        (functions.irr([-1.0, -2.0]), functions.IRR_NEVER_PAYS),
        (functions.irr([0.0, 0.0]), functions.IRR_NEVER_COSTS),
        (functions.irr([-1.0, 1e6]), functions.IRR_OUTSIDE),
        (functions.irr([1.0, -1.0, 1.0]), functions.IRR_OUTSIDE),
        (functions.irr([-1.0, float("nan")]), functions.NOT_FINITE),
        (functions.xirr([-1.0, 2.0], DAYS[::-1]), functions.BEFORE_FIRST),
        (functions.xirr([-1.0, 1e9], DAYS), OUTSIDE),
        (functions.xnpv(0.1, [-1.0, 2.0], DAYS[::-1]), functions.BEFORE_FIRST),
        (functions.fv(1e300, 12, 1, 1), functions.NOT_FINITE),
        (functions.effect(0.1, 0), functions.NO_PERIODS),
        (depreciation.sln(100, 10, 0), depreciation.BAD_ASSET),
        (depreciation.syd(100, 10, 5, 6), depreciation.NO_SUCH_PERIOD),
        (depreciation.db(0, 0, 5, 1), depreciation.BAD_ASSET),
        (depreciation.ddb(-100, 10, 5, 1), depreciation.BAD_ASSET),
        (depreciation.vdb(100, 10, 5, 2, 6), depreciation.NO_SUCH_PERIOD),
    ],
)
def test_what_does_not_exist_says_why(answer, code):
    assert np.isnan(answer.value)
    with pytest.raises(NotCalculable) as told:
        answer.number()
    assert told.value.code == code
    for lang in LANGS:
        assert Words(lang).say(code) != code


@given(MONEY, st.floats(0, 1), st.integers(1, 30))
def test_depreciation_writes_off_what_it_should(cost, share, life):
    salvage = cost * share
    periods = np.arange(1.0, life + 1)
    for whole in (
        depreciation.sln(cost, salvage, life).value * life,
        depreciation.syd(cost, salvage, life, periods).value.sum(),
        depreciation.vdb(cost, salvage, life, 0, life).value,
        depreciation.vdb(cost, salvage, life, periods - 1, periods).value.sum(),
    ):
        assert whole == pytest.approx(cost - salvage, rel=1e-9, abs=1e-6)
    assert depreciation.ddb(cost, salvage, life, periods).value.sum() <= (cost - salvage) * (1 + 1e-9) + 1e-9


def test_the_last_payments_of_a_long_loan_lose_no_digits():
    """Found with 60 digits: subtracting interest from a payment loses them where growth is large."""
    loan = (0.1479, 297, 300, -270.51)
    assert functions.ppmt(*loan).number() == pytest.approx(23.0428, abs=5e-5)
    assert functions.ipmt(*loan).number() == pytest.approx(16.9656, abs=5e-5)


@pytest.mark.parametrize("rate", [0.1479, -0.02, 0.0])
@pytest.mark.parametrize("due", [0, 1])
def test_principal_of_any_payment_as_with_exact_numbers(rate, due):
    exact = Fraction(rate)
    growth = 1 + exact
    count, now, then = 300, Fraction(-270), Fraction(13)
    level = (
        -(now + then) / count
        if not rate
        else -(now * growth**count + then) * exact / ((1 + exact * due) * (growth**count - 1))
    )
    owed = now
    for place in range(1, count + 1):
        interest = Fraction(0) if due and place == 1 else -owed * exact
        principal = level - interest
        owed += principal
        if place in (1, 2, 150, 299, 300):
            found = functions.ppmt(rate, place, count, float(now), float(then), due).number()
            assert found == pytest.approx(float(principal), rel=1e-11)


def test_a_payment_of_a_loan_of_very_many_periods():
    assert functions.pmt(0.1, 100_000, 1000).number() == pytest.approx(-100)
    assert functions.pv(0.1, 100_000, -100).number() == pytest.approx(1000)
