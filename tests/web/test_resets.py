"""A party administrator resets how somebody signs in, and requires a second factor of all; founding two parties."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from tests.web.authenticator import SecurityKey, add_to
from tests.web.commands import command, refused
from tests.web.conftest import Workspace, use
from tests.web.mission import PASSWORD, add_person, begin, browser_of, send
from tests.web.test_second_factors import NEW, code_of, new_client, set_up_app, sign_in

from tawteen.record.entry import Entry, read_line
from tawteen.web.accounts.invitations import invite
from tawteen.web.accounts.models import (
    Account,
    PartyRule,
    Passkey,
    RecoveryCode,
    ResetRow,
    RoleRow,
    SignInReset,
    TimeCodes,
)
from tawteen.web.data_folder import DataFolder
from tawteen.web.database import database_settings
from tawteen.web.log.checkpoints import record_lines_after
from tawteen.web.log.derived import rebuild
from tawteen.web.registry.version_tokens import version_token
from tawteen.web.survey.models import Phone
from tawteen.web.survey.phone_sign_in import add_phone

ADMIN, VIEWER = "host-administrator", "host-viewer"
LOST = {"person": VIEWER, "reason": "lost the telephone"}


@pytest.fixture
def mission(workspace: Workspace) -> Workspace:
    begin()
    add_person("host", "viewer")
    return workspace


def administrator(name: str = ADMIN) -> Client:
    """A browser in which an administrator has just signed in."""
    client = new_client()
    sign_in(client, name=name)
    return client


def reset(client: Client, **form: str) -> Any:
    return send(client, "/people/reset", {**LOST, **form}, "/people")


def code_on(page: Any) -> str:
    found = re.search(r'class="code"><bdi dir="ltr">([A-Z2-7-]+)<', page.content.decode())
    assert found is not None
    return found[1]


def last_entry() -> Entry:
    return [read_line(line).entry() for _, line in record_lines_after(0)][-1]


def test_a_reset_ends_every_way_in_and_its_code_gives_a_new_password(either: Workspace) -> None:
    begin()
    add_person("host", "viewer")
    viewer = new_client()
    sign_in(viewer, name=VIEWER)
    set_up_app(viewer)
    add_to(viewer, SecurityKey())
    add_phone(VIEWER, "field telephone")
    code = code_on(reset(administrator()))
    assert viewer.get("/account").status_code == 302
    assert not any(model.objects.exists() for model in (TimeCodes, Passkey, RecoveryCode))
    assert not Phone.objects.filter(ended=None).exists()
    assert sign_in(new_client(), name=VIEWER).status_code == 422
    assert (last_entry().act, last_entry().person, last_entry().subject) == ("reset", ADMIN, (VIEWER,))
    assert last_entry().content == {"reason": "lost the telephone"}
    assert code.replace("-", "") not in str(SignInReset.objects.values_list())
    guest = new_client()
    typed = send(guest, "/join", {"code": code.lower().replace("-", " ")})
    assert "Person host-viewer" in guest.get(typed["Location"]).content.decode()
    assert send(guest, typed["Location"], NEW)["Location"] == "/account/factors"
    assert guest.get("/people").status_code == 200
    assert (last_entry().act, last_entry().person) == ("renew", VIEWER)
    assert last_entry().based_on == (last_entry().number - 1,)
    assert sign_in(new_client(), name=VIEWER, password=NEW["new_password"])["Location"] == "/"
    assert new_client().get(f"/reset/{code}").status_code == 404


def test_all_of_the_party_see_who_reset_whom(mission: Workspace) -> None:
    add_person("host", "auditor")
    auditor, client = browser_of("host-auditor"), administrator()
    code = code_on(reset(client))
    page = auditor.get("/people").content.decode()
    assert "by host-administrator: lost the telephone. The code was not used yet." in page
    send(new_client(), f"/reset/{code}", NEW)
    assert "The code was used on" in auditor.get("/people").content.decode()
    assert b"host-" not in browser_of("partner-administrator").get("/people").content


def test_what_follows_from_resets_and_rules_is_made_again(mission: Workspace) -> None:
    client = administrator()
    send(new_client(), f"/reset/{code_on(reset(client))}", NEW)
    reset(client, reason="again")
    set_up_app(client)
    assert send(client, "/people/second-factor", {"required": "yes"}, "/people").status_code == 302
    before = [list(model.objects.order_by("pk").values()) for model in (ResetRow, PartyRule, RoleRow)]
    assert [row["renewed"] is None for row in before[0]] == [False, True]
    assert before[1] == [{"party": "host", "second_factor": True}]
    rebuild()
    assert [list(model.objects.order_by("pk").values()) for model in (ResetRow, PartyRule, RoleRow)] == before


def test_a_newer_code_takes_the_place_of_an_older_one(mission: Workspace) -> None:
    client = administrator()
    codes = [code_on(reset(client)) for _ in range(2)]
    assert [new_client().get(f"/reset/{code}").status_code for code in codes] == [404, 200]


@pytest.mark.parametrize("state", ["expired", "closed", "unknown"])
def test_a_code_that_is_over_is_refused(mission: Workspace, state: str) -> None:
    code = code_on(reset(administrator()))
    if state == "expired":
        SignInReset.objects.update(expires=datetime.now(UTC) - timedelta(seconds=1))
    elif state == "closed":
        Account.objects.filter(name=VIEWER).update(is_active=False)
    else:
        code = "AAAA-AAAA"
    answer = new_client().get(f"/reset/{code}")
    assert answer.status_code == 404
    assert "This code cannot be used" in answer.content.decode()
    assert new_client().post(f"/reset/{code}", NEW).status_code == 404


def test_rules_of_passwords_hold_after_a_reset(mission: Workspace) -> None:
    code = code_on(reset(administrator()))
    form = {"new_password": "I am host-viewer", "repeated_password": "I am host-viewer"}
    assert send(new_client(), f"/reset/{code}", form).status_code == 422
    assert SignInReset.objects.exists()


def test_resets_stay_in_the_party_and_state_a_reason(mission: Workspace) -> None:
    client = administrator()
    assert reset(client, reason=" ").status_code == 422
    assert reset(client, person="partner-administrator").status_code == 404
    assert reset(client, person=ADMIN).status_code == 404
    assert reset(client, person="nobody").status_code == 404
    assert reset(browser_of(VIEWER)).status_code == 403
    assert sign_in(new_client(), name=VIEWER)["Location"] == "/"


@pytest.mark.parametrize(("path", "form"), [("/people/reset", LOST), ("/people/second-factor", {"required": "yes"})])
def test_an_old_session_of_an_administrator_confirms_first(mission: Workspace, path: str, form: dict[str, str]) -> None:
    client = browser_of(ADMIN)
    assert send(client, path, form, "/people")["Location"] == "/account/confirm?next=%2Fpeople"
    assert sign_in(new_client(), name=VIEWER)["Location"] == "/"
    assert not PartyRule.objects.exists()


def test_who_has_not_confirmed_is_led_there_before_a_reason_is_typed(mission: Workspace) -> None:
    """What was typed would be lost on the way."""
    assert 'action="/people/reset"' in administrator().get("/people").content.decode()
    page = browser_of(ADMIN).get("/people").content.decode()
    assert 'action="/people/reset"' not in page
    assert "/account/confirm?next=/people" in page


def test_a_party_requires_a_second_factor(either: Workspace) -> None:
    begin()
    add_person("host", "viewer")
    client = administrator()
    answer = send(client, "/people/second-factor", {"required": "yes"}, "/people")
    assert answer.status_code == 409  # the administrator has none
    secret, _ = set_up_app(client)
    assert send(client, "/people/second-factor", {"required": "yes"}, "/people")["Location"] == "/people"
    viewer = browser_of(VIEWER)
    for path in ("/", "/people", "/sites"):
        assert viewer.get(path)["Location"] == "/account/factors"
    assert "Your party requires a second factor." in viewer.get("/account/factors").content.decode()
    assert browser_of("partner-administrator").get("/people").status_code == 200
    fresh = new_client()
    sign_in(fresh, name=VIEWER)
    set_up_app(fresh)
    assert fresh.get("/people").status_code == 200
    assert send(client, "/people/second-factor", {"required": "no"}, "/people").status_code == 302
    third = add_person("host", "chair")
    assert browser_of(third.name).get("/people").status_code == 200
    assert code_of(secret)


def test_with_a_second_factor_the_password_changes_after_confirming(mission: Workspace) -> None:
    client = administrator()
    set_up_app(client)
    old = browser_of(ADMIN)
    assert 'name="new_password"' not in old.get("/account").content.decode()
    answer = send(old, "/account", {"password": PASSWORD, **NEW})
    assert answer["Location"] == "/account/confirm?next=/account"
    assert Account.objects.get(name=ADMIN).check_password(PASSWORD)
    assert "All other sessions have ended." in send(client, "/account", {"password": PASSWORD, **NEW}).content.decode()


def test_who_is_signed_in_joins_nothing(mission: Workspace) -> None:
    """The first administrator cannot become the other party's in the session that made the invitation."""
    slip = invite((ADMIN, "host"), "partner", ["administrator"])
    client, accounts = browser_of(ADMIN), Account.objects.count()
    code = code_on(reset(administrator()))
    for path, form in ((f"/join/{slip.code}", {"name": "x", "full_name": "X", **NEW}), (f"/reset/{code}", NEW)):
        assert client.get(path).status_code == 409
        answer = client.post(path, form)
        assert answer.status_code == 409
        assert "You are signed in as Person host-administrator." in answer.content.decode()
    assert Account.objects.count() == accounts


