"""Offers and loads of units in the reader's words."""

from __future__ import annotations

from typing import Any

from tawteen.web.accounts.parties import party_name
from tawteen.web.params import DESK
from tawteen.web.partner.offers import CAPABILITIES, OFFERS, OWN_WORD_COLUMNS, UnitOffer
from tawteen.web.partner.planned_load import PlannedLoad
from tawteen.web.partner.unit_load import Assignment
from tawteen.web.registry.cell_text import CellWords, code_label, column_label
from tawteen.web.registry.site_names import site_names
from tawteen.web.visibility import PartyView, value_of
from tawteen.words import Words

SHOWN_COLUMNS = ("capacity", "price", "lead_weeks", "local_share", "start", "end", "proof", "reference")
"""Columns of an offer that pages show."""


class OfferWords:
    """What pages show of the offers of a party's units and of what the newest programme asks of them."""

    def __init__(self, party_view: PartyView, words: Words, load: PlannedLoad | None) -> None:
        self._party = party_view.party
        self._words = words
        self._load = load
        self._texts = CellWords(party_view, words)
        self._capabilities = party_view.rows(CAPABILITIES)

    def offer(self, offer: UnitOffer) -> dict[str, Any]:
        """An offer with its columns, who states it and what is asked of it."""
        assignment, capacity = self._assignment(offer), offer.number("capacity")
        parties = dict.fromkeys(
            version.party
            for column in OWN_WORD_COLUMNS
            for version in offer.cells.get(column, ())
            if version.value is not None and version.party != self._party
        )
        return {
            "capability": offer.capability,
            "name": self.capability(offer.capability),
            "facts": [
                (column_label(OFFERS, column, self._words), self._text(column, value_of(offer.cells, column)))
                for column in SHOWN_COLUMNS
                if offer.cells.get(column)
            ],
            "standing": code_label("standings", offer.standing, self._words),
            "asked": offer.unanswered,
            "declined": offer.declined,
            "by": self._words.say("cli.comma").join(party_name(party, self._words) for party in parties),
            "beyond": bool(assignment and capacity is not None and assignment.peak > capacity),
        }

    def load(self, assignment: Assignment, offer: UnitOffer | None) -> dict[str, Any]:
        """What is asked of a unit of a capability by quarter, beside what it can do, and for which sites."""
        words, capacity = self._words, None if offer is None else offer.number("capacity")
        labels = {} if self._load is None else self._load.labels
        sites = site_names(self._party, assignment.sites[: DESK.sites], words)
        named = words.say("cli.comma").join(sites.get(site, site) for site in assignment.sites[: DESK.sites])
        left = len(assignment.sites) - DESK.sites
        return {
            "name": self.capability(assignment.capability),
            "unit": self._unit(assignment.capability),
            "sites": named if left <= 0 else words.say("web.desk.more_sites", {"names": named}, left),
            "quarters": [
                {
                    "quarter": labels[period], "amount": words.number(amount, 1),
                    "share": words.percent(amount / capacity, 0) if capacity else "–",
                    "beyond": capacity is not None and amount > capacity,
                }
                for period, amount in sorted(assignment.amounts.items())
            ],
        }  # fmt: skip

    def capability(self, capability: str) -> str:
        """What a capability is called."""
        cells = self._capabilities.get(capability, {})
        return str(value_of(cells, self._words.pick(("name_en", "name_ar"))) or capability)

    def _assignment(self, offer: UnitOffer) -> Assignment | None:
        return None if self._load is None else self._load.of_offer(offer.unit, offer.capability)

    def _text(self, column: str, value: object) -> str:
        return self._texts.text(OFFERS, column, value)

    def _unit(self, capability: str) -> str:
        """The unit in which a capability is measured."""
        return self._texts.text(CAPABILITIES, "unit", value_of(self._capabilities.get(capability, {}), "unit"))
