"""An exhibit: one thing to show, as a table and, where it helps, a picture, with where its figures come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

Both = tuple[str, str]


@dataclass(frozen=True)
class Shown:
    """How one column of an exhibit's table is shown: label (en, ar), unit, decimals, code list of its cells.

    `unit` is a key of `UNITS`: `share` shows a percentage, `period` a quarter's label, `currency` the case's.
    `link` is the beginning of an anchor of the page; the cell leads to it followed by the column's own value.
    """

    label: Both
    unit: str = ""
    decimals: int | None = None
    codes: str | None = None
    link: str | None = None


@dataclass(frozen=True)
class Exhibit:
    """Page, workbook and brief loop over these.

    A column `x` of `columns` that stands in `table` as `x_en` and `x_ar` is shown in the reader's language.
    `charts` holds an Altair spec per language (`en`, `ar`); empty where a table says it all.
    `origin` says how the figures came about; `inputs` names the tables they come from, those of the programme as
    `programme.draws`. `limit` is how many rows a page shows; the workbook holds them all.
    """

    key: str
    group: str
    title: Both
    note: Both
    origin: Both
    table: pl.DataFrame
    columns: Mapping[str, Shown]
    charts: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    limit: int | None = None
    inputs: tuple[str, ...] = ()


GROUPS: dict[str, Both] = {
    "overview": ("At a glance", "نظرة عامة"),
    "sites": ("Sites", "المواقع"),
    "time": ("Timeline", "الجدول الزمني"),
    "money": ("Money", "التمويل"),
    "partner": ("The partner", "الشريك"),
    "people": ("Cadres and jobs", "الكوادر والوظائف"),
    "goods": ("Products, power and transport", "المنتجات والكهرباء والنقل"),
    "proof": ("Limits and returns", "الحدود والعوائد"),
    "robust": ("Robustness", "المتانة"),
    "evidence": ("Evidence and red flags", "الأدلة وإشارات التحذير"),
}

UNITS: dict[str, Both] = {
    "": ("", ""),
    "share": ("%", "%"),
    "period": ("", ""),
    "quarters": ("quarters", "أرباع"),
    "persons": ("persons", "شخص"),
    "person_quarters": ("person-quarters", "شخص-ربع"),
    "job_years": ("job-years", "سنة عمل"),
    "s": ("s", "ث"),
    "seats": ("trainees", "متدرب"),
}


def words(en: str, ar: str, link: str | None = None) -> Shown:
    """A column of text."""
    return Shown((en, ar), link=link)


def coded(en: str, ar: str, codes: str) -> Shown:
    """A column of codes of the list `codes`."""
    return Shown((en, ar), codes=codes)


def amount(en: str, ar: str, unit: str = "", decimals: int = 0) -> Shown:
    """A column of numbers."""
    return Shown((en, ar), unit, decimals)


def money(en: str, ar: str, decimals: int = 0) -> Shown:
    """A column of the case's currency."""
    return Shown((en, ar), "currency", decimals)


def share(en: str, ar: str, decimals: int = 1) -> Shown:
    """A column of shares, shown as percentages."""
    return Shown((en, ar), "share", decimals)


def period(en: str, ar: str) -> Shown:
    """A column of periods, shown as quarters such as 2028-Q3."""
    return Shown((en, ar), "period")


SITE = words("Site", "الموقع", link="site-")
REGION = words("Region", "المنطقة")
FIELD = coded("Field of cooperation", "مجال التعاون", "fields")
PERIOD = period("Quarter", "الربع")
COMMODITY = words("Product", "المنتج")
