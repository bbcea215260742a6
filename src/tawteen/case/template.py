"""An empty case to be filled in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tawteen.case.model import Case, empty_tables
from tawteen.case.settings import About, Discount, ExchangeRate, Money, Party, Settings, Time
from tawteen.case.workbook import write_workbook
from tawteen.words import Lang


def example_settings() -> Settings:
    """Settings that a new case starts from; every one is there to be changed."""
    return Settings(
        about=About(id="my-case", name_en="My case", name_ar="حالتي"),
        time=Time(start=dt.date(2027, 1, 1), periods=40),
        money=Money(currency="USD", price_year=2026, rates=(ExchangeRate(currency="XXX", official=1.0),)),
        discount=Discount(),
        parties=(
            Party(id="host", name_en="Host", name_ar="المضيف", role="host"),
            Party(id="partner", name_en="Partner", name_ar="الشريك", role="partner"),
        ),
    )


def write_template(path: Path, lang: Lang = "en") -> None:
    """Writes an empty workbook with every table and example settings; `ar` lays sheets out right to left."""
    write_workbook(Case(example_settings(), empty_tables()), path, lang)