def test_a_party_sees_whom_another_party_has_invited_to_it(mission: Workspace) -> None:
    """Whoever uses the founding code is named on the record and on the page of the party."""
    slip = invite((ADMIN, "host"), "partner", ["administrator"])
    send(new_client(), f"/join/{slip.code}", {"name": "badr", "full_name": "Badr", **NEW})
    entry = last_entry()
    assert (entry.person, entry.party, entry.act, entry.subject) == (ADMIN, "host", "grant", ("badr",))
    page = browser_of("partner-administrator").get("/people").content.decode()
    assert page.count("Invited by host-administrator of Republic of Sand.") == 1
    lines = browser_of("partner-administrator").get("/record/record.jsonl").getvalue().splitlines()
    assert b'"person":"host-administrator"' in lines[-1]
    assert b"Invited by" not in browser_of(ADMIN).get("/people").content


@pytest.mark.parametrize("lost", ["role", "sign-in"])
def test_an_invitation_is_worth_no_more_than_the_right_of_who_invited(mission: Workspace, lost: str) -> None:
    """Who loses the right, or whose account was in other hands, comes back by no code made before."""
    add_person("host", "administrator", name="second")
    slip = invite(("second", "host"), "host", ["administrator"], "for myself")
    assert "for myself" in browser_of(ADMIN).get("/people").content.decode()
    if lost == "role":
        number = RoleRow.objects.get(person="second").number
        send(administrator(), f"/people/roles/{version_token(number)}/end", {"reason": "left"}, "/people")
    else:
        send(administrator(), "/people/reset", {"person": "second", "reason": "stolen"}, "/people")
    assert "for myself" not in browser_of(ADMIN).get("/people").content.decode()
    form = {"name": "back", "full_name": "Back", **NEW}
    assert new_client().post(f"/join/{slip.code}", form).status_code == 404
    assert not Account.objects.filter(name="back").exists()


