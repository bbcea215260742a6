"""Financial functions as Excel and OpenFormula (ODF 1.3 part 4, 6.12) define them, over whole arrays.

Money received is positive, money paid negative; rates are per period. Every argument may be an array; arguments are
broadcast, cash flows have time as their last axis. A value that cannot be calculated is NaN with a reason code.
"""

# ruff: noqa: PLR0917 - arguments stand in the order of Excel
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tawteen.appraise.answer import NOT_FINITE, Answer, Hindrance, Numbers, answered, floats
from tawteen.appraise.params import RATE_SEARCH
from tawteen.appraise.rates import OUTSIDE, factor_roots
from tawteen.works.periods import QUARTERS_PER_YEAR

RATE_LOST = "functions.rate_total_loss"
NO_PERIODS = "functions.no_periods"
NO_SUCH_PERIOD = "functions.no_such_period"
NOT_WHOLE = "functions.periods_not_whole"
NEVER_PAID_OFF = "functions.never_paid_off"
IRR_NEVER_PAYS = "functions.irr_never_pays"
IRR_NEVER_COSTS = "functions.irr_never_costs"
IRR_OUTSIDE = "functions.irr_outside"
BEFORE_FIRST = "functions.date_before_first"
EXCEL_DAYS_PER_YEAR = 365.0
"""Days of a year in XNPV and XIRR."""


@dataclass(frozen=True)
class RateAnswer(Answer):
    """Internal rates of return: `value` is the root nearest to the guess, `every` holds all roots in rising order.

    `several`: the flow has more than one root, so that no single root measures its return.
    """

    every: tuple[tuple[float, ...], ...]
    several: NDArray[np.bool_]


def _growth(rate: Numbers, periods: Numbers) -> tuple[Numbers, Numbers]:
    """Returns the compound factor of `periods`, and the future value of an annuity of 1 in arrears."""
    with np.errstate(all="ignore"):
        log = periods * np.log1p(rate)
        return np.exp(log), np.where(rate == 0, periods, np.expm1(log) / rate)


def _discount(rate: Numbers, periods: Numbers) -> tuple[Numbers, Numbers]:
    """Returns the discount factor of `periods`, and the present value of an annuity of 1 in arrears."""
    with np.errstate(all="ignore"):
        log = -periods * np.log1p(rate)
        return np.exp(log), np.where(rate == 0, periods, -np.expm1(log) / rate)


def fv(rate: ArrayLike, nper: ArrayLike, pmt: ArrayLike, pv: ArrayLike = 0.0, due: ArrayLike = 0) -> Answer:
    """Future value after `nper` payments; `due` is 1 where they fall at the start of periods."""
    r, n, paid, now, start = floats(rate, nper, pmt, pv, due)
    grown, gathered = _growth(r, n)
    return answered(-(now * grown + paid * (1 + r * start) * gathered), (r <= -1, RATE_LOST))


def pv(rate: ArrayLike, nper: ArrayLike, pmt: ArrayLike, fv: ArrayLike = 0.0, due: ArrayLike = 0) -> Answer:
    """Present value of `nper` payments and of `fv` after them."""
    r, n, paid, then, start = floats(rate, nper, pmt, fv, due)
    factor, annuity = _discount(r, n)
    with np.errstate(all="ignore"):
        return answered(-(then * factor + paid * (1 + r * start) * annuity), (r <= -1, RATE_LOST))


def pmt(rate: ArrayLike, nper: ArrayLike, pv: ArrayLike, fv: ArrayLike = 0.0, due: ArrayLike = 0) -> Answer:
    """Level payment that turns `pv` into `−fv` in `nper` periods."""
    r, n, now, then, start = floats(rate, nper, pv, fv, due)
    factor, annuity = _discount(r, n)
    grown, gathered = _growth(r, n)
    with np.errstate(all="ignore"):
        # Discounted where money grows and compounded where it shrinks, so that no factor overflows.
        level = np.where(r > 0, -(now + then * factor) / annuity, -(now * grown + then) / gathered)
        value = level / (1 + r * start)
    return answered(value, (r <= -1, RATE_LOST), (n == 0, NO_PERIODS))


def nper(rate: ArrayLike, pmt: ArrayLike, pv: ArrayLike, fv: ArrayLike = 0.0, due: ArrayLike = 0) -> Answer:
    """Number of payments until `pv` has become `−fv`."""
    r, paid, now, then, start = floats(rate, pmt, pv, fv, due)
    with np.errstate(all="ignore"):
        level = paid * (1 + r * start)
        ratio = (level - then * r) / (level + now * r)
        value = np.where(r == 0, -(now + then) / paid, np.log(ratio) / np.log1p(r))
    never = np.where(r == 0, paid == 0, ~(ratio > 0))
    return answered(value, (r <= -1, RATE_LOST), (never, NEVER_PAID_OFF))


