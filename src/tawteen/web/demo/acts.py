"""Acts of the people of a demo workspace: both parties enter, release, observe and contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tawteen.case.hash import case_hash
from tawteen.case.model import Case
from tawteen.record.entry import Entry
from tawteen.web.accounts.parties import FIRST_PARTIES, HOST, PARTNER
from tawteen.web.demo.people import DemoPeople
from tawteen.web.imports.strategies import START
from tawteen.web.log.append import LogWriter, NewEntry
from tawteen.web.registry.case_cells import case_cells
from tawteen.web.registry.models import CellVersion
from tawteen.web.rights import Person

PARTNER_TABLES = frozenset(("units", "offers", "innovations"))
"""Tables of the case that the partner enters; the host enters the others."""
HOST_ALONE = frozenset(("rules",))
"""Tables that the host does not release."""
CONTESTED = ("sites", "clothes-derna", "idle_staff")
PRIVATE_OF_HOST = ("sites", "trucks-tajoura", "care_cost")
PRIVATE_OF_PARTNER = ("offers", "AOI-AIR/mechanical", "price")


def enter_case(log: LogWriter, people: DemoPeople, case: Case) -> None:
    """Each party imports its tables of the case and releases them to the other, except those of the host alone."""
    cells, digest = list(case_cells(case)), case_hash(case)
    for party in FIRST_PARTIES:
        analyst = people[party, "analyst"].acting()
        own = [cell for cell in cells if (cell["table"] in PARTNER_TABLES) == (party == PARTNER)]
        shared = [cell for cell in own if cell["table"] not in HOST_ALONE]
        # An entry is seen as a whole or not at all: what stays private is imported apart.
        for part, name in ((shared, party), ([cell for cell in own if cell["table"] in HOST_ALONE], "rules")):
            if part:
                content = {"sha256": digest, "strategy": START, "cells": part}
                log.append(NewEntry(analyst.name, party, "import", (f"{case.settings.about.id}-{name}",), content))
        for table in dict.fromkeys(cell["table"] for cell in shared):
            release(log, analyst, (table, "*", "*"))


def change_privately(log: LogWriter, people: DemoPeople) -> None:
    """Each party has a figure that the other does not see: it came after the release of its table."""
    change(log, people[HOST, "analyst"].acting(), PRIVATE_OF_HOST, 21_370, grade="reported")
    change(log, people[PARTNER, "finance"].acting(), PRIVATE_OF_PARTNER, 870, reason="The least that we accept.")


def observe(log: LogWriter, people: DemoPeople) -> None:
    """A surveyor of each party visits sites: the host releases what it saw, the partner does not yet."""
    visits = [
        (HOST, "demo-1", "clothes-derna", "state", "suspended", "Both halls are closed; the roof of one leaks."),
        (HOST, "demo-2", "enmaa-cables", "idle_staff", "46", "Counted by the list of the guard."),
        (PARTNER, "demo-3", "enmaa-cables", "state", "under_used", "One extruder ran while we were there."),
    ]
    for party, key, site, column, value, note in visits:
        person = people[party, "surveyor"].acting()
        row = {
            "id": key, "table": "sites", "row": site, "column": column, "value": value, "grade": "inspected",
            "as_of": "2026-11-16", "observer": person.full_name, "note": note,
        }  # fmt: skip
        for name, cell in row.items():
            change(log, person, ("evidence", key, name), cell)
        if party == HOST:
            release(log, person, ("evidence", key, "*"))


def contradict(log: LogWriter, people: DemoPeople) -> None:
    """Both parties change a cell, each from the version before, and show it to each other: an open conflict."""
    host, partner = people[HOST, "analyst"].acting(), people[PARTNER, "engineer"].acting()
    seen = _standing(CONTESTED)
    change(log, host, CONTESTED, 180, based_on=seen, reason="Payroll of October.")
    change(log, partner, CONTESTED, 112, based_on=seen, reason="Counted in the halls.")
    for person in (host, partner):
        release(log, person, CONTESTED)


def change(
    log: LogWriter, person: Person, place: Sequence[str], value: Any, based_on: Iterable[int] | None = None,
    **details: str,
) -> Entry:  # fmt: skip
    """Changes a cell, from the version that stands unless others are named."""
    seen = _standing(place) if based_on is None else based_on
    content = {"value": value, **details}
    return log.append(NewEntry(person.name, person.party, "cell", tuple(place), content, tuple(seen)))


def release(log: LogWriter, person: Person, place: Sequence[str]) -> Entry:
    """Shows cells of the person's party to all parties, as they are now."""
    content = {"to": list(FIRST_PARTIES), "later": False}
    return log.append(NewEntry(person.name, person.party, "release", tuple(place), content))


def _standing(place: Sequence[str]) -> tuple[int, ...]:
    """The entry that changed a cell last, if any."""
    table, row, column = place
    last = CellVersion.objects.filter(table=table, row=row, column=column).order_by("-number").first()
    return () if last is None else (last.number,)
