"""What `case.toml` holds: names, time, money, rates, the value framework and the parties."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, field_validator
from pydantic_core import PydanticCustomError

from tawteen.case.names import INVISIBLE, UNPRINTABLE, fold
from tawteen.case.params import READING
from tawteen.case.size_limits import SIZE_LIMITS

FIRST_DAY, LAST_DAY = dt.date(1990, 1, 1), dt.date(2150, 12, 31)
"""Days between which a horizon may start."""


def _printable(text: str) -> str:
    if re.search(UNPRINTABLE, text):
        raise PydanticCustomError("unprintable", "unprintable character")
    return text


def _visible(text: str) -> str:
    if not re.search(rf"[^\s{INVISIBLE[1:]}", text):
        raise PydanticCustomError("blank", "nothing that can be seen")
    return text


Text = Annotated[str, Field(max_length=4_000), AfterValidator(_printable)]
Name = Annotated[Text, Field(min_length=1, max_length=200), AfterValidator(_visible)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Number = Annotated[float, Strict()]
Count = Annotated[int, Strict()]
Share = Annotated[Number, Field(ge=0, le=1)]
Inflation = Annotated[Number, Field(ge=-0.5, le=5)]
DiscountRate = Annotated[Number, Field(ge=-0.2, le=1)]
Rate = Annotated[Number, Field(ge=1e-8, le=1e8)]
Price = Annotated[Number, Field(ge=0, le=1e9)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _plausible(cls, value: object) -> object:
        numbers = value.values() if isinstance(value, dict) else (value,)
        if any(isinstance(number, float) and 0 < abs(number) < READING.smallest for number in numbers):
            raise PydanticCustomError("tiny", "nearer to zero than is meant")
        return value


class About(_Frozen):
    """Who and what the case is; a notice is shown wherever a result is shown."""

    id: Name
    name_en: Name
    name_ar: Name
    notice_en: Text = ""
    notice_ar: Text = ""
    demonstration: bool = False


class Time(_Frozen):
    """The horizon: `periods` calendar quarters from `start`, the first day of a quarter.

    `hijri`: in tables the years 1300 to 1600 are of the Hijri calendar. `state_years`: where the state of a site is
    more years older than `start`, works on it are conditional until it is inspected and its date renewed.
    """

    start: dt.date = Field(ge=FIRST_DAY, le=LAST_DAY)
    periods: Count = Field(default=40, ge=1, le=200)
    hijri: bool = False
    state_years: Count = Field(default=3, ge=0, le=200)


class ExchangeRate(_Frozen):
    """Units of `currency` for one unit of the case's currency: official, official with its tax, parallel market.

    `inflation` per year is that of its own prices; it moves the rates of statements, by purchasing power.
    """

    currency: Currency
    official: Rate
    parallel: Rate | None = None
    taxed: Rate | None = None
    inflation: Inflation = 0.0


class Money(_Frozen):
    """Currency and price year of every amount that names no other.

    `inflation` per year is for statements, which then are at current prices; without it interest is real as well.
    """

    currency: Currency = "USD"
    price_year: Count = Field(default=2026, ge=1950, le=2150)
    inflation: Inflation = 0.0
    rates: tuple[ExchangeRate, ...] = Field(default=(), max_length=SIZE_LIMITS.entries)


class Discount(_Frozen):
    """Real discount rates per year; `equity` is that of the owners, by default the financial one."""

    financial: DiscountRate = 0.12
    economic: DiscountRate = 0.08
    equity: DiscountRate | None = None


class Value(_Frozen):
    """The value framework: what a unit of money, foreign exchange, work and carbon is worth to the country.

    Labour counts once: `labour = "shadow_wage"` prices new work at `shadow_wage` times its wage,
    `"job_value"` prices it at its wage and adds `job_value` per job-year.
    """

    view: Literal["economic", "financial"] = "economic"
    fx_premium: Number = Field(default=0.0, ge=0, le=5)
    labour: Literal["shadow_wage", "job_value"] = "shadow_wage"
    shadow_wage: Share = 0.6
    job_value: Price = 0.0
    carbon_price: Price = 0.0
    region_weight: dict[Name, Annotated[Number, Field(ge=0, le=100)]] = Field(
        default_factory=dict, max_length=SIZE_LIMITS.entries
    )


class Uncertainty(_Frozen):
    """How a value with a low and a high end is distributed; the plan takes the mean.

    `distribution`: `triangular`, whose mean is (low + value + high)/3, or `pert`, whose mean is
    (low + 4·value + high)/6 and which lies closer around the value.
    """

    distribution: Literal["triangular", "pert"] = "triangular"


class Bracket(_Frozen):
    """Profit of a year above `above`, in the case's currency, is taxed at `rate`."""

    above: Number = Field(ge=0, le=1e13)
    rate: Share