def ipmt(
    rate: ArrayLike, per: ArrayLike, nper: ArrayLike, pv: ArrayLike, fv: ArrayLike = 0.0, due: ArrayLike = 0
) -> Answer:
    """Interest in payment `per` (1 … nper)."""
    r, place, n, now, then, start = floats(rate, per, nper, pv, fv, due)
    arrears = pmt(r, n, now, then).value
    factor, annuity = _discount(r, n - place + 1)
    with np.errstate(all="ignore"):
        # Interest is due on what the remaining payments are worth: no difference of two large numbers.
        interest = r * (arrears * annuity + then * factor)
        value = np.where(start == 1, np.where(place == 1, 0.0, interest / (1 + r)), interest)
    return answered(value, *_no_payment(r, place, n))


def ppmt(
    rate: ArrayLike, per: ArrayLike, nper: ArrayLike, pv: ArrayLike, fv: ArrayLike = 0.0, due: ArrayLike = 0
) -> Answer:
    """Principal in payment `per`."""
    r, place, n, now, then, start = floats(rate, per, nper, pv, fv, due)
    with np.errstate(all="ignore"):
        # The principal of a payment is the first one's, compounded: the sum of all comes to −(pv + fv).
        growth = np.log1p(r)
        grown = np.exp((place - 1 - n) * growth) / -np.expm1(-n * growth)
        shrunk = np.exp((place - 1) * growth) / np.expm1(n * growth)
        share = np.where(np.abs(r) < RATE_SEARCH.smallest_rate, 1 / n, r * np.where(r > 0, grown, shrunk))
        principal = -(now + then) * share
        value = np.where(start == 1, np.where(place == 1, pmt(r, n, now, then, start).value, principal / (1 + r)),
                         principal)  # fmt: skip
    return answered(value, *_no_payment(r, place, n))


def _no_payment(rate: Numbers, place: Numbers, nper: Numbers) -> tuple[Hindrance, ...]:
    """Returns where there is no such payment of a loan, and why."""
    return (rate <= -1, RATE_LOST), (nper <= 0, NO_PERIODS), ((place < 1) | (place > nper), NO_SUCH_PERIOD)


def cumipmt(
    rate: ArrayLike, nper: ArrayLike, pv: ArrayLike, first: ArrayLike, last: ArrayLike, due: ArrayLike = 0
) -> Answer:
    """Interest in payments `first` to `last` together."""
    return _sum_of(ipmt, *floats(rate, nper, pv, first, last, due))


def cumprinc(
    rate: ArrayLike, nper: ArrayLike, pv: ArrayLike, first: ArrayLike, last: ArrayLike, due: ArrayLike = 0
) -> Answer:
    """Principal in payments `first` to `last` together."""
    return _sum_of(ppmt, *floats(rate, nper, pv, first, last, due))


def _sum_of(
    part: Callable[..., Answer], r: Numbers, n: Numbers, now: Numbers, first: Numbers, last: Numbers, due: Numbers
) -> Answer:
    valid = (first >= 1) & (first <= last) & (last <= n) & np.isfinite(n)
    place = np.arange(1.0, 1.0 + np.floor(last.max(initial=0.0, where=valid)))
    shape = (*r.shape, len(place))
    each = part(*(x[..., None] for x in (r,)), np.broadcast_to(place, shape), n[..., None], now[..., None], 0.0,
                due[..., None])  # fmt: skip
    inside = (place >= first[..., None]) & (place <= last[..., None])
    value = np.where(inside, each.value, 0.0).sum(axis=-1)
    return answered(value, (r <= -1, RATE_LOST), (n <= 0, NO_PERIODS), (~valid, NO_SUCH_PERIOD))


def rate(
    nper: ArrayLike, pmt: ArrayLike, pv: ArrayLike, fv: ArrayLike = 0.0, due: ArrayLike = 0, guess: float = 0.1
) -> RateAnswer:
    """Rate of a loan of a whole number of payments: the internal rate of its flows, nearest to `guess`."""
    n, paid, now, then, start = floats(nper, pmt, pv, fv, due)
    valid_count = (n >= 1) & (n == np.round(n)) & np.isfinite(n)
    last = np.where(valid_count, n, 1.0)
    when = np.arange(1.0 + float(last.max(initial=1.0)))
    first, end = start[..., None], last[..., None]
    payments = (when >= 1 - first) & (when <= end - first)
    flows = np.where(when == 0, now[..., None], 0.0) + np.where(payments, paid[..., None], 0.0)
    return _internal(flows + np.where(when == end, then[..., None], 0.0), guess, None, (~valid_count, NOT_WHOLE))


def npv(rate: ArrayLike, flows: ArrayLike) -> Answer:
    """Value today of flows at the end of periods 1, 2, …; flows: (…, n)."""
    return _present(rate, np.asarray(flows, np.float64), np.arange(1, np.shape(flows)[-1] + 1, dtype=np.float64))


