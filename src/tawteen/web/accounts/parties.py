"""The parties and their names, which cells of the table `parties` on the record state."""

from __future__ import annotations

from tawteen.record.entry import Entry
from tawteen.web.accounts.models import PartyRow
from tawteen.web.log.append import LogWriter, NewEntry
from tawteen.web.log.derived import DerivedTables
from tawteen.words import Words

PARTY_TABLE = "parties"
PARTY_NAMES = ("name_en", "name_ar")
HOST, PARTNER = "host", "partner"
FIRST_PARTIES = (HOST, PARTNER)


def name_parties(log: LogWriter, person: str, party: str, names: dict[tuple[str, str], str]) -> None:
    """States the names of parties, by party and column, for all of them to see."""
    for (row, column), name in names.items():
        log.append(NewEntry(person, party, "cell", (PARTY_TABLE, row, column), {"value": name}))
    parties = sorted({row for row, _ in names})
    content = {"to": parties, "later": True}
    log.append(NewEntry(person, party, "release", (PARTY_TABLE, "*", "*"), content))


def party_name(party: str, words: Words) -> str:
    """The name of a party in a language; its short name where it has none."""
    row = PartyRow.objects.filter(party=party).first()
    return party if row is None else words.pick((row.name_en, row.name_ar)) or party


def _apply_party(entry: Entry) -> None:
    if entry.act != "cell" or entry.subject[0] != PARTY_TABLE or entry.subject[2] not in PARTY_NAMES:
        return
    value = str(entry.content["value"] or "")[:200]
    PartyRow.objects.update_or_create(party=entry.subject[1], defaults={entry.subject[2]: value})


def _clear_parties() -> None:
    PartyRow.objects.all().delete()


DERIVED_PARTIES = DerivedTables(_clear_parties, _apply_party)