class Tax(_Frozen):
    """Tax on the profit of a year: `rate` of all of it, or by `brackets`. It counts in statements, never in the plan.

    `holiday`: years from the first production without tax. `carry_forward`: years in which a loss may be set against
    profits. `investment_allowance`: share of fixed investment deducted when it is paid. `dividends_home` and
    `dividends_abroad`: tax on what owners get. `source`: where this stands; empty means that it is assumed.
    """

    rate: Share = 0.0
    brackets: tuple[Bracket, ...] = Field(default=(), max_length=SIZE_LIMITS.entries)
    holiday: Count = Field(default=0, ge=0, le=100)
    carry_forward: Count = Field(default=0, ge=0, le=100)
    investment_allowance: Number = Field(default=0.0, ge=0, le=2)
    dividends_home: Share = 0.0
    dividends_abroad: Share = 0.0
    source: Text = ""


class Training(_Frozen):
    """How skill fades: half of what training gave is lost in `half_life_months` without practice.

    11 months for mixed measures, 6.5 for accuracy, 13 for speed: Tatel and Ackerman, Procedural skill retention and
    decay, Psychological Bulletin (2025).
    """

    half_life_months: Number = Field(default=11.0, ge=0.1, le=1200)


class Dividends(_Frozen):
    """Share of a period's net profit that owners take out."""

    payout: Share = 0.0


class Party(_Frozen):
    """One of the parties of the joint committee.

    `margin`: share of its sales that it keeps after its own cost; None where it is not known.
    """

    id: Name
    name_en: Name
    name_ar: Name
    role: Literal["host", "partner", "donor"]
    margin: float | None = Field(default=None, ge=0.0, le=1.0)


class Meeting(_Frozen):
    """A meeting of the joint committee: the day from which the programme may be changed."""

    date: dt.date = Field(ge=FIRST_DAY, le=LAST_DAY)


class Settings(_Frozen):
    """All of `case.toml`; unknown fields are refused."""

    about: About
    time: Time
    money: Money = Money()
    discount: Discount = Discount()
    value: Value = Value()
    uncertainty: Uncertainty = Uncertainty()
    tax: Tax = Tax()
    dividends: Dividends = Dividends()
    training: Training = Training()
    parties: tuple[Party, ...] = Field(default=(), max_length=SIZE_LIMITS.entries)
    committee: tuple[Meeting, ...] = Field(default=(), max_length=SIZE_LIMITS.entries)
    digits: Literal["latn", "arab"] = "latn"


def repeated_entries(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Entries of lists that say again what an earlier one says: (path, path of the earlier one, value).

    A rate for the currency of the case repeats `money.currency`, whose rate is 1.
    """
    money = settings.money
    lists: tuple[tuple[str, str, dict[str, str], list[str]], ...] = (
        ("money.rates", "currency", {fold(money.currency): "money.currency"}, [rate.currency for rate in money.rates]),
        ("parties", "id", {}, [party.id for party in settings.parties]),
        ("committee", "date", {}, [meeting.date.isoformat() for meeting in settings.committee]),
        ("tax.brackets", "above", {}, [f"{bracket.above:g}" for bracket in settings.tax.brackets]),
    )
    for name, field, known, values in lists:
        for number, value in enumerate(values, 1):
            path = f"{name}.{number}.{field}"
            first = known.setdefault(fold(value), path)
            if first != path:
                yield path, first, value
    weights: dict[str, str] = {}
    for region in settings.value.region_weight:
        path = f"value.region_weight.{region}"
        first = weights.setdefault(fold(region), path)
        if first != path:
            yield path, first, region
