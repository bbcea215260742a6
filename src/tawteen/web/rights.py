"""Who may do what: a right is a predicate about a person. The one place where roles are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in: who the record says acts, for which party, in which roles.

    `units` are those of which the person is engineer; empty where it is an engineer of all units of the party.
    """

    name: str
    full_name: str
    party: str
    roles: frozenset[str]
    units: frozenset[str] = frozenset()

    def has(self, *roles: str) -> bool:
        """Whether the person has one of the roles."""
        return not self.roles.isdisjoint(roles)


def may_have_account(person: Person) -> bool:
    """Change the own password and end own sessions: everybody who is signed in, also without a role."""
    return bool(person.name)


def may_read(person: Person) -> bool:
    """Pages of the workspace, as far as the party may see what is on them."""
    return bool(person.roles)


def may_invite(person: Person) -> bool:
    """Invite people to the own party, and grant and end roles of it."""
    return person.has(*RIGHTS[may_invite])


def may_import(person: Person) -> bool:
    """Enter a whole case for the own party."""
    return person.has(*RIGHTS[may_import])


def may_survey(person: Person) -> bool:
    """Fill forms of the field survey on a telephone, for the own party."""
    return person.has(*RIGHTS[may_survey])


def may_plan_tours(person: Person) -> bool:
    """Plan tours of survey teams of the own party, and call them off."""
    return person.has(*RIGHTS[may_plan_tours])


def may_answer_offers(person: Person) -> bool:
    """Accept, counter or decline what is asked of units of the own party; all parties see the answer."""
    return person.has(*RIGHTS[may_answer_offers])


def may_answer_for(person: Person, unit: str) -> bool:
    """Answer for a unit: who is engineer of certain units alone answers for these."""
    if person.has("administrator", "finance"):
        return True
    return may_answer_offers(person) and (not person.units or unit in person.units)


def may_take_snapshot(person: Person) -> bool:
    """State on the record what a view shows now."""
    return person.has(*RIGHTS[may_take_snapshot])


def may_plan(person: Person) -> bool:
    """Begin and cancel runs of the planner in the view of the own party and in the joint one."""
    return person.has(*RIGHTS[may_plan])


def may_edit(person: Person) -> bool:
    """Change cells for the own party, add and remove rows, and settle conflicts that the party sees."""
    return person.has(*RIGHTS[may_edit])


def may_settle_submission(person: Person) -> bool:
    """Say what a faulty submission of the own party means, or that it means nothing; add documents to rows."""
    return person.has(*RIGHTS[may_settle_submission])


def may_observe(person: Person) -> bool:
    """Enter what was seen, with its grade, source and day, for the own party."""
    return person.has(*RIGHTS[may_observe])


def may_release(person: Person) -> bool:
    """Show cells of the own party to other parties. Who enters values need not be who gives them away."""
    return person.has(*RIGHTS[may_release])


def may_export_record(person: Person) -> bool:
    """Take the record with what the party may see, and its checkpoints, to keep and to check them."""
    return person.has(*RIGHTS[may_export_record])


RIGHTS: Mapping[Callable[[Person], bool], tuple[str, ...]] = {
    may_have_account: (),
    may_read: (),
    may_invite: ("administrator",),
    may_import: ("administrator", "analyst"),
    may_survey: ("administrator", "analyst", "surveyor"),
    may_plan_tours: ("administrator", "analyst", "surveyor"),
    may_answer_offers: ("administrator", "engineer", "finance"),
    may_take_snapshot: ("administrator", "analyst", "chair", "secretary"),
    may_edit: ("administrator", "analyst", "engineer", "finance", "training"),
    may_plan: ("administrator", "analyst"),
    may_settle_submission: ("administrator", "analyst"),
    may_observe: ("administrator", "analyst", "engineer", "finance", "training", "surveyor"),
    may_release: ("administrator", "chair", "secretary"),
    may_export_record: ("administrator", "auditor", "chair", "secretary"),
}
"""The roles that give each right; none where every role does. A refusal names them."""
