"""A new person: what is asked of them, and the account and roles that they get."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from tawteen.case.names import fold
from tawteen.record.stated_keys import WORKSPACE
from tawteen.web.accounts.models import NAME_LENGTH, Account, PartyRow
from tawteen.web.accounts.passwords import password_faults, product_names
from tawteen.web.accounts.roles import GRANT_ACT
from tawteen.web.forms import Form, FormField
from tawteen.web.log.append import LogWriter, NewEntry
from tawteen.web.params import PASSWORD
from tawteen.web.role_names import ENGINEER

_NAME = re.compile(r"[^\W_][\w.-]*")
NEW_PASSWORD = (
    FormField(
        "new_password", "password", "new-password", PASSWORD.most, hint="web.hint.password",
        hint_args={"least": PASSWORD.least},
    ),
    FormField("repeated_password", "password", "new-password", PASSWORD.most),
)  # fmt: skip
NEW_PERSON = (
    FormField("name", autocomplete="username", most=NAME_LENGTH, hint="web.hint.name"),
    FormField("full_name", autocomplete="name"),
    *NEW_PASSWORD,
)
"""What a person who is new is asked; the password as where it is changed."""


def check_person(form: Form) -> None:
    """Notes what is wrong with name and password of a new person."""
    name = form.values["name"]
    if name and not _NAME.fullmatch(name):
        form.fault("name", "web.name_characters")
    elif len(fold(name)) > NAME_LENGTH:
        form.fault("name", "web.too_long", most=NAME_LENGTH)
    elif fold(name) == WORKSPACE or Account.objects.filter(folded_name=fold(name)).exists():
        form.fault("name", "web.name_taken")
    check_password(form, (name, form.values["full_name"]))


def check_password(form: Form, names: Iterable[str]) -> None:
    """Notes what is wrong with a new password and its repetition."""
    password = form.values["new_password"]
    known = [one for row in PartyRow.objects.all() for one in (row.name_en, row.name_ar)]
    if password:
        for code, args in password_faults(password, (*names, *known, *product_names())):
            form.fault("new_password", code, **args)
        if password != form.values["repeated_password"]:
            form.fault("repeated_password", "web.password_differs")


def add_account(form: Form, party: str) -> Account:
    """Makes the account of a checked form."""
    name = form.values["name"]
    account = Account(
        name=name, folded_name=fold(name), full_name=form.values["full_name"], party=party, created=datetime.now(UTC)
    )
    account.set_password(form.values["new_password"])
    account.save(force_insert=True)
    return account


def grant_roles(
    log: LogWriter, granter: tuple[str, str], account: Account, roles: Iterable[str], unit: str = ""
) -> None:  # fmt: skip
    """Grants roles to a person, as an act of a granter (name and party); an engineer is that of a unit, or of all."""
    for role in roles:
        of_unit = {"unit": unit} if unit and role == ENGINEER else {}
        content = {"role": role, "party": account.party, **of_unit}
        log.append(NewEntry(*granter, GRANT_ACT, (account.name,), content))
