"""The people of a demo workspace: one of every role in both parties, with names that say that they are invented."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tawteen.case.names import fold
from tawteen.record.stated_keys import WORKSPACE
from tawteen.web.accounts.models import Account
from tawteen.web.accounts.parties import FIRST_PARTIES, HOST, PARTNER, name_parties
from tawteen.web.accounts.people import grant_roles
from tawteen.web.log.append import LogWriter
from tawteen.web.params import SECRETS
from tawteen.web.rights import Person
from tawteen.web.role_names import ROLES

PARTY_NAMES_OF_DEMO = {
    (HOST, "name_en"): "Host country (demo)", (HOST, "name_ar"): "البلد المضيف (عرض)",
    (PARTNER, "name_en"): "Partner works (demo)", (PARTNER, "name_ar"): "مصانع الشريك (عرض)",
}  # fmt: skip
_FAMILY = {HOST: ("Al-Mithali", "المثالي"), PARTNER: ("Al-Tajribi", "التجريبي")}
"""Family names that mean "of the example" and "of the trial"."""
_GIVEN = {
    HOST: (
        ("Nur", "نور"), ("Salma", "سلمى"), ("Idris", "إدريس"), ("Hana", "هناء"), ("Faraj", "فرج"), ("Rim", "ريم"),
        ("Yunis", "يونس"), ("Zaynab", "زينب"), ("Miftah", "مفتاح"), ("Amal", "أمل"),
    ),
    PARTNER: (
        ("Dina", "دينا"), ("Karim", "كريم"), ("Mona", "منى"), ("Sherif", "شريف"), ("Laila", "ليلى"), ("Tariq", "طارق"),
        ("Nadia", "نادية"), ("Hisham", "هشام"), ("Ghada", "غادة"), ("Samir", "سمير"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of a demo workspace, with the password that was made for them."""

    name: str
    full_name: str
    party: str
    role: str
    password: str

    def acting(self) -> Person:
        """The person as who acts."""
        return Person(self.name, self.full_name, self.party, frozenset((self.role,)))


DemoPeople = Mapping[tuple[str, str], DemoPerson]
"""People by party and role."""


def invented_people() -> DemoPeople:
    """A person of every role in each party, with a new password each."""
    people = {}
    for party in FIRST_PARTIES:
        family_en, family_ar = _FAMILY[party]
        for role, (given_en, given_ar) in zip(ROLES, _GIVEN[party], strict=True):
            full_name = f"{given_en} {family_en} · {given_ar} {family_ar}"
            people[party, role] = DemoPerson(f"{party}-{role}", full_name, party, role, _password())
    return people


def _password() -> str:
    """Random letters in groups, which can be read aloud and typed."""
    letters = base64.b32encode(secrets.token_bytes(SECRETS.demo_password)).decode().lower()
    return "-".join(letters[i : i + SECRETS.code_group] for i in range(0, len(letters), SECRETS.code_group))


def add_people(log: LogWriter, people: DemoPeople) -> None:
    """Names the parties, makes the accounts and grants the roles."""
    name_parties(log, people[HOST, "administrator"].name, HOST, PARTY_NAMES_OF_DEMO)
    # Administrators first: they grant the roles of the others.
    for one in sorted(people.values(), key=lambda one: one.role != "administrator"):
        account = Account(
            name=one.name, folded_name=fold(one.name), full_name=one.full_name, party=one.party,
            created=datetime.now(UTC),
        )  # fmt: skip
        account.set_password(one.password)
        account.save(force_insert=True)
        granter = people[one.party, "administrator"]
        first = (WORKSPACE, WORKSPACE) if granter is one else (granter.name, granter.party)
        grant_roles(log, first, account, [one.role])
