"""The mapping of a table of plants: regions, sites, and lines where a capacity can be converted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tawteen.case.cells import code_of
from tawteen.case.mapping.known_words import known_words
from tawteen.case.mapping.model import ColumnMapping, TableMapping
from tawteen.case.mapping.records import Records
from tawteen.case.names import fold

STATES = "site_states"
IDLE = ("planned", "never_started", "destroyed")
UNIT_IN_HEADING = re.compile(r"[(\[]([^)\]]+)[)\]]\s*$")


@dataclass(frozen=True)
class PlantTables:
    """A table of plants whose columns are recognised: (table, column) of a case → column of the source."""

    records: Records
    columns: Mapping[tuple[str, str], str]

    def tables(self) -> tuple[TableMapping, ...]:
        """Mappings of regions, sites, commodities and lines."""
        key = self.key
        sites = TableMapping(table="sites", key=(key,) if key else (), columns=self._sites())
        return (region_table(self._named(("sites", "region"))), sites, *self._lines())

    @property
    def key(self) -> str | None:
        """The column that tells plants apart: their id, else their name."""
        return next(iter(self._named(("sites", "id"), ("sites", "name_en"), ("sites", "name_ar"))), None)

    def _named(self, *targets: tuple[str, str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.columns[target] for target in targets if target in self.columns))

    def _id(self, prefix: str, *, numbered: bool = False) -> ColumnMapping:
        """The plant's id; a plain number gets a prefix, so that no spreadsheet takes it for an amount."""
        if self.key is None:
            return ColumnMapping(value=prefix)
        numeric = all(text.isdigit() for text in self.records.frame[self.key].drop_nulls())
        return ColumnMapping(columns=(self.key,), prefix=f"{prefix}-" if numeric or numbered else "", numbered=numbered)

    def _names(self, *first: tuple[str, str]) -> tuple[str, ...]:
        own = self._named(*first, ("sites", "name_en"), ("sites", "name_ar"))
        return own or ((self.key,) if self.key else ())

    def _sites(self) -> dict[str, ColumnMapping]:
        english, arabic = self._names(), self._names(("sites", "name_ar"))
        site_columns = {"id": self._id("site")}
        if english:
            site_columns["name_en"] = ColumnMapping(columns=english, merge="common")
            site_columns["name_ar"] = ColumnMapping(columns=arabic, merge="common")
        site_columns["region"] = region_column(self._named(("sites", "region")))
        point = self.columns.get(("sites", "lat")) == self.columns.get(("sites", "lon"))
        for name in ("town", "lat", "lon", "owner", "authority", "isic"):
            if column := self.columns.get(("sites", name)):
                part = int(name == "lon") if point and name in ("lat", "lon") else None
                site_columns[name] = ColumnMapping(columns=(column,), part=part)
        if column := self.columns.get(("sites", "stopped_since")):
            site_columns["stopped_since"] = ColumnMapping(columns=(column,), date=True)
        state = self.columns.get(("sites", "state"))
        codes = state_codes(self.records, state) if state else {}
        site_columns["state"] = (
            ColumnMapping(columns=(state,), codes=codes, merge="priority") if state else ColumnMapping(value="unknown")
        )
        site_columns["role"] = ColumnMapping(value="survey")
        return site_columns

    def _lines(self) -> list[TableMapping]:
        capacity = self.columns.get(("lines", "nominal"))
        unit = unit_of(self.records, capacity) if capacity else ""
        known = known_words()["units"].get(plain_unit(unit))
        if capacity is None or self.key is None or known is None:
            return []
        product = self.columns.get(("lines", "commodity"))
        power = known[0] == "MWh" and product is None
        name = "power" if power else "product"
        mapped = ColumnMapping(columns=(product,)) if product else ColumnMapping(value=name)
        words = known_words()["names"][name]
        goods = {"id": mapped, "name_en": mapped, "name_ar": mapped}
        if product is None:
            goods |= {"name_en": ColumnMapping(value=words[0]), "name_ar": ColumnMapping(value=words[1])}
        goods["unit"] = ColumnMapping(value=known[0])
        if known[0] == "MWh":
            goods["carries"] = ColumnMapping(value="power")
        lines = {
            "id": self._id("line", numbered=True),
            "site": self._id("site"),
            "name_en": ColumnMapping(columns=self._names(("lines", "name_en")), numbered=True),
            "name_ar": ColumnMapping(columns=self._names(("sites", "name_ar")), numbered=True),
            "commodity": mapped,
            "nominal": ColumnMapping(columns=(capacity,), unit=unit, factor=float(known[1])),
        }
        left = self._left_out()
        keys = (product,) if product else ()
        return [
            TableMapping(table="commodities", key=keys, leave_out=left, columns=goods),
            TableMapping(table="lines", leave_out=left, columns=lines),
        ]

    def _left_out(self) -> dict[str, tuple[str, ...]]:
        """States in which a line makes no product and never did."""
        state = self.columns.get(("sites", "state"))
        if state is None:
            return {}
        idle = tuple(text for text, code in state_codes(self.records, state).items() if code in IDLE)
        return {state: idle} if idle else {}


def region_column(columns: tuple[str, ...]) -> ColumnMapping:
    """The region of a row: from the source, else one region for the whole country."""
    return ColumnMapping(columns=columns) if columns else ColumnMapping(value="country")


def region_table(columns: tuple[str, ...]) -> TableMapping:
    """The regions that the source names, else the whole country."""
    if columns:
        named = ColumnMapping(columns=columns)
        return TableMapping(table="regions", key=columns, columns=dict.fromkeys(("id", "name_en", "name_ar"), named))
    english, arabic = known_words()["names"]["country"]
    words = {"id": "country", "name_en": english, "name_ar": arabic}
    return TableMapping(table="regions", columns={name: ColumnMapping(value=text) for name, text in words.items()})


def state_codes(records: Records, column: str) -> dict[str, str]:
    """Each state of the source with the code it seems to mean, `unknown` where that cannot be told; strongest first."""
    spellings = {fold(text): code for code, texts in known_words()["codes"][STATES].items() for text in texts}
    reads: tuple[Callable[[str], str | None], ...] = (
        lambda word: code_of(word, STATES)[0],
        lambda w: spellings.get(fold(w)),
    )
    choices = records.choices.get(column, {})
    guesses = {}
    for text in dict.fromkeys(records.frame[column].drop_nulls().to_list()):
        codes: Any = (read(word) for word in (choices.get(text, text), text) for read in reads)
        guesses[text] = next((code for code in codes if code), "unknown")
    order = [*known_words()["codes"][STATES], "unknown"]
    return dict(sorted(guesses.items(), key=lambda pair: order.index(pair[1])))


def unit_of(records: Records, column: str) -> str:
    """The unit that a heading or label names in brackets, or that all values end with."""
    for text in (records.labels.get(column, ""), column):
        if match := UNIT_IN_HEADING.search(text):
            return match[1].strip()
    ends = {re.sub(r"^[\d\s.,\u066b\u066c]+", "", text).strip() for text in records.frame[column].drop_nulls()}
    return ends.pop() if len(ends) == 1 and "" not in ends else ""


def plain_unit(unit: str) -> str:
    """A unit in the spelling of `headings.toml`."""
    text = fold(unit).replace(" per ", "/").replace("annum", "year").replace("³", "3").replace("²", "2")
    text = re.sub(r"\b(?:metric )?(?:tonnes?|tons?)\b", "t", text)
    return re.sub(r"\s*/\s*", "/", text)
