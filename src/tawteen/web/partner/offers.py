"""Units of a party and their offers, and which of these the party has stated itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tawteen.match.sources import PROVEN, WRITTEN_DOWN
from tawteen.record.cells import Version
from tawteen.web.registry.record_tables import SETTING_COLUMN, SETTING_TABLE
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words

UNITS, OFFERS, CAPABILITIES = "units", "offers", "capabilities"
CAPACITY = "capacity"
OWN_WORD_COLUMNS = (CAPACITY, "price")
"""Columns that make an offer one of the unit's own party: it has stated both."""

Row = Mapping[str, list[Version]]


@dataclass(frozen=True)
class UnitOffer:
    """What a unit can do of a capability, as a party sees it.

    `unanswered`: its own party has not stated it, or took back what it stated.
    """

    unit: str
    capability: str
    cells: Row
    unanswered: bool

    @property
    def row(self) -> str:
        """The key of its row."""
        return f"{self.unit}/{self.capability}"

    def number(self, column: str) -> float | None:
        """The number that stands in a column; None where it is empty or no number."""
        value = value_of(self.cells, column)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    @property
    def declined(self) -> bool:
        """Whether the unit's own party offers nothing of it."""
        return not self.unanswered and self.number(CAPACITY) == 0

    @property
    def standing(self) -> str:
        """Proven, referenced or claimed, as `tawteen.match` tells them apart."""
        proof, reference = value_of(self.cells, "proof"), str(value_of(self.cells, "reference") or "").strip()
        if proof in PROVEN:
            return "proven"
        return "referenced" if proof in WRITTEN_DOWN and reference else "claimed"


def own_units(party_view: PartyView) -> dict[str, Row]:
    """The units of the reader's party, by key: those of the parties of the case that have its part in the mission."""
    roles: dict[str, dict[str, object]] = {}
    for key, cells in party_view.rows(SETTING_TABLE).items():
        section, _, rest = key.partition(".")
        number, _, name = rest.partition(".")
        if section == "parties":
            roles.setdefault(number, {})[name] = value_of(cells, SETTING_COLUMN)
    parties = {party.get("id") for party in roles.values() if party.get("role") == party_view.party}
    rows = party_view.rows(UNITS)
    own = {unit: cells for unit, cells in rows.items() if value_of(cells, "party") in {*parties, party_view.party}}
    return dict(sorted(own.items()))


def offers_of(party_view: PartyView, unit: str) -> list[UnitOffer]:
    """The offers of a unit of the reader's party, by capability."""
    rows = party_view.rows_naming(OFFERS, "unit", unit)
    return [_offer(party_view.party, unit, cells) for _, cells in sorted(rows.items())]


def offers_by_unit(party_view: PartyView) -> dict[str, list[UnitOffer]]:
    """The offers of all units of the reader's party."""
    offers: dict[str, list[UnitOffer]] = {unit: [] for unit in own_units(party_view)}
    for _, cells in sorted(party_view.rows(OFFERS).items()):
        unit = str(value_of(cells, "unit"))
        if unit in offers:
            offers[unit].append(_offer(party_view.party, unit, cells))
    return offers


def unit_name(unit: str, cells: Row, words: Words) -> str:
    """What a unit is called."""
    return str(value_of(cells, words.pick(("name_en", "name_ar"))) or unit)


def _offer(party: str, unit: str, cells: Row) -> UnitOffer:
    capacity = cells.get(CAPACITY, ())
    # Who offers nothing of it need not say at what price.
    declined = _is_own_word(capacity, party) and all(version.value == 0 for version in capacity)
    stated = declined or all(_is_own_word(cells.get(column, ()), party) for column in OWN_WORD_COLUMNS)
    return UnitOffer(unit, str(value_of(cells, "capability")), cells, unanswered=not stated)


def _is_own_word(versions: Sequence[Version], party: str) -> bool:
    """Whether a value stands in a cell, and none that another party stated or that was taken away."""
    return bool(versions) and all(version.party == party and version.value is not None for version in versions)
