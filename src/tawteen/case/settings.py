"""What `case.toml` holds: names, time, money, rates, the value framework and the parties."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class About(_Frozen):
    """Who and what the case is; a notice is shown wherever a result is shown."""

    id: str = Field(min_length=1)
    name_en: str
    name_ar: str
    notice_en: str = ""
    notice_ar: str = ""
    demonstration: bool = False


class Time(_Frozen):
    """The horizon: `periods` calendar quarters from `start`, the first day of a quarter."""

    start: dt.date
    periods: int = Field(default=40, ge=1, le=200)


class ExchangeRate(_Frozen):
    """Units of `currency` for one unit of the case's currency: official, official with its tax, parallel market.

    `inflation` per year is that of its own prices; it moves the rates of statements, by purchasing power.
    """

    currency: str = Field(min_length=3, max_length=3)
    official: float = Field(gt=0)
    parallel: float | None = Field(default=None, gt=0)
    taxed: float | None = Field(default=None, gt=0)
    inflation: float = Field(default=0.0, gt=-1)


class Money(_Frozen):
    """Currency and price year of every amount that names no other.

    `inflation` per year is for statements, which then are at current prices; without it interest is real as well.
    """

    currency: str = Field(default="USD", min_length=3, max_length=3)
    price_year: int = 2026
    inflation: float = Field(default=0.0, gt=-1)
    rates: tuple[ExchangeRate, ...] = ()


class Discount(_Frozen):
    """Real discount rates per year; `equity` is that of the owners, by default the financial one."""

    financial: float = Field(default=0.12, gt=-1)
    economic: float = Field(default=0.08, gt=-1)
    equity: float | None = Field(default=None, gt=-1)


class Value(_Frozen):
    """The value framework: what a unit of money, foreign exchange, work and carbon is worth to the country.

    Labour counts once: `labour = "shadow_wage"` prices new work at `shadow_wage` times its wage,
    `"job_value"` prices it at its wage and adds `job_value` per job-year.
    """

    view: Literal["economic", "financial"] = "economic"
    fx_premium: float = Field(default=0.0, ge=0)
    labour: Literal["shadow_wage", "job_value"] = "shadow_wage"
    shadow_wage: float = Field(default=0.6, ge=0, le=1)
    job_value: float = Field(default=0.0, ge=0)
    carbon_price: float = Field(default=0.0, ge=0)
    region_weight: dict[str, float] = Field(default_factory=dict)


class Bracket(_Frozen):
    """Profit of a year above `above`, in the case's currency, is taxed at `rate`."""

    above: float = Field(ge=0)
    rate: float = Field(ge=0, le=1)


class Tax(_Frozen):
    """Tax on the profit of a year: `rate` of all of it, or by `brackets`. It counts in statements, never in the plan.

    `holiday`: years from the first production without tax. `carry_forward`: years in which a loss may be set against
    profits. `investment_allowance`: share of fixed investment deducted when it is paid. `dividends_home` and
    `dividends_abroad`: tax on what owners get. `source`: where this stands; empty means that it is assumed.
    """

    rate: float = Field(default=0.0, ge=0, le=1)
    brackets: tuple[Bracket, ...] = ()
    holiday: int = Field(default=0, ge=0)
    carry_forward: int = Field(default=0, ge=0)
    investment_allowance: float = Field(default=0.0, ge=0)
    dividends_home: float = Field(default=0.0, ge=0, le=1)
    dividends_abroad: float = Field(default=0.0, ge=0, le=1)
    source: str = ""


class Dividends(_Frozen):
    """Share of a period's net profit that owners take out."""

    payout: float = Field(default=0.0, ge=0, le=1)


class Party(_Frozen):
    """One of the parties of the joint committee."""

    id: str
    name_en: str
    name_ar: str
    role: Literal["host", "partner", "donor"]


class Settings(_Frozen):
    """All of `case.toml`; unknown fields are refused."""

    about: About
    time: Time
    money: Money = Money()
    discount: Discount = Discount()
    value: Value = Value()
    tax: Tax = Tax()
    dividends: Dividends = Dividends()
    parties: tuple[Party, ...] = ()
    digits: Literal["latn", "arab"] = "latn"
