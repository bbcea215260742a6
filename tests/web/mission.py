"""People of two parties in a workspace, and browsers in which they are signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import ModuleType

import pytest
from django.http import HttpResponse
from django.test import Client

from tawteen.case.names import fold
from tawteen.record.stated_keys import WORKSPACE
from tawteen.web.accounts.models import Account, RoleRow
from tawteen.web.accounts.parties import FIRST_PARTIES, name_parties
from tawteen.web.accounts.people import grant_roles
from tawteen.web.log.append import LogWriter, locked_log

NAMES = {
    ("host", "name_en"): "Republic of Sand", ("host", "name_ar"): "جمهورية الرمل",
    ("partner", "name_en"): "Works of the Delta", ("partner", "name_ar"): "مصانع الدلتا",
}  # fmt: skip
PASSWORD = "seven slow camels"


def begin() -> None:
    """Names the parties and makes an administrator of each: `host-administrator`, `partner-administrator`."""
    with locked_log() as log:
        name_parties(log, "host-administrator", "host", NAMES)
    for party in FIRST_PARTIES:
        add_person(party, "administrator")


def add_person(party: str, *roles: str, name: str = "") -> Account:
    """A person with roles, named after party and first role."""
    name = name or f"{party}-{roles[0]}"
    account = Account(
        name=name, folded_name=fold(name), full_name=f"Person {name}", party=party, created=datetime.now(UTC)
    )
    account.set_password(PASSWORD)
    account.save()
    with locked_log() as log:
        grant_roles(log, (WORKSPACE, WORKSPACE), account, roles)
    return account


def end_roles_on_the_way(monkeypatch: pytest.MonkeyPatch, room: ModuleType, name: str, **which: str) -> None:
    """Roles of a person end while what they send waits for its turn to write, which a module asks for."""

    @contextmanager
    def later() -> Iterator[LogWriter]:
        RoleRow.objects.filter(person=name, **which).update(ended=1)
        with locked_log() as log:
            yield log

    monkeypatch.setattr(room, "locked_log", later)


def browser_of(name: str | None, lang: str = "en") -> Client:
    """A browser in which a person is signed in, or nobody."""
    client = Client(SERVER_NAME="localhost", headers={"Accept-Language": lang})
    if name is not None:
        client.force_login(Account.objects.get(name=name))
    return client


def send(client: Client, path: str, form: dict[str, str | Sequence[str]], page: str = "") -> HttpResponse:
    """Sends a form as a browser does, with the token of the page that shows it."""
    shown = client.get(page or path).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', shown)
    assert token is not None, shown
    return client.post(path, {**form, "csrfmiddlewaretoken": token[1]})  # type: ignore[return-value]
