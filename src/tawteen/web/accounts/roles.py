"""Roles of people: granted and ended by acts on the record, from which the table of roles follows."""

from __future__ import annotations

from tawteen.record.entry import Entry
from tawteen.web.accounts.models import RoleRow
from tawteen.web.log.derived import DerivedTables

GRANT_ACT, END_ACT = "grant", "end"


def roles_of(person: str, party: str) -> frozenset[str]:
    """The roles that a person has in a party."""
    held = RoleRow.objects.filter(person=person, party=party, ended=None)
    return frozenset(held.values_list("role", flat=True))


def units_of(person: str, party: str) -> frozenset[str]:
    """The units of which a person is engineer; empty where a grant names none, so that it is of all."""
    held = RoleRow.objects.filter(person=person, party=party, role="engineer", ended=None)
    units = list(held.values_list("unit", flat=True))
    return frozenset() if None in units else frozenset(unit for unit in units if unit)


def _apply_role(entry: Entry) -> None:
    if entry.act == GRANT_ACT:
        content = entry.content
        RoleRow.objects.create(
            number=entry.number, person=entry.subject[0], role=content["role"], party=content["party"],
            unit=content.get("unit"), granted_by=entry.person, granting_party=entry.party,
        )  # fmt: skip
    elif entry.act == END_ACT:
        RoleRow.objects.filter(number=entry.based_on[0]).update(ended=entry.number)


def _clear_roles() -> None:
    RoleRow.objects.all().delete()


DERIVED_ROLES = DerivedTables(_clear_roles, _apply_role)
