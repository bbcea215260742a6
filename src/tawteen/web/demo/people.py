"""The people of a demo workspace: one of every role in both parties, with names that say that they are invented."""

from __future__ import annotations

import base64
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

from tawteen.case.names import fold
from tawteen.record.stated_keys import WORKSPACE
from tawteen.web.accounts.models import Account
from tawteen.web.accounts.parties import HOST, PARTY_NAMES, name_parties
from tawteen.web.accounts.people import grant_roles
from tawteen.web.log.append import LogWriter
from tawteen.web.params import SECRETS
from tawteen.web.rights import Person
from tawteen.web.role_names import ROLES


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


def _invented() -> dict[str, dict[str, str]]:
    """By party, its names in two languages and the name of a person of each role."""
    return tomllib.loads(files("tawteen.web.demo").joinpath("people.toml").read_text("utf-8"))


def invented_people() -> DemoPeople:
    """A person of every role in each party, with a new password each."""
    return {
        (party, role): DemoPerson(f"{party}-{role}", names[role], party, role, _password())
        for party, names in _invented().items()
        for role in ROLES
    }


def _password() -> str:
    """Random letters in groups, which can be read aloud and typed."""
    letters = base64.b32encode(secrets.token_bytes(SECRETS.demo_password)).decode().lower()
    return "-".join(letters[i : i + SECRETS.code_group] for i in range(0, len(letters), SECRETS.code_group))


def add_people(log: LogWriter, people: DemoPeople) -> None:
    """Names the parties, makes the accounts and grants the roles."""
    party_names = {(party, name): names[name] for party, names in _invented().items() for name in PARTY_NAMES}
    name_parties(log, people[HOST, "administrator"].name, HOST, party_names)
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