def test_a_party_of_which_nobody_joined_is_invited_again(mission: Workspace) -> None:
    """The first invitation is over after a week; without another one the party would never come in."""
    Account.objects.filter(party="partner").delete()
    first = invite((ADMIN, "host"), "partner", ["administrator"])
    page = administrator().get("/people").content.decode()
    assert "Invite the administrator of Works of the Delta" in page
    assert "Republic of Sand" not in page.partition("<main")[2]
    code = code_on(send(administrator(), "/people/invite/partner", {}, "/people"))
    form = {"name": "badr", "full_name": "Badr", **NEW}
    assert new_client().post(f"/join/{first.code}", form).status_code == 404
    assert new_client().post(f"/join/{code}", form).status_code == 302
    assert {*RoleRow.objects.filter(person="badr").values_list("role", "party")} == {("administrator", "partner")}
    for party in ("partner", "host", "nowhere"):
        assert send(administrator(), f"/people/invite/{party}", {}, "/people").status_code == 404


def test_an_operator_resets_the_last_administrator(workspace: Workspace, tmp_path: Path) -> None:
    """By command, in a process of its own; the party sees that it was the workspace, and why."""
    begin()
    folder = tmp_path / "folder"
    DataFolder(folder).prepare()
    connections.close_all()
    shutil.copyfile(workspace.settings["NAME"], folder / "workspace.sqlite3")
    use(database_settings("", folder / "workspace.sqlite3"))
    options = ("--data", folder, "--reason", "telephone and codes burnt")
    answer = command("reset-sign-in", "HOST-Administrator", *options)
    assert sign_in(new_client()).status_code == 422
    assert (last_entry().person, last_entry().party, last_entry().act) == ("workspace", "host", "reset")
    assert send(new_client(), f"/reset/{answer['code']}", NEW)["Location"] == "/account/factors"
    assert "by workspace: telephone and codes burnt." in browser_of(ADMIN).get("/people").content.decode()
    assert refused("reset-sign-in", "nobody", *options) == "web.no_person"
    assert refused("reset-sign-in", ADMIN, "--data", folder, "--reason", " ") == "web.no_reason"
    assert refused("reset-sign-in", ADMIN, "--data", tmp_path / "x", "--reason", "y") == "web.no_workspace"
