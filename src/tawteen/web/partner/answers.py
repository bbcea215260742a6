"""Answers to what is asked of a unit: rows of the table of offers, stated by the unit's own party and shown to all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tawteen.record.cells import Place, Version, differ
from tawteen.web.accounts.models import PartyRow
from tawteen.web.log.append import LogWriter, NewEntry
from tawteen.web.partner.offers import OFFERS, OWN_WORD_COLUMNS, UnitOffer
from tawteen.web.rights import Person
from tawteen.web.visibility import value_of

ACCEPT, COUNTER, DECLINE = "accept", "counter", "decline"
ANSWERS = (ACCEPT, COUNTER, DECLINE)
ANSWERED_COLUMNS = ("capacity", "price", "lead_weeks", "start", "end", "reference")
"""Columns of an offer that an answer may change."""

Seen = Mapping[str, tuple[int, ...]]
"""By column, the numbers of the versions that stood when the form was shown."""


class StaleAnswerError(Exception):
    """An answer to an offer that has changed since it was shown."""


class OpenConflictError(Exception):
    """An answer about a cell in which several values stand."""


@dataclass(frozen=True)
class OfferAnswer:
    """Values that a unit's party states of an offer, by column, and why."""

    values: Mapping[str, Any]
    reason: str


def write_answer(log: LogWriter, person: Person, offer: UnitOffer, answer: OfferAnswer, seen: Seen) -> None:
    """Appends the cells of an answer, and shows them to all parties.

    What a column holds is stated again where another party stated it, so that it is the word of the unit's own party.
    An answer that stands already is not written twice. Raises StaleAnswerError where the offer is not as it was seen,
    OpenConflictError where values stand in conflict.
    """
    stated = {column: value for column in OWN_WORD_COLUMNS if (value := value_of(offer.cells, column)) is not None}
    values = {**stated, **answer.values}
    written = [column for column, value in values.items() if _is_new(value, offer.cells.get(column, []), person.party)]
    if not written:
        return
    for column in ANSWERED_COLUMNS:
        versions = offer.cells.get(column, [])
        if differ(versions):
            raise OpenConflictError(column)
        if tuple(version.number for version in versions) != seen.get(column, ()):
            raise StaleAnswerError(column)
    for column in written:
        place = Place(OFFERS, offer.row, column)
        log.append(_entry(person, place, values[column], answer.reason, offer.cells.get(column, [])))
    others = sorted(PartyRow.objects.exclude(party=person.party).values_list("party", flat=True))
    for column in written if others else ():
        content = {"to": others, "later": False}
        log.append(NewEntry(person.name, person.party, "release", (OFFERS, offer.row, column), content))


def _is_new(value: Any, versions: list[Version], party: str) -> bool:
    """Whether a value is another one than what stands, or stands by the word of another party."""
    if not versions:
        return value is not None
    return any(version.value != value or version.party != party for version in versions)


def _entry(person: Person, place: Place, value: Any, reason: str, versions: list[Version]) -> NewEntry:
    """The act of a cell; several versions that agree are replaced together."""
    based_on = tuple(version.number for version in versions)
    content = {"value": value, "reason": reason} if reason or len(based_on) > 1 else {"value": value}
    return NewEntry(person.name, person.party, "cell" if len(based_on) < 2 else "settle", place, content, based_on)
