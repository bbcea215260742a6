"""What changed since a person last looked: what others did on the record, as far as the party may see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import BooleanField, Case, Q, When
from django.urls import reverse

from tawteen.case.tables import TABLES, TITLES
from tawteen.record.cells import EVERY_PART, Place, Version, standing
from tawteen.record.entry import read_line
from tawteen.report.direction import FSI, PDI
from tawteen.web.accounts.models import RoleRow
from tawteen.web.accounts.parties import party_name
from tawteen.web.accounts.role_words import RoleWords
from tawteen.web.entry_time import entry_time
from tawteen.web.log.models import RecordRow
from tawteen.web.overview.models import SeenChanges
from tawteen.web.params import OVERVIEW, SERVER
from tawteen.web.registry.cell_text import CellWords, column_label, table_title
from tawteen.web.registry.models import CellVersion, ReleaseRow
from tawteen.web.registry.site_names import site_names
from tawteen.web.registry.site_rows import SITE_TABLE
from tawteen.web.rights import Person
from tawteen.web.visibility import PartyView
from tawteen.words import Words

SITE_COLUMN = "site"
"""The column with which a row of another table says which site it belongs to."""


def seen_number(person: Person) -> int:
    """The last entry whose changes a person has seen; 0 before the first time."""
    row = SeenChanges.objects.filter(person=person.name).first()
    return 0 if row is None else row.number


@dataclass
class RowChange:
    """A row of a table of which others changed cells; `number` is the newest entry."""

    table: str
    row: str
    number: int
    time: str
    columns: list[str] = field(default_factory=list)
    authors: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Changes:
    """What others changed after an entry: rows, newest first, releases to the party, and roles in it.

    `numbers` are those of the entries; `whole` is False where there are more than were looked at.
    """

    rows: list[RowChange]
    releases: list[ReleaseRow]
    roles: list[RoleRow]
    numbers: frozenset[int]
    whole: bool

    @property
    def newest(self) -> int:
        """The last of the entries; 0 without any."""
        return max(self.numbers, default=0)

    def __len__(self) -> int:
        return len(self.rows) + len(self.releases) + len(self.roles)


def changes_since(person: Person, party_view: PartyView, number: int) -> Changes:
    """What others than a person did after an entry, as far as the party sees it."""
    rows: dict[tuple[str, str], RowChange] = {}
    count, numbers = 0, set[int]()
    for place, version in _versions(person, party_view, number):
        count += 1
        if count > OVERVIEW.versions:
            break
        numbers.add(version.number)
        new = RowChange(place.table, place.row, version.number, version.time)
        row = rows.setdefault((place.table, place.row), new)
        if place.column not in row.columns:
            row.columns.append(place.column)
        if (version.person, version.party) not in row.authors:
            row.authors.append((version.person, version.party))
    releases = [
        row
        for row in ReleaseRow.objects.filter(number__gt=number).exclude(party=person.party).order_by("-number")
        if person.party in row.receivers
    ]
    own_roles = RoleRow.objects.filter(party=person.party)
    changed = own_roles.filter(Q(number__gt=number) | Q(ended__gt=number)).order_by("-number")
    roles = [row for row in changed if _last_act(row) != (person.name, person.party)]
    numbers |= {row.number for row in releases}
    numbers |= {max(row.number, row.ended or 0) for row in roles}
    return Changes(list(rows.values()), releases, roles, frozenset(numbers), count <= OVERVIEW.versions)


def _last_act(row: RoleRow) -> tuple[str, str]:
    """Who granted a role or, where it was ended, who ended it: name and party."""
    if row.ended is None:
        return row.granted_by, row.granting_party
    entry = read_line(bytes(RecordRow.objects.get(number=row.ended).line)).entry()
    return entry.person, entry.party


def _versions(person: Person, party_view: PartyView, number: int) -> Iterator[tuple[Place, Version]]:
    """Versions by others that the party sees, the newest first."""
    others = CellVersion.objects.filter(number__gt=number).exclude(person=person.name, party=person.party)
    shown = Q(party=person.party)
    released = party_view.released_tables()
    if EVERY_PART in released:
        return party_view.newest(others)
    # As a case expression, which no index serves: else SQLite collects all rows by party and table and sorts them,
    # where the newest ones are enough.
    may_be_seen = Case(When(shown | Q(table__in=released), then=True), default=False, output_field=BooleanField())
    return party_view.newest(others.annotate(may_be_seen=may_be_seen).filter(may_be_seen=True))


def shown_changes(changes: Changes, party_view: PartyView, words: Words) -> list[dict[str, Any]]:
    """The changes as a page lists them: releases, rows by the site or the table that they belong to, and roles."""
    texts = CellWords(party_view, words)
    givers = dict.fromkeys(row.party for row in changes.releases)
    listed = [_shown_by(giver, changes.releases, texts, words) for giver in givers]
    groups: dict[tuple[str, str], list[RowChange]] = {}
    sites = _sites_of(changes.rows, party_view)
    names = site_names(party_view.party, sites.values(), words)
    for row in changes.rows:
        site = sites.get((row.table, row.row))
        site = site if site in names else None
        groups.setdefault(("table", row.table) if site is None else ("site", site), []).append(row)
    listed += [_group(group, names, rows, words) for group, rows in groups.items()]
    return listed + ([_roles(changes.roles, words)] if changes.roles else [])


def _sites_of(rows: list[RowChange], party_view: PartyView) -> dict[tuple[str, str], str]:
    """By table and row, the site that a row belongs to, of rows that belong to one that the party sees."""
    sites = {(row.table, row.row): row.row for row in rows if row.table == SITE_TABLE}
    tables = {row.table for row in rows if row.table in TABLES and SITE_COLUMN in TABLES[row.table].columns()}
    for table in sorted(tables):
        keys = sorted({row.row for row in rows if row.table == table})
        for start in range(0, len(keys), SERVER.rows_written):
            some = keys[start : start + SERVER.rows_written]
            stored = CellVersion.objects.filter(table=table, row__in=some, column=SITE_COLUMN)
            for place, versions in party_view.visible(stored).items():
                if isinstance(site := standing(versions)[0].value, str):
                    sites[table, place.row] = site
    return sites


def _group(group: tuple[str, str], sites: Mapping[str, str], rows: list[RowChange], words: Words) -> dict[str, Any]:
    """The changed rows of a site or of a table; `sites` holds names."""
    kind, name = group
    by_table: dict[str, list[RowChange]] = {}
    for row in rows:
        by_table.setdefault(row.table, []).append(row)
    authors = dict.fromkeys(author for row in rows for author in row.authors)
    return {
        "title": sites[name] if kind == "site" else table_title(name, words),
        "href": reverse("site", args=[name]) if kind == "site" else "",
        "parts": [_part(table, changed, words) for table, changed in by_table.items()],
        "by": _authors(list(authors), words), "time": entry_time(max(row.time for row in rows)),
    }  # fmt: skip


def _part(table: str, rows: list[RowChange], words: Words) -> str:
    """What changed of a table: the columns of one row by their labels, of several rows their numbers."""
    title = table_title(table, words)
    cells = words.say("web.changes.values", n=sum(len(row.columns) for row in rows))
    if len(rows) > 1 or len(rows[0].columns) > OVERVIEW.columns:
        return words.say("web.changes.part", {"table": title, "what": cells})
    labels = words.say("cli.comma").join(column_label(table, column, words) for column in rows[0].columns[::-1])
    return words.say("web.changes.part", {"table": title, "what": labels})


def _authors(authors: list[tuple[str, str]], words: Words) -> str:
    named = [f"{FSI}{person}{PDI} ({party_name(party, words)})" for person, party in authors[: OVERVIEW.authors]]
    left = len(authors) - OVERVIEW.authors
    listed = words.say("cli.comma").join(named)
    return listed if left <= 0 else words.say("web.changes.more_authors", {"names": listed}, left)


def _shown_by(giver: str, releases: list[ReleaseRow], texts: CellWords, words: Words) -> dict[str, Any]:
    """What a party shows to that of the reader: rows by their names, and whole tables together."""
    own = [row for row in releases if row.party == giver]
    whole = dict.fromkeys(_released_table(row, words) for row in own if row.row == EVERY_PART)
    parts = [
        words.say("web.changes.part", {"table": _released_table(row, words), "what": _row_name(row, texts)})
        for row in own
        if row.row != EVERY_PART
    ]
    if whole:
        named = words.say("cli.comma").join([*whole][: OVERVIEW.tables])
        left = len(whole) - OVERVIEW.tables
        parts.append(named if left <= 0 else words.say("web.changes.more_tables", {"names": named}, left))
    title = words.say("web.changes.released", {"party": party_name(giver, words)})
    return {"title": title, "href": "", "parts": parts, "by": "", "time": ""}


def _released_table(row: ReleaseRow, words: Words) -> str:
    return words.say("web.changes.every_table") if row.table == EVERY_PART else table_title(row.table, words)


def _row_name(row: ReleaseRow, texts: CellWords) -> str:
    return texts.row_names(row.table).get(row.row, row.row) if row.table in TITLES else row.row


def _roles(roles: list[RoleRow], words: Words) -> dict[str, Any]:
    """Roles that people of the party got or lost."""
    parts = [_role(row, words) for row in roles[: OVERVIEW.roles]]
    if len(roles) > OVERVIEW.roles:
        parts.append(words.say("web.changes.more", n=len(roles) - OVERVIEW.roles))
    title = words.say("web.changes.roles")
    return {"title": title, "href": reverse("people"), "parts": parts, "by": "", "time": ""}


def _role(row: RoleRow, words: Words) -> str:
    code = "web.changes.role_granted" if row.ended is None else "web.changes.role_ended"
    return words.say(code, {"person": row.person, "role": RoleWords(row.party, words).label(row.role, row.unit)})
