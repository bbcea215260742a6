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
    """Units of `currency` for one unit of the case's currency, official and on the parallel market."""

    currency: str = Field(min_length=3, max_length=3)
    official: float = Field(gt=0)
    parallel: float | None = Field(default=None, gt=0)


class Money(_Frozen):
    """Currency and price year of every amount that names no other."""

    currency: str = Field(default="USD", min_length=3, max_length=3)
    price_year: int = 2026
    rates: tuple[ExchangeRate, ...] = ()


class Discount(_Frozen):
    """Real discount rates per year."""

    financial: float = Field(default=0.12, gt=-1)
    economic: float = Field(default=0.08, gt=-1)


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
    parties: tuple[Party, ...] = ()
    digits: Literal["latn", "arab"] = "latn"