def npv_from_now(rate: ArrayLike, flows: ArrayLike) -> Answer:
    """Net present value with the first flow today (numpy-financial's `npv`)."""
    return _present(rate, np.asarray(flows, np.float64), np.arange(np.shape(flows)[-1], dtype=np.float64))


def xnpv(rate: ArrayLike, flows: ArrayLike, dates: Sequence[dt.date]) -> Answer:
    """Value at the first date of flows at `dates`, years of 365 days."""
    years: Numbers = _years(dates)
    return _present(rate, np.asarray(flows, np.float64), years, ((years < 0).any(), BEFORE_FIRST))


def _present(rate: ArrayLike, flows: Numbers, times: Numbers, *hindrances: Hindrance) -> Answer:
    r = np.asarray(rate, np.float64)
    with np.errstate(all="ignore"):
        value = (flows * (1.0 + r[..., None]) ** -times).sum(axis=-1)
    return answered(value, (r <= -1, RATE_LOST), *hindrances)


def _years(dates: Sequence[dt.date]) -> Numbers:
    return np.array([(day - dates[0]).days / EXCEL_DAYS_PER_YEAR for day in dates])


def irr(flows: ArrayLike, guess: float = 0.1) -> RateAnswer:
    """Internal rate a period of flows (…, n), the first today; of several, the one nearest to `guess`, flagged."""
    return _internal(np.asarray(flows, np.float64), guess, None)


def xirr(flows: ArrayLike, dates: Sequence[dt.date], guess: float = 0.1) -> RateAnswer:
    """Internal rate a year of flows (…, n) at `dates`, years of 365 days."""
    years = _years(dates)
    early = bool((years < 0).any())
    return _internal(np.asarray(flows, np.float64), guess, np.maximum(years, 0.0), (early, BEFORE_FIRST))


def _internal(flows: Numbers, guess: float, years: Numbers | None, *hindrances: Hindrance) -> RateAnswer:
    shape, table = flows.shape[:-1], flows.reshape(-1, flows.shape[-1])
    finite = np.where(np.isfinite(table), table, 0.0)
    roots = factor_roots(finite, per_year=1.0) if years is None else factor_roots(finite, years * QUARTERS_PER_YEAR)
    rates = roots.factor ** (-1.0 if years is None else -QUARTERS_PER_YEAR) - 1.0
    count = roots.count(len(table))
    every = tuple(tuple(sorted(part.tolist())) for part in np.split(rates, np.cumsum(count)[:-1]))
    nearest = [min(rates_of_flow, key=lambda x: abs(x - guess)) if rates_of_flow else np.nan for rates_of_flow in every]
    spoilt = ~np.isfinite(table).all(axis=-1)
    answer = answered(
        np.reshape(nearest, shape),
        *hindrances,
        (spoilt.reshape(shape), NOT_FINITE),
        ((table >= 0).all(axis=-1).reshape(shape), IRR_NEVER_COSTS),
        ((table <= 0).all(axis=-1).reshape(shape), IRR_NEVER_PAYS),
        ((count == 0).reshape(shape), IRR_OUTSIDE if years is None else OUTSIDE),
    )
    return RateAnswer(answer.value, answer.reason, every, (count > 1).reshape(shape))


def mirr(flows: ArrayLike, finance_rate: ArrayLike, reinvest_rate: ArrayLike) -> Answer:
    """Modified internal rate: outlays financed at `finance_rate`, receipts reinvested at `reinvest_rate`."""
    table = np.asarray(flows, np.float64)
    borrow, invest = floats(finance_rate, reinvest_rate)
    when = np.arange(table.shape[-1], dtype=np.float64)
    with np.errstate(all="ignore"):
        spent = -(np.minimum(table, 0.0) * (1 + borrow[..., None]) ** -when).sum(axis=-1)
        earned = (np.maximum(table, 0.0) * (1 + invest[..., None]) ** (when[-1] - when)).sum(axis=-1)
        value = (earned / spent) ** (1 / when[-1]) - 1.0
    lost = (borrow <= -1) | (invest <= -1)
    return answered(value, (lost, RATE_LOST), (spent == 0, IRR_NEVER_COSTS), (earned == 0, IRR_NEVER_PAYS))


def effect(nominal: ArrayLike, periods: ArrayLike) -> Answer:
    """Effective rate of a year with `periods` compoundings at a nominal rate."""
    r, n = floats(nominal, np.floor(periods))
    with np.errstate(all="ignore"):
        return answered(np.expm1(n * np.log1p(r / n)), (n < 1, NO_PERIODS), (r <= -n, RATE_LOST))


def nominal(effective: ArrayLike, periods: ArrayLike) -> Answer:
    """Nominal rate of a year whose effective rate is given."""
    r, n = floats(effective, np.floor(periods))
    with np.errstate(all="ignore"):
        return answered(n * np.expm1(np.log1p(r) / n), (n < 1, NO_PERIODS), (r <= -1, RATE_LOST))
