"""An exhibit: one thing to show, as a table and, where it helps, a picture, with where its figures come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from tawteen.report.bilingual import Both, bilingual
from tawteen.words import LANGS


@dataclass(frozen=True)
class ColumnFormat:
    """How one column of an exhibit's table is shown: label (en, ar), unit, decimals, code list of its cells.

    `unit` is a key of `UNIT_LABELS`: `share` shows a percentage, `period` a quarter's label, `currency` the case's.
    `link` is the beginning of an anchor of the page; the cell leads to it followed by the column's own value.
    `screen_only` leaves the column out of print, where a row of many columns would break its words.
    `below` names a column in whose cells the page writes this one as a further line; a workbook keeps both apart.
    Where it is `named`, each of these lines tells its name, and the head of the column does not.
    """

    label: Both
    unit: str = ""
    decimals: int | None = None
    codes: str | None = None
    link: str | None = None
    screen_only: bool = False
    below: str | None = None
    named: bool = False


@dataclass(frozen=True)
class Exhibit:
    """Page, workbook and brief loop over these.

    A column `x` of `columns` that stands in `table` as `x_en` and `x_ar` is shown in the reader's language.
    `charts` holds a Vega-Lite spec per language (`en`, `ar`); empty where a table says it all.
    `origin` says how the figures came about; `inputs` names the tables they come from, those of the programme as
    `programme.draws`. `limit` is how many rows a page shows; the workbook holds them all.
    """

    key: str
    group: str
    title: Both
    note: Both
    origin: Both
    table: pl.DataFrame
    columns: Mapping[str, ColumnFormat]
    charts: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    limit: int | None = None
    inputs: tuple[str, ...] = ()


EXHIBIT_GROUPS: dict[str, tuple[Both, Both]] = {
    # On paper the first is a sheet of its own.
    "chair": (bilingual("report.group.chair"), bilingual("report.group.chair_note")),
    "steps": (bilingual("report.group.steps"), bilingual("report.group.steps_note")),
    "survey": (bilingual("report.group.survey"), bilingual("report.group.survey_note")),
    "sites": (bilingual("report.group.sites"), bilingual("report.group.sites_note")),
    "money": (bilingual("report.group.money"), bilingual("report.group.money_note")),
    "partner": (bilingual("report.group.partner"), bilingual("report.group.partner_note")),
    "cadres": (bilingual("report.group.cadres"), bilingual("report.group.cadres_note")),
    "goods": (bilingual("report.group.goods"), bilingual("report.group.goods_note")),
    "evidence": (bilingual("report.group.evidence"), bilingual("report.group.evidence_note")),
    "appendix": (bilingual("report.group.appendix"), bilingual("report.group.appendix_note")),
}
"""Title of each group of exhibits and what it is read for, in the order of its readers."""

UNIT_LABELS: dict[str, Both] = {
    "": ("", ""),
    "share": ("%", "%"),
    "period": ("", ""),
    "quarters": bilingual("report.unit.quarters"),
    "persons": bilingual("report.unit.persons"),
    "person_quarters": bilingual("report.unit.person_quarters"),
    "job_years": bilingual("report.unit.job_years"),
    "s": bilingual("report.unit.s"),
    "seats": bilingual("report.unit.seats"),
}


def text_column(label: str, link: str | None = None) -> ColumnFormat:
    """A column of text; `label` is a code of the catalogue, as in the functions below."""
    return ColumnFormat(bilingual(label), link=link)


def code_column(label: str, codes: str, *, screen_only: bool = False) -> ColumnFormat:
    """A column of codes of the list `codes`."""
    return ColumnFormat(bilingual(label), codes=codes, screen_only=screen_only)


def number_column(label: str, unit: str = "", decimals: int = 0) -> ColumnFormat:
    """A column of numbers."""
    return ColumnFormat(bilingual(label), unit, decimals)


def money_column(label: str, decimals: int = 0) -> ColumnFormat:
    """A column of the case's currency."""
    return ColumnFormat(bilingual(label), "currency", decimals)


def share_column(label: str, decimals: int = 1) -> ColumnFormat:
    """A column of shares, shown as percentages."""
    return ColumnFormat(bilingual(label), "share", decimals)


def quarter_column(label: str) -> ColumnFormat:
    """A column of periods, shown as quarters such as 2028-Q3."""
    return ColumnFormat(bilingual(label), "period")


def with_words(frame: pl.DataFrame, column: str, cells: Sequence[Both]) -> pl.DataFrame:
    """`frame` with a text in both languages for each row, as the columns `column_en` and `column_ar`."""
    return frame.with_columns(
        pl.Series(f"{column}_{lang}", [cell[k] or None for cell in cells], dtype=pl.String)
        for k, lang in enumerate(LANGS)
    )


SITE = text_column("column.site", link="site-")
REGION = text_column("column.region")
FIELD = code_column("column.field_of_cooperation", "fields")
PERIOD = quarter_column("column.quarter")
COMMODITY = text_column("column.product")
